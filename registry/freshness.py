"""How old published information is: confirmed on, due on, out of date (notice of the Measures, 2).

A provider confirms its published information every so many months, as the policy of the filing authority
says (``information_months``). What is not confirmed by its day counts as out of date and is marked so; the
filing stays in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from registry import opening
from registry.enums import LIVE_STATES
from registry.models import Entry, EntryQuerySet
from rulebook import policies
from rulebook.calendar import add_months, months_before
from rulebook.time import end_of_day, local_date

#: days before the day on which a confirmation is due from which on it is asked for
ASK_DAYS = 30


@dataclass(frozen=True, slots=True)
class Freshness:
    """When it was confirmed, by the end of which day it is due again, and how that stands on a day."""

    confirmed_on: date
    due_on: date
    stale: bool
    soon: bool

    @property
    def asked(self) -> bool:
        """Whether the provider is to confirm now."""
        return self.stale or self.soon


def months(on: date) -> dict[str, int]:
    """Months between two confirmations by the key of the authority; under "moe" for those not named."""
    return policies.by_authority(on, opening.MONTHS)[opening.MONTHS]


def months_of(by_code: Mapping[str, int], code: str) -> int:
    return by_code.get(code, by_code["moe"])


def of_moment(confirmed_at: datetime, months_between: int, now: datetime) -> Freshness:
    """The freshness of what was confirmed at that moment."""
    confirmed_on, today = local_date(confirmed_at), local_date(now)
    due_on = add_months(confirmed_on, months_between)
    return Freshness(confirmed_on, due_on, due_on < today, today <= due_on <= today + timedelta(days=ASK_DAYS))


def of_entry(entry: Entry, now: datetime, by_code: Mapping[str, int] | None = None) -> Freshness | None:
    """The freshness of an entry, None where its number is no longer in force; of the present day without query."""
    if entry.state not in LIVE_STATES:
        return None
    by_code = by_code if by_code is not None else opening.current(now).months
    return of_moment(entry.confirmed_at, months_of(by_code, entry.authority.code), now)


def due_by(entries: EntryQuerySet, day: date, on: date) -> EntryQuerySet:
    """Those of ``entries`` in force whose confirmation is due on ``day`` or was due before, oldest first."""
    by_code = months(on)
    own = {code: number for code, number in by_code.items() if number != by_code["moe"]}
    wanted = Q(confirmed_at__lt=end_of_day(months_before(day, by_code["moe"])))
    if own:
        wanted &= ~Q(authority__code__in=list(own))
    for code, number in own.items():
        wanted |= Q(authority__code=code, confirmed_at__lt=end_of_day(months_before(day, number)))
    return entries.filter(wanted, state__in=sorted(LIVE_STATES)).order_by("confirmed_at", "id")


def stale(entries: EntryQuerySet, now: datetime) -> EntryQuerySet:
    """Those of ``entries`` whose information is out of date at ``now``."""
    today = local_date(now)
    return due_by(entries, today - timedelta(days=1), today)
