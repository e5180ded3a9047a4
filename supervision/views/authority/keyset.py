"""Keyset pages of the lists of supervision: every page costs the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

PAGE_SIZE = 50


@dataclass(frozen=True)
class Page:
    """Some rows, and the marks of the pages before and after ("" where there is none)."""

    rows: list[Any]
    previous: str = ""
    next: str = ""


def _mark(row: Any, key: str) -> str:
    value = getattr(row, key)
    return f"{value.isoformat() if value is not None else ''}_{row.pk}"


def _unmark(text: str) -> tuple[datetime | None, int] | None:
    stamp, _sep, pk = text.rpartition("_")
    if not pk.isdecimal() or len(pk) > 18:
        return None
    try:
        value = datetime.fromisoformat(stamp) if stamp else None
    except ValueError:
        return None
    return (None, int(pk)) if value is None else (value, int(pk)) if value.tzinfo is not None else None


def _beyond(key: str, mark: tuple[datetime | None, int], *, up: bool) -> Q:
    """Rows after a mark in the order ``key`` (empty ones last), id; ``up`` False: before it."""
    value, pk = mark
    side = "gt" if up else "lt"
    if value is None:
        empty = Q(**{f"{key}__isnull": True}) & Q(**{f"pk__{side}": pk})
        return empty if up else empty | Q(**{f"{key}__isnull": False})
    found = Q(**{f"{key}__{side}": value}) | (Q(**{key: value}) & Q(**{f"pk__{side}": pk}))
    return found | Q(**{f"{key}__isnull": True}) if up else found


def keyset(
    rows: QuerySet[Any], key: str, asked: Mapping[str, str], *, down: bool = False, size: int = PAGE_SIZE
) -> Page:
    """A page in the order of a moment and the id, from ``?after=`` or ``?before=``; a bad mark gives the first.

    ``down``: the newest first (the moment is never empty then). One query.
    """
    after, before = _unmark(asked.get("after", "")), _unmark(asked.get("before", ""))
    mark, backwards = (before, True) if before and not after else (after, False)
    ascending = down == backwards
    order = F(key).asc(nulls_last=True) if ascending else F(key).desc(nulls_first=None if down else True)
    if mark is not None:
        rows = rows.filter(_beyond(key, mark, up=ascending))
    found = list(rows.order_by(order, "pk" if ascending else "-pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    first, last = _mark(found[0], key), _mark(found[-1], key)
    return Page(
        found,
        previous=first if (more if backwards else mark is not None) else "",
        next=last if (True if backwards else more) else "",
    )
