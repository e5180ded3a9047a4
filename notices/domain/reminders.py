"""Reminders of clocks: rows with a unique key, found by "due by now", safe twice and late."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef

from accounts.models import Unit
from notices.domain.serve import serve
from notices.models import ReminderSent
from rulebook import calendar, clocks
from rulebook.models import Clock
from rulebook.time import local_date

_LONG_AGO = datetime(1949, 10, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Holder:
    """Who holds a clock: whom to remind, of what, and who stands above him.

    ``params`` fills the wording (``app_name``, ``case_no`` …); ``others`` are told when it moves. ``side``
    and ``others_side`` say as what they are served, where that does not follow from the unit. The kinds are
    those of a legal period; a service target has words of its own.
    """

    unit: Unit
    subject: models.Model
    superior: Unit | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[Unit, ...] = ()
    side: str | None = None
    others_side: str | None = None
    kind: str = "reminder"
    overdue_kind: str = "reminder_overdue"


Found = Holder | tuple[Unit, models.Model, Unit | None] | None
_holders: dict[str, Callable[[Clock], Found]] = {}


def register_holder(kind: str, find: Callable[[Clock], Found]) -> None:
    """Says who holds clocks of a kind: ``find(clock)`` gives a :class:`Holder`, or
    ``(unit, subject, superior)``, or None where nobody is to be reminded. The last call counts."""
    _holders[kind] = find


def holder_of(clock: Clock) -> Holder | None:
    """Who holds this clock now."""
    find = _holders.get(clock.kind)
    found = find(clock) if find else None
    if isinstance(found, tuple):
        return Holder(*found)
    return found


@dataclass
class Reminded:
    """What one run did: reminders served, and moments passed over because a later one was due too."""

    served: int = 0
    escalated: int = 0
    passed_over: int = 0


def send_reminders(*, now: datetime) -> Reminded:
    """Serves the reminders that are due by ``now``: 3 and 1 working days before the last day, on it, and
    1 after, then also to the superior.

    Each clock, offset and due day has one row with a unique key. A run that comes late serves the newest
    moment only and marks the earlier ones as passed over; a second run finds nothing to do; a clock that
    has moved to another day is reminded of again.
    """
    done = Reminded()
    days = calendar.current()
    running = Clock.objects.running().filter(kind__in=list(_holders))
    for due_day in running.order_by("due_day").values_list("due_day", flat=True).distinct():
        due = [
            m
            for m in clocks.reminder_moments(Clock(due_day=due_day, started_at=_LONG_AGO), days)
            if m.at <= now
        ]
        if not due:
            break  # later days are not due either
        _remind_of_day(running, due_day, due, now, done)
    return done


def _remind_of_day(
    running: Any, due_day: date, due: list[clocks.ReminderMoment], now: datetime, done: Reminded
) -> None:
    newest = max(due, key=lambda moment: moment.at)
    dealt_with = ReminderSent.objects.filter(clock_id=OuterRef("pk"), offset=newest.offset, due_day=due_day)
    open_clocks = running.filter(due_day=due_day, started_at__lt=newest.at).exclude(Exists(dealt_with))
    for clock in open_clocks.order_by("pk").iterator(chunk_size=500):
        with transaction.atomic():
            _remind(
                clock,
                [moment.offset for moment in due if moment.at > clock.started_at],
                newest.offset,
                now,
                done,
            )


def _remind(clock: Clock, offsets: list[int], newest: int, now: datetime, done: Reminded) -> None:
    mine = ReminderSent.objects.bulk_create(
        [
            ReminderSent(clock_id=clock.pk, offset=offset, due_day=clock.due_day, created_at=now)
            for offset in offsets
        ],
        ignore_conflicts=True,
    )
    held = holder_of(clock)
    if held is None:
        return
    overdue = newest > 0
    key = f"reminder:{clock.pk}:{newest}:{clock.due_day}"
    params = _params(clock, held)
    serve(
        kind=held.overdue_kind if overdue else held.kind,
        to_unit=held.unit,
        subject=held.subject,
        params=params,
        now=now,
        legal=False,
        dedupe=key,
        side=held.side,
    )
    done.served += 1
    done.passed_over += len(mine) - 1
    if overdue and held.superior is not None:
        serve(
            kind="feedback_escalated",
            to_unit=held.superior,
            subject=held.subject,
            params=params,
            now=now,
            dedupe=f"{key}:superior",
        )
        done.escalated += 1


def _params(clock: Clock, held: Holder) -> dict[str, Any]:
    return {
        **held.params,
        "clock": clock.kind,
        "due_day": clock.due_day.isoformat(),
        "unit": held.unit.name,
        "unit_en": held.unit.name_en,
        "provisional": clock.provisional,
    }


def tell_moved(clock: Clock, previous: date, now: datetime) -> None:
    """A calendar moved a clock: its holder and the others concerned are told.

    Registered with ``rulebook.clocks.on_clock_moved``; once per clock and new day.
    """
    held = holder_of(clock)
    if held is None:
        return
    params = {
        **_params(clock, held),
        "previous_day": previous.isoformat(),
        "moved_on": local_date(now).isoformat(),
    }
    told = [(held.unit, held.side), *((unit, held.others_side) for unit in held.others)]
    for unit, side in told:
        serve(
            kind="clock_moved",
            to_unit=unit,
            subject=held.subject,
            params=params,
            now=now,
            dedupe=f"moved:{clock.pk}:{previous}:{clock.due_day}:{clock.calendar_version}:{unit.pk}:{side or ''}",
            side=side,
        )
