"""A reviewer's work on a case: verdicts on fields, the checklist, the automatic checks; on to the next case."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from providers import schema
from providers.enums import OPEN_STATES
from providers.models import Filing
from providers.queries import policy_of
from review import casefile, domain, queries, rules
from review.autochecks import run_checks
from review.forms import NoteForm
from review.queries import Filters
from review.views.base import actor_of, authority_view, case_of, case_url, seen
from review.views.case import ARTICLES
from rulebook.time import now as moment


def _again(request: HttpRequest, filing: Filing, anchor: str = "") -> HttpResponse:
    """Back to the tab where the form stood."""
    query = QueryDict(mutable=True)
    for key in ("tab", "against"):
        if request.POST.get(key):
            query[key] = request.POST[key]
    address = case_url(filing) + (f"?{query.urlencode()}" if query else "") + (f"#{anchor}" if anchor else "")
    return redirect(address)


@require_POST
@authority_view
def verdict(request: HttpRequest, pk: int) -> HttpResponse:
    """In order, a note, or nothing said, for one field."""
    filing, actor = case_of(request, pk), actor_of(request)
    form = NoteForm(request.POST)
    if not form.is_valid() or schema.field(form.cleaned_data["field_key"], policy_of(filing, moment())) is None:
        raise Http404
    key, version = form.cleaned_data["field_key"], seen(request)["seen_version"]
    anchor = "f-" + key.replace(".", "-")
    if form.cleaned_data["verdict"] == "clear":
        domain.clear_verdict(filing=filing, field_key=key, by=actor, version=version)
    elif form.cleaned_data["verdict"] == "ok":
        domain.give_verdict(filing=filing, field_key=key, ok=True, by=actor, now=moment(), version=version)
    elif not form.cleaned_data["note"].strip():
        messages.warning(request, _("Write what is wrong, or mark the field as in order."))
    else:
        domain.give_verdict(
            filing=filing, field_key=key, ok=False, note=form.cleaned_data["note"],
            article=form.cleaned_data["article"] if form.cleaned_data["article"] in ARTICLES else "",
            by=actor, now=moment(), version=version,
            place=casefile.place_in(filing, form.cleaned_data["material"], form.cleaned_data["page"]),
        )  # fmt: skip
    return _again(request, filing, anchor)


@require_POST
@authority_view
def checklist(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers items of the checklist: ``item_<key>`` is "yes" or "no"; others stay as they are."""
    filing, actor, now = case_of(request, pk), actor_of(request), moment()
    known = {row["key"] for row in policy_of(filing, now).get("checklist") or []}
    for key in sorted(known):
        answer = request.POST.get(f"item_{key}")
        if answer in ("yes", "no"):
            domain.answer_checklist(
                filing=filing, key=key, ok=answer == "yes", by=actor, now=now,
                comment=request.POST.get(f"comment_{key}", "").replace("\x00", "")[:1000],
                version=seen(request)["seen_version"],
            )  # fmt: skip
    return _again(request, filing, "checklist")


@require_POST
@authority_view
def override(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Lets a failed check pass, with a reason."""
    filing = case_of(request, pk)
    reason = request.POST.get("reason", "").replace("\x00", "")[:1000]
    domain.override_check(
        filing=filing, code=code, reason=reason, by=actor_of(request), now=moment(),
        seen_version=seen(request)["seen_version"], seen_finding=request.POST.get("seen_finding") or None,
    )  # fmt: skip
    return _again(request, filing, "checks")


@require_POST
@authority_view
def run_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes the automatic checks once more."""
    filing = case_of(request, pk)
    if filing.state in OPEN_STATES and not rules.may_work_on(actor_of(request), filing):
        run_checks(filing=filing, now=moment())
    return _again(request, filing, "checks")


@require_safe
@authority_view
def step(request: HttpRequest, pk: int, way: str) -> HttpResponse:
    """The case before or after this one in the queue that the address describes."""
    filing, actor, now = case_of(request, pk), actor_of(request), moment()
    filters = Filters.of(request.GET)
    cases = queries.filtered(actor, filters, now, queries.soon_day(now))
    before, after = queries.neighbours(cases, filters.sort, filing)
    target = before if way == "previous" else after
    query = filters.query()
    if target is None:
        messages.info(request, _("There is no further case in this view."))
        return redirect(case_url(filing) + (f"?{query}" if query else ""))
    return redirect(case_url(Filing(pk=target)) + (f"?{query}" if query else ""))
