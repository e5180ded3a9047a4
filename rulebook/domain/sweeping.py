"""The sweep that takes up what has run out, and the recomputing under a new calendar.

Locks are taken clock first, then subject, and never waited for, while the verbs of the rooms lock their
subject first and then stop its clocks: so neither can wait for the other in a ring.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import groupby

from django.apps import apps
from django.db import connection, transaction
from django.db.models import F, Q

from rulebook import calendar
from rulebook.arithmetic import WorkingDays
from rulebook.domain import clocks
from rulebook.enums import ClockStatus
from rulebook.models import Clock
from rulebook.time import end_of_day

log = logging.getLogger(__name__)

BATCH = 200
TOGETHER = 50  # clocks in one transaction, where their kind can
ERROR_LENGTH = 500

Place = tuple[int, datetime, int]


@dataclass
class Swept:
    """What one sweep did. `failed` holds the ids of clocks whose verb raised; they are tried next time."""

    expired: int = 0
    overdue: int = 0
    passed_over: int = 0
    failed: list[int] = field(default_factory=list)
    moved: int = 0

    @property
    def done(self) -> int:
        return self.expired + self.overdue


def sweep(*, now: datetime, limit: int | None = None) -> Swept:
    """Takes up every clock that has run out at `now`, however late.

    The clock is marked (expired, or overdue where the duty goes on) and its kind's verb is called; both
    stand or fall together, in a transaction of their own. Kinds that can (`on_due_many`) share one between
    up to `TOGETHER` clocks: a sweep that is killed leaves all of these undone and none half done, and where
    one of them cannot be done each is tried again alone. A clock that another worker holds, or whose subject
    somebody is acting on, is passed over and found again by the next sweep. A verb that raises is logged
    and counted; its clock goes to the back of the next sweep and is not tried again in this one.
    `limit` bounds the clocks tried. Clocks that an import left unmoved are recomputed first.
    """
    result = Swept(moved=recompute(now=now).moved)
    kinds = [kind for kind, handler in clocks.handlers().items() if handler.on_due is not None]
    tried: set[int] = set()
    place: Place | None = None
    while limit is None or len(tried) < limit:
        page = _next_page(kinds, now, place, BATCH if limit is None else min(BATCH, limit - len(tried)))
        if not page:
            break
        place = page[-1][:3]
        fresh = [(pk, kind, subject_type) for _tries, _due, pk, kind, subject_type in page if pk not in tried]
        tried.update(pk for pk, _kind, _type in fresh)
        for (kind, subject_type), rows in groupby(fresh, key=lambda row: row[1:]):
            keys = [pk for pk, _kind, _type in rows]
            if clocks.handlers()[kind].on_due_many is None:
                for pk in keys:
                    _take_up(pk, kind, subject_type, now, result)
            else:
                for start in range(0, len(keys), TOGETHER):
                    _take_up_many(keys[start : start + TOGETHER], kind, subject_type, now, result)
    return result


def _next_page(
    kinds: list[str], now: datetime, place: Place | None, size: int
) -> list[tuple[int, datetime, int, str, str]]:
    """The next due clocks after `place`, without a lock: rows that failed lie behind and stay there."""
    due = Clock.objects.due(now).filter(kind__in=kinds)
    if place is not None:
        attempts, due_at, pk = place
        due = due.filter(
            Q(attempts__gt=attempts)
            | Q(attempts=attempts, due_at__gt=due_at)
            | Q(attempts=attempts, due_at=due_at, id__gt=pk)
        )
    rows = due.order_by("attempts", "due_at", "id")
    return list(rows.values_list("attempts", "due_at", "id", "kind", "subject_type")[:size])


def _take_up_many(keys: list[int], kind: str, subject_type: str, now: datetime, result: Swept) -> None:
    """Clocks of one kind in one transaction; where anything fails, each in one of its own."""
    handler = clocks.handlers()[kind]
    try:
        with transaction.atomic():
            claimed = _claim(keys, subject_type, now, keep_running=handler.keep_running)
            if claimed:
                handler.on_due_many(claimed, now)  # type: ignore[misc]
    except Exception:
        log.info("%s clocks “%s” could not be taken up together", len(keys), kind, exc_info=True)
        for pk in keys:
            _take_up(pk, kind, subject_type, now, result)
        return
    if handler.keep_running:
        result.overdue += len(claimed)
    else:
        result.expired += len(claimed)
    for pk in sorted(set(keys) - {clock.pk for clock in claimed}):
        result.passed_over += 1
        with transaction.atomic():
            _stop_if_gone(pk, now)


def _take_up(pk: int, kind: str, subject_type: str, now: datetime, result: Swept) -> None:
    """One clock in one transaction."""
    handler = clocks.handlers()[kind]
    try:
        with transaction.atomic():
            claimed = _claim([pk], subject_type, now, keep_running=handler.keep_running)
            if not claimed:
                result.passed_over += 1
                _stop_if_gone(pk, now)
                return
            handler.on_due(claimed[0], now)  # type: ignore[misc]  # only kinds with a verb are swept
    except Exception as error:
        log.exception("clock %s: its verb failed", pk)
        result.failed.append(pk)
        Clock.objects.filter(pk=pk).update(
            attempts=F("attempts") + 1, last_error=f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
        )
        return
    if handler.keep_running:
        result.overdue += 1
    else:
        result.expired += 1


_COLUMNS = [column.attname for column in Clock._meta.concrete_fields]


@cache
def _claim_sql(subject_type: str, keep_running: bool) -> str:
    """One statement that locks clocks with their subjects where both are free, marks and returns them."""
    quote = connection.ops.quote_name
    subject = apps.get_model(subject_type)._meta
    table, key = quote(subject.db_table), quote(subject.pk.column)  # type: ignore[union-attr]
    mark = "overdue_at = %(now)s" if keep_running else "status = 'expired', ended_at = %(now)s"
    columns = ", ".join(f"clock.{quote(name)}" for name in _COLUMNS)
    # All names come from the models, all values are parameters.
    return f"""
        WITH due AS (
            SELECT id, subject_id FROM rulebook_clock
            WHERE id = ANY(%(keys)s) AND status = 'running' AND overdue_at IS NULL AND due_at <= %(now)s
            ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
        ), subject AS (
            SELECT {key} AS id FROM {table} WHERE {key} IN (SELECT subject_id FROM due)
            ORDER BY {key} FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE rulebook_clock AS clock SET {mark}
        FROM due JOIN subject ON subject.id = due.subject_id WHERE clock.id = due.id
        RETURNING {columns}
    """  # noqa: S608


def _claim(keys: list[int], subject_type: str, now: datetime, *, keep_running: bool) -> list[Clock]:
    """The clocks, marked and locked together with their subjects; not those that somebody else has."""
    with connection.cursor() as cursor:
        cursor.execute(_claim_sql(subject_type, keep_running), {"keys": keys, "now": now})
        found = cursor.fetchall()
    return sorted((Clock.from_db(connection.alias, _COLUMNS, row) for row in found), key=lambda clock: clock.pk)


def _stop_if_gone(pk: int, now: datetime) -> None:
    """Stops the clock of a matter that no longer exists: it would come back with every sweep."""
    clock = Clock.objects.running().select_for_update(skip_locked=True, no_key=True).filter(pk=pk).first()
    if clock is not None:
        _lock_subject(clock, now)


def _lock_subject(clock: Clock, now: datetime) -> bool:
    """Locks the subject's row where nobody holds it. False where somebody does, or where it is gone."""
    model = apps.get_model(clock.subject_type)
    rows = model._base_manager.filter(pk=clock.subject_id).order_by()
    if rows.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True).first() is not None:
        return True
    if not rows.exists():
        log.warning("clock %s ran for %s:%s, which is gone", clock.pk, clock.subject_type, clock.subject_id)
        clock.status, clock.ended_at = ClockStatus.STOPPED, now
        clock.save(update_fields=["status", "ended_at"])
    return False


# --- a new calendar ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """A running clock and what a calendar makes of it."""

    clock: Clock
    before: date
    after: date
    provisional_before: bool
    provisional_after: bool

    @property
    def moves(self) -> bool:
        return self.before != self.after


@dataclass
class Recomputed:
    """Clocks looked at, those whose last day moved, those only confirmed or unsettled, and failures."""

    checked: int = 0
    moved: int = 0
    restated: int = 0
    failed: list[int] = field(default_factory=list)


def _move(clock: Clock, days: WorkingDays) -> Move | None:
    """How the clock stands under that calendar; None where nothing changes that anybody sees."""
    due = days.add(clock.day0, clock.days or 0)
    if due.date == clock.due_day and due.provisional == clock.provisional:
        return None
    return Move(clock, clock.due_day, due.date, clock.provisional, due.provisional)


def moves(days: WorkingDays) -> list[Move]:
    """The running clocks of working days that another calendar would change, by due day. Changes nothing."""
    found = (
        _move(clock, days)
        for clock in Clock.objects.running().filter(days__isnull=False).order_by("due_at", "id").iterator()
    )
    return [move for move in found if move is not None]


def recompute(*, now: datetime) -> Recomputed:
    """Brings every running clock to the calendar in force; costs one query where all are.

    A clock that stays as it is only gets the new version. One that changes is saved in a transaction of
    its own, with `on_moved` of its kind and the moved-notifiers where the last day is another one. A clock
    whose new end lies ahead is overdue no more. What fails is logged and left for the next sweep.
    """
    result = Recomputed()
    days = calendar.current()
    last = 0
    while True:
        page = list(
            Clock.objects.running()
            # "lt": a worker that still holds the older calendar must not move a clock back to it.
            .filter(days__isnull=False, id__gt=last, calendar_version__lt=days.version)
            .order_by("id")[:BATCH]
        )
        if not page:
            return result
        last = page[-1].pk
        result.checked += len(page)
        changed = [clock for clock in page if _move(clock, days) is not None]
        kept = {clock.pk for clock in page} - {clock.pk for clock in changed}
        Clock.objects.filter(pk__in=kept, calendar_version__lt=days.version).update(
            calendar_version=days.version
        )
        for clock in changed:
            _recompute_one(clock.pk, days, now, result)


def _recompute_one(pk: int, days: WorkingDays, now: datetime, result: Recomputed) -> None:
    """Moves one clock, in its own transaction, and tells those concerned."""
    try:
        with transaction.atomic():
            stale = Clock.objects.running().filter(pk=pk, calendar_version__lt=days.version)
            clock = stale.select_for_update(skip_locked=True, no_key=True).first()
            if clock is None or not _lock_subject(clock, now):
                return
            due = days.add(clock.day0, clock.days or 0)
            before = clock.due_day
            clock.due_day, clock.due_at = due.date, end_of_day(due.date)
            clock.provisional, clock.calendar_version = due.provisional, due.calendar_version
            if clock.due_at > now:
                clock.overdue_at = None
            clock.save()
            if before != due.date:
                handler = clocks.handlers().get(clock.kind)
                if handler is not None and handler.on_moved is not None:
                    handler.on_moved(clock)
                for notify in clocks.notifiers():
                    notify(clock, before, now)
    except Exception:
        log.exception("clock %s: could not be moved to the new calendar", pk)
        result.failed.append(pk)
        return
    if before != due.date:
        result.moved += 1
    else:
        result.restated += 1
