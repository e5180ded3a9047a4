"""Who is registered for a training is reminded the day before, once (Opinions 19)."""

from __future__ import annotations

from datetime import datetime

from guidance import rules
from guidance.enums import AttendanceState, EventState
from guidance.models import Attendance
from ledger.acts import Actor, Appended, Reason, Reasons, Refused, perform
from notices.domain import serve
from rulebook.time import ZONE, end_of_day, local_date


def remind_registered(*, now: datetime, limit: int = 2000) -> int:
    """Reminds the units that are registered for a training of tomorrow, or of later today; returns how many.

    Once for each beginning: a training that was moved is told of again. Safe to run twice, late, and beside another
    run. Effects of each: what was told stands on the registration, a ledger record, a notice to the unit.
    """
    tomorrow = local_date(end_of_day(local_date(now)))
    rows = Attendance.objects.filter(
        state=AttendanceState.REGISTERED, event__state=EventState.OPEN, event__starts_at__gt=now,
        event__starts_at__lt=end_of_day(tomorrow),
    ).exclude_told()  # fmt: skip
    told = 0
    for pk in list(rows.order_by("event_id", "pk").values_list("pk", flat=True)[:limit]):
        try:
            _remind(pk, now)
        except Refused:  # withdrawn, cancelled or told meanwhile
            continue
        told += 1
    return told


def _remind(pk: int, now: datetime) -> None:
    def rule(actor: Actor, row: Attendance) -> Reasons:
        reasons = rules.only_the_portal(actor, row)
        over = row.event.state != EventState.OPEN or row.event.starts_at <= now
        if over or row.state != AttendanceState.REGISTERED or row.reminded_of == row.event.starts_at:
            reasons.append(Reason("nothing_to_tell", rules.NOTHING_TO_TELL))
        return reasons

    def change(row: Attendance) -> None:
        row.reminded_of = row.event.starts_at

    def effects(row: Attendance, _record: Appended) -> None:
        event = row.event
        serve(
            kind="training_tomorrow", to_unit=row.unit, subject=event, now=now, legal=False,
            params={
                "title": event.title_zh, "title_en": event.title_en, "place": event.place_zh,
                "place_en": event.place_en, "day": local_date(event.starts_at).isoformat(),
                "hour": f"{event.starts_at.astimezone(ZONE):%H:%M}", "people": row.people,
            },
            dedupe=f"training_tomorrow:{row.pk}:{event.starts_at.isoformat()}",
        )  # fmt: skip

    perform(
        verb="remind_of_training", subject=Attendance(pk=pk), by=Actor.system(), now=now, rule=rule, change=change,
        effects=effects, related=["event", "unit"], basis=["op-19"],
        payload=lambda row: {"starts_at": row.event.starts_at.isoformat()},
    )  # fmt: skip
