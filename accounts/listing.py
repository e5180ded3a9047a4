"""The units below an authority, as its page lists them: who has joined, who is invited, who is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q

from accounts.enums import KINDS_FROM_ABOVE, MembershipStatus, Role
from accounts.models import Invitation, Membership, Unit
from accounts.querysets import UnitQuerySet
from ledger.acts import Actor
from ledger.text import storable

PAGE_SIZE = 50
TABS = ("all", "joined", "open", "missing")


@dataclass(frozen=True)
class Filters:
    """What the address asks for; unknown values count as not given."""

    tab: str = "all"
    q: str = ""
    kind: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filters:
        tab, kind, text = query.get("tab", "all"), query.get("kind", ""), query.get("q", "").strip()[:80]
        return cls(
            tab=tab if tab in TABS else "all",
            q=text if storable(text) else "",
            kind=kind if kind in KINDS_FROM_ABOVE else "",
        )

    def query(self, **changes: str) -> str:
        """The address part, without what is default."""
        values = {**self.__dict__, **changes}
        plain = Filters().__dict__
        return urlencode({key: value for key, value in values.items() if value and value != plain.get(key)})

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.kind)


def units_below(actor: Actor) -> UnitQuerySet:
    """Schools and affiliated units of the actor's own subtree."""
    below = Unit.objects.visible_to(actor).filter(path__startswith=actor.unit_path, kind__in=KINDS_FROM_ABOVE)
    return below.exclude(pk=actor.unit_id)


def _joined() -> Exists:
    return Exists(
        Membership.objects.filter(
            unit_id=OuterRef("pk"), role=Role.INSTITUTION_LEAD, status=MembershipStatus.ACTIVE
        )
    )


def _open(now: datetime) -> Exists:
    return Exists(
        Invitation.objects.filter(
            unit_id=OuterRef("pk"), accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now
        )
    )


def _of_tab(tab: str, now: datetime) -> Q:
    if tab == "joined":
        return Q(_joined())
    if tab == "open":
        return ~Q(_joined()) & Q(_open(now))
    if tab == "missing":
        return ~Q(_joined()) & ~Q(_open(now))
    return Q()


def tab_counts(actor: Actor, now: datetime) -> dict[str, int]:
    """Units in every tab, in one aggregate query."""
    return units_below(actor).aggregate(**{tab: Count("pk", filter=_of_tab(tab, now) or None) for tab in TABS})


def filtered(actor: Actor, filters: Filters, now: datetime) -> UnitQuerySet:
    """The units that the filters leave, in no order."""
    units = units_below(actor).filter(_of_tab(filters.tab, now))
    if filters.kind:
        units = units.filter(kind=filters.kind)
    if filters.q:
        units = units.matching(filters.q, "school_code", "uscc")
    return units


@dataclass
class Line:
    """A unit with who is in charge of it, or the invitation that he got last."""

    unit: Unit
    lead: str
    invitation: Invitation | None
    look: str  # joined, open, run_out, withdrawn, none

    @property
    def selectable(self) -> bool:
        """Whether there is an invitation that can be sent again or withdrawn."""
        return self.look in ("open", "run_out")


def lines(units: list[Unit], now: datetime) -> list[Line]:
    """Two queries however many units."""
    ids = [unit.pk for unit in units]
    leads: dict[int, str] = {}
    members = Membership.objects.filter(unit_id__in=ids, role=Role.INSTITUTION_LEAD, status=MembershipStatus.ACTIVE)
    for unit_id, name, email in members.order_by("-pk").values_list("unit_id", "person__name", "person__email"):
        leads[unit_id] = name or email
    latest: dict[int, Invitation] = {}
    for row in Invitation.objects.filter(unit_id__in=ids, role=Role.INSTITUTION_LEAD).order_by("pk"):
        latest[row.unit_id] = row
    return [
        Line(unit, leads.get(unit.pk, ""), latest.get(unit.pk), _look(unit.pk in leads, latest.get(unit.pk), now))
        for unit in units
    ]


def _look(joined: bool, row: Invitation | None, now: datetime) -> str:
    if joined:
        return "joined"
    if row is None or row.accepted_at:
        return "none"
    if row.withdrawn_at:
        return "withdrawn"
    return "run_out" if now >= row.expires_at else "open"


def page(units: UnitQuerySet, *, before: Any = None, size: int = PAGE_SIZE) -> tuple[list[Unit], int | None]:
    """The newest units before a key, and the key from where the next page goes on; every page costs the same."""
    text = str(before or "")
    if text.isdecimal() and len(text) < 19:
        units = units.filter(pk__lt=int(text))
    rows = list(units.select_related("parent").order_by("-pk")[: size + 1])
    return rows[:size], rows[size - 1].pk if len(rows) > size else None
