"""What a store is to account for when an app is to go; what bodies of the industry say, for authorities alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.enums import Role
from ledger.acts import Refused
from ledger.models import Record
from supervision import domain
from supervision.domain import Invalid
from supervision.models import IndustryRating, Takedown
from tests import factories
from tests import factories_supervision as make

pytestmark = pytest.mark.django_db
NOW = make.NOW


def reviewer_client(code: str = "11") -> Any:
    return factories.client_for(factories.membership(unit=factories.authority(code), role=Role.REVIEWER))


@pytest.mark.requirement("R156")
def test_store_accounts_for_its_duties_when_an_app_is_to_go(freeze: Any) -> None:
    freeze(NOW)
    client, entry = reviewer_client(), make.entry()
    data = {"store": "示例商店", "number": entry.number, "text": "请下架。", "duties": ["removal", "identity", "audit"]}
    answer = client.post(reverse("sv_takedown_new"), data)
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    row = Takedown.objects.get()
    assert row.duties == ["identity", "audit", "removal"], "in the order of the law"
    page = reverse("sv_takedown", args=[row.pk])
    asked = client.get(page).content.decode()
    assert "开发者真实身份" in asked or "real identity" in asked
    act = reverse("sv_takedown_act", args=[row.pk, "answer"])
    said = {"removed": "yes", "answer": "已下架，身份登记见附件。", "answered_on": NOW.date().isoformat(),
            "seen_state": "requested"}  # fmt: skip
    assert client.post(act, {**said, "shown": ["age"]}).status_code == 422, "it was not asked about that"
    assert client.post(act, {**said, "shown": ["identity"]}).status_code == 302
    row = make.fresh(row)
    assert (row.state, row.shown) == ("removed", ["identity"])


def test_duties_that_nobody_knows_are_refused() -> None:
    with pytest.raises(Invalid):
        domain.request_takedown(store="店", text="请下架。", app_name="应用", duties=["x"], by=make.reviewer(), now=NOW)
    row = domain.request_takedown(store="店", text="请下架。", app_name="应用", by=make.reviewer(), now=NOW)
    assert row.duties == [], "a request by the interface need not ask"
    with pytest.raises(Invalid):
        domain.answer_takedown(
            takedown=row, removed=True, answer="已下架", answered_on=NOW.date(), shown=["audit"], by=make.reviewer(),
            now=NOW,
        )  # fmt: skip


RATING = {"kind": "credit", "body": "示例教育软件行业协会", "result": "AA", "source": "https://body.example.test/2026/1"}


@pytest.mark.requirement("R159")
def test_rating_of_a_body_stands_on_the_page_of_authorities_with_source_and_day(freeze: Any, client: Any) -> None:
    freeze(NOW)
    entry, own = make.entry(), reviewer_client()
    page, act = reverse("sv_entry", args=[entry.pk]), reverse("sv_entry_act", args=[entry.pk, "rating"])
    sent = {**RATING, "rated_on": NOW.date().isoformat(), "seen_state": str(entry.state)}
    for wrong in ({"source": "javascript:alert(1)"}, {"rated_on": "2099-01-01"}, {"kind": "x"}, {"body": " "}):
        assert own.post(act, {**sent, **wrong}).status_code == 422, wrong
    assert own.post(act, sent).status_code == 302
    shown = own.get(page).content.decode()
    for name in ("offline", "revoke", "rating"):
        assert reverse("sv_entry_act", args=[entry.pk, name]) in shown, "what can be decided stands on the page"
    assert reverse("entry", args=[entry.number]) in shown
    assert all(said in shown for said in (RATING["body"], "AA", RATING["source"], NOW.date().isoformat()))
    public = client.get(reverse("entry", args=[entry.number])).content.decode()
    assert RATING["body"] not in public, "the portal does not publish what others rate"
    assert Record.objects.filter(verb="record_rating", subject_id=entry.pk, audience="authority").count() == 1
    for by in (make.provider(entry.unit), None):
        assert not IndustryRating.objects.visible_to(by).exists()


@pytest.mark.requirement("R159")
def test_rating_is_recorded_by_the_entrys_own_authority_and_stays() -> None:
    entry = make.entry()
    values = {**RATING, "rated_on": NOW.date(), "entry": entry, "now": NOW}
    with pytest.raises(Refused):
        domain.record_rating(by=make.reviewer("44"), **values)
    row = domain.record_rating(by=make.reviewer(), **values)
    assert domain.record_rating(by=make.reviewer(), **values) == row, "a second click adds nothing"
    assert Record.objects.filter(verb="record_rating", subject_id=entry.pk).count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        IndustryRating.objects.filter(pk=row.pk).update(result="AAA")
