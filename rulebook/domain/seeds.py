"""What every portal starts with: the published calendar, the articles, the first policies.

All are safe to run again: what is there stays, articles are brought up to date.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from importlib import resources
from itertools import groupby
from typing import Any

from django.db import transaction

from rulebook.arithmetic import DayException
from rulebook.domain.calendar import NAMES_EN, touch_state
from rulebook.models import Article, CalendarDay, CalendarState, CalendarYear, PolicyVersion

PACKAGED = "chinesecalendar"


def _packaged(name: str) -> Any:
    return json.loads(resources.files("rulebook").joinpath("data", name).read_text(encoding="utf-8"))


def packaged_days() -> dict[date, DayException]:
    """The days that differ from their weekday in the package `chinesecalendar` (2004–2026)."""
    from chinese_calendar import constants

    chinese = {holiday.value: holiday.chinese for holiday in constants.Holiday}
    days = {}
    for working, table in ((False, constants.holidays), (True, constants.workdays)):
        for day, name in table.items():
            zh = chinese.get(name, "")
            zh = zh if zh in NAMES_EN or f"{zh}节" not in NAMES_EN else f"{zh}节"
            days[day] = DayException(working, zh, NAMES_EN.get(zh, name))
    return days


def seed_calendar(*, now: datetime) -> int:
    """Publishes the years that the package holds and the table has not. Returns how many years came in.

    Effects: rows of years and days, and one rise of the calendar's version; a year that is there already,
    seeded or imported, is left as it is.
    """
    with transaction.atomic():
        CalendarState.objects.get_or_create(pk=1)
        state = CalendarState.objects.select_for_update(no_key=True).get(pk=1)
        known = set(CalendarYear.objects.values_list("year", flat=True))
        taken = set(CalendarDay.objects.values_list("date", flat=True))
        packaged = sorted(packaged_days().items())
        fresh = [item for item in packaged if item[0].year not in known and item[0] not in taken]
        years = CalendarYear.objects.bulk_create(
            CalendarYear(year=year, source=PACKAGED, imported_at=now, imported_by_label=PACKAGED)
            for year, _days in groupby(fresh, key=lambda item: item[0].year)
        )
        by_year = {row.year: row for row in years}
        CalendarDay.objects.bulk_create(
            CalendarDay(
                date=day, working=e.working, name_zh=e.name_zh, name_en=e.name_en, year=by_year[day.year]
            )
            for day, e in fresh
        )
        if years:
            touch_state(state)
    return len(years)


def seed_articles() -> int:
    """Brings the articles to the packaged texts, by key; others are left. Returns how many there are."""
    rows = _packaged("articles.json")
    fields = [name for name in rows[0] if name != "key"]
    Article.objects.bulk_create(
        [Article(**row) for row in rows], update_conflicts=True, unique_fields=["key"], update_fields=fields
    )
    return len(rows)


def seed_policies(*, now: datetime) -> int:
    """The ministry's base policy and Beijing's, where an authority has none yet. Returns how many came in."""
    fresh = 0
    for row in _packaged("policies.json"):
        if PolicyVersion.objects.filter(authority_code=row["authority_code"]).exists():
            continue
        PolicyVersion.objects.create(
            authority_code=row["authority_code"],
            version=1,
            effective_from=date.fromisoformat(row["effective_from"]),
            data=row["data"],
            note=row["note"],
            created_at=now,
        )
        fresh += 1
    return fresh
