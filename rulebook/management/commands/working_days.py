"""`manage.py working_days 2026-09-24 10` prints the last day of the period."""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from rulebook import calendar


class PairInvalid(ValueError):
    """A text that is no pair of a day and a number of working days."""


def last_day(day_text: str, number_text: str, days: calendar.WorkingDays) -> calendar.DueDay:
    """The due day of one pair. Raises PairInvalid, PeriodInvalid."""
    try:
        if len(day_text) != 10:
            raise ValueError
        day0 = date.fromisoformat(day_text)
    except ValueError as error:
        raise PairInvalid(f"“{day_text}” is no date like 2026-09-24") from error
    if not (number_text.isascii() and number_text.isdigit()):
        raise PairInvalid(f"“{number_text}” is no number of working days")
    return days.add(day0, int(number_text))


class Command(BaseCommand):
    help = (
        "Prints the last day of a period of working days; the day of receipt is day 0. "
        "With “-”, reads such pairs from standard input, one a line. "
        "A day that rests on an unpublished calendar is followed by “provisional” on standard error."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("day", metavar="DAY|-", help="day 0, like 2026-09-24, or - for standard input")
        parser.add_argument("number", nargs="?", metavar="N", help="working days")

    def handle(self, *args: Any, day: str, number: str | None = None, **options: Any) -> None:
        days = calendar.current()
        if day != "-":
            bad = not self._one(day, number if number is not None else "", days, "")
        else:
            # Every bad line is named; the good ones are answered all the same.
            answers = [self._line(place, line, days) for place, line in enumerate(sys.stdin, start=1)]
            bad = not all(answers)
        if bad:
            sys.exit(2)

    def _line(self, place: int, line: str, days: calendar.WorkingDays) -> bool:
        words = line.split()
        if not words:
            return True
        if len(words) != 2:
            return self._refuse(f"line {place}: “{line.strip()}” is no pair of a day and a number")
        return self._one(words[0], words[1], days, f"line {place}: ")

    def _one(self, day: str, number: str, days: calendar.WorkingDays, where: str) -> bool:
        try:
            due = last_day(day, number, days)
        except (PairInvalid, calendar.PeriodInvalid) as error:
            return self._refuse(f"{where}{error}")
        self.stdout.write(due.date.isoformat())
        if due.provisional:
            self.stderr.write(f"{where}{due.date} is provisional: its calendar is not published")
        return True

    def _refuse(self, message: str) -> bool:
        self.stderr.write(f"working_days: {message}")
        return False
