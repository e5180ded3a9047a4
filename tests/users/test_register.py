"""The register of admitted apps; what leads of school groups read below them; finding institutions by name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from accounts.enums import Role, UnitKind
from accounts.models import Unit
from tests import factories
from tests import factories_uses as make
from users import domain, public
from users.models import UserFiling
from users.register import admitted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules(freeze):
    freeze(make.NOW)
    make.rules()


def reported(use, *, by, now, **values):
    """A change, handed in and (where the school reviews) not yet agreed to."""
    row = make.fresh(use)
    asked = {"changed_on": now.date().isoformat(), "changed_parts": ["fee"], "change_description": "说明"}
    domain.save_part(filing=row, part="use", values={**row.data["use"], **asked, **values}, by=by, now=now)
    return domain.report_change(filing=make.fresh(use), by=by, now=now)


@pytest.mark.requirement("R110")
def test_register_keeps_every_admission_with_its_days(freeze, django_assert_num_queries):
    school = make.school(factories.authority("110108"))
    first, second = make.confirmed(school), make.confirmed(school, now=make.NOW + timedelta(days=2))
    make.submitted(school)  # not admitted
    by, later = make.lead(school), make.NOW + timedelta(days=9)
    changed = reported(first, by=by, now=later)
    if changed.state == "unit_review":
        changed = domain.unit_approve(filing=changed, by=make.second(school), now=later)
    domain.confirm(filing=changed, by=make.confirmer(changed), now=later)
    end = make.NOW + timedelta(days=20)
    domain.withdraw(filing=make.fresh(second), by=by, now=end, reason="不再需要", notice_text="停用通知")
    with django_assert_num_queries(1):
        lines = admitted(by, school)
    assert [line.filing.pk for line in lines] == [first.pk, second.pk]
    assert (lines[0].admitted_on, lines[0].changed_on) == (make.NOW.date(), later.date())
    assert (lines[1].ended_on, lines[1].number) == (end.date(), 2)
    assert lines[1].said["nature"]
    day = make.NOW.date() + timedelta(days=1)
    assert [line.filing.pk for line in admitted(by, school, on=day)] == [first.pk]
    assert len(admitted(by, school, on=day + timedelta(days=2))) == 2
    assert [line.filing.pk for line in admitted(by, school, on=end.date())] == [first.pk]
    assert admitted(by, school, on=date(2020, 1, 1)) == []


@pytest.mark.requirement("R110")
def test_school_and_authority_read_and_take_away_the_register():
    district = factories.authority("110108")
    school = make.school(district)
    make.confirmed(school)
    address = reverse("use_register", args=[school.pk])
    own = factories.client_for(factories.membership(role=Role.INSTITUTION_STAFF, unit=school))
    page = own.get(address)
    assert (page.status_code, len(page.context["rows"])) == (200, 1)
    assert own.get(address, {"on": "2020-01-01"}).context["rows"] == []
    assert own.get(address, {"on": "gestern"}).status_code == 422
    for kind in ("csv", "xlsx"):
        assert own.get(address, {"format": kind}).status_code == 200
    reviewer = factories.client_for(factories.membership(role=Role.REVIEWER, unit=district))
    assert len(reviewer.get(address).context["rows"]) == 1
    foreign = factories.client_for(factories.membership(role=Role.REVIEWER, unit=factories.authority("110101")))
    assert foreign.get(address).status_code == 404
    other = factories.client_for(factories.membership(role=Role.INSTITUTION_LEAD, unit=make.school(district)))
    assert other.get(address).status_code == 404
    assert factories.client_for(None).get(address).status_code == 302


def test_register_answers_for_any_day_that_one_can_type():
    school = make.school(factories.authority("110108"))
    use = make.confirmed(school)
    client = factories.client_for(factories.membership(role=Role.INSTITUTION_STAFF, unit=school))
    found = {}
    for day in ("9999-12-31", "0001-01-01", "2026-13-01"):
        page = client.get(reverse("use_register", args=[school.pk]), {"on": day})
        found[day] = (page.status_code, [row["line"].filing.pk for row in page.context["rows"]])
    assert found["9999-12-31"] == (200, [use.pk])
    assert found["0001-01-01"] == (200, [])
    assert found["2026-13-01"][0] == 422



@pytest.mark.requirement("R24")
def test_lead_of_a_group_reads_what_the_units_below_handed_in_and_does_nothing_there():
    district = factories.authority("110108")
    group = factories.unit(kind=UnitKind.AFFILIATED, province="11", parent=district)
    below = factories.unit(kind=UnitKind.SCHOOL, province="11", parent=group)
    beside = make.school(district)
    use, draft, foreign = make.submitted(below), make.draft(below), make.confirmed(beside)
    member = factories.membership(role=Role.INSTITUTION_LEAD, unit=group)
    lead = factories.actor_for_membership(member)
    assert set(UserFiling.objects.visible_to(lead)) == {use}
    client = factories.client_for(member)
    page = client.get(reverse("units_below"))
    assert [row.unit_id for row in page.context["rows"]] == [below.pk]
    assert reverse("units_below") in client.get(reverse("institution_home")).content.decode()
    assert client.get(reverse("use_sheet", args=[below.pk])).status_code == 200
    assert client.get(reverse("use_register", args=[below.pk])).status_code == 200
    assert client.get(reverse("use_sheet", args=[beside.pk])).status_code == 404
    # to look at, and nothing else
    for name in ("use", "use_withdraw", "use_checked", "use_submit"):
        assert client.post(reverse(name, args=[use.pk])).status_code in (404, 405)
    assert client.get(reverse("use", args=[use.pk])).status_code == 404
    staff = factories.actor(Role.INSTITUTION_STAFF, group)
    assert not UserFiling.objects.visible_to(staff).exists()
    assert not {draft, foreign} & set(UserFiling.objects.visible_to(lead))
    alone = factories.client_for(factories.membership(role=Role.INSTITUTION_LEAD, unit=beside))
    assert alone.get(reverse("units_below")).context["rows"] == []


def test_change_within_the_school_shows_the_authority_nothing_before_the_second_person_agreed():
    district = factories.authority("110108")
    school = make.school(district)
    use = make.confirmed(school)
    before = make.fresh(use)
    assert before.needs_unit_review
    day = make.NOW + timedelta(days=30)
    row = reported(use, by=make.lead(school), now=day, nature="recommended", users_count="77", changed_on="2026-09-24")
    assert (row.state, row.version) == ("unit_review", before.version + 1)
    kept = ("nature", "users_count", "stages", "functions", "decision_on", "source", "changed_on", "late")
    row = make.fresh(use)
    assert [getattr(row, name) for name in kept] == [getattr(before, name) for name in kept]
    row = make.fresh(domain.unit_approve(filing=row, by=make.second(school), now=day))
    assert (row.nature, row.users_count, row.changed_on) == ("recommended", 77, date(2026, 9, 24))
    assert row.late


def test_institutions_are_found_by_any_characters_of_their_names_through_an_index():
    district = factories.authority("110108")
    made = {}
    for name in ("海淀示例小学", "ABC实验Academy", "滨河路小学"):
        unit = make.school(district)
        Unit.objects.filter(pk=unit.pk).update(name=name)
        make.confirmed(unit)
        made[name] = unit.pk
    found = lambda q: set(public.institutions(q).values_list("pk", flat=True))  # noqa: E731
    assert found("小学") == {made["海淀示例小学"], made["滨河路小学"]}
    assert found("河") == {made["滨河路小学"]}
    assert found("abc实验") == found("ACADEMY") == {made["ABC实验Academy"]}
    assert found("小海") == set() and found("100%") == set() and found("_") == set()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(*_explained(Unit.objects.matching("示例").values("pk")))
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "accounts_unit_name_marks" in plan


def _explained(rows):
    query, params = rows.query.sql_with_params()
    return f"EXPLAIN {query}", params
