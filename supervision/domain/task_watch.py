"""What happens to tasks by themselves (Opinions 17; Measures Art. 19): days pass, authorities close and open again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, Q

from accounts.models import Unit
from ledger.acts import Actor, Appended, Audience, Reason, Reasons, Refused, perform
from ledger.models import Record
from rulebook.time import local_date
from supervision import rules
from supervision.domain.work import RELATED, tell_unit
from supervision.enums import OPEN_TASKS
from supervision.models import TaskUnit, WorkTask
from users.queries import confirming_authority

_CLOSED = Reason("task_closed", rules.TASK_CLOSED)


def tell_overdue(*, now: datetime, limit: int = 1000) -> int:
    """Tells of open tasks whose last day is over, once for each last day; returns how many tasks.

    Safe to run twice, late, and beside another run. Effects of each: what was told stands on the task, a ledger
    record, a notice to the responsible unit and to the authority that gave it. The task itself goes on.
    """
    today, told = local_date(now), 0
    rows = WorkTask.objects.open().filter(due_day__lt=today)
    rows = rows.filter(Q(overdue_told=None) | ~Q(overdue_told=F("due_day"))).order_by("due_day", "pk")
    for pk in list(rows.values_list("pk", flat=True)[:limit]):
        try:
            _tell_one(pk, now)
        except Refused:  # done, moved or told meanwhile
            continue
        told += 1
    return told


def _tell_one(pk: int, now: datetime) -> None:
    def rule(actor: Actor, row: WorkTask) -> Reasons:
        reasons = rules.only_the_clock(actor, row)
        if row.state not in OPEN_TASKS or row.due_day >= local_date(now) or row.overdue_told == row.due_day:
            reasons.append(_CLOSED)
        return reasons

    def change(row: WorkTask) -> None:
        row.overdue_told = row.due_day

    def effects(row: WorkTask, record: Appended) -> None:
        for unit in {row.responsible_id: row.responsible, row.authority_id: row.authority}.values():
            tell_unit(row, "task_overdue", unit, now, once=row.due_day.isoformat())

    perform(
        verb="task_overdue", subject=WorkTask(pk=pk), by=Actor.system(), now=now, rule=rule, change=change,
        effects=effects, basis=["op-17"], related=RELATED, audience=Audience.AUTHORITY,
        payload=lambda row: {"case_no": row.case_no, "due_day": row.due_day.isoformat()},
    )  # fmt: skip


def authority_closed(unit: Unit, *, now: datetime) -> int:
    """Called when an authority was closed; returns how many open tasks went on with the one above.

    What it gave, and what it answered for, passes to the nearest authority above that is open: the one that is
    competent for its units from now on (Measures Art. 19). Closed tasks stay as they were.
    Effects of each: the units on the task, a ledger record, a notice to the new authority and the responsible unit.
    """
    heir = confirming_authority(unit)
    rows = WorkTask.objects.open().filter(Q(authority=unit) | Q(responsible=unit)).order_by("pk")
    keys = list(rows.values_list("pk", flat=True))
    passed = 0
    for pk in keys:
        try:
            _pass_on(pk, unit, heir, now)
        except Refused:  # finished or dropped meanwhile: it stays as it was, and the authority closes all the same
            continue
        passed += 1
    return passed


def authority_reopened(unit: Unit, *, now: datetime) -> int:
    """Called when an authority is open again; returns how many open tasks came back to it.

    What it gave or answered for when it was closed, as far as that still lies with the authority above it; what was
    finished or given to somebody else meanwhile stays so. Effects: as ``authority_closed``, the other way round.
    """
    heir = confirming_authority(unit)
    held = WorkTask.objects.open().filter(Q(authority=heir) | Q(responsible=heir)).values_list("pk", flat=True)
    records = Record.objects.filter(
        subject_type=WorkTask._meta.label_lower, subject_id__in=list(held), verb__in=("pass_on_task", "give_back_task")
    )
    passed: dict[int, dict[str, Any]] = {}
    for record in records.order_by("subject_id", "seq"):
        if record.verb == "pass_on_task" and record.payload.get("from") == unit.pk:
            passed[record.subject_id] = record.payload
        elif record.payload.get("to") == unit.pk:
            passed.pop(record.subject_id, None)
    back = 0
    for pk, payload in sorted(passed.items()):
        try:
            _give_back(pk, heir, unit, payload, now)
        except Refused:  # finished, dropped or given to somebody else meanwhile
            continue
        back += 1
    return back


def _give_back(pk: int, heir: Unit, unit: Unit, passed: dict[str, Any], now: datetime) -> None:
    def theirs(row: WorkTask) -> list[str]:
        return [role for role in passed.get("as", ()) if getattr(row, f"{role}_id") == heir.pk]

    def rule(actor: Actor, row: WorkTask) -> Reasons:
        reasons = rules.only_the_clock(actor, row)
        if row.state not in OPEN_TASKS or not theirs(row):
            reasons.append(_CLOSED)
        return reasons

    def change(row: WorkTask) -> None:
        for role in theirs(row):
            setattr(row, role, unit)

    def effects(row: WorkTask, record: Appended) -> None:
        if passed.get("shared") and row.responsible_id == unit.pk:
            TaskUnit.objects.get_or_create(task=row, unit=heir)
        for one in {unit.pk: unit, row.responsible_id: row.responsible}.values():
            tell_unit(row, "task_given_back", one, now, once=str(record.seq), before=unit)

    perform(
        verb="give_back_task", subject=WorkTask(pk=pk), by=Actor.system(), now=now, rule=rule, change=change,
        effects=effects, basis=["op-17", "me-19"], related=RELATED, audience=Audience.AUTHORITY,
        payload={"from": heir.pk, "to": unit.pk},
    )  # fmt: skip


def _pass_on(pk: int, closed: Unit, heir: Unit, now: datetime) -> None:
    def rule(actor: Actor, row: WorkTask) -> Reasons:
        reasons = rules.only_the_clock(actor, row)
        if row.state not in OPEN_TASKS:
            reasons.append(_CLOSED)
        return reasons

    said: dict[str, Any] = {"from": closed.pk, "to": heir.pk}

    def change(row: WorkTask) -> None:
        said["as"] = [role for role in ("authority", "responsible") if getattr(row, f"{role}_id") == closed.pk]
        for role in said["as"]:
            setattr(row, role, heir)
        said["shared"] = TaskUnit.objects.filter(task=row, unit_id=row.responsible_id).exists()

    def effects(row: WorkTask, record: Appended) -> None:
        TaskUnit.objects.filter(task=row, unit_id=row.responsible_id).delete()
        for unit in {heir.pk: heir, row.responsible_id: row.responsible}.values():
            tell_unit(row, "task_passed", unit, now, once=str(record.seq), before=closed)

    perform(
        verb="pass_on_task", subject=WorkTask(pk=pk), by=Actor.system(), now=now, rule=rule, change=change,
        effects=effects, basis=["op-17", "me-19"], related=RELATED, audience=Audience.AUTHORITY,
        payload=lambda _row: said,
    )  # fmt: skip
