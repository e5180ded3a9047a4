"""What Celery runs for this room: imports of units, and keys of calls, on the queue for bulk work."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task

from accounts.domain.imports import begun_by, silent, work_off
from accounts.models import KeyedCall
from rulebook.time import now

KEYS_KEPT = timedelta(days=7)

log = logging.getLogger(__name__)


@shared_task(name="accounts.tasks.bulk_import_units")
def bulk_import_units(batch_id: int) -> None:
    """Works off a confirmed import, some hundred rows in a transaction. Safe to run twice, and after a kill."""
    while work_off(batch_id=batch_id, now=now()):
        pass


@shared_task(name="accounts.tasks.resume_imports")
def resume_imports() -> int:
    """Every minute by beat: takes up imports whose worker was killed or whose task was lost."""
    found = silent(now())
    for pk in found:
        bulk_import_units.delay(pk)
    return len(found)


@shared_task(name="accounts.tasks.bulk_forget_calls")
def bulk_forget_calls() -> int:
    """Every night by beat: keys of calls that nobody repeats any more."""
    return KeyedCall.objects.filter(at__lt=now() - KEYS_KEPT).delete()[0]


def begin(batch_id: int) -> None:
    """Queues a confirmed import. Where the broker is away nothing is lost: beat finds it."""
    try:
        bulk_import_units.apply_async([batch_id], retry=False)
    except Exception:
        log.warning("could not queue an import; the next beat will find it", exc_info=True)


begun_by(begin)
