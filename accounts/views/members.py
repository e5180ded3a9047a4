"""Who works for the unit: requests, roles, ending."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import rules
from accounts.domain import admit_member, change_role, end_membership, refuse_member
from accounts.enums import MembershipStatus
from accounts.models import Membership
from accounts.views.account import unit_of
from accounts.views.base import actor_of, membership_required, refusals
from rulebook.time import now


@membership_required
@require_GET
def members(request: HttpRequest) -> HttpResponse:
    """The people of one unit; who is in charge decides about them here."""
    actor, unit = actor_of(request), unit_of(request)
    rows = (
        Membership.objects.visible_to(actor)
        .filter(unit=unit)
        .exclude(status=MembershipStatus.ENDED)
        .select_related("person", "unit")
        .order_by("-status", "person__name", "pk")
    )
    reasons = rules.may_manage(actor, unit)
    return render(
        request,
        "accounts/members.html",
        {
            "unit": unit,
            "waiting": [row for row in rows if row.status == MembershipStatus.REQUESTED],
            "active": [row for row in rows if row.status == MembershipStatus.ACTIVE],
            "may_manage": not reasons,
            "reasons": reasons,
            "roles": [r for r in rules.roles_for(unit) if not rules.may_give_role(actor, unit, r)],
            "may_invite": actor.role in rules.INVITING_ROLES,
            "tab": "members",
        },
    )


@membership_required
@require_POST
def member_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One decision about a member: ``admit``, ``refuse``, ``role`` or ``end``."""
    actor = actor_of(request)
    rows = Membership.objects.visible_to(actor).select_related("unit", "person")
    membership = get_object_or_404(rows, pk=pk)
    who = {"person": str(membership.person)}
    moment = now()
    if verb == "admit":
        with refusals(request, _("%(person)s may work for the unit now.") % who):
            admit_member(membership=membership, by=actor, now=moment)
    elif verb == "refuse":
        with refusals(request, _("The request of %(person)s has been refused.") % who):
            refuse_member(membership=membership, by=actor, now=moment)
    elif verb == "role":
        with refusals(request, _("%(person)s has another role now.") % who):
            change_role(membership=membership, role=request.POST.get("role", ""), by=actor, now=moment)
    else:
        with refusals(request, _("%(person)s no longer works for the unit.") % who):
            end_membership(membership=membership, by=actor, now=moment)
    back = reverse("members")
    if membership.unit_id != actor.unit_id:
        back += f"?unit={membership.unit_id}"
    return redirect(back)
