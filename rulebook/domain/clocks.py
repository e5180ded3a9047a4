"""Clocks: periods that run, and what happens when they run out.

A room above registers its verb for a kind once, in its AppConfig.ready:

    clocks.register("supplement", on_due=lapse_by_clock)               # expires, then the verb
    clocks.register("feedback", on_due=escalate, keep_running=True)    # overdue once, the duty goes on
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, models, transaction

from rulebook import calendar
from rulebook.arithmetic import PeriodInvalid, add_months
from rulebook.enums import ClockStatus
from rulebook.models import Clock
from rulebook.time import end_of_day, local_date

OnDue = Callable[[Clock, datetime], Any]
OnDueMany = Callable[[list[Clock], datetime], Any]
OnMoved = Callable[[Clock], Any]
Notifier = Callable[[Clock, date, datetime], Any]


class ClockRunning(RuntimeError):
    """The matter already has a running clock of that kind."""


@dataclass(frozen=True)
class Handler:
    """What a kind does: `on_due(clock, now)` when it runs out, `on_moved(clock)` when a calendar moved it.

    `on_due_many(clocks, now)` does the same for many at once, all or nothing: see `register`.
    """

    on_due: OnDue | None = None
    on_moved: OnMoved | None = None
    keep_running: bool = False
    on_due_many: OnDueMany | None = None


_handlers: dict[str, Handler] = {}
_notifiers: list[Notifier] = []


def register(
    kind: str,
    *,
    on_due: OnDue | None = None,
    on_moved: OnMoved | None = None,
    keep_running: bool = False,
    on_due_many: OnDueMany | None = None,
) -> Handler:
    """Says what a kind does; a second call replaces the first.

    Only kinds with `on_due` are swept: a worker that does not know a kind leaves its clocks alone, so
    that none expires without its verb. With `keep_running` the clock is marked overdue once and goes on
    until it is stopped: a missed feedback is never an approval (Art. 13).

    `on_due_many` spares a busy sweep its round trips. It gets clocks whose subjects are locked, and runs
    in one transaction with their marks. What it raises takes the whole batch back; each of its clocks is
    then taken up alone, through `on_due`, so that one that cannot be done holds up no other.
    """
    _handlers[kind] = Handler(on_due, on_moved, keep_running, on_due_many)
    return _handlers[kind]


def on_clock_moved(callback: Notifier) -> Notifier:
    """Registers `callback(clock, previous_due_day, now)` for every clock that an import moves."""
    if callback not in _notifiers:
        _notifiers.append(callback)
    return callback


def handlers() -> Mapping[str, Handler]:
    """What is registered, by kind."""
    return _handlers


def notifiers() -> Sequence[Notifier]:
    """Who is told of moved clocks."""
    return _notifiers


@contextmanager
def handlers_kept() -> Iterator[None]:
    """Puts the registrations back afterwards; for tests and trials."""
    kinds, told = dict(_handlers), list(_notifiers)
    try:
        yield
    finally:
        _handlers.clear()
        _handlers.update(kinds)
        _notifiers[:] = told


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
    with connection.cursor() as cursor:  # every decision stops clocks: worth a statement made once
        cursor.execute(
            "UPDATE rulebook_clock SET status = %s, ended_at = %s, paused_at = NULL, remaining = NULL"
            " WHERE subject_type = %s AND subject_id = %s AND status IN (%s, %s) AND (%s::text IS NULL OR kind = %s)",
            [
                ClockStatus.STOPPED, now, subject._meta.label_lower, subject.pk,
                ClockStatus.RUNNING, ClockStatus.PAUSED, kind, kind,
            ],
        )  # fmt: skip
        return cursor.rowcount


def running(subject: models.Model, kind: str | None = None) -> Any:
    """The subject's running clocks by due day; with a kind that one clock, or None."""
    clocks = Clock.objects.about(subject).running().order_by("due_at", "id")
    return clocks if kind is None else clocks.filter(kind=kind).first()


def pause(*, subject: models.Model, kind: str, now: datetime) -> Clock | None:
    """Holds a running clock, remembering what is left (working days, or days where it runs in months)."""
    with transaction.atomic():
        clock = Clock.objects.about(subject).running().select_for_update(no_key=True).filter(kind=kind).first()
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
            .select_for_update(no_key=True)
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
