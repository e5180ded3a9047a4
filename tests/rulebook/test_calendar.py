"""The calendar in force: its cache, publishing a year, the early warning, the commands."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from ledger.acts import Actor, Refused
from ledger.models import Record
from rulebook import calendar, clocks
from rulebook.domain import sweeping as verbs
from rulebook.domain.calendar import CalendarInvalid, import_year, preview_year, read_year
from rulebook.domain.seeds import seed_calendar
from rulebook.models import CalendarDay, CalendarState, CalendarYear, Clock
from tests.rulebook.conftest import at, keeper, make_matter, nothing

pytestmark = pytest.mark.django_db
NOW = at("2026-11-20 10:00:00")

YEAR_2027 = {
    "year": 2027,
    "papers": ["https://example.test/2027"],
    "days": [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-02", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-03", "isOffDay": True},
        {"name": "春节", "date": "2027-02-05", "isOffDay": True},
        {"name": "春节", "date": "2027-01-30", "isOffDay": False},
        {"name": "国庆节、中秋节", "date": "2027-10-01", "isOffDay": True},
        {"name": "特别节日", "date": "2027-09-01", "isOffDay": True},
    ],
}


def with_day(**changes) -> dict:
    return {"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": True, **changes}]}


# --- seeding and reading -----------------------------------------------------------------------------


def test_seed_is_complete_and_idempotent(db):
    assert seed_calendar(now=NOW) == 23
    rows = CalendarDay.objects.count()
    assert rows > 600
    assert seed_calendar(now=NOW) == 0
    assert CalendarDay.objects.count() == rows
    assert CalendarState.objects.get().version == 1
    assert calendar.is_working(date(2026, 10, 10))
    assert not calendar.is_working(date(2026, 10, 1))
    assert CalendarDay.objects.get(date="2026-04-06").name_zh == "清明节"


def test_seed_leaves_an_imported_year_alone(db):
    import_year(data={**YEAR_2027, "year": 2027}, by=keeper(), now=NOW)
    seed_calendar(now=NOW)
    assert CalendarYear.objects.get(year=2027).imported_by_label == "Keeper"
    assert CalendarYear.objects.count() == 24


def test_current_costs_one_query_until_the_calendar_changes(published, queries):
    calendar.current()
    with queries() as seen:
        assert calendar.add_working_days(date(2026, 9, 24), 10).date == date(2026, 10, 15)
    assert len(seen) == 1
    import_year(data=YEAR_2027, by=keeper(), now=NOW)
    assert not calendar.is_working(date(2027, 2, 5))


def test_rolled_back_import_leaves_no_cached_calendar(published):
    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        import_year(data=YEAR_2027, by=keeper(), now=NOW)
        assert calendar.current().version == 2
        raise Undone
    assert calendar.is_working(date(2027, 2, 5))
    # The next change gets the same number, and must not be taken for the undone one.
    import_year(data=with_day(), by=keeper(), now=NOW)
    assert calendar.current().version == 2
    assert calendar.is_working(date(2027, 2, 5))


def test_cache_that_meets_an_import_between_its_reads_reads_again(published, monkeypatch):
    tokens = iter([(8, "old"), (9, "new"), (9, "new")])
    monkeypatch.setattr(calendar._Kept, "token", None)
    monkeypatch.setattr(calendar, "_token", lambda: next(tokens))
    assert calendar.current().version == 9


def test_calendar_without_any_row_counts_monday_to_friday_provisionally(db):
    due = calendar.add_working_days(date(2026, 9, 24), 10)
    assert (due.date, due.provisional, due.calendar_version) == (date(2026, 10, 8), True, 0)
    assert calendar.published_until() is None
    assert calendar.warning(NOW).missing_year == 2026


def test_facade_counts_and_describes(published):
    assert calendar.working_days_between(date(2026, 9, 24), date(2026, 10, 15)) == 10
    assert len(calendar.describe(date(2026, 9, 24), date(2026, 10, 15))) == 4
    assert calendar.published_until() == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("moment", "left"),
    [("2026-11-01 12:00:00", 60), ("2026-10-31 12:00:00", None), ("2026-12-31 23:59:59", 0)],
)
def test_warning_stands_sixty_days_before_the_end(published, moment, left):
    found = calendar.warning(at(moment))
    if left is None:
        assert found is None
    else:
        assert (found.days_left, found.until, found.missing_year) == (left, date(2026, 12, 31), 2027)


# --- a year from a file ------------------------------------------------------------------------------


def test_read_year_takes_the_community_format():
    year = read_year(YEAR_2027, now=NOW)
    assert (year.year, len(year.days), year.papers) == (2027, 7, ("https://example.test/2027",))
    assert year.days[date(2027, 1, 30)].working
    assert year.days[date(2027, 2, 5)].name_en == "Spring Festival"
    assert year.days[date(2027, 10, 1)].name_en == "National Day, Mid-autumn Festival"
    assert year.days[date(2027, 9, 1)].name_en == ""


def test_read_year_takes_the_december_before():
    year = read_year(with_day(date="2026-12-31"), now=NOW)
    assert list(year.days) == [date(2026, 12, 31)]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ([], "one JSON object"),
        ({"year": "2027", "days": [1]}, "must be a year from 2004 to 2028"),
        ({"year": True, "days": [1]}, "must be a year"),
        ({"year": 2031, "days": [1]}, "not 2031"),
        ({"year": 1999, "days": [1]}, "not 1999"),
        ({"year": 2027}, "holds no day"),
        ({"year": 2027, "days": []}, "holds no day"),
        ({"year": 2027, "days": ["x"]}, "Day 1: must be an object"),
        (with_day(date="2027-1-1"), "must be a date"),
        (with_day(date="2027-02-30"), "must be a date"),
        (with_day(date=None), "must be a date"),
        (with_day(isOffDay=1), "must be true or false"),
        (with_day(name=5), "short text"),
        (with_day(name="x" * 61), "short text"),
        (with_day(date="2026-11-30"), "does not belong to the calendar of 2027"),
        (with_day(date="2028-01-01"), "does not belong"),
        (with_day(date="2027-01-04", isOffDay=False), "is no weekend day"),
        (with_day(date="2027-01-02", isOffDay=False), "no day off at all"),
        ({"year": 2027, "days": with_day()["days"] * 2}, "Day 2: 2027-01-01 stands twice"),
        (
            {
                "year": 2027,
                "days": [
                    {"name": "", "date": f"2027-{m:02}-{d:02}", "isOffDay": True}
                    for m in (1, 3, 5)
                    for d in range(1, 29)
                ],
            },
            "more than a year can have",
        ),
    ],
)
def test_read_year_refuses_and_says_why(data, problem):
    with pytest.raises(CalendarInvalid) as refused:
        read_year(data, now=NOW)
    assert any(problem in text for text in refused.value.problems)


def test_read_year_names_every_problem():
    days = [{"date": "x"}, {"date": "2027-01-01", "isOffDay": None}]
    with pytest.raises(CalendarInvalid) as refused:
        read_year({"year": 2027, "days": days}, now=NOW)
    assert len(refused.value.problems) == 2


def test_import_is_for_administrators(published):
    with pytest.raises(Refused) as refused:
        import_year(data=YEAR_2027, by=Actor(person_id=2, unit_id=2, role="reviewer"), now=NOW)
    assert refused.value.code == "not_keeper"
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_import_leaves_a_record_and_again_replaces(published):
    done = import_year(data=YEAR_2027, by=keeper(), now=NOW)
    again = import_year(data=with_day(name="元旦"), by=Actor.system(), now=NOW)
    assert (done.version, again.version, again.year.version) == (2, 3, 2)
    assert CalendarDay.objects.filter(year__year=2027).count() == 1
    records = Record.objects.filter(subject_type="rulebook.calendaryear", subject_id=done.year.pk)
    assert [record.verb for record in records.order_by("seq")] == ["calendar.import"] * 2
    assert records.first().payload["year"] == 2027


# --- running clocks under a new year -----------------------------------------------------------------


def start(number: int, started: str, kind: str = "supplement", days: int = 10) -> Clock:
    return clocks.start(
        kind=kind, subject=make_matter(number), started_at=at(started), days=days, now=at(started)
    )


@pytest.mark.requirement("R84")
def test_import_moves_running_clocks_and_tells(published, kinds):
    told, moved_by_kind = [], []
    clocks.register("supplement", on_due=nothing, on_moved=lambda c: moved_by_kind.append(c.pk))
    clocks.on_clock_moved(lambda clock, before, now: told.append((clock.pk, before, clock.due_day, now)))
    crossing = start(1, "2026-12-24 10:00:00")
    confirmed = start(2, "2026-12-16 10:00:00")
    untouched = start(3, "2026-11-19 10:00:00")
    stopped = start(4, "2026-12-24 10:00:00")
    clocks.stop(subject=make_matter(4), now=NOW)
    assert crossing.provisional
    assert crossing.due_day == date(2027, 1, 7)
    assert [move.after for move in preview_year(read_year(YEAR_2027, now=NOW))] == [date(2027, 1, 8)]
    assert Clock.objects.get(pk=crossing.pk).due_day == date(2027, 1, 7)

    done = import_year(data=YEAR_2027, by=keeper(), now=NOW)

    crossing.refresh_from_db()
    assert (crossing.due_day, crossing.due_at) == (date(2027, 1, 8), at("2027-01-09 00:00:00"))
    assert (crossing.provisional, crossing.calendar_version) == (False, done.version)
    assert told == [(crossing.pk, date(2027, 1, 7), date(2027, 1, 8), NOW)]
    assert moved_by_kind == [crossing.pk]
    assert (done.recomputed.moved, done.recomputed.restated, done.recomputed.checked) == (1, 0, 3)
    for clock in (confirmed, untouched):
        clock.refresh_from_db()
        assert clock.calendar_version == done.version
    stopped.refresh_from_db()
    assert stopped.due_day == date(2027, 1, 7)


def test_import_that_only_settles_a_day_tells_nobody(published, kinds):
    told = []
    clocks.on_clock_moved(lambda *args: told.append(args))
    clock = start(1, "2026-12-24 10:00:00")
    data = with_day(date="2027-05-03")  # far behind the due day
    assert [move.moves for move in preview_year(read_year(data, now=NOW))] == [False]
    done = import_year(data=data, by=keeper(), now=NOW)
    clock.refresh_from_db()
    assert (clock.due_day, clock.provisional) == (date(2027, 1, 7), False)
    assert (done.recomputed.restated, told) == (1, [])


def test_month_clocks_do_not_move_with_a_calendar(published):
    clocks.start(kind="bar", subject=make_matter(1), started_at=NOW, months=6, now=NOW)
    assert import_year(data=YEAR_2027, by=keeper(), now=NOW).recomputed.checked == 0


def test_clock_whose_end_moves_ahead_is_overdue_no_more(published, kinds):
    clocks.register("feedback", on_due=nothing, keep_running=True)
    clock = start(1, "2026-12-24 10:00:00", kind="feedback")
    over = at("2027-01-08 00:00:00")
    assert clocks.sweep(now=over).overdue == 1
    import_year(data=YEAR_2027, by=keeper(), now=over)
    clock.refresh_from_db()
    assert clock.overdue_at is None
    assert clocks.sweep(now=at("2027-01-09 00:00:00")).overdue == 1


def test_notifier_that_fails_is_tried_again_by_the_sweep(published, kinds):
    failing = [True]

    def notify(clock, before, now):
        if failing:
            msg = "mail is down"
            raise OSError(msg)

    clocks.on_clock_moved(notify)
    clocks.on_clock_moved(notify)  # registered once
    clock = start(1, "2026-12-24 10:00:00")
    done = import_year(data=YEAR_2027, by=keeper(), now=NOW)
    assert (done.recomputed.moved, done.recomputed.failed) == (0, [clock.pk])
    assert clocks.running(make_matter(1), "supplement").due_day == date(2027, 1, 7)
    failing.clear()
    assert clocks.sweep(now=NOW).moved == 1
    assert clocks.running(make_matter(1), "supplement").due_day == date(2027, 1, 8)


def test_recompute_passes_over_a_clock_that_another_brought_up_to_date(published):
    clock = start(1, "2026-12-24 10:00:00")
    result = clocks.Recomputed()
    verbs._recompute_one(clock.pk, calendar.current(), NOW, result)
    assert result == clocks.Recomputed()


def test_older_calendar_never_moves_a_clock_back(published, monkeypatch):
    old = calendar.current()
    clock = start(1, "2026-12-24 10:00:00")
    import_year(data=YEAR_2027, by=keeper(), now=NOW)
    monkeypatch.setattr(calendar, "current", lambda: old)
    assert clocks.recompute(now=NOW).checked == 0
    clock.refresh_from_db()
    assert clock.due_day == date(2027, 1, 8)


# --- commands ----------------------------------------------------------------------------------------


def run(*arguments: str, stdin: str | None = None, monkeypatch=None) -> tuple[str, str, int]:
    out, err = io.StringIO(), io.StringIO()
    if stdin is not None:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
    code = 0
    try:
        call_command(*arguments, stdout=out, stderr=err)
    except SystemExit as stop:
        code = stop.code
    return out.getvalue(), err.getvalue(), code


@pytest.mark.requirement("R83", "R84")
def test_working_days_prints_the_last_day(published):
    assert run("working_days", "2026-09-24", "10") == ("2026-10-15\n", "", 0)


def test_working_days_says_when_it_is_provisional(published):
    out, err, code = run("working_days", "2026-12-24", "10")
    assert (out, code) == ("2027-01-07\n", 0)
    assert "provisional" in err


def test_working_days_reads_pairs_from_standard_input(published, monkeypatch):
    out, err, code = run(
        "working_days", "-", stdin="2026-09-24 10\n\n2026-09-30\t10\n", monkeypatch=monkeypatch
    )
    assert (out, err, code) == ("2026-10-15\n2026-10-20\n", "", 0)


def test_working_days_names_every_bad_line(published, monkeypatch):
    text = "2026-09-24 10\nnonsense\n2026-02-30 3\n2026-09-24 -1\n2026-09-24 99999\n2026-09-30 10\n"
    out, err, code = run("working_days", "-", stdin=text, monkeypatch=monkeypatch)
    assert (out, code) == ("2026-10-15\n2026-10-20\n", 2)
    assert [line.split(":")[1].strip() for line in err.splitlines()] == [
        "line 2",
        "line 3",
        "line 4",
        "line 5",
    ]


@pytest.mark.parametrize(
    "arguments",
    [("2026-09-24",), ("20260924", "10"), ("2026-09-24", "ten"), ("x", "10"), ("2026-09-24", "²")],
)
def test_working_days_refuses_a_bad_pair(published, arguments):
    out, err, code = run("working_days", *arguments)
    assert (out, code) == ("", 2)
    assert err.startswith("working_days: ")


def test_import_calendar_previews_and_imports(published, tmp_path):
    file = tmp_path / "2027.json"
    file.write_text(json.dumps(YEAR_2027), encoding="utf-8-sig")
    start(1, "2026-12-24 10:00:00")
    out, _err, _code = run("import_calendar", str(file), "--preview")
    assert "2027-01-07 → 2027-01-08  provisional → fixed" in out
    assert "1 running clocks would move" in out
    assert not CalendarYear.objects.filter(year=2027).exists()
    out, _err, _code = run("import_calendar", str(file))
    assert "2027 published: 7 days, calendar v2; 1 clocks moved" in out


def test_import_calendar_reports_clocks_that_failed(published, kinds, monkeypatch):
    def notify(*_args):
        raise OSError

    clocks.on_clock_moved(notify)
    start(1, "2026-12-24 10:00:00")
    _out, err, _code = run("import_calendar", "-", stdin=json.dumps(YEAR_2027), monkeypatch=monkeypatch)
    assert "1 clocks failed" in err


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"{", "no JSON"), (b"\xff\xfe", "cannot be read"), (b'{"year": 2027, "days": []}', "holds no day")],
)
def test_import_calendar_refuses_a_bad_file(db, tmp_path, content, message):
    file = tmp_path / "bad.json"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        call_command("import_calendar", str(file))


def test_import_calendar_refuses_a_missing_file(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_calendar", str(tmp_path / "none.json"))


def test_seed_rulebook_can_be_run_again(db):
    first, _err, _code = run("seed_rulebook")
    second, _err, _code = run("seed_rulebook")
    assert "23 years added; published until 2026-12-31" in first
    assert "0 years added" in second
    assert "5 policies added" in first
    assert "0 policies added" in second


@pytest.mark.requirement("R85")
def test_sweep_clocks_as_of_a_moment(published, kinds):
    clocks.register("supplement", on_due=nothing)
    start(1, "2026-09-24 10:00:00")
    out, _err, code = run("sweep_clocks", "--as-of", "2026-10-15T23:59:59+08:00")
    assert (out.split(",")[0], code) == ("0 expired", 0)
    out, _err, code = run("sweep_clocks", "--as-of", "2026-10-16T00:00:00+08:00")
    assert (out.split(",")[0], code) == ("1 expired", 0)


def test_sweep_clocks_says_what_failed(published, kinds):
    def verb(clock, now):
        raise RuntimeError

    clocks.register("supplement", on_due=verb)
    clock = start(1, "2026-09-24 10:00:00")
    _out, err, code = run("sweep_clocks", "--as-of", "2026-10-16")
    assert (err, code) == (f"failed clocks: {clock.pk} (see the log)\n", 1)


def test_sweep_clocks_refuses_a_bad_moment(db):
    with pytest.raises(CommandError, match="is no moment"):
        call_command("sweep_clocks", "--as-of", "soon")


def test_task_sweeps_at_the_present_moment(published, kinds, freeze):
    from rulebook.tasks import sweep_clocks

    clocks.register("supplement", on_due=nothing)
    start(1, "2026-09-24 10:00:00")
    freeze(at("2026-10-16 00:00:00"))
    assert sweep_clocks()["expired"] == 1
