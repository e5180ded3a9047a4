"""Lists with their editions, indicators, kept figures and the checklist by token."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from accounts.enums import Role
from blacklist.models import ListEdition, ListItem
from supervision.models import Assessment, ChecklistComment, Inspection
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make
from tests.supervision.api_caller import Caller, calls
from tests.supervision.test_accountability_pages import PNG

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(freeze):
    freeze(make.NOW)


def line(**more: Any) -> dict[str, Any]:
    return {"kind": "negative", "subject": "practice", "title_zh": "以打卡换购课程", "reason": "诱导消费", **more}


@pytest.mark.requirement("R141")
def test_line_is_added_by_the_head_of_review_and_taken_off_with_a_reason():
    lead, reviewer = calls(make.lead()), calls(make.reviewer())
    refused = reviewer.post("api_authority_list_lines", **line())
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (403, "not_a_lead")
    pk = lead.post("api_authority_list_lines", once="a", **line()).json()["id"]
    assert lead.post("api_authority_list_lines", once="a", **line()).json()["id"] == pk
    assert ListItem.objects.count() == 1
    assert [one["id"] for one in reviewer.get("api_authority_list_lines", kind="negative").json()["results"]] == [pk]
    guangdong = calls(make.lead("44"))
    assert guangdong.get("api_authority_list_lines").json()["results"] == []
    assert len(guangdong.get("api_authority_list_lines", authority="11").json()["results"]) == 1, "the lists are public"
    taken = {"reason": "已整改", "seen_state": "listed"}
    assert guangdong.post("api_authority_list_line_remove", pk, **taken).status_code == 403
    assert lead.post("api_authority_list_line_remove", pk, seen_state="listed").status_code == 400, "a reason is needed"
    gone = lead.post("api_authority_list_line_remove", pk, **taken).json()
    assert (gone["state"], gone["removal_reason"]) == ("removed", "已整改")
    assert lead.post("api_authority_list_line_remove", pk, **taken).status_code == 409
    assert lead.get("api_authority_list_lines", state="listed").json()["results"] == []
    bad = lead.post("api_authority_list_lines", **line(kind="white"))
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (400, "/kind")


@pytest.mark.requirement("R144")
def test_edition_is_published_once_for_a_day_and_verified():
    make.entry()
    values = {"kind": "white", "as_of": "2026-07-01"}
    assert calls(make.reviewer()).post("api_authority_editions", **values).status_code == 403
    lead, ministry = calls(make.lead()), calls(make.ministry())
    made = lead.post("api_authority_editions", **values).json()
    assert (made["authority"], made["rows"]) == ("11", 1)
    assert lead.post("api_authority_editions", **values).json()["id"] == made["id"]
    assert ministry.post("api_authority_editions", **values).json()["authority"] is None
    checked = ministry.get("api_authority_edition_verify", made["id"]).json()
    assert (checked["ok"], checked["digest"], checked["recorded"]) == (True, made["digest"], made["digest"])
    with open(ListEdition.objects.get(pk=made["id"]).file.path, "ab") as file:
        file.write(b"x")
    assert lead.get("api_authority_edition_verify", made["id"]).json()["ok"] is False
    assert lead.get("api_authority_edition", made["id"]).json()["kind"] == "white"
    assert len(lead.get("api_authority_editions", kind="white").json()["results"]) == 2
    assert lead.post("api_authority_editions", kind="white", as_of="2026-02-30").status_code == 400


@pytest.mark.requirement("R162", "R163")
def test_figures_are_read_kept_and_a_file_verified():
    make.entry()
    call = calls(make.reviewer())
    found = call.get("api_authority_indicators").json()
    total = next(one for one in found["lines"] if one["kind"] == "total")
    assert (found["unit"], found["first_day"], total["figures"]["in_force"]) == ("11", "2026-01-01", 1)
    assert {"key", "definition", "article"} <= set(found["indicators"][0])
    assert "no-store" in call.get("api_authority_indicators")["Cache-Control"]
    factories.unit(kind="school", parent=factories.authority("110108"), province="11")
    schools = call.get("api_authority_indicators", by="unit", unit="110108").json()
    assert schools["unit"] == "110108"
    assert {one["kind"] for one in schools["lines"]} <= {"unit"}
    for query in (
        {"unit": "44"}, {"unit": "no"}, {"first_day": "2026-08-31", "last_day": "2026-08-01"},
        {"first_day": "x", "last_day": "y"}, {"first_day": "2026-08-01", "last_day": "2026-09-01"},
    ):  # fmt: skip
        assert call.get("api_authority_indicators", **query).status_code == 400, query
    period = {"first_day": "2026-08-01", "last_day": "2026-08-31"}
    assert call.get("api_authority_indicators", **period).json()["first_day"] == "2026-08-01"
    made = call.post("api_authority_assessments", once="k", purpose="年度考核", **period)
    assert made.status_code == 201
    row = made.json()
    assert call.post("api_authority_assessments", once="k", purpose="年度考核", **period).json()["id"] == row["id"]
    assert Assessment.objects.count() == 1
    file = b"".join(call.get("api_authority_assessment_file", row["id"]).streaming_content)
    digest = hashlib.sha256(file).hexdigest()
    assert digest == row["sha256"]
    book = load_workbook(io.BytesIO(b"".join(
        call.get("api_authority_assessment_file", row["id"], kind="xlsx").streaming_content
    )))  # fmt: skip
    assert len(book.worksheets) == 3 and row["sha256"] in [line[1] for line in book.worksheets[2].values]
    below = call.post("api_authority_assessments", purpose="学校", unit="110108", by="unit", **period).json()
    assert (below["by_unit"], below["unit"]) == (True, "110108")
    verify = "api_authority_assessment_verify"
    assert call.post(verify, row["id"], sha256=digest).json()["ok"] is True
    assert call.post(verify, row["id"]).json()["ok"] is True
    assert call.post(verify, row["id"], sha256="0" * 64).json()["ok"] is False
    assert call.post(verify, row["id"], sha256="x").status_code == 400
    late = call.post("api_authority_assessments", purpose="x", first_day="2026-08-01", last_day="2026-09-01")
    assert (late.status_code, late.json()["errors"][0]["pointer"]) == (422, "/last_day")
    assert call.post("api_authority_assessments", purpose="x", unit="44", **period).status_code == 400
    other = calls(make.reviewer("44"))
    assert other.get("api_authority_assessment", row["id"]).status_code == 404
    assert other.get("api_authority_assessments").json()["results"] == []
    listed = calls(make.ministry()).get("api_authority_assessments").json()["results"]
    assert [one["id"] for one in listed] == [below["id"], row["id"]]


@pytest.mark.requirement("R169")
def test_everybody_who_works_for_a_unit_comments_on_the_checklist():
    filings.calendar()
    school = factories.unit(kind="school", parent=factories.authority("110108"), province="11")
    members = {
        "institution": factories.membership(Role.INSTITUTION_STAFF, unit=school),
        "partner": factories.membership(Role.PARTNER), "provider": factories.membership(Role.PROVIDER_OWNER),
    }  # fmt: skip
    for scope, member in members.items():
        call, name = Caller(member, scope), f"api_{scope}_inspection_checklist"
        for _ in range(2):
            made = call.post(name, once="c", text=f"意见：{scope}")
            assert made.status_code == 201
        assert [one["text"] for one in call.get(name).json()["comments"]] == [f"意见：{scope}"], "one's own alone"
        unknown = call.post(name, text="x", key="no-such-item")
        assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/key")
        assert call.post(name).status_code == 400
    assert len(calls(make.reviewer()).get("api_authority_inspection_checklist").json()["comments"]) == 3
    assert ChecklistComment.objects.count() == 3


def test_finding_carries_its_evidence():
    call = calls(make.reviewer())
    pk = call.post("api_authority_inspections", number=make.entry().number).json()["id"]
    items = Inspection.objects.get(pk=pk).checklist or [{"key": "overall"}]
    form: dict[str, Any] = {"seen_state": "planned"}
    for place, item in enumerate(items):
        form |= {f"answers[{place}]key": item["key"], f"answers[{place}]ok": "false", f"answers[{place}]text": "含广告"}
    address = reverse("api_authority_inspection_findings", args=[pk])
    bad = SimpleUploadedFile("x.png", b"<script>", content_type="image/png")
    refused = call.client.post(address, form | {"answers[0]evidence": bad}, **call.head)
    assert refused.status_code == 400
    good = SimpleUploadedFile("屏.png", PNG, content_type="image/png")
    made = call.client.post(address, form | {"answers[0]evidence": good}, **call.head)
    assert made.status_code == 200, made.content
    finding = made.json()["findings"][0]
    assert finding["evidence_name"]
    sent = call.get("api_authority_inspection_file", pk, finding["id"])
    assert b"".join(sent.streaming_content) == PNG
    assert calls(make.reviewer("44")).get("api_authority_inspection_file", pk, finding["id"]).status_code == 404
    if len(items) > 1:
        assert call.get("api_authority_inspection_file", pk, made.json()["findings"][1]["id"]).status_code == 404


@pytest.mark.requirement("R178")
def test_province_renews_its_list_of_institutions_from_a_table():
    call, address = calls(make.reviewer()), reverse("api_authority_institution_tables")

    def send(text: str, by: Caller = call, once: str = "t") -> Any:
        file = SimpleUploadedFile("名单.csv", text.encode())
        return by.client.post(address, {"file": file}, **by.head, HTTP_IDEMPOTENCY_KEY=once)

    table = "机构名称,办学许可证号\n示例培训中心,教民1号\n,教民2号"
    made = [send(table).json() for _ in range(2)]
    assert made[0]["id"] == made[1]["id"]
    assert (made[0]["right"], made[0]["wrong"], [one["does"] for one in made[0]["rows"]]) == (1, 1, ["new", ""])
    assert made[0]["rows"][1]["errors"][0]["field"] == "name"
    other = send(table + "\n又一中心,教民3号")
    assert (other.status_code, other.json()["type"]) == (422, "key-reused"), "another file is another call"
    assert call.get("api_authority_training_institutions").json()["results"] == [], "nothing is taken in yet"
    pk = made[0]["id"]
    for _ in range(2):
        taken = call.post("api_authority_institution_table_take", pk).json()
        assert (taken["fresh"], taken["taken_at"] is not None) == (1, True)
    found = call.get("api_authority_training_institutions", q="培训").json()
    assert ([one["licence_number"] for one in found["results"]], found["next_after"]) == (["教民1号"], None)
    assert call.get("api_authority_training_institutions", after=found["results"][0]["id"]).json()["results"] == []
    assert [one["id"] for one in call.get("api_authority_institution_tables").json()["results"]] == [pk]
    elsewhere, ministry = calls(make.reviewer("44")), calls(make.ministry())
    assert elsewhere.get("api_authority_institution_table", pk).status_code == 404
    assert elsewhere.post("api_authority_institution_table_take", pk).status_code == 404
    assert elsewhere.get("api_authority_training_institutions").json()["results"] == []
    assert send(table, ministry).json()["reasons"][0]["code"] == "not_a_province"
    bad = send("\x00\x01", once="b")
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (400, "/file")
    assert call.client.post(address, {}, **call.head).status_code == 400
