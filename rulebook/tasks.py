"""What Celery runs for the rulebook; the settings route it to the queue `deadlines`."""

from __future__ import annotations

from celery import shared_task

from rulebook import clocks
from rulebook.time import now

#: Bounds one run, so that a worker comes back to its queue; the next minute takes the rest.
LIMIT = 10_000


@shared_task(name="rulebook.tasks.sweep_clocks")
def sweep_clocks(limit: int = LIMIT) -> dict[str, int]:
    """Takes up every clock that has run out. Safe to run twice, late, and in several workers."""
    swept = clocks.sweep(now=now(), limit=limit)
    return {
        "expired": swept.expired,
        "overdue": swept.overdue,
        "passed_over": swept.passed_over,
        "failed": len(swept.failed),
        "moved": swept.moved,
    }
