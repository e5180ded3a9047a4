"""The workspace around the form: starting, checking, handing in, files, and junk in every door."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership
from providers.models import App, Filing, MaterialUse
from tests import factories
from tests import factories_filings as filings

pytestmark = pytest.mark.django_db

RULES = [
    {"code": code, "effective_from": "2019-11-11", "article": article, "message_zh": "不受理", "message_en": "No"}
    for code, article in (("preschool_training", "bj-3-5"), ("photo_search", "bj-3-3"))
]  # fmt: skip


@pytest.fixture(autouse=True)
def _rules(freeze: Any) -> None:
    filings.calendar()
    filings.policy(admission_rules=RULES)
    freeze(filings.NOW)


def signed_in(unit: Any) -> Client:
    return factories.client_for(Membership.objects.filter(unit=unit, role=Role.PROVIDER_OWNER).first())


@pytest.mark.requirement("R77", "R78")
@pytest.mark.parametrize("question", ["photo_search", "preschool_training"])
def test_start_stops_at_the_first_page_where_the_reason_is_known(question: str) -> None:
    member = factories.membership()
    client = factories.client_for(member)
    assert question in client.get(reverse("provider_start")).content.decode()
    answer = client.post(reverse("provider_start"), {"name": "示例搜题", question: "yes"})
    assert answer.status_code == 422
    assert not App.objects.exists()


def test_start_keeps_what_was_answered() -> None:
    client = factories.client_for(factories.membership())
    answer = client.post(reverse("provider_start"), {"name": "示例阅读", "photo_search": "no"})
    filing = Filing.objects.get()
    assert answer["Location"] == reverse("filing", args=[filing.pk])
    assert filing.app is not None
    assert filing.app.data["photo_search"] is False


def test_whole_draft_is_submitted_once_however_often_it_is_sent() -> None:
    filing = filings.draft()
    client = signed_in(filing.unit)
    assert client.get(reverse("filing_check", args=[filing.pk])).status_code == 200
    for _time in range(2):
        answer = client.post(reverse("filing_submit", args=[filing.pk]), {"submit_key": "k" * 24})
        assert answer["Location"] == reverse("filing_done", args=[filing.pk])
    assert filings.fresh(filing).version == 1
    for name in ("filing_done", "filing_receipt", "filing", "filing_withdraw", "filing_versions"):
        assert client.get(reverse(name, args=[filing.pk])).status_code == 200


def test_incomplete_draft_is_not_submitted_and_links_to_the_fields() -> None:
    filing = filings.draft()
    app = App.objects.get(pk=filing.app_id)
    app.data["stages"] = []
    app.save()
    answer = signed_in(filing.unit).post(reverse("filing_submit", args=[filing.pk]))
    assert answer.status_code == 422
    wanted = reverse("filing_section", args=[filing.pk, "audience"]) + "?check=1#id_appstages"
    assert wanted in answer.content.decode()


JUNK: list[dict[str, Any]] = [
    {}, {"kind": "\x00", "name": "\x00"}, {"name": "x" * 5000}, {"kind": "unit_change"},
    {"app": "99999999999999999999"},
    {"app": "٣", "kind": "change"}, {"system": "-1", "name": "a\x00b"},
    {"submit_key": "\x00" * 99, "seen_state": "\x00"},
    {"filing": ["1", "x", "\x00", "9" * 30]},
]  # fmt: skip


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_junk_in_any_door_is_never_an_error(junk: dict[str, Any]) -> None:
    filing = filings.draft()
    client = signed_in(filing.unit)
    doors = [reverse("provider_start"), reverse("provider_batch")]
    doors += [reverse(name, args=[filing.pk]) for name in ("filing_submit", "filing_withdraw")]
    for door in doors:
        assert client.post(door, junk).status_code < 500
    query = {"kind": "\x00", "app": "x", "version": "9" * 20, "old": "-", "new": "²"}
    for name in (
        "filing",
        "filing_check",
        "filing_done",
        "filing_receipt",
        "filing_versions",
        "filing_withdraw",
    ):
        assert client.get(reverse(name, args=[filing.pk]), query).status_code < 500
    for name in ("provider_home", "provider_apps", "provider_unit", "provider_start"):
        assert client.get(reverse(name), query).status_code < 500


def test_file_is_streamed_with_headers_that_let_nothing_run() -> None:
    filing = filings.submitted()
    row = filings.material(filing.unit, "证照.pdf", stored=True)
    answer = signed_in(filing.unit).get(reverse("material", args=[row.pk]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer["Content-Disposition"].startswith("inline; filename*=utf-8''")
    saved = signed_in(filing.unit).get(reverse("material", args=[row.pk]) + "?download=1")
    assert saved["Content-Disposition"].startswith("attachment")
    saved.close()


def test_picture_is_shown_in_a_sandbox() -> None:
    unit = factories.unit()
    member = factories.membership(unit=unit)
    row = filings.material(unit, "a.png", stored=True, content_type="image/png")
    answer = factories.client_for(member).get(reverse("material", args=[row.pk]))
    assert "sandbox" in answer["Content-Security-Policy"]
    answer.close()


@pytest.mark.parametrize("who", ["nobody", "other provider", "reviewer before", "other province"])
def test_file_does_not_exist_for_those_who_may_not_see_it(who: str) -> None:
    filing = filings.submitted()
    row = filings.material(filing.unit, stored=True)  # in no version yet
    address = reverse("material", args=[row.pk])
    if who == "nobody":
        assert Client().get(address).status_code == 302
        return
    if who == "other provider":
        client = factories.client_for(factories.membership())
    elif who == "other province":
        MaterialUse.objects.create(filing=filing, version=1, material=row, field_key="unit.licence_scan")
        client = factories.client_for(factories.membership(Role.REVIEWER, factories.authority("44")))
    else:
        client = factories.client_for(factories.membership(Role.REVIEWER, filing.authority))
    assert client.get(address).status_code == 404


def test_reviewer_sees_the_file_once_it_was_submitted() -> None:
    filing = filings.submitted()
    row = filings.material(filing.unit, stored=True)
    MaterialUse.objects.create(filing=filing, version=1, material=row, field_key="unit.licence_scan")
    client = factories.client_for(factories.membership(Role.REVIEWER, filing.authority))
    answer = client.get(reverse("material", args=[row.pk]))
    assert answer.status_code == 200
    answer.close()


def test_file_whose_content_is_gone_is_not_an_error() -> None:
    unit = factories.unit()
    member = factories.membership(unit=unit)
    row = filings.material(unit)
    assert factories.client_for(member).get(reverse("material", args=[row.pk])).status_code == 404
