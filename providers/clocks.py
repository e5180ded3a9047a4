"""What the clocks of a filing do when they are due, and when a calendar moves them."""

from __future__ import annotations

from datetime import datetime

from ledger.acts import AlreadyMoved
from providers.domain.submission import lapse
from providers.enums import ClockKind
from providers.models import Filing
from rulebook import clocks
from rulebook.models import Clock


def lapse_when_due(clock: Clock, now: datetime) -> None:
    """Closes a filing whose supplement period is over. A filing that has moved on stays as it is.

    Any other refusal takes the clock's expiry back with it: a period never ends without its verb.
    The sweep has locked the row already, so the act needs nothing but its key.
    """
    try:
        lapse(filing=Filing(pk=clock.subject_id), now=now, stop_clocks=False)
    except AlreadyMoved:
        return


def moved(clock: Clock) -> None:
    """A calendar was imported: the queue follows the clock."""
    Filing.objects.filter(pk=clock.subject_id).update(due_at=clock.due_at, due_day=clock.due_day)


def register() -> None:
    """Called once when the room is ready."""
    clocks.register(ClockKind.SUPPLEMENT, on_due=lapse_when_due, on_moved=moved)
