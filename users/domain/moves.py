"""A unit comes under another authority, or its authority is closed: its live filings go with it.

A few go at once, inside the act on the unit. Many are a job of their own, worked off in batches that can be killed
and resumed: nobody waits minutes for a page, and no transaction holds a province's filings.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.domain.units import keep_tree
from accounts.enums import UnitKind
from accounts.models import Unit
from ledger.acts import Actor, Appended, Reason, Reasons, Refused, perform, perform_many
from notices.domain import serve
from notices.domain.serve import Item, serve_many
from notices.enums import Side
from rulebook.enums import ClockStatus
from rulebook.models import Clock
from users import queries, rules
from users.domain.common import both, notice_params
from users.domain.steps import RELATED
from users.models import UseReroute, UserFiling

log = logging.getLogger(__name__)

AT_ONCE = 200  # so many filings go inside the act on the unit; more are a job
BATCH = 200
MOST_ATTEMPTS = 20  # passes that left failures behind, before a job is closed; its row counts them

#: ``callback(filing, old authority's id, now)``: rooms above let what they keep about a use follow it
_followers: list[Callable[[UserFiling, int, datetime], Any]] = []
_worker: list[Any] = []


def on_reroute(callback: Callable[[UserFiling, int, datetime], Any]) -> None:
    """Calls ``callback`` inside the act that puts a filing with another authority."""
    if callback not in _followers:
        _followers.append(callback)


def rerouted_by(task: Any) -> None:
    """Names the task that works jobs off; the tasks of this room call it, since they import the verbs."""
    _worker[:] = [task]


def unit_moved(unit: Unit, *, now: datetime) -> int:
    """Called when a unit was put under another superior; returns how many filings changed their authority at once.

    Only the filings of units whose nearest authority is another one now: the moved unit's own, and where it is
    no authority those of what stands below it. So the confirming authority is always the one above the unit.
    Effects: ``reroute`` for each live filing, or the job that does it.
    """
    if unit.kind == UnitKind.AUTHORITY:
        return _put_right(UserFiling.objects.live().filter(unit=unit), now)
    return _soon(unit, False, now)


def authority_closed(unit: Unit, *, now: datetime) -> int:
    """Called when an authority was closed; returns how many filings changed their authority at once.

    What lay with it goes to the nearest authority above it that is open: exactly one (Measures Art. 19).
    Effects: ``reroute`` for each live filing that it was to confirm, or the job that does it.
    """
    return _soon(unit, True, now)


def authority_reopened(unit: Unit, *, now: datetime) -> int:
    """Called when an authority is open again: it confirms what stands below it, and nothing nearer does."""
    return _soon(unit, False, now)


def _concerned(unit: Unit, held: bool) -> QuerySet[UserFiling]:
    live = UserFiling.objects.live()
    return live.filter(authority=unit) if held else live.filter(unit__path__startswith=unit.path)


def _soon(unit: Unit, held: bool, now: datetime) -> int:
    """A few at once; many by a job, whose row is written here, so that it is not forgotten."""
    filings = _concerned(unit, held)
    total = filings.count()
    if total <= AT_ONCE:
        return _put_right(filings, now)
    job = UseReroute.objects.create(unit=unit, held=held, total=total, moved_at=now)
    transaction.on_commit(lambda: _nudge(job.pk), robust=True)
    return 0


def _nudge(pk: int) -> None:
    """Asks a worker; where the broker is away, beat finds the job within a minute."""
    try:
        for task in _worker:
            task.apply_async(args=[pk], retry=False)
    except Exception:
        log.warning("could not queue rerouting %s; the next beat will find it", pk, exc_info=True)


def _put_right(filings: QuerySet[UserFiling], now: datetime) -> int:
    wrong = _wrong(list(_lean(filings)))
    for row in wrong:
        reroute(filing=UserFiling(pk=row.pk), by=Actor.system(), now=now)
    return len(wrong)


def _lean(filings: QuerySet[UserFiling]) -> QuerySet[UserFiling]:
    return filings.select_related("unit").defer("data", "public").order_by("pk")


def _wrong(filings: Sequence[UserFiling]) -> list[UserFiling]:
    """Those whose authority is not the one that is competent now; a query for each place in the tree."""
    competent = _Competent()
    return [row for row in filings if competent.of(row.unit).pk != row.authority_id]


class _Competent:
    """The competent authority of units, asked once for all that stand at the same place."""

    def __init__(self) -> None:
        self.found: dict[tuple[Any, ...], Unit] = {}

    def of(self, unit: Unit) -> Unit:
        above = queries.path_ids(unit)[:-1]
        place = (*above, unit.kind, unit.level, unit.province_code) if above else (unit.pk,)
        if place not in self.found:
            self.found[place] = queries.confirming_authority(unit)
        return self.found[place]


def _rule(competent: _Competent) -> Callable[[Actor, UserFiling], Reasons]:
    def rule(actor: Actor, row: UserFiling) -> Reasons:
        reasons = rules.only_the_portal(actor, row)
        if competent.of(row.unit).pk == row.authority_id:
            reasons.append(Reason("same_authority", rules.NOT_YOUR_AUTHORITY.message))
        return reasons

    return rule


def reroute(*, filing: UserFiling, by: Actor, now: datetime) -> UserFiling:
    """Puts a live filing with the authority that is competent now (Measures Art. 19). By the portal itself.

    Effects: the authority on row and clock, whose last day stays; who worked on it for the old authority
    goes on only where he also works for the new one (``on_reroute``); notices to the unit and the new authority.
    """
    before: list[int] = []
    competent = _Competent()

    def change(row: UserFiling) -> None:
        before[:] = [row.authority_id]
        row.authority = competent.of(row.unit)

    def effects(row: UserFiling, record: Appended) -> None:
        _follow([row], {row.pk: before[0]}, now)
        if row.submitted_at is None:
            return
        for unit, side in both(row):
            serve(
                kind="use_rerouted", to_unit=unit, side=side, subject=row, params=notice_params(row), now=now,
                dedupe=f"use_rerouted:{row.pk}:{record.id}:{side}",
            )  # fmt: skip

    return perform(
        verb="reroute", subject=filing, by=by, now=now, rule=_rule(competent), change=change, effects=effects,
        related=RELATED, basis=["me-19"], payload=lambda row: {"authority": row.authority_id},
    )  # fmt: skip


def _reroute_many(filings: Sequence[UserFiling], job: UseReroute, now: datetime) -> list[UserFiling]:
    """``reroute`` for a batch of a job, all or nothing; its authorities are told by ``_finish``, of all at once."""
    before: dict[int, int] = {}
    competent = _Competent()

    def change(row: UserFiling) -> None:
        before[row.pk] = row.authority_id
        row.authority = competent.of(row.unit)

    def effects(found: list[UserFiling]) -> None:
        _follow(found, before, now)
        serve_many(
            [
                Item("use_rerouted", row.unit, row, notice_params(row), f"use_rerouted:{row.pk}:j{job.pk}",
                     Side.INSTITUTION)
                for row in found if row.submitted_at is not None
            ],
            now=now,
        )  # fmt: skip

    return perform_many(
        verb="reroute", subjects=[UserFiling(pk=row.pk) for row in filings], by=Actor.system(), now=now,
        rule=_rule(competent), change=change, effects=effects, related=RELATED, basis=["me-19"],
        payload=lambda row: {"authority": row.authority_id},
    )  # fmt: skip


def _follow(found: Sequence[UserFiling], before: dict[int, int], now: datetime) -> None:
    """Clocks, the paused ones too, and what rooms above keep go with their filings."""
    codes: dict[str, list[int]] = {}
    for row in found:
        codes.setdefault(row.authority.code, []).append(row.pk)
    for code, ids in codes.items():
        clocks = Clock.objects.filter(subject_type=UserFiling._meta.label_lower, subject_id__in=ids)
        clocks.exclude(status=ClockStatus.STOPPED).update(authority_code=code)
    for row in found:
        for follow in _followers:
            follow(row, before[row.pk], now)


# --- many, by a job ----------------------------------------------------------------------------------


def open_reroutes(pk: int | None = None) -> list[UseReroute]:
    """The jobs that are not finished, the oldest first; with ``pk`` that one."""
    jobs = UseReroute.objects.filter(finished_at=None).order_by("pk")
    return list(jobs.filter(pk=pk) if pk is not None else jobs)


def work_off_reroute(*, job: UseReroute, now: datetime, limit: int | None = None) -> tuple[int, bool]:
    """Goes on with a job, batch by batch; ``limit`` bounds the filings looked at.

    Returns how many were put right, and whether the limit ended the run.

    Each batch is one transaction: a worker that is killed loses a batch, which the next one repeats. Two workers do
    not share a job: the second finds its row taken. The authority is the one that is competent when the batch is
    done, so that jobs that overlap end the same in whichever order. Effects: as ``reroute``, but each authority is
    told once, at the end, of all that has come to it.
    """
    done = looked = 0
    while limit is None or looked < limit:
        taken, moved = _batch(job.pk, now)
        looked, done = looked + taken, done + moved
        if not taken:
            return done, False
    return done, True


def _batch(pk: int, now: datetime) -> tuple[int, int]:
    """The next batch of a job; how many filings were looked at (0: nothing left, or somebody else is at it)."""
    with transaction.atomic():
        keep_tree()  # no authority closes, and no unit moves, while it is given filings
        job = (
            UseReroute.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
            .select_related("unit").filter(pk=pk, finished_at=None).first()
        )  # fmt: skip
        if job is None:
            return 0, 0
        rows = list(_lean(_concerned(job.unit, job.held).filter(pk__gt=job.cursor))[:BATCH])
        if not rows:
            _end_of_pass(job, now)
            return 0, 0
        moved = _moved(_wrong(rows), job, now)
        counts = Counter(job.received)
        counts.update(str(row.authority_id) for row in moved if row.submitted_at is not None)
        job.received, job.cursor, job.done = dict(counts), rows[-1].pk, job.done + len(moved)
        job.save(update_fields=["received", "cursor", "done", "failed", "last_error"])
    return len(rows), len(moved)


def _moved(wrong: Sequence[UserFiling], job: UseReroute, now: datetime) -> list[UserFiling]:
    """Those that were put right; where one of a batch is refused, each by itself."""
    try:
        with transaction.atomic():
            return _reroute_many(wrong, job, now)
    except Exception:
        log.warning("rerouting %s: a batch failed; its filings are taken one by one", job.pk, exc_info=True)
    done: list[UserFiling] = []
    for row in wrong:
        try:
            with transaction.atomic():
                done += _reroute_many([row], job, now)
        except Refused:
            continue  # handed in meanwhile, and so put right
        except Exception as error:
            log.exception("rerouting %s: filing %s failed", job.pk, row.pk)
            job.failed += 1
            job.last_error = f"{type(error).__name__}: {error}"[:500]
    return done


def _end_of_pass(job: UseReroute, now: datetime) -> None:
    """Closes the job, or where filings failed leaves it for another pass by the next beat."""
    if job.failed and job.attempts + 1 < MOST_ATTEMPTS:
        UseReroute.objects.filter(pk=job.pk).update(attempts=F("attempts") + 1, cursor=0, failed=0)
        return
    UseReroute.objects.filter(pk=job.pk).update(finished_at=now)
    units = Unit.objects.in_bulk([int(key) for key in job.received])
    serve_many(
        [
            Item("uses_rerouted", units[int(key)], None,
                 {"count": count, "unit": job.unit.name, "unit_en": job.unit.name_en,
                  "authority": units[int(key)].name, "authority_en": units[int(key)].name_en},
                 f"uses_rerouted:{job.pk}:{key}", Side.AUTHORITY)
            for key, count in job.received.items() if int(key) in units
        ],
        now=now,
    )  # fmt: skip
