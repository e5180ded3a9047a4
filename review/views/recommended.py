"""What everybody may read of appraisals and recommended lists, nominate, and object to (Opinions, 9)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.sheets import csv_response
from ledger.acts import Refused
from registry import opening
from registry.throttles import Buckets
from review import appraisal_queries as queries
from review import domain
from review.enums import AppraisalState, Outcome
from review.forms import NominationForm, ObjectionForm
from review.models import Appraisal, Candidate, ResultObjection
from review.views.appraisals import nominate_from
from rulebook.time import local_date
from rulebook.time import now as moment
from users.models import RecommendedList

#: objections from one address in an hour's fraction: enough for people, not for floods
OBJECTIONS = Buckets(rate=6)


def _appraisal(pk: int) -> Appraisal:
    return get_object_or_404(Appraisal.objects.public().select_related("authority", "target", "edition"), pk=pk)


@require_safe
def recommended(request: HttpRequest) -> HttpResponse:
    """The lists in force, and the appraisals under way."""
    context = {"lists": queries.public_lists(), "appraisals": queries.public_appraisals()}
    return render(request, "review/recommended.html", context)


@require_safe
def recommended_list(request: HttpRequest, pk: int, number: int | None = None) -> HttpResponseBase:
    """One edition of a list, the newest unless another is named; all editions stay retrievable."""
    row = get_object_or_404(RecommendedList.objects.select_related("authority"), pk=pk)
    editions = list(row.editions.filter(published_at__isnull=False).order_by("-number"))
    edition = next((one for one in editions if number is None or one.number == number), None)
    if edition is None:
        raise Http404
    items = list(edition.items.exclude(entry__prefix__in=list(opening.closed())).select_related("entry"))
    if request.GET.get("format") == "csv":
        return _csv(row, edition, items)
    context = {"list": row, "edition": edition, "editions": editions, "items": items, "newest": edition == editions[0]}
    return render(request, "review/recommended_list.html", context)


def _csv(row: RecommendedList, edition: Any, items: list[Any]) -> HttpResponseBase:
    head = (_("Filing number"), _("App"), _("Provider"), _("On the list since"), _("Score"), _("Reason"))
    lines = [
        (item.entry.number, item.entry.app_name, item.entry.provider_name, item.entered_on, item.score, item.reason)
        for item in items
    ]
    return csv_response(f"recommended-{row.pk}-{edition.number}", [head, *lines])


@require_safe
def public_appraisal(request: HttpRequest, pk: int) -> HttpResponse:
    """Call, criteria, candidates; with the result once it stands for notice."""
    return _page(request, _appraisal(pk))


def _page(request: HttpRequest, row: Appraisal, *, status: int = 200, **more: Any) -> HttpResponse:
    shown = row.state in (AppraisalState.NOTICED, AppraisalState.CONCLUDED)
    rows = row.candidates.exclude(entry__prefix__in=list(opening.closed())).select_related("entry", "nominated_by")
    candidates = list(rows.order_by("-score" if shown else "pk", "pk"))
    actor = getattr(request, "actor", None) if request.COOKIES else None
    open_for_names = row.state == AppraisalState.CALLED and local_date(moment()) <= row.nominations_until
    context: dict[str, Any] = {
        "appraisal": row,
        "candidates": candidates,
        "shown": shown,
        "recommended": Outcome.RECOMMENDED,
        "decided": _decided(row) if shown else [],
        "may_object": row.state == AppraisalState.NOTICED
        and row.notice_until is not None
        and local_date(moment()) <= row.notice_until,
        "may_nominate": open_for_names and actor is not None and actor.unit_id is not None,
        "nomination": NominationForm(),
        "objection": ObjectionForm(candidates=[(one.pk, one.entry.app_name) for one in candidates]),
        **more,
    }
    return render(request, "review/appraisal_public.html", context, status=status)


def _decided(row: Appraisal) -> list[ResultObjection]:
    """Objections with what the authority said to them, as far as everybody may read it: never who objected, or how."""
    rows = row.objections.exclude(decided_at=None).exclude(candidate__entry__prefix__in=list(opening.closed()))
    return list(rows.select_related("candidate__entry").defer("name", "contact", "text").order_by("decided_at", "pk"))


@require_POST
def public_nominate(request: HttpRequest, pk: int) -> HttpResponse:
    """A provider names its own app, a school one that it knows."""
    row = _appraisal(pk)
    actor = getattr(request, "actor", None)
    if actor is None or actor.unit_id is None:
        return redirect(f"{reverse('account_login')}?next={reverse('appraisal_public', args=[pk])}")
    form = NominationForm(request.POST)
    if nominate_from(request, row, form):
        return redirect("appraisal_public", pk)
    return _page(request, row, nomination=form, status=422)


@require_POST
def public_object(request: HttpRequest, pk: int) -> HttpResponse:
    """An objection to the result; no account is needed."""
    row = _appraisal(pk)
    choices = list(Candidate.objects.filter(appraisal=row).values_list("pk", "entry__app_name"))
    form = ObjectionForm(request.POST, candidates=choices)
    wait = OBJECTIONS.take(request.META.get("REMOTE_ADDR", ""))
    if wait:
        form.add_error(None, _("Too many objections from your network at this moment. Please try again in a minute."))
        return _page(request, row, objection=form, status=429)
    if not form.is_valid():
        return _page(request, row, objection=form, status=422)
    values = form.cleaned_data
    candidate = Candidate.objects.filter(pk=values["candidate"], appraisal=row).first() if values["candidate"] else None
    try:
        domain.object_to_result(
            appraisal=row, candidate=candidate, name=values["name"], contact=values["contact"], text=values["text"],
            now=moment(),
        )  # fmt: skip
    except Refused as refused:
        for reason in refused.reasons:
            form.add_error(None, str(reason.message))
        return _page(request, row, objection=form, status=422)
    messages.success(request, _("Your objection has reached the authority. It decides before the list is published."))
    return redirect("appraisal_public", pk)
