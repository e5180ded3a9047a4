"""Periods of the Measures, Art. 13: to the second, late, twice, and never an approval by silence."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from ledger.acts import Refused
from notices.models import Notice
from providers import domain as provider_verbs
from review import domain as review_verbs
from review.models import Decision
from rulebook import clocks
from rulebook.models import Clock
from rulebook.time import ZONE
from tests import factories_filings as make

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _calendar(db):
    make.calendar()


@pytest.mark.requirement("R83")
def test_feedback_period_counts_working_days_over_the_holidays():
    filing = make.submitted()
    assert filing.due_day == date(2026, 10, 15)
    assert filing.due_at == datetime(2026, 10, 16, tzinfo=ZONE)
    clock = clocks.running(filing, "feedback")
    assert (clock.due_at, clock.day0) == (filing.due_at, date(2026, 9, 24))


@pytest.mark.requirement("R84")
def test_supplement_period_starts_at_receipt():
    filing = make.submitted()
    later = datetime(2026, 9, 30, 23, 59, tzinfo=ZONE)
    filing = review_verbs.return_for_correction(
        filing=filing, by=make.reviewer_of(filing), now=later, comment="请补正"
    )
    assert filing.due_day == date(2026, 10, 20)
    assert Notice.objects.get(kind="filing_returned").received_at == later
    assert clocks.running(filing, "feedback") is None


@pytest.mark.requirement("R85")
@pytest.mark.parametrize(("offset", "state"), [(-SECOND, "returned"), (timedelta(0), "lapsed"), (SECOND, "lapsed")])
def test_sweep_around_the_last_second(offset, state):
    filing = make.returned()
    clocks.sweep(now=filing.due_at + offset)
    assert make.fresh(filing).state == state


@pytest.mark.requirement("R85")
def test_sweep_three_weeks_late_and_twice_lapses_once():
    filing = make.returned()
    late = filing.due_at + timedelta(weeks=3)
    first, second = clocks.sweep(now=late), clocks.sweep(now=late)
    assert (first.expired, second.expired) == (1, 0)
    assert make.fresh(filing).state == "lapsed"
    assert Notice.objects.filter(kind="filing_lapsed").count() == 2  # provider and authority
    assert not Clock.objects.running().filter(subject_id=filing.pk).exists()


@pytest.mark.requirement("R84")
def test_supplement_in_the_last_second_counts_and_at_midnight_no_more():
    filing = make.returned()
    owner = make.actor_in(filing.unit)
    with pytest.raises(Refused) as refused:
        provider_verbs.submit(filing=filing, by=owner, now=filing.due_at)
    assert refused.value.reasons.codes == ["too_late"]
    assert provider_verbs.submit(filing=filing, by=owner, now=filing.due_at - SECOND).state == "submitted"


@pytest.mark.requirement("R83")
def test_overdue_feedback_escalates_once_and_never_approves():
    filing = make.submitted()
    superior = filing.authority.parent
    for moment in (filing.due_at - SECOND, filing.due_at, filing.due_at + timedelta(weeks=3)):
        clocks.sweep(now=moment)
    row = make.fresh(filing)
    assert row.state == "submitted"
    assert row.overdue_since == filing.due_at
    assert clocks.running(row, "feedback") is not None, "the duty goes on"
    assert Notice.objects.filter(kind="feedback_escalated", to_unit=superior).count() == 1
    assert Notice.objects.filter(kind="feedback_overdue", to_unit=filing.authority).count() == 1
    assert not Decision.objects.exists()


def test_decision_after_the_period_is_marked_late():
    filing = make.submitted()
    reviewer = make.reviewer_of(filing)
    clocks.sweep(now=filing.due_at)
    review_verbs.approve(filing=make.fresh(filing), by=reviewer, now=filing.due_at)
    assert Decision.objects.get().on_time is False
    other = make.submitted()
    review_verbs.approve(filing=other, by=make.reviewer_of(other), now=other.due_at - SECOND)
    assert Decision.objects.get(filing=other).on_time is True


@pytest.mark.requirement("R83")
def test_feedback_that_a_new_calendar_moves_ahead_is_overdue_no_more_and_told_again_later():
    from rulebook.domain.calendar import touch_state
    from rulebook.models import CalendarDay, CalendarState, CalendarYear

    filing = make.submitted()
    clocks.sweep(now=filing.due_at)
    assert make.fresh(filing).overdue_since == filing.due_at
    CalendarDay.objects.create(
        date=date(2026, 10, 13), working=False, name_zh="临时", name_en="extra",
        year=CalendarYear.objects.get(year=2026),
    )
    touch_state(CalendarState.objects.get(pk=1))
    clocks.recompute(now=filing.due_at)
    row = make.fresh(filing)
    assert row.due_at > filing.due_at
    assert row.overdue_since is None
    clocks.sweep(now=row.due_at)
    assert make.fresh(filing).overdue_since == row.due_at
    assert Notice.objects.filter(kind="feedback_escalated", to_unit=filing.authority.parent).count() == 2


def test_new_calendar_moves_the_queue():
    from rulebook.domain.calendar import touch_state
    from rulebook.models import CalendarDay, CalendarState, CalendarYear

    filing = make.submitted()
    CalendarDay.objects.create(
        date=date(2026, 10, 13), working=False, name_zh="临时", name_en="extra",
        year=CalendarYear.objects.get(year=2026),
    )
    touch_state(CalendarState.objects.get(pk=1))
    clocks.recompute(now=make.NOW)
    row = make.fresh(filing)
    assert row.due_day == date(2026, 10, 16)
    assert row.due_at == clocks.running(row, "feedback").due_at


@pytest.mark.requirement("R80")
def test_ministry_target_is_no_legal_period():
    make.policy("11", second_level=True)
    filing = make.submitted()
    filing = review_verbs.approve(filing=filing, by=make.reviewer_of(filing), now=make.NOW)
    assert filing.state == "ministry_review"
    assert clocks.running(filing, "feedback") is None
    late = filing.due_at + timedelta(days=30)
    clocks.sweep(now=late)
    assert make.fresh(filing).state == "ministry_review"
    review_verbs.approve(filing=make.fresh(filing), by=make.ministry_reviewer(), now=late)
    assert Decision.objects.get(verb="approve").on_time is True


@pytest.mark.requirement("R91")
@pytest.mark.parametrize(("changed", "late"), [("2026-09-11", False), ("2026-09-10", True)])
def test_change_reported_after_ten_working_days_is_marked_late(changed, late):
    # Sunday 20 September is a make-up working day, so that the tenth one after the 10th is the 23rd.
    first = make.approved()
    change = make.draft(of=make.app_of(first), kind="change", changed_on=changed)
    change = provider_verbs.submit(filing=change, by=make.actor_in(change.unit), now=make.NOW)
    assert change.late is late


