"""Pages of orders, listings and the published lists: every state, acts with their effects, refusals."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.enums import Role
from supervision.models import (
    RectificationOrder,
)
from tests import factories
from tests import factories_supervision as make
from tests.supervision.desk import *  # noqa: F403
from tests.supervision.desk import post

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R137")
@pytest.mark.parametrize("state", ["issued", "evidence_submitted", "cleared", "overdue", "refused", "listed"])
def test_order_page_in_every_state(client, ministry, state):
    row = make.order_in(state)
    for who in (client, ministry):
        text = who.get(reverse("sv_order", args=[row.pk])).content.decode()
        assert row.case_no in text and "含游戏广告" in text
    tab = {"evidence_submitted": "evidence", "overdue": "proposed", "refused": "proposed"}.get(state, "open")
    tab = "closed" if state in ("cleared", "listed") else tab
    assert row.case_no in client.get(reverse("sv_orders"), {"tab": tab}).content.decode()


@pytest.mark.requirement("R137")
def test_order_is_issued_from_a_complaint(client):
    row = make.complaint(state="accepted")
    address = f"{reverse('sv_order_new')}?complaint={row.pk}"
    assert row.entry.number in client.get(address).content.decode()
    bad = client.post(address, {"number": "教APP备0000000号", "finding_1": "", "public_text": "整改"})
    assert bad.status_code == 422 and "整改" in bad.content.decode()
    sent = client.post(address, {
        "number": row.entry.number, "finding_1": "含游戏广告", "article_1": "bj-5", "finding_2": "未成年人模式缺失",
        "public_text": "限期整改", "days": "10", "articles": ["bj-5"],
    })  # fmt: skip
    made = RectificationOrder.objects.get()
    assert sent.url == reverse("sv_order", args=[made.pk])
    assert made.complaint_id == row.pk and len(made.findings) == 2 and made.days == 10
    again = client.post(address, {"number": row.entry.number, "finding_1": "x", "public_text": "y"})
    assert again.status_code == 422


def test_order_is_sent_back_extended_and_cleared(client):
    row = make.order_in("evidence_submitted")
    assert post(client, "sv_order_act", row.pk, "send-back", seen_state="issued", reason="x").status_code == 409
    post(client, "sv_order_act", row.pk, "send-back", seen_state="evidence_submitted", reason="广告仍在")
    assert make.fresh(row).state == "issued"
    post(client, "sv_order_act", row.pk, "extend", days="5", reason="节假日")
    assert make.fresh(row).extended_days == 5
    without = post(client, "sv_order_act", row.pk, "clear", reason="")
    assert without.status_code == 422 and make.fresh(row).state == "issued"
    assert post(client, "sv_order_act", row.pk, "clear", reason="现场核查已删除").status_code == 302
    assert make.fresh(row).state == "cleared"


@pytest.mark.requirement("R137")
def test_provider_is_listed_from_a_page_that_says_what_follows(client, freeze):
    row = make.order_in("overdue")
    freeze(make.later(row))
    address = reverse("sv_order_list", args=[row.pk])
    page = client.get(address).content.decode()
    assert row.entry.number in page and "data-confirm" in page
    assert client.post(address, {"reason": ""}).status_code == 422
    sent = client.post(address, {"reason": "逾期未整改", "seen_state": "overdue"})
    listing = make.fresh(row).listing
    assert sent.url == reverse("sv_listing", args=[listing.pk]) and make.fresh(row.entry).state == "revoked"
    assert row.entry.number in client.get(sent.url).content.decode()
    assert client.post(address, {"reason": "again"}).status_code == 409


def test_reviewer_cannot_list(client):
    row = make.order_in("overdue")
    plain = factories.client_for(factories.membership(role=Role.REVIEWER, unit=row.authority))
    assert plain.get(reverse("sv_order_list", args=[row.pk])).status_code == 403


@pytest.mark.requirement("R136")
def test_listing_is_lifted_with_a_reason_and_an_objection_decided_by_another(client, lead):
    row = make.listing()
    assert post(client, "sv_listing_act", row.pk, "lift", reason="").status_code == 422
    from blacklist import domain as blacklist

    blacklist.object_to_listing(listing=row, text="我单位已整改", by=make.provider(row.unit), now=make.NOW)
    page = client.get(reverse("sv_listings"), {"tab": "objections"})
    assert row.unit_name in page.content.decode()
    assert "我单位已整改" in client.get(reverse("sv_listing", args=[row.pk])).content.decode()
    other = factories.client_for(factories.membership(role=Role.REVIEW_LEAD, unit=row.authority))
    sent = post(other, "sv_listing_act", row.pk, "decide", grant="yes", decision="整改属实", seen_state="active")
    assert sent.status_code == 302 and make.fresh(row).state == "lifted"
    second = make.listing()
    assert post(client, "sv_listing_act", second.pk, "lift", reason="列入有误").status_code == 302
    assert make.fresh(second).lift_reason == "列入有误"


@pytest.mark.requirement("R143")
def test_joint_measure_is_recorded_on_the_listing(client):
    row = make.listing()
    sent = post(client, "sv_listing_act", row.pk, "measure", department="market", measure="罚款",
        decided_on="2026-09-01")
    assert sent.status_code == 302
    assert "罚款" in client.get(reverse("sv_listing", args=[row.pk])).content.decode()


def test_edition_is_published_and_verified(client, lead, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make.listing()
    answer = post(client, "sv_lists_act", lead.unit_id, "publish", kind="black", as_of="2026-08-31")
    assert answer.status_code == 302
    from blacklist.models import ListEdition

    row = ListEdition.objects.get()
    page = client.get(reverse("sv_edition", args=[row.pk])).content.decode()
    assert row.digest in page
    added = post(
        client, "sv_lists_act", lead.unit_id, "add", kind="negative", subject="practice", title_zh="强制使用",
            reason="违规"
    )
    assert added.status_code == 302 and "强制使用" in client.get(reverse("sv_lists")).content.decode()
