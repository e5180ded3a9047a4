"""Training of managers and technicians: events, registration by units, attendance (Opinions 19; R170)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from guidance import rules
from guidance.domain.errors import Invalid
from guidance.enums import TAKING_SEATS, EventState
from guidance.models import Attendance, TrainingEvent
from ledger.acts import Actor, Audience, Reason, Reasons, Refused, append, perform

EDITABLE = frozenset({
    "host", "audiences", "title_zh", "title_en", "body_zh", "body_en", "place_zh", "place_en", "starts_at", "ends_at",
    "register_until", "seats", "material",
})  # fmt: skip
MOST_PEOPLE = 50  # of one unit in one event
BASIS = ("op-19",)


def save_event(*, event: TrainingEvent | None, by: Actor, now: datetime, **fields: Any) -> TrainingEvent:
    """Drafts an event (``None``) or changes one that is not cancelled. Raises ``Invalid`` (times), ``Refused``."""
    unknown = set(fields) - EDITABLE
    if unknown:
        raise ValueError(sorted(unknown))
    check_times({name: fields.get(name, getattr(event, name, None)) for name in _TIMES})
    payload = {"fields": sorted(fields)}
    if event is None:
        row = TrainingEvent(**fields)
        reasons = rules.may_hold(by, row)
        if reasons:
            raise Refused(reasons)
        with transaction.atomic():
            row.save()
            append(
                verb="draft_training", subject=row, by=by, now=now, to_state=EventState.DRAFT, basis=BASIS,
                payload=payload, audience=Audience.AUTHORITY,
            )  # fmt: skip
        return row

    def rule(actor: Actor, row: TrainingEvent) -> Reasons:
        reasons = rules.may_hold(actor, row)
        if row.state == EventState.CANCELLED:
            reasons.append(Reason("cancelled", _("This training has been cancelled.")))
        seats = fields.get("seats", row.seats)
        if seats is not None and seats < taken(row):
            reasons.append(Reason("seats_taken", _("More persons are registered than that.")))
        return reasons

    def change(row: TrainingEvent) -> None:
        for name, value in fields.items():
            setattr(row, name, value)

    return perform(
        verb="change_training", subject=event, by=by, now=now, rule=rule, change=change, payload=payload,
        audience=Audience.AUTHORITY,
    )  # fmt: skip


def announce_event(
    *, event: TrainingEvent, by: Actor, now: datetime, seen_state: str | None = None
) -> TrainingEvent:
    """draft → open: everybody sees it, the units it is for can register."""

    def rule(actor: Actor, row: TrainingEvent) -> Reasons:
        reasons = rules.may_hold(actor, row)
        if row.ends_at <= now:
            reasons.append(Reason("is_over", _("It has ended already.")))
        if not row.audiences:
            reasons.append(Reason("for_nobody", _("Say for whom the training is.")))
        return reasons

    return perform(
        verb="announce_training", subject=event, by=by, now=now, rule=rule, transition="announce", basis=BASIS,
        seen_state=seen_state, audience=Audience.PUBLIC,
    )  # fmt: skip


def cancel_event(
    *, event: TrainingEvent, reason: str, by: Actor, now: datetime, seen_state: str | None = None
) -> TrainingEvent:
    """draft or open → cancelled, with the reason on its page. Not once it has begun."""

    def rule(actor: Actor, row: TrainingEvent) -> Reasons:
        reasons = rules.may_hold(actor, row)
        if not reason.strip():
            reasons.append(Reason("reason_needed", _("State the reason.")))
        if row.state == EventState.OPEN and row.starts_at <= now:
            reasons.append(Reason("has_begun", _("It has begun and can no longer be cancelled.")))
        return reasons

    def change(row: TrainingEvent) -> None:
        row.cancelled_reason = reason.strip()[:300]

    return perform(
        verb="cancel_training", subject=event, by=by, now=now, rule=rule, transition="cancel", change=change,
        seen_state=seen_state, audience=Audience.PUBLIC,
    )  # fmt: skip


def register_unit(*, event: TrainingEvent, people: int, by: Actor, now: datetime) -> Attendance:
    """Registers the actor's unit with a number of persons, or changes that number; safe to send twice.

    The event is locked meanwhile, so that the last seat is given once. Raises ``Invalid`` (number, no seats left),
    ``Refused``. Effects: the attendance, a ledger record.
    """
    if not 1 <= people <= MOST_PEOPLE:
        raise Invalid({"people": _("Give a number from 1 to %(most)s.") % {"most": MOST_PEOPLE}})
    with transaction.atomic():
        locked = TrainingEvent.objects.select_for_update(no_key=True).get(pk=event.pk)
        reasons = rules.may_register(by, locked, now)
        if reasons:
            raise Refused(reasons)
        mine = Attendance.objects.filter(event=locked, unit_id=by.unit_id).first()
        if locked.seats is not None:
            left = locked.seats - taken(locked, without=mine)
            if people > left:
                raise Invalid({"people": _("%(left)s seats are left.") % {"left": max(left, 0)}})
        if mine is None:
            return _first(locked, people, by, now)

        def change(row: Attendance) -> None:
            row.people, row.registered_by_id, row.registered_at = people, by.person_id, now

        return perform(
            verb="register_for_training", subject=mine, by=by, now=now, transition="register", change=change,
            rule=lambda actor, _row: rules.may_register(actor, locked, now), basis=BASIS, payload={"people": people},
        )  # fmt: skip


def _first(event: TrainingEvent, people: int, by: Actor, now: datetime) -> Attendance:
    """The first registration of a unit; the event is locked, so that nobody writes another one meanwhile."""
    row = Attendance.objects.create(
        event=event, unit_id=by.unit_id, people=people, registered_by_id=by.person_id, registered_at=now
    )
    append(
        verb="register_for_training", subject=row, by=by, now=now, to_state=row.state, basis=BASIS,
        payload={"people": people},
    )  # fmt: skip
    return row


def leave_event(*, attendance: Attendance, by: Actor, now: datetime) -> Attendance:
    """registered → withdrawn, by the unit itself, until the event begins; its seats are free again."""
    return perform(
        verb="leave_training", subject=attendance, by=by, now=now, transition="withdraw", related=["event"],
        rule=lambda actor, row: rules.may_leave(actor, row, now),
    )  # fmt: skip


def note_attendance(*, attendance: Attendance, came: int, by: Actor, now: datetime) -> Attendance:
    """Notes how many persons of a unit came; 0 means that nobody did. Can be corrected, each time on record."""
    if not 0 <= came <= MOST_PEOPLE:
        raise Invalid({"came": _("Give a number from 0 to %(most)s.") % {"most": MOST_PEOPLE}})

    def change(row: Attendance) -> None:
        row.came = came

    return perform(
        verb="note_attendance", subject=attendance, by=by, now=now, transition="attend" if came else "miss",
        rule=lambda actor, row: rules.may_note(actor, row, now), change=change, basis=BASIS, payload={"came": came},
        related=["event"],
    )  # fmt: skip


def taken(event: TrainingEvent, *, without: Attendance | None = None) -> int:
    """Persons registered for an event."""
    rows = Attendance.objects.filter(event=event, state__in=TAKING_SEATS)
    if without is not None:
        rows = rows.exclude(pk=without.pk)
    return rows.aggregate(total=Sum("people"))["total"] or 0


_TIMES = ("starts_at", "ends_at", "register_until")


def check_times(times: dict[str, datetime | None]) -> None:
    """Raises ``Invalid`` where a moment is missing, or they do not follow each other."""
    missing = {name: _("Fill this in.") for name, value in times.items() if value is None}
    if missing:
        raise Invalid(missing)
    starts, ends, until = (times[name] for name in _TIMES)
    assert starts is not None
    assert ends is not None
    assert until is not None
    if ends <= starts:
        raise Invalid({"ends_at": _("It cannot end before it begins.")})
    if until > ends:
        raise Invalid({"register_until": _("Registration cannot go on after the end.")})
