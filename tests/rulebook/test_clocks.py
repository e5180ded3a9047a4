"""Clocks: what they compute, when they run out, and what the sweep does then."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from rulebook import clocks
from rulebook.arithmetic import PeriodInvalid
from rulebook.domain import sweeping as verbs
from rulebook.models import CalendarYear, Clock
from tests.rulebook.conftest import at, make_matter, nothing

pytestmark = pytest.mark.django_db

RECEIVED = at("2026-09-24 10:02:00")
LAST_SECOND = at("2026-10-15 23:59:59")
OVER = at("2026-10-16 00:00:00")


def begin(subject, kind="supplement", days=10, **more):
    values = {"kind": kind, "subject": subject, "started_at": RECEIVED, "days": days, "now": RECEIVED}
    return clocks.start(**(values | more))


def lapse(calls):
    def verb(clock, now):
        calls.append((clock.pk, now))

    return verb


# --- start, stop -------------------------------------------------------------------------------------


@pytest.mark.requirement("R84")
def test_start_stores_the_end_once(published, matter):
    clock = begin(matter, authority_code="11")
    clock.refresh_from_db()
    assert (clock.day0, clock.due_day, clock.due_at) == (date(2026, 9, 24), date(2026, 10, 15), OVER)
    assert (clock.subject_type, clock.subject_id) == ("rulebook.calendaryear", matter.pk)
    assert (clock.status, clock.provisional, clock.authority_code) == ("running", False, "11")
    assert clock.calendar_version == 1
    assert "2026-10-15" in str(clock)


@pytest.mark.requirement("R84")
def test_start_takes_day_0_in_beijing_not_in_utc(published, matter):
    late = at("2026-09-24 00:30:00")  # still the 23rd in UTC
    assert begin(matter, started_at=late).day0 == date(2026, 9, 24)


@pytest.mark.requirement("R140")
def test_start_in_months_ends_on_the_months_last_day(matter):
    clock = begin(matter, kind="bar", days=None, months=6, started_at=at("2026-08-31 09:00:00"))
    assert (clock.due_day, clock.due_at) == (date(2027, 2, 28), at("2027-03-01 00:00:00"))
    assert not clock.provisional


@pytest.mark.parametrize("period", [{"days": None, "months": None}, {"days": 10, "months": 6}])
def test_start_without_one_period_is_refused(matter, period):
    with pytest.raises(PeriodInvalid):
        begin(matter, **period)


def test_second_running_clock_of_a_kind_is_refused(published, matter):
    begin(matter)
    with pytest.raises(clocks.ClockRunning, match="supplement"):
        begin(matter)
    assert begin(matter, kind="feedback").pk
    assert Clock.objects.count() == 2


def test_other_database_errors_are_not_taken_for_a_running_clock(published, matter):
    matter.pk = None
    with pytest.raises(IntegrityError):
        begin(matter)


def test_stop_ends_all_kinds_or_one(published, matter):
    for kind in ("supplement", "feedback", "other"):
        begin(matter, kind=kind)
    assert clocks.stop(subject=matter, kind="feedback", now=OVER) == 1
    assert clocks.running(matter, "feedback") is None
    assert [clock.kind for clock in clocks.running(matter)] == ["supplement", "other"]
    assert clocks.stop(subject=matter, now=OVER) == 2
    assert clocks.stop(subject=matter, now=OVER) == 0
    assert set(Clock.objects.values_list("status", "ended_at")) == {("stopped", OVER)}


def test_stopped_clock_makes_room_for_a_new_one(published, matter):
    begin(matter)
    clocks.stop(subject=matter, now=RECEIVED)
    assert begin(matter).pk


def test_pause_keeps_what_is_left_and_resume_counts_on(published, matter):
    begin(matter)
    paused = clocks.pause(subject=matter, kind="supplement", now=at("2026-10-09 12:00:00"))
    assert paused.remaining == 5
    assert clocks.working_days_left(paused, at("2027-01-01 00:00:00")) == 5
    assert clocks.sweep(now=OVER).done == 0
    with pytest.raises(clocks.ClockRunning):
        begin(matter)
    resumed = clocks.resume(subject=matter, kind="supplement", now=at("2026-11-02 12:00:00"))
    assert (resumed.status, resumed.due_day) == ("running", date(2026, 11, 9))


def test_pause_and_resume_of_months_moves_the_end_by_the_pause(matter):
    begin(matter, kind="bar", days=None, months=6, started_at=at("2026-01-10 09:00:00"))
    clocks.pause(subject=matter, kind="bar", now=at("2026-07-01 09:00:00"))
    resumed = clocks.resume(subject=matter, kind="bar", now=at("2026-07-11 09:00:00"))
    assert resumed.due_day == date(2026, 7, 20)


def test_pause_and_resume_without_such_a_clock_do_nothing(matter):
    assert clocks.pause(subject=matter, kind="supplement", now=OVER) is None
    assert clocks.resume(subject=matter, kind="supplement", now=OVER) is None


def test_database_refuses_nonsense(published, matter):
    clock = begin(matter)
    for nonsense in (
        {"status": "gone"},
        {"status": "expired"},
        {"status": "paused"},
        {"months": 3},
        {"due_day": date(2020, 1, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Clock.objects.filter(pk=clock.pk).update(**nonsense)


# --- sweep -------------------------------------------------------------------------------------------


@pytest.mark.requirement("R84", "R85")
def test_sweep_one_second_before_and_at_the_end(published, matter, kinds):
    calls = []
    clocks.register("supplement", on_due=lapse(calls))
    clock = begin(matter)
    assert clocks.sweep(now=LAST_SECOND).expired == 0
    assert calls == []
    assert clocks.sweep(now=OVER).expired == 1
    assert calls == [(clock.pk, OVER)]
    clock.refresh_from_db()
    assert (clock.status, clock.ended_at) == ("expired", OVER)


@pytest.mark.requirement("R85")
def test_sweep_counts_the_make_up_saturday_of_national_day(published, matter, kinds):
    clocks.register("supplement", on_due=lapse([]))
    clock = begin(matter, started_at=at("2026-09-29 17:00:00"))
    assert clock.due_day == date(2026, 10, 19)  # Monday to Friday counting would say the 13th
    assert clocks.sweep(now=at("2026-10-19 23:59:59")).expired == 0
    assert clocks.sweep(now=at("2026-10-20 00:00:00")).expired == 1


@pytest.mark.requirement("R85")
def test_sweep_twice_acts_once(published, matter, kinds):
    calls = []
    clocks.register("supplement", on_due=lapse(calls))
    begin(matter)
    assert [clocks.sweep(now=OVER).expired for _ in range(3)] == [1, 0, 0]
    assert len(calls) == 1


@pytest.mark.requirement("R85")
def test_sweep_three_weeks_late_still_acts(published, matter, kinds):
    calls = []
    clocks.register("supplement", on_due=lapse(calls))
    begin(matter)
    late = OVER + timedelta(weeks=3)
    assert clocks.sweep(now=late).expired == 1
    assert calls[0][1] == late


@pytest.mark.requirement("R83")
def test_sweep_marks_missed_feedback_once_and_it_runs_on(published, matter, kinds):
    calls = []
    clocks.register("feedback", on_due=lapse(calls), keep_running=True)
    clock = begin(matter, kind="feedback")
    assert clocks.sweep(now=LAST_SECOND).overdue == 0
    assert clocks.sweep(now=OVER).overdue == 1
    assert clocks.sweep(now=OVER + timedelta(days=1)).overdue == 0
    clock.refresh_from_db()
    assert (clock.status, clock.overdue_at) == ("running", OVER)
    assert len(calls) == 1
    assert clocks.stop(subject=matter, kind="feedback", now=OVER) == 1


def test_sweep_marks_missed_feedback_of_many_at_once(published, kinds):
    together, alone = [], []
    clocks.register(
        "feedback", on_due=lapse(alone), on_due_many=lambda found, now: together.append(len(found)), keep_running=True
    )
    for number in range(1, 4):
        begin(make_matter(number), kind="feedback")
    swept = clocks.sweep(now=OVER)
    assert (swept.overdue, swept.expired, together, alone) == (3, 0, [3], [])
    assert set(Clock.objects.values_list("status", "overdue_at")) == {("running", OVER)}
    assert clocks.sweep(now=OVER).overdue == 0


def test_sweep_leaves_kinds_that_nobody_registered(published, matter, kinds):
    clocks.register("unknown_here", on_moved=nothing)
    begin(matter, kind="unknown_here")
    assert clocks.sweep(now=OVER).done == 0
    assert Clock.objects.get().status == "running"


def test_failing_verb_stops_no_other_and_is_tried_once_a_sweep(published, kinds, caplog):
    tried = []

    def verb(clock, now):
        tried.append(clock.subject_id)
        if clock.subject_id == bad.pk:
            CalendarYear.objects.filter(pk=bad.pk).update(source="half done")
            msg = "no such thing"
            raise LookupError(msg)

    clocks.register("supplement", on_due=verb)
    bad, good = make_matter(1), make_matter(2)
    begin(bad), begin(good)
    swept = clocks.sweep(now=OVER)
    assert (swept.expired, len(swept.failed), swept.done) == (1, 1, 1)
    assert tried == [bad.pk, good.pk]
    assert "its verb failed" in caplog.text
    clock = clocks.running(bad, "supplement")
    assert (clock.attempts, clock.last_error) == (1, "LookupError: no such thing")
    bad.refresh_from_db()
    assert bad.source == ""  # nothing of the failed verb stays
    assert len(clocks.sweep(now=OVER).failed) == 1


def test_failing_clocks_do_not_starve_the_others_under_a_limit(published, kinds):
    bad, good = make_matter(1), make_matter(2)

    def verb(clock, now):
        if clock.subject_id == bad.pk:
            raise RuntimeError

    clocks.register("supplement", on_due=verb)
    begin(bad), begin(good)
    assert clocks.sweep(now=OVER, limit=1).expired == 0
    assert clocks.sweep(now=OVER, limit=1).expired == 1


def test_sweep_goes_through_many_pages(published, kinds, monkeypatch):
    monkeypatch.setattr(verbs, "BATCH", 2)
    calls = []
    clocks.register("supplement", on_due=lapse(calls))
    for number in range(1, 8):
        begin(make_matter(number))
    assert clocks.sweep(now=OVER, limit=3).expired == 3
    assert clocks.sweep(now=OVER).expired == 4
    assert len({pk for pk, _now in calls}) == 7


def test_clock_of_a_vanished_matter_is_stopped(published, matter, kinds, caplog):
    clocks.register("supplement", on_due=lapse([]))
    clock = begin(matter)
    CalendarYear.objects.filter(pk=matter.pk).delete()
    assert clocks.sweep(now=OVER).passed_over == 1
    clock.refresh_from_db()
    assert clock.status == "stopped"
    assert "is gone" in caplog.text


def test_clock_of_an_unknown_model_is_a_failure(published, matter, kinds):
    clocks.register("supplement", on_due=lapse([]))
    clock = begin(matter)
    Clock.objects.filter(pk=clock.pk).update(subject_type="nowhere.thing")
    assert clocks.sweep(now=OVER).failed == [clock.pk]


def test_sweep_costs_a_constant_number_of_queries_a_clock(published, kinds, queries):
    clocks.register("supplement", on_due=lapse([]))
    costs = []
    for number in (1, 3, 9):
        for n in range(number):
            begin(make_matter(number * 10 + n))
        with queries() as seen:
            assert clocks.sweep(now=OVER).expired == number
        costs.append(len(seen))
    base, per_clock = costs[0] - (costs[1] - costs[0]) // 2, (costs[1] - costs[0]) // 2
    assert per_clock <= 5  # savepoint, clock, subject, mark, release
    assert costs[2] == base + 9 * per_clock


def test_recompute_passes_over_a_vanished_matter(published, matter):
    clock = begin(matter)
    Clock.objects.filter(pk=clock.pk).update(calendar_version=0, due_day=date(2026, 10, 14))
    CalendarYear.objects.filter(pk=matter.pk).delete()
    result = clocks.recompute(now=RECEIVED)
    assert (result.checked, result.moved) == (1, 0)
    clock.refresh_from_db()
    assert (clock.status, clock.due_day) == ("stopped", date(2026, 10, 14))


def test_recompute_leaves_an_overdue_clock_overdue_where_its_end_stays_behind(published, matter):
    clock = begin(matter, kind="feedback")
    Clock.objects.filter(pk=clock.pk).update(
        calendar_version=0, due_day=date(2026, 10, 14), overdue_at=at("2026-10-15 00:00:00")
    )
    assert clocks.recompute(now=OVER).moved == 1
    clock.refresh_from_db()
    assert (clock.due_day, clock.overdue_at) == (date(2026, 10, 15), at("2026-10-15 00:00:00"))


# --- several workers ---------------------------------------------------------------------------------


@pytest.mark.requirement("R85")
@pytest.mark.django_db(transaction=True)
def test_two_workers_do_each_clock_once(published, kinds):
    done, lock, begun = [], threading.Lock(), threading.Barrier(2)

    def verb(clock, now):
        with lock:
            done.append(clock.pk)

    clocks.register("supplement", on_due=verb)
    for number in range(1, 61):
        begin(make_matter(number))
    results = []

    def work():
        try:
            begun.wait()
            results.append(clocks.sweep(now=OVER))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    assert sorted(done) == sorted(Clock.objects.values_list("pk", flat=True))
    assert sum(result.expired for result in results) == 60
    assert not any(result.failed for result in results)
    assert set(Clock.objects.values_list("status", flat=True)) == {"expired"}


@pytest.mark.django_db(transaction=True)
def test_sweep_passes_over_a_matter_that_somebody_acts_on(published, kinds):
    """A provider resubmits in the last moment: the verb holds the matter, then stops its clock."""
    clocks.register("supplement", on_due=lapse([]))
    matter = make_matter(1)
    begin(matter)
    held, swept = threading.Event(), threading.Event()
    outcome = {}

    def resubmit():
        try:
            with transaction.atomic():
                CalendarYear.objects.select_for_update().get(pk=matter.pk)
                held.set()
                swept.wait(5)
                outcome["stopped"] = clocks.stop(subject=matter, now=OVER)
        finally:
            connection.close()

    worker = threading.Thread(target=resubmit)
    worker.start()
    held.wait(5)
    outcome["swept"] = clocks.sweep(now=OVER)
    swept.set()
    worker.join()
    assert (outcome["swept"].expired, outcome["swept"].passed_over) == (0, 1)
    assert outcome["stopped"] == 1
    assert Clock.objects.get().status == "stopped"
