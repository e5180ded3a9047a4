"""Keyset pages of the lists of supervision: the queues' own, in the order of a moment that may be empty.

Pages and interface share them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from review.keyset import PAGE_SIZE, Order, Page, page_of

#: where what has no moment stands in an upward order: at the end
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def keyset(
    rows: QuerySet[Any], key: str, asked: Mapping[str, str], *, down: bool = False, size: int = PAGE_SIZE
) -> Page:
    """A page in the order of a moment and the id, from ``?after=`` or ``?before=``; a bad mark gives the first.

    ``down``: the newest first (the moment is never empty then). One query.
    """
    order = Order(
        key=F(key) if down else Coalesce(F(key), Value(NEVER)),
        place=lambda row: getattr(row, key) or NEVER,
        down=down,
    )
    return page_of(rows, order, after=asked.get("after", ""), before=asked.get("before", ""), size=size)
