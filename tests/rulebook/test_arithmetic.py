"""Working days and months: the table of the field, and a naive oracle."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rulebook.arithmetic import DayException, PeriodInvalid, WorkingDays, add_months, months_before

TABLE = [
    ("2020-01-17", "2020-02-07"),
    ("2024-02-05", "2024-02-23"),
    ("2025-01-20", "2025-02-08"),
    ("2026-04-30", "2026-05-18"),
    ("2026-09-24", "2026-10-15"),
    ("2026-09-30", "2026-10-20"),
]


@pytest.mark.requirement("R83", "R84")
@pytest.mark.parametrize(("day0", "last"), TABLE)
def test_ten_working_days_across_holidays(packaged, day0, last):
    due = packaged.add(date.fromisoformat(day0), 10)
    assert due.date == date.fromisoformat(last)
    assert not due.provisional


@pytest.mark.requirement("R84")
def test_due_day_can_be_a_make_up_saturday(packaged):
    due = packaged.add(date(2025, 1, 20), 10).date
    assert due.weekday() == 5
    assert packaged.is_working(due)


def test_zero_days_end_on_day_0(packaged):
    assert packaged.add(date(2026, 10, 1), 0).date == date(2026, 10, 1)


@pytest.mark.parametrize("n", [-1, 2001])
def test_absurd_number_of_days_is_refused(packaged, n):
    with pytest.raises(PeriodInvalid):
        packaged.add(date(2026, 1, 5), n)


def test_end_of_time_is_refused(packaged):
    with pytest.raises(PeriodInvalid):
        packaged.add(date(9999, 12, 20), 20)
    with pytest.raises(PeriodInvalid):
        add_months(date(9999, 12, 1), 1)


@pytest.mark.requirement("R84")
def test_count_into_unpublished_year_is_provisional(packaged):
    due = packaged.add(date(2026, 12, 24), 10)
    assert (due.date, due.provisional) == (date(2027, 1, 7), True)  # Monday to Friday from 2027-01-01 on
    assert not packaged.add(date(2026, 12, 24), 5).provisional


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-08-31", 18, "2028-02-29"),
        ("2026-03-15", 6, "2026-09-15"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-06-30", 6, "2026-12-30"),
        ("2026-05-31", 0, "2026-05-31"),
    ],
)
@pytest.mark.requirement("R140")
def test_months_end_on_the_corresponding_day_or_the_months_last(start, months, end):
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


@pytest.mark.parametrize("n", [-1, 1201])
def test_absurd_number_of_months_is_refused(n):
    with pytest.raises(PeriodInvalid):
        add_months(date(2026, 1, 1), n)


# On a busy machine time says nothing about the code.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

days_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))
exceptions = st.dictionaries(days_2026, st.booleans(), max_size=40)


def naive_working(marked: dict[date, bool], day: date) -> bool:
    if day in marked:
        return marked[day]
    return day.strftime("%a") not in ("Sat", "Sun")


@patient
@given(marked=exceptions, day0=days_2026, n=st.integers(1, 60))
def test_add_agrees_with_listing_every_day(marked, day0, n):
    calendar = WorkingDays({d: DayException(w) for d, w in marked.items()}, frozenset({2026}), 7)
    listed = [day0 + timedelta(days=i) for i in range(1, 400)]
    working = [day for day in listed if naive_working(marked, day)]
    due = calendar.add(day0, n)
    assert due.date == working[n - 1]
    assert due.provisional == (due.date.year > 2026)
    assert due.calendar_version == 7


@patient
@given(marked=exceptions, a=days_2026, b=days_2026)
def test_between_agrees_with_listing_and_is_antisymmetric(marked, a, b):
    calendar = WorkingDays({d: DayException(w) for d, w in marked.items()})
    low, high = sorted([a, b])
    listed = [low + timedelta(days=i) for i in range(1, (high - low).days + 1)]
    assert calendar.between(low, high) == sum(naive_working(marked, day) for day in listed)
    assert calendar.between(a, b) == -calendar.between(b, a)


@patient
@given(marked=exceptions, day=days_2026, n=st.integers(1, 30))
def test_shift_back_undoes_shift_forward_from_a_working_day(marked, day, n):
    calendar = WorkingDays({d: DayException(w) for d, w in marked.items()})
    start = calendar.shift(day, 1)
    assert calendar.shift(calendar.shift(start, n), -n) == start
    assert calendar.shift(start, 0) == start


@patient
@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), n=st.integers(0, 120))
def test_months_never_leave_the_target_month(day, n):
    end = add_months(day, n)
    assert end.year * 12 + end.month == day.year * 12 + day.month + n
    assert end.day == day.day or (end.day < day.day and (end + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("today", "left"),
    [
        ("2026-10-12", 3),
        ("2026-10-14", 1),
        ("2026-10-15", 0),
        ("2026-10-16", -1),
        ("2026-10-17", -1),  # a Saturday: over, and still one working day
        ("2026-10-19", -2),
        ("2026-09-24", 10),
    ],
)
def test_days_left_until_and_after_the_last_day(packaged, today, left):
    assert packaged.left(date(2026, 10, 15), date.fromisoformat(today)) == left


def test_days_left_is_never_zero_off_the_last_day(packaged):
    assert packaged.left(date(2026, 10, 18), date(2026, 10, 17)) == 1  # a Sunday, as months may end
    assert packaged.left(date(2026, 10, 16), date(2026, 10, 17)) == -1


def test_published_until_stops_at_the_first_gap():
    days = WorkingDays({}, frozenset({2024, 2025, 2027}))
    assert days.published_until(date(2024, 5, 1)) == date(2025, 12, 31)
    assert days.published_until(date(2026, 5, 1)) is None


@pytest.mark.requirement("R84")
def test_describe_shows_the_deadline_card_of_the_mock(packaged):
    weeks = packaged.describe(date(2026, 9, 24), date(2026, 10, 15), date(2026, 10, 12))
    cells = {cell.date: cell for week in weeks for cell in week}
    assert [len(week) for week in weeks] == [7, 7, 7, 7]
    assert weeks[0][0].date == date(2026, 9, 21)
    assert weeks[-1][-1].date == date(2026, 10, 18)
    assert cells[date(2026, 9, 24)].day0
    assert cells[date(2026, 9, 25)].holiday
    assert cells[date(2026, 9, 25)].name_zh == "中秋节"
    assert (cells[date(2026, 9, 28)].index, cells[date(2026, 9, 28)].past) == (1, True)
    assert cells[date(2026, 10, 12)].today
    assert cells[date(2026, 10, 10)].makeup
    assert cells[date(2026, 10, 10)].index == 6
    assert cells[date(2026, 10, 10)].day == 10
    assert cells[date(2026, 10, 11)].rest
    assert not cells[date(2026, 10, 11)].holiday
    assert (cells[date(2026, 10, 15)].index, cells[date(2026, 10, 15)].due) == (10, True)
    assert (cells[date(2026, 10, 16)].index, cells[date(2026, 10, 16)].inside) == (None, False)
    assert sum(cell.index is not None for cell in cells.values()) == 10


def test_describe_refuses_a_due_day_before_day_0(packaged):
    with pytest.raises(PeriodInvalid):
        packaged.describe(date(2026, 9, 24), date(2026, 9, 23))


def test_describe_marks_unpublished_days(packaged):
    weeks = packaged.describe(date(2026, 12, 30), date(2027, 1, 4))
    flags = {cell.date: cell.provisional for week in weeks for cell in week}
    assert not flags[date(2026, 12, 31)]
    assert flags[date(2027, 1, 1)]


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 40))
def test_months_before_is_the_latest_day_that_has_run_out(day, n):
    found = months_before(day, n)
    assert add_months(found, n) <= day
    assert add_months(found + timedelta(days=1), n) > day


def test_months_before_refuses_what_nobody_means():
    assert months_before(date(2027, 2, 28), 6) == date(2026, 8, 31)
    for day, n in ((date(2026, 1, 1), -1), (date(2, 1, 1), 1200)):
        with pytest.raises(PeriodInvalid):
            months_before(day, n)


def test_far_days_are_counted_as_near_ones_are() -> None:
    marked = {date(2026, 10, 1): DayException(working=False), date(2026, 10, 10): DayException(working=True),
              date(2060, 2, 2): DayException(working=False)}  # fmt: skip
    calendar = WorkingDays(days=marked, years=frozenset({2026}))
    for begin in (date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 10)):
        for end in (date(2055, 12, 29), date(2060, 2, 2), date(2060, 2, 3)):
            days = (begin + timedelta(days=step) for step in range(1, (end - begin).days + 1))
            assert calendar.between(begin, end) == sum(calendar.is_working(day) for day in days)
    assert calendar.left(date.max, date(2026, 9, 1)) > 2_000_000
    assert calendar.left(date(1, 1, 1), date(2026, 9, 1)) < -500_000
