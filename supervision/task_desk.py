"""The ledger of tasks as pages and interface show it: its tabs, and its order by the last day."""

from __future__ import annotations

from datetime import UTC, datetime, time

from django.db.models import DateTimeField, F, QuerySet
from django.db.models.functions import Cast

from review.keyset import Order
from rulebook.time import local_date
from supervision.enums import OPEN_TASKS
from supervision.models import WorkTask

TABS = ("open", "overdue", "closed")
#: tasks by their last day, the first before the others
BY_DAY = Order(
    key=Cast(F("due_day"), DateTimeField()),  # type: ignore[arg-type]
    place=lambda row: datetime.combine(row.due_day, time(), UTC),
)


def of_tab(tab: str, rows: QuerySet[WorkTask], now: datetime) -> QuerySet[WorkTask]:
    """Those of ``rows`` that stand in a tab."""
    if tab == "closed":
        return rows.exclude(state__in=OPEN_TASKS)
    rows = rows.filter(state__in=OPEN_TASKS)
    return rows.filter(due_day__lt=local_date(now)) if tab == "overdue" else rows
