"""Work in the background: sending e-mails, serving reminders."""

from __future__ import annotations

from celery import shared_task

from notices.domain.deliver import deliver
from notices.domain.reminders import send_reminders as serve_reminders
from notices.domain.serve import delivered_by
from rulebook.time import now


@shared_task(name="notices.tasks.deliver_pending")
def deliver_pending() -> str:
    """Sends what waits; beat calls it every minute, and every commit that served something nudges it."""
    done = deliver(now=now())
    return f"sent {done.sent}, deferred {done.deferred}, failed {done.failed}"


@shared_task(name="notices.tasks.send_reminders")
def send_reminders() -> str:
    """Serves the reminders that are due; beat calls it every five minutes."""
    done = serve_reminders(now=now())
    return f"served {done.served}, escalated {done.escalated}"


delivered_by(deliver_pending)
