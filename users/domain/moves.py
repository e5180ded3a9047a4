"""A unit comes under another authority, or its authority is closed: its live filings go with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.queries import subtree
from ledger.acts import Actor, Appended, Reason, Reasons, perform
from notices.domain import serve
from rulebook.models import Clock
from users import queries, rules
from users.domain.common import both, notice_params
from users.domain.steps import RELATED
from users.models import UserFiling

#: ``callback(filing, old authority's id, now)``: rooms above let what they keep about a use follow it
_followers: list[Callable[[UserFiling, int, datetime], Any]] = []


def on_reroute(callback: Callable[[UserFiling, int, datetime], Any]) -> None:
    """Calls ``callback`` inside the act that puts a filing with another authority."""
    if callback not in _followers:
        _followers.append(callback)


def unit_moved(unit: Unit, *, now: datetime) -> int:
    """Called when a unit was put under another superior; returns how many filings changed their authority.

    Only the filings of units whose nearest authority is another one now: the moved unit's own, and where it is
    no authority those of what stands below it. So the confirming authority is always the one above the unit.
    Effects: ``reroute`` for each live filing.
    """
    return _put_right([unit] if unit.kind == UnitKind.AUTHORITY else subtree(unit), now)


def authority_closed(unit: Unit, *, now: datetime) -> int:
    """Called when an authority was closed; returns how many filings changed their authority.

    What lay with it goes to the nearest authority above it that is open: exactly one (Measures Art. 19).
    Effects: ``reroute`` for each live filing that it was to confirm.
    """
    held = UserFiling.objects.live().filter(authority=unit).order_by().values("unit_id")
    return _put_right(Unit.objects.filter(pk__in=held).order_by("pk"), now)


def authority_reopened(unit: Unit, *, now: datetime) -> int:
    """Called when an authority is open again: it confirms what stands below it, and nothing nearer does."""
    below = UserFiling.objects.live().filter(unit__path__startswith=unit.path).order_by().values("unit_id")
    return _put_right(Unit.objects.filter(pk__in=below).order_by("pk"), now)


def _put_right(units: Iterable[Unit], now: datetime) -> int:
    moved = 0
    for one in units:
        authority = queries.confirming_authority(one)
        filings = UserFiling.objects.live().filter(unit=one).exclude(authority=authority).order_by("pk")
        for pk in list(filings.values_list("pk", flat=True)):
            reroute(filing=UserFiling(pk=pk), by=Actor.system(), now=now)
            moved += 1
    return moved


def reroute(*, filing: UserFiling, by: Actor, now: datetime) -> UserFiling:
    """Puts a live filing with the authority that is competent now (Measures Art. 19). By the portal itself.

    Effects: the authority on row and running clock, whose last day stays; who worked on it for the old authority
    goes on only where he also works for the new one (``on_reroute``); notices to the unit and the new authority.
    """
    before: list[int] = []

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        reasons = rules.only_the_portal(actor, row)
        if queries.confirming_authority(row.unit).pk == row.authority_id:
            reasons.append(Reason("same_authority", rules.NOT_YOUR_AUTHORITY.message))
        return reasons

    def change(row: UserFiling) -> None:
        before[:] = [row.authority_id]
        row.authority = queries.confirming_authority(row.unit)

    def effects(row: UserFiling, record: Appended) -> None:
        Clock.objects.about(row).running().update(authority_code=row.authority.code)
        for follow in _followers:
            follow(row, before[0], now)
        if row.submitted_at is None:
            return
        for unit, side in both(row):
            serve(
                kind="use_rerouted", to_unit=unit, side=side, subject=row, params=notice_params(row), now=now,
                dedupe=f"use_rerouted:{row.pk}:{record.id}:{side}",
            )  # fmt: skip

    return perform(
        verb="reroute", subject=filing, by=by, now=now, rule=rule, change=change, effects=effects, related=RELATED,
        basis=["me-19"], payload=lambda row: {"authority": row.authority_id},
    )  # fmt: skip
