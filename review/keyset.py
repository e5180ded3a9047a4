"""Pages by keyset, for every queue: after or before a row, or the last one. Every page costs the same."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Expression, F, Func, QuerySet, Value

from ledger.text import storable

PAGE_SIZE = 50


@dataclass(frozen=True)
class Order:
    """An order of a queue: its key in the database and on the row, whether it goes down, whether it is a text.

    The id settles what is equal, in the same direction. A key that is no text is a moment, and never empty.
    """

    key: Expression | F
    place: Callable[[Any], Any]
    down: bool = False
    text: bool = False


@dataclass
class Page:
    """One page of the queue with the cursors of its neighbours ("" where there is none)."""

    rows: list[Any] = field(default_factory=list)
    previous: str = ""
    next: str = ""


def cursor_of(row: Any, order: Order) -> str:
    """Where a row stands in an order, for the address."""
    value = order.place(row)
    text = json.dumps([value if order.text else value.isoformat(), row.pk], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str, order: Order) -> tuple[Any, int] | None:
    """The place that a cursor names; None for one that cannot be read."""
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if type(pk) is not int or not 0 <= pk < 2**63:
            return None
        if order.text:
            return (value, pk) if isinstance(value, str) and storable(value) else None
        moment = datetime.fromisoformat(value)
        return (moment, pk) if moment.tzinfo is not None else None
    except (ValueError, TypeError, RecursionError, binascii.Error):
        return None


class _Beyond(Func):
    """``(key, id) > (value, number)``: one comparison of rows, which an index answers from where it holds.

    Written out with OR, the database would read every row before the place, and late pages would cost more.
    """

    output_field = BooleanField()

    def __init__(self, *expressions: Any, down: bool = False) -> None:
        super().__init__(*expressions)
        self.down = down

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts = [compiler.compile(expression) for expression in self.get_source_expressions()]
        key, ident, value, number = (sql for sql, _params in parts)
        params = [param for _sql, own in parts for param in own]
        return f"({key}, {ident}) {'<' if self.down else '>'} ({value}, {number})", params


def walk(cases: QuerySet[Any], order: Order, place: tuple[Any, int] | None, *, backwards: bool) -> QuerySet[Any]:
    """The cases in an order, or against it, from a place on."""
    down = order.down != backwards
    if place is not None:
        value, pk = place
        cases = cases.filter(_Beyond(order.key, F("pk"), Value(value), Value(pk), down=down))
    return cases.order_by(order.key.desc() if down else order.key.asc(), "-pk" if down else "pk")


def page_of(
    cases: QuerySet[Any], order: Order, *, after: str = "", before: str = "", last: bool = False, size: int = PAGE_SIZE
) -> Page:
    """A page. A cursor that cannot be read gives the first one."""
    place = read_cursor(before or after, order) if (before or after) and not last else None
    backwards = bool(last or (before and place))
    rows = list(walk(cases, order, place, backwards=backwards)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    page = Page(rows)
    if rows:
        if more if backwards else place is not None:
            page.previous = cursor_of(rows[0], order)
        if place is not None if backwards else more:
            page.next = cursor_of(rows[-1], order)
    return page


def neighbours(cases: QuerySet[Any], order: Order, row: Any) -> tuple[int | None, int | None]:
    """Primary keys of the cases before and after this one in the queue; two indexed look-ups."""
    place = (order.place(row), row.pk)
    before, after = (
        walk(cases, order, place, backwards=backwards).values_list("pk", flat=True).first()
        for backwards in (True, False)
    )
    return before, after

