"""What everybody may know of uses: pages and interface show confirmed snapshots and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from registry import opening
from registry.numbers import digits_of
from tests import factories, factories_uses
from tests.factories import NOW
from users import domain, tally

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(freeze: Any) -> Any:
    """A school with a confirmed use, one with a submitted one, one with an app of its own."""
    freeze(NOW)
    cache.clear()
    factories_uses.rules()
    using, waiting = factories_uses.school(name="榆荚小学"), factories_uses.school(name="砚池中学")
    app = factories_uses.entry("榆荚阅读")
    filing = factories_uses.use_in_state("confirmed", unit=using, entry=app)
    factories_uses.use_in_state("submitted", unit=waiting, entry=app)
    return type("Scene", (), {"using": using, "waiting": waiting, "app": app, "filing": filing})


@pytest.mark.requirement("R132")
def test_everybody_sees_which_apps_a_school_uses(scene: Any, client: Client) -> None:
    page = client.get(reverse("institution_public", args=[scene.using.pk]))
    text = page.content.decode()
    assert page.status_code == 200 and "榆荚阅读" in text and scene.app.number in text
    row = page.context["rows"][0]
    assert row["nature"] and row["fee"]
    found = client.get(reverse("institutions_public"), {"q": "榆荚"})
    assert [unit.pk for unit in found.context["rows"]] == [scene.using.pk]
    assert not client.get(reverse("institutions_public"), {"q": "砚池"}).context["rows"]
    assert not client.get(reverse("institutions_public"), {"q": "榆"}).context["rows"], "one character is no search"
    bad = {"q": "\x00x", "after": "9" * 40, "province": "zz"}
    assert client.get(reverse("institutions_public"), bad).status_code == 200


def test_what_is_not_confirmed_is_not_public(scene: Any, client: Client) -> None:
    assert client.get(reverse("institution_public", args=[scene.waiting.pk])).status_code == 404
    digits = digits_of(scene.app.number)
    page = client.get(reverse("entry_users", args=[digits]))
    assert [row["filing"].unit_id for row in page.context["rows"]] == [scene.using.pk]
    assert "砚池" not in page.content.decode()
    entry = client.get(reverse("entry", args=[digits]))
    assert entry.context["used_by"] == 1 and reverse("entry_users", args=[digits]) in entry.content.decode()


def test_copy_of_a_page_ends_with_the_act_that_changes_it(scene: Any, client: Client) -> None:
    digits = digits_of(scene.app.number)
    addresses = [
        reverse("entry", args=[digits]), reverse("entry_users", args=[digits]),
        reverse("institution_public", args=[scene.using.pk]),
    ]  # fmt: skip
    before = [client.get(address)["ETag"] for address in addresses]
    assert before == [client.get(address)["ETag"] for address in addresses]
    signed_in = factories.client_for(factories.membership())
    assert not any(signed_in.get(address).has_header("ETag") for address in addresses)
    domain.withdraw(
        filing=scene.filing, reason="不再需要", notice_text="本学期起停用", by=factories_uses.lead(scene.using), now=NOW
    )
    after = client.get(addresses[0])
    assert after["ETag"] != before[0] and after.context["used_by"] == 0
    assert client.get(addresses[1])["ETag"] != before[1]
    ended = client.get(addresses[2])
    assert not ended.context["rows"] and "本学期起停用" in ended.content.decode(), "the notice to those concerned"
    assert client.get(reverse("api_registry_institution", args=[scene.using.pk])).json()["uses"] == []
    assert tally.faults() == []


def test_what_is_under_way_between_unit_and_authority_is_not_public(scene: Any, client: Client) -> None:
    lead, kept = factories_uses.lead(scene.using), scene.filing
    values = factories_uses.use_data(scene.using, change=True)
    domain.save_part(filing=kept, part="use", values=values, by=lead, now=NOW)
    for act in ("report", "send back"):
        if act == "report":
            domain.report_change(filing=kept, by=lead, now=NOW)
        else:
            second = factories_uses.second(scene.using)
            domain.unit_send_back(filing=kept, by=second, comment="请补正", now=NOW)
        row = client.get(reverse("api_registry_institution", args=[scene.using.pk])).json()["uses"][0]
        assert row["status"] == "confirmed" and row["nature"] == "recommended", act


@pytest.mark.requirement("R102")
def test_new_name_of_an_own_app_is_public_once_it_is_confirmed(scene: Any, client: Client) -> None:
    filing = factories_uses.submitted(of=factories_uses.self_use(factories_uses.university(), name="校务旧名"))
    filing = domain.confirm(filing=filing, by=factories_uses.confirmer(filing), now=NOW)
    lead = factories_uses.lead(filing.unit)
    change = {"changed_on": "2026-09-24", "changed_parts": ["app"], "change_description": "改名"}
    domain.save_part(filing=filing, part="use", values=change, by=lead, now=NOW)
    domain.save_part(filing=filing, part="app", values={"name": "校务新名"}, by=lead, now=NOW)
    filing = domain.report_change(filing=filing, by=lead, now=NOW)
    address = reverse("api_registry_institution", args=[filing.unit_id])

    def said() -> str:
        return client.get(reverse("institution_public", args=[filing.unit_id])).content.decode()

    assert client.get(address).json()["uses"][0]["app_name"] == "校务旧名"
    assert "校务旧名" in said() and "校务新名" not in said()
    domain.confirm(filing=filing, by=factories_uses.confirmer(filing), now=NOW)
    assert client.get(address).json()["uses"][0]["app_name"] == "校务新名"
    assert "校务新名" in said() and "校务旧名" not in said()


@pytest.mark.requirement("R93")
def test_app_that_is_not_yet_open_stands_on_no_institutions_page(scene: Any, client: Client) -> None:
    address = reverse("institution_public", args=[scene.using.pk])
    interface = reverse("api_registry_institution", args=[scene.using.pk])
    try:
        factories_uses.policy("11", public_from="2026-10-01")
        opening.forget()
        for path in (address, interface):
            assert "榆荚阅读" not in client.get(path).content.decode(), path
    finally:
        opening.forget()


@pytest.mark.requirement("R132")
def test_interface_tells_the_public_snapshot_only(scene: Any, client: Client) -> None:
    found = client.get(reverse("api_registry_institutions"), {"q": "榆荚"}).json()
    assert [row["id"] for row in found["results"]] == [scene.using.pk]
    uses = client.get(reverse("api_registry_institution", args=[scene.using.pk])).json()
    assert set(uses["uses"][0]) == {
        "app_name", "number", "own_app", "status", "confirmed_on", "nature", "source", "fee", "decision_on", "start_on",
        "user_groups", "stages", "functions", "url",
    }  # fmt: skip
    users = client.get(reverse("api_registry_entry_users", args=[digits_of(scene.app.number)])).json()
    assert users["total"] == 1 and users["results"][0]["institution"]["name"] == "榆荚小学"
    assert "砚池" not in json.dumps(users, ensure_ascii=False)
    assert client.get(reverse("api_registry_institution", args=[scene.waiting.pk])).status_code == 404
    assert client.get(reverse("api_registry_entry_users", args=["99999999"])).status_code == 404
    for bad in ({}, {"q": "x"}, {"q": "榆荚", "after": "x"}, {"q": "榆荚", "province": "zz"}, {"q": "a\x00b"}):
        assert client.get(reverse("api_registry_institutions"), bad).status_code == 400, bad


def test_own_app_of_a_unit_never_stands_as_an_entry(scene: Any, client: Client) -> None:
    from users.models import UserFiling

    school = factories_uses.school(name="自用学校")
    UserFiling.objects.create(
        unit=school, self_use=True, app_name="自用考勤", authority=school.parent, created_at=NOW, version=1,
        confirmed_version=1, nature="required", decision_on="2026-09-01", source="self_developed", state="confirmed",
        submitted_at=NOW, confirmed_at=NOW, case_no="C-own",
        public={"nature": "required", "fee": "none", "decision_on": "2026-09-01"},
    )  # fmt: skip
    page = client.get(reverse("institution_public", args=[school.pk]))
    assert not page.context["rows"] and [row["filing"].app_name for row in page.context["own"]] == ["自用考勤"]
    text = page.content.decode()
    assert all(word in text for word in ("2026-09-01", "不向学生及家长收费")), "fee and decision as of any other app"
    uses = client.get(reverse("api_registry_institution", args=[school.pk])).json()["uses"]
    assert uses[0]["own_app"] is True and uses[0]["number"] == "" and "url" not in uses[0]
    assert "自用考勤" not in client.get(reverse("api_registry_entries"), {"q": "自用考勤"}).content.decode()


@pytest.mark.parametrize("count", [1, 3, 60])
def test_public_pages_cost_the_same_queries(count: int, client: Client, django_assert_max_num_queries: Any) -> None:
    from users.models import UserFiling

    app, district = factories_uses.entry(), factories.authority("110108")
    for number in range(count):
        school = factories_uses.school(district, name=f"学校{number}")
        UserFiling.objects.create(
            unit=school, entry=app, app_name="甲", authority=district, created_at=NOW, version=1, confirmed_version=1,
            nature="recommended", source="self_selected", state="confirmed", submitted_at=NOW, confirmed_at=NOW,
            case_no=f"C{number}", public={"nature": "recommended", "fee": "none"},
        )  # fmt: skip
    opening.current()  # known for some seconds
    with django_assert_max_num_queries(3):
        page = client.get(reverse("entry_users", args=[digits_of(app.number)]))
    assert len(page.context["rows"]) == min(count, 50) and bool(page.context["next"]) is (count > 50)
    with django_assert_max_num_queries(3):
        client.get(reverse("institution_public", args=[school.pk]))
    with django_assert_max_num_queries(2):
        client.get(reverse("institutions_public"), {"q": "学校"})


def test_users_of_an_app_are_found_by_name_or_by_school_code(scene: Any, client: Client) -> None:
    digits = digits_of(scene.app.number)
    code = "2111000001"
    type(scene.using).objects.filter(pk=scene.using.pk).update(school_code=code)

    def shown(q: str) -> list[int]:
        page = client.get(reverse("entry_users", args=[digits]), {"q": q})
        return [row["filing"].unit_id for row in page.context["rows"]]

    assert shown(code) == [scene.using.pk] and shown(code[:-1]) == []
    assert shown(scene.using.name) == [scene.using.pk]
