"""What is to be said about a clock: working days left, urgency, reminders. Reads, and changes nothing.

The words are the pages’. Who shows many rows takes `calendar.current()` once and hands it in as `days`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rulebook import calendar
from rulebook.arithmetic import WorkingDays
from rulebook.enums import SERVICE_TARGETS, ClockStatus
from rulebook.models import Clock
from rulebook.time import at_hour, local_date
from rulebook.time import now as moment

REMINDER_OFFSETS = (-3, -1, 0, 1)
REMINDER_HOUR = 9
SOON = 3


def today_of(keeper: Any) -> tuple[datetime, WorkingDays]:
    """The present moment and the calendar in force, read once for a request (or what else keeps them)."""
    kept: tuple[datetime, WorkingDays] | None = getattr(keeper, "portal_today", None)
    if kept is None:
        kept = keeper.portal_today = (moment(), calendar.current())
    return kept


def working_days_left(clock: Clock, now: datetime, days: WorkingDays | None = None) -> int:
    """Working days left: 0 on the last day, negative when overdue by so many. A paused clock stands still."""
    if clock.status == ClockStatus.PAUSED:
        return clock.remaining or 0
    return days_left(clock.due_day, local_date(now), days)


def days_left(due_day: date, today: date, days: WorkingDays | None = None) -> int:
    """The same for a stored last day without its clock."""
    return (days or calendar.current()).left(due_day, today)


@dataclass(frozen=True, slots=True)
class Pill:
    """The working-days pill without its words. family: neutral, soon, today, late, off (dashed)."""

    family: str
    left: int
    provisional: bool = False


def pill(clock: Clock, now: datetime, *, ours: bool = True, days: WorkingDays | None = None) -> Pill:
    """How urgent a clock is for its reader; `ours`: the reader has to act.

    A missed legal period shows as such whoever holds it. What is another's, paused, provisional or a
    service target is dashed; a service target is never late.
    """
    left = working_days_left(clock, now, days)
    target = clock.kind in SERVICE_TARGETS
    if clock.status == ClockStatus.PAUSED:
        family = "off"
    elif left < 0 and not target:
        family = "late"
    elif target or not ours or clock.provisional:
        family = "off"
    elif left == 0:
        family = "today"
    else:
        family = "soon" if left <= SOON else "neutral"
    return Pill(family, left, clock.provisional)


@dataclass(frozen=True, slots=True)
class ReminderMoment:
    """One reminder: how many working days from the last day, and when (09:00 in Beijing of that day)."""

    offset: int
    at: datetime


def reminder_moments(clock: Clock, days: WorkingDays | None = None) -> list[ReminderMoment]:
    """Reminders 3 and 1 working days before the last day, on it, and 1 after; none before the start."""
    days = days or calendar.current()
    moments = (
        ReminderMoment(offset, at_hour(days.shift(clock.due_day, offset), REMINDER_HOUR))
        for offset in REMINDER_OFFSETS
    )
    return [moment for moment in moments if moment.at > clock.started_at]
