"""Work plans and tasks: who may do what in which state, who reads them, what stays (Opinions 17)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from accounts.enums import Role
from ledger.acts import Actor, AlreadyMoved, Refused
from ledger.models import Record
from notices.models import Notice
from supervision import domain
from supervision.domain import Invalid
from supervision.models import TaskNote, WorkPlan, WorkTask
from tests import factories
from tests import factories_supervision as make

pytestmark = pytest.mark.django_db
NOW = make.NOW
DUE = date(2026, 9, 30)
STATES = ("open", "in_progress", "done", "dropped")
#: verb → (from which states, by whom)
VERBS: dict[str, tuple[set[str], set[str]]] = {
    "start_task": ({"open"}, {"reviewer", "lead", "responsible"}),
    "finish_task": ({"in_progress"}, {"reviewer", "lead", "responsible"}),
    "drop_task": ({"open", "in_progress"}, {"lead"}),
    "reopen_task": ({"done", "dropped"}, {"lead"}),
    "move_task": ({"open", "in_progress"}, {"lead"}),
    "note_progress": ({"open", "in_progress"}, {"reviewer", "lead", "responsible", "school", "partner"}),
    "reach_milestone": ({"open", "in_progress"}, {"reviewer", "lead", "responsible"}),
}
AFTER = {"start_task": "in_progress", "finish_task": "done", "drop_task": "dropped", "reopen_task": "open"}
CAST = ("reviewer", "lead", "responsible", "school", "partner", "ministry", "elsewhere", "provider", "system")


@pytest.fixture
def school() -> Any:
    return factories.unit(kind="school", parent=factories.authority("110108"), province="11")


@pytest.fixture
def partner() -> Any:
    return factories.membership(role=Role.PARTNER).unit


@pytest.fixture
def task(school: Any, partner: Any) -> WorkTask:
    return give(sharing=[school, partner])


def give(**more: Any) -> WorkTask:
    values: dict[str, Any] = {
        "title": "完成秋季抽查", "text": "抽查辖区应用。", "responsible": factories.authority("110108"), "due_day": DUE,
        "milestones": [{"title": "抽样", "due_day": date(2026, 9, 10)}], **more,
    }  # fmt: skip
    return domain.give_task(by=make.lead(), now=NOW, **values)


def actor(name: str, school: Any, partner: Any) -> Actor:
    found = {
        "reviewer": make.reviewer, "lead": make.lead, "ministry": make.ministry, "system": Actor.system,
        "responsible": lambda: make.people(factories.authority("110108"), Role.REVIEWER),
        "school": lambda: make.people(school, Role.INSTITUTION_STAFF),
        "partner": lambda: make.people(partner, Role.PARTNER),
        "elsewhere": lambda: make.reviewer("44"), "provider": lambda: make.provider(factories.unit()),
    }  # fmt: skip
    return found[name]()


def do(verb: str, row: WorkTask, by: Actor) -> Any:
    if verb == "reach_milestone":
        mark = row.milestones.get()
        return domain.reach_milestone(milestone=mark, reached_on=NOW.date(), by=by, now=NOW)
    more: dict[str, Any] = {
        "start_task": {}, "finish_task": {"text": "已完成"}, "note_progress": {"text": "进行中"},
        "drop_task": {"reason": "取消"}, "reopen_task": {"reason": "复查"},
        "move_task": {"reason": "顺延", "due_day": date(2026, 10, 30)},
    }[verb]  # fmt: skip
    return getattr(domain, verb)(task=row, by=by, now=NOW, **more)


def in_state(row: WorkTask, state: str, verb: str = "") -> WorkTask:
    lead = make.lead()
    if state == "dropped":
        return domain.drop_task(task=row, reason="取消", by=lead, now=NOW)
    if state in ("in_progress", "done"):
        row = domain.start_task(task=row, by=lead, now=NOW)
        if state == "done" or verb == "finish_task":
            do("reach_milestone", row, lead)
    return domain.finish_task(task=row, text="已完成", by=lead, now=NOW) if state == "done" else row


@pytest.mark.requirement("R166", "R167")
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", STATES)
def test_each_verb_is_for_its_states_and_its_people(
    verb: str, state: str, task: WorkTask, school: Any, partner: Any
) -> None:
    states, roles = VERBS[verb]
    row = in_state(task, state, verb)
    for name in CAST:
        by = actor(name, school, partner)
        saved = transaction.savepoint()
        if state in states and name in roles:
            do(verb, row, by)
            assert make.fresh(row).state == AFTER.get(verb, state), name
            assert Record.objects.filter(verb=verb, subject_id=row.pk, subject_type="supervision.worktask").exists()
        else:
            with pytest.raises((Refused, AlreadyMoved)):
                do(verb, row, by)
            assert make.fresh(row).state == state, name
        transaction.savepoint_rollback(saved)


@pytest.mark.requirement("R166", "R175")
def test_plan_has_aim_way_and_safeguards_and_its_tasks_their_units_and_milestones(school: Any, partner: Any) -> None:
    lead = make.lead()
    plan = domain.make_work_plan(
        title="2026 年秋季工作", aim="备案率达到九成", way="逐区推进", safeguards="经费与人员到位",
        first_day=date(2026, 9, 1), last_day=date(2026, 12, 31), by=lead, now=NOW,
    )  # fmt: skip
    row = give(plan=plan, sharing=[school, partner, school])
    assert plan.case_no.startswith("GZ-BJ-2026-") and row.case_no.startswith("RW-BJ-2026-")
    assert {one.unit_id for one in row.sharing.all()} == {school.pk, partner.pk}
    told = set(Notice.objects.filter(kind="task_given").values_list("to_unit_id", flat=True))
    assert told == {school.pk, partner.pk, factories.authority("110108").pk}
    with pytest.raises(Refused) as refused:
        domain.finish_task(task=domain.start_task(task=row, by=lead, now=NOW), text="完成", by=lead, now=NOW)
    assert refused.value.reasons.codes == ["milestones_open"]


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("title", {"title": " "}),
        ("due_day", {"due_day": date(2026, 8, 30)}),
        ("milestones", {"milestones": [{"title": "迟", "due_day": date(2026, 10, 1)}]}),
        ("milestones", {"milestones": [{"title": "同", "due_day": DUE}] * 2}),
        ("milestones", {"milestones": [{"title": "", "due_day": DUE}]}),
    ],
)
def test_what_is_wrong_is_named_by_its_field(field: str, more: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as invalid:
        give(**more)
    assert list(invalid.value.errors) == [field]


def test_units_of_other_regions_and_other_authorities_plans_are_refused() -> None:
    for more in ({"responsible": factories.authority("44")}, {"sharing": [factories.unit(province="11")]}):
        with pytest.raises(Invalid):
            give(**more)
    plan = domain.make_work_plan(
        title="粤", aim="x", first_day=DUE, last_day=DUE, by=make.reviewer("44"), now=NOW
    )
    with pytest.raises(Refused):
        give(plan=plan)
    with pytest.raises(Refused):
        domain.give_task(
            title="t", text="t", responsible=factories.authority("11"), due_day=DUE,
            by=make.provider(factories.unit()), now=NOW,
        )  # fmt: skip


@pytest.mark.requirement("R167")
def test_task_is_read_by_its_authority_those_above_and_whom_it_names(task: WorkTask, school: Any, partner: Any) -> None:
    seeing = {
        name for name in CAST if WorkTask.objects.visible_to(actor(name, school, partner)).filter(pk=task.pk).exists()
    }
    assert seeing == {"reviewer", "lead", "responsible", "school", "partner", "ministry", "system"}
    assert not WorkTask.objects.visible_to(None).exists()
    other = factories.unit(kind="school", parent=factories.authority("110108"), province="11")
    assert not WorkTask.objects.visible_to(make.people(other, Role.INSTITUTION_STAFF)).exists()
    plan = domain.make_work_plan(title="计划", aim="x", first_day=DUE, last_day=DUE, by=make.lead(), now=NOW)
    give(plan=plan, sharing=[school])
    for name in CAST:
        by = actor(name, school, partner)
        assert WorkPlan.objects.visible_to(by).exists() == (
            name in {"reviewer", "lead", "responsible", "school", "ministry", "system"}
        ), name


@pytest.mark.requirement("R167")
def test_notes_stay_and_state_moves_through_acts_alone(task: WorkTask) -> None:
    note = domain.note_progress(task=task, text="已发通知", by=make.reviewer(), now=NOW)
    for statement in (
        f"UPDATE supervision_tasknote SET text = 'x' WHERE id = {note.pk}",
        f"DELETE FROM supervision_tasknote WHERE id = {note.pk}",
        f"UPDATE supervision_worktask SET state = 'done', closed_at = now() WHERE id = {task.pk}",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert TaskNote.objects.get().text == "已发通知"
    moved = domain.move_task(task=task, due_day=date(2026, 10, 30), reason="假期", by=make.lead(), now=NOW)
    assert moved.due_day == date(2026, 10, 30)
    assert "2026-09-30 → 2026-10-30" in TaskNote.objects.order_by("-pk")[0].text
    with pytest.raises(Invalid):
        domain.reach_milestone(
            milestone=task.milestones.get(), reached_on=(NOW + timedelta(days=2)).date(), by=make.lead(), now=NOW
        )
