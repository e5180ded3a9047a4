"""What a provider has to keep up to date: its confirmations, its unit's information, what it still owes.

Reading only; the verbs are in ``providers.domain.upkeep``. Notice of the Measures 2 and 3, Opinions (4).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES, Role
from accounts.models import Unit
from accounts.queries import filing_authority
from ledger.acts import Actor, Reason, Reasons
from providers import schema
from providers.enums import AUTHORITY_STATES, FilingKind, FilingState
from providers.models import App, Filing, FilingVersion, ProviderProfile
from providers.schema import catalogue
from registry import freshness
from registry.enums import LIVE_STATES
from registry.freshness import Freshness
from registry.models import Entry, EntryQuerySet
from rulebook.time import local_date

ITEM_NAMES = {"icp": _("ICP filing"), "mlps": _("graded protection (MLPS)")}


@dataclass
class Owed:
    """An entry of the provider with the freshness of its information and its open items."""

    entry: Entry
    app: App | None
    fresh: Freshness | None
    change: Filing | None = None
    items: list[str] = field(default_factory=list)
    over: bool = False  # the last day for the items has passed

    @property
    def item_names(self) -> list[str]:
        return [str(ITEM_NAMES.get(item, item)) for item in self.items]


@dataclass
class Upkeep:
    """All that one provider has to keep up to date."""

    rows: list[Owed]
    unit: Freshness | None
    unreported: list[str]

    @property
    def to_confirm(self) -> list[Owed]:
        return [row for row in self.rows if row.fresh is not None and row.fresh.asked]

    @property
    def open_items(self) -> list[Owed]:
        return [row for row in self.rows if row.items]

    @property
    def stale(self) -> int:
        return sum(1 for row in self.rows if row.fresh is not None and row.fresh.stale)

    @property
    def earliest(self) -> date | None:
        return min((row.fresh.due_on for row in self.rows if row.fresh is not None), default=None)


def live_entries(unit_id: int) -> EntryQuerySet:
    """The provider's entries that are in force or temporarily offline."""
    return Entry.objects.filter(unit_id=unit_id, state__in=sorted(LIVE_STATES))


def of_unit(unit: Unit, now: datetime) -> Upkeep:
    """What the unit has to keep up to date; a fixed number of queries."""
    today = local_date(now)
    months = freshness.months(today)
    live = live_entries(unit.pk).select_related("authority").defer("search", "verify_json")
    entries = list(live.order_by("app_name", "id"))
    apps = {app.entry_id: app for app in App.objects.filter(unit=unit, entry__in=entries)}
    changes = {
        filing.entry_id: filing
        for filing in Filing.objects.filter(entry__in=entries, kind=FilingKind.CHANGE).open()
    }
    rows = [
        Owed(
            entry, apps.get(entry.pk), freshness.of_entry(entry, now, months), changes.get(entry.pk),
            items=list(entry.open_items or []),
            over=entry.open_items_until is not None and entry.open_items_until < today,
        )
        for entry in entries
    ]  # fmt: skip
    return Upkeep(rows, unit_freshness(unit, now, months), unreported(unit) if entries else [])


def unit_freshness(unit: Unit, now: datetime, months: dict[str, int] | None = None) -> Freshness | None:
    """When the unit's information was last confirmed; None while nothing of it is published.

    It counts as confirmed by its own confirmation, and whenever one of its entries was published, renewed
    or confirmed, for the unit's part stands in each.
    """
    moments = list(live_entries(unit.pk).order_by("-confirmed_at").values_list("confirmed_at", flat=True)[:1])
    if not moments:
        return None
    own = ProviderProfile.objects.filter(unit=unit).values_list("confirmed_at", flat=True).first()
    moments += [own] if own else []
    months = months if months is not None else freshness.months(local_date(now))
    return freshness.of_moment(max(moments), freshness.months_of(months, filing_authority(unit).code), now)


#: said anew with every filing, or set by the portal: no change of the unit
_NOT_COMPARED = frozenset({"name", "uscc", "province"})


def unreported(unit: Unit) -> list[str]:
    """Labels of the unit's fields that now differ from what was last filed, and are not reported yet.

    A change of the unit that lies with the authority counts as reported (Measures Art. 15).
    """
    filed = (
        FilingVersion.objects.filter(filing__unit=unit, filing__state=FilingState.FILED)
        .order_by("-submitted_at", "-pk")
        .values_list("data", flat=True)
        .first()
    )
    present = ProviderProfile.objects.filter(unit=unit).values_list("data", flat=True).first()
    if not filed or not present or Filing.objects.filter(
        unit=unit, kind=FilingKind.UNIT_CHANGE, state__in=AUTHORITY_STATES
    ).exists():  # fmt: skip
        return []
    before = filed.get("unit") or {}
    return [
        str(item.label)
        for _section, item in catalogue.fields("initial")
        if item.part == "unit" and item.name not in _NOT_COMPARED and item.name in before
        and _plain(before.get(item.name)) != _plain(present.get(item.name))
    ]  # fmt: skip


def _plain(value: Any) -> Any:
    """A value as it is compared: a file by its content, an empty one as nothing."""
    if isinstance(value, dict) and "sha256" in value:
        return value["sha256"]
    return None if schema.is_empty(value) else value


def blockers(filing: Filing, now: datetime) -> Reasons:
    """Why a filing of a new app must wait: the provider's information comes first (Opinions, 4).

    Only for providers that have entries in force. The reason leads to where it is put right.
    """
    reasons = Reasons()
    if filing.kind != FilingKind.INITIAL or filing.submitted_at is not None:
        return reasons  # a supplement may correct the unit's part as the notes ask
    fresh = unit_freshness(filing.unit, now)
    if fresh is None:
        return reasons
    if fresh.stale:
        reasons.append(
            Reason(
                "unit_stale",
                _("Before a new app is filed, confirm or update the information of your unit; it was due on %(day)s.")
                % {"day": fresh.due_on.isoformat()},
                article="op-4",
                url=reverse("provider_confirm"),
            )
        )
    changed = unreported(filing.unit)
    if changed:
        reasons.append(
            Reason(
                "unit_unreported",
                _("Before a new app is filed, report the change of your unit: %(fields)s.")
                % {"fields": "、".join(changed[:6])},
                article="op-4",
                url=reverse("provider_start") + "?kind=unit_change",
            )
        )
    return reasons


def overseen(actor: Actor | None) -> EntryQuerySet:
    """Entries whose providers the actor looks after: his authority's; the ministry's reviewers all."""
    if actor is None or actor.unit_id is None or actor.role not in AUTHORITY_ROLES:
        return Entry.objects.none()
    if actor.role == Role.MINISTRY_REVIEWER and actor.unit_code == "moe":
        return Entry.objects.all()
    return Entry.objects.filter(authority_id=actor.unit_id)


def entries_with_open_items(
    entries: EntryQuerySet | None = None, *, due_before: date | None = None, key: str = ""
) -> EntryQuerySet:
    """Entries in force that still lack what a buffer window let come later, those due first.

    ``due_before``: only those whose last day lies before that day, so ``due_before=today`` gives the list of
    those lacking after the deadline, from the day after it on (Measures, notice 3: revocation and circular).
    ``key``: only those that lack this item ("icp" or "mlps"). An item that a submitted change brings stays
    open until that is approved; ``supplied_by_open_change`` tells.
    """
    rows = (entries if entries is not None else Entry.objects.all()).filter(open_items_until__isnull=False)
    if due_before is not None:
        rows = rows.filter(open_items_until__lt=due_before)
    if key:
        rows = rows.filter(open_items__contains=[key])
    return rows.order_by("open_items_until", "id")


def supplied_by_open_change(entries: list[Entry]) -> dict[int, Filing]:
    """Submitted changes by the entry that they are about: what lacks may be in them."""
    filings = Filing.objects.filter(
        entry__in=[entry.pk for entry in entries], kind=FilingKind.CHANGE, state__in=AUTHORITY_STATES
    )
    return {filing.entry_id: filing for filing in filings if filing.entry_id is not None}


def may_oversee(by: Actor, entry: Entry) -> Reasons:
    """The authority with which the app is filed, or the ministry."""
    if by.is_system or (by.role == Role.MINISTRY_REVIEWER and by.unit_code == "moe"):
        return Reasons()
    if by.role in AUTHORITY_ROLES and by.unit_id == entry.authority_id:
        return Reasons()
    message = _("Only the authority that filed this app may do this.")
    return Reasons([Reason("not_your_entry", message, article="me-14")])
