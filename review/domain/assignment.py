"""Who works on a case: claim, assign, release, hand over an absent colleague's cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES, LEAD_ROLES, MembershipStatus
from accounts.models import Membership, Person
from ledger.acts import Actor, AlreadyMoved, Appended, Audience, Reason, Reasons, Refused, perform
from review import rules
from review.desks import FILINGS, Case, Desk, desk_of
from review.models import UseAssignment
from users.models import UserFiling


def _in_hand(filing: Case) -> Reasons:
    if str(filing.state) in desk_of(filing).in_hand:
        return Reasons()
    return Reasons([Reason("closed", _("This case is closed."))])


def _colleague(by: Actor, person: Person) -> Reasons:
    member = Membership.objects.filter(
        person=person, unit_id=by.unit_id, role__in=AUTHORITY_ROLES, status=MembershipStatus.ACTIVE
    )
    if member.exists():
        return Reasons()
    return Reasons([Reason("not_a_colleague", _("This person does not review for your authority."))])


def worker_of(filing: Case, actor: Actor) -> Any:
    """Who works on the case for the actor's authority: the assignment with its person, or None."""
    rows = desk_of(filing).assignments.objects.filter(filing=filing, unit_id=actor.unit_id)
    return rows.select_related("person").first()


def claim(*, filing: Case, by: Actor, now: datetime) -> Case:
    """Takes an unassigned case for oneself. Raises ``AlreadyMoved`` if a colleague was first."""

    def rule(actor: Actor, row: Case) -> Reasons:
        reasons = Reasons.of(desk_of(row).may_claim(actor, row), _in_hand(row))
        if not reasons:
            taken = worker_of(row, actor)
            if taken is not None and taken.person_id != actor.person_id:
                raise AlreadyMoved(
                    state=str(row.state), verb="claim", at=taken.assigned_at, actor_id=taken.person_id
                )
        return reasons

    return _put(filing=filing, person_id=by.person_id, verb="claim", by=by, now=now, rule=rule)


def assign(*, filing: Case, person: Person, by: Actor, now: datetime) -> Case:
    """A head of review gives the case to a colleague, whoever has it now."""

    def rule(actor: Actor, row: Case) -> Reasons:
        return Reasons.of(desk_of(row).may_assign(actor, row), _in_hand(row), _colleague(actor, person))

    return _put(filing=filing, person_id=person.pk, verb="assign", by=by, now=now, rule=rule)


def _put(*, filing: Case, person_id: int | None, verb: str, by: Actor, now: datetime, rule: object) -> Case:
    def effects(row: Case, record: Appended) -> None:
        desk_of(row).assignments.objects.update_or_create(
            filing=row,
            unit_id=by.unit_id,
            defaults={"person_id": person_id, "assigned_by_id": by.person_id, "assigned_at": now},
        )

    return perform(
        verb=verb,
        subject=filing,
        by=by,
        now=now,
        rule=rule,  # type: ignore[arg-type]
        effects=effects,
        payload={"person": person_id},
        audience=Audience.AUTHORITY,
    )


def release(*, filing: Case, by: Actor, now: datetime) -> Case:
    """Gives the case back to the pool: its holder or a head of review."""

    def rule(actor: Actor, row: Case) -> Reasons:
        reasons = Reasons.of(desk_of(row).holds(actor, row), _in_hand(row))
        taken = worker_of(row, actor)
        if not reasons and taken is not None and actor.role not in LEAD_ROLES and taken.person_id != actor.person_id:
            reasons.append(Reason("not_yours", _("A colleague works on this case.")))
        return reasons

    def effects(row: Case, record: Appended) -> None:
        desk_of(row).assignments.objects.filter(filing=row, unit_id=by.unit_id).delete()

    return perform(
        verb="release", subject=filing, by=by, now=now, rule=rule, effects=effects, audience=Audience.AUTHORITY
    )


def follow(filing: UserFiling, left: int, now: datetime) -> None:
    """Called inside the act that puts a use with another authority; ``left`` is the id of the one before.

    Who worked on it goes on where he also reviews for the new one; else the case is unassigned there. Verdicts on
    its fields are drafts of the case and stay. Effects: the assignment of the old authority moves or ends.
    """
    held = UseAssignment.objects.filter(filing=filing, unit_id=left)
    row = held.select_related("person").first()
    if row is None:
        return
    stays = Membership.objects.active().filter(
        person_id=row.person_id, unit_id=filing.authority_id, role__in=AUTHORITY_ROLES
    )
    taken = UseAssignment.objects.filter(filing=filing, unit_id=filing.authority_id)
    if stays.exists() and not taken.exists():
        held.update(unit_id=filing.authority_id, assigned_at=now)
    else:
        held.delete()


def hand_over(*, absent: Person, to: Person, by: Actor, now: datetime, desk: Desk = FILINGS) -> list[Any]:
    """Hands an absent colleague's open cases of one kind to another, each through the one door."""
    if by.role not in LEAD_ROLES:
        raise Refused(Reasons([rules.NOT_A_LEAD]))
    held = desk.assignments.objects.filter(person=absent, unit_id=by.unit_id).values("filing_id")
    mine = desk.model.objects.visible_to(by).filter(pk__in=held, state__in=desk.in_hand)
    done = []
    for filing in mine.order_by("pk"):
        if desk.may_assign(by, filing):
            continue
        done.append(assign(filing=filing, person=to, by=by, now=now))
    return done
