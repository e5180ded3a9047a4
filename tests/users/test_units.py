"""Selection systems, persons in charge, files, recommended lists."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.enums import Role
from ledger.acts import Refused
from ledger.models import Record
from rulebook.time import ZONE
from tests import factories
from tests import factories_uses as make
from users import domain, queries
from users.models import (
    ListEdition,
    ListItem,
    RecommendedList,
    ResponsibleNaming,
    SelectionSystem,
    UseMaterial,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules():
    make.rules()


def codes(verb, **more) -> list[str]:
    with pytest.raises(Refused) as caught:
        verb(now=make.NOW, **more)
    return caught.value.reasons.codes


@pytest.mark.requirement("R95")
def test_selection_system_has_versions_that_stay():
    unit = make.school()
    by, one, two = make.lead(unit), make.material(unit), make.material(unit)
    upload = {"unit": unit, "title": "应用选用制度", "effective_on": date(2026, 9, 1), "by": by}
    first = domain.upload_selection_system(material=one, now=make.NOW, **upload)
    assert domain.upload_selection_system(material=one, now=make.NOW, **upload).pk == first.pk
    second = domain.upload_selection_system(material=two, now=make.NOW, note="增加退出", **upload)
    assert [s.number for s in SelectionSystem.objects.filter(unit=unit)] == [2, 1]
    assert queries.current_system(unit) == second
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE users_selectionsystem SET title = 'x'")
    other = make.school()
    assert codes(domain.upload_selection_system, material=one, **upload | {"unit": other, "by": make.lead(other)}) == [
        "not_your_unit"
    ]
    assert codes(domain.upload_selection_system, material=one, **upload | {"by": make.lead(other)}) == ["not_your_unit"]
    assert codes(domain.upload_selection_system, material=one, **upload | {"title": " "}) == ["no_title"]


@pytest.mark.requirement("R14", "R24")
def test_department_and_persons_are_named_and_remembered():
    unit = make.school()
    by = make.lead(unit)
    person = {"name": "测试主任", "position": "主任", "duty": "选用", "phone": "010-66000000", "extra": "x"}
    domain.name_responsible(unit=unit, department="信息中心", persons=[person, {"name": ""}], by=by, now=make.NOW)
    domain.name_responsible(
        unit=unit, department="教务处", persons=[{**person, "name": "测试副主任"}], by=by, now=make.NOW
    )
    unit.refresh_from_db()
    assert (unit.functional_department, unit.responsible_persons[0]["name"]) == ("教务处", "测试副主任")
    assert [n.department for n in ResponsibleNaming.objects.filter(unit=unit)] == ["教务处", "信息中心"]
    assert "extra" not in unit.responsible_persons[0]
    record = Record.objects.filter(verb="name_responsible").last()
    assert "测试" not in record.body  # the ledger carries no names
    # what was named is what the next filing starts from
    filing = domain.start_use(unit=unit, entry=make.entry(), by=by, now=make.NOW)
    assert filing.data["use"]["department"] == "教务处"
    assert filing.data["use"]["responsible"][0]["name"] == "测试副主任"
    assert codes(domain.name_responsible, unit=unit, department="", persons=[], by=by) == [
        "no_department", "no_person",
    ]  # fmt: skip
    assert codes(
        domain.name_responsible, unit=unit, department="x", persons=[person], by=make.confirmer(filing)
    ) == ["not_an_institution"]


@pytest.mark.requirement("R23")
def test_each_filing_says_in_which_role_the_unit_answers():
    assert make.submitted().responsibility == "responsible"
    assert make.submitted(of=make.self_use()).responsibility == "in_charge"


def keep(unit, by, name="制度.pdf", content=b"%PDF-1.4 a"):
    return domain.add_material(
        unit=unit, upload=ContentFile(content, name=name), name=name, content_type="application/pdf", sha256="a" * 64,
        pages=1, scan="clean", by=by, now=make.NOW,
    )  # fmt: skip


def test_file_is_kept_once_and_only_for_the_own_unit():
    unit = make.school()
    one = keep(unit, make.lead(unit))
    assert keep(unit, make.second(unit)).pk == one.pk
    assert UseMaterial.objects.count() == 1
    with pytest.raises(Refused):
        keep(unit, make.lead(make.school()))
    one.file.delete(save=False)


def test_unit_keeps_no_endless_files():
    make.policy("11", limits={"materials_per_filing": 1})
    unit = make.school()
    for _ in range(20):
        make.material(unit)
    with pytest.raises(domain.FileRefused):
        keep(unit, make.lead(unit))


# --- recommended lists -------------------------------------------------------------------------------


def edition(entry, *, code="44", since=date(2026, 9, 1), published=True, of=None) -> ListEdition:
    kept = of or RecommendedList.objects.create(
        authority=factories.authority(code), name=f"推荐名单{code}", created_at=make.NOW
    )
    row = ListEdition.objects.create(
        list=kept, number=kept.editions.count() + 1, effective_from=since, created_at=make.NOW,
        published_at=make.NOW if published else None,
    )  # fmt: skip
    if entry is not None:
        ListItem.objects.create(edition=row, entry=entry)
    return row


@pytest.mark.requirement("R125", "R127")
def test_newest_published_edition_in_effect_counts():
    app = make.entry()
    on = date(2026, 9, 24)

    def found(day=on, codes=("moe", "44")):
        return queries.on_recommended_list(codes, app, day)

    first = edition(app)
    assert found() == first
    assert found(date(2026, 8, 31)) is None
    assert found(codes=("moe", "11")) is None
    edition(None, of=first.list, published=False)
    assert found() == first
    edition(None, of=first.list, since=date(2026, 10, 1))
    assert found() == first
    assert found(date(2026, 10, 1)) is None  # the app has left the list
    first.list.closed_at = make.NOW - timedelta(days=1)
    first.list.save()
    assert found() is None
    assert queries.on_recommended_list(["44"], None, on) is None


@pytest.mark.requirement("R108", "R109")
def test_recommended_list_stands_for_the_authoritys_review_where_the_policy_says_so():
    make.policy("44", waive_by_recommended_list=True)
    app = make.entry(province="44")
    kept = edition(app)
    unit = make.school(factories.authority("440106"))
    filing = make.unit_review(unit, entry=app)
    filing = domain.unit_approve(filing=filing, by=make.second(unit), now=make.NOW)
    assert filing.state == "confirmed" and filing.authority_review_waived_by == kept
    assert filing.case_no and filing.confirmed_version == 1 and filing.public["fee"] == "none"
    assert [d.verb for d in filing.decisions.order_by("pk")] == ["unit_approve", "confirm_by_list"]
    # not on the list, or no such rule: the authority reviews
    other = make.submitted(unit, entry=make.entry())
    assert other.state == "submitted" and other.authority_review_waived_by is None
    assert make.submitted(make.school(), entry=app).state == "submitted"


@pytest.mark.requirement("R108")
@pytest.mark.parametrize(
    ("snapshot", "use", "reviewed"),
    [
        ({}, {}, True),
        ({"functions": ["management"]}, {"functions": ["management"]}, False),
        ({"functions": ["management"]}, {"functions": ["homework"]}, True),  # used for learning all the same
        ({"user_groups": ["staff"]}, {"user_groups": ["staff"]}, False),
        ({"stages": ["preschool"]}, {"stages": ["preschool"]}, False),
        ({"stages": ["preschool", "primary"]}, {"stages": ["preschool"]}, False),
        ({"stages": ["primary"]}, {"stages": ["preschool"]}, True),  # the app is not filed for the stage that is named
        ({"functions": ["other"]}, {"functions": ["other"]}, True),  # in doubt it is a learning app
    ],
)
def test_learning_apps_of_schools_are_reviewed_twice(snapshot, use, reviewed):
    filing = make.draft(entry=make.entry(**snapshot), **use)
    done = domain.submit(filing=filing, by=make.lead(filing.unit), now=make.NOW)
    assert (done.state == "unit_review") is reviewed


@pytest.mark.requirement("R108")
def test_dual_review_is_the_policys_to_switch_and_for_schools_alone():
    university = make.draft(make.university())
    assert domain.submit(filing=university, by=make.lead(university.unit), now=make.NOW).state == "submitted"
    make.policy("11", dual_review=False)
    filing = make.draft()
    assert domain.submit(filing=filing, by=make.lead(filing.unit), now=make.NOW).state == "submitted"


@pytest.mark.requirement("R84", "R125")
def test_list_counts_from_the_first_minute_of_its_day(freeze):
    """Half past midnight in Beijing; in UTC the day before."""
    freeze(datetime(2026, 9, 24, 0, 30, tzinfo=ZONE))
    app = make.entry(province="11")
    edition(app, code="11", since=date(2026, 9, 24))
    client = factories.client_for(factories.membership(Role.INSTITUTION_LEAD, unit=make.school()))
    digits = app.number.removeprefix("教APP备").removesuffix("号")
    assert "推荐名单11" in client.get(reverse("use_start", args=[digits])).content.decode()
