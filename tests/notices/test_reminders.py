"""Reminders: by "due by now", once each, late and twice, and to the superior in the end."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from accounts.enums import Role
from accounts.models import Unit
from notices.domain import Holder, register_holder, send_reminders
from notices.domain import reminders as module
from notices.domain.reminders import tell_moved
from notices.models import Notice, ReminderSent
from notices.tasks import send_reminders as task
from rulebook import clocks
from rulebook.domain.seeds import seed_calendar
from rulebook.models import Clock
from rulebook.time import ZONE
from tests import factories

pytestmark = pytest.mark.django_db

START = datetime(2026, 9, 24, 10, tzinfo=ZONE)  # ten working days end on Thursday 2026-10-15


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def run(now: datetime) -> tuple[int, int]:
    done = send_reminders(now=now)
    return done.served, done.escalated


@pytest.fixture(autouse=True)
def _calendar_and_holders():
    seed_calendar(now=datetime(2026, 1, 1, tzinfo=ZONE))
    before = dict(module._holders)
    module._holders.clear()
    yield
    module._holders.clear()
    module._holders.update(before)


@pytest.fixture
def unit() -> Unit:
    return factories.membership(Role.REVIEWER).unit


@pytest.fixture
def clock(unit: Unit) -> Clock:
    ministry = factories.authority("moe")
    params = {"app_name": "示例阅读", "case_no": "BJ-2026-000001"}
    register_holder("feedback", lambda clock: Holder(unit, unit, ministry, params))
    made = clocks.start(kind="feedback", subject=unit, started_at=START, days=10, now=START)
    assert made.due_day == date(2026, 10, 15)
    return made


@pytest.mark.requirement("R83", "R84")
def test_reminders_come_at_their_moments_across_the_holiday(clock: Clock) -> None:
    # 3 working days before 15 October is Monday 12; 10 October is a make-up Saturday.
    assert run(at(10, 12, 8, 59)) == (0, 0)
    assert run(at(10, 12)) == (1, 0)
    assert run(at(10, 14, 8, 59)) == (0, 0)
    assert run(at(10, 14)) == (1, 0)
    assert run(at(10, 15)) == (1, 0)
    assert run(at(10, 16, 8)) == (0, 0)
    assert run(at(10, 16)) == (1, 1)
    assert run(at(12, 1)) == (0, 0)
    assert list(ReminderSent.objects.order_by("offset").values_list("offset", flat=True)) == [-3, -1, 0, 1]
    kinds = list(Notice.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["reminder", "reminder", "reminder", "reminder_overdue", "feedback_escalated"]


@pytest.mark.requirement("R83")
def test_superior_is_told_after_the_last_day(clock: Clock, unit: Unit) -> None:
    run(at(10, 16))
    notice = Notice.objects.get(kind="feedback_escalated")
    assert notice.to_unit == factories.authority("moe")
    assert notice.params["unit"] == unit.name
    assert notice.params["due_day"] == "2026-10-15"


def test_twice_at_the_same_moment_is_once(clock: Clock) -> None:
    assert run(at(10, 12)) == (1, 0)
    assert run(at(10, 12)) == (0, 0)
    assert Notice.objects.count() == 1


def test_three_weeks_late_gives_the_newest_alone(clock: Clock) -> None:
    done = send_reminders(now=at(11, 5))
    assert (done.served, done.escalated, done.passed_over) == (1, 1, 3)
    assert ReminderSent.objects.count() == 4
    assert run(at(11, 5)) == (0, 0)


def test_late_between_moments_gives_one(clock: Clock) -> None:
    assert run(at(10, 14, 23)) == (1, 0)
    assert set(ReminderSent.objects.values_list("offset", flat=True)) == {-3, -1}
    assert run(at(10, 15)) == (1, 0)


def test_stopped_clock_is_not_reminded_of(clock: Clock, unit: Unit) -> None:
    clocks.stop(subject=unit, now=at(10, 9))
    assert run(at(10, 16)) == (0, 0)


def test_clock_without_holder_or_kind_is_left_alone(unit: Unit) -> None:
    clocks.start(kind="supplement", subject=unit, started_at=START, days=10, now=START)
    assert run(at(10, 16)) == (0, 0)
    register_holder("supplement", lambda clock: None)
    assert run(at(10, 16)) == (0, 0)
    assert not Notice.objects.exists()


def test_short_clock_is_not_reminded_of_before_its_start(unit: Unit) -> None:
    register_holder("feedback", lambda clock: (unit, unit, None))
    clocks.start(kind="feedback", subject=unit, started_at=at(10, 14, 10), days=1, now=at(10, 14, 10))
    assert run(at(10, 14, 11)) == (0, 0), "3 and 1 days before lie before the start"
    assert run(at(10, 15)) == (1, 0)
    assert run(at(10, 16)) == (1, 0), "nobody stands above"


def test_moved_clock_is_reminded_of_again_and_people_are_told(clock: Clock, unit: Unit) -> None:
    run(at(10, 12))
    Clock.objects.filter(pk=clock.pk).update(due_day=date(2026, 10, 19), due_at=at(10, 20, 0))
    clock.refresh_from_db()
    tell_moved(clock, date(2026, 10, 15), at(10, 12, 12))
    tell_moved(clock, date(2026, 10, 15), at(10, 12, 13))
    moved = Notice.objects.get(kind="clock_moved")
    assert (moved.params["previous_day"], moved.params["due_day"]) == ("2026-10-15", "2026-10-19")
    assert run(at(10, 14)) == (1, 0)
    assert ReminderSent.objects.filter(due_day=date(2026, 10, 19)).count() == 1


def test_moved_clock_of_unknown_kind_tells_nobody(unit: Unit) -> None:
    other = clocks.start(kind="supplement", subject=unit, started_at=START, days=10, now=START)
    tell_moved(other, date(2026, 10, 1), START)
    assert not Notice.objects.exists()


def test_reminders_cost_few_queries_where_nothing_is_due(clock: Clock, django_assert_max_num_queries) -> None:
    send_reminders(now=START)
    with django_assert_max_num_queries(6):
        send_reminders(now=START + timedelta(days=1))


def test_task_reports(clock: Clock, freeze) -> None:
    freeze(at(10, 16))
    assert task() == "served 1, escalated 1"


def test_holder_as_tuple_or_object_is_the_same(unit: Unit, clock: Clock) -> None:
    register_holder("feedback", lambda clock: (unit, unit, None))
    assert module.holder_of(clock) == Holder(unit, unit, None)
