"""Publishing a year of the working-day calendar, and reading the community's data sets."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.acts import Actor, Refused, append
from rulebook import calendar
from rulebook.arithmetic import DayException, WorkingDays
from rulebook.domain import sweeping
from rulebook.models import CalendarDay, CalendarState, CalendarYear
from rulebook.rules import may_keep_calendar
from rulebook.time import local_date

FIRST_YEAR = 2004
MOST_DAYS_OFF = 60  # 2020, with its lengthened Spring Festival, had 43 with their weekends
MOST_MAKEUP_DAYS = 20
NAME_LENGTH = 60

NAMES_EN = {
    "元旦": "New Year’s Day",
    "春节": "Spring Festival",
    "清明节": "Tomb-sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-autumn Festival",
    "国庆节": "National Day",
}


class CalendarInvalid(ValueError):
    """The file is no year of the calendar. `problems` says what is wrong, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


@dataclass(frozen=True)
class YearData:
    """A year read from a file: the days that differ from their weekday, and where they are published."""

    year: int
    days: Mapping[date, DayException]
    papers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Imported:
    """What an import did: the year's row, the new version, and what became of the clocks."""

    year: CalendarYear
    version: int
    recomputed: sweeping.Recomputed


def _english(name: str) -> str:
    """The English of a holiday's name; joined names (国庆节、中秋节) part by part; else nothing."""
    parts = [part.strip() for part in name.replace("，", "、").split("、")]
    known = [NAMES_EN.get(part) or NAMES_EN.get(f"{part}节") for part in parts]
    return ", ".join(part for part in known if part)


def read_year(data: Any, *, now: datetime) -> YearData:
    """Reads `{"year": 2027, "papers": […], "days": [{"name", "date", "isOffDay"}, …]}`.

    A year's publication may set days of the December before (a New Year's holiday that starts there).
    Raises CalendarInvalid with every problem found.
    """
    if not isinstance(data, Mapping):
        raise CalendarInvalid([_("The file must hold one JSON object with “year” and “days”.")])
    year, rows = data.get("year"), data.get("days")
    last = local_date(now).year + 2
    if not isinstance(year, int) or isinstance(year, bool) or not FIRST_YEAR <= year <= last:
        raise CalendarInvalid(
            [
                _("“year” must be a year from %(first)d to %(last)d, not %(found)s.")
                % {"first": FIRST_YEAR, "last": last, "found": repr(year)}
            ]
        )
    if not isinstance(rows, list) or not rows:
        raise CalendarInvalid(
            [_("“days” holds no day: the calendar of %(year)d is not published yet.") % {"year": year}]
        )
    problems: list[str] = []
    days: dict[date, DayException] = {}
    for number, row in enumerate(rows, start=1):
        read = _read_day(row, number, year, problems)
        if read is None:
            continue
        day, exception = read
        if day in days:
            problems.append(_("Day %(number)d: %(day)s stands twice.") % {"number": number, "day": day})
        days[day] = exception
    off = sum(not exception.working for exception in days.values())
    makeup = len(days) - off
    if not problems and not off:
        problems.append(_("The year %(year)d has no day off at all.") % {"year": year})
    if off > MOST_DAYS_OFF or makeup > MOST_MAKEUP_DAYS:
        problems.append(
            _("%(off)d days off and %(makeup)d make-up days are more than a year can have (%(a)d and %(b)d).")
            % {"off": off, "makeup": makeup, "a": MOST_DAYS_OFF, "b": MOST_MAKEUP_DAYS}
        )
    if problems:
        raise CalendarInvalid(problems)
    papers = data.get("papers")
    sources = tuple(str(paper)[:500] for paper in papers) if isinstance(papers, list) else ()
    return YearData(year, days, sources)


def _read_day(row: Any, number: int, year: int, problems: list[str]) -> tuple[date, DayException] | None:
    """One entry of “days”; None where it was unreadable. Adds to `problems`."""
    where = _("Day %(number)d") % {"number": number}
    if not isinstance(row, Mapping):
        problems.append(
            _("%(where)s: must be an object with “name”, “date” and “isOffDay”.") % {"where": where}
        )
        return None
    text, off, name = row.get("date"), row.get("isOffDay"), row.get("name", "")
    try:
        day = date.fromisoformat(text) if isinstance(text, str) and len(text) == 10 else None
    except ValueError:
        day = None
    if day is None:
        problems.append(
            _("%(where)s: “date” must be a date like 2027-01-01, not %(found)s.")
            % {"where": where, "found": repr(text)}
        )
        return None
    if not isinstance(off, bool):
        problems.append(
            _("%(where)s: “isOffDay” must be true or false, not %(found)s.")
            % {"where": where, "found": repr(off)}
        )
        return None
    if not isinstance(name, str) or len(name) > NAME_LENGTH:
        problems.append(_("%(where)s: “name” must be a short text.") % {"where": where})
        return None
    if day.year != year and (day.year, day.month) != (year - 1, 12):
        problems.append(
            _("%(where)s: %(day)s does not belong to the calendar of %(year)d.")
            % {"where": where, "day": day, "year": year}
        )
    if not off and day.weekday() < 5:
        problems.append(
            _("%(where)s: %(day)s is no weekend day, so that it cannot be a make-up working day.")
            % {"where": where, "day": day}
        )
    return day, DayException(not off, name, _english(name))


def with_year(days: WorkingDays, data: YearData) -> WorkingDays:
    """The calendar as it would be with that year: the base of the preview."""
    own = set(CalendarDay.objects.filter(year__year=data.year).values_list("date", flat=True))
    kept = {day: exception for day, exception in days.days.items() if day not in own}
    return replace(days, days={**kept, **data.days}, years=days.years | {data.year}, version=days.version + 1)


def preview_year(data: YearData) -> list[sweeping.Move]:
    """Which running clocks an import would move, and how. Changes nothing."""
    return sweeping.moves(with_year(calendar.current(), data))


def write_year(data: YearData, *, source: str, label: str, now: datetime) -> CalendarYear:
    """Replaces one year's rows and raises the version. In the caller's transaction; no clock is touched."""
    CalendarState.objects.get_or_create(pk=1)
    state = CalendarState.objects.select_for_update(no_key=True).get(pk=1)
    row, created = CalendarYear.objects.get_or_create(
        year=data.year, defaults={"imported_at": now, "source": source, "imported_by_label": label}
    )
    if not created:
        row.version += 1
        row.imported_at, row.source, row.imported_by_label = now, source, label
        row.save()
    CalendarDay.objects.filter(year=row).delete()
    CalendarDay.objects.filter(date__in=list(data.days)).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(date=day, working=e.working, name_zh=e.name_zh, name_en=e.name_en, year=row)
        for day, e in sorted(data.days.items())
    )
    touch_state(state)
    return row


def touch_state(state: CalendarState) -> None:
    """Raises the version and renews the digest of the locked state row; all caches are stale from here on."""
    digest = hashlib.sha256()
    for year in CalendarYear.objects.order_by("year").values_list("year", flat=True):
        digest.update(f"{year}\n".encode())
    for values in CalendarDay.objects.order_by("date").values_list("date", "working", "name_zh", "name_en"):
        digest.update(f"{values}\n".encode())
    state.version += 1
    state.digest = digest.hexdigest()
    state.save()


def import_year(*, data: Any, by: Actor, now: datetime) -> Imported:
    """Publishes a year of the calendar; importing it again replaces it.

    `data` is the community's JSON (see `read_year`) or a YearData. Effects: the year's rows are
    replaced, the calendar's version grows, a ledger record is appended to the year; then every running
    clock is recomputed (`due_at`, `provisional`, `calendar_version`), and for each that moves its kind's
    `on_moved` and the moved-notifiers are called, each clock in a transaction of its own. Should the
    process die in between, the next sweep recomputes the rest.
    Raises CalendarInvalid, Refused.
    """
    reasons = may_keep_calendar(by)
    if reasons:
        raise Refused(reasons)
    year = data if isinstance(data, YearData) else read_year(data, now=now)
    with transaction.atomic():
        row = write_year(
            year, source="\n".join(year.papers), label=by.person_name or by.unit_name or str(by.role), now=now
        )
        version = CalendarState.objects.get(pk=1).version
        append(
            verb="calendar.import",
            subject=row,
            by=by,
            now=now,
            basis=["me-13"],
            payload={
                "year": year.year,
                "calendar_version": version,
                "days": len(year.days),
                "papers": list(year.papers),
            },
            audience="public",
        )
    return Imported(row, version, sweeping.recompute(now=now))
