"""Listing a unit, ending the bar, lifting it early, objecting to it (Measures Art. 24)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from blacklist import rules
from blacklist.codes import normal
from blacklist.enums import ListingState, ObjectionState
from blacklist.models import Listing, ListingObjection
from blacklist.queries import codes_of, family
from ledger.acts import (
    Actor,
    AlreadyMoved,
    Appended,
    Audience,
    Reason,
    Reasons,
    Refused,
    append,
    perform,
    perform_many,
)
from notices.domain import Item, serve, serve_many
from notices.enums import Side
from rulebook import clocks
from rulebook.arithmetic import add_months
from rulebook.enums import ClockKind
from rulebook.models import Clock
from rulebook.time import end_of_day, local_date

LEAST_MONTHS = 6


def list_unit(
    *,
    unit: Unit,
    authority: Unit,
    ground: str,
    reason: str,
    by: Actor,
    now: datetime,
    articles: Sequence[str] = ("me-24",),
    bar_months: int = LEAST_MONTHS,
    cause: tuple[str, int] | None = None,
    affected: Sequence[Mapping[str, Any]] = (),
    also_codes: Sequence[str] = (),
) -> Listing:
    """Puts a unit on the blacklist and bars it, with its head office and branches (Measures Art. 24).

    The bar runs ``bar_months`` calendar months from the day of ``now`` (day 0) to the corresponding day, or
    that month's last, 24:00; never fewer than six. ``cause`` names what it answers, at most one active
    listing each. ``affected`` are the entries that the caller revokes in the same transaction.
    ``also_codes``: credit codes of branches that have no account here.
    Effects: the listing, its clock, a public ledger record, a notice to the unit. The rows of the unit, its
    head office and its branches stay locked until the caller commits, so that none gets a number meanwhile.
    Raises ``Refused`` (not yours, no reason, too short, listed for the same cause already).
    """
    reasons = rules.decides_for(by, authority.pk)
    if not reason.strip():
        reasons.append(Reason("reason_needed", _("State the reason; it is published."), "me-24"))
    if bar_months < LEAST_MONTHS:
        reasons.append(Reason("bar_too_short", _("The bar lasts six months at least."), "me-24"))
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        units = _held(unit)
        row = next(one for one in units if one.pk == unit.pk)
        last = add_months(local_date(now), bar_months)
        listing = Listing(
            unit=row,
            unit_name=row.name,
            uscc=normal(row.uscc),
            barred_codes=codes_of(units, also_codes),
            barred_units=sorted(one.pk for one in units),
            authority=authority,
            ground=ground,
            reason=reason.strip(),
            articles=list(articles),
            affected=[dict(one) for one in affected],
            bar_months=bar_months,
            cause_type=cause[0] if cause else "",
            cause_id=cause[1] if cause else None,
            listed_at=now,
            bar_last_day=last,
            bar_ends_at=end_of_day(last),
            listed_by_id=by.person_id,
        )
        try:
            with transaction.atomic():
                listing.save(force_insert=True)
        except IntegrityError as error:
            if "listing_active_once_per_cause" not in str(error):
                raise
            raise Refused(
                Reasons.of(Reason("listed_already", _("The unit is on the blacklist for this cause already."), "me-24"))
            ) from error
        clocks.start(
            kind=ClockKind.BAR, subject=listing, started_at=now, months=bar_months, authority_code=authority.code,
            now=now,
        )  # fmt: skip
        append(
            verb="list_provider",
            subject=listing,
            by=by,
            now=now,
            to_state=ListingState.ACTIVE,
            basis=list(articles),
            payload={
                "unit": row.pk,
                "uscc": listing.uscc,
                "ground": str(ground),
                "reason": listing.reason,
                "bar_months": bar_months,
                "bar_last_day": last.isoformat(),
                "numbers": listing.numbers,
            },
            audience=Audience.PUBLIC,
        )
        _tell(listing, "provider_listed", now)
    return listing


def _held(unit: Unit) -> list[Unit]:
    """The unit's family, each row held, in the order of keys; one that joins meanwhile is held too.

    Nobody else who holds a row or gets a number passes; rows that only name the unit are written meanwhile.
    """
    held: dict[int, Unit] = {}
    while True:
        wanted = {one.pk for one in family(held.get(unit.pk, unit))}
        if wanted <= held.keys():
            return [held[key] for key in sorted(wanted)]
        rows = Unit.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
        held = {one.pk: one for one in rows}


def cool_off(*, listing: Listing, now: datetime, by: Actor | None = None, stop_clocks: bool = True) -> Listing:
    """The bar has run out: the listing ends, the unit may file again (Measures Art. 24).

    Effects: state, end, a public ledger record, a notice to the unit; the clock stops (a sweep has ended it
    itself and says ``stop_clocks=False``). Raises ``Refused`` before the day or by a person, ``AlreadyMoved``.
    """

    def effects(row: Listing, record: Appended) -> None:
        if stop_clocks:
            clocks.stop(subject=row, kind=ClockKind.BAR, now=now)
        serve_many([_ended(row)], now=now)

    return perform(subject=listing, effects=effects, **_cooling(by or Actor.system(), now))


def cool_off_many(*, listings: Sequence[Listing], now: datetime) -> list[Listing]:
    """The same for many whose clocks a sweep has ended: all of them, or none.

    Raises ``Refused`` or ``AlreadyMoved`` where one of them does not end.
    """

    def effects(rows: list[Listing]) -> None:
        serve_many([_ended(row) for row in rows], now=now)

    return perform_many(subjects=listings, effects=effects, **_cooling(Actor.system(), now))


def _cooling(by: Actor, now: datetime) -> dict[str, Any]:
    """What the end of one bar and of many have in common."""

    def rule(actor: Actor, row: Listing) -> Reasons:
        reasons = rules.only_the_clock(actor, row)
        if now < row.bar_ends_at:
            reasons.append(Reason("not_due", _("The bar is not over yet."), "me-24"))
        return reasons

    def change(row: Listing) -> None:
        row.ended_at = now

    return {
        "verb": "cool_off",
        "by": by,
        "now": now,
        "rule": rule,
        "transition": "cool_off",
        "basis": ["me-24"],
        "change": change,
        "audience": Audience.PUBLIC,
        "related": ("unit", "authority"),
        "payload": lambda row: {"bar_last_day": row.bar_last_day.isoformat() if row.bar_last_day else ""},
    }


def _ended(row: Listing) -> Item:
    return Item("bar_ended", row.unit, row, _params(row), f"bar_ended:{row.pk}", Side.PROVIDER)


def lift(
    *, listing: Listing, reason: str, by: Actor, now: datetime, seen_state: str | None = None
) -> Listing:
    """Ends a listing early, by a decision with its reason; the revoked entries stay revoked.

    Effects: state, end, reason (published), the bar's clock stops, a public ledger record, a notice to the
    unit. Raises ``Refused`` (also without a reason), ``AlreadyMoved``.
    """

    def rule(actor: Actor, row: Listing) -> Reasons:
        reasons = rules.may_lift(actor, row)
        if not reason.strip():
            reasons.append(Reason("reason_needed", _("State the reason; it is published."), "me-24"))
        return reasons

    def change(row: Listing) -> None:
        row.ended_at, row.lift_reason = now, reason.strip()

    def effects(row: Listing, record: Appended) -> None:
        clocks.stop(subject=row, kind=ClockKind.BAR, now=now)
        _tell(row, "listing_lifted", now)

    return perform(
        verb="lift", subject=listing, by=by, now=now, rule=rule, transition="lift", basis=["me-24"], change=change,
        effects=effects, seen_state=seen_state, audience=Audience.PUBLIC, related=("unit", "authority"),
        payload={"reason": reason.strip()},
    )  # fmt: skip


def object_to_listing(*, listing: Listing, text: str, by: Actor, now: datetime) -> ListingObjection:
    """The listed unit says why the listing is wrong; the bar goes on until somebody has decided.

    Effects: the objection, ledger records, a notice to the authority and to the ministry above it.
    Raises ``Refused`` (not yours, nothing said, ended already, one is open).
    """
    with transaction.atomic():
        rows = Listing.objects.select_for_update(of=("self",), no_key=True).select_related("unit", "authority__parent")
        row = rows.get(pk=listing.pk)
        reasons = rules.may_object(by, row)
        if not text.strip():
            reasons.append(Reason("reason_needed", _("Say what is wrong with the listing.")))
        if row.state != ListingState.ACTIVE:
            reasons.append(Reason("listing_ended", _("The listing has ended already.")))
        if row.objections.filter(state=ObjectionState.FILED).exists():
            reasons.append(Reason("objection_open", _("An objection is being reviewed already.")))
        if reasons:
            raise Refused(reasons)
        objection = ListingObjection.objects.create(
            listing=row, unit=row.unit, text=text.strip(), filed_at=now, filed_by_id=by.person_id
        )
        append(
            verb="object_to_listing", subject=objection, by=by, now=now, to_state=ObjectionState.FILED, basis=["me-24"],
            payload={"listing": row.pk},
        )  # fmt: skip
        for unit in (row.authority, row.authority.parent):
            if unit is not None:
                serve(
                    kind="listing_objection", to_unit=unit, subject=objection, params=_params(row), now=now,
                    dedupe=f"listing_objection:{objection.pk}:{unit.pk}", side=Side.AUTHORITY,
                )  # fmt: skip
    return objection


def decide_objection(
    *, objection: ListingObjection, grant: bool, decision: str, by: Actor, now: datetime,
    seen_state: str | None = None,
) -> ListingObjection:  # fmt: skip
    """Somebody else than who listed decides the objection.

    Effects: its state and decision; granted: the listing is lifted in the same act, where it still runs;
    a notice to the unit. Raises ``Refused`` (also without a reason), ``AlreadyMoved``.
    """

    def rule(actor: Actor, row: ListingObjection) -> Reasons:
        reasons = rules.may_decide_objection(actor, row)
        if not decision.strip():
            reasons.append(Reason("reason_needed", _("State the reason of the decision.")))
        return reasons

    def change(row: ListingObjection) -> None:
        row.decision, row.decided_at, row.decided_by_id = decision.strip(), now, by.person_id

    def effects(row: ListingObjection, record: Appended) -> None:
        current = Listing.objects.select_for_update(of=("self",), no_key=True).get(pk=row.listing_id)
        if grant and current.state == ListingState.ACTIVE:
            lift(listing=current, reason=decision, by=by, now=now)
        serve(
            kind="objection_granted" if grant else "objection_rejected", to_unit=row.unit, subject=row,
            params={**_params(row.listing), "decision": row.decision}, now=now, dedupe=f"objection:{row.pk}",
            side=Side.PROVIDER,
        )  # fmt: skip

    return perform(
        verb="grant_objection" if grant else "reject_objection", subject=objection, by=by, now=now, rule=rule,
        transition="grant" if grant else "reject", basis=["me-24"], change=change, effects=effects,
        seen_state=seen_state, related=("unit", "listing__unit", "listing__authority"),
        payload=lambda row: {"listing": row.listing_id},
    )  # fmt: skip


def cool_off_when_due(clock: Clock, now: datetime) -> None:
    """What the clock does; a listing that has ended already stays as it is."""
    try:
        cool_off(listing=Listing(pk=clock.subject_id), now=now, stop_clocks=False)
    except AlreadyMoved:
        return


def cool_off_all_when_due(due: list[Clock], now: datetime) -> None:
    """The same for many at once; raises where one of them has moved on, and nothing is done."""
    cool_off_many(listings=[Listing(pk=clock.subject_id) for clock in due], now=now)


def _params(listing: Listing) -> dict[str, Any]:
    return {
        "provider_name": listing.unit_name or listing.unit.name,
        "authority": listing.authority.name,
        "authority_en": listing.authority.name_en,
        "reason": listing.reason,
        "lift_reason": listing.lift_reason,
        "numbers": ", ".join(listing.numbers),
        "until": listing.bar_last_day.isoformat() if listing.bar_last_day else "",
        "listed_on": local_date(listing.listed_at).isoformat(),
    }


def _tell(listing: Listing, kind: str, now: datetime) -> None:
    serve(
        kind=kind, to_unit=listing.unit, subject=listing, params=_params(listing), now=now,
        dedupe=f"{kind}:{listing.pk}", side=Side.PROVIDER,
    )  # fmt: skip

