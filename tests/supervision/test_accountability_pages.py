"""Pages of indicators, kept figures, tasks, outcomes for persons; charts of reports; evidence; a provider's refusal."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Unit
from ledger.models import Record
from supervision import domain
from supervision.forms.accountability import UnitsField
from supervision.models import Assessment, CaseOutcome, Inspection, InspectionFinding, WorkPlan, WorkTask
from tests import factories, factories_uses
from tests import factories_filings as filings
from tests import factories_supervision as make

pytestmark = pytest.mark.django_db
NOW = make.NOW
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
FIRST, LAST = "2026-08-01", "2026-08-31"


@pytest.fixture(autouse=True)
def _today(freeze: Any) -> None:
    freeze(NOW)
    filings.calendar()


def client(role: str = Role.REVIEW_LEAD, code: str = "11") -> Any:
    return factories.client_for(factories.membership(role=role, unit=factories.authority(code)))


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def post(to: Any, name: str, *args: Any, **data: Any) -> Any:
    return to.post(reverse(name, args=args), data)


# --- indicators ----------------------------------------------------------------------------------------


@pytest.mark.requirement("R162")
def test_ministry_sees_provinces_and_goes_down_a_province_its_districts() -> None:
    make.entry()
    factories_uses.school(parent=factories.authority("110108"))
    ministry = client(Role.MINISTRY_REVIEWER, "moe")
    page = ministry.get(reverse("sv_indicators"))
    text = page.content.decode()
    beijing, district = factories.authority("11"), factories.authority("110108")
    assert page.status_code == 200 and f"unit={beijing.pk}" in text and "/articles/" in text
    down = ministry.get(reverse("sv_indicators"), {"unit": beijing.pk}).content.decode()
    assert f"unit={district.pk}" in down and "海淀" in down or district.title in down
    province = client()
    assert district.title in province.get(reverse("sv_indicators")).content.decode()
    for unit in (factories.authority("44").pk, factories.authority("moe").pk, "x", 10**30):
        assert province.get(reverse("sv_indicators"), {"unit": unit}).status_code == 404, unit


def test_a_period_that_cannot_be_is_told_beside_its_field() -> None:
    for first, last in (("2026-09-01", "2026-08-01"), ("2026-08-01", "2026-12-31"), ("x", "")):
        page = client().get(reverse("sv_indicators"), {"first_day": first, "last_day": last})
        assert page.status_code == 422 and page.context["form"].errors, (first, last)


@pytest.mark.requirement("R162", "R163")
@pytest.mark.parametrize("by", ["region", "unit"])
def test_tables_are_files_without_formulas(by: str) -> None:
    from openpyxl import load_workbook

    school = factories_uses.school(parent=factories.authority("110108"))
    Unit.objects.filter(pk=school.pk).update(name="=HYPERLINK(1)")
    Unit.objects.filter(code="110108").update(name="=1+1", name_en="")
    asked = {"by": by, "first_day": FIRST, "last_day": LAST}
    text = body(client().get(reverse("sv_indicators"), {**asked, "format": "csv"})).decode()
    assert "\n=" not in text and len(text.splitlines()) >= 2
    book = load_workbook(io.BytesIO(body(client().get(reverse("sv_indicators"), {**asked, "format": "xlsx"}))))
    cells = [cell for row in book.active.iter_rows() for cell in row]  # type: ignore[union-attr]
    assert cells and all(cell.data_type != "f" for cell in cells)


@pytest.mark.requirement("R163")
@pytest.mark.parametrize("by", ["region", "unit"])
def test_page_costs_the_same_however_large_the_region(by: str) -> None:
    province, member = factories.authority("11"), factories.membership(
        role=Role.REVIEWER, unit=factories.authority("11")
    )
    costs, done = [], 0
    for size in (1, 3, 100):
        for number in range(done, size):
            factories_uses.school(parent=factories._save(
                Unit(kind="authority", level="district", code=f"1198{number:02d}", name=f"区{number}",
                     province_code="11"), province,
            ))  # fmt: skip
        done = size
        visitor = factories.client_for(member)
        visitor.get(reverse("sv_indicators"), {"by": by})  # what is kept for a while is kept
        with CaptureQueriesContext(connection) as queries:
            assert visitor.get(reverse("sv_indicators"), {"by": by}).status_code == 200
        costs.append(len(queries))
    assert len(set(costs)) == 1 and costs[0] <= 40, costs


@pytest.mark.requirement("R162")
def test_figures_are_kept_and_an_exported_file_is_verified() -> None:
    make.entry()
    to = client()
    assert to.post(reverse("sv_indicators"), {"purpose": ""}).status_code == 422
    kept = to.post(f"{reverse('sv_indicators')}?first_day={FIRST}&last_day={LAST}", {"purpose": "责任制考核"})
    row = Assessment.objects.get()
    assert kept.url == reverse("sv_assessment", args=[row.pk]) and row.last_day == date(2026, 8, 31)
    page = to.get(kept.url).content.decode()
    assert row.sha256 in page and "责任制考核" in page
    assert "责任制考核" in to.get(reverse("sv_assessments")).content.decode()
    file = body(to.get(reverse("sv_assessment_file", args=[row.pk, "csv"])))
    for content, answer in ((file, "same"), (file.replace(b"1", b"2", 1), "other")):
        sent = post(to, "sv_assessment_act", row.pk, "verify", file=SimpleUploadedFile("a.csv", content))
        assert sent.url.endswith(f"?file={answer}")
        assert to.get(sent.url).status_code == 200
    assert body(to.get(reverse("sv_assessment_file", args=[row.pk, "xlsx"])))[:2] == b"PK"
    assert to.get(reverse("sv_assessment_file", args=[row.pk, "pdf"])).status_code == 404
    assert client(Role.REVIEWER, "44").get(kept.url).status_code == 404


# --- tasks ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("R166", "R167")
def test_task_goes_from_the_plan_to_its_end_over_the_pages() -> None:
    to, school = client(), factories.unit(kind="school", parent=factories.authority("110108"), province="11")
    bad = to.post(reverse("sv_work_plan_new"), {"title": "计划", "aim": "目标"})
    assert bad.status_code == 422
    to.post(reverse("sv_work_plan_new"), {
        "title": "秋季工作计划", "aim": "备案率九成", "way": "逐区推进", "safeguards": "经费到位",
        "first_day": "2026-09-01", "last_day": "2026-12-31",
    })  # fmt: skip
    plan = WorkPlan.objects.get()
    given = {
        "plan": plan.pk, "title": "校内自查", "text": "逐校自查", "responsible": "110108", "sharing": school.name,
        "due_day": "2026-09-30", "milestone_1": "动员", "milestone_day_1": "2026-09-10",
    }  # fmt: skip
    for wrong in ({"responsible": "没有这个单位"}, {"milestone_day_1": ""}, {"due_day": "2026-08-01"}):
        answer = to.post(reverse("sv_task_new"), {**given, **wrong})
        assert answer.status_code == 422 and "逐校自查" in answer.content.decode(), wrong
    assert to.post(reverse("sv_task_new"), given).status_code == 302
    row = WorkTask.objects.get()
    page = to.get(reverse("sv_task", args=[row.pk])).content.decode()
    assert school.name in page and "动员" in page
    mine = client(Role.REVIEWER, "110108")
    theirs = factories.client_for(factories.membership(role=Role.INSTITUTION_STAFF, unit=school))
    assert row.case_no in mine.get(reverse("sv_tasks")).content.decode()
    assert post(mine, "sv_task_act", row.pk, "start", seen_state="open").status_code == 302
    assert post(mine, "sv_task_act", row.pk, "start", seen_state="open").status_code == 409
    assert post(theirs, "sv_task_act", row.pk, "note", text="本校已完成").status_code == 302
    assert post(theirs, "sv_task_act", row.pk, "finish", text="x").status_code == 403
    assert "本校已完成" in theirs.get(reverse("sv_task", args=[row.pk])).content.decode()
    step = row.milestones.get()
    assert post(mine, "sv_task_act", row.pk, "milestone", milestone=step.pk, reached_on="2026-08-31").status_code == 302
    assert post(mine, "sv_task_act", row.pk, "finish", text="全部完成", seen_state="in_progress").status_code == 302
    assert post(mine, "sv_task_act", row.pk, "reopen", reason="x").status_code == 403
    assert post(to, "sv_task_act", row.pk, "reopen", reason="复查").status_code == 302
    assert make.fresh(row).state == "open"
    for tab in ("open", "overdue", "closed", "plans", "nonsense"):
        assert to.get(reverse("sv_tasks"), {"tab": tab}).status_code == 200
    assert "校内自查" in to.get(reverse("sv_work_plan", args=[plan.pk])).content.decode()
    assert plan.title in theirs.get(reverse("sv_tasks"), {"tab": "plans"}).content.decode()
    for kind in ("csv", "xlsx"):
        assert len(body(to.get(reverse("sv_tasks"), {"format": kind}))) > 100
    text = body(to.get(reverse("sv_tasks"), {"format": "csv"})).decode()
    assert "校内自查" in text and "动员√" in text


@pytest.mark.requirement("R167")
def test_a_task_is_given_without_a_plan_and_under_any_of_several() -> None:
    to = client()
    factories.authority("110108")
    given = {"title": "自查", "text": "逐校自查", "responsible": "110108", "due_day": "2026-09-30"}
    assert to.post(reverse("sv_task_new"), given).status_code == 302  # there is no plan at all
    for title in ("第一", "第二", "第三"):
        plan = {"title": title, "aim": "目标", "first_day": "2026-09-01", "last_day": "2026-12-31"}
        to.post(reverse("sv_work_plan_new"), plan)
    first = WorkPlan.objects.get(title="第一")
    assert to.post(reverse("sv_task_new"), {**given, "plan": first.pk}).status_code == 302
    assert to.post(reverse("sv_task_new"), {**given, "plan": ""}).status_code == 302
    assert [row.plan for row in WorkTask.objects.order_by("pk")] == [None, first, None]


@pytest.mark.requirement("R167")
def test_overdue_tasks_stand_under_their_own_tab(freeze: Any) -> None:
    row = domain.give_task(
        title="限期任务", text="x", responsible=factories.authority("110108"), due_day=date(2026, 9, 1),
        by=make.lead(), now=NOW,
    )  # fmt: skip
    assert row.case_no not in client().get(reverse("sv_tasks"), {"tab": "overdue"}).content.decode()
    freeze(NOW.replace(month=9, day=2))
    assert row.case_no in client().get(reverse("sv_tasks"), {"tab": "overdue"}).content.decode()


# --- outcomes ------------------------------------------------------------------------------------------


@pytest.mark.requirement("R165")
def test_outcome_is_shown_after_its_purpose_and_nowhere_else() -> None:
    secret = "诫勉谈话记录在案"
    listing = make.listing()
    to, address = client(), reverse("sv_listing_outcomes", args=[listing.pk])
    assert to.post(address, {"what": "record", "consequence": "talk", "text": ""}).status_code == 422
    sent = {"what": "record", "consequence": "talk", "text": secret, "decided_on": "2026-08-30", "person_name": "某某"}
    assert to.post(address, sent).status_code == 302
    assert CaseOutcome.objects.get().authority_id == listing.authority_id
    assert secret not in to.get(address).content.decode()
    assert to.post(address, {"what": "look", "purpose": ""}).status_code == 422
    shown = to.post(address, {"what": "look", "purpose": "年度核查"})
    assert secret in shown.content.decode() and "no-store" in shown["Cache-Control"]
    assert Record.objects.get(verb="look_at_outcomes").payload["purpose"] == "年度核查"
    assert client(Role.REVIEWER).get(address).status_code == 403
    assert client(Role.REVIEW_LEAD, "44").get(address).status_code == 403
    anybody = factories.client_for(None)
    seen = to.get(reverse("sv_listing", args=[listing.pk])).content.decode()
    assert address in seen and secret not in seen
    assert address not in client(Role.REVIEWER).get(reverse("sv_listing", args=[listing.pk])).content.decode()
    for text in (
        anybody.get(reverse("blacklist")).content.decode(),
        body(anybody.get(reverse("blacklist_file", args=["csv"]))).decode(),
        factories.client_for(None).get("/api/v1/registry/blacklist/").content.decode(),
    ):  # fmt: skip
        assert secret not in text and "某某" not in text


# --- reports, evidence, refusal, entry -----------------------------------------------------------------


@pytest.mark.requirement("R161")
def test_published_report_has_its_charts_with_the_tables_and_keeps_them() -> None:
    make.entry()
    by = make.ministry()
    row = domain.generate_report(first_day=date(2026, 8, 1), last_day=date(2026, 8, 31), by=by, now=NOW)
    draft = factories.client_for(factories.membership(role=Role.MINISTRY_REVIEWER, unit=factories.authority("moe")))
    assert "p-hbars" in draft.get(reverse("sv_report", args=[row.pk])).content.decode()
    domain.edit_report(report=row, body_zh="八月进展。", by=by, now=NOW)
    domain.publish_report(report=row, by=by, now=NOW)
    address = reverse("progress_report", args=[row.pk])
    first = factories.client_for(None).get(address).content.decode()
    assert first.count("p-hbars\"") >= 2 and "<details" in first and "style=" not in first
    make.entry()
    again = factories.client_for(None).get(address).content.decode()
    assert first.split("<main")[1].split("</main")[0] == again.split("<main")[1].split("</main")[0]


@pytest.mark.requirement("R160")
def test_finding_keeps_its_evidence_for_who_sees_the_inspection(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    to = client()
    row = domain.plan_inspection(entry=make.entry(), by=make.lead(), now=NOW)
    item = (row.checklist[0]["key"] if row.checklist else "overall")
    keys = [one["key"] for one in row.checklist] or ["overall"]
    answers = {f"ok_{key}": "yes" for key in keys} | {f"ok_{item}": "no", f"text_{item}": "未展示"}
    wrong = post(to, "sv_inspection_act", row.pk, "findings", **answers,
                 **{f"file_{item}": SimpleUploadedFile("a.exe", b"MZ....")})  # fmt: skip
    assert wrong.status_code == 422 and not InspectionFinding.objects.exists()
    sent = post(to, "sv_inspection_act", row.pk, "findings", **answers,
                **{f"file_{item}": SimpleUploadedFile("截图.png", PNG)})  # fmt: skip
    assert sent.status_code == 302 and Inspection.objects.get().state == "findings"
    found = InspectionFinding.objects.get(key=item)
    assert len(found.evidence_sha256) == 64 and found.evidence_type == "image/png"
    address = reverse("sv_inspection_file", args=[row.pk, found.pk])
    assert address in to.get(reverse("sv_inspection", args=[row.pk])).content.decode()
    file = to.get(address)
    assert file.status_code == 200 and file["X-Content-Type-Options"] == "nosniff" and body(file)
    assert client(Role.REVIEWER, "44").get(address).status_code == 404
    assert to.get(reverse("sv_inspection_file", args=[row.pk, found.pk + 99])).status_code == 404


def test_provider_refuses_an_order_with_its_reasons() -> None:
    member = factories.membership(role=Role.PROVIDER_OWNER)
    row = make.order_of(member.unit)
    to = factories.client_for(member)
    assert reverse("provider_order_refuse", args=[row.pk]) in to.get(
        reverse("provider_order", args=[row.pk])
    ).content.decode()
    assert post(to, "provider_order_refuse", row.pk, text="").status_code == 422
    sent = post(to, "provider_order_refuse", row.pk, text="认定有误，不予整改", seen_state="issued")
    assert sent.status_code == 302 and make.fresh(row).state == "refused"
    again = post(to, "provider_order_refuse", row.pk, text="再次说明", seen_state="issued")
    assert again.status_code == 409 and "再次说明" in again.content.decode()
    other = factories.client_for(factories.membership(role=Role.PROVIDER_OWNER))
    assert post(other, "provider_order_refuse", row.pk, text="x").status_code == 404


def test_authority_goes_from_the_entry_to_an_inspection_or_an_order() -> None:
    of = make.entry()
    page = client().get(reverse("entry", args=[of.number]), follow=True).content.decode()
    assert reverse("sv_inspection_new") in page and reverse("sv_order_new") in page
    assert reverse("sv_order_new") not in factories.client_for(None).get(
        reverse("entry", args=[of.number]), follow=True
    ).content.decode()


def test_plan_counts_for_each_reader_the_tasks_that_he_sees() -> None:
    lead, haidian = make.lead(), factories.authority("110108")
    plan = domain.make_work_plan(
        title="年度计划", aim="规范", first_day=date(2026, 9, 1), last_day=date(2026, 12, 31), by=lead, now=make.NOW
    )
    for responsible in (haidian, factories.authority("11")):
        domain.give_task(
            title="抽查", text="抽查", responsible=responsible, due_day=date(2026, 10, 30), plan=plan, by=lead,
            now=make.NOW,
        )  # fmt: skip
    for unit, counted in ((haidian, "1 / 1"), (factories.authority("11"), "2 / 2")):
        client = factories.client_for(factories.membership(Role.REVIEWER, unit=unit))
        page = client.get(reverse("sv_tasks"), {"tab": "plans"}).content.decode()
        assert "年度计划" in page
        assert counted in page


def test_unit_whose_name_others_have_too_is_named_by_its_code() -> None:
    near, far = (
        factories.unit(
            kind="school", parent=factories.authority(code), province=code[:2], name="示例第一小学", school_code=key
        )
        for code, key in (("110108", "2111000019"), ("44", "2144000019"))
    )
    with pytest.raises(forms.ValidationError, match="示例第一小学"):
        UnitsField(many=False).clean("示例第一小学")
    assert UnitsField(many=False).clean(near.school_code) == [near]
    assert UnitsField().clean(far.school_code) == [far]
