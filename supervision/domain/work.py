"""Work plans and the ledger of tasks: division of labour, milestones, progress (Opinions 17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.domain.units import hold
from accounts.enums import UnitKind
from accounts.models import Unit
from ledger.acts import Actor, Appended, Audience, Reason, Reasons, Refused, append, perform
from notices.domain import serve
from rulebook.time import local_date
from supervision import rules
from supervision.domain.common import needed, next_case_no
from supervision.domain.errors import Invalid
from supervision.enums import OPEN_TASKS, TaskState
from supervision.models import Milestone, TaskNote, TaskUnit, WorkPlan, WorkTask

MOST_UNITS = 200
MOST_MILESTONES = 30
RELATED = ("authority", "responsible")


def make_work_plan(
    *, title: str, aim: str, first_day: date, last_day: date, by: Actor, now: datetime, way: str = "",
    safeguards: str = "",
) -> WorkPlan:  # fmt: skip
    """Draws up a plan of work with its aim, way and safeguards (Opinions 17). Effects: the plan, a ledger record.

    Raises ``Invalid``, ``Refused`` (not an authority).
    """
    said = needed({"title": title}, "title", longest=160) | needed({"aim": aim}, "aim")
    if last_day < first_day:
        raise Invalid({"last_day": _("This day lies before the first.")})
    reasons = rules.works_for(by, by.unit_id or 0)
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        authority = Unit.objects.get(pk=by.unit_id)
        row = WorkPlan.objects.create(
            case_no=next_case_no("GZ", authority, now), authority=authority, title=said["title"], aim=said["aim"],
            way=way.strip(), safeguards=safeguards.strip(), first_day=first_day, last_day=last_day,
            made_by_id=by.person_id, made_at=now,
        )  # fmt: skip
        append(
            verb="make_work_plan", subject=row, by=by, now=now, basis=["op-17"], payload={"case_no": row.case_no},
            audience=Audience.AUTHORITY,
        )  # fmt: skip
    return row


def give_task(
    *, title: str, text: str, responsible: Unit, due_day: date, by: Actor, now: datetime,
    sharing: Sequence[Unit] = (), milestones: Sequence[Mapping[str, Any]] = (), plan: WorkPlan | None = None,
) -> WorkTask:  # fmt: skip
    """Gives a task: one unit answers for it, others take part; ``milestones`` ``[{"title", "due_day"}]``.

    Units are those of the authority's own region, itself among them, and partner departments.
    Effects: the task, a notice to each unit that it names, a ledger record. Raises ``Invalid``, ``Refused``.
    """
    said = needed({"title": title}, "title", longest=160) | needed({"text": text}, "text")
    if due_day < local_date(now):
        raise Invalid({"due_day": _("This day is over.")})
    steps = _milestones(milestones, due_day)
    if len(sharing) > MOST_UNITS:
        raise Invalid({"sharing": _("At most %(most)s units.") % {"most": MOST_UNITS}})
    reasons = rules.works_for(by, by.unit_id or 0)
    if plan is not None and plan.authority_id != by.unit_id:
        reasons.append(Reason("other_plan", _("This plan is another authority’s.")))
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        units = hold(by.unit_id or 0, responsible.pk, *(unit.pk for unit in sharing))
        authority, responsible = units[by.unit_id or 0], units[responsible.pk]
        if not authority.active:
            raise Refused(Reasons.of(rules.NOT_YOURS))
        others = [units[key] for key in dict.fromkeys(unit.pk for unit in sharing) if key != responsible.pk]
        _check_units(authority, responsible, others)
        row = WorkTask.objects.create(
            case_no=next_case_no("RW", authority, now), plan=plan, authority=authority, title=said["title"],
            text=said["text"], responsible=responsible, due_day=due_day, made_by_id=by.person_id, made_at=now,
        )  # fmt: skip
        TaskUnit.objects.bulk_create([TaskUnit(task=row, unit=unit) for unit in others])
        Milestone.objects.bulk_create([Milestone(task=row, **step) for step in steps])
        append(
            verb="give_task", subject=row, by=by, now=now, to_state=TaskState.OPEN, basis=["op-17"],
            payload={
                "case_no": row.case_no, "responsible": responsible.pk, "sharing": [unit.pk for unit in others],
                "due_day": due_day.isoformat(), "milestones": len(steps),
            },
            audience=Audience.AUTHORITY,
        )  # fmt: skip
        for unit in (responsible, *others):
            if unit.pk != authority.pk:
                tell_unit(row, "task_given", unit, now)
    return row


def start_task(*, task: WorkTask, by: Actor, now: datetime, seen_state: str | None = None) -> WorkTask:
    """open → in_progress, by the responsible unit or the authority that gave it."""
    return _act(task, "start_task", "start", by, now, rules.may_work_on_task, seen_state=seen_state)


def finish_task(
    *, task: WorkTask, text: str, by: Actor, now: datetime, seen_state: str | None = None
) -> WorkTask:
    """in_progress → done, with what was reached. Refused while a milestone is open.

    Effects: a progress note, a notice to the authority that gave it, a ledger record.
    """
    said = needed({"text": text}, "text")["text"]

    def rule(actor: Actor, row: WorkTask) -> Reasons:
        reasons = rules.may_work_on_task(actor, row)
        if not reasons and row.milestones.filter(reached_on__isnull=True).exists():
            reasons.append(Reason("milestones_open", _("A milestone is not reached yet.")))
        return reasons

    def effects(row: WorkTask, record: Appended) -> None:
        _note(row, said, by, now)
        if by.unit_id != row.authority_id:
            tell_unit(row, "task_done", row.authority, now, once=str(record.seq))

    return _act(task, "finish_task", "finish", by, now, rule, closed=now, effects=effects, seen_state=seen_state)


def drop_task(*, task: WorkTask, reason: str, by: Actor, now: datetime, seen_state: str | None = None) -> WorkTask:
    """open, in_progress → dropped, with a reason, by the head of review of the authority that gave it."""
    return _with_reason(task, "drop_task", "drop", reason, by, now, now, seen_state)


def reopen_task(*, task: WorkTask, reason: str, by: Actor, now: datetime, seen_state: str | None = None) -> WorkTask:
    """done, dropped → open, with a reason, by the head of review of the authority that gave it."""
    return _with_reason(task, "reopen_task", "reopen", reason, by, now, None, seen_state)


def note_progress(*, task: WorkTask, text: str, by: Actor, now: datetime) -> TaskNote:
    """A line on the progress, for good, by any unit that the task names. Effects: the note, a ledger record."""
    said = needed({"text": text}, "text")["text"]
    made: list[TaskNote] = []
    _act(
        task, "note_progress", None, by, now, _open_and(rules.may_note_on_task),
        effects=lambda row, _record: made.append(_note(row, said, by, now)),
    )  # fmt: skip
    return made[0]


def reach_milestone(*, milestone: Milestone, reached_on: date, by: Actor, now: datetime) -> Milestone:
    """Records the day on which a milestone was reached; said once. Raises ``Invalid``, ``Refused``."""
    if reached_on > local_date(now):
        raise Invalid({"reached_on": _("This day is yet to come.")})
    found: list[Milestone] = []

    def rule(actor: Actor, row: WorkTask) -> Reasons:
        reasons = _open_and(rules.may_work_on_task)(actor, row)
        found[:] = [row.milestones.select_for_update(no_key=True).get(pk=milestone.pk)]
        if found[0].reached_on is not None:
            reasons.append(Reason("reached", _("This milestone is reached already.")))
        return reasons

    def effects(row: WorkTask, record: Appended) -> None:
        found[0].reached_on = reached_on
        found[0].save(update_fields=["reached_on"])

    _act(
        milestone.task, "reach_milestone", None, by, now, rule, effects=effects,
        payload={"milestone": milestone.pk, "reached_on": reached_on.isoformat()},
    )  # fmt: skip
    return found[0]


def move_task(
    *, task: WorkTask, due_day: date, reason: str, by: Actor, now: datetime
) -> WorkTask:
    """Sets another last day, with a reason, by the head of review of the authority that gave it.

    Effects: the day, a note with both days, a ledger record, a notice to the responsible unit.
    """
    said = needed({"reason": reason}, "reason")["reason"]
    if due_day < local_date(now):
        raise Invalid({"due_day": _("This day is over.")})
    before: list[str] = []

    def change(row: WorkTask) -> None:
        before[:] = [row.due_day.isoformat()]
        row.due_day = due_day

    def effects(row: WorkTask, record: Appended) -> None:
        _note(row, f"{before[0]} → {due_day.isoformat()}: {said}", by, now)
        if row.responsible_id != by.unit_id:
            tell_unit(row, "task_given", row.responsible, now, once=str(record.seq))

    return _act(
        task, "move_task", None, by, now, _open_and(rules.may_steer_task), change=change, effects=effects,
        payload=lambda row: {"case_no": row.case_no, "due_day": due_day.isoformat()},
    )  # fmt: skip


# --- parts ---------------------------------------------------------------------------------------------


def _milestones(given: Sequence[Mapping[str, Any]], due_day: date) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    errors: dict[str, Any] = {}
    for one in given:
        title, day = str(one.get("title") or "").strip(), one.get("due_day")
        if not title or not isinstance(day, date):
            errors["milestones"] = _("Give each milestone a title and a day.")
        elif day > due_day:
            errors["milestones"] = _("A milestone lies after the last day of the task.")
        found.append({"title": title[:160], "due_day": day})
    if len({one["title"] for one in found}) < len(found):
        errors["milestones"] = _("Two milestones have the same title.")
    if len(found) > MOST_MILESTONES:
        errors["milestones"] = _("At most %(most)s milestones.") % {"most": MOST_MILESTONES}
    if errors:
        raise Invalid(errors)
    return found


def _check_units(authority: Unit, responsible: Unit, others: Sequence[Unit]) -> None:
    """Units of the region, and partner departments; ``Invalid`` names the field."""

    def fits(unit: Unit) -> bool:
        return unit.active and (unit.path.startswith(authority.path) or unit.kind == UnitKind.PARTNER)

    message = _("This unit does not belong to the region.")
    if not fits(responsible):
        raise Invalid({"responsible": message})
    if not all(fits(unit) for unit in others):
        raise Invalid({"sharing": message})


def _open_and(rule: Any) -> Any:
    def asked(actor: Actor, row: WorkTask) -> Reasons:
        reasons = Reasons.of(rule(actor, row))
        if row.state not in OPEN_TASKS:
            reasons.append(Reason("task_closed", rules.TASK_CLOSED))
        return reasons

    return asked


def _with_reason(
    task: WorkTask, verb: str, transition: str, reason: str, by: Actor, now: datetime, closed: datetime | None,
    seen_state: str | None,
) -> WorkTask:  # fmt: skip
    said = needed({"reason": reason}, "reason")["reason"]

    def effects(row: WorkTask, record: Appended) -> None:
        _note(row, said, by, now)
        if row.responsible_id != by.unit_id:
            tell_unit(row, f"task_{transition}", row.responsible, now, once=str(record.seq))

    return _act(task, verb, transition, by, now, rules.may_steer_task, closed=closed, effects=effects,
                seen_state=seen_state)  # fmt: skip


def _note(row: WorkTask, text: str, by: Actor, now: datetime) -> TaskNote:
    return TaskNote.objects.create(task=row, text=text, unit_id=by.unit_id, person_id=by.person_id, at=now)


def tell_unit(
    row: WorkTask, kind: str, unit: Unit, now: datetime, *, once: str = "", before: Unit | None = None
) -> None:
    """Serves a notice about a task; ``once`` marks what it is about, so that the same is told once."""
    params = {
        "case_no": row.case_no, "title": row.title, "authority": row.authority.name,
        "authority_en": row.authority.name_en, "due_day": row.due_day.isoformat(), "unit": row.responsible.name,
        "unit_en": row.responsible.name_en,
        "before": before.name if before else "", "before_en": before.name_en if before else "",
    }  # fmt: skip
    serve(kind=kind, to_unit=unit, subject=row, params=params, now=now, dedupe=f"{kind}:{row.pk}:{unit.pk}:{once}")


def _act(
    task: WorkTask, verb: str, transition: str | None, by: Actor, now: datetime, rule: Any, *,
    closed: datetime | None = None, change: Any = None, effects: Any = None, seen_state: str | None = None,
    payload: Any = None,
) -> WorkTask:  # fmt: skip
    def also(row: WorkTask) -> None:
        if transition is not None:
            row.closed_at = closed
        if change is not None:
            change(row)

    return perform(
        verb=verb, subject=task, by=by, now=now, rule=rule, transition=transition, basis=["op-17"], change=also,
        effects=effects, seen_state=seen_state, audience=Audience.AUTHORITY, related=RELATED,
        payload=payload or (lambda row: {"case_no": row.case_no}),
    )  # fmt: skip
