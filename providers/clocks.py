"""What the clocks of a filing do when they are due, and when a calendar moves them."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from accounts.enums import PROVIDER_ROLES
from accounts.queries import superior
from ledger.acts import Actor, AlreadyMoved
from notices import links
from notices.domain import Holder, register_holder, speaks_to
from notices.enums import Side
from notices.models import Notice
from providers.domain.submission import lapse, lapse_many, notice_params
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


def lapse_all_when_due(due: list[Clock], now: datetime) -> None:
    """The same for many at once; raises where one of them has moved on or is refused, and nothing is done."""
    lapse_many(filings=[Filing(pk=clock.subject_id) for clock in due], now=now)


def moved(clock: Clock) -> None:
    """A calendar was imported: the queue follows the clock. What ends later now is overdue no more."""
    rows = Filing.objects.filter(pk=clock.subject_id)
    rows.update(due_at=clock.due_at, due_day=clock.due_day)
    if clock.overdue_at is None:
        rows.exclude(overdue_since=None).update(overdue_since=None)


def holder(clock: Clock) -> Holder | None:
    """Whom to remind of a clock of a filing: the provider of its supplement, the authority of its feedback.

    Above the authority stands its superior, who is told when the period is over (Measures Art. 13).
    """
    filing = Filing.objects.select_related("unit", "authority__parent").filter(pk=clock.subject_id).first()
    if filing is None:
        return None
    params = notice_params(filing)
    if clock.kind == ClockKind.SUPPLEMENT:
        return Holder(
            filing.unit, filing, params=params, others=(filing.authority,),
            side=Side.PROVIDER, others_side=Side.AUTHORITY,
        )  # fmt: skip
    return Holder(
        filing.authority, filing, superior(filing.authority), params=params, others=(filing.unit,),
        side=Side.AUTHORITY, others_side=Side.PROVIDER,
    )  # fmt: skip


def page_of(notice: Notice, actor: Actor | None) -> str:
    """Where a notice about a filing leads its reader; each audience has a page of its own."""
    if actor is None or notice.subject_id is None:
        return ""
    filing = Filing.objects.visible_to(actor).filter(pk=notice.subject_id).values_list("pk", flat=True).first()
    if filing is None:
        return ""
    return reverse("filing" if actor.role in PROVIDER_ROLES else "case", args=[filing])


def register() -> None:
    """Called once when the room is ready."""
    speaks_to("providers", Side.PROVIDER)
    speaks_to("registry", Side.PROVIDER)
    links.register(Filing._meta.label_lower, page_of)
    for kind in (ClockKind.SUPPLEMENT, ClockKind.FEEDBACK):
        register_holder(kind, holder)
    clocks.register(
        ClockKind.SUPPLEMENT, on_due=lapse_when_due, on_moved=moved, on_due_many=lapse_all_when_due
    )
