"""What Celery runs for uses; the settings route it to the queue ``bulk``."""

from __future__ import annotations

import logging

from celery import shared_task

from rulebook.time import now
from users import tally
from users.domain.moves import open_reroutes, rerouted_by, work_off_reroute
from users.domain.sweeps import open_sweeps, work_off, worked_off_by

log = logging.getLogger(__name__)

#: Bounds one run, so that a worker comes back to its queue; the task queues itself again for the rest.
LIMIT = 5_000


@shared_task(name="users.tasks.mark_uses")
def mark_uses(sweep_id: int | None = None, limit: int = LIMIT) -> str:
    """Works off one job, or (called by beat) every one that is open; safe twice, late and after a kill."""
    done = 0
    for sweep in open_sweeps(sweep_id):
        result = work_off(sweep=sweep, now=now(), limit=limit - done)
        done += result.done
        if done >= limit:
            mark_uses.apply_async(args=[sweep_id], retry=False)
            break
    return f"marked {done}"


worked_off_by(mark_uses)


@shared_task(name="users.tasks.bulk_reroute")
def bulk_reroute(job_id: int | None = None, limit: int = LIMIT) -> str:
    """Puts the filings of a closed or reopened authority with the competent one; safe twice, late and after a kill."""
    done = 0
    for job in open_reroutes(job_id):
        try:
            moved, more = work_off_reroute(job=job, now=now(), limit=limit)
        except Exception:  # the next beat tries it again; a job that fails holds no other up
            log.exception("rerouting %s failed", job.pk)
            continue
        done += moved
        if more:
            bulk_reroute.apply_async(args=[job.pk], retry=False)
    return f"rerouted {done}"


rerouted_by(bulk_reroute)


@shared_task(name="users.tasks.compact_tally")
def compact_tally() -> int:
    """Adds the differences of the last minute to the totals of uses; safe twice, late and at the same time."""
    return tally.compact()
