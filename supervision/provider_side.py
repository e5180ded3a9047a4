"""What a provider has to know of its supervision: orders, forwarded complaints, bars, warnings.

Everything is read through ``visible_to``: a provider reaches no complaint, only what was forwarded to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import Unit
from blacklist.models import Listing
from ledger.acts import Actor
from supervision.enums import OPEN_ORDERS, ForwardingState, WarningStatus
from supervision.models import Forwarding, RectificationOrder, Warning  # noqa: A004

#: what waits for the provider itself
WAITING = (ForwardingState.SENT, ForwardingState.OVERDUE)
SHOWN = 20


@dataclass(frozen=True)
class Owed:
    """What the first page says at once: open orders, complaints without a reply."""

    orders: list[RectificationOrder]
    forwardings: list[Forwarding]

    def __bool__(self) -> bool:
        return bool(self.orders or self.forwardings)


def owed(actor: Actor) -> Owed:
    """Two queries, however much there is."""
    return Owed(list(open_orders(actor)[:SHOWN]), list(waiting_complaints(actor)[:SHOWN]))


def open_orders(actor: Actor) -> Any:
    """Orders that are not over, the most urgent first."""
    rows = RectificationOrder.objects.visible_to(actor).filter(state__in=OPEN_ORDERS)
    return rows.select_related("entry", "authority").order_by("due_at", "pk")


def waiting_complaints(actor: Actor) -> Any:
    """Forwarded complaints without a reply, the most urgent first."""
    rows = Forwarding.objects.visible_to(actor).filter(state__in=WAITING)
    return rows.select_related("authority", "entry").order_by("due_at", "pk")


def listings(unit: Unit) -> Any:
    """Listings of the unit, and of the head office or branch whose bar reaches it; newest first."""
    reach = Q(unit_id=unit.pk) | Q(barred_units__contains=[unit.pk])
    return Listing.objects.filter(reach).select_related("authority").order_by("-listed_at", "-pk")


def warnings(actor: Actor) -> Any:
    """Open warnings of the monitors about one's own apps."""
    return Warning.objects.visible_to(actor).filter(status=WarningStatus.OPEN).select_related("entry", "authority")
