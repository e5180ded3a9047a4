"""One use: its page, checking the answers, handing in, what was handed in."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from providers import presentation as shared
from rulebook import clocks
from rulebook.time import local_date
from rulebook.time import now as moment
from users import domain, presentation, queries, rules, schema
from users.enums import UseState
from users.models import UserFiling
from users.views.base import DESK, actor_of, institution_view


def context_of(filing: UserFiling, request: HttpRequest) -> dict[str, Any]:
    """What the pages of one use share."""
    now, actor = moment(), actor_of(request)
    policy = queries.policy_of(filing, now)
    shown = DESK.working_copy(filing)
    changing = presentation.change_pending(filing, shown, policy)
    editable = not rules.may_edit(actor, filing) and (filing.state != UseState.CONFIRMED or changing)
    tasks = presentation.tasks(filing, shown, policy, queries.policy_day(filing, now), editable=editable)
    return {
        **shared.progress(tasks),
        "desk": DESK,
        "filing": filing,
        "editable": editable,
        "changing": changing,
        "policy": policy,
        "document": shown,
        "baton": presentation.baton(filing, policy),
        "clock": clocks.running(filing).first(),
        "records": presentation.history_of(filing),
        "said": presentation.said(filing),
        "unit_review": queries.needs_unit_review(filing, policy, shown),
        "term": presentation.change_term(shown, policy, local_date(now)) if filing.confirmed_version else None,
        "check_words": presentation.check_words(filing),
        "may_review": filing.state == UseState.UNIT_REVIEW and not rules.may_review_in_unit(actor, filing),
    }


def blocked(filing: UserFiling) -> list[Any]:
    """What the law says against handing it in, whatever the answers are."""
    return [*rules.unit_may_use(filing.unit), *rules.entry_selectable(filing.entry, moment())]


@institution_view
@require_safe
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a use: who holds it, what is done and what is missing, what happened."""
    filing = DESK.find(request, pk)
    context = context_of(filing, request)
    if context["editable"]:
        context["blocked"] = blocked(filing)
        context["warnings"] = queries.warnings(filing, moment())
    return render(request, "users/use.html", context)


def _check_context(context: dict[str, Any]) -> dict[str, Any]:
    filing, now = context["filing"], moment()
    on = queries.policy_day(filing, now)
    form = schema.Context(context["document"], context["policy"], schema.form_kind(filing), on)
    found = schema.validate(context["document"], context["policy"], form.kind, on)
    return {
        **context,
        "answers": shared.answers_of(form),
        "problems": [p for p in found if p.is_error],
        "hints": [p for p in found if not p.is_error],
        "warnings": queries.warnings(filing, now),
        "blocked": blocked(filing),
        "submit_key": secrets.token_urlsafe(24),
    }


@institution_view
@require_safe
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Check your answers: everything as it will be frozen, then the button that hands it in."""
    filing = DESK.find(request, pk)
    context = context_of(filing, request)
    if not context["editable"]:
        return redirect("use", pk=filing.pk)
    return render(request, "users/check.html", _check_context(context))


@institution_view
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hands it in, or reports the change. The same key again leads to the same confirmation."""
    filing = DESK.find(request, pk)
    verb = domain.report_change if filing.state == UseState.CONFIRMED else domain.submit
    try:
        done = verb(
            filing=filing,
            by=actor_of(request),
            now=moment(),
            submit_key=request.POST.get("submit_key", "").replace("\x00", "")[:64],
            seen_state=None,
        )
    except domain.Incomplete as incomplete:
        context = _check_context(context_of(filing, request))
        context["problems"] = incomplete.problems
        return render(request, "users/check.html", context, status=incomplete.status)
    return redirect("use_done", pk=done.pk)


@institution_view
@require_safe
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirmation: with whom it is, its case number, and what happens when."""
    filing = DESK.find(request, pk)
    if not filing.version or filing.state in (UseState.DRAFT, UseState.RETURNED, UseState.WITHDRAWN):
        return redirect("use", pk=filing.pk)
    return render(request, "users/done.html", context_of(filing, request))


@institution_view
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """A receipt to print or keep: what was handed in, when, and its digest."""
    filing = DESK.find(request, pk)
    versions = filing.versions.order_by("-number")
    wanted = request.GET.get("version", "")
    named = wanted.isdecimal() and len(wanted) < 6
    version = versions.filter(number=int(wanted)).first() if named else versions.first()
    if version is None:
        return redirect("use", pk=filing.pk)
    kind = schema.form_kind(filing)
    files = shared.labelled_files(version.data, lambda key: schema.field(key, kind))
    context = {"desk": DESK, "filing": filing, "version": version, "files": files}
    return render(request, "users/receipt.html", context)


@institution_view
@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Two versions that were handed in side by side, field by field; files by name and hash."""
    filing = DESK.find(request, pk)
    rows = list(filing.versions.order_by("number"))
    if not rows:
        return redirect("use", pk=filing.pk)
    old, new = shared.two_versions(rows, request.GET)
    changes = schema.diff(old.data, new.data, schema.form_kind(filing), queries.policy_of(filing, moment()))
    context = {"desk": DESK, "filing": filing, "versions": rows, "old": old, "new": new, "changes": changes}
    return render(request, "wizard/versions.html", context)


#: what a report of a change asks anew each time
_ASKED_ANEW = ("changed_on", "changed_parts", "change_description")


@institution_view
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Begins the report of a change, or drops what was typed for it. What was confirmed stays in force."""
    filing = DESK.find(request, pk)
    if filing.state != UseState.CONFIRMED:
        return redirect("use", pk=filing.pk)
    by, now = actor_of(request), moment()
    confirmed = queries.confirmed_document(filing)
    if "drop" in request.POST:
        for part, typed in queries.working_copy(filing).items():
            values = {**dict.fromkeys(typed), **confirmed.get(part, {})}
            domain.save_part(filing=filing, part=part, values=values, by=by, now=now)
        messages.success(request, _("What was typed for the change has been dropped."))
        return redirect("use", pk=filing.pk)
    if not presentation.change_pending(filing, queries.working_copy(filing), queries.policy_of(filing, now)):
        domain.save_part(filing=filing, part="use", values=dict.fromkeys(_ASKED_ANEW), by=by, now=now)
    return redirect("use_section", pk=filing.pk, section="use_change")
