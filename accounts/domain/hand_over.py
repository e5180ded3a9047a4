"""Giving a wrongly registered unit to its rightful owner."""

from __future__ import annotations

from datetime import datetime

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import hooks
from accounts.domain.units import lock_unit
from accounts.enums import MembershipStatus, Role, UnitKind
from accounts.models import ApiToken, Invitation, Membership, Person, Unit
from ledger.acts import Actor, Reason, Reasons, Refused, append, perform


def hand_over_unit(*, unit: Unit, to: Person, reason: str, by: Actor, now: datetime) -> Membership:
    """An administrator gives a unit to whom it belongs, where somebody else has registered its credit code.

    Effects: every membership of the unit ends, with its tokens; waiting invitations are withdrawn; all sessions
    of those people end, so that they sign in anew for whatever else they do; ``to`` is the unit's owner; those
    people and the unit are told; one ledger record with the reason. What the unit has filed stays with it.
    Measures Art. 10, 12. Raises ``Refused``: not an administrator, no reason, an authority (its accounts come
    from above), a person who cannot sign in, or one who is its owner alone already.
    """
    said = " ".join((reason or "").split())
    reasons = Reasons()
    if not by.is_system and by.role != Role.SYSADMIN:
        reasons.append(Reason("not_an_administrator", _("Only an administrator of the portal hands a unit over.")))
    if not said:
        reasons.append(Reason("reason_missing", _("State the reason; it is kept and told to those concerned.")))
    if unit.kind in (UnitKind.AUTHORITY, UnitKind.PARTNER):
        reasons.append(Reason("kind_from_above", _("The accounts of this unit come from above, by invitation.")))
    if not to.is_active:
        reasons.append(Reason("person_inactive", _("This person cannot sign in.")))
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        lock_unit(unit.pk)
        old = list(
            Membership.objects.select_for_update(of=("self",), no_key=True)
            .filter(unit=unit)
            .exclude(status=MembershipStatus.ENDED)
            .select_related("person", "unit")
            .order_by("pk")
        )
        if [row.person_id for row in old] == [to.pk] and old[0].role == Role.PROVIDER_OWNER and old[0].active:
            raise Refused(Reasons([Reason("owner_already", _("This person is the only owner of the unit already."))]))
        leaving = [row for row in old if row.person_id != to.pk]
        for row in old:
            _end(row, by, now)
        tokens = ApiToken.objects.filter(membership__in=old, revoked_at=None).update(revoked_at=now)
        Invitation.objects.filter(unit=unit, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
        membership = Membership.objects.create(person=to, unit=unit, role=Role.PROVIDER_OWNER)
        sessions = end_sessions([row.person for row in leaving])
        append(
            verb="hand_over_unit", subject=unit, by=by, now=now, basis=["me-10"],
            payload={"reason": said, "to": to.pk, "ended": [row.person_id for row in leaving], "tokens": tokens,
                     "sessions": sessions},
        )  # fmt: skip
        for row in leaving:
            hooks.tell(hooks.UNIT_HANDED_OVER, row, reason=said, now=now)
        hooks.tell(hooks.UNIT_HANDED_OVER, membership, reason=said, now=now)
    return membership


def _end(membership: Membership, by: Actor, now: datetime) -> None:
    """Ends one membership, with a record in its own chain; the last owner's too, since another comes."""

    def change(row: Membership) -> None:
        row.status, row.ended_at = MembershipStatus.ENDED, now

    perform(
        verb="end_membership", subject=membership, by=by, now=now, rule=lambda _by, _row: Reasons(), change=change,
        payload={"unit": membership.unit_id, "role": membership.role},
    )  # fmt: skip


def end_sessions(people: list[Person]) -> int:
    """Ends every session of these people, wherever they are signed in. Returns how many there were."""
    sessions = list(apps.get_model("usersessions", "UserSession").objects.filter(user__in=people))
    for session in sessions:
        session.end()  # in the cache too, where the session's data are read first
    return len(sessions)
