"""Declaring branches, and agreeing to be one; the authority's list of what waits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Province
from ledger.acts import ActError, Reason, Refused
from providers.domain import branches
from providers.enums import BranchState
from providers.models import Branch
from providers.views import oversight
from providers.views.base import actor_of, provider_view, unit_of
from rulebook.time import now as moment

VERBS = ("confirm", "refuse", "release")
MOST = 500


@provider_view
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """The head office's branches with how each stands, the form to declare one, and who claims us as a branch."""
    unit, by, now = unit_of(request), actor_of(request), moment()
    said = {name: request.POST.get(name, "").replace("\x00", "")[:200] for name in ("uscc", "name", "province")}
    errors: list[Reason] = []
    if request.method == "POST":
        try:
            row = branches.declare_branch(head=unit, by=by, now=now, **said)
        except Refused as refused:
            errors = list(refused.reasons)
        else:
            text = _("%(branch)s is declared; it counts once it is confirmed.")
            messages.success(request, text % {"branch": row.name})
            return redirect("provider_branches")
    rows = Branch.objects.visible_to(by).select_related("head", "unit").order_by("-pk")[:MOST]
    claims = branches.waiting_for(unit)
    context: dict[str, Any] = {
        "unit": unit,
        "rows": [row for row in rows if row.head_id == unit.pk],
        "head": next((row for row in rows if row.unit_id == unit.pk and row.state == BranchState.CONFIRMED), None),
        "claims": claims,
        "errors": errors,
        "said": said,
        "provinces": Province.choices,
    }
    return render(request, "providers/branches.html", context, status=422 if errors else 200)


def _act(request: HttpRequest, row: Branch, verb: str, by: Any) -> None:
    """One verb on a declaration; what it was or why not stands on the next page."""
    more: dict[str, Any] = {"by": by, "now": moment(), "seen_state": request.POST.get("seen_state") or None}
    reason = request.POST.get("reason", "").replace("\x00", "")[:500]
    try:
        if verb == "confirm":
            branches.confirm_branch(branch=row, **more)
        elif verb == "refuse":
            branches.refuse_branch(branch=row, reason=reason, **more)
        else:
            branches.release_branch(branch=row, reason=reason, **more)
    except ActError as error:
        messages.error(request, f"{row.name}: {error}")
    else:
        done = {"confirm": _("Confirmed"), "refuse": _("Refused"), "release": _("Released")}
        messages.success(request, f"{row.name}: {done[verb]}")


@provider_view
@require_POST
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The branch's owner agrees or not; the head office takes back."""
    by, unit = actor_of(request), unit_of(request)
    row = Branch.objects.visible_to(by).select_related("head", "unit").filter(pk=pk).first()
    if row is None:  # declared before this unit was registered here
        row = branches.claim_of(unit, pk)
    if row is None or verb not in VERBS:
        raise Http404
    _act(request, row, verb, by)
    return redirect("provider_branches")


@oversight.oversight_view
@require_safe
def listing(request: HttpRequest) -> HttpResponseBase:
    """Declared branches that are registered in the authority's province, those that wait first."""
    by = oversight.actor_of(request)
    rows = list(Branch.objects.visible_to(by).select_related("head", "unit").order_by("-pk")[:MOST])
    waiting = [row for row in rows if row.state == BranchState.DECLARED]
    return render(
        request,
        "providers/branches_authority.html",
        {"waiting": waiting, "others": [row for row in rows if row.state != BranchState.DECLARED]},
    )


@oversight.oversight_view
@require_POST
def decide_as_authority(request: HttpRequest, pk: int, verb: str) -> HttpResponseBase:
    """The authority of the branch's province decides."""
    by = oversight.actor_of(request)
    row = Branch.objects.visible_to(by).select_related("head", "unit").filter(pk=pk).first()
    if row is None or verb not in VERBS:
        raise Http404
    _act(request, row, verb, by)
    return redirect("oversight_branches")
