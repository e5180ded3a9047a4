"""What pages say about a clock: working days left, the pill, reminders. Reads, and changes nothing.

Who shows many rows takes `calendar.current()` once and hands it in as `days`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rulebook import calendar
from rulebook.arithmetic import WorkingDays
from rulebook.enums import SERVICE_TARGETS, ClockStatus
from rulebook.models import Clock
from rulebook.time import at_hour, local_date

REMINDER_OFFSETS = (-3, -1, 0, 1)
REMINDER_HOUR = 9
SOON = 3


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
    """The working-days pill. family: neutral, soon, today, late, off (dashed); text is translated."""

    family: str
    left: int
    text: str
    provisional: bool = False

    @property
    def css(self) -> str:
        """Classes of portal.css."""
        return "p-days" if self.family == "neutral" else f"p-days p-days--{self.family}"

    def __str__(self) -> str:
        return self.text


def pill_for(left: int, *, ours: bool = True, provisional: bool = False, target: bool = False) -> Pill:
    """The pill for a number of working days left.

    ours: the reader has to act; target: a service target, which is never overdue in words.
    """
    if left < 0:
        if target:
            text = _("target passed")
        else:
            text = ngettext("%(n)d day overdue", "%(n)d days overdue", -left) % {"n": -left}
    elif left == 0:
        text = _("due today")
    elif ours:
        text = ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}
    else:
        text = ngettext("theirs: %(n)d day left", "theirs: %(n)d days left", left) % {"n": left}
    if provisional:
        text = _("%(text)s (provisional)") % {"text": text}
    return Pill(_family(left, ours, provisional, target), left, text, provisional)


def _family(left: int, ours: bool, provisional: bool, target: bool) -> str:
    """How the pill looks: a missed legal period shows as such whoever holds it."""
    if left < 0 and not target:
        return "late"
    if target or not ours or provisional:
        return "off"
    if left == 0:
        return "today"
    return "soon" if left <= SOON else "neutral"


def pill(clock: Clock, now: datetime, *, ours: bool = True, days: WorkingDays | None = None) -> Pill:
    """The pill of a clock that runs or is paused."""
    left = working_days_left(clock, now, days)
    if clock.status == ClockStatus.PAUSED:
        return Pill("off", left, _("paused"), clock.provisional)
    return pill_for(
        left, ours=ours, provisional=clock.provisional, target=clock.kind in SERVICE_TARGETS
    )


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
