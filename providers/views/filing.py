"""One filing: its task list, checking the answers, handing in, taking back."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger.acts import Reasons, subject_key
from ledger.queries import timeline
from notices.models import Notice
from providers import domain, presentation, schema
from providers.domain.errors import Incomplete
from providers.enums import EDITABLE_STATES, FilingState
from providers.models import Filing
from providers.queries import document, policy_day, policy_of, working_copy
from providers.views.base import actor_of, filing_or_404, provider_view
from providers.views.desk import DESK
from rulebook import clocks
from rulebook.time import now as moment


def _context(filing: Filing, request: HttpRequest) -> dict[str, Any]:
    now = moment()
    editable = filing.state in EDITABLE_STATES
    policy = policy_of(filing, now)
    shown = working_copy(filing) if editable else document(filing)
    tasks = presentation.tasks(filing, shown, policy, policy_day(filing, now))
    return {
        **presentation.progress(tasks),
        "desk": DESK,
        "filing": filing,
        "editable": editable,
        "policy": policy,
        "document": shown,
        "baton": presentation.baton(filing),
        "target": presentation.decision_target(filing, policy),
        "clock": clocks.running(filing).first(),
        "records": timeline(filing).order_by("-seq"),
        "served": _served(filing),
    }


def _served(filing: Filing) -> Notice | None:
    """The notice with which the authority returned or declined the filing, while that is what holds."""
    kinds = {FilingState.RETURNED: "filing_returned", FilingState.DECLINED: "filing_declined"}
    kind = kinds.get(FilingState(filing.state))
    if kind is None:
        return None
    subject_type, subject_id = subject_key(filing)
    return (
        Notice.objects.filter(subject_type=subject_type, subject_id=subject_id, kind=kind, to_unit_id=filing.unit_id)
        .order_by("-pk")
        .first()
    )


@provider_view
@require_safe
def tasks(request: HttpRequest, pk: int) -> HttpResponse:
    """The task list: what is done, what is missing, who holds the matter, until when."""
    filing = filing_or_404(request, pk)
    context = _context(filing, request)
    if context["editable"]:
        context["blocked"] = _obstacles(context)
    return render(request, "providers/tasks.html", context)


def _obstacles(context: dict[str, Any]) -> Reasons:
    return domain.obstacles(
        filing=context["filing"], document=context["document"], policy=context["policy"], now=moment()
    )


@provider_view
@require_safe
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Check your answers: everything as it will be frozen, then the button that hands it in."""
    filing = filing_or_404(request, pk)
    context = _context(filing, request)
    if not context["editable"]:
        return redirect("filing", pk=filing.pk)
    return render(request, "providers/check.html", _check_context(context, request))


def _check_context(context: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
    filing, now = context["filing"], moment()
    found = schema.validate(context["document"], context["policy"], filing.kind, policy_day(filing, now))
    return {
        **context,
        "blocked": _obstacles(context),
        "answers": presentation.answers(filing, context["document"], context["policy"], policy_day(filing, now)),
        "problems": [p for p in found if p.is_error],
        "hints": [p for p in found if not p.is_error],
        "submit_key": secrets.token_urlsafe(24),
    }


@provider_view
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hands it in. The same key again leads to the same confirmation."""
    filing = filing_or_404(request, pk)
    try:
        done = domain.submit(
            filing=filing,
            by=actor_of(request),
            now=moment(),
            submit_key=request.POST.get("submit_key", "").replace("\x00", "")[:64],
            seen_state=None,
        )
    except Incomplete as incomplete:
        context = _check_context(_context(filing, request), request)
        context["problems"] = incomplete.problems
        return render(request, "providers/check.html", context, status=incomplete.status)
    return redirect("filing_done", pk=done.pk)


@provider_view
@require_safe
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirmation: the case number, and what happens when."""
    filing = filing_or_404(request, pk)
    if filing.submitted_at is None or filing.state == FilingState.RETURNED:
        return redirect("filing", pk=filing.pk)
    return render(request, "providers/done.html", _context(filing, request))


@provider_view
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """A receipt to print or keep: what was submitted, when, and its digest."""
    filing = filing_or_404(request, pk)
    versions = filing.versions.order_by("-number")
    wanted = request.GET.get("version", "")
    named = wanted.isdecimal() and len(wanted) < 6
    version = versions.filter(number=int(wanted)).first() if named else versions.first()
    if version is None:
        return redirect("filing", pk=filing.pk)
    files = presentation.files(version)
    return render(request, "providers/receipt.html", {"filing": filing, "version": version, "files": files})


@provider_view
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the filing back, after asking once."""
    filing = filing_or_404(request, pk)
    if request.method == "POST":
        domain.withdraw(
            filing=filing, by=actor_of(request), now=moment(), seen_state=request.POST.get("seen_state") or None
        )
        messages.success(request, _("The filing has been withdrawn."))
        return redirect("provider_home")
    if filing.state not in (FilingState.DRAFT, FilingState.SUBMITTED, FilingState.RETURNED):
        return redirect("filing", pk=filing.pk)
    return render(request, "providers/withdraw.html", {"filing": filing})


@provider_view
@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Two submitted versions side by side, field by field; files by name and hash."""
    filing = filing_or_404(request, pk)
    rows = list(filing.versions.order_by("number"))
    if not rows:
        return redirect("filing", pk=filing.pk)
    old, new = presentation.two_versions(rows, request.GET)
    changes = schema.diff(old.data, new.data)
    context = {"desk": DESK, "filing": filing, "versions": rows, "old": old, "new": new, "changes": changes}
    return render(request, "wizard/versions.html", context)
