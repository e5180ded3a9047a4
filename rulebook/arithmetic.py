"""Counting of working days and months: pure functions over a calendar that is handed in.

The day of receipt is day 0 and is not counted. Statutory rest days do not count,
make-up working days at weekends do. Where the count enters a year whose calendar
the State Council has not published, Monday to Friday are counted and the result
is provisional.
"""

from __future__ import annotations

import calendar as months_of
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)
MOST_WORKING_DAYS = 2000  # eight years: more is a slip of the pen, and would count for long
MANY_WEEKS = 1000  # from here on weeks are counted, not walked through


class PeriodInvalid(ValueError):
    """A period that nobody can mean: negative, or absurdly long."""


@dataclass(frozen=True, slots=True)
class DayException:
    """A day that differs from its weekday: a statutory rest day or a make-up working day."""

    working: bool
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class DueDay:
    """The last day of a period (it ends at 24:00), and what it rests on."""

    date: date
    provisional: bool
    calendar_version: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One day in the small calendar of a deadline."""

    date: date
    inside: bool  # from day 0 to the due day
    day0: bool
    due: bool
    past: bool
    today: bool
    working: bool
    rest: bool  # a weekend or statutory rest day
    holiday: bool  # a statutory rest day that the calendar names
    makeup: bool  # a weekend day on which people work
    provisional: bool  # its year is not published
    index: int | None  # 1..n for working days after day 0
    name_zh: str = ""
    name_en: str = ""

    @property
    def day(self) -> int:
        return self.date.day


@dataclass(frozen=True)
class WorkingDays:
    """One version of the calendar.

    days: exceptions from Monday–Friday; years: those published; version: grows with each change.
    """

    days: Mapping[date, DayException] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    version: int = 0

    def is_working(self, day: date) -> bool:
        exception = self.days.get(day)
        return exception.working if exception else day.weekday() < 5

    def is_published(self, day: date) -> bool:
        return day.year in self.years

    def add(self, day0: date, n: int) -> DueDay:
        """The n-th working day after day 0. Raises PeriodInvalid for n below 0 or beyond eight years."""
        if not 0 <= n <= MOST_WORKING_DAYS:
            raise PeriodInvalid(f"A period of {n} working days cannot be counted (0 to {MOST_WORKING_DAYS})")
        day, provisional = day0, False
        try:
            while n:
                day += DAY
                provisional = provisional or not self.is_published(day)
                n -= self.is_working(day)
        except OverflowError as error:
            raise PeriodInvalid(f"The period that starts on {day0} ends after the year 9999") from error
        return DueDay(day, provisional, self.version)

    def shift(self, day: date, n: int) -> date:
        """The n-th working day after `day`, or before it where n is negative; n = 0 is the day itself."""
        if n >= 0:
            return self.add(day, n).date
        while n:
            day -= DAY
            n += self.is_working(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative where `end` lies before."""
        if end < start:
            return -self.between(end, start)
        total = 0
        weeks = (end - start).days // 7
        if weeks > MANY_WEEKS:  # somebody may write a day of the year 9999: no walk over millions of days
            begin, start = start, start + weeks * 7 * DAY
            total = 5 * weeks + sum(
                one.working - (day.weekday() < 5) for day, one in self.days.items() if begin < day <= start
            )
        while start < end:
            start += DAY
            total += self.is_working(start)
        return total

    def left(self, due: date, today: date) -> int:
        """Working days left: 0 on the due day, negative afterwards.

        The day after is at least one day over, also on a Sunday on which no working day has passed;
        the day before is at least one day left.
        """
        if today == due:
            return 0
        count = self.between(today, due)
        return max(1, count) if today < due else min(-1, count)

    def describe(self, day0: date, due: date, today: date | None = None) -> list[list[Cell]]:
        """Weeks (Monday first) from day 0's week to the due day's, a cell each day."""
        if due < day0:
            raise PeriodInvalid(f"The due day {due} lies before day 0, {day0}")
        day = day0 - day0.weekday() * DAY
        last = due + (6 - due.weekday()) * DAY
        index, weeks = 0, []
        while day <= last:
            week = []
            for _weekday in range(7):
                working = self.is_working(day)
                counted = working and day0 < day <= due
                index += counted
                exception = self.days.get(day)
                week.append(
                    Cell(
                        date=day,
                        inside=day0 <= day <= due,
                        day0=day == day0,
                        due=day == due,
                        past=today is not None and day < today,
                        today=day == today,
                        working=working,
                        rest=not working,
                        holiday=exception is not None and not exception.working,
                        makeup=exception is not None and exception.working,
                        provisional=not self.is_published(day),
                        index=index if counted else None,
                        name_zh=exception.name_zh if exception else "",
                        name_en=exception.name_en if exception else "",
                    )
                )
                day += DAY
            weeks.append(week)
        return weeks

    def published_until(self, on: date) -> date | None:
        """The last published day of the unbroken run of years that holds `on`; None where it holds none."""
        year = on.year
        while year in self.years:
            year += 1
        return date(year - 1, 12, 31) if year > on.year else None


def add_months(day: date, n: int) -> date:
    """The corresponding day n calendar months later, or that month's last day.

    2026-08-31 + 6 months = 2027-02-28 (Measures, Art. 24: the six-month bar).
    """
    if not 0 <= n <= 1200:
        raise PeriodInvalid(f"A period of {n} months cannot be counted (0 to 1200)")
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    if year > date.max.year:
        raise PeriodInvalid(f"The period that starts on {day} ends after the year 9999")
    return date(year, month + 1, min(day.day, months_of.monthrange(year, month + 1)[1]))


def months_before(day: date, n: int) -> date:
    """The latest day from which n calendar months have run out by `day`: add_months(it, n) <= day.

    2027-02-28 less 6 months = 2026-08-31, since 28 to 31 August all run out on that day.
    """
    if not 0 <= n <= 1200:
        raise PeriodInvalid(f"A period of {n} months cannot be counted (0 to 1200)")
    year, month = divmod(day.year * 12 + day.month - 1 - n, 12)
    if year < date.min.year:
        raise PeriodInvalid(f"The period that ends on {day} starts before the year 1")
    last = months_of.monthrange(year, month + 1)[1]
    ends_month = day.day == months_of.monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if ends_month else min(day.day, last))
