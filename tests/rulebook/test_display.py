"""What pages say of a clock, reminders, and moments."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rulebook import clocks, time
from rulebook.models import Article, CalendarState, CalendarYear, Clock
from tests.rulebook.conftest import at, make_matter

pytestmark = pytest.mark.django_db


def clock_of(kind="supplement", started="2026-09-24 10:02:00", **more) -> Clock:
    moment = at(started)
    values = {"kind": kind, "subject": make_matter(1), "started_at": moment, "days": 10, "now": moment}
    return clocks.start(**(values | more))


@pytest.mark.parametrize(
    ("now", "left", "family"),
    [
        ("2026-10-09 09:00:00", 5, "neutral"),
        ("2026-10-12 23:59:59", 3, "soon"),
        ("2026-10-14 09:00:00", 1, "soon"),
        ("2026-10-15 23:59:59", 0, "today"),
        ("2026-10-16 00:00:00", -1, "late"),
        ("2026-10-19 09:00:00", -2, "late"),
    ],
)
@pytest.mark.requirement("R83", "R84")
def test_pill_by_day(published, now, left, family):
    pill = clocks.pill(clock_of(), at(now))
    assert (pill.left, pill.family, pill.provisional) == (left, family, False)
    assert clocks.days_left(date(2026, 10, 15), time.local_date(at(now))) == left


def test_pill_of_another_party_is_dashed_until_it_is_late(published):
    clock = clock_of()
    assert clocks.pill(clock, at("2026-10-15 09:00:00"), ours=False).family == "off"
    assert clocks.pill(clock, at("2026-10-16 09:00:00"), ours=False).family == "late"


def test_service_target_is_never_late(published):
    clock = clock_of("ministry_target")
    assert clocks.pill(clock, at("2026-10-15 09:00:00")).family == "off"
    assert clocks.pill(clock, at("2026-11-15 09:00:00")).family == "off"


def test_paused_and_provisional_are_dashed(published):
    clock_of()
    paused = clocks.pause(subject=make_matter(1), kind="supplement", now=at("2026-10-09 12:00:00"))
    assert clocks.pill(paused, at("2026-10-30 09:00:00")).family == "off"
    provisional = clock_of("feedback", "2026-12-24 10:00:00")
    assert clocks.pill(provisional, at("2026-12-25 09:00:00")).provisional
    assert clocks.pill(provisional, at("2026-12-25 09:00:00")).family == "off"


def test_many_pills_cost_no_query_with_the_calendar_at_hand(published, queries):
    from rulebook import calendar

    clock, days = clock_of(), calendar.current()
    with queries() as seen:
        for _ in range(100):
            clocks.pill(clock, at("2026-10-09 09:00:00"), days=days)
    assert len(seen) == 0


def test_reminders_fall_on_working_days_at_nine(published):
    found = clocks.reminder_moments(clock_of())
    assert [(moment.offset, moment.at) for moment in found] == [
        (-3, at("2026-10-12 09:00:00")),
        (-1, at("2026-10-14 09:00:00")),
        (0, at("2026-10-15 09:00:00")),
        (1, at("2026-10-16 09:00:00")),
    ]


def test_reminders_skip_holidays_and_use_make_up_days(published):
    found = clocks.reminder_moments(clock_of(started="2026-09-23 10:00:00", days=9))
    # The last day is 2026-10-13; three working days before it is Saturday the 10th, on which people work.
    assert [moment.at.date() for moment in found][:2] == [date(2026, 10, 9), date(2026, 10, 12)]


def test_no_reminder_before_the_start(published):
    found = clocks.reminder_moments(clock_of(started="2026-11-10 10:00:00", days=2))
    assert [moment.offset for moment in found] == [-1, 0, 1]


# --- moments -----------------------------------------------------------------------------------------


def test_days_begin_and_end_in_beijing():
    late_in_utc = datetime(2026, 9, 23, 16, 0, tzinfo=UTC)
    assert time.local_date(late_in_utc) == date(2026, 9, 24)
    assert time.end_of_day(date(2026, 10, 15)) == at("2026-10-16 00:00:00")
    assert time.start_of_day(date(2026, 10, 15)) == at("2026-10-15 00:00:00")
    assert time.at_hour(date(2026, 10, 15), 9) == at("2026-10-15 09:00:00")


def test_moment_without_zone_names_no_day():
    with pytest.raises(time.MomentInvalid):
        time.local_date(datetime(2026, 9, 24))


def test_parse_moment_reads_offsets_days_and_beijing_time():
    assert time.parse_moment("2026-10-15T16:00:00+00:00") == at("2026-10-16 00:00:00")
    assert time.parse_moment(" 2026-10-16 ") == at("2026-10-16 00:00:00")
    with pytest.raises(time.MomentInvalid):
        time.parse_moment("tomorrow")


def test_now_is_the_frozen_moment_or_the_real_one(settings):
    settings.PORTAL_FROZEN_NOW = "2026-10-16T00:00:00+08:00"
    assert time.now() == at("2026-10-16 00:00:00")
    settings.PORTAL_FROZEN_NOW = at("2026-10-17 00:00:00")
    assert time.now() == at("2026-10-17 00:00:00")
    settings.PORTAL_FROZEN_NOW = None
    assert abs((datetime.now(UTC) - time.now()).total_seconds()) < 60


def test_rows_name_themselves():
    assert str(CalendarState(version=3)) == "v3"
    assert str(CalendarYear(year=2027)) == "2027"
    assert str(Article(key="me-13")) == "me-13"
    assert Clock(kind="feedback").kind_label
    assert Clock(kind="own_kind").kind_label == "own_kind"
