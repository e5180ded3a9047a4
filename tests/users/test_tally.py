"""The totals of uses are exact at all times, whatever is done to filings and units, in whatever way."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import Unit
from rulebook.time import local_date
from tests import factories
from tests import factories_uses as make
from tests.factories import NOW
from users import tally
from users.models import UnitStanding, UserFiling, UseTally

pytestmark = pytest.mark.django_db
INSTITUTIONS = ("school", "university", "affiliated")


def entry(number: int) -> Any:
    """A published entry."""
    from registry.models import Entry

    company = factories.unit()
    return Entry.objects.create(
        number=f"教APP备11{number:05d}号", prefix="11", serial=number, app_ref=number, unit=company,
        authority=factories.authority("11"), app_name=f"应用{number}", provider_name=company.name, uscc=company.uscc,
        province_code="11", published_at=NOW, updated_at=NOW, confirmed_at=NOW, status_since=NOW,
    )  # fmt: skip


def put(filing: UserFiling, **values: Any) -> None:
    """Writes values past every verb, as a repair by hand would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.act', 'test', true)")
    UserFiling.objects.filter(pk=filing.pk).update(**values)


def use(unit: Unit, entry: Any, **values: Any) -> UserFiling:
    return UserFiling.objects.create(
        unit=unit, entry=entry, app_name=entry.app_name, authority=factories.authority("11"), created_at=NOW, **values
    )


def state_values(state: str, chance: random.Random) -> dict[str, Any]:
    """Columns that fit a state."""
    day = NOW + timedelta(days=chance.randrange(-40, 40))
    values: dict[str, Any] = {
        "state": state, "version": 1, "nature": chance.choice(["required", "recommended"]),
        "source": chance.choice(["self_selected", "required_by_superior"]), "decision_on": date(2026, 9, 1),
        "stages": chance.sample(["primary", "junior", "senior"], chance.randrange(3)),
        "functions": chance.sample(["learning", "home_school"], chance.randrange(2)), "submitted_at": day,
        "case_no": "", "due_day": local_date(day), "late": chance.random() < 0.3, "confirmed_version": 0,
        "confirmed_at": None, "returned_at": None, "withdrawal_proposed_at": None, "closed_at": None,
    }  # fmt: skip
    if state == "draft":
        return {**values, "version": 0, "submitted_at": None, "due_day": None}
    if state in ("confirmed", "suspended"):
        values |= {"confirmed_version": 1, "confirmed_at": day}
    if state == "returned":
        values["returned_at"] = day
    if state == "suspended":
        values |= {"suspended_from": "confirmed", "withdrawal_cause": "revoked", "withdrawal_proposed_at": day}
    if state == "withdrawn":
        values |= {"closed_at": day, "withdrawn_reason": "不再使用", "notice_text": "停止使用"}
    return values


def oracle(node: Unit | None) -> dict[str, Counter[str]]:  # noqa: C901 - one line a facet
    """The same totals, counted row by row in Python."""
    path = node.path if node else "/"

    def below(unit: Unit) -> bool:
        place = unit.path if unit.kind == "authority" else unit.path.rsplit("/", 2)[0] + "/"
        return place.startswith(path)

    found: dict[str, Counter[str]] = {}

    def add(facet: str, key: str) -> None:
        found.setdefault(facet, Counter())[key] += 1

    def day(moment: Any) -> str:
        return local_date(moment).isoformat()

    by_unit: dict[int, list[UserFiling]] = {}
    for filing in UserFiling.objects.select_related("unit"):
        by_unit.setdefault(filing.unit_id, []).append(filing)
        if not below(filing.unit):
            continue
        live, used = filing.state != "withdrawn", filing.state != "withdrawn" and filing.confirmed_version > 0
        add("state", str(filing.state))
        if filing.submitted_at:
            add("handed", day(filing.submitted_at)[:7])
        elif live:
            add("selected", day(filing.created_at))
        if filing.confirmed_at:
            add("confirmed", day(filing.confirmed_at)[:7])
        if filing.late:
            add("late", "all")
        if filing.state == "submitted" and filing.due_day:
            add("due", filing.due_day.isoformat())
        if filing.state == "returned":
            add("returned", day(filing.returned_at))
        if live and filing.withdrawal_proposed_at:
            add("proposed", day(filing.withdrawal_proposed_at))
        if used:
            add("use", "all")
            add("type", "self_use" if filing.self_use else "registered")
            add("nature", filing.nature)
            add("source", filing.source)
            for stage in filing.stages:
                add("stage", stage)
            for function in filing.functions:
                add("function", function)
            add("app", str(filing.entry_id))
    for unit in Unit.objects.filter(kind__in=INSTITUTIONS, active=True, parent__isnull=False):
        if below(unit):
            live_ones = [filing for filing in by_unit.get(unit.pk, []) if filing.state != "withdrawn"]
            add("units", "all")
            for key, holds in {
                "filed": any(filing.submitted_at for filing in live_ones),
                "selected": any(not filing.submitted_at for filing in live_ones),
                "used": any(filing.confirmed_version for filing in live_ones),
                "named": bool(unit.functional_department and unit.responsible_persons),
            }.items():
                if holds:
                    add("units", key)
    return found


def assert_exact() -> None:
    """Every node's totals are those of the oracle, its first apps too; and the portal's own check agrees."""
    nodes: list[Unit | None] = [None, *Unit.objects.filter(kind="authority")]
    for node in nodes:
        truth = oracle(node)
        apps = truth.pop("app", Counter())
        counted = tally.counts(node)
        assert {facet: counted.of(facet) for facet in counted.by if counted.of(facet)} == truth, node
        top = sorted(((int(key), n) for key, n in apps.items()), key=lambda item: (-item[1], item[0]))
        got = tally.top_apps(node, limit=3)
        assert [n for _key, n in got] == [n for _key, n in top[:3]]
        assert all(apps[str(key)] == n for key, n in got)
        for key, n in apps.items():
            assert tally.users_of(int(key), node) == n
    assert tally.faults() == []


STATES = ("draft", "submitted", "returned", "confirmed", "suspended", "withdrawn")


@pytest.mark.requirement("R176")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_totals_are_those_of_a_plain_count_after_any_acts_and_moves(seed: int) -> None:
    chance = random.Random(seed)
    districts = [factories.authority("110108"), factories.authority("110101"), factories.authority("44")]
    units = [
        factories.unit(kind=chance.choice(INSTITUTIONS), province="11", parent=chance.choice(districts))
        for _number in range(8)
    ] + [districts[0]]
    entries = [entry(number) for number in range(1, 5)]
    number = 0
    for step in range(90):
        act = chance.randrange(10)
        unit = Unit.objects.get(pk=chance.choice(units).pk)
        if act < 3:
            taken = UserFiling.objects.filter(unit=unit).exclude(state="withdrawn").values_list("entry_id", flat=True)
            free = [row for row in entries if row.pk not in set(taken)]
            if free:
                number += 1
                values = state_values(chance.choice(STATES[:-1]), chance) | {"case_no": f"C{number}"}
                use(unit, chance.choice(free), **values)
        elif act < 7:
            filing = UserFiling.objects.exclude(state="withdrawn").order_by("?").first()
            if filing:
                values = state_values(chance.choice(STATES), chance)
                values["case_no"] = filing.case_no
                put(filing, **values)
        elif act == 7 and unit.kind != "authority":
            parent = chance.choice(districts)
            Unit.objects.filter(pk=unit.pk).update(parent=parent, path=f"{parent.path}{unit.pk}/")
        elif act == 8:
            Unit.objects.filter(pk=unit.pk).exclude(kind="authority").update(
                active=chance.random() < 0.7, functional_department=chance.choice(["", "信息中心"]),
                responsible_persons=chance.choice([[], [{"name": "某老师"}]]),
            )  # fmt: skip
        else:
            tally.compact(batch=chance.choice([3, 1000]), most=chance.choice([1, 50]))
        if step % 30 == 29:
            assert_exact()
    UserFiling.objects.filter(state="withdrawn").delete()
    assert_exact()
    tally.compact()
    assert_exact()


def test_move_of_an_authority_takes_its_whole_subtree_along() -> None:
    from accounts import domain

    district, city = factories.authority("110108"), factories.authority("44")
    school = factories.unit(kind="school", province="11", parent=district)
    use(school, entry(1), **{**state_values("confirmed", random.Random(1)), "case_no": "C1"})
    beijing = factories.authority("11")
    assert tally.counts(beijing).in_use == 1
    tally.compact()
    domain.move_unit(unit=district, parent=city, by=factories.actor("sysadmin"), now=NOW)
    city.refresh_from_db()
    assert (tally.counts(beijing).in_use, tally.counts(city).in_use) == (0, 1)
    assert (tally.counts(beijing).institutions, tally.counts(city).institutions) == (0, 1)
    assert_exact()


def test_children_and_the_rest_make_up_the_whole() -> None:
    beijing, one, two = (factories.authority(code) for code in ("11", "110108", "110101"))
    for parent in (one, one, two, beijing):
        use(factories.unit(kind="school", parent=parent), entry(100 + Unit.objects.count()),
            **{**state_values("confirmed", random.Random(2)), "case_no": f"C{Unit.objects.count()}"})  # fmt: skip
    for _turn in range(2):
        parts = tally.of_each([one.pk, two.pk])
        assert (parts[one.pk].in_use, parts[two.pk].in_use) == (2, 1)
        rest = tally.counts(beijing).minus(parts.values())
        assert (rest.in_use, rest.institutions, rest.filed) == (1, 1, 1)
        assert tally.of_each([beijing.pk, one.pk])[beijing.pk].in_use == 4
        tally.compact()


def test_check_finds_a_wrong_total_and_rebuild_mends_it() -> None:
    school = factories.unit(kind="school", parent=factories.authority("110108"))
    use(school, entry(1), **{**state_values("confirmed", random.Random(1)), "case_no": "C1"})
    tally.compact()
    call_command("tally_uses", "--check", stdout=StringIO())
    UseTally.objects.filter(facet="use").update(n=7)
    UnitStanding.objects.filter(unit=school).update(in_use=4)
    errors = StringIO()
    with pytest.raises(CommandError):
        call_command("tally_uses", "--check", stdout=StringIO(), stderr=errors)
    assert "use all: kept 7, true 1" in errors.getvalue() and f"{school.pk} standing" in errors.getvalue()
    call_command("tally_uses", "--rebuild", stdout=StringIO())
    call_command("tally_uses", "--check", stdout=StringIO())
    assert_exact()


def test_reading_costs_one_query_each(django_assert_num_queries: Any) -> None:
    beijing = factories.authority("11")
    with django_assert_num_queries(1):
        tally.counts(beijing)
    with django_assert_num_queries(1):
        tally.of_each([beijing.pk, 0])
    with django_assert_num_queries(1):
        tally.top_apps(beijing)


def test_what_waits_is_told_by_day() -> None:
    counts = tally.Counts({"due": {"2026-09-23": 2, "2026-09-24": 1, "2026-10-01": 5}})
    assert counts.before("due", date(2026, 9, 24)) == 2
    assert counts.rate is None


def test_filing_keeps_its_id_and_its_unit_since_it_is_counted_by_both() -> None:
    filing, other = make.draft(), make.school()
    for change in ({"unit": other}, {"id": filing.pk + 1_000_000}):
        with pytest.raises(DatabaseError, match="stays with its unit, and keeps its id"), transaction.atomic():
            UserFiling.objects.filter(pk=filing.pk).update(**change)
    assert tally.faults() == []
