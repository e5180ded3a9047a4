"""Overdue feedback: shown, escalated to the superior, counted. It never approves by itself."""

from __future__ import annotations

from datetime import datetime

from accounts.queries import superior
from ledger.acts import Actor, Appended, Audience, Reason, Reasons, perform
from notices.domain import serve
from notices.enums import Side
from providers.clocks import moved
from providers.domain.submission import notice_params
from providers.enums import ClockKind, FilingState
from providers.models import Filing
from review.enums import PUBLIC_NOTICE
from review.models import Appraisal
from rulebook import clocks
from rulebook.models import Clock


def feedback_overdue(clock: Clock, now: datetime) -> None:
    """Marks the filing as overdue once, and tells the authority and its superior (Measures Art. 13)."""
    filing = Filing.objects.filter(pk=clock.subject_id, state=FilingState.SUBMITTED).first()
    if filing is not None:
        mark_overdue(filing=filing, now=now)


def mark_overdue(*, filing: Filing, now: datetime) -> Filing:
    """The authority has missed its period. Effects: mark, ledger record, notices to it and its superior."""

    def rule(by: Actor, row: Filing) -> Reasons:
        if row.state != FilingState.SUBMITTED or row.due_at is None or now < row.due_at:
            return Reasons([Reason("not_overdue", "The period is not over.")])
        return Reasons()

    def change(row: Filing) -> None:
        row.overdue_since = row.due_at

    def effects(row: Filing, record: Appended) -> None:
        above = superior(row.authority)
        told = [("feedback_overdue", row.authority)]
        if above is not None:
            told.append(("feedback_escalated", above))
        for kind, unit in told:
            serve(
                kind=kind, to_unit=unit, side=Side.AUTHORITY, subject=row, params=notice_params(row), now=now,
                dedupe=f"{kind}:{row.pk}:{row.version}:{row.due_day}",
            )

    return perform(
        verb="feedback_overdue", subject=filing, by=Actor.system(), now=now, rule=rule, change=change,
        effects=effects, basis=["me-13"], audience=Audience.PARTIES,
    )


def notice_over(clock: Clock, now: datetime) -> None:
    """The public notice of an appraisal has run out: the authority may conclude it. Nothing concludes by itself."""


def notice_moved(clock: Clock) -> None:
    """A calendar was imported: the public notice ends on another day."""
    Appraisal.objects.filter(pk=clock.subject_id).update(notice_until=clock.due_day)


def register() -> None:
    """Called once when the room is ready."""
    clocks.register(ClockKind.FEEDBACK, on_due=feedback_overdue, on_moved=moved, keep_running=True)
    clocks.register(ClockKind.MINISTRY_TARGET, on_moved=moved)
    clocks.register(PUBLIC_NOTICE, on_due=notice_over, on_moved=notice_moved)
