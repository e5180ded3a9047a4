"""What happens to tasks by themselves: told once that a day is over; passed on when an authority is closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.domain import closing
from accounts.enums import Role
from ledger.models import Record
from notices.models import Notice
from supervision import domain, tasks
from supervision.models import WorkTask
from tests import factories
from tests import factories_supervision as make
from tests.races import second_comer
from tests.supervision.test_work import give

pytestmark = pytest.mark.django_db
NOW, DUE = make.NOW, date(2026, 9, 30)



@pytest.mark.requirement("R167")
def test_overdue_task_is_told_once_to_both_and_again_for_a_new_day(freeze: Any) -> None:
    row, other = give(), give(title="按时完成")
    domain.drop_task(task=other, reason="取消", by=make.lead(), now=NOW)
    first = NOW + (DUE - NOW.date())
    assert domain.tell_overdue(now=first) == 0, "the last day is not over yet"
    later = first + timedelta(days=1)
    freeze(later)
    assert tasks.tell_overdue_tasks() == 1
    assert tasks.tell_overdue_tasks() == 0
    assert domain.tell_overdue(now=later + timedelta(days=9)) == 0
    told = Notice.objects.filter(kind="task_overdue", subject_id=row.pk)
    assert set(told.values_list("to_unit__code", flat=True)) == {"110108", "11"}
    assert told.count() == 2
    assert make.fresh(row).state == "open", "nothing is done by itself"
    domain.move_task(task=row, due_day=DUE + timedelta(days=5), reason="顺延", by=make.lead(), now=later)
    assert domain.tell_overdue(now=later + timedelta(days=9)) == 1
    assert told.count() == 4
    assert Record.objects.filter(verb="task_overdue", subject_id=row.pk).count() == 2


@pytest.mark.requirement("R166", "R167")
def test_tasks_of_a_closed_authority_go_on_with_the_one_above() -> None:
    district, province = factories.authority("110108"), factories.authority("11")
    school = factories.unit(kind="school", parent=district, province="11")
    lead = make.people(district, Role.REVIEW_LEAD)
    own = domain.give_task(
        title="区内自查", text="学校自查。", responsible=school, sharing=[district], due_day=DUE, by=lead, now=NOW
    )
    answered = give(sharing=[province])
    over = domain.give_task(title="已结束", text="略。", responsible=school, due_day=DUE, by=lead, now=NOW)
    domain.drop_task(task=over, reason="取消", by=lead, now=NOW)
    closing.close_authority(unit=district, by=make.lead(), now=NOW)
    rows = {row.pk: row for row in WorkTask.objects.all()}
    assert (rows[own.pk].authority, rows[own.pk].responsible) == (province, school)
    assert (rows[answered.pk].authority, rows[answered.pk].responsible) == (province, province)
    assert not rows[answered.pk].sharing.exists(), "who answers for it does not also take part"
    assert rows[over.pk].authority == district, "what is closed stays as it was"
    told = Notice.objects.filter(kind="task_passed")
    assert set(told.filter(subject_id=own.pk).values_list("to_unit_id", flat=True)) == {province.pk, school.pk}
    assert told.get(subject_id=answered.pk).to_unit == province
    record = Record.objects.get(verb="pass_on_task", subject_id=own.pk)
    assert record.payload == {"from": district.pk, "to": province.pk, "as": ["authority"], "shared": False}
    done = domain.start_task(task=rows[answered.pk], by=make.reviewer(), now=NOW)
    assert done.state == "in_progress", "the new authority works on it"


@pytest.mark.requirement("R166", "R167")
def test_tasks_come_back_to_an_authority_that_is_open_again() -> None:
    district, province = factories.authority("110108"), factories.authority("11")
    school = factories.unit(kind="school", parent=district, province="11")
    lead = make.people(district, Role.REVIEW_LEAD)
    own = domain.give_task(title="区内自查", text="学校自查。", responsible=school, due_day=DUE, by=lead, now=NOW)
    answered, dropped = give(sharing=[province]), give(title="取消的")
    other = give(title="省级自办", responsible=province)
    closing.close_authority(unit=district, by=make.lead(), now=NOW)
    domain.drop_task(task=make.fresh(dropped), reason="取消", by=make.lead(), now=NOW)
    closing.reopen_authority(unit=make.fresh(district), by=make.lead(), now=NOW)
    rows = {row.pk: row for row in WorkTask.objects.all()}
    assert (rows[own.pk].authority, rows[own.pk].responsible) == (district, school)
    assert (rows[answered.pk].authority, rows[answered.pk].responsible) == (province, district)
    assert [share.unit for share in rows[answered.pk].sharing.all()] == [province], "who took part does so again"
    assert rows[dropped.pk].responsible == province, "what was closed meanwhile stays as it was"
    assert (rows[other.pk].authority, rows[other.pk].responsible) == (province, province), "never its own"
    told = Notice.objects.filter(kind="task_given_back")
    assert set(told.filter(subject_id=own.pk).values_list("to_unit_id", flat=True)) == {district.pk, school.pk}
    assert told.get(subject_id=answered.pk).to_unit == district
    for times in (1, 2):  # a second time round it goes and comes as the first
        closing.close_authority(unit=make.fresh(district), by=make.lead(), now=NOW)
        closing.reopen_authority(unit=make.fresh(district), by=make.lead(), now=NOW)
        assert Record.objects.filter(verb="give_back_task", subject_id=own.pk).count() == times + 1


@pytest.mark.requirement("R166", "R167")
def test_of_two_closed_authorities_each_has_back_its_own_and_nothing_that_went_on() -> None:
    haidian, dongcheng, province = (factories.authority(code) for code in ("110108", "110101", "11"))
    mine, theirs, gone_on = give(), give(title="东城的", responsible=dongcheng), give(title="另派的")
    for unit in (haidian, dongcheng):
        closing.close_authority(unit=unit, by=make.lead(), now=NOW)
    school = factories.unit(kind="school", parent=province, province="11")
    WorkTask.objects.filter(pk=gone_on.pk).update(authority=province, responsible=school)
    closing.reopen_authority(unit=make.fresh(haidian), by=make.lead(), now=NOW)
    assert [make.fresh(row).responsible for row in (mine, theirs, gone_on)] == [haidian, province, school]


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("R167")
def test_task_that_is_finished_while_its_authority_closes_does_not_hold_it_up() -> None:
    row, other = give(), give(title="另一项")
    district, lead = factories.authority("110108"), make.lead()
    row = domain.start_task(task=row, by=lead, now=NOW)
    row.milestones.update(reached_on=NOW.date())
    met = second_comer(
        lambda: domain.finish_task(task=row, text="完成", by=lead, now=NOW),
        lambda: closing.close_authority(unit=district, by=lead, now=NOW),
    )
    assert met is None
    assert not make.fresh(district).active
    assert (make.fresh(row).responsible, make.fresh(other).responsible) == (district, factories.authority("11"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("R167")
def test_two_runs_at_once_tell_of_an_overdue_task_once() -> None:
    row, told = give(), []
    later = NOW + (DUE - NOW.date()) + timedelta(days=1)

    def run() -> None:
        told.append(domain.tell_overdue(now=later))

    assert second_comer(run, run) is None
    assert told == [1, 0]
    assert Notice.objects.filter(kind="task_overdue", subject_id=row.pk).count() == 2
    assert Record.objects.filter(verb="task_overdue", subject_id=row.pk).count() == 1
