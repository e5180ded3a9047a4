"""Indicators of the authorities directly below one, of what lies directly under it, and of all together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q

from accounts.enums import Level, UnitKind
from accounts.models import Unit
from blacklist.models import Listing
from registry.enums import EntryState, EventKind
from registry.models import Entry, EntryEvent
from review.models import Decision
from rulebook.enums import ClockKind
from rulebook.models import Clock
from rulebook.time import local_date
from supervision.enums import OPEN_TASKS, OrderState
from supervision.indicators.definitions import REGION
from supervision.indicators.table import Line, Period, Table
from supervision.models import Complaint, RectificationOrder, WorkTask
from users import overview, tally
from users.models import FilingCampaign

#: events of the period, by the column they count in
_EVENTS = {
    "published": EventKind.PUBLISHED, "changed": EventKind.CHANGED, "revoked": EventKind.REVOKED,
    "cancelled": EventKind.CANCELLED,
}  # fmt: skip
#: the state that an event leaves an entry in
_LEAVES = {
    EventKind.PUBLISHED: EntryState.PUBLISHED, EventKind.RECTIFICATION: EntryState.RECTIFYING,
    EventKind.CLEARED: EntryState.PUBLISHED, EventKind.OFFLINE: EntryState.OFFLINE,
    EventKind.RESUMED: EntryState.PUBLISHED, EventKind.REVOKED: EntryState.REVOKED,
    EventKind.CANCELLED: EntryState.CANCELLED,
}  # fmt: skip
_TARGETS = (ClockKind.ACCEPTANCE, ClockKind.COMPLAINT)
_FILES_WITH = (Level.MINISTRY, Level.PROVINCE)
MOST_CAMPAIGNS = 200


def by_region(*, node: Unit, period: Period, now: datetime) -> Table:
    """The table of an authority's region: a line for each authority below, the rest, and all together.

    Figures of filings, feedback, complaints and orders belong to the authority with which providers file, so
    they stand with the ministry and the provinces alone. A constant number of queries.
    """
    children = list(
        Unit.objects.filter(parent=node, kind=UnitKind.AUTHORITY, active=True).order_by("code", "pk")
    )  # fmt: skip
    lines = [Line(child, files=child.level in _FILES_WITH) for child in children]
    own = Line(node, kind="rest", files=node.level in _FILES_WITH)
    every = [*lines, own]
    filing = {line.unit.pk: line for line in every if line.files}
    if filing:
        _entries(filing, period, now)
        _feedback(filing, period, now)
        _complaints(filing, period, now)
        _orders(filing, period)
    _use(node, lines, own, now)
    _campaigns(node, every, period, now)
    total = Line(node, kind="total", files=bool(filing))
    for line in every:
        for key, number in line.counts.items():
            total.add(key, number)
    shown = [*lines, own] if not lines or any(own.counts.values()) else lines
    return Table(node, period, REGION, [*shown, total], now)


def _put(lines: dict[int, Line], key: str, pairs: Iterable[tuple[Any, ...]]) -> None:
    for authority, number in pairs:
        lines[authority].add(key, number)


def _counted(rows: Any, path: str = "authority_id") -> Any:
    return rows.order_by().values_list(path).annotate(Count("pk"))


def _entries(lines: dict[int, Line], period: Period, now: datetime) -> None:
    """How entries stand at the end of the period, and what happened to them within it."""
    for authority, state, number in _states(list(lines), period, now):
        line = lines[authority]
        if state in (EntryState.PUBLISHED, EntryState.RECTIFYING):
            line.add("in_force", number)
        if state in (EntryState.RECTIFYING, EntryState.OFFLINE):
            line.add(str(EntryState(state).value), number)
    events = EntryEvent.objects.filter(
        at__gte=period.since, at__lt=period.until, kind__in=list(_EVENTS.values()), entry__authority_id__in=list(lines)
    )
    columns = {kind: column for column, kind in _EVENTS.items()}
    counted = events.order_by().values_list("entry__authority_id", "kind").annotate(Count("pk"))
    for authority, kind, number in counted:
        lines[authority].add(columns[EventKind(kind)], number)


def _states(authorities: list[int], period: Period, now: datetime) -> Sequence[tuple[int, str, int]]:
    """(authority, state, entries) now; for a day that is over, as the last event before its end left them."""
    if period.until > now:
        rows = Entry.objects.filter(authority_id__in=authorities).order_by()
        return list(rows.values_list("authority_id", "state").annotate(Count("pk")))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT authority_id, kind, count(*) FROM ("
            " SELECT DISTINCT ON (v.entry_id) e.authority_id, v.kind FROM registry_entryevent v"
            "  JOIN registry_entry e ON e.id = v.entry_id"
            "  WHERE e.authority_id = ANY(%s) AND v.at < %s AND v.kind = ANY(%s)"
            "  ORDER BY v.entry_id, v.at DESC, v.id DESC) last GROUP BY 1, 2",
            [authorities, period.until, [str(kind.value) for kind in _LEAVES]],
        )
        return [(authority, _LEAVES[EventKind(kind)], number) for authority, kind, number in cursor.fetchall()]


def _feedback(lines: dict[int, Line], period: Period, now: datetime) -> None:
    """Decisions of the authority itself within the period; what was overdue at its end."""
    decisions = Decision.objects.filter(
        decided_at__gte=period.since, decided_at__lt=period.until, unit_id__in=list(lines),
        filing__authority_id=F("unit_id"),
    )  # fmt: skip
    counted = decisions.order_by().values_list("unit_id").annotate(
        made=Count("pk"), kept=Count("pk", filter=Q(on_time=True))
    )  # fmt: skip
    for authority, decided, on_time in counted:
        for key, number in (("decided", decided), ("on_time", on_time), ("feedback_owed", decided)):
            lines[authority].add(key, number)
    for line, number in _clocks(lines, [ClockKind.FEEDBACK], Q(due_at__lte=min(period.until, now)), _not_ended(period)):
        line.add("feedback_overdue", number)
        line.add("feedback_owed", number)


def _not_ended(period: Period) -> Q:
    return Q(ended_at__isnull=True) | Q(ended_at__gte=period.until)


def _clocks(lines: dict[int, Line], kinds: Sequence[str], *conditions: Q) -> list[tuple[Line, int]]:
    """Clocks of the authorities by their key."""
    by_code = {line.unit.code: line for line in lines.values()}
    rows = Clock.objects.filter(*conditions, authority_code__in=list(by_code), kind__in=[str(kind) for kind in kinds])
    return [(by_code[code], number) for code, number in _counted(rows, "authority_code")]


def _complaints(lines: dict[int, Line], period: Period, now: datetime) -> None:
    rows = Complaint.objects.filter(authority_id__in=list(lines), received_at__lt=period.until)
    _put(lines, "complaints", _counted(rows.filter(received_at__gte=period.since)))
    _put(lines, "complaints_closed", _counted(rows.filter(closed_at__gte=period.since, closed_at__lt=period.until)))
    _put(
        lines, "complaints_open",
        _counted(rows.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=period.until))),
    )  # fmt: skip
    due = Q(due_at__gt=period.since, due_at__lte=min(period.until, now))
    for line, number in _clocks(lines, _TARGETS, due):
        line.add("complaint_targets", number)
    for line, number in _clocks(lines, _TARGETS, due, Q(ended_at__lt=F("due_at"))):
        line.add("complaint_targets_met", number)


def _orders(lines: dict[int, Line], period: Period) -> None:
    rows = RectificationOrder.objects.filter(authority_id__in=list(lines), issued_at__lt=period.until)
    _put(lines, "orders", _counted(rows.filter(issued_at__gte=period.since)))
    cleared = Q(state=OrderState.CLEARED, closed_at__gte=period.since, closed_at__lt=period.until)
    _put(lines, "orders_cleared", _counted(rows.filter(cleared)))
    over = Q(overdue_at__lte=period.until) & (Q(closed_at__isnull=True) | Q(closed_at__gte=period.until))
    _put(lines, "orders_overdue", _counted(rows.filter(over)))
    listings = Listing.objects.filter(
        authority_id__in=list(lines), listed_at__gte=period.since, listed_at__lt=period.until
    )
    _put(lines, "listings", _counted(listings))


def _use(node: Unit, lines: list[Line], own: Line, now: datetime) -> None:
    """From the totals that are kept (``users.tally``); what the parts do not have lies directly under the node."""
    facets = ("units", "use", "due", "returned")
    whole = tally.counts(node, facets)
    each = tally.of_each([line.unit.pk for line in lines], facets)
    grace, today = overview.grace_day(now), local_date(now)
    pairs = [(line, each[line.unit.pk]) for line in lines]
    for line, counts in [*pairs, (own, whole.minus(each.values()))]:
        for key, number in (
            ("institutions", counts.institutions), ("filed", counts.filed), ("missing", counts.missing),
            ("in_use", counts.in_use), ("no_system", counts.no_system),
            ("use_overdue", counts.before("returned", grace)), ("target_missed", counts.before("due", today)),
        ):  # fmt: skip
            line.add(key, number)


def _line_of(path: str, node: Unit, lines: dict[int, Line], own: Line) -> Line:
    """The line that a unit's path belongs to."""
    head = path.removeprefix(node.path).split("/")[0] if path.startswith(node.path) else ""
    return lines.get(int(head), own) if head.isdecimal() else own


def _campaigns(node: Unit, every: list[Line], period: Period, now: datetime) -> None:
    """Filing campaigns and overdue tasks, with the part of the region whose authority they are of."""
    by_id = {line.unit.pk: line for line in every[:-1]}
    own = every[-1]
    rows = FilingCampaign.objects.filter(
        authority__path__startswith=node.path, starts_on__lte=period.last_day, ends_on__gte=period.first_day
    ).select_related("authority")
    found = list(rows.order_by("-ends_on", "-pk")[:MOST_CAMPAIGNS])
    progress = overview.progress_of([(row, row.authority) for row in found], node, now) if found else []
    for row, one in zip(found, progress, strict=True):
        line = _line_of(row.authority.path, node, by_id, own)
        line.add("campaigns", 1)
        line.add("campaigns_reached", int(one.share >= 100))
    tasks = WorkTask.objects.filter(
        responsible__path__startswith=node.path, state__in=OPEN_TASKS, due_day__lt=local_date(now)
    )
    for path, number in tasks.order_by().values_list("responsible__path").annotate(Count("pk")):
        _line_of(path, node, by_id, own).add("tasks_overdue", number)
