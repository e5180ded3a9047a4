"""Pages of the authorities: every page in its states, acts with their effects, refusals, races, costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from ledger.models import Record
from supervision import domain
from supervision.models import (
    Campaign,
    Circular,
    Complaint,
    ComplaintMessage,
    Inspection,
    RectificationOrder,
    Referral,
    SamplingPlan,
    Takedown,
)
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze(make.NOW)
    filings.calendar()


@pytest.fixture
def lead():
    return factories.membership(role=Role.REVIEW_LEAD, unit=factories.authority("11"))


@pytest.fixture
def client(lead):
    return factories.client_for(lead)


@pytest.fixture
def ministry():
    return factories.client_for(factories.membership(role=Role.MINISTRY_REVIEWER, unit=factories.authority("moe")))


def post(client, name, pk, act=None, **data):
    return client.post(reverse(name, args=[pk] if act is None else [pk, act]), data)


# --- complaints ----------------------------------------------------------------------------------------


@pytest.mark.requirement("R131")
@pytest.mark.parametrize("state", ["received", "accepted", "investigating", "resolved", "not_accepted"])
def test_case_shows_what_was_reported_and_never_who_reported_it(client, state):
    row = make.complaint(state=state)
    text = client.get(reverse("sv_complaint", args=[row.pk])).content.decode()
    assert row.text in text and row.case_no in text
    assert "甄别名" not in text and "13912345678" not in text and "parent-zhen" not in text


@pytest.mark.requirement("R131")
def test_complaint_goes_its_way_from_the_page(client, lead):
    row = make.complaint()
    assert post(client, "sv_complaint_act", row.pk, "accept", seen_state="received").status_code == 302
    assert make.fresh(row).handler_id == lead.person_id
    assert post(client, "sv_complaint_act", row.pk, "forward", text="请说明广告来源。", days="5").status_code == 302
    sent = row.forwardings.get()
    recalled = post(client, "sv_complaint_act", row.pk, "recall", forwarding=sent.pk, reason="写错了")
    assert recalled.status_code == 302 and make.fresh(sent).state == "recalled"
    post(client, "sv_complaint_act", row.pk, "ask", text="请问是哪一天？")
    post(client, "sv_complaint_act", row.pk, "note", text="已电话核实")
    assert {line.kind for line in row.messages.all()} == {"question", "note"}
    post(client, "sv_complaint_act", row.pk, "investigate")
    post(client, "sv_complaint_act", row.pk, "resolve", outcome="substantiated", reply="已责令整改。")
    post(client, "sv_complaint_act", row.pk, "publish", title="关于广告", text="已统一整改。")
    row = make.fresh(row)
    assert (row.state, row.outcome, row.public_title) == ("resolved", "substantiated", "关于广告")
    page = client.get(reverse("sv_complaint", args=[row.pk])).content.decode()
    assert "已电话核实" in page and "已统一整改。" in page


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(client):
    row = make.complaint(state="accepted")
    answer = post(client, "sv_complaint_act", row.pk, "forward", text="甄别名说孩子误点广告", days="5")
    text = answer.content.decode()
    assert answer.status_code == 422 and "甄别名说孩子误点广告" in text and 'aria-invalid="true"' in text
    assert not row.forwardings.exists()
    answer = post(client, "sv_complaint_act", row.pk, "not-accepted", reason="不属于", elsewhere="")
    assert answer.status_code == 422 and "不属于" in answer.content.decode()


def test_stale_page_gets_409(client):
    row = make.complaint(state="accepted")
    answer = post(client, "sv_complaint_act", row.pk, "accept", seen_state="received")
    assert answer.status_code == 409 and row.case_no in answer.content.decode()
    assert client.post(reverse("sv_complaint_act", args=[row.pk, "accept"])).status_code == 409
    assert client.post(reverse("sv_complaint_act", args=[row.pk, "no-such-act"])).status_code == 404


def test_duplicate_is_merged_by_its_number(client):
    first, second = make.complaint(state="accepted"), make.complaint()
    assert post(client, "sv_complaint_act", second.pk, "merge", into="TS-XX").status_code == 422
    assert post(client, "sv_complaint_act", second.pk, "merge", into=first.case_no.lower()).status_code == 302
    assert make.fresh(second).merged_into_id == first.pk
    assert second.case_no in client.get(reverse("sv_complaint", args=[first.pk])).content.decode()


@pytest.mark.requirement("R131")
def test_look_at_the_identity_asks_for_a_purpose_and_is_recorded(client, lead):
    row = make.complaint()
    address = reverse("sv_identity", args=[row.pk])
    assert "13912345678" not in client.get(address).content.decode()
    assert client.post(address, {"purpose": " "}).status_code == 422
    assert not Record.objects.filter(verb="look_at_identity").exists()
    shown = client.post(address, {"purpose": "电话核实"})
    assert "13912345678" in shown.content.decode() and "no-store" in shown["Cache-Control"]
    record = Record.objects.get(verb="look_at_identity")
    assert record.actor_id == lead.person_id and record.payload == {"purpose": "电话核实"}


def test_identity_is_for_who_handles_the_case_alone(ministry):
    row = make.complaint()
    plain = factories.client_for(factories.membership(role=Role.REVIEWER, unit=row.authority))
    for other in (plain, ministry):
        assert other.post(reverse("sv_identity", args=[row.pk]), {"purpose": "看看"}).status_code == 403
    assert not Record.objects.filter(verb="look_at_identity").exists()


def test_ministry_reads_along_and_other_provinces_see_nothing(ministry):
    row = make.complaint()
    assert ministry.get(reverse("sv_complaint", args=[row.pk])).status_code == 200
    assert post(ministry, "sv_complaint_act", row.pk, "accept").status_code in (403, 422)
    other = factories.client_for(factories.membership(role=Role.REVIEWER, unit=factories.authority("44")))
    assert other.get(reverse("sv_complaint", args=[row.pk])).status_code == 404
    assert make.fresh(row).state == "received"


def copied(row: Complaint) -> Complaint:
    again = Complaint.objects.get(pk=row.pk)
    again.pk, again.case_no, again.query_code_digest = None, f"{row.case_no[:14]}x{Complaint.objects.count()}", ""
    again.query_code_digest = f"d{Complaint.objects.count()}"
    again.save()
    return again


def test_queue_costs_the_same_at_1_3_and_100_rows(client, lead):
    row, costs = make.complaint(state="accepted"), {}
    client.get(reverse("supervision_home"))
    for count in (1, 3, 100):
        while Complaint.objects.count() < count:
            copied(row)
        for address in ("", "?tab=forwarded", "?tab=overdue&kind=complaint"):
            with CaptureQueriesContext(connection) as caught:
                response = client.get(reverse("supervision_home") + address)
            assert len(caught) <= 15, "\n".join(query["sql"] for query in caught)
            costs.setdefault(address, []).append([query["sql"] for query in caught])
    for address, asked in costs.items():
        assert len({len(queries) for queries in asked}) == 1, "\n".join([address, *max(asked, key=len)])
    assert response.status_code == 200


@pytest.mark.parametrize("tab", ["open", "closed"])
def test_every_row_is_on_one_page(client, tab, monkeypatch):
    monkeypatch.setattr("supervision.views.authority.keyset.keyset.__kwdefaults__", {"down": False, "size": 3})
    row = make.complaint(state="accepted" if tab == "open" else "resolved")
    for number in range(7):
        Complaint.objects.filter(pk=copied(row).pk).update(
            due_at=None if number > 4 else row.received_at + timedelta(days=number % 3)
        )
    found, address = [], f"?tab={tab}"
    for _page in range(5):
        page = client.get(reverse("supervision_home") + address)
        found += [cells[0]["sub"] for cells in page.context["rows"]]
        if not page.context["next"]:
            break
        address = page.context["next"]
    assert len(found) == len(set(found)) == 8
    back = client.get(reverse("supervision_home") + page.context["prev"])
    assert [cells[0]["sub"] for cells in back.context["rows"]] == found[3:6]
    assert client.get(reverse("supervision_home") + "?after=x_y&before=_z").status_code == 200


# --- orders and listings -------------------------------------------------------------------------------


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


# --- campaigns -----------------------------------------------------------------------------------------

TERMS = {
    "title_zh": "拍照搜题专项", "effect": "offline", "reason": "通知第三条", "public_text": "暂时下线",
    "stages": ["primary"],
}  # fmt: skip


def test_campaign_is_drafted_previewed_and_decided_by_a_second_person(ministry):
    row = make.entry()
    preview = ministry.post(reverse("sv_campaign_new"), {**TERMS, "preview": "1"})
    assert row.number in preview.content.decode() and not Campaign.objects.exists()
    assert ministry.post(reverse("sv_campaign_new"), {**TERMS, "stages": []}).status_code == 422
    late = ministry.post(reverse("sv_campaign_new"), {**TERMS, "open_items_before": "2020-08-01", "preview": "1"})
    assert late.status_code == 200 and row.number not in late.content.decode()
    ministry.post(reverse("sv_campaign_new"), TERMS)
    made = Campaign.objects.get()
    assert row.number in ministry.get(reverse("sv_campaign", args=[made.pk])).content.decode()
    own = post(ministry, "sv_campaign_act", made.pk, "decide")
    assert own.status_code == 403 and make.fresh(made).state == "draft"
    ministry.post(reverse("sv_campaign_edit", args=[made.pk]), {**TERMS, "title_zh": "专项二"})
    second = factories.client_for(factories.membership(role=Role.MINISTRY_REVIEWER, unit=factories.authority("moe")))
    assert post(second, "sv_campaign_act", made.pk, "decide", seen_state="draft").status_code == 302
    domain.run_campaign(campaign_id=made.pk, now=make.NOW)
    text = second.get(reverse("sv_campaign", args=[made.pk])).content.decode()
    assert make.fresh(row).state == "offline" and "专项二" in text
    assert "专项二" in second.get(reverse("sv_campaigns")).content.decode()
    assert second.get(reverse("sv_campaign_edit", args=[made.pk])).status_code == 409


# --- inspections ---------------------------------------------------------------------------------------


@pytest.mark.requirement("R133")
def test_sample_is_drawn_inspected_and_ordered_from_the_page(client):
    make.entry()
    items = [{"key": "shown", "label_zh": "展示编号", "label_en": "Number shown", "article": "me-14"}]
    filings.policy("moe", inspection_checklist=items)
    bad = client.post(reverse("sv_plan_new"), {"title": "抽查", "method": "random", "size": "0"})
    assert bad.status_code == 422
    client.post(reverse("sv_plan_new"), {"title": "秋季抽查", "method": "random", "size": "5", "seed": "42"})
    plan = SamplingPlan.objects.get()
    assert post(client, "sv_plan_act", plan.pk, "draw", seen_state="draft").status_code == 302
    row = Inspection.objects.get()
    assert "42" in client.get(reverse("sv_plan", args=[plan.pk])).content.decode()
    answers = {f"ok_{item['key']}": "yes" for item in row.checklist}
    first = row.checklist[0]["key"]
    empty = post(client, "sv_inspection_act", row.pk, "findings", **{**answers, f"ok_{first}": "no"})
    assert empty.status_code == 422
    bad_answers = {**answers, f"ok_{first}": "no", f"text_{first}": "未展示备案编号", "recheck_day": "2026-10-12"}
    assert post(client, "sv_inspection_act", row.pk, "findings", **bad_answers).status_code == 302
    assert make.fresh(row).state == "findings"
    assert "未展示备案编号" in client.get(reverse("sv_inspection", args=[row.pk])).content.decode()
    sent = post(client, "sv_inspection_act", row.pk, "order", public_text="限期整改")
    assert sent.url == reverse("sv_order", args=[make.fresh(row).order_id])
    again = post(client, "sv_inspection_act", row.pk, "recheck", **{f"ok_{first}": "yes"})
    assert again.status_code == 302 and make.fresh(row).state == "rechecked"
    for tab in ("plans", "inspections"):
        assert client.get(reverse("sv_plans"), {"tab": tab}).status_code == 200


def test_warnings_are_listed_and_settled(client):
    from supervision.models import Warning  # noqa: A004

    of = make.entry()
    row = Warning.objects.create(
        key="k", kind="stale", entry=of, unit=of.unit, authority=of.authority, raised_at=make.NOW
    )
    assert of.number in client.get(reverse("sv_warnings"), {"kind": "stale"}).content.decode()
    assert post(client, "sv_warning_act", row.pk, "settle", note="").status_code == 422
    assert post(client, "sv_warning_act", row.pk, "settle", note="已确认").status_code == 302
    assert "已确认" in client.get(reverse("sv_warning", args=[row.pk])).content.decode()


# --- partners, stores, papers --------------------------------------------------------------------------


@pytest.mark.requirement("R147", "R148", "R149", "R150", "R151", "R152", "R153", "R154")
def test_partner_reads_its_own_referrals_and_answers(client):
    from supervision.models import Partner

    police = factories.membership(role=Role.PARTNER)
    other = factories.membership(role=Role.PARTNER)
    Partner.objects.create(unit=police.unit, department="police", province_code="11")
    Partner.objects.create(unit=other.unit, department="market", province_code="11")
    complaint = make.complaint(state="accepted")
    client.post(
        f"{reverse('sv_referral_new')}?complaint={complaint.pk}",
        {"subject": "crime", "title": "涉嫌犯罪", "text": "请依法处理", "days": "10"},
    )
    row = Referral.objects.get()
    assert row.partner_id == police.unit_id
    mine, theirs = factories.client_for(police), factories.client_for(other)
    assert mine.get(reverse("supervision_home")).url == reverse("sv_partner")
    assert row.case_no in mine.get(reverse("sv_partner")).content.decode()
    page = mine.get(reverse("sv_partner_referral", args=[row.pk])).content.decode()
    assert "请依法处理" in page and complaint.text not in page and "甄别名" not in page
    assert theirs.get(reverse("sv_partner_referral", args=[row.pk])).status_code == 404
    assert mine.get(reverse("sv_complaint", args=[complaint.pk])).status_code == 403
    assert post(mine, "sv_partner_act", row.pk, "answer", answer="").status_code == 422
    assert post(mine, "sv_partner_act", row.pk, "answer", answer="已立案", seen_state="sent").status_code == 302
    assert post(mine, "sv_partner_act", row.pk, "measure", measure="立案", decided_on="2026-08-31").status_code == 302
    assert "已立案" in client.get(reverse("sv_referral", args=[row.pk])).content.decode()
    assert post(client, "sv_referral_act", row.pk, "close", seen_state="answered").status_code == 302
    assert row.case_no in client.get(reverse("sv_referrals"), {"tab": "closed"}).content.decode()


def test_store_is_asked_and_its_answer_recorded(client):
    of = make.entry()
    assert client.post(reverse("sv_takedown_new"), {"store": "示例商店", "text": ""}).status_code == 422
    client.post(reverse("sv_takedown_new"), {"store": "示例商店", "number": of.number, "text": "请下架",
        "packages": "cn.a"})
    row = Takedown.objects.get()
    assert row.case_no in client.get(reverse("sv_takedowns")).content.decode()
    sent = post(
        client, "sv_takedown_act", row.pk, "answer", removed="yes", answer="已下架", answered_on="2026-08-31"
    )
    assert sent.status_code == 302 and make.fresh(row).state == "removed"
    assert "已下架" in client.get(reverse("sv_takedown", args=[row.pk])).content.decode()


@pytest.mark.requirement("R164")
def test_interview_is_written_published_and_recorded(client, ministry):
    unit = factories.unit()
    client.post(reverse("sv_circular_new"), {
        "kind": "interview", "audience": "units", "title_zh": "约谈通知", "body_zh": "请到场", "uscc": unit.uscc,
    })  # fmt: skip
    row = Circular.objects.get()
    post(client, "sv_circular_act", row.pk, "edit", title_zh="约谈通知书", body_zh="请按时到场")
    assert post(client, "sv_circular_act", row.pk, "publish", seen_state="draft").status_code == 302
    post(client, "sv_circular_act", row.pk, "interview", held_on="2026-09-02", minutes="承诺整改")
    assert make.fresh(row).state == "published"
    assert "承诺整改" in client.get(reverse("sv_circular", args=[row.pk])).content.decode()
    assert "承诺整改" not in ministry.get(reverse("sv_circular", args=[row.pk])).content.decode()
    assert "约谈通知书" in client.get(reverse("sv_circulars")).content.decode()


@pytest.mark.requirement("R160")
def test_report_is_generated_edited_and_published_by_the_ministry(client, ministry):
    from supervision.models import ProgressReport

    make.entry()
    assert ministry.post(reverse("sv_reports"), {"first_day": "2026-07-01", "last_day": "x"}).status_code == 422
    made = ministry.post(reverse("sv_reports"), {"first_day": "2026-07-01", "last_day": "2026-07-31"})
    row = ProgressReport.objects.get()
    assert made.url == reverse("sv_report", args=[row.pk])
    assert client.get(made.url).status_code == 404
    edited = post(ministry, "sv_report_act", row.pk, "edit", title_zh="七月进展", body_zh="总体平稳。")
    assert edited.status_code == 302 and "总体平稳。" in ministry.get(made.url).content.decode()
    assert post(ministry, "sv_report_act", row.pk, "publish", seen_state="draft").status_code == 302
    assert "七月进展" in client.get(reverse("sv_reports")).content.decode()
    assert client.get(made.url).status_code == 200


def test_lines_of_the_correspondence_are_escaped(client):
    row = make.complaint(state="accepted")
    post(client, "sv_complaint_act", row.pk, "note", text="<script>alert(1)</script>")
    assert ComplaintMessage.objects.filter(complaint=row).exists()
    assert "<script>alert(1)" not in client.get(reverse("sv_complaint", args=[row.pk])).content.decode()


def test_notices_lead_authorities_partners_and_providers_to_their_own_pages(lead):
    from accounts.actors import actor_for_membership
    from notices.links import subject_url
    from notices.models import Notice

    actor = actor_for_membership(lead)
    row = make.order()
    notice = Notice(subject_type="supervision.rectificationorder", subject_id=row.pk)
    assert subject_url(notice, actor) == reverse("sv_order", args=[row.pk])
    assert subject_url(notice, make.provider(row.unit)) == reverse("provider_order", args=[row.pk])
    school = actor_for_membership(factories.membership(role=Role.INSTITUTION_STAFF))
    assert subject_url(notice, school) == subject_url(notice, None) == ""
    complaint = make.complaint(state="accepted")
    sent = domain.forward_to_provider(complaint=complaint, text="请说明。", by=make.reviewer(), now=make.NOW)
    notice = Notice(subject_type="supervision.forwarding", subject_id=sent.pk)
    assert subject_url(notice, actor) == reverse("sv_complaint", args=[complaint.pk])


def test_no_verb_of_the_ledger_shows_as_a_raw_code(repository):
    """Every verb that a room's verbs write has its words and a family."""
    import ast

    from filing_portal.words import VERBS

    found = set()
    for path in repository.glob("*/domain/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                named = [word.value for word in node.keywords if word.arg == "verb"]
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                named += node.args[1:2] if name.endswith("act") else []
                for part in named:
                    found |= {one.value for one in ast.walk(part) if isinstance(one, ast.Constant)}
    verbs = {str(verb).rsplit(".", 1)[-1] for verb in found if isinstance(verb, str)}
    assert len(verbs) > 100 and verbs - set(VERBS) == set()
