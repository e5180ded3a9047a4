"""An authority's view of the institutions below it: lists of units, how far a campaign is, what a unit still owes.

Everything starts from ``visible_to``. Lists go page by page with the id of the last unit; counting them is the
business of ``users.tally``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery

from accounts.models import Unit
from accounts.querysets import UnitQuerySet
from ledger.acts import Actor
from registry.models import Entry
from rulebook import calendar
from rulebook.arithmetic import WorkingDays
from rulebook.time import end_of_day, local_date, start_of_day
from users import queries
from users.enums import CampaignGoal, Nature, UseState
from users.models import FilingCampaign, SelectionSystem, UnitStanding, UserFiling
from users.schema.choices import PROCUREMENT

#: working days after which something that the unit has begun, or was asked for, counts as overdue. The change and
#: the correction take them from the Measures (Art. 13, 20); for a selection that is not filed "in time" means the same.
GRACE = 10
SIZE = 50
#: what a list of units may be about; the first are shares of all institutions, the rest what waits
LISTS = ("all", "filed", "missing", "no_system", "unnamed", "selected", "returned", "proposed", "target", "late")


def grace_day(now: datetime) -> date:
    """What began before this day is overdue: ``GRACE`` working days ago."""
    return calendar.current().shift(local_date(now), -GRACE)


def _waiting(name: str, now: datetime) -> Q:
    """The filings that put a unit on a list."""
    limit = start_of_day(grace_day(now))
    if name == "selected":
        return ~Q(state=UseState.WITHDRAWN) & Q(submitted_at__isnull=True, created_at__lt=limit)
    if name == "returned":
        return Q(state=UseState.RETURNED, returned_at__lt=limit)
    if name == "proposed":
        return ~Q(state=UseState.WITHDRAWN) & Q(withdrawal_proposed_at__lt=limit)
    if name == "target":
        return Q(state=UseState.SUBMITTED, due_day__lt=local_date(now))
    return Q(late=True)


_SINCE = {
    "selected": "created_at", "returned": "returned_at", "proposed": "withdrawal_proposed_at", "target": "due_at",
    "late": "last_submitted_at",
}  # fmt: skip


def units(
    actor: Actor, node: Unit, name: str, now: datetime, *, q: str = "", kind: str = ""
) -> QuerySet[Unit]:
    """Units below ``node`` that belong on a list, by id, each with its superior and standing.

    Lists of what waits carry ``waiting`` (how many) and ``since`` (the oldest). Units of authorities stand on these
    too: they file their own use.
    """
    seen = Unit.objects.visible_to(actor).filter(path__startswith=node.path)
    found: UnitQuerySet = seen.filter(use_standing__isnull=False).select_related("parent", "use_standing")
    if name in _SINCE:
        # Drafts are counted by unit and never shown: nobody reads another unit's draft.
        filings = UserFiling.objects.filter(_waiting(name, now), unit_id=OuterRef("pk")).order_by().values("unit_id")
        found = found.filter(Exists(filings)).annotate(
            waiting=Subquery(filings.annotate(n=Count("pk")).values("n")),
            since=Subquery(filings.annotate(at=Min(_SINCE[name])).values("at")),
        )
    else:
        found = found.filter(use_standing__counts=True)
    if name == "filed":
        found = found.filter(use_standing__handed_in__gt=0)
    elif name == "missing":
        found = found.filter(use_standing__handed_in=0)
    elif name == "no_system":
        found = found.filter(use_standing__systems=0)
    elif name == "unnamed":
        found = found.filter(use_standing__named=False)
    if kind:
        found = found.filter(kind=kind)
    if q:
        found = found.matching(q, "school_code", "uscc")
    return found.order_by("pk")


def page_of(rows: QuerySet[Unit], after: int, size: int = SIZE) -> tuple[list[Unit], int | None]:
    """A page of a list after the unit with this id, and the id to go on from (None: the end)."""
    found = list(rows.filter(pk__gt=after)[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


# --- campaigns ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """How far a campaign is: ``done`` of ``base``; ``share`` and ``expected`` in per cent of the target.

    ``expected`` is the part of its working days that has gone by. ``warning``: behind by ten points or more, or not
    there within the last ten working days, or over its end.
    """

    done: int
    base: int
    target: int
    share: float
    expected: float
    days_left: int
    state: str  # coming, running, reached, missed, closed
    warning: bool

    @property
    def rate(self) -> float:
        """Done, in per cent of the base."""
        return 100 * self.done / self.base if self.base else 0.0


_GOAL = {
    CampaignGoal.FILED: Q(handed_in__gt=0),
    CampaignGoal.USED: Q(in_use__gt=0),
    CampaignGoal.SYSTEM: Q(systems__gt=0),
    CampaignGoal.NAMED: Q(named=True),
}


def _concerned(campaign: FilingCampaign) -> Q:
    """The institutions that a campaign is about."""
    return Q(counts=True) & (Q(unit__kind__in=campaign.unit_kinds) if campaign.unit_kinds else Q())


def progress_of(
    pairs: Sequence[tuple[FilingCampaign, Unit]], root: Unit, now: datetime
) -> list[Progress]:
    """How far each campaign is below its node; ``root`` lies above all nodes. Two queries, however many there are."""
    sums: dict[str, int] = {}
    units, apps = {}, {}
    for number, (campaign, node) in enumerate(pairs):
        if campaign.goal == CampaignGoal.APPS:
            within = Q(
                published_at__gte=start_of_day(campaign.starts_on), published_at__lt=end_of_day(campaign.ends_on)
            )
            here = Q() if node.code == "moe" else Q(province_code=node.province_code)
            apps[f"done{number}"] = Count("pk", filter=within & here)
        else:
            these = _concerned(campaign) & Q(unit__path__startswith=node.path)
            units[f"base{number}"] = Count("pk", filter=these)
            units[f"done{number}"] = Count("pk", filter=these & _GOAL[CampaignGoal(campaign.goal)])
    if units:
        sums |= UnitStanding.objects.filter(counts=True, unit__path__startswith=root.path).aggregate(**units)
    if apps:
        sums |= Entry.objects.aggregate(**apps)
    days = calendar.current()
    return [
        judged(campaign, sums[f"done{number}"], sums.get(f"base{number}", campaign.target), now, days)
        for number, (campaign, _node) in enumerate(pairs)
    ]


def progress(campaign: FilingCampaign, now: datetime, *, node: Unit | None = None) -> Progress:
    """How far a campaign is, in its whole region or below one authority of it."""
    place = node or campaign.authority
    return progress_of([(campaign, place)], place, now)[0]


def judged(campaign: FilingCampaign, done: int, base: int, now: datetime, days: WorkingDays) -> Progress:
    """The same from numbers that are known, with the calendar in force."""
    today = local_date(now)
    wanted = campaign.target if campaign.goal == CampaignGoal.APPS else base * campaign.target / 100
    share = min(100.0, 100 * done / wanted) if wanted else 100.0
    length = max(1, days.between(campaign.starts_on, campaign.ends_on))
    gone = days.between(campaign.starts_on, min(max(today, campaign.starts_on), campaign.ends_on))
    expected = min(100.0, 100 * gone / length)
    left = days.left(campaign.ends_on, today)
    reached = share >= 100 and bool(wanted)
    if campaign.closed_at:
        state = "closed"
    elif today < campaign.starts_on:
        state = "coming"
    elif reached:
        state = "reached"
    else:
        state = "missed" if today > campaign.ends_on else "running"
    behind = state == "running" and (share < expected - 10 or left <= GRACE)
    return Progress(done, base, campaign.target, share, expected, left, state, behind or state == "missed")


def parts(campaign: FilingCampaign, actor: Actor, node: Unit) -> list[tuple[Unit, int, int]]:
    """(authority, done, base) of each authority directly below ``node``, in two queries.

    The last row is ``node`` itself: the institutions directly under it, where there are any.
    """
    below = Unit.objects.visible_to(actor).filter(parent=node, kind="authority", active=True)
    children = list(below.order_by("code", "pk"))
    if campaign.goal == CampaignGoal.APPS:
        return []
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    inside = UnitStanding.objects.filter(_concerned(campaign), unit__path__startswith=node.path)
    rows = inside.values("place").annotate(
        base=Count("pk"), done=Count("pk", filter=_GOAL[CampaignGoal(campaign.goal)])
    )  # fmt: skip
    for row in rows:
        rest = row["place"].removeprefix(node.path).split("/")[0]
        sums[rest][0] += row["done"]
        sums[rest][1] += row["base"]
    found = [(child, *sums.pop(str(child.pk), [0, 0])) for child in children]
    done, base = (sum(row[place] for row in sums.values()) for place in (0, 1))
    return [*found, (node, done, base)] if base else found  # type: ignore[list-item]


# --- one unit ----------------------------------------------------------------------------------------


@dataclass
class Sheet:
    """How an institution carries its responsibility (Opinions, item 14): what is there, what is missing.

    ``uses`` are what the reader may see, live ones first. ``overlaps`` are functions that more than one app in use
    serves (Opinions, item 12). ``undecided`` are required uses without a recorded collective decision.
    """

    unit: Unit
    system: SelectionSystem | None
    systems: int
    uses: list[UserFiling] = field(default_factory=list)
    ended: list[UserFiling] = field(default_factory=list)
    selected: int = 0
    selected_since: datetime | None = None
    overdue: list[tuple[str, UserFiling | None, date]] = field(default_factory=list)
    overlaps: list[tuple[str, list[UserFiling]]] = field(default_factory=list)

    @property
    def named(self) -> bool:
        return bool(self.unit.functional_department and self.unit.responsible_persons)

    @property
    def in_use(self) -> list[UserFiling]:
        return [filing for filing in self.uses if filing.confirmed_version]

    @property
    def handed_in(self) -> list[UserFiling]:
        return [filing for filing in self.uses if filing.submitted_at]

    @property
    def undecided(self) -> list[UserFiling]:
        return [filing for filing in self.uses if filing.nature == Nature.REQUIRED and not filing.decision_on]


def procured(filings: Iterable[UserFiling]) -> list[tuple[str, int]]:
    """(mode, how many) of the uses of others' apps, in the order of the form; "" counts those that say nothing."""
    found: dict[str, int] = defaultdict(int)
    for filing in filings:
        if not filing.self_use:
            code = getattr(filing, "procurement", None)
            found[code if isinstance(code, str) else ""] += 1
    order = [*dict(PROCUREMENT), ""]
    return sorted(found.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))


def sheet_of(unit: Unit, actor: Actor, now: datetime) -> Sheet:
    """The compliance sheet of a unit, as far as ``actor`` may see; four queries however many uses."""
    systems = list(SelectionSystem.objects.visible_to(actor).filter(unit=unit).order_by("-number"))
    filings = list(
        UserFiling.objects.visible_to(actor)
        .filter(unit=unit)
        .exclude(submitted_at=None)
        .annotate(procurement=queries.procurement_of(actor=actor))
        .select_related("entry", "authority")
        .order_by("app_name", "pk")[:500]
    )
    drafts = UserFiling.objects.filter(unit=unit, submitted_at=None).exclude(state=UseState.WITHDRAWN)
    counted = drafts.aggregate(n=Count("pk"), since=Min("created_at"))
    sheet = Sheet(unit, systems[0] if systems else None, len(systems))
    sheet.uses = [filing for filing in filings if filing.state != UseState.WITHDRAWN]
    sheet.ended = [filing for filing in filings if filing.state == UseState.WITHDRAWN]
    sheet.selected, sheet.selected_since = counted["n"], counted["since"]
    sheet.overdue = list(_overdue(sheet, now))
    sheet.overlaps = overlaps(sheet.in_use)
    return sheet


def _overdue(sheet: Sheet, now: datetime) -> Iterable[tuple[str, UserFiling | None, date]]:
    """(what, filing, since when) of everything that the unit owes for more than ``GRACE`` working days."""
    limit = grace_day(now)
    if sheet.selected_since and local_date(sheet.selected_since) < limit:
        yield "selected", None, local_date(sheet.selected_since)
    for filing in sheet.uses:
        if filing.state == UseState.RETURNED and filing.returned_at and local_date(filing.returned_at) < limit:
            yield "returned", filing, local_date(filing.returned_at)
        at = filing.withdrawal_proposed_at
        if at and local_date(at) < limit:
            yield "proposed", filing, local_date(at)
        if filing.late:
            yield "late", filing, filing.changed_on or local_date(filing.last_submitted_at or filing.created_at)


def overlaps(filings: Iterable[UserFiling]) -> list[tuple[str, list[UserFiling]]]:
    """Functions that several of these uses serve for the same stage, with the uses; most first."""
    by: dict[str, list[UserFiling]] = defaultdict(list)
    for filing in filings:
        for function in dict.fromkeys(filing.functions):
            by[function].append(filing)
    several = [(function, rows) for function, rows in by.items() if len(rows) > 1 and _share_a_stage(rows)]
    return sorted(several, key=lambda item: (-len(item[1]), item[0]))


def _share_a_stage(rows: list[UserFiling]) -> bool:
    stages = [set(row.stages) for row in rows]
    return any(not one or not two or one & two for at, one in enumerate(stages) for two in stages[at + 1 :])


def entries_of(counted: list[tuple[int, int]]) -> list[tuple[Entry, Any]]:
    """The entries of ``tally.top_apps`` with their counts, in its order; one query."""
    rows = Entry.objects.in_bulk([pk for pk, _n in counted])
    return [(rows[pk], n) for pk, n in counted if pk in rows]
