"""The calendar in force, for everyone who counts days.

The calendar is kept in the process and is good for as long as the version row says the same:
one primary-key read each time it is asked for. Who shows many rows takes `current()` once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from rulebook.arithmetic import (
    Cell,
    DayException,
    DueDay,
    PeriodInvalid,
    WorkingDays,
    add_months,
    months_before,
)
from rulebook.models import CalendarDay, CalendarYear
from rulebook.time import local_date

__all__ = [
    "Cell",
    "DueDay",
    "PeriodInvalid",
    "WorkingDays",
    "add_months",
    "add_working_days",
    "current",
    "describe",
    "is_working",
    "months_before",
    "published_until",
    "warning",
    "working_days_between",
]

WARNING_DAYS = 60


class _Kept:
    """The calendar that this process read last, and the version row that it belongs to."""

    token: tuple[int, str] | None = None
    days = WorkingDays()


def _token() -> tuple[int, str]:
    # Written out: every page that shows a period asks it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT version, digest FROM rulebook_calendarstate WHERE id = 1")
        return cursor.fetchone() or (0, "")


def current() -> WorkingDays:
    """The calendar in force in this transaction: one small query, three more after a change."""
    token = _token()
    while _Kept.token != token:
        days = {
            day: DayException(working, name_zh, name_en)
            for day, working, name_zh, name_en in CalendarDay.objects.values_list(
                "date", "working", "name_zh", "name_en"
            )
        }
        years = frozenset(CalendarYear.objects.values_list("year", flat=True))
        # Under READ COMMITTED an import may land between the reads; then the token has moved: read again.
        before, token = token, _token()
        if before == token:
            _Kept.token, _Kept.days = token, WorkingDays(days, years, token[0])
    return _Kept.days


def add_working_days(day0: date, n: int) -> DueDay:
    """The last day of a period of n working days; day 0 is not counted. Raises PeriodInvalid."""
    return current().add(day0, n)


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative where `end` lies before."""
    return current().between(start, end)


def is_working(day: date) -> bool:
    """Whether people work on that day: make-up Saturdays yes, statutory rest days no."""
    return current().is_working(day)


def describe(day0: date, due: date, today: date | None = None) -> list[list[Cell]]:
    """Weeks of cells for the small calendar of a deadline card."""
    return current().describe(day0, due, today)


def published_until(on: date | None = None) -> date | None:
    """The last day of the published calendar, counted without a gap from `on` (else from the first year)."""
    days = current()
    start = on or (date(min(days.years), 1, 1) if days.years else None)
    return days.published_until(start) if start else None


@dataclass(frozen=True, slots=True)
class CalendarWarning:
    """The published calendar runs out: until when it goes, and how many days are left (negative: past)."""

    until: date | None
    days_left: int
    missing_year: int


def warning(now: datetime) -> CalendarWarning | None:
    """The early warning, from 60 days before the published days run out; None while there is no need."""
    today = local_date(now)
    until = published_until(today)
    if until is None:
        return CalendarWarning(None, -1, today.year)
    left = (until - today).days
    if left > WARNING_DAYS:
        return None
    return CalendarWarning(until, left, until.year + 1)
