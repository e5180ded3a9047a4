"""Pages of campaigns, inspections, partners, stores and papers; where notices lead; words of the ledger."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.enums import Role
from supervision import domain
from supervision.models import (
    Campaign,
    Circular,
    ComplaintMessage,
    Inspection,
    Referral,
    SamplingPlan,
    Takedown,
)
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make
from tests.supervision.desk import *  # noqa: F403
from tests.supervision.desk import post

pytestmark = pytest.mark.django_db


# --- campaigns ---------------------------------------------------------------------------------------


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


# --- inspections -------------------------------------------------------------------------------------


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


# --- partners, stores, papers ------------------------------------------------------------------------


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
