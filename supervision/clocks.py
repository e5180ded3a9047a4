"""What the clocks of this room do, who holds them, and where notices lead."""

from __future__ import annotations

from notices.domain import Holder, register_holder
from notices.enums import Side
from registry import domain as registry
from rulebook import clocks
from rulebook.enums import ClockKind
from rulebook.models import Clock
from supervision.domain import complaints, forwarding, rectification, referrals
from supervision.models import Forwarding, RectificationOrder

#: the provider of its own period, the authority of the calendar that moves it
SIDES = (Side.PROVIDER, Side.AUTHORITY)


def order_holder(clock: Clock) -> Holder | None:
    """The provider rectifies; its authority is told when the calendar moves the day."""
    row = RectificationOrder.objects.select_related(*rectification.RELATED).filter(
        pk=clock.subject_id
    ).first()
    if row is None:
        return None
    return Holder(row.unit, row, None, rectification.params(row), (row.authority,), *SIDES)


def forwarding_holder(clock: Clock) -> Holder | None:
    """The provider owes its reply."""
    row = Forwarding.objects.select_related("unit", "authority").filter(pk=clock.subject_id).first()
    if row is None:
        return None
    return Holder(row.unit, row, None, {**forwarding.params(row), "case_no": row.ref_no}, (row.authority,), *SIDES)


def register() -> None:
    """Called once when the room is ready."""
    register_holder(ClockKind.RECTIFICATION, order_holder)
    register_holder(ClockKind.FORWARDING, forwarding_holder)
    clocks.register(ClockKind.RECTIFICATION, on_due=rectification.run_out_when_due)
    clocks.on_clock_moved(rectification.follow_calendar)
    registry.on_move(rectification.entry_moved)
    clocks.register(
        ClockKind.FORWARDING, on_due=forwarding.forwarding_due, on_moved=forwarding.forwarding_moved
    )
    for kind in (ClockKind.ACCEPTANCE, ClockKind.COMPLAINT):
        clocks.register(kind, on_due=complaints.target_missed, on_moved=complaints.target_moved, keep_running=True)
    clocks.register(
        ClockKind.REFERRAL, on_due=referrals.referral_overdue, on_moved=referrals.referral_moved, keep_running=True
    )
    clocks.register(
        ClockKind.TAKEDOWN, on_due=referrals.takedown_overdue, on_moved=referrals.takedown_moved, keep_running=True
    )
