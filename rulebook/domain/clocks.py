"""Clocks: periods that run, and what happens when they run out.

A room above registers its verb for a kind once, in its AppConfig.ready:

    clocks.register("supplement", on_due=lapse_by_clock)               # expires, then the verb
    clocks.register("feedback", on_due=escalate, keep_running=True)    # overdue once, the duty goes on

Locks are always taken clock first, then subject, and never waited for, while verbs of the rooms lock
their subject first and then stop its clocks: so neither can wait for the other in a ring.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q

from rulebook import calendar
from rulebook.arithmetic import PeriodInvalid, WorkingDays, add_months
from rulebook.enums import ClockStatus
from rulebook.models import Clock
from rulebook.time import end_of_day, local_date

log = logging.getLogger(__name__)

BATCH = 200
ERROR_LENGTH = 500

OnDue = Callable[[Clock, datetime], Any]
OnMoved = Callable[[Clock], Any]
Notifier = Callable[[Clock, date, datetime], Any]


class ClockRunning(RuntimeError):
    """The matter already has a running clock of that kind."""


@dataclass(frozen=True)
class Handler:
    """What a kind does: `on_due(clock, now)` when it runs out, `on_moved(clock)` when a calendar moved it."""

    on_due: OnDue | None = None
    on_moved: OnMoved | None = None
    keep_running: bool = False


_handlers: dict[str, Handler] = {}
_notifiers: list[Notifier] = []


def register(
    kind: str, *, on_due: OnDue | None = None, on_moved: OnMoved | None = None, keep_running: bool = False
) -> Handler:
    """Says what a kind does; a second call replaces the first.

    Only kinds with `on_due` are swept: a worker that does not know a kind leaves its clocks alone, so
    that none expires without its verb. With `keep_running` the clock is marked overdue once and goes on
    until it is stopped: a missed feedback is never an approval (Art. 13).
    """
    _handlers[kind] = Handler(on_due, on_moved, keep_running)
    return _handlers[kind]


def on_clock_moved(callback: Notifier) -> Notifier:
    """Registers `callback(clock, previous_due_day, now)` for every clock that an import moves."""
    if callback not in _notifiers:
        _notifiers.append(callback)
    return callback


@contextmanager
def handlers_kept() -> Iterator[None]:
    """Puts the registrations back afterwards; for tests and trials."""
    handlers, notifiers = dict(_handlers), list(_notifiers)
    try:
        yield
    finally:
        _handlers.clear()
        _handlers.update(handlers)
        _notifiers[:] = notifiers


def start(
    *,
    kind: str,
    subject: models.Model,
    started_at: datetime,
    days: int | None = None,
    months: int | None = None,
    authority_code: str = "",
    now: datetime,
) -> Clock:
    """Starts a period of working days or of months. The day of `started_at` in Beijing is day 0.

    Raises ClockRunning where one of that kind runs for the subject, PeriodInvalid for no period or two.
    """
    day0 = local_date(started_at)
    if days is not None and months is None:
        due = calendar.add_working_days(day0, days)
        due_day, provisional, version = due.date, due.provisional, due.calendar_version
    elif months is not None and days is None:
        due_day, provisional, version = add_months(day0, months), False, 0
    else:
        raise PeriodInvalid("A clock needs either working days or months")
    clock = Clock(
        kind=kind,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        authority_code=authority_code,
        started_at=started_at,
        day0=day0,
        days=days,
        months=months,
        due_day=due_day,
        due_at=end_of_day(due_day),
        provisional=provisional,
        calendar_version=version,
        created_at=now,
    )
    try:
        with transaction.atomic():
            clock.save(force_insert=True)
    except IntegrityError as error:
        if "one_running_clock_per_kind" not in str(error):
            raise
        raise ClockRunning(f"A clock “{kind}” already runs for {clock.subject_type}:{subject.pk}") from error
    return clock


def stop(*, subject: models.Model, kind: str | None = None, now: datetime) -> int:
    """Stops the subject's running and paused clocks (of one kind, or all). Returns how many; none is fine."""
    clocks = Clock.objects.about(subject).filter(status__in=[ClockStatus.RUNNING, ClockStatus.PAUSED])
    if kind is not None:
        clocks = clocks.filter(kind=kind)
    return clocks.update(status=ClockStatus.STOPPED, ended_at=now, paused_at=None, remaining=None)


def running(subject: models.Model, kind: str | None = None) -> Any:
    """The subject's running clocks by due day; with a kind that one clock, or None."""
    clocks = Clock.objects.about(subject).running().order_by("due_at", "id")
    return clocks if kind is None else clocks.filter(kind=kind).first()


def pause(*, subject: models.Model, kind: str, now: datetime) -> Clock | None:
    """Holds a running clock, remembering what is left (working days, or days where it runs in months)."""
    with transaction.atomic():
        clock = Clock.objects.about(subject).running().select_for_update().filter(kind=kind).first()
        if clock is None:
            return None
        today = local_date(now)
        left = (
            calendar.working_days_between(today, clock.due_day)
            if clock.days is not None
            else (clock.due_day - today).days
        )
        clock.status, clock.paused_at, clock.remaining = ClockStatus.PAUSED, now, max(0, left)
        clock.save(update_fields=["status", "paused_at", "remaining"])
    return clock


def resume(*, subject: models.Model, kind: str, now: datetime) -> Clock | None:
    """Lets a paused clock run on: what was left is counted from today, as day 0."""
    with transaction.atomic():
        clock = (
            Clock.objects.about(subject)
            .filter(status=ClockStatus.PAUSED, kind=kind)
            .select_for_update()
            .first()
        )
        if clock is None:
            return None
        clock.day0, rest = local_date(now), clock.remaining or 0
        # From here on the clock is one of working days that starts today, so that a later import of a
        # calendar computes the same; a clock of months only moves on by the days that it stood.
        if clock.days is not None:
            due = calendar.add_working_days(clock.day0, rest)
            clock.days, clock.due_day = rest, due.date
            clock.provisional, clock.calendar_version = due.provisional, due.calendar_version
        else:
            clock.due_day = date.fromordinal(clock.day0.toordinal() + rest)
        clock.due_at = end_of_day(clock.due_day)
        clock.status, clock.paused_at, clock.remaining = ClockStatus.RUNNING, None, None
        clock.save()
    return clock


# --- the sweep ---------------------------------------------------------------------------------------


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

    Each in its own transaction: the clock is marked (expired, or overdue where the duty goes on) and its
    kind's verb is called; both stand or fall together. A clock that another worker holds, or whose subject
    somebody is acting on, is passed over and found again by the next sweep. A verb that raises is logged
    and counted; its clock goes to the back of the next sweep and is not tried again in this one.
    `limit` bounds the clocks tried. Clocks that an import left unmoved are recomputed first.
    """
    result = Swept(moved=recompute(now=now).moved)
    kinds = [kind for kind, handler in _handlers.items() if handler.on_due is not None]
    tried: set[int] = set()
    place: tuple[int, datetime, int] | None = None
    while limit is None or len(tried) < limit:
        page = _next_page(kinds, now, place, BATCH if limit is None else min(BATCH, limit - len(tried)))
        if not page:
            break
        place = page[-1]
        for _attempts, _due_at, pk in page:
            if pk not in tried:
                tried.add(pk)
                _take_up(pk, now, result)
    return result


def _next_page(
    kinds: list[str], now: datetime, place: tuple[int, datetime, int] | None, size: int
) -> list[tuple[int, datetime, int]]:
    """Keys of the next due clocks after `place`, without a lock: rows that failed lie behind and stay there."""
    due = Clock.objects.due(now).filter(kind__in=kinds)
    if place is not None:
        attempts, due_at, pk = place
        due = due.filter(
            Q(attempts__gt=attempts)
            | Q(attempts=attempts, due_at__gt=due_at)
            | Q(attempts=attempts, due_at=due_at, id__gt=pk)
        )
    return list(due.order_by("attempts", "due_at", "id").values_list("attempts", "due_at", "id")[:size])


def _take_up(pk: int, now: datetime, result: Swept) -> None:
    """One clock in one transaction."""
    try:
        with transaction.atomic():
            clock = Clock.objects.due(now).select_for_update(skip_locked=True).filter(pk=pk).first()
            if clock is None or not _lock_subject(clock, now):
                result.passed_over += 1
                return
            handler = _handlers[clock.kind]
            if handler.keep_running:
                clock.overdue_at, fields = now, ["overdue_at"]
            else:
                clock.status, clock.ended_at, fields = ClockStatus.EXPIRED, now, ["status", "ended_at"]
            clock.save(update_fields=fields)
            handler.on_due(clock, now)  # type: ignore[misc]  # only kinds with a verb are swept
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


def _lock_subject(clock: Clock, now: datetime) -> bool:
    """Locks the subject's row where nobody holds it. False where somebody does, or where it is gone.

    The clock of a matter that no longer exists is stopped: it would come back with every sweep.
    """
    model = apps.get_model(clock.subject_type)
    rows = model._base_manager.filter(pk=clock.subject_id).order_by()
    if rows.select_for_update(skip_locked=True).values_list("pk", flat=True).first() is not None:
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
            clock = stale.select_for_update(skip_locked=True).first()
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
                handler = _handlers.get(clock.kind)
                if handler is not None and handler.on_moved is not None:
                    handler.on_moved(clock)
                for notify in _notifiers:
                    notify(clock, before, now)
    except Exception:
        log.exception("clock %s: could not be moved to the new calendar", pk)
        result.failed.append(pk)
        return
    if before != due.date:
        result.moved += 1
    else:
        result.restated += 1
