"""Blacklisting after a missed or refused rectification: one act with all that follows (Measures Art. 24)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from blacklist.domain.listing import list_unit
from blacklist.enums import Ground
from blacklist.models import Listing
from ledger.acts import Actor, Appended, Audience, Reason, Reasons, perform, subject_key
from providers.models import ProviderProfile
from registry import domain as registry
from registry.enums import END_STATES, LIVE_STATES
from registry.models import Entry
from rulebook import clocks
from rulebook.time import local_date
from supervision import rules
from supervision.domain.circulars import publish_circular, write_circular
from supervision.domain.common import policy_of, reason_missing
from supervision.enums import CircularAudience, CircularKind, OrderState
from supervision.models import RectificationOrder


def list_provider(
    *,
    order: RectificationOrder,
    reason: str,
    by: Actor,
    now: datetime,
    articles: Sequence[str] = ("me-24", "bj-5"),
    bar_months: int | None = None,
    entries: Sequence[Entry] | None = None,
    public_text: str = "",
    text_en: str = "",
    seen_state: str | None = None,
) -> Listing:
    """overdue or refused → listed: the provider goes on the blacklist, and its involved apps are revoked.

    ``entries`` None: the order's own; an order about the whole provider needs them named. ``bar_months``
    None: as the policy says, which a decision may exceed but not go below.
    Effects, all in one transaction: the listing with its bar on the unit, its head office and branches;
    the entries revoked, and through the registry's hook the uses of them marked; the order closed; a public
    circular, which a task spreads over the education system; notices; ledger records.
    Raises ``Refused`` (not yours, no reason, entries of others, bar too short), ``AlreadyMoved``.
    """
    found: dict[str, Any] = {}

    def rule(actor: Actor, row: RectificationOrder) -> Reasons:
        reasons = Reasons.of(
            rules.may_list(actor, row), reason_missing(reason, _("State the reason; it is published."))
        )
        least = int(policy_of(row.authority, now).get("bar_months"))
        found["months"] = least if bar_months is None else bar_months
        if found["months"] < least:
            reasons.append(
                Reason("bar_too_short", _("The bar lasts %(least)s months at least.") % {"least": least}, "me-24")
            )
        found["entries"] = _involved(row, entries, reasons)
        return reasons

    def change(row: RectificationOrder) -> None:
        found["listing"] = row.listing = list_unit(
            unit=row.unit,
            authority=row.authority,
            ground=Ground.REFUSED if row.state == OrderState.REFUSED else Ground.OVERDUE,
            reason=reason,
            articles=articles,
            bar_months=found["months"],
            cause=subject_key(row),
            affected=[
                {"entry": entry.pk, "number": entry.number, "app_name": entry.app_name} for entry in found["entries"]
            ],
            also_codes=_branch_codes(row),
            by=by,
            now=now,
        )
        row.closed_at = now

    def effects(row: RectificationOrder, record: Appended) -> None:
        clocks.stop(subject=row, now=now)
        for entry in found["entries"]:
            if entry.state not in END_STATES:
                registry.revoke(
                    entry=entry, reason=reason, public_text=public_text, text_en=text_en, by=by, now=now,
                    basis=tuple(articles),
                )  # fmt: skip
        _circular(found["listing"], by, now)

    perform(
        verb="list_provider", subject=order, by=by, now=now, rule=rule, transition="list_provider",
        basis=list(articles), change=change, effects=effects, seen_state=seen_state, audience=Audience.PARTIES,
        related=("unit", "authority", "entry"),
        payload=lambda row: {"case_no": row.case_no, "listing": row.listing_id},
    )  # fmt: skip
    listing: Listing = found["listing"]
    return listing


def _involved(row: RectificationOrder, entries: Sequence[Entry] | None, reasons: Reasons) -> list[Entry]:
    """The entries to revoke, locked in the order of their keys."""
    if entries is None and row.entry_id is None:
        live = Entry.objects.filter(unit_id=row.unit_id, state__in=sorted(LIVE_STATES)).exists()
        if live:
            reasons.append(Reason("entries_needed", _("Choose the apps whose filings are revoked."), "me-24"))
        return []
    wanted = {entry.pk for entry in entries or ()} | ({row.entry_id} if row.entry_id is not None else set())
    found = list(Entry.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    if any(entry.unit_id != row.unit_id for entry in found):
        reasons.append(Reason("other_unit", _("Only filings of the listed provider can be revoked with it.")))
    return found


def _branch_codes(row: RectificationOrder) -> list[str]:
    """Codes that the provider itself named: its own on the form, its branches', and those of its entries."""
    data = ProviderProfile.objects.filter(unit_id=row.unit_id).values_list("data", flat=True).first() or {}
    branches = data.get("branches")
    rows = branches if isinstance(branches, list) else []
    named = [str(branch.get("uscc") or "") for branch in rows if isinstance(branch, dict)]
    published = Entry.objects.filter(unit_id=row.unit_id).values_list("uscc", flat=True)
    return [str(data.get("uscc") or ""), *named, *published]


def _circular(listing: Listing, by: Actor, now: datetime) -> None:
    """The circular to the public and to the whole system (R138), spread by a task."""
    values = {
        "provider": listing.unit_name,
        "reason": listing.reason,
        "numbers": "、".join(listing.numbers) or "—",
        "since": local_date(listing.listed_at).isoformat(),
        "until": listing.bar_last_day.isoformat() if listing.bar_last_day else "",
        "months": listing.bar_months,
    }
    circular = write_circular(
        kind=CircularKind.BLACKLISTING, audience=CircularAudience.PUBLIC, by=by, now=now, articles=listing.articles,
        listing=listing,
        title_zh=f"关于将{values['provider']}列入提供者黑名单的通报",
        title_en=f"Circular: {values['provider']} is blacklisted",
        body_zh=(
            f"{values['provider']}逾期未整改或拒不整改。原因：{values['reason']} 已撤销备案：{values['numbers']}。"
            f"自列入之日起{values['months']}个月内（至{values['until']}）不得提交备案。"
            "各级教育行政部门、学校应停止选用上述应用。"
        ),
        body_en=(
            f"{values['provider']} did not rectify in time, or refused to. Reason: {values['reason']} "
            f"Filings revoked: {values['numbers']}. It may not file until {values['until']}. "
            "Education authorities and schools must stop using these apps."
        ),
    )  # fmt: skip
    publish_circular(
        circular=circular, by=by, now=now, entry_ids=[one["entry"] for one in listing.affected], everybody=True
    )


__all__ = ["list_provider"]

