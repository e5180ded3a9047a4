"""Work in the background for providers."""

from __future__ import annotations

from celery import shared_task

from providers import domain
from rulebook.time import now


@shared_task(name="providers.tasks.remind_of_upkeep")
def remind_of_upkeep() -> str:
    """Reminds of confirmations and open items that are due; beat calls it every hour."""
    done = domain.remind_all(now=now())
    return f"confirmations {done.confirmations}, open items {done.open_items}"
