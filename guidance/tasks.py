"""Work in the background for the help centre."""

from __future__ import annotations

from celery import shared_task

from guidance import domain
from rulebook.time import now


@shared_task(name="guidance.tasks.remind_of_trainings")
def remind_of_trainings() -> int:
    """Reminds who is registered for a training of the next day; beat calls it every hour."""
    return domain.remind_registered(now=now())
