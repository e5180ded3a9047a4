"""Periodic work of the ledger."""

from celery import shared_task
from django.utils import timezone

from ledger import domain


@shared_task(name="ledger.tasks.checkpoint", queue="deadlines")
def checkpoint() -> int:
    """Ties the records since the last checkpoint; returns how many."""
    point = domain.checkpoint(now=timezone.now())
    return point.records if point else 0
