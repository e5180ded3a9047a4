"""Reading the registry: search with keyset pages, lookups, lists, tallies.

Search is written in SQL (``registry.statements``): it is the one hot query of the portal, its plan matters, and its
rows are shown, never changed.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from registry import opening
from registry.enums import EntryState
from registry.models import Entry
from registry.numbers import Number, NumberProblem, read
from registry.search import tsquery
from registry.statements import (
    COLUMNS,
    COUNT_CAP,
    SORTS,
    BadCursor,
    Filters,
    Hit,
    count_sql,
    cursor_of,
    page_sql,
    together_sql,
)

__all__ = ["COUNT_CAP", "SORTS", "BadCursor", "Filters", "Hit", "Page", "search"]

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
EVERYTHING = Filters()
MANY_SECONDS, MANY_KEPT = 600, 10_000


@dataclass(slots=True)
class Page:
    """A page of results. ``count`` is exact up to ``COUNT_CAP``; above it ``capped`` is True."""

    hits: list[Hit]
    count: int
    capped: bool
    next: str | None = None
    previous: str | None = None
    exact: Hit | None = None
    problem: NumberProblem | None = None
    terms: str | None = field(default=None, repr=False)


def search(
    q: str = "",
    filters: Filters = EVERYTHING,
    sort: str = "newest",
    after: str = "",
    *,
    size: int = PAGE_SIZE,
    count: bool = True,
) -> Page:
    """One page of entries that match ``q`` and ``filters``.

    A text that is a number gives that entry alone, in ``exact``. ``after`` is the ``next`` or
    ``previous`` of another page. Raises ``BadCursor``.
    """
    if sort not in SORTS:
        sort = "newest"
    q = q.replace("\x00", "").strip()
    problem: NumberProblem | None = None
    if q and any(char.isdigit() for char in q):
        number = read(q)
        if isinstance(number, Number):
            hit = _by_number(number)
            if hit is not None:
                return Page([hit], 1, False, exact=hit)
        elif number.attempt:
            problem = number
    elif q:
        number = read(q)
        problem = number if isinstance(number, NumberProblem) and number.attempt else None
    terms = tsquery(q) if q else None
    if q and terms is None:
        return Page([], 0, False, problem=problem)
    page = _page(terms, filters, sort, after, min(max(size, 1), MAX_PAGE_SIZE), count=count)
    return replace(page, problem=problem, terms=terms)


_many: dict[tuple[Any, ...], float] = {}


def known_to_be_many(terms: str | None, filters: Filters) -> bool:
    """Whether these matches were counted above the cap lately: they do not become few within minutes."""
    if len(_many) > MANY_KEPT:
        _many.clear()
    return _many.get((terms, filters, *opening.closed()), 0.0) > time.monotonic()


def _page(terms: str | None, filters: Filters, sort: str, after: str, size: int, *, count: bool) -> Page:
    backwards, total = False, 0
    with connection.cursor() as cursor:
        rows: list[Any] | None = None
        counting = count and not known_to_be_many(terms, filters)
        if counting and not after:
            cursor.execute(*together_sql(terms, filters, sort, size))
            found = cursor.fetchall()
            total = found[0][-1] if found else 0
            rows = [row[:-1] for row in found] if total <= COUNT_CAP else None
        if rows is None:
            sql, params, backwards = page_sql(terms, filters, sort, after, size)
            cursor.execute(sql, params)
            rows = cursor.fetchall()
            if counting and after:
                cursor.execute(*count_sql(terms, filters))
                total = cursor.fetchone()[0]
    more = len(rows) > size
    if not count:
        total = len(rows[:size])
    elif not counting or total > COUNT_CAP:
        total = COUNT_CAP + 1
        if counting:
            _many[(terms, filters, *opening.closed())] = time.monotonic() + MANY_SECONDS
    hits = [Hit(*row) for row in rows[:size]]
    if backwards:
        hits.reverse()
    page = Page(hits, min(total, COUNT_CAP), total > COUNT_CAP)
    if hits:
        if more or backwards:
            page.next = cursor_of(hits[-1], sort, backwards=False)
        if after and (more or not backwards):
            page.previous = cursor_of(hits[0], sort, backwards=True)
    return page


def _by_number(number: Number) -> Hit | None:
    if opening.opens_on(number.prefix) is not None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(COLUMNS)} FROM registry_entry WHERE number = %s",  # noqa: S608
            [number.text],
        )
        row = cursor.fetchone()
    return Hit(*row) if row else None


def entry_by_number(number: Number) -> Entry | None:
    """The entry of a number with its authority, or None where it was never issued or is not yet public."""
    if opening.opens_on(number.prefix) is not None:
        return None
    return Entry.objects.select_related("authority").filter(number=number.text).first()


class NumberUnknown(ValueError):
    """No entry has this number, or it is none; ``message`` says so to the reader."""

    def __init__(self, message: Any) -> None:
        super().__init__(str(message))
        self.message = message


def entry_as_typed(text: str, *, closed_too: bool = False) -> Entry:
    """The entry of a number however it is typed, with unit and authority. Raises :class:`NumberUnknown`.

    ``closed_too``: also before the authority's first public day, for those who work for an authority.
    """
    reading = read(text.strip()[:60])
    if not isinstance(reading, Number):
        raise NumberUnknown(reading.message)
    found = None
    if closed_too or opening.opens_on(reading.prefix) is None:
        found = Entry.objects.select_related("unit", "authority").filter(number=reading.text).first()
    if found is None:
        raise NumberUnknown(_("There is no filing with this number."))
    return found


def verify_texts(numbers: Sequence[str]) -> dict[str, str]:
    """Verification answers (JSON text) by official number; one statement however many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, verify_json FROM registry_entry WHERE number = ANY(%s) AND prefix <> ALL(%s::varchar[])",
            [list(numbers), list(opening.closed())],
        )
        return dict(cursor.fetchall())


def verify_texts_by_package(package_ids: Sequence[str]) -> dict[str, str]:
    """Verification answers (JSON text) by package id; where several match, the one in force, then the newest."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT package_ids, verify_json FROM registry_entry WHERE package_ids && %s::varchar[] "
            "AND prefix <> ALL(%s::varchar[]) ORDER BY state IN ('published', 'rectifying'), published_at, id",
            [list(package_ids), list(opening.closed())],
        )
        found: dict[str, str] = {}
        asked = set(package_ids)
        for packages, text in cursor.fetchall():
            for package in asked.intersection(packages):
                found[package] = text
    return found


#: public lists: which states they hold, and by which date they are sorted
LISTS: dict[str, tuple[str, ...]] = {
    "filed": (EntryState.PUBLISHED, EntryState.RECTIFYING),
    "revoked": (EntryState.REVOKED,),
    "offline": (EntryState.OFFLINE,),
    "rectifying": (EntryState.RECTIFYING,),
    "cancelled": (EntryState.CANCELLED,),
}


def public_list(
    name: str, *, province: str = "", before: tuple[datetime, int] | None = None, limit: int = 50
) -> list[Entry]:
    """A stretch of a public list, newest first. ``before``: date and id of the last line shown."""
    newest_first = "published_at" if name == "filed" else "status_since"
    rows: Any = Entry.objects.filter(state__in=LISTS[name]).order_by(f"-{newest_first}", "-id")
    rows = rows.select_related("authority").defer("search", "verify_json")
    if opening.closed():
        rows = rows.exclude(prefix__in=list(opening.closed()))
    if province:
        rows = rows.filter(province_code=province)
    if before:
        moment, key = before
        rows = rows.extra(where=[f"({newest_first}, registry_entry.id) < (%s, %s)"], params=[moment, key])  # noqa: S610
    return list(rows[:limit])


def place(name: str, row: Any) -> str:
    """A place in a list, behind ``row``."""
    return place_text(row.published_at if name == "filed" else row.status_since, row.pk)


def place_text(moment: datetime, key: int) -> str:
    """A place as it stands in addresses."""
    return base64.urlsafe_b64encode(f"{moment.isoformat()} {key}".encode()).decode().rstrip("=")


def list_places(
    name: str, *, province: str = "", before: tuple[datetime, int] | None = None, skip: int = 0
) -> list[tuple[datetime, int]]:
    """The places of the two lines that follow ``skip`` lines, read from the index alone."""
    column = "published_at" if name == "filed" else "status_since"
    where = ["state = ANY(%s)"]
    params: list[Any] = [list(map(str, LISTS[name]))]
    if province:
        where.append("province_code = %s")
        params.append(province)
    if opening.closed():
        where.append("prefix <> ALL(%s)")
        params.append(list(opening.closed()))
    if before:
        where.append(f"({column}, id) < (%s, %s)")
        params += before
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column}, id FROM registry_entry WHERE {' AND '.join(where)} "  # noqa: S608
            f"ORDER BY {column} DESC, id DESC OFFSET %s LIMIT 2",
            [*params, skip],
        )
        return cursor.fetchall()


def read_place(text: str) -> tuple[datetime, int]:
    """Date and id of a place in a list. Raises ``ValueError``."""
    moment, _, key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
    found = datetime.fromisoformat(moment)
    if found.tzinfo is None or not (key.isascii() and key.isdigit()) or int(key) >= 2**63:
        raise ValueError(text)
    return found, int(key)
