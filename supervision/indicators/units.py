"""Indicators of institutions: schools, universities, affiliated units of a region."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import Unit
from ledger.acts import Actor
from registry.enums import VALID_STATES
from registry.models import Entry
from rulebook.time import start_of_day
from supervision.enums import OPEN_ORDERS
from supervision.indicators.definitions import UNIT
from supervision.indicators.table import Line, Period, Table
from supervision.models import RectificationOrder
from users import overview
from users.enums import UseState
from users.models import UserFiling

CHUNK = 1000


def units_below(actor: Actor, node: Unit, now: datetime) -> QuerySet[Unit]:
    """The institutions below ``node`` that the actor may see, by id, with their standing."""
    return overview.units(actor, node, "all", now)


def by_unit(*, node: Unit, units: Sequence[Unit], period: Period, now: datetime) -> Table:
    """A line for each of these units; four queries, however many (chunks of a thousand)."""
    lines = [Line(unit, kind="unit") for unit in units]
    for start in range(0, len(lines), CHUNK):
        _fill({line.unit.pk: line for line in lines[start : start + CHUNK]}, now)
    return Table(node, period, UNIT, lines, now)


def _fill(lines: dict[int, Line], now: datetime) -> None:
    for line in lines.values():
        standing: Any = line.unit.use_standing  # type: ignore[attr-defined]
        line.counts |= {
            "handed_in": standing.handed_in, "in_use": standing.in_use, "selected": standing.selected,
            "systems": standing.systems, "named": int(standing.named),
        }  # fmt: skip
    limit = start_of_day(overview.grace_day(now))
    uses = UserFiling.objects.filter(unit_id__in=list(lines)).order_by().values_list("unit_id").annotate(
        back=Count("pk", filter=Q(state=UseState.RETURNED, returned_at__lt=limit)),
        behind=Count("pk", filter=Q(late=True) & ~Q(state=UseState.WITHDRAWN)),
    )  # fmt: skip
    for unit, returned, late in uses:
        lines[unit].counts |= {"returned_overdue": returned, "reported_late": late}
    for key, rows in (
        ("own_entries", Entry.objects.filter(unit_id__in=list(lines), state__in=sorted(VALID_STATES))),
        ("open_orders", RectificationOrder.objects.filter(unit_id__in=list(lines), state__in=OPEN_ORDERS)),
    ):
        for unit, number in rows.order_by().values_list("unit_id").annotate(Count("pk")):  # type: ignore[attr-defined]
            lines[unit].counts[key] = number
