"""The register of the apps that an institution has admitted: which, by what decision, from when until when.

Opinions, item 11: what comes into a school is managed. It shows what was confirmed, never what is being prepared.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Min, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.models import Unit
from ledger.acts import Actor
from rulebook.time import end_of_day, local_date
from users import queries
from users.enums import DecisionVerb, UseState
from users.models import UserFiling
from users.schema.choices import PROCUREMENT

MOST = 2_000  # lines of one institution
_ADMITS = (DecisionVerb.CONFIRM, DecisionVerb.CONFIRM_BY_LIST)


@dataclass(frozen=True)
class Line:
    """An admitted app. ``filing.public`` is what was confirmed last; ``number`` counts from the first admission."""

    number: int
    filing: UserFiling
    admitted_on: date
    changed_on: date | None
    ended_on: date | None

    @property
    def said(self) -> dict[str, Any]:
        """The public snapshot."""
        return self.filing.public if isinstance(self.filing.public, dict) else {}

    @property
    def procurement(self) -> str:
        """How the service is procured, as it was confirmed, in words; empty where nothing was said."""
        return procurement_word(self.filing)


def admitted(actor: Actor, unit: Unit, *, on: date | None = None) -> list[Line]:
    """What the unit has ever admitted, in the order of admission, as far as ``actor`` may see; one query.

    With ``on`` what was admitted at the end of that day and had not ended.
    """
    first = Min("decisions__decided_at", filter=Q(decisions__verb__in=_ADMITS))
    rows = (
        UserFiling.objects.visible_to(actor)
        .filter(unit=unit, confirmed_version__gt=0)
        .annotate(
            admitted_at=Coalesce(first, F("confirmed_at")),
            procurement=queries.procurement_of(OuterRef("confirmed_version")),
        )
        .select_related("entry", "authority")
        .defer("data")
        .order_by("admitted_at", "pk")
    )
    lines = [_line(number, row) for number, row in enumerate(rows[:MOST], start=1)]
    if on is None:
        return lines
    return [line for line in lines if line.admitted_on <= on and _stood(line.filing, end_of_day(on))]


def procurement_word(filing: Any) -> str:
    """The word for a filing that carries ``queries.procurement_of`` as ``procurement``."""
    code = filing.procurement if isinstance(filing.procurement, str) else ""
    return str(dict(PROCUREMENT).get(code, code))


def _stood(filing: UserFiling, moment: datetime) -> bool:
    return filing.state != UseState.WITHDRAWN or filing.closed_at is None or filing.closed_at >= moment


def _line(number: int, row: Any) -> Line:
    admitted_on, confirmed_on = local_date(row.admitted_at), local_date(row.confirmed_at)
    return Line(
        number, row, admitted_on, confirmed_on if confirmed_on > admitted_on else None,
        local_date(row.closed_at) if row.state == UseState.WITHDRAWN and row.closed_at else None,
    )  # fmt: skip
