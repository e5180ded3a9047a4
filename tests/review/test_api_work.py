"""What a reviewer does before the decision, by token: the same verbs, the same refusals as on the pages."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership
from ledger.queries import timeline
from review.models import Assignment, Check, Verdict
from tests import factories
from tests import factories_appraisals as appraisals
from tests import factories_filings as make
from tests import factories_uses as uses
from tests.review.test_api import Caller, authority, provider

pytestmark = pytest.mark.django_db

ITEM = {"key": "licence", "label_zh": "执照有效", "label_en": "The licence is valid"}


@pytest.fixture(autouse=True)
def _now(freeze):
    freeze(make.NOW)
    make.calendar()


def failing(filing, code="icp"):
    """A failed check on the present version."""
    Check.objects.filter(filing=filing, code=code).delete()
    return Check.objects.create(
        filing=filing, version=filing.version, code=code, result="fail", params={"why": "other_owner"},
        checked_at=make.NOW,
    )  # fmt: skip


def test_checklist_is_answered_for_the_version_that_was_seen():
    make.policy("11", checklist=[ITEM])
    filing = make.submitted()
    caller = authority()
    assert [row["ok"] for row in caller.get("api_authority_checklist", filing.pk).json()] == [None]
    body = {"key": "licence", "ok": False, "comment": "已过期", "version": 1}
    given = caller.post("api_authority_checklist", filing.pk, body=body)
    assert (given.status_code, given.json()[0]["ok"], given.json()[0]["comment"]) == (200, False, "已过期")
    refused = caller.post("api_authority_approve", filing.pk, body={"seen_state": "submitted", "seen_version": 1})
    assert "checklist" in refused.json()["reasons"][0]["code"]
    assert caller.post("api_authority_checklist", filing.pk, body={**body, "key": "unknown"}).status_code == 400
    assert caller.post("api_authority_checklist", filing.pk, body={**body, "version": 2}).status_code == 409
    assert authority("read").post("api_authority_checklist", filing.pk, body=body).status_code == 403
    assert authority(code="44").post("api_authority_checklist", filing.pk, body=body).status_code == 404


def test_failed_check_is_set_aside_with_a_reason_for_what_was_seen():
    filing = make.submitted()
    failing(filing)
    caller = authority()
    found = next(row for row in caller.get("api_authority_checks", filing.pk).json() if row["code"] == "icp")
    assert (found["result"], found["overridden"]) == ("fail", False)
    body = {"reason": "主体更名，已核实", "seen_version": 1, "seen_finding": "another"}
    stale = caller.post("api_authority_override", filing.pk, "icp", body=body)
    assert stale.json()["reasons"][0]["code"] == "newer_finding"
    body["seen_finding"] = found["finding"]
    done = caller.post("api_authority_override", filing.pk, "icp", body=body)
    assert next(row for row in done.json() if row["code"] == "icp")["overridden"]
    assert timeline(filing, audience="authority").filter(verb="override_check").count() == 1
    again = caller.post("api_authority_override", filing.pk, "icp", body=body)
    assert again.json()["reasons"][0]["code"] == "nothing_to_override"
    assert caller.get("api_authority_override", filing.pk, "icp").status_code == 405
    assert caller.post("api_authority_override", filing.pk, "icp", body={"seen_version": 1}).status_code == 400


def test_checks_are_made_once_more_for_whoever_works_on_the_case():
    filing = make.submitted()
    failing(filing, "uscc")
    again = authority().post("api_authority_checks", filing.pk).json()
    assert next(row for row in again if row["code"] == "uscc")["result"] == "pass"


def test_first_person_proposes_and_a_second_one_approves():
    make.policy("11", second_person=True)
    filing = make.submitted()
    first, second = authority(), authority()
    body = {"seen_state": "submitted", "seen_version": 1}
    assert first.post("api_authority_approve", filing.pk, body=body).json()["reasons"][0]["code"] == "no_proposal"
    assert first.post("api_authority_propose", filing.pk, body=body).status_code == 200
    assert first.post("api_authority_propose", filing.pk, body=body).json()["reasons"][0]["code"] == "already_proposed"
    assert first.post("api_authority_approve", filing.pk, body=body).json()["reasons"][0]["code"] == "same_person"
    assert second.post("api_authority_approve", filing.pk, body=body).json()["state"] == "filed"


def test_verdict_is_taken_back_and_a_case_given_back():
    filing = make.submitted()
    caller = authority()
    against = {"field_key": "app.version", "ok": False, "note": "不符", "version": 1}
    caller.post("api_authority_verdicts", filing.pk, body=against)
    body = {"field_key": "app.version", "version": 1}
    assert caller.post("api_authority_clear_verdict", filing.pk, body=body).status_code == 204
    assert not Verdict.objects.exists()
    caller.post("api_authority_claim", filing.pk)
    assert caller.post("api_authority_release", filing.pk).status_code == 200
    assert not Assignment.objects.exists()


def test_verdict_on_a_use_is_taken_back_and_the_use_given_back():
    uses.rules()
    use = uses.submitted(uses.school(factories.authority("110108")))
    district = authority(code="110108")
    note = {"field_key": "use.necessity", "ok": False, "note": "请写明", "version": use.version}
    district.post("api_authority_use_verdicts", use.pk, body=note)
    body = {"field_key": "use.necessity", "version": use.version}
    assert district.post("api_authority_use_clear_verdict", use.pk, body=body).status_code == 204
    assert district.get("api_authority_use_verdicts", use.pk).json() == []
    district.post("api_authority_use_claim", use.pk)
    assert district.post("api_authority_use_release", use.pk).status_code == 200
    assert authority(code="11").post("api_authority_use_release", use.pk).status_code == 403


def test_absent_colleagues_cases_are_handed_over_by_a_head():
    filing = make.submitted()
    absent = factories.membership(role=Role.REVIEWER, unit=factories.authority("11"))
    mate = factories.membership(role=Role.REVIEWER, unit=factories.authority("11"))
    Caller(absent, "authority").post("api_authority_claim", filing.pk)
    body = {"absent": absent.person_id, "to": mate.person_id}
    assert Caller(mate, "authority").post("api_authority_hand_over", body=body).status_code == 403
    head = authority()
    assert head.post("api_authority_hand_over", body={**body, "to": 999}).status_code == 400
    assert head.post("api_authority_hand_over", body=body).json() == {"handed_over": [filing.pk]}
    assert Assignment.objects.get().person_id == mate.person_id
    assert head.post("api_authority_hand_over", body=body).status_code == 400  # nothing is left to hand over


@pytest.mark.requirement("R123")
def test_appraisal_goes_by_token_from_the_list_to_the_notice(freeze):
    uses.rules()
    head = authority()
    made = head.post("api_authority_lists", body={"name": "推荐名单"})
    assert made.status_code == 201
    assert head.post("api_authority_lists", body={"name": "推荐名单"}).status_code == 403
    entry = uses.entry(province="11")
    expert = factories.membership()
    criteria = [{"key": "c1", "label_zh": "内容", "weight": 60}, {"key": "c2", "label_zh": "安全", "weight": 40}]
    terms = {
        "list": made.json()["id"], "title": "第一轮", "call": "请推荐", "criteria": criteria, "experts_needed": 1,
        "nominations_until": "2026-10-09",
    }  # fmt: skip
    wrong = {**terms, "criteria": criteria[:1]}
    assert head.post("api_authority_appraisals", body=wrong).status_code == 400
    draft = head.post("api_authority_appraisals", body=terms)
    assert draft.status_code == 201, draft.content
    pk = draft.json()["id"]
    edited = head.send("put", "api_authority_appraisal", pk, body={**terms, "title": "首轮"})
    assert edited.json()["title"] == "首轮"
    assert head.post("api_authority_appraisal_call", pk).json()["state"] == "called"
    assert head.post("api_authority_appraisal_call", pk, body={"seen_state": "draft"}).status_code == 409
    named = {"number": entry.number, "grounds": "普遍使用"}
    assert head.post("api_authority_appraisal_nominate", pk, body={**named, "number": "第8号"}).status_code == 400
    assert head.post("api_authority_appraisal_nominate", pk, body=named).status_code == 201
    asked = {"email": expert.person.email, "organisation": "示例大学"}
    assert head.post("api_authority_appraisal_appoint", pk, body={**asked, "email": "x@y.test"}).status_code == 400
    body = head.post("api_authority_appraisal_appoint", pk, body=asked).json()
    assert [one["organisation"] for one in body["experts"]] == ["示例大学"]
    assert head.post("api_authority_appraisal_score", pk).status_code == 403  # nobody has declared interests
    gone = head.post("api_authority_appraisal_dismiss", pk, body["experts"][0]["id"], body={"reason": "有利益关系"})
    assert gone.json()["experts"][0]["dismissed_at"]
    assert head.post("api_authority_appraisal_cancel", pk, body={}).status_code == 400
    assert head.post("api_authority_appraisal_cancel", pk, body={"reason": "改期"}).json()["state"] == "cancelled"
    assert authority(code="44").get("api_authority_appraisal", pk).status_code == 404


@pytest.mark.requirement("R127")
def test_objection_is_decided_and_the_list_published_by_token(freeze):
    where, row = appraisals.appraisal_in("noticed")
    head = Caller(where.lead, "authority")
    from review import domain
    from rulebook import clocks

    one = row.candidates.order_by("pk").first()
    said = domain.object_to_result(
        appraisal=row, candidate=one, name="某家长", contact="a@b.test", text="广告太多", now=appraisals.CLOSED
    )
    end = appraisals.after_notice(row)
    freeze(end)
    clocks.sweep(now=end)
    assert head.post("api_authority_appraisal_conclude", row.pk).status_code == 403
    detail = head.get("api_authority_appraisal", row.pk).json()
    assert [item["text"] for item in detail["objections"]] == ["广告太多"]
    reviewer = Caller(factories.membership(role=Role.REVIEWER, unit=where.lead.unit), "authority")
    assert reviewer.get("api_authority_appraisal", row.pk).json()["objections"] == []
    body = {"upheld": False, "decision": "经查不实"}
    done = head.post("api_authority_appraisal_objection", row.pk, said.pk, body=body)
    assert done.json()["objections"][0]["state"] == "rejected"
    assert head.post("api_authority_appraisal_objection", row.pk, said.pk, body=body).status_code == 409
    assert head.post("api_authority_appraisal_conclude", row.pk).json()["state"] == "concluded"
    listed = head.get("api_authority_list", where.target.pk).json()
    assert [item["number"] for item in listed["items"]] == [one.entry.number]
    assert head.get("api_authority_lists").json()[0]["size"] == 1
    left = head.post(
        "api_authority_list_remove", where.target.pk, body={"number": one.entry.number, "reason": "不再更新"}
    )
    assert left.json()["items"] == []


def test_report_is_attached_after_its_content_was_examined():
    where, row = appraisals.appraisal_in("called")
    head = Caller(where.lead, "authority")
    one = row.candidates.order_by("pk").first()

    def send(content):
        from django.core.files.uploadedfile import SimpleUploadedFile

        sent = {"kind": "security", "body": "测评中心", "issued_on": "2026-09-01",
                "file": SimpleUploadedFile("r.pdf", content)}  # fmt: skip
        address = reverse("api_authority_appraisal_report", args=[row.pk, one.pk])
        return Client().post(address, sent, **head.head)

    assert send(b"MZ no report").status_code == 400
    from tests.providers.test_materials import pdf

    assert send(pdf()).status_code == 201
    assert send(pdf()).status_code == 403
    assert one.assessments.count() == 1


def test_provider_and_school_nominate_by_token():
    where, row = appraisals.appraisal_in("draft")
    row = appraisals.domain.call_for_nominations(appraisal=row, by=where.actor, now=make.NOW)
    entry = where.entries[0]
    owner = Caller(factories.membership(role=Role.PROVIDER_OWNER, unit=entry.unit), "provider")
    body = {"number": entry.number, "grounds": "自荐"}
    assert owner.post("api_provider_nominate", row.pk, body=body).status_code == 201
    assert owner.post("api_provider_nominate", row.pk, body=body).status_code == 403
    school = Caller(
        factories.membership(role=Role.INSTITUTION_LEAD, unit=uses.school(factories.authority("110108"))), "institution"
    )
    foreign = {"number": where.entries[1].number, "grounds": "学生常用"}
    assert school.post("api_institution_nominate", row.pk, body=foreign).status_code == 201
    assert row.candidates.count() == 2


def test_provider_confirms_its_information_by_token():
    filing = make.approved()
    caller = provider(filing)
    owed = caller.get("api_provider_upkeep").json()
    assert [row["number"] for row in owed["entries"]] == [filing.entry.number]
    wrong = caller.post("api_provider_upkeep", body={"entries": [filing.entry_id + 1]})
    assert wrong.status_code == 400
    body = {"entries": [filing.entry_id]}
    assert provider(filing, "read").post("api_provider_upkeep", body=body).status_code == 403
    done = caller.post("api_provider_upkeep", body=body)
    assert done.status_code == 200, done.content
    assert done.json()["unit_confirmed_on"] == "2026-09-24"
    assert timeline(filing.entry).filter(verb="confirm_information").exists()
    nothing = caller.post("api_provider_upkeep", body={"entries": [], "with_unit": False})
    assert nothing.json()["reasons"][0]["code"] == "nothing_chosen"


@pytest.mark.requirement("R31")
def test_branch_is_declared_and_confirmed_by_token():
    head = factories.membership(Role.PROVIDER_OWNER)
    branch = factories.membership(Role.PROVIDER_OWNER, unit=factories.unit(province="44"))
    caller, other = Caller(head, "provider"), Caller(branch, "provider")
    assert caller.post("api_provider_branches", body={"uscc": "1", "province": "44"}).status_code == 403
    made = caller.post("api_provider_branches", body={"uscc": branch.unit.uscc, "province": "44"})
    assert made.status_code == 201
    pk = made.json()["id"]
    assert [row["id"] for row in other.get("api_provider_branches").json()] == [pk]
    assert caller.post("api_provider_branch_decide", pk, body={"verb": "confirm"}).status_code == 403
    assert other.post("api_provider_branch_decide", pk, body={"verb": "confirm"}).json()["state"] == "confirmed"
    assert [row["id"] for row in authority(code="44").get("api_authority_branches").json()] == [pk]
    body = {"verb": "release", "reason": "已转让"}
    assert authority(code="11").post("api_authority_branch_decide", pk, body=body).status_code == 404
    assert authority(code="44").post("api_authority_branch_decide", pk, body=body).json()["state"] == "released"
    late = authority(code="44").post("api_authority_branch_decide", pk, body={"verb": "refuse", "reason": "x"})
    assert late.status_code == 409


def test_declaration_made_before_the_unit_was_registered_is_decided_by_it():
    head = factories.membership(Role.PROVIDER_OWNER)
    code = factories.uscc()
    made = Caller(head, "provider").post(
        "api_provider_branches", body={"uscc": code, "name": "后注册的分公司", "province": "44"}
    )
    late = factories.membership(Role.PROVIDER_OWNER, unit=factories.unit(province="44", uscc=code))
    caller = Caller(late, "provider")
    assert [row["id"] for row in caller.get("api_provider_branches").json()] == [made.json()["id"]]
    stranger = Caller(factories.membership(Role.PROVIDER_OWNER), "provider")
    body = {"verb": "refuse", "reason": "没有关系"}
    assert stranger.post("api_provider_branch_decide", made.json()["id"], body=body).status_code == 404
    assert caller.post("api_provider_branch_decide", made.json()["id"], body=body).json()["state"] == "refused"


def test_authority_reminds_and_the_ministry_names_operators_by_token():
    filing = make.approved()
    caller = authority()
    nothing = caller.post("api_authority_remind", body={"entry": filing.entry_id})
    assert nothing.json()["reasons"][0]["code"] == "nothing_owed"
    type(filing.entry).objects.filter(pk=filing.entry_id).update(open_items=["icp"], open_items_until="2026-12-31")
    assert caller.post("api_authority_remind", body={"entry": filing.entry_id}).json()["number"] == filing.entry.number
    assert authority(code="44").post("api_authority_remind", body={"entry": filing.entry_id}).status_code == 404

    body = {"uscc": filing.unit.uscc, "platform": "示例平台"}
    assert caller.post("api_authority_operators", body=body).status_code == 403
    ministry = Caller(factories.membership(role=Role.MINISTRY_REVIEWER, unit=factories.authority("moe")), "authority")
    assert ministry.post("api_authority_operators", body={**body, "uscc": factories.uscc()}).status_code == 400
    named = ministry.post("api_authority_operators", body=body)
    assert named.status_code == 201
    assert [row["platform"] for row in caller.get("api_authority_operators").json()] == ["示例平台"]
    assert ministry.post("api_authority_operator_end", named.json()["id"]).json()["ended_at"]
    assert ministry.post("api_authority_operator_end", named.json()["id"]).status_code == 409


def test_own_file_comes_back_and_a_foreign_one_is_not_found():
    unit = factories.unit()
    row = make.material(unit, stored=True)
    owner = factories.membership(Role.PROVIDER_OWNER, unit=unit)
    got = Caller(owner, "provider").get("api_provider_material", row.pk)
    assert (got.status_code, got["Content-Disposition"].startswith("attachment")) == (200, True)
    other = Caller(factories.membership(Role.PROVIDER_OWNER), "provider")
    assert other.get("api_provider_material", row.pk).status_code == 404


def test_no_call_breaks_on_bodies_of_the_wrong_shape():
    filing = make.submitted()
    caller = authority()
    for name in ("checklist", "propose", "clear_verdict"):
        for body in ([], "x", {"key": [], "version": "one", "ok": {}}):
            sent = Client().post(
                reverse(f"api_authority_{name}", args=[filing.pk]), json.dumps(body),
                content_type="application/json", **caller.head,
            )  # fmt: skip
            assert sent.status_code == 400, (name, body)
    assert Membership.objects.exists()
