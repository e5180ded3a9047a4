"""Background work of the registry."""

from celery import shared_task

from registry import tally
from rulebook.time import now


@shared_task(name="registry.tasks.renew_tally")
def renew_tally() -> int:
    """Count the entries for the public pages; every minute. Returns the total."""
    return tally.renew(now=now()).total
