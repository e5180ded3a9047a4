"""Everybody who uses an app learns what befell its entry: one job per act on the entry, worked off in batches.

The job's row is written in the transaction of the act, so none is forgotten. The work goes by id in batches;
a batch is one transaction in which each use goes through its verb, so that a worker that is killed loses a
batch and repeats it. ``last_sweep`` on the use says that it was marked: nothing is done twice or left out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from ledger.acts import Actor
from registry.models import Entry
from users.domain import effects
from users.enums import CHECKED_FIELDS, LIVE_STATES, SUSPENDABLE_STATES, Cause, SweepMove, UseState
from users.models import UserFiling, UseSweep

log = logging.getLogger(__name__)

BATCH = 200
MOST_ATTEMPTS = 20  # runs in which nothing but failures was left, before a job is closed; its row counts them
SHARED_FROM = 2_000  # from so many uses on, two workers share a job
_CAUSES = {SweepMove.OFFLINE: Cause.OFFLINE, SweepMove.REVOKE: Cause.REVOKED, SweepMove.CANCEL: Cause.CANCELLED}

_worker: list[Any] = []


def worked_off_by(task: Any) -> None:
    """Names the task that works jobs off; the tasks of this room call it, since they import the verbs."""
    _worker[:] = [task]


def entry_moved(entry: Entry, verb: str, by: Actor, now: datetime) -> None:
    """Called by the registry inside the act on an entry: writes the job where anybody uses the app.

    Effects: the job's row; on commit the task on the queue ``bulk``. Acts that change nothing for users
    (a rectification order, its end) write none.
    """
    if verb in SweepMove.values:
        _write(entry, verb, entry.status_public_text or entry.status_reason, now)


def entry_renewed(entry: Entry, fields: Sequence[str], now: datetime) -> None:
    """Called by the registry inside the act that renews an entry: writes the job where it concerns its users.

    ``fields`` are the public fields that changed. Effects: as ``entry_moved``; for changes that mean nothing to
    those who use the app (a new version, another telephone) none.
    """
    found = sorted(set(fields) & set(CHECKED_FIELDS))
    if found:
        _write(entry, SweepMove.RENEW, " ".join(found), now)


def _write(entry: Entry, move: str, text: str, now: datetime) -> None:
    total = _concerned(entry.pk).count()
    if not total:
        return
    sweep = UseSweep.objects.create(entry=entry, move=move, text=text, total=total, moved_at=now)
    transaction.on_commit(lambda: _nudge(sweep.pk, 2 if total >= SHARED_FROM else 1), robust=True)


def entries_in_use(entry_ids: Sequence[int]) -> set[int]:
    """Which of these entries anybody uses; one query for a whole batch of a campaign."""
    live = UserFiling.objects.filter(entry_id__in=entry_ids, state__in=LIVE_STATES)
    return {pk for pk in live.order_by().values_list("entry_id", flat=True).distinct() if pk is not None}


def _nudge(pk: int, workers: int) -> None:
    """Asks a worker, or two; where the broker is away, beat finds the job within a minute."""
    try:
        for task in _worker * workers:
            task.apply_async(args=[pk], retry=False)
    except Exception:
        log.warning("could not queue sweep %s; the next beat will find it", pk, exc_info=True)


def _concerned(entry_id: int) -> QuerySet[UserFiling]:
    return UserFiling.objects.filter(entry_id=entry_id, state__in=LIVE_STATES)


@dataclass
class Marked:
    """What one run did."""

    done: int = 0
    failed: set[int] = field(default_factory=set)
    error: str = ""
    finished: bool = False


def open_sweeps(upto: int | None = None) -> list[UseSweep]:
    """The jobs that are not finished, the oldest first; with ``upto`` that one, after older ones of its entry."""
    jobs = UseSweep.objects.filter(finished_at=None).order_by("pk")
    if upto is not None:
        jobs = jobs.filter(pk__lte=upto, entry_id__in=UseSweep.objects.filter(pk=upto).values("entry_id"))
    return list(jobs)


def work_off(
    *, sweep: UseSweep, now: datetime, limit: int | None = None, between: Callable[[], Any] | None = None
) -> Marked:
    """Marks the uses of the job's entry; ``limit`` bounds the uses taken in this run.

    Jobs of one entry are worked off in their order, each to its end, since what came later must win. Several
    workers may share a job: rows that another one holds are passed over and found again. Safe to run twice,
    late, and after a kill. ``between`` is called after each batch. Effects: each use through ``suspend``,
    ``resume``, ``propose_withdrawal``, ``clear_proposal`` or ``mark_to_check``; the job's counts.
    """
    result = Marked()
    job = UseSweep.objects.get(pk=sweep.pk)
    if job.finished_at is not None:
        return Marked(finished=True)
    if UseSweep.objects.filter(entry_id=job.entry_id, finished_at=None, pk__lt=job.pk).exists():
        return result
    UseSweep.objects.filter(pk=job.pk, started_at=None).update(started_at=now)
    place = job.cursor
    while limit is None or result.done + len(result.failed) < limit:
        taken, place = _batch(job, place, now, result)
        if between is not None:
            between()
        if taken:
            continue
        if place == 0:
            break
        place = 0  # a second pass over what others held, or what was left behind a later id
    _finish(job, now, result)
    return result


def _batch(job: UseSweep, place: int, now: datetime, result: Marked) -> tuple[int, int]:
    """One batch in one transaction; returns how many rows were taken, and the last id."""
    with transaction.atomic():
        rows = list(
            _concerned(job.entry_id)
            .filter(last_sweep__lt=job.pk, pk__gt=place)
            .exclude(pk__in=result.failed)
            .order_by("pk")
            .select_for_update(skip_locked=True, of=("self",), no_key=True)
            .only("pk", "state", "confirmed_version", "confirmed_at", "withdrawal_cause")[:BATCH]
        )
        if not rows:
            return 0, place
        groups: dict[str, list[UserFiling]] = {}
        for row in rows:
            groups.setdefault(_verb(job, row), []).append(row)
        done = sum(_mark(job, verb, group, now, result) for verb, group in groups.items())
        place = rows[-1].pk
        UseSweep.objects.filter(pk=job.pk).update(done=F("done") + done, cursor=place)
    result.done += done
    return len(rows), place


def _verb(job: UseSweep, row: UserFiling) -> str:
    """The verb that fits the state of a use; empty where nothing is to be done but to note that it was seen."""
    if job.move == SweepMove.RENEW:
        before = row.confirmed_version and row.confirmed_at is not None and row.confirmed_at < job.moved_at
        return "mark_to_check" if before else ""
    draft = row.state == UseState.DRAFT and not row.confirmed_version
    if job.move == SweepMove.RESUME:
        if row.withdrawal_cause != Cause.OFFLINE:
            return ""
        return "resume" if row.state == UseState.SUSPENDED else "clear_proposal" if draft else ""
    if row.state in SUSPENDABLE_STATES or (row.state == UseState.DRAFT and not draft):
        return "suspend"
    again = row.state == UseState.SUSPENDED and row.withdrawal_cause != _CAUSES[SweepMove(job.move)]
    return "propose_withdrawal" if draft or again else ""


def _act(job: UseSweep, verb: str, now: datetime) -> effects.Act:
    if verb == "resume":
        return effects.resumption(now=now, sweep=job.pk)
    if verb == "mark_to_check":
        return effects.checking(fields=job.text.split(), now=now, sweep=job.pk)
    if verb == "clear_proposal":
        return effects.clearing(sweep=job.pk)
    cause = _CAUSES[SweepMove(job.move)]
    if verb == "suspend":
        return effects.suspension(cause=cause, text=job.text, now=now, sweep=job.pk)
    return effects.proposal(cause=cause, text=job.text, now=now, sweep=job.pk)


def _mark(job: UseSweep, verb: str, rows: list[UserFiling], now: datetime, result: Marked) -> int:
    """The same verb for the uses of a batch; where one of them is refused, each by itself. Returns how many."""
    if not verb:
        return UserFiling.objects.filter(pk__in=[row.pk for row in rows]).update(last_sweep=job.pk)
    act, by = _act(job, verb, now), Actor.system()
    try:
        with transaction.atomic():
            return len(act.do_many([UserFiling(pk=row.pk) for row in rows], by=by, now=now, sweep=job.pk))
    except Exception:
        log.warning("sweep %s: a batch failed; its uses are taken one by one", job.pk, exc_info=True)
    done = 0
    for row in rows:
        try:
            with transaction.atomic():
                act.do(UserFiling(pk=row.pk), by=by, now=now, sweep=job.pk)
            done += 1
        except Exception as error:
            log.exception("sweep %s: use %s failed", job.pk, row.pk)
            result.failed.add(row.pk)
            result.error = f"{type(error).__name__}: {error}"[:500]
    return done


def _finish(job: UseSweep, now: datetime, result: Marked) -> None:
    """Closes the job where no use is left unmarked; what is held elsewhere leaves it open for the next run."""
    if result.failed and not result.done:
        UseSweep.objects.filter(pk=job.pk).update(attempts=F("attempts") + 1)
    left = _concerned(job.entry_id).filter(last_sweep__lt=job.pk)
    given_up = UseSweep.objects.filter(pk=job.pk, attempts__gte=MOST_ATTEMPTS).exists()
    result.finished = not left.exists() or (given_up and not left.exclude(pk__in=result.failed).exists())
    UseSweep.objects.filter(pk=job.pk).update(
        failed=len(result.failed), last_error=result.error, finished_at=now if result.finished else None
    )
