"""A unit comes under another authority: its live filings go with it."""

from __future__ import annotations

from datetime import datetime

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


def unit_moved(unit: Unit, *, now: datetime) -> int:
    """Called when a unit was put under another superior; returns how many filings changed their authority.

    Only the filings of units whose nearest authority is another one now: the moved unit's own, and where it is
    no authority those of what stands below it. So the confirming authority is always the one above the unit.
    Effects: ``reroute`` for each live filing.
    """
    units = [unit] if unit.kind == UnitKind.AUTHORITY else list(subtree(unit))
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

    Effects: the authority on row and running clock; notices to the unit and the new authority.
    """

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        reasons = rules.only_the_portal(actor, row)
        if queries.confirming_authority(row.unit).pk == row.authority_id:
            reasons.append(Reason("same_authority", rules.NOT_YOUR_AUTHORITY.message))
        return reasons

    def change(row: UserFiling) -> None:
        row.authority = queries.confirming_authority(row.unit)

    def effects(row: UserFiling, record: Appended) -> None:
        Clock.objects.about(row).running().update(authority_code=row.authority.code)
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
