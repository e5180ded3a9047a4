"""The school's own review of a use, and its end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ledger.acts import Refused
from providers import presentation as shared
from rulebook.time import MomentInvalid, parse_moment
from rulebook.time import now as moment
from users import domain, queries, rules, schema
from users.enums import UseState
from users.forms import ReviewForm, WithdrawForm
from users.models import UserFiling
from users.views.base import DESK, actor_of, institution_view, number_of
from users.views.filing import context_of

MOST_NOTES = 60


@institution_view
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person of the school looks at the answers, agrees, or gives it back with notes on fields."""
    filing = DESK.find(request, pk)
    if filing.state != UseState.UNIT_REVIEW and request.method != "POST":
        return redirect("use", pk=filing.pk)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    reasons: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            return _decided(request, filing, form.cleaned_data["comment"])
        except Refused as refused:
            reasons = list(refused.reasons)
    status = 422 if request.method == "POST" else 200
    return render(request, "users/review.html", _review_context(request, filing, form, reasons), status=status)


def _decided(request: HttpRequest, filing: UserFiling, comment: str) -> HttpResponse:
    common: dict[str, Any] = {
        "filing": filing,
        "by": actor_of(request),
        "now": moment(),
        "comment": comment,
        "seen_state": request.POST.get("seen_state") or None,
        "seen_version": number_of(request.POST.get("seen_version")),
    }
    if request.POST.get("verdict") == "send_back":
        domain.unit_send_back(notes=_sent_notes(request), **common)
        messages.success(request, _("Sent back to your colleague, with your notes."))
    else:
        done = domain.unit_approve(**common)
        if done.state == UseState.CONFIRMED:
            messages.success(request, _("Approved, and confirmed by the authority’s recommended list."))
        else:
            messages.success(request, _("Approved: it is with the authority now."))
    return redirect("use", pk=filing.pk)


def _sent_notes(request: HttpRequest) -> list[dict[str, str]]:
    found = []
    for name, text in list(request.POST.items())[: MOST_NOTES * 4]:
        if name.startswith("note-") and str(text).strip():
            clean = str(text).replace("\x00", "").strip()[:2000]
            found.append({"field_key": name.removeprefix("note-")[:80], "text": clean, "article": ""})
    return found[:MOST_NOTES]


def _review_context(request: HttpRequest, filing: UserFiling, form: ReviewForm, reasons: list[Any]) -> dict[str, Any]:
    now = moment()
    context = context_of(filing, request)
    on, policy = queries.policy_day(filing, now), context["policy"]
    parts = shared.answers_of(schema.Context(context["document"], policy, schema.form_kind(filing), on))
    typed = {note["field_key"]: note["text"] for note in _sent_notes(request)} if request.method == "POST" else {}
    for part in parts:
        for row in part.rows:
            row.note = typed.get(row.key, "")
    earlier = queries.previous_version(filing, filing.version, actor_of(request))
    changes = schema.diff(earlier.data, context["document"], schema.form_kind(filing), policy) if earlier else []
    return {
        **context,
        "form": form,
        "parts": parts,
        "reasons": reasons or list(rules.may_review_in_unit(actor_of(request), filing)),
        "refused": bool(reasons),
        "warnings": queries.warnings(filing, now),
        "changes": changes,
        "earlier": earlier,
    }


@institution_view
@require_POST
def checked(request: HttpRequest, pk: int) -> HttpResponse:
    """The app has changed, and its use stays as it is."""
    filing = DESK.find(request, pk)
    shown = request.POST.get("seen_since", "")
    try:
        seen = parse_moment(shown) if shown else None
    except MomentInvalid as error:
        raise SuspiciousOperation(str(error)) from error
    try:
        domain.note_checked(filing=filing, by=actor_of(request), now=moment(), seen_since=seen)
    except Refused as refused:
        messages.warning(request, " ".join(str(reason.message) for reason in refused.reasons))
    else:
        messages.success(request, _("Noted: the use stays as it was filed."))
    return redirect("use", pk=filing.pk)


@institution_view
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends the use: why, and how those concerned are told."""
    filing = DESK.find(request, pk)
    if filing.state == UseState.WITHDRAWN and request.method != "POST":
        return redirect("use", pk=filing.pk)
    form = WithdrawForm(
        request.POST if request.method == "POST" else None,
        handed_in=filing.version > 0,
        confirmed=filing.confirmed_version > 0,
    )
    if request.method == "POST" and form.is_valid():
        domain.withdraw(
            filing=filing,
            by=actor_of(request),
            now=moment(),
            reason=form.cleaned_data["reason"],
            notice_text=form.cleaned_data.get("notice_text", ""),
            seen_state=request.POST.get("seen_state") or None,
        )
        messages.success(request, _("The use has ended.") if filing.version else _("The draft has been dropped."))
        return redirect("use", pk=filing.pk)
    status = 422 if form.is_bound else 200
    return render(request, "users/withdraw.html", {"desk": DESK, "filing": filing, "form": form}, status=status)
