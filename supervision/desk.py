"""The desk of complaints as pages and interface show it: its tabs, what stands in them, and how much."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.enums import AUTHORITY_ROLES
from accounts.models import Person
from ledger.acts import Actor
from supervision.enums import OPEN_COMPLAINTS, ForwardingState
from supervision.models import Complaint, Forwarding

TABS = ("open", "mine", "overdue", "forwarded", "closed")


def colleagues(unit_id: int | None) -> list[tuple[int, str]]:
    """People of the authority for a choice: (id, name)."""
    people = Person.objects.filter(
        memberships__unit_id=unit_id, memberships__status="active", memberships__role__in=AUTHORITY_ROLES
    )
    return [(person.pk, person.name or person.email) for person in people.distinct().order_by("name", "pk")]


def _forwarded() -> Exists:
    return Exists(Forwarding.objects.filter(complaint=OuterRef("pk"), state=ForwardingState.SENT))


def _late(now: datetime) -> Q:
    return Q(overdue_since__isnull=False) | Q(due_at__lte=now)


def of_tab(rows: QuerySet[Complaint], tab: str, actor: Actor, now: datetime) -> QuerySet[Complaint]:
    """Those of ``rows`` that stand in a tab."""
    if tab == "closed":
        return rows.exclude(state__in=OPEN_COMPLAINTS)
    rows = rows.filter(state__in=OPEN_COMPLAINTS)
    if tab == "mine":
        return rows.filter(handler_id=actor.person_id)
    if tab == "overdue":
        return rows.filter(_late(now))
    return rows.filter(_forwarded()) if tab == "forwarded" else rows


def counts(rows: QuerySet[Complaint], actor: Actor, now: datetime) -> dict[str, int]:
    """How many stand in each tab but the closed ones; one query."""
    return rows.filter(state__in=OPEN_COMPLAINTS).aggregate(
        open=Count("pk"), mine=Count("pk", filter=Q(handler_id=actor.person_id)),
        overdue=Count("pk", filter=_late(now)), forwarded=Count("pk", filter=Q(_forwarded())),
    )  # fmt: skip
