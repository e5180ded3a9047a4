"""What Celery runs for the review: automatic checks after a submission, questions to outside sources."""

from __future__ import annotations

from celery import shared_task

from providers.models import Filing
from review.autochecks import run_checks
from review.domain import external, unit_checks
from rulebook.time import now


@shared_task(name="review.tasks.check_filing")
def check_filing(filing_id: int) -> None:
    """Automatic checks of the newest version, and the questions that go out. Safe to run twice."""
    filing = Filing.objects.select_related("unit__head_office", "authority").filter(pk=filing_id).first()
    if filing is None:
        return
    moment = now()
    run_checks(filing=filing, now=moment)
    for row in external.request_checks(filing=filing, now=moment):
        external.ask(check_id=row.pk, now=moment)


@shared_task(name="review.tasks.ask_waiting")
def ask_waiting() -> int:
    """Every minute by beat: asks again what has had no answer, with longer waits each time."""
    moment = now()
    return external.ask_waiting(now=moment) + unit_checks.ask_units(now=moment)


@shared_task(name="review.tasks.bulk_note_units")
def bulk_note_units() -> int:
    """Every hour by beat: notes the units whose code and name are to be compared with the national base."""
    return unit_checks.note_units(now=now())


def after_submit(filing_id: int) -> None:
    """Registered with ``providers.domain.submission.after_submit``; runs once the submission is committed."""
    check_filing.delay(filing_id)
