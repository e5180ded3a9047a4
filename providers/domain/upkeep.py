"""Keeping what is published up to date: confirming it, and reminding of what is owed (notice 2 and 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from ledger.acts import Actor, Reason, Reasons, Refused, append, perform
from notices.domain import serve
from notices.enums import Side
from notices.models import Notice
from providers import rules, upkeep
from providers.models import ProviderProfile
from registry import domain as registry
from registry import freshness
from registry.enums import LIVE_STATES
from registry.freshness import Freshness
from registry.models import Entry
from rulebook import calendar, clocks
from rulebook.models import Clock
from rulebook.time import end_of_day, local_date, start_of_day

#: a day long before any deadline: reminders of a day that nobody's clock carries have no start
_ALWAYS = date(1949, 10, 1)
#: how far back a run looks for what an earlier one should have said
LATE_DAYS = 60


def confirm_information(
    *, unit: Unit, entries: Sequence[Entry], by: Actor, now: datetime, with_unit: bool = True
) -> list[Entry]:
    """The provider confirms that its published information is still right: one act for all it chose.

    Effects: of each entry the date of confirmation, a public event and a ledger record; with ``with_unit``
    the date for the unit's own part and a ledger record; one notice as a receipt. All or nothing.
    Notice 2 of the Measures. Raises ``Refused`` (not yours, a number no longer in force, an unreported
    change of the unit, nothing chosen).
    """
    reasons = rules.is_of_provider(by, unit.pk)
    if not entries and not with_unit:
        reasons.append(Reason("nothing_chosen", _("Choose what you confirm.")))
    changed = upkeep.unreported(unit) if with_unit and not reasons else []
    if changed:
        reasons.append(
            Reason(
                "unit_unreported",
                _("These no longer are as they were filed: %(fields)s. Report the change of the unit instead.")
                % {"fields": "、".join(changed[:6])},
                article="me-15",
            )
        )
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        done = [registry.confirm(entry=entry, by=by, now=now) for entry in sorted(entries, key=lambda row: row.pk)]
        if with_unit:
            profile, _made = ProviderProfile.objects.select_for_update(no_key=True).get_or_create(unit=unit)
            profile.confirmed_at = now
            profile.save(update_fields=["confirmed_at"])
            append(verb="confirm_unit", subject=unit, by=by, now=now, basis=["me-n2", "op-4"])
        serve(
            kind="information_confirmed", side=Side.PROVIDER, to_unit=unit, legal=False, now=now,
            subject=done[0] if done else None,
            params={"count": len(done), "day": local_date(now).isoformat(), "app_name": _names(done) or unit.name},
        )  # fmt: skip
    return done


def remind(*, entry: Entry, by: Actor, now: datetime) -> Entry:
    """The authority reminds a provider of what an entry of its owes: open items, or its confirmation.

    Effects: a notice to the provider (one a day) and a ledger record. Notice 2 and 3 of the Measures.
    Raises ``Refused`` (not your entry, nothing is owed).
    """
    today = local_date(now)

    def rule(actor: Actor, row: Entry) -> Reasons:
        reasons = upkeep.may_oversee(actor, row)
        fresh = freshness.of_entry(row, now)
        if not reasons and not row.open_items and not (fresh is not None and fresh.asked):
            reasons.append(Reason("nothing_owed", _("Nothing is owed for this entry at present.")))
        return reasons

    def effects(row: Entry, _record: object) -> None:
        if row.open_items:
            _serve_open_items(row, now, f"asked:{today.isoformat()}")
            return
        fresh = cast(Freshness, freshness.of_entry(row, now))  # the rule has seen it
        _serve_confirmation(row.unit, [row], fresh, now, f"asked:{today.isoformat()}")

    return perform(
        verb="remind", subject=entry, by=by, now=now, rule=rule, effects=effects, basis=["me-n2", "me-n3"],
        payload={"number": entry.number, "open_items": entry.open_items or []},
    )  # fmt: skip


@dataclass
class Reminded:
    """What one run served."""

    confirmations: int = 0
    open_items: int = 0


def remind_all(*, now: datetime) -> Reminded:
    """Reminds providers of confirmations and open items that are due; safe twice and late.

    Confirmations: once from 30 days before the day, once when it has passed; one notice for all entries of a
    provider that are due on the same day. Open items: when they arise, 30 days before their last day, then
    3 and 1 working days before it, on it, and on the day after. Each of these has a key, so that a second
    run serves nothing; a run that comes late serves the newest moment only.
    """
    done = Reminded()
    _remind_confirmations(now, done)
    _remind_open_items(now, done)
    return done


def _remind_confirmations(now: datetime, done: Reminded) -> None:
    today = local_date(now)
    months = freshness.months(today)
    rows = freshness.due_by(Entry.objects.all(), today + timedelta(days=freshness.ASK_DAYS), today)
    # What was due long ago has been said; without this bound every run would go through all of it.
    bound = calendar.months_before(today - timedelta(days=LATE_DAYS), max(months.values()))
    rows = rows.filter(confirmed_at__gte=start_of_day(bound)).select_related("unit", "authority")
    found: list[tuple[int, date, bool, Entry]] = []
    for entry in rows.defer("search", "verify_json", "public").iterator(chunk_size=500):
        fresh = freshness.of_moment(entry.confirmed_at, freshness.months_of(months, entry.authority.code), now)
        found.append((entry.unit_id, fresh.due_on, fresh.stale, entry))
    found.sort(key=lambda one: (one[0], one[1], one[3].pk))
    for (_unit, due_on, stale), group in groupby(found, key=lambda one: one[:3]):
        entries = [one[3] for one in group]
        fresh = Freshness(local_date(entries[0].confirmed_at), due_on, stale, not stale)
        with transaction.atomic():
            notice = _serve_confirmation(entries[0].unit, entries, fresh, now, "late" if stale else "soon")
        done.confirmations += notice.created_at == now


def _serve_confirmation(unit: Unit, entries: list[Entry], fresh: Freshness, now: datetime, key: str) -> Notice:
    return serve(
        kind="information_stale" if fresh.stale else "information_due",
        side=Side.PROVIDER,
        to_unit=unit,
        subject=entries[0],
        params={"count": len(entries), "due_day": fresh.due_on.isoformat(), "app_name": _names(entries),
                "confirmed": fresh.confirmed_on.isoformat()},
        now=now,
        dedupe=f"confirm:{unit.pk}:{fresh.due_on}:{key}",
    )  # fmt: skip


def _remind_open_items(now: datetime, done: Reminded) -> None:
    today, days = local_date(now), calendar.current()
    rows = upkeep.entries_with_open_items(Entry.objects.filter(state__in=sorted(LIVE_STATES)))
    rows = rows.filter(open_items_until__gte=today - timedelta(days=LATE_DAYS)).select_related("unit")
    for entry in rows.defer("search", "verify_json").iterator(chunk_size=500):
        last = cast(date, entry.open_items_until)  # the query asks for those that have one
        fixed = Clock(due_day=last, started_at=start_of_day(_ALWAYS))
        moments = {str(moment.offset): moment.at for moment in clocks.reminder_moments(fixed, days)}
        moments["opened"] = entry.published_at
        moments["month"] = start_of_day(last - timedelta(days=30))
        due = [(at, key) for key, at in moments.items() if at <= now]
        if due:
            _at, key = max(due)
            with transaction.atomic():
                notice = _serve_open_items(entry, now, key)
            done.open_items += notice.created_at == now


def _serve_open_items(entry: Entry, now: datetime, key: str) -> Notice:
    last = entry.open_items_until
    over = last is not None and now >= end_of_day(last)
    return serve(
        kind="open_items_over" if over else "open_items",
        side=Side.PROVIDER,
        to_unit=entry.unit,
        subject=entry,
        params=_open_params(entry),
        now=now,
        dedupe=f"open_items:{entry.pk}:{last}:{key}",
    )


def _open_params(entry: Entry) -> dict[str, Any]:
    items = entry.open_items or []
    words = {"icp": ("ICP备案", "the ICP filing"), "mlps": ("网络安全等级保护备案", "the MLPS grading filing")}
    return {
        "app_name": entry.app_name,
        "number": entry.number,
        "items": "、".join(words[item][0] for item in items if item in words),
        "items_en": " and ".join(words[item][1] for item in items if item in words),
        "due_day": entry.open_items_until.isoformat() if entry.open_items_until else "",
    }


def _names(entries: Sequence[Entry]) -> str:
    """Names of up to three apps, as a notice's title can hold them."""
    return "、".join(entry.app_name for entry in entries[:3]) + ("…" if len(entries) > 3 else "")
