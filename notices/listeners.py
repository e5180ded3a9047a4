"""What this room hears from the rooms below."""

from __future__ import annotations

from datetime import datetime

from accounts import hooks
from accounts.models import Invitation, Membership
from accounts.queries import owners
from notices.domain.reminders import tell_moved
from notices.domain.serve import serve
from rulebook import clocks
from rulebook.time import local_date


def register() -> None:
    """Called once, when the room is ready."""
    hooks.listen(hooks.INVITED, invited)
    hooks.listen(hooks.MEMBER_REQUESTED, member_requested)
    hooks.listen(hooks.MEMBER_ADMITTED, member_admitted)
    hooks.listen(hooks.MEMBER_REFUSED, member_refused)
    clocks.on_clock_moved(tell_moved)


def invited(invitation: Invitation, *, now: datetime) -> None:
    """The invitation's e-mail; the unit's inbox says that it was sent, without the link."""
    serve(
        kind="invitation",
        to_unit=invitation.unit,
        subject=invitation,
        params={
            "unit": invitation.unit.name,
            "unit_en": invitation.unit.name_en,
            "email": invitation.email,
            "role": invitation.role,
            "expires": local_date(invitation.expires_at).isoformat(),
        },
        now=now,
        legal=False,
        dedupe=f"invitation:{invitation.pk}",
        address=invitation.email,
    )


def _about(membership: Membership) -> dict[str, str]:
    return {
        "person": membership.person.name or membership.person.email,
        "email": membership.person.email,
        "unit": membership.unit.name,
        "unit_en": membership.unit.name_en,
    }


def member_requested(membership: Membership, *, now: datetime) -> None:
    """Each owner is told; the request lies with them."""
    for owner in owners(membership.unit):
        serve(
            kind="member_requested",
            to_unit=membership.unit,
            to_person=owner,
            subject=membership,
            params=_about(membership),
            now=now,
            legal=False,
            dedupe=f"member_requested:{membership.pk}:{owner.pk}",
        )


def member_admitted(membership: Membership, *, now: datetime) -> None:
    _answer("member_admitted", membership, now)


def member_refused(membership: Membership, *, now: datetime) -> None:
    _answer("member_refused", membership, now)


def _answer(kind: str, membership: Membership, now: datetime) -> None:
    serve(
        kind=kind,
        to_unit=None,
        to_person=membership.person,
        subject=membership,
        params=_about(membership),
        now=now,
        legal=False,
        dedupe=f"{kind}:{membership.pk}",
    )
