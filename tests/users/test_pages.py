"""The institution's pages: home, selection, wizard, handing in, versions, receipt."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.enums import Role
from accounts.models import Membership, Unit
from registry import domain as registry
from tests import factories
from tests import factories_uses as uses
from users import domain, schema
from users.models import UseMaterial, UserFiling

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules(freeze: Any) -> None:
    uses.rules()
    freeze(uses.NOW)


def client_of(unit: Unit, role: str = Role.INSTITUTION_LEAD) -> Client:
    """Somebody of the unit; the same person each time."""
    member = Membership.objects.filter(unit=unit, role=role).first() or factories.membership(role, unit=unit)
    return factories.client_for(member)


@pytest.fixture
def school() -> Unit:
    return uses.school()


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def text_of(part: str, filing: UserFiling) -> dict[str, Any]:
    """What a browser sends for a section as it stands."""
    kind = schema.form_kind(filing)
    section = schema.section(part, kind)
    assert section is not None
    data: dict[str, Any] = {"present": []}
    for item in section.fields:
        if item.readonly or item.kind == "file":
            continue
        data["present"].append(item.key)
        value = schema.lookup(filing.data, item.key)
        if item.kind == "table":
            for index, row in enumerate(value or []):
                for name, cell in row.items():
                    data[f"{item.key}-{index}-{name}"] = {True: "yes", False: "no"}.get(cell, cell)
        elif isinstance(value, bool):
            data[item.key] = "yes" if value else "no"
        elif value is not None:
            data[item.key] = value
    return data


@pytest.mark.requirement("R95")
@pytest.mark.requirement("R14")
def test_home_names_what_is_missing_and_what_waits(school: Unit) -> None:
    returned = uses.returned(school)
    waiting = uses.unit_review(school)
    shown = page(client_of(school), "institution_home")
    assert reverse("institution_unit") + "#system" in shown
    assert reverse("institution_unit") + "#responsible" in shown
    assert reverse("use", args=[returned.pk]) in shown
    assert reverse("use_review", args=[waiting.pk]) not in shown  # the lead handed it in
    second = page(client_of(school, Role.INSTITUTION_STAFF), "institution_home")
    assert reverse("use_review", args=[waiting.pk]) in second


def test_home_of_a_new_school_explains_the_way(school: Unit) -> None:
    assert reverse("institution_search") in page(client_of(school), "institution_home")


def test_pages_refuse_other_roles_and_other_units(school: Unit) -> None:
    filing = uses.draft(school)
    other = client_of(uses.school())
    for name in ("use", "use_check", "use_withdraw"):
        assert other.get(reverse(name, args=[filing.pk])).status_code == 404
    owner = factories.client_for(factories.membership(Role.PROVIDER_OWNER))
    assert owner.get(reverse("institution_home")).status_code == 403
    assert Client().get(reverse("institution_home")).status_code == 302


def test_list_filters_by_state_and_name(school: Unit) -> None:
    draft, confirmed = uses.draft(school), uses.confirmed(school)
    shown = page(client_of(school), "institution_uses", state="confirmed")
    assert confirmed.app_name in shown and draft.app_name not in shown
    shown = page(client_of(school), "institution_uses", q=draft.app_name)
    assert confirmed.app_name not in shown and draft.app_name in shown
    assert client_of(school).get(reverse("institution_uses"), {"state": "x", "before": "¹"}).status_code == 200


@pytest.mark.requirement("R96")
@pytest.mark.requirement("R99")
def test_search_offers_filed_apps_and_says_why_others_are_barred(school: Unit) -> None:
    good, offline = uses.entry("选用甲"), uses.entry("选用乙")
    registry.take_offline(entry=offline, reason="下线", by=uses.publisher(), now=uses.NOW)
    shown = page(client_of(school), "institution_search", q="选用")
    assert "选用甲" in shown and "选用乙" in shown
    client = client_of(school)
    digits = good.number.removeprefix("教APP备").removesuffix("号")
    assert client.get(reverse("use_start", args=[digits])).status_code == 200
    gone = offline.number.removeprefix("教APP备").removesuffix("号")
    refused = client.post(reverse("use_start", args=[gone]))
    assert refused.status_code == 422
    assert "me-8" in refused.content.decode()
    assert not UserFiling.objects.filter(entry=offline).exists()
    begun = client.post(reverse("use_start", args=[digits]))
    filing = UserFiling.objects.get(entry=good)
    assert begun.url == reverse("use", args=[filing.pk])
    again = client.post(reverse("use_start", args=[digits]))
    assert again.url == begun.url
    assert client.get(reverse("use_start", args=["123"])).status_code == 404


@pytest.mark.parametrize("part", [section.key for section in schema.sections("use")])
def test_section_shows_and_saves_itself_unchanged(school: Unit, part: str) -> None:
    filing = uses.draft(school)
    client, before = client_of(school), uses.fresh(filing).data
    assert client.get(reverse("use_section", args=[filing.pk, part])).status_code == 200
    answer = client.post(reverse("use_section", args=[filing.pk, part]), text_of(part, filing))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    after = {key: value for key, value in uses.fresh(filing).data["use"].items() if not schema.is_empty(value)}
    assert after == {key: value for key, value in before["use"].items() if not schema.is_empty(value)}


@pytest.mark.requirement("R111")
@pytest.mark.requirement("R112")
def test_autosave_tells_at_once_that_required_use_may_cost_nothing(school: Unit) -> None:
    filing = uses.draft(school, nature="required")
    answer = client_of(school).post(
        reverse("use_autosave", args=[filing.pk, "fees"]),
        {"present": ["use.fee", "use.has_ads", "use.has_games"], "use.fee": "charged", "use.has_ads": "yes",
         "use.has_games": "yes"},
    )  # fmt: skip
    codes = {problem["code"] for problem in json.loads(answer.content)["problems"]}
    assert {"fee", "ads", "games"} <= codes


def test_upload_keeps_a_file_of_the_unit_that_others_cannot_open(school: Unit) -> None:
    filing = uses.draft(school)
    stream = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(stream, "PNG")
    answer = client_of(school).post(
        reverse("use_upload", args=[filing.pk, "decision"]),
        {"key": "use.decision_file", "file": SimpleUploadedFile("决策.png", stream.getvalue(), "image/png")},
    )
    assert answer.status_code == 200, answer.content
    row = UseMaterial.objects.get(name="决策.png")
    assert uses.fresh(filing).data["use"]["decision_file"]["id"] == row.pk
    address = reverse("use_material", args=[row.pk])
    assert address in json.loads(answer.content)["html"]
    shown = client_of(school).get(address)
    assert b"".join(shown.streaming_content).startswith(b"\x89PNG")
    assert client_of(uses.school()).get(address).status_code == 404


@pytest.mark.requirement("R107")
def test_required_use_is_not_taken_without_a_collective_decision(school: Unit) -> None:
    filing = uses.draft(school, nature="required", decision_on=None, decision_file=None, decision_body="")
    client = client_of(school)
    shown = page(client, "use_check", filing.pk)
    assert "#id_usedecision_on" in shown
    refused = client.post(reverse("use_submit", args=[filing.pk]), {"submit_key": "k"})
    assert refused.status_code == 422
    assert uses.fresh(filing).state == "draft"


@pytest.mark.requirement("R104")
@pytest.mark.requirement("R113")
@pytest.mark.requirement("R114")
def test_opinions_and_commitments_must_be_there(school: Unit) -> None:
    filing = uses.draft(school, consultations=[], commit_voluntary=False, commit_no_credits=False)
    answer = client_of(school).post(reverse("use_submit", args=[filing.pk]), {"submit_key": "k"})
    wrong = {problem.field_key for problem in answer.context["problems"]}
    assert {"use.consultations", "use.commit_voluntary", "use.commit_no_credits"} <= wrong


@pytest.mark.requirement("R115")
@pytest.mark.requirement("R116")
def test_examination_apps_of_third_parties_are_justified_and_not_exclusive(school: Unit) -> None:
    filing = uses.draft(school, functions=["exams"], exams_run_by="third_party", exclusive_agreement=True)
    shown = page(client_of(school), "use_section", filing.pk, "exams", check="1")
    assert "use.exams_justification" in shown
    wrong = client_of(school).get(reverse("use_check", args=[filing.pk])).context["problems"]
    assert {"use.exams_justification", "use.exclusive_agreement"} <= {problem.field_key for problem in wrong}


@pytest.mark.requirement("R98")
def test_source_of_a_superior_asks_for_its_document(school: Unit) -> None:
    filing = uses.draft(school, source="required_by_superior")
    wrong = client_of(school).get(reverse("use_check", args=[filing.pk])).context["problems"]
    assert "use.superior_document" in {problem.field_key for problem in wrong}
    assert {value for value, _label in schema.field("use.source").choices} == {
        "self_developed", "self_selected", "required_by_superior",
    }  # fmt: skip


def test_handing_in_leads_to_the_confirmation_and_the_receipt(school: Unit) -> None:
    filing = uses.draft(school)
    client = client_of(school)
    answer = client.post(reverse("use_submit", args=[filing.pk]), {"submit_key": "one"})
    assert answer.url == reverse("use_done", args=[filing.pk])
    assert client.post(reverse("use_submit", args=[filing.pk]), {"submit_key": "one"}).url == answer.url
    assert page(client, "use_done", filing.pk)
    version = uses.fresh(filing).versions.get()
    assert version.digest in page(client, "use_receipt", filing.pk)
    assert client.get(reverse("use_check", args=[filing.pk])).status_code == 302
    locked = page(client, "use_section", filing.pk, "use")
    assert "<form class=\"p-card\" id=\"section-form\"" not in locked


def test_returned_field_shows_the_note_and_the_earlier_value(school: Unit) -> None:
    filing = uses.returned(school)
    client = client_of(school)
    shown = page(client, "use_section", filing.pk, "comparison")
    assert "请写明必要性" in shown and "支持课外阅读记录" in shown
    assert "请补正" in page(client, "use", filing.pk)
    domain.save_part(
        filing=filing, part="use", values={"necessity": "阅读课需要"}, by=uses.lead(school), now=uses.NOW
    )
    assert "is-fixed" in page(client, "use_section", filing.pk, "comparison")
    client.post(reverse("use_submit", args=[filing.pk]), {"submit_key": "two"})
    domain.unit_approve(filing=filing, by=uses.second(school), now=uses.NOW)
    versions = page(client, "use_versions", filing.pk)
    assert "阅读课需要" in versions and "支持课外阅读记录" in versions


@pytest.mark.requirement("R102")
def test_an_own_app_is_filed_with_the_providers_information(school: Unit) -> None:
    client = client_of(school)
    assert client.post(reverse("use_start_own"), {"app_name": " "}).status_code == 422
    client.post(reverse("use_start_own"), {"app_name": "校务通示例"})
    filing = UserFiling.objects.get(app_name="校务通示例")
    shown = page(client, "use", filing.pk)
    for part in ("licence", "icp", "mlps"):
        key = next((one.key for one in schema.sections("self_use") if one.key.startswith(part)), None)
        assert key is None or reverse("use_section", args=[filing.pk, key]) in shown
    for section in schema.sections("self_use"):
        assert client.get(reverse("use_section", args=[filing.pk, section.key])).status_code == 200
    complete = uses.self_use(school)
    client.post(reverse("use_submit", args=[complete.pk]), {"submit_key": "own"})
    assert uses.fresh(complete).state == "submitted"


def test_the_public_entry_offers_its_use_to_institutions_alone(school: Unit) -> None:
    entry = uses.entry()
    digits = entry.number.removeprefix("教APP备").removesuffix("号")
    address, start = reverse("entry", args=[digits]), reverse("use_start", args=[digits])
    assert start not in Client().get(address).content.decode()
    shown = client_of(school).get(address)
    assert start in shown.content.decode()
    assert not shown.has_header("ETag")  # another unit's page must not be answered from the browser's store


@pytest.mark.requirement("R108")
def test_the_schools_review_is_done_by_a_second_person_with_notes(school: Unit) -> None:
    filing = uses.unit_review(school)
    lead, second = client_of(school), client_of(school, Role.INSTITUTION_STAFF)
    address = reverse("use_review", args=[filing.pk])
    assert "verdict" not in page(lead, "use_review", filing.pk)
    assert lead.post(address, {"verdict": "approve"}).status_code == 422
    empty = second.post(address, {"verdict": "send_back", "seen_version": "1"})
    assert empty.status_code == 422
    sent = {"verdict": "send_back", "seen_version": "1", "note-use.necessity": "请写具体\x00", "comment": "再改"}
    assert second.post(address, sent).status_code == 302
    shown = page(lead, "use_section", filing.pk, "comparison")
    assert "请写具体" in shown
    assert "再改" in page(lead, "use", filing.pk)
    domain.save_part(filing=filing, part="use", values={"necessity": "三年级晨读"}, by=uses.lead(school), now=uses.NOW)
    lead.post(reverse("use_submit", args=[filing.pk]), {"submit_key": "again"})
    assert "三年级晨读" in page(second, "use_review", filing.pk)
    assert second.post(address, {"verdict": "approve", "seen_version": "2"}).status_code == 302
    assert uses.fresh(filing).state == "submitted"
    assert second.post(address, {"verdict": "approve", "seen_version": "2"}).status_code == 409


@pytest.mark.requirement("R101")
def test_a_change_asks_its_date_warns_when_late_and_keeps_what_was_confirmed(school: Unit) -> None:
    filing, client = uses.confirmed(school), client_of(school)
    assert client.get(reverse("use_check", args=[filing.pk])).status_code == 302
    begun = client.post(reverse("use_change", args=[filing.pk]))
    assert begun.url == reverse("use_section", args=[filing.pk, "use_change"])
    data = {
        "present": ["use.changed_on", "use.changed_parts", "use.change_description"],
        "use.changed_on": "2026-08-03",
        "use.changed_parts": ["nature"],
        "use.change_description": "扩大",
    }
    client.post(begun.url, data)
    shown = client.get(reverse("use", args=[filing.pk]))
    assert shown.context["changing"]
    assert shown.context["term"].late
    client.post(reverse("use_change", args=[filing.pk]), {"drop": "1"})
    assert not client.get(reverse("use", args=[filing.pk])).context["changing"]
    client.post(begun.url, data | {"use.changed_on": "2026-09-23"})
    assert not client.get(reverse("use", args=[filing.pk])).context["term"].late
    done = client.post(reverse("use_submit", args=[filing.pk]), {"submit_key": "change"})
    assert done.url == reverse("use_done", args=[filing.pk])
    assert uses.fresh(filing).public["nature"] == "recommended"


@pytest.mark.requirement("R122")
def test_a_suspended_use_shows_the_proposal_and_ends_with_a_notice(school: Unit) -> None:
    filing, client = uses.suspended(school), client_of(school)
    assert reverse("use_withdraw", args=[filing.pk]) in page(client, "use", filing.pk)
    assert "暂时下线" in page(client, "institution_home") or filing.app_name in page(client, "institution_home")
    address = reverse("use_withdraw", args=[filing.pk])
    assert client.post(address, {"reason": "停用"}).status_code == 422
    sent = {"reason": "停用", "notice_text": "下月停用", "seen_state": "suspended"}
    assert client.post(address, sent).status_code == 302
    ended = uses.fresh(filing)
    assert (ended.state, ended.notice_text) == ("withdrawn", "下月停用")
    assert "下月停用" in page(client, "use", filing.pk)
    assert client.get(address).status_code == 302


@pytest.mark.requirement("R24")
def test_unit_page_keeps_namings_and_versions_of_the_selection_system(school: Unit) -> None:
    client = client_of(school)
    wrong = client.post(reverse("institution_responsible"), {"department": "信息中心", "person-0-name": "甲"})
    assert wrong.status_code == 422
    assert "信息中心" in wrong.content.decode()
    data = {"department": "信息中心", "person-0-name": "甲", "person-0-position": "主任"}
    assert client.post(reverse("institution_responsible"), data).status_code == 302
    school.refresh_from_db()
    assert (school.functional_department, school.responsible_persons[0]["name"]) == ("信息中心", "甲")
    no_file = client.post(reverse("institution_system"), {"title": "选用制度", "effective_on": "2026-09-01"})
    assert no_file.status_code == 422
    for number in (1, 2):
        stream = io.BytesIO()
        Image.new("RGB", (300 + number, 300), "white").save(stream, "PNG")
        sent = SimpleUploadedFile(f"制度{number}.png", stream.getvalue(), "image/png")
        client.post(
            reverse("institution_system"), {"title": f"制度{number}", "effective_on": "2026-09-01", "file": sent}
        )
    shown = page(client, "institution_unit")
    assert "制度1.png" in shown and "制度2.png" in shown
    fake = SimpleUploadedFile("x.pdf", b"not a pdf", "application/pdf")
    refused = client.post(reverse("institution_system"), {"title": "x", "effective_on": "2026-09-01", "file": fake})
    assert refused.status_code == 422


def test_a_report_is_uploaded_into_a_row_and_stays_there(school: Unit) -> None:
    filing, client = uses.draft(school), client_of(school)
    stream = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(stream, "PNG")
    name = "use.assessment_reports"
    row = {"present": [name], f"{name}-0-title": "评估", f"{name}-0-body": "某测评机构"}
    address = reverse("use_section", args=[filing.pk, "comparison"])
    sent = SimpleUploadedFile("报告.png", stream.getvalue(), "image/png")
    assert client.post(address, {**row, f"{name}-0-file": sent}).status_code == 302
    kept = uses.fresh(filing).data["use"]["assessment_reports"][0]["file"]
    assert kept["name"] == "报告.png"
    client.post(address, {**row, f"{name}-0-title": "评估报告", f"{name}-0-file": str(kept["id"])})
    assert uses.fresh(filing).data["use"]["assessment_reports"][0] == {
        "title": "评估报告", "body": "某测评机构", "file": kept,
    }  # fmt: skip
    foreign = uses.material(uses.school())
    client.post(address, {**row, f"{name}-0-file": str(foreign.pk)})
    assert "file" not in uses.fresh(filing).data["use"]["assessment_reports"][0]


@pytest.mark.requirement("R24")
def test_page_shows_and_keeps_every_person_that_was_named_by_token(school: Unit) -> None:
    client = client_of(school)
    persons = [{"name": f"示例{n}", "position": "主任", "duty": "", "phone": ""} for n in range(1, 13)]
    domain.name_responsible(unit=school, department="信息中心", persons=persons, by=uses.lead(school), now=uses.NOW)
    page = client.get(reverse("institution_unit"))
    text = page.content.decode()
    assert all(f'value="示例{n}"' in text for n in range(1, 13))
    sent = {"department": "教务处"}
    for row in page.context["naming"].rows():
        sent |= {cell["id"]: cell["value"] for cell in row["cells"]}
    assert client.post(reverse("institution_responsible"), sent).status_code == 302
    kept = type(school).objects.get(pk=school.pk)
    assert (kept.functional_department, len(kept.responsible_persons)) == ("教务处", 12)
