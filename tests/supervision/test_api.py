"""Interfaces of supervision: the verbs of the pages, scopes of tokens, nothing of a complainant."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from accounts.enums import Role
from blacklist.models import Listing
from ledger.models import Record
from notices.models import Notice
from supervision import domain
from supervision.domain import campaigns as work
from supervision.models import Complaint, Inspection, Partner, RectificationOrder, Referral
from tests import factories
from tests import factories_supervision as make
from tests.supervision.api_caller import Caller, calls

pytestmark = pytest.mark.django_db
IDENTITY = ("甄别名", "13912345678", "parent-zhen@example.test")


@pytest.fixture(autouse=True)
def _now(freeze):
    freeze(make.NOW)


def clean(response) -> bool:
    return not any(part in response.content.decode() for part in IDENTITY)


@pytest.mark.requirement("R129", "R130")
def test_complaint_from_the_queue_to_the_published_reply():
    row, other = make.complaint(), make.complaint()
    call = calls(make.reviewer())
    queue = call.get("api_authority_complaints")
    assert {one["id"] for one in queue.json()["results"]} == {row.pk, other.pk}
    assert queue.json()["counts"]["open"] == 2
    assert "text" not in queue.json()["results"][0]
    assert clean(queue)
    assert call.post("api_authority_complaint_accept", row.pk, seen_state="received").json()["state"] == "accepted"
    again = call.post("api_authority_complaint_accept", row.pk, seen_state="received")
    assert (again.status_code, again.json()["type"]) == (409, "already-moved")
    case = call.post("api_authority_complaint_ask", row.pk, text="请补充发生时间")
    assert case.json()["waiting_for_answer"]
    assert case.json()["messages"][0]["text"] == "请补充发生时间"
    sent = call.post("api_authority_complaint_forward", row.pk, text="请说明广告的来源", days=5).json()
    assert sent["forwardings"][0]["state"] == "sent"
    merged = call.post("api_authority_complaint_merge", other.pk, into=row.case_no)
    assert merged.json()["merged_into"] == row.pk
    unknown = call.post("api_authority_complaint_merge", row.pk, into="X-1")
    assert unknown.json()["errors"][0]["pointer"] == "/into"
    done = call.post(
        "api_authority_complaint_reply", row.pk, outcome="substantiated", reply="已责令整改。", seen_state="accepted"
    )
    assert (done.json()["state"], done.json()["reply"]) == ("resolved", "已责令整改。")
    published = call.post("api_authority_complaint_publish", row.pk, title="关于广告", text="已整改。")
    assert published.json()["public_title"] == "关于广告"
    assert clean(published)
    listed = call.get("api_authority_complaints", tab="closed")
    assert listed["Cache-Control"] == "private, no-store", "nor does a cache keep a list"
    closed = listed.json()["results"]
    assert {one["id"] for one in closed} == {row.pk, other.pk}


def test_who_complained_is_told_to_the_handler_alone_and_every_look_stands_in_the_ledger():
    row = make.complaint(state="accepted")
    handler, ministry = calls(make.reviewer()), calls(make.ministry())
    name = "api_authority_complaint_identity"
    looks = Record.objects.filter(subject_type="supervision.complaint", subject_id=row.pk, verb="look_at_identity")
    assert handler.post(name, row.pk).status_code == 400, "a look says why"
    assert not looks.exists()
    assert clean(handler.get("api_authority_complaint", row.pk))
    shown = handler.post(name, row.pk, purpose="回访")
    assert shown.json() == {"given": True, "name": IDENTITY[0], "phone": IDENTITY[1], "email": IDENTITY[2]}
    assert "no-store" in shown["Cache-Control"]
    assert looks.get().payload == {"purpose": "回访"}
    refused = ministry.post(name, row.pk, purpose="了解")
    assert refused.status_code == 403
    assert clean(refused)
    other = calls(make.people(factories.authority("11"), Role.REVIEWER, another=True))
    assert other.post(name, row.pk, purpose="了解").json()["reasons"][0]["code"] == "not_the_handler"
    assert calls(make.reviewer("44")).post(name, row.pk, purpose="了解").status_code == 404
    assert looks.count() == 1


@pytest.mark.requirement("R136", "R137")
def test_order_is_issued_extended_refused_and_the_provider_listed():
    of = make.entry()
    call, lead = calls(make.reviewer()), calls(make.lead())
    empty = call.post("api_authority_orders", public_text="x", findings=[{"text": "x"}])
    assert empty.json()["errors"][0]["pointer"] == "/number"
    body = {"number": of.number, "findings": [{"text": "含游戏广告", "article": "bj-3"}], "public_text": "限期整改",
            "days": 10}  # fmt: skip
    made = call.post("api_authority_orders", **body)
    assert (made.status_code, made.json()["state"], made.json()["days"]) == (201, "issued", 10)
    pk = made.json()["id"]
    assert call.post("api_authority_orders", **body).status_code in (403, 409), "one open order for an app"
    bad = call.post("api_authority_orders", **{**body, "articles": ["me-99"]})
    assert (bad.status_code, bad.json()["type"]) == (400, "not-valid")
    extended = call.post("api_authority_order_extend", pk, days=5, reason="技术改造", seen_state="issued").json()
    assert extended["extended_days"] == 5
    twice = call.post("api_authority_order_extend", pk, days=5, reason="再延", seen_state="issued")
    assert twice.status_code == 403
    refused = call.post("api_authority_order_refuse", pk, reason="拒绝", seen_state="issued").json()
    assert refused["state"] == "refused"
    values = {"reason": "拒不整改", "seen_state": "refused", "bar_months": 7}
    assert call.post("api_authority_order_list", pk, **values).json()["reasons"][0]["code"] == "not_a_lead"
    listed = lead.post("api_authority_order_list", pk, **values).json()
    listing = Listing.objects.get(pk=listed["listing"])
    assert (listing.bar_months, make.fresh(of).state) == (7, "revoked")
    assert [one["id"] for one in lead.get("api_authority_listings").json()["results"]] == [listing.pk]
    provider = calls(make.provider(of.unit), "provider")
    objected = provider.post("api_provider_listing_object", listing.pk, text="不服").json()
    assert objected["objections"][0]["state"] == "filed"
    waiting = lead.get("api_authority_listings", show="objections").json()["results"]
    assert [one["id"] for one in waiting] == [listing.pk]
    own = lead.post("api_authority_listing_decide_objection", listing.pk, grant=True, decision="理由")
    assert own.status_code == 403, "somebody else than who listed decides"
    second = calls(make.lead(another=True))
    lifted = second.post("api_authority_listing_decide_objection", listing.pk, grant=True, decision="证据充分").json()
    assert (lifted["state"], lifted["objections"][0]["state"]) == ("lifted", "granted")
    assert provider.get("api_provider_supervision").json()["barred_until"] is None


def test_provider_reads_what_was_written_for_it_and_answers():
    of = make.entry()
    order = make.order(of)
    sent = make.forwarding_of(of.unit)
    call = calls(make.provider(of.unit), "provider")
    standing = call.get("api_provider_supervision").json()
    assert (standing["open_orders"], standing["complaints_to_answer"], standing["barred_until"]) == (1, 1, None)
    case = call.get("api_provider_complaint", sent.pk)
    assert case.json()["text"] == "请说明应用内广告的情况。"
    assert "complaint" not in case.json()
    assert clean(case)
    assert Complaint.objects.get().case_no not in case.content.decode()
    done = call.post("api_provider_complaint_answer", sent.pk, text="已删除", seen_state="sent")
    assert (done.json()["state"], done.json()["reply"]) == ("replied", "已删除")
    shown = call.get("api_provider_order", order.pk)
    assert "complaint" not in shown.json()
    missing = call.post("api_provider_order_evidence", order.pk, text="x", materials=[999], seen_state="issued")
    assert missing.json()["errors"][0]["pointer"] == "/materials"
    handed = call.post("api_provider_order_evidence", order.pk, text="已删除广告", seen_state="issued")
    assert handed.json()["state"] == "evidence_submitted"
    assert calls(make.reviewer()).post("api_authority_order_clear", order.pk, seen_state="evidence_submitted").json()[
        "state"
    ] == "cleared"
    second = make.order_of(of.unit)
    refused = call.post("api_provider_order_refuse", second.pk, reason="不同意", seen_state="issued").json()
    assert refused["state"] == "refused"
    other = calls(make.provider(factories.unit()), "provider")
    for name, pk in (("order", order.pk), ("complaint", sent.pk)):
        assert other.get(f"api_provider_{name}", pk).status_code == 404


@pytest.mark.requirement("R79")
def test_campaign_is_counted_proposed_by_one_and_confirmed_by_another():
    hits = [make.entry(stages=["preschool"], app={"preschool_training": True}) for _ in range(3)]
    first, second = calls(make.ministry()), calls(make.ministry(another=True))
    wanted = {"stages": ["preschool"], "training": True}
    preview = first.post("api_authority_campaign_preview", filter=wanted).json()
    assert (preview["count"], preview["by_province"], len(preview["sample"])) == (3, {"11": 3}, 3)
    for bad in ({"nonsense": 1}, {"stages": ["x"]}, {}, {"buffer": "none"}):
        answer = first.post("api_authority_campaign_preview", filter=bad)
        assert answer.status_code in (400, 422), bad
        assert answer.json()["errors"][0]["pointer"].startswith("/filter")
    terms = {"title_zh": "专项", "effect": "offline", "reason": "理由", "public_text": "暂停使用", "filter": wanted}
    row = first.post("api_authority_campaigns", **terms).json()
    assert (row["state"], row["total"]) == ("draft", 0)
    refused = first.post("api_authority_campaign_confirm", row["id"], seen_state="draft")
    assert refused.json()["reasons"][0]["code"] == "same_person"
    running = second.post("api_authority_campaign_confirm", row["id"], seen_state="draft").json()
    assert (running["total"], running["state"] in ("running", "done")) == (3, True)
    work.run_campaign(campaign_id=row["id"], now=make.NOW)
    done = first.get("api_authority_campaign", row["id"]).json()
    assert (done["done"], done["pending"]) == (3, 0)
    items = first.get("api_authority_campaign_items", row["id"], status="done").json()
    assert {one["number"] for one in items} == {one.number for one in hits}


def test_plan_is_drawn_and_findings_become_an_order():
    make.entry()
    call = calls(make.reviewer())
    plan = call.post("api_authority_plans", title="抽查", method="random", size=1, seed="a").json()
    drawn = call.post("api_authority_plan_draw", plan["id"], seen_state="draft").json()
    assert (drawn["state"], drawn["population"]) == ("drawn", 1)
    row = Inspection.objects.get(plan_id=plan["id"])
    assert call.get("api_authority_inspections", plan=plan["id"]).json()["results"][0]["id"] == row.pk
    keys = [item["key"] for item in row.checklist] or ["overall"]
    answers = [{"key": key, "ok": place > 0, "text": "" if place else "含广告"} for place, key in enumerate(keys)]
    silent = call.post("api_authority_inspection_findings", row.pk, seen_state="planned", answers=[
        {"key": key, "ok": False} for key in keys
    ])  # fmt: skip
    assert silent.status_code == 400
    found = call.post("api_authority_inspection_findings", row.pk, seen_state="planned", answers=answers).json()
    assert (found["state"], len(found["findings"])) == ("findings", len(keys))
    ordered = call.post("api_authority_inspection_order", row.pk, public_text="限期整改").json()
    assert RectificationOrder.objects.get(pk=ordered["order"]).findings[0]["text"] == "含广告"


@pytest.mark.requirement("R142", "R147")
def test_partner_reads_its_referrals_answers_and_exports_for_the_credit_platform():
    unit = factories.unit(kind="partner", province="11")
    Partner.objects.create(unit=unit, department="police", province_code="11")
    row = make.complaint(state="accepted")
    by = calls(make.reviewer())
    sent = by.post("api_authority_referrals", subject="crime", title="线索", text="请依法处理", complaint=row.pk)
    assert sent.status_code == 201, sent.content
    pk = sent.json()["id"]
    listing = make.listing()
    member = factories.membership(role=Role.PARTNER, unit=unit)
    partner, reading = Caller(member, "partner"), Caller(member, "read")
    listed = partner.get("api_partner_referrals")
    assert [one["id"] for one in listed.json()["results"]] == [pk]
    case = reading.get("api_partner_referral", pk)
    assert case.json()["case_file"]["complaint"]["case_no"] == row.case_no
    assert clean(case)
    assert row.text not in case.content.decode()
    body = {"answer": "已受理", "seen_state": "sent"}
    assert reading.post("api_partner_referral_answer", pk, **body).status_code == 403, "a token to read does not write"
    assert partner.post("api_partner_referral_answer", pk, **body).json()["state"] == "answered"
    assert Referral.objects.get(pk=pk).answered_by_id == member.person_id
    lines = partner.get("api_partner_credit", since="2026-01-01")
    rows = [json.loads(line) for line in lines.getvalue().decode().splitlines()]
    assert [(one["id"], one["uscc"]) for one in rows] == [(listing.pk, listing.uscc)]
    assert partner.get("api_partner_credit", since="nonsense").status_code == 400
    assert by.get("api_authority_complaints").status_code == 200
    assert partner.get("api_authority_complaints").status_code == 403
    elsewhere = factories.membership(role=Role.PARTNER, unit=factories.unit(kind="partner", province="44"))
    assert Caller(elsewhere, "read").get("api_partner_referral", pk).status_code == 404


def test_entry_goes_offline_comes_back_and_is_revoked_and_the_provider_is_told():
    of = make.entry()
    call = calls(make.reviewer())
    name = "api_authority_entry"
    assert call.get(f"{name}_by_number", number=of.number).json()["id"] == of.pk
    assert call.get(f"{name}_by_number", number="x").status_code == 400
    off = call.post(f"{name}_offline", of.pk, reason="内容不当", public_text="暂停", seen_state="published").json()
    assert (off["state"], off["status_public_text"]) == ("offline", "暂停")
    assert call.post(f"{name}_offline", of.pk, reason="x", seen_state="published").status_code == 409
    assert call.post(f"{name}_resume", of.pk, seen_state="offline").json()["state"] == "published"
    assert calls(make.reviewer("44")).post(
        f"{name}_revoke", of.pk, reason="x", seen_state="published"
    ).status_code == 404
    revoked = call.post(f"{name}_revoke", of.pk, reason="提供虚假材料", seen_state="published").json()
    assert revoked["state"] == "revoked"
    told = Notice.objects.filter(to_unit=of.unit, subject_id=of.pk).order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["entry_offline", "entry_resumed", "entry_revoked"]
    public = calls(make.reviewer(), "read").client.get(f"/api/v1/registry/verify/{of.number}/").json()
    assert public["status"] == "revoked"


@pytest.mark.parametrize("name", ["complaints", "orders", "listings", "campaigns", "plans", "inspections", "warnings",
                                  "referrals", "takedowns"])  # fmt: skip
def test_lists_bear_nonsense_and_cost_the_same(name, django_assert_max_num_queries):
    call = calls(make.reviewer())
    with django_assert_max_num_queries(8):
        assert call.get(f"api_authority_{name}").status_code == 200
    for query in ({"after": "x"}, {"before": "e30"}, {"q": "\x00"}, {"state": "x", "tab": "x", "plan": "x"}):
        assert call.get(f"api_authority_{name}", **query).status_code == 200


def test_pages_of_the_queue_follow_each_other(monkeypatch):
    monkeypatch.setattr("supervision.api.base.PAGE", 2)
    of = make.entry()
    rows = {make.complaint(of).pk for _ in range(5)}
    call, seen, after = calls(make.reviewer()), [], ""
    while True:
        body = call.get("api_authority_complaints", **({"after": after} if after else {})).json()
        seen += [one["id"] for one in body["results"]]
        after = body["next_after"]
        if not after:
            break
    assert (len(seen), set(seen)) == (5, rows)


def test_without_a_token_nobody_comes_in(client):
    for name in ("api_authority_complaints", "api_partner_referrals", "api_provider_orders"):
        answer = client.get(reverse(name))
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_broken_bodies_are_told_what_is_wrong():
    row = make.complaint(state="accepted")
    call = calls(make.reviewer())
    for body in ({"text": "\x00"}, {"text": ""}, {"text": "x" * 5001}, {"text": {"a": 1}}, {}):
        answer = call.post("api_authority_complaint_note", row.pk, **body)
        assert answer.status_code == 400, body
        assert answer.json()["errors"][0]["pointer"] == "/text"
    raw = call.client.post(
        reverse("api_authority_complaint_note", args=[row.pk]), "{", content_type="application/json", **call.head
    )
    assert raw.status_code == 400
    assert domain.add_note(complaint=row, text="好", by=make.reviewer(), now=make.NOW).pk
