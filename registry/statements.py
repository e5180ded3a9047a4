"""The statements of a search of the registry, and places in its results.

User text reaches a statement as a quoted tsquery and as parameters only; every name in one is a constant.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.http import QueryDict

from ledger.text import storable
from registry import opening
from registry.enums import EntryState, Function, Stage
from registry.numbers import PREFIXES, digits_of

COUNT_CAP = 1000

Sort = Literal["newest", "name"]
SORTS: dict[str, tuple[str, bool]] = {"newest": ("published_at", True), "name": ("sort_name", False)}

#: what a list of results shows, and nothing else
COLUMNS = (
    "id", "number", "state", "change_under_review", "app_name", "provider_name", "province_code", "stages",
    "functions", "is_discipline", "age_from", "age_to", "icon", "published_at", "status_since", "rectify_until",
    "sort_name", "version",
)  # fmt: skip


class BadCursor(ValueError):
    """The text is no place in these results."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What results are narrowed to; empty means everything. ``discipline`` is True, False or None."""

    states: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    discipline: bool | None = None

    def __bool__(self) -> bool:
        return (
            bool(self.states or self.stages or self.provinces or self.functions)
            or self.discipline is not None
        )

    @classmethod
    def cleaned(
        cls,
        *,
        states: Sequence[str] = (),
        stages: Sequence[str] = (),
        provinces: Sequence[str] = (),
        functions: Sequence[str] = (),
        discipline: str = "",
    ) -> Filters:
        """From an address: unknown values are dropped."""
        return cls(
            states=tuple(value for value in EntryState.values if value in states) if states else (),
            stages=tuple(value for value in Stage.values if value in stages) if stages else (),
            provinces=tuple(sorted(PREFIXES.intersection(provinces))),
            functions=tuple(value for value in Function.values if value in functions) if functions else (),
            discipline={"yes": True, "no": False}.get(discipline),
        )

    @classmethod
    def from_query(cls, given: QueryDict) -> Filters:
        """From the parameters that the pages and the interface share."""
        return cls.cleaned(
            states=given.getlist("status"),
            stages=given.getlist("stage"),
            provinces=given.getlist("province"),
            functions=given.getlist("function"),
            discipline=given.get("discipline", ""),
        )


@dataclass(slots=True)
class Hit:
    """A line of the results."""

    id: int
    number: str
    state: str
    change_under_review: bool
    app_name: str
    provider_name: str
    province_code: str
    stages: list[str]
    functions: list[str]
    is_discipline: bool
    age_from: int | None
    age_to: int | None
    icon: str
    published_at: datetime
    status_since: datetime
    rectify_until: date | None
    sort_name: str
    version: int

    @property
    def digits(self) -> str:
        return digits_of(self.number)

    @property
    def stamp(self) -> tuple[Any, ...]:
        """Changes with everything that a line shows; what is kept of a line is kept under it.

        The last day of a rectification is moved without a new version.
        """
        return self.id, self.version, self.state, self.change_under_review, self.status_since, self.rectify_until


def _conditions(terms: str | None, filters: Filters) -> tuple[list[str], list[Any]]:
    where: list[str] = []
    params: list[Any] = []
    if terms:
        where.append("search @@ %s::tsquery")
        params.append(terms)
    if filters.states:
        where.append("state = ANY(%s)")
        params.append(list(filters.states))
    if filters.stages:
        where.append("stages && %s::varchar[]")
        params.append(list(filters.stages))
    if filters.provinces:
        where.append("province_code = ANY(%s)")
        params.append(list(filters.provinces))
    if filters.functions:
        where.append("functions && %s::varchar[]")
        params.append(list(filters.functions))
    if filters.discipline is not None:
        where.append("is_discipline = %s")
        params.append(filters.discipline)
    if opening.closed():
        where.append("prefix <> ALL(%s)")
        params.append(list(opening.closed()))
    return where, params


def _clause(where: list[str]) -> str:
    return f"WHERE {' AND '.join(where)} " if where else ""


def page_sql(
    terms: str | None, filters: Filters, sort: str, after: str, size: int
) -> tuple[str, list[Any], bool]:
    """The statement of a page, its parameters, and whether it walks backwards."""
    column, descending = SORTS[sort]
    where, params = _conditions(terms, filters)
    backwards = False
    if after:
        backwards, value, key = read_cursor(after, sort)
        where.append(f"({column}, id) {'<' if descending != backwards else '>'} (%s, %s)")
        params += [value, key]
    direction = "DESC" if descending != backwards else "ASC"
    clause = _clause(where)
    sql = (
        f"SELECT {', '.join(COLUMNS)} FROM registry_entry {clause}"  # noqa: S608 - names are constants
        f"ORDER BY {column} {direction}, id {direction} LIMIT %s"
    )
    return sql, [*params, size + 1], backwards


def together_sql(terms: str | None, filters: Filters, sort: str, size: int) -> tuple[str, list[Any]]:
    """The first page and the count of few matches in one statement: a page's rows, each with the count behind it.

    Planning and the way to the database cost as much as the search itself. The matches are gathered up to the cap in
    no order; where they are more than it, the page is not the first and has to be asked for by ``page_sql``.
    """
    column, descending = SORTS[sort]
    where, params = _conditions(terms, filters)
    clause = _clause(where)
    direction = "DESC" if descending else "ASC"
    columns = ", ".join(COLUMNS)
    sql = (
        f"WITH matches AS MATERIALIZED (SELECT {columns} FROM registry_entry {clause}LIMIT %s)"  # noqa: S608
        f" SELECT {columns}, (SELECT count(*) FROM matches) FROM matches"
        f" ORDER BY {column} {direction}, id {direction} LIMIT %s"
    )
    return sql, [*params, COUNT_CAP + 1, size + 1]


def count_sql(terms: str | None, filters: Filters) -> tuple[str, list[Any]]:
    """The statement that counts matches, giving up above the cap."""
    where, params = _conditions(terms, filters)
    clause = _clause(where)
    sql = f"SELECT count(*) FROM (SELECT 1 FROM registry_entry {clause}LIMIT %s) AS matches"  # noqa: S608
    return sql, [*params, COUNT_CAP + 1]


def cursor_of(hit: Hit, sort: str, *, backwards: bool) -> str:
    value = hit.published_at.isoformat() if sort == "newest" else hit.sort_name
    raw = json.dumps(["-" if backwards else "+", value, hit.id], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read_cursor(text: str, sort: str) -> tuple[bool, datetime | str, int]:
    try:
        direction, value, key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if direction not in ("+", "-") or type(key) is not int or not 0 <= key < 2**63 or not storable(value):
            raise BadCursor(text)
        if sort != "newest":
            return direction == "-", str(value), key
        moment = datetime.fromisoformat(value)
    except BadCursor:
        raise
    except (ValueError, TypeError, RecursionError) as error:
        raise BadCursor(text) from error
    if moment.tzinfo is None:
        raise BadCursor(text)
    return direction == "-", moment, key
