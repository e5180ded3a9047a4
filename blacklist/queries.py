"""Who is barred, why and until when; who belongs to a unit's family."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.queries import head_of
from blacklist.codes import normal, variants
from blacklist.enums import ListingState
from blacklist.models import Listing
from ledger import rows
from ledger.acts import Reason
from rulebook import clocks
from rulebook.enums import ClockKind
from rulebook.models import Clock
from rulebook.time import last_day_before, local_date

_BARRING = """
    WHERE t0.state = %s AND t0.bar_ends_at > %s
        AND (
            t0.unit_id = ANY(%s) OR t0.barred_units && %s::bigint[]
            OR t0.uscc = ANY(%s::varchar[]) OR t0.barred_codes && %s::varchar[]
        )
    ORDER BY t0.bar_ends_at DESC, t0.id DESC LIMIT 1
"""
_SHARED = "SELECT 1 FROM accounts_unit WHERE id = %s FOR SHARE"


def barred(unit: Unit, now: datetime, *, lock: bool = False) -> Listing | None:
    """The listing that bars this unit longest at the moment, or None (Measures Art. 24). One indexed query.

    The unit is known by its key, by its credit code however written, and through its head office. ``lock``:
    the unit's row is held first, so that a listing (which holds it alone) and what the caller does next never
    pass each other; several callers may hold it at once.
    """
    own = [unit.pk] if unit.head_office_id is None else [unit.pk, unit.head_office_id]
    codes = [code for code in [normal(unit.uscc)] if code]
    found = rows.read(
        Listing,
        _BARRING,
        [ListingState.ACTIVE, now, own, own, variants(codes), codes],
        first=(_SHARED, [unit.pk]) if lock else None,
    )
    return found[0] if found else None


def last_day(listing: Listing) -> str:
    """The last day of the bar, written out in the reader's language."""
    day = listing.bar_last_day or last_day_before(listing.bar_ends_at)
    return date_format(day, "DATE_FORMAT")


def barred_reason(listing: Listing) -> Reason:
    """Why the unit may not file, and until when (Measures Art. 24)."""
    return Reason(
        "barred",
        _(
            "The unit has been on the blacklist since %(since)s and may not file until %(until)s, 24:00. "
            "Reason: %(reason)s"
        )
        % {
            "since": date_format(local_date(listing.listed_at), "DATE_FORMAT"),
            "until": last_day(listing),
            "reason": listing.reason,
        },
        article="me-24",
    )


def clock_of(listing: Listing) -> Clock | None:
    """The running clock of the bar."""
    return clocks.running(listing, ClockKind.BAR)


def family(unit: Unit) -> list[Unit]:
    """The unit, its head office, and every branch below that, whatever the depth; two queries a level."""
    head = head_of(unit)
    found = {head.pk: head, unit.pk: unit}
    level = list(found)
    while level:
        below = [row for row in Unit.objects.filter(head_office_id__in=level) if row.pk not in found]
        found.update((row.pk, row) for row in below)
        level = [row.pk for row in below]
    return list(found.values())


def codes_of(units: Iterable[Unit], also: Iterable[str] = ()) -> list[str]:
    """Their credit codes in normal form, each once; ``also``: codes of branches that have no account."""
    found = [normal(code) for code in (*(unit.uscc for unit in units), *also)]
    return list(dict.fromkeys(code for code in found if code))
