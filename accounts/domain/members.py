"""Who works for a unit: asking, letting in, refusing, ending, changing the role."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import hooks, rules
from accounts.domain.units import hold, lock_unit, normalise_uscc, uscc_reasons
from accounts.enums import MembershipStatus, Role
from accounts.models import ApiToken, Membership, Person, Unit
from ledger.acts import Actor, Reason, Reasons, Refused, append, perform


def request_to_join(*, person: Person, uscc: str, by: Actor, now: datetime) -> Membership:
    """A second person asks to join a provider unit; its owner decides.

    Effects: a waiting membership as staff; the owners are told; one ledger record.
    Raises :class:`Refused`: no such unit, a unit that invites from above, or a member already.
    """
    code = normalise_uscc(uscc)
    reasons = uscc_reasons(code)
    if reasons:
        raise Refused(reasons)
    unit = Unit.objects.filter(uscc=code, active=True).first()
    if unit is None:
        raise Refused(
            Reasons.of(
                Reason("unit_unknown", _("No unit with this code is registered. Register it yourself."))
            )
        )
    if not Membership.objects.filter(
        unit=unit, role=Role.PROVIDER_OWNER, status=MembershipStatus.ACTIVE
    ).exists():
        raise Refused(
            Reasons.of(
                Reason(
                    "invited_only", _("This unit invites its people from above; ask there for an invitation.")
                )
            )
        )
    try:
        with transaction.atomic():
            hold(unit.pk)
            membership = Membership.objects.create(
                person=person, unit=unit, role=Role.PROVIDER_STAFF, status=MembershipStatus.REQUESTED
            )
            append(verb="request_to_join", subject=membership, by=by, now=now, payload={"unit": unit.pk})
            hooks.tell(hooks.MEMBER_REQUESTED, membership, now=now)
    except IntegrityError as error:
        raise Refused(
            Reasons.of(
                Reason("member_already", _("You belong to this unit already, or your request is waiting."))
            )
        ) from error
    return membership


def admit_member(*, membership: Membership, by: Actor, now: datetime) -> Membership:
    """The owner lets a waiting person in. Effects: the membership is active; the person is told."""

    def change(row: Membership) -> None:
        row.status = MembershipStatus.ACTIVE

    return perform(
        verb="admit_member",
        subject=membership,
        by=by,
        now=now,
        rule=rules.may_admit,
        change=change,
        payload={"unit": membership.unit_id, "role": membership.role},
        effects=lambda row, _record: hooks.tell(hooks.MEMBER_ADMITTED, row, now=now),
    )


def refuse_member(*, membership: Membership, by: Actor, now: datetime) -> Membership:
    """The owner does not let a waiting person in. Effects: the request ends; the person is told."""

    def change(row: Membership) -> None:
        row.status = MembershipStatus.ENDED
        row.ended_at = now

    return perform(
        verb="refuse_member",
        subject=membership,
        by=by,
        now=now,
        rule=rules.may_admit,
        change=change,
        payload={"unit": membership.unit_id},
        effects=lambda row, _record: hooks.tell(hooks.MEMBER_REFUSED, row, now=now),
    )


def end_membership(*, membership: Membership, by: Actor, now: datetime) -> Membership:
    """Somebody no longer works for the unit. Never the last owner.

    Effects: the membership ends, its tokens are revoked, from the next request on it gives nothing.
    """

    def change(row: Membership) -> None:
        row.status = MembershipStatus.ENDED
        row.ended_at = now

    with transaction.atomic():
        # Two owners who end each other at once: the unit's lock makes the second one see the first.
        lock_unit(membership.unit_id)
        return perform(
            verb="end_membership",
            subject=membership,
            by=by,
            now=now,
            rule=rules.may_end,
            change=change,
            payload={"unit": membership.unit_id, "role": membership.role},
            effects=lambda row, _record: _revoke_tokens(row, now),
        )


def change_role(*, membership: Membership, role: str, by: Actor, now: datetime) -> Membership:
    """Gives another role in the same unit; the last owner stays owner.

    Effects: the role; tokens whose scope the new role does not have are revoked.
    """

    def change(row: Membership) -> None:
        row.role = role

    with transaction.atomic():
        lock_unit(membership.unit_id)
        return perform(
            verb="change_role",
            subject=membership,
            by=by,
            now=now,
            rule=lambda actor, row: rules.may_change_role(actor, row, role),
            change=change,
            payload={"unit": membership.unit_id, "from": membership.role, "to": role},
            effects=lambda row, _record: _revoke_tokens(row, now, keep=rules.scopes_for(role)),
        )


def _revoke_tokens(membership: Membership, now: datetime, keep: list[str] | list = ()) -> None:  # type: ignore[assignment]
    ApiToken.objects.filter(membership=membership, revoked_at__isnull=True).exclude(
        scope__in=list(keep)
    ).update(revoked_at=now)
