"""Units: registering, the tree, with whom a unit files."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from accounts import queries
from accounts.domain import create_unit, move_unit, register_provider_unit
from accounts.domain.setting_up import NewUnit, _insert_units
from accounts.enums import Level, Role, UnitKind
from accounts.models import Membership, Unit
from ledger.acts import Actor, Refused
from ledger.queries import timeline
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def register(**changes: Any) -> Membership:
    person = factories.person()
    fields: dict[str, Any] = {
        "name": "示例科技有限公司",
        "kind": "enterprise",
        "uscc": "91110108MA01TE5T3U",
        "province": "11",
    }
    fields.update(changes)
    if fields["province"] in ("11", "44"):
        factories.authority("11")
    by = Actor(person_id=person.pk, unit_id=None, role="")
    return register_provider_unit(person=person, by=by, now=NOW, **fields)


@pytest.mark.requirement("R26")
def test_register_makes_owner_and_ledger_record() -> None:
    membership = register()
    assert membership.role == Role.PROVIDER_OWNER
    assert membership.active
    assert membership.unit.path == f"/{membership.unit_id}/"
    assert [record.verb for record in timeline(membership.unit)] == ["register_unit"]


def test_register_forgives_spaces_case_and_full_width_letters() -> None:
    assert register(uscc=" ９１１１0108 ma01te5t3u ").unit.uscc == "91110108MA01TE5T3U"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("91110108MA01TE5T3", "uscc_length"),
        ("91110108MA01TE5T3I", "uscc_characters"),
        ("91110108MA01TE5T30", "uscc_checksum"),
        ("", "uscc_length"),
    ],
)
def test_register_with_wrong_code_says_what_is_wrong(code: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        register(uscc=code)
    assert refused.value.reasons.codes == [reason]
    assert not Unit.objects.exclude(kind="authority").exists()


def test_older_code_that_fails_its_check_is_registered_as_the_certificate_shows_it() -> None:
    membership = register(uscc="91110108MA01TE5T30", as_certified=True)
    assert membership.unit.uscc == "91110108MA01TE5T30"
    assert timeline(membership.unit)[0].payload["as_certified"] is True
    with pytest.raises(Refused) as refused:
        register(uscc="91110108MA01TE5T3", as_certified=True)
    assert refused.value.reasons.codes == ["uscc_length"]


def test_register_taken_code_points_to_joining() -> None:
    register()
    with pytest.raises(Refused) as refused:
        register()
    assert refused.value.reasons.codes == ["uscc_taken"]


@pytest.mark.parametrize("kind", ["authority", "affiliated", "partner"])
def test_register_kind_from_above_is_refused(kind: str) -> None:
    with pytest.raises(Refused) as refused:
        register(kind=kind)
    assert refused.value.reasons.codes == ["kind_from_above"]


def test_register_where_no_authority_works_with_the_portal_is_refused(client: Any) -> None:
    with pytest.raises(Refused) as refused:
        register(province="65")
    assert refused.value.reasons.codes == ["no_authority"]
    client.force_login(factories.person(), backend="accounts.backends.Backend")
    said = {"name": "示例科技有限公司", "kind": "enterprise", "uscc": "91110108MA01TE5T3U", "province": "65"}
    answer = client.post(reverse("register_unit"), said)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["province"])
    assert not Unit.objects.filter(uscc="91110108MA01TE5T3U").exists()


def test_register_without_name_and_province_names_both() -> None:
    with pytest.raises(Refused) as refused:
        register(name="  ", province="99")
    assert refused.value.reasons.codes == ["name_missing", "province_missing"]


@pytest.mark.django_db(transaction=True)
def test_register_same_code_in_two_threads_makes_one_unit() -> None:
    factories.authority("11")
    people = [factories.person(), factories.person()]
    barrier, outcomes = threading.Barrier(2), []

    def run(index: int) -> None:
        barrier.wait()
        try:
            register_provider_unit(
                person=people[index],
                name="示例",
                kind="enterprise",
                uscc="91110108MA01TE5T3U",
                province="11",
                by=Actor(person_id=people[index].pk, unit_id=None, role=""),
                now=NOW,
            )
            outcomes.append("made")
        except Refused as refused:
            outcomes.append(refused.reasons.codes[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(2)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(outcomes) == ["made", "uscc_taken"]
    assert Unit.objects.exclude(kind="authority").count() == 1


def test_seed_is_complete_and_idempotent() -> None:
    call_command("seed_units", verbosity=0)
    first = list(Unit.objects.order_by("pk").values_list("code", "path"))
    call_command("seed_units", verbosity=0)
    assert list(Unit.objects.order_by("pk").values_list("code", "path")) == first
    ministry = queries.ministry()
    assert Unit.objects.filter(parent=ministry, level=Level.PROVINCE).count() == 32
    beijing = queries.authority_for_province("11")
    assert queries.subtree(beijing).count() == 1 + 16 + 2
    assert queries.authority_for_province("66").name == "新疆生产建设兵团教育局"
    for unit in Unit.objects.select_related("parent"):
        assert unit.path == f"{unit.parent.path if unit.parent else '/'}{unit.pk}/"
        assert unit.name_en
    assert not Unit.objects.filter(level=Level.PROVINCE, province_code="").exists()


def test_authority_for_province_without_seeds_says_so() -> None:
    with pytest.raises(queries.NoAuthority):
        queries.authority_for_province("11")


@pytest.mark.requirement("R26")
@pytest.mark.parametrize("kind", ["enterprise", "social", "school", "university"])
def test_filing_authority_is_province_of_registration(kind: str) -> None:
    unit = factories.unit(kind=kind, province="44")
    assert queries.filing_authority(unit) == factories.authority("44")
    assert queries.competence(unit).article == "me-10"


@pytest.mark.requirement("R26")
def test_filing_authority_of_district_is_its_province() -> None:
    assert queries.filing_authority(factories.authority("440106")) == factories.authority("44")
    assert queries.filing_authority(factories.authority("11-etown")) == factories.authority("11")


@pytest.mark.requirement("R27")
@pytest.mark.parametrize("code", ["11", "66", "moe"])
def test_filing_authority_of_province_is_ministry(code: str) -> None:
    assert queries.filing_authority(factories.authority(code)) == factories.authority("moe")


@pytest.mark.requirement("R31")
def test_filing_authority_of_branch_is_head_offices_province() -> None:
    head = factories.unit(province="51")
    branch = factories.unit(province="44", head_office=head)
    office = factories.unit(province="11", head_office=branch)
    assert queries.filing_authority(office) == factories.authority("51")
    assert queries.competence(branch).article == "me-11"


def test_filing_authority_survives_ring_of_head_offices() -> None:
    first = factories.unit(province="51")
    second = factories.unit(province="44", head_office=first)
    first.head_office = second
    first.save()
    assert queries.filing_authority(first).code in ("44", "51")


def test_filing_authority_without_province_is_an_error() -> None:
    with pytest.raises(queries.NoAuthority):
        queries.filing_authority(factories.unit(province=""))


def test_create_unit_under_own_authority() -> None:
    lead = factories.actor(Role.REVIEW_LEAD, factories.authority("110108"))
    school = create_unit(
        parent=factories.authority("110108"), kind=UnitKind.SCHOOL, name="示例 小学", school_code="2111000001",
        by=lead, now=NOW,
    )  # fmt: skip
    assert school.path == f"{factories.authority('110108').path}{school.pk}/"
    assert school.province_code == "11"
    assert queries.superior(school) == factories.authority("110108")


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.INSTITUTION_LEAD, Role.PROVIDER_OWNER])
def test_create_unit_by_others_is_refused(role: str) -> None:
    by = factories.actor(role, factories.authority("110108"))
    with pytest.raises(Refused) as refused:
        create_unit(parent=factories.authority("110108"), kind=UnitKind.SCHOOL, name="学校", by=by, now=NOW)
    assert refused.value.reasons.codes == ["not_above"]


def test_create_unit_elsewhere_is_refused() -> None:
    lead = factories.actor(Role.REVIEW_LEAD, factories.authority("110108"))
    for place in ("11", "110105", "44"):
        with pytest.raises(Refused):
            create_unit(
                parent=factories.authority(place), kind=UnitKind.SCHOOL, name="学校", by=lead, now=NOW
            )


def test_create_unit_with_taken_key_or_without_key_is_refused() -> None:
    ministry = factories.authority("moe")
    factories.authority("11")
    for fields, code in (({"code": "11", "level": "province"}, "key_taken"), ({}, "key_missing")):
        with pytest.raises(Refused) as refused:
            create_unit(
                parent=ministry, kind=UnitKind.AUTHORITY, name="局", by=Actor.system(), now=NOW, **fields
            )
        assert refused.value.reasons.codes == [code]
    with pytest.raises(Refused) as refused:
        create_unit(parent=ministry, kind=UnitKind.SCHOOL, name="", uscc="123", by=Actor.system(), now=NOW)
    assert refused.value.reasons.codes == ["uscc_length", "name_missing"]


def test_move_unit_rewrites_whole_subtree() -> None:
    district = factories.authority("440106")
    school = factories.unit(kind="school", province="44", parent=district)
    move_unit(unit=district, parent=factories.authority("440300"), by=Actor.system(), now=NOW)
    district.refresh_from_db()
    school.refresh_from_db()
    assert district.path == f"{factories.authority('440300').path}{district.pk}/"
    assert school.path == f"{district.path}{school.pk}/"
    assert [record.verb for record in timeline(district)] == ["move_unit"]


def test_move_unit_under_itself_is_refused() -> None:
    city, district = factories.authority("440100"), factories.authority("440106")
    with pytest.raises(Refused) as refused:
        move_unit(unit=city, parent=district, by=Actor.system(), now=NOW)
    assert "under_itself" in refused.value.reasons.codes


def test_move_authority_under_school_or_by_stranger_is_refused() -> None:
    school = factories.unit(kind="school", province="44", parent=factories.authority("440300"))
    with pytest.raises(Refused):
        move_unit(unit=factories.authority("440106"), parent=school, by=Actor.system(), now=NOW)
    lead = factories.actor(Role.REVIEW_LEAD, factories.authority("11"))
    with pytest.raises(Refused):
        move_unit(unit=school, parent=factories.authority("440106"), by=lead, now=NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["alone", "table"])
def test_unit_that_comes_into_being_below_a_moved_one_stands_under_the_new_path(way: str) -> None:
    city, district = factories.authority("440100"), factories.authority("440106")
    assert district.parent_id == city.pk
    said = {"kind": "school", "name": "新建学校", "school_code": "2144010699"}
    inserted = threading.Event()

    def set_up() -> None:
        try:
            with transaction.atomic():
                if way == "alone":
                    create_unit(parent=district, by=Actor.system(), now=NOW, **said)
                else:
                    row = NewUnit(parent=district, person="某老师", email="a@school.example", uscc="", **said)
                    _insert_units([row])
                inserted.set()
                time.sleep(0.4)  # the move has begun, and would not see what is not committed
        finally:
            inserted.set()
            connection.close()

    thread = threading.Thread(target=set_up)
    thread.start()
    inserted.wait(10)
    move_unit(unit=city, parent=factories.authority("440300"), by=Actor.system(), now=NOW)
    thread.join()
    school, district = Unit.objects.get(name="新建学校"), Unit.objects.get(pk=district.pk)
    assert school.path == f"{district.path}{school.pk}/"
    assert district.path.startswith(factories.authority("440300").path)


@pytest.mark.django_db(transaction=True)
def test_crossing_moves_make_no_ring() -> None:
    first, second = factories.authority("440100"), factories.authority("440300")
    barrier, refusals = threading.Barrier(2), []

    def run(unit: Unit, parent: Unit) -> None:
        barrier.wait()
        try:
            move_unit(unit=unit, parent=parent, by=Actor.system(), now=NOW)
        except Refused as refused:
            refusals.append(refused.reasons.codes)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(first, second)),
        threading.Thread(target=run, args=(second, first)),
    ]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert refusals == [["under_itself"]]
