"""The pages of the form: what they show, save and refuse, with and without a script."""

from __future__ import annotations

import io
import json
import re
from itertools import product
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.enums import Role
from accounts.models import Membership
from providers import schema
from providers.models import Filing, Material
from providers.queries import working_copy
from review import domain as review_verbs
from tests import factories
from tests import factories_filings as filings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules(freeze: Any) -> None:
    filings.calendar()
    filings.policy()
    freeze(filings.NOW)


@pytest.fixture
def draft() -> Filing:
    return filings.draft()


def signed_in(filing: Filing) -> Client:
    return factories.client_for(Membership.objects.filter(unit=filing.unit, role=Role.PROVIDER_OWNER).first())


def url(filing: Filing, key: str, name: str = "filing_section") -> str:
    return reverse(name, args=[filing.pk, key])


def png(width: int = 300) -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", (width, 300), "white").save(stream, "PNG")
    return SimpleUploadedFile("证照.png", stream.getvalue(), "image/png")


def posted(filing: Filing, key: str) -> dict[str, Any]:
    """What the browser sends for a section as it stands."""
    document = working_copy(filing)
    section = schema.section(key, filing.kind)
    assert section is not None
    data: dict[str, Any] = {"present": []}
    for item in section.fields:
        if item.readonly or item.kind == "file":
            continue
        data["present"].append(item.key)
        value = schema.lookup(document, item.key)
        if item.kind == "table":
            for index, row in enumerate(value or []):
                for name, cell in row.items():
                    data[f"{item.key}-{index}-{name}"] = {True: "yes", False: "no"}.get(cell, cell)
        elif item.kind == "accept":
            data[item.key] = "yes" if value else ""
        elif isinstance(value, bool):
            data[item.key] = "yes" if value else "no"
        elif value is not None:
            data[item.key] = value
    return data


@pytest.mark.parametrize("key", [one.key for one in schema.sections("initial")])
def test_section_page_shows_and_saves_itself_unchanged(draft: Filing, key: str) -> None:
    client, before = signed_in(draft), working_copy(draft)
    shown = client.get(url(draft, key))
    assert shown.status_code == 200
    answer = client.post(url(draft, key), posted(draft, key))
    assert answer.status_code == 302, re.findall(r"p-field__err.*?</p>", answer.content.decode())
    after = working_copy(filings.fresh(draft))
    if key == "security":
        before["system"]["consult_phone"] = "400-000-0126"  # its one form
    # an empty answer and no answer are the same; nothing else may change
    assert {p: {k: v for k, v in i.items() if not schema.is_empty(v)} for p, i in after.items()} == before


@pytest.mark.parametrize("kind", ["change", "resume", "cancel", "unit_change"])
def test_every_kind_lays_out_all_its_sections(kind: str) -> None:
    filing = filings.draft()
    for one in schema.sections(kind):
        context = schema.Context(working_copy(filing), None, kind, filings.NOW.date())
        from providers import forms

        assert forms.controls(one, context, problems=[])


@pytest.mark.requirement("R37")
def test_autosave_keeps_what_is_typed_and_says_what_is_wrong(draft: Filing) -> None:
    data = {**posted(draft, "mlps"), "system.mlps_number": "11010899021-2O301"}
    answer = signed_in(draft).post(url(draft, "mlps", "filing_autosave"), data)
    told = answer.json()
    assert told["at"] == "10:00"
    assert [(p["field"], p["code"]) for p in told["problems"]] == [("system.mlps_number", "letter_for_digit")]
    assert working_copy(filings.fresh(draft))["system"]["mlps_number"] == "11010899021-2O301"


def test_autosave_of_half_typed_values_loses_nothing(draft: Filing) -> None:
    data = {**posted(draft, "mlps"), "system.mlps_report_until": "2028-0"}
    told = signed_in(draft).post(url(draft, "mlps", "filing_autosave"), data).json()
    assert told["problems"][0]["code"] == "date"
    assert working_copy(filings.fresh(draft))["system"]["mlps_report_until"] == "2028-0"


def test_hidden_part_keeps_its_value(draft: Filing) -> None:
    data = {**posted(draft, "mlps"), "system.mlps_level": "1", "system.mlps_number": "overwritten"}
    signed_in(draft).post(url(draft, "mlps"), data)
    system = working_copy(filings.fresh(draft))["system"]
    assert (system["mlps_level"], system["mlps_number"]) == ("1", "11010899001-00001")


def test_wrong_value_is_saved_and_shown_beside_its_field(draft: Filing) -> None:
    data = {**posted(draft, "contact"), "unit.contact_mobile": "1380000000"}
    answer = signed_in(draft).post(url(draft, "contact"), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_unitcontact_mobile"' in page
    assert 'value="1380000000"' in page


def test_missing_answers_may_wait_but_are_shown_when_asked(draft: Filing) -> None:
    client = signed_in(draft)
    data = {**posted(draft, "contact"), "unit.contact_name": ""}
    assert client.post(url(draft, "contact"), data).status_code == 302
    assert 'id_unitcontact_name"' in client.get(url(draft, "contact") + "?check=1").content.decode()
    assert b"p-err" not in client.get(url(draft, "contact")).content


@pytest.mark.requirement("R55", "R59")
def test_rows_are_added_and_removed_without_a_script(draft: Filing) -> None:
    client = signed_in(draft)
    data = posted(draft, "information")
    data |= {
        "app.personal_information-7-item": "朗读录音",
        "app.personal_information-7-purpose": "朗读作业",
        "app.personal_information-7-manner": "entered",
        "add_row": "app.personal_information",
    }
    answer = client.post(url(draft, "information"), data)
    assert answer.status_code == 200
    assert "app.personal_information-2-item" in answer.content.decode()
    rows = working_copy(filings.fresh(draft))["app"]["personal_information"]
    assert [row["item"] for row in rows] == ["手机号", "朗读录音"]
    draft = filings.fresh(draft)
    data = {**posted(draft, "information"), "remove_row": "app.personal_information-0"}
    client.post(url(draft, "information"), data)
    rows = working_copy(filings.fresh(draft))["app"]["personal_information"]
    assert [row["item"] for row in rows] == ["朗读录音"]


@pytest.mark.requirement("R77")
def test_photo_search_stops_on_the_page_where_it_is_answered(draft: Filing) -> None:
    filings.policy(
        "moe",
        admission_rules=[
            {
                "code": "photo_search",
                "effective_from": "2019-11-11",
                "article": "bj-3-3",
                "message_zh": "不得提供拍照搜题",
                "message_en": "No photo search",
            }
        ],
    )
    data = {**posted(draft, "audience"), "app.photo_search": "yes"}
    answer = signed_in(draft).post(url(draft, "audience"), data)
    assert answer.status_code == 422
    told = signed_in(draft).post(url(draft, "audience", "filing_autosave"), data).json()
    assert told["stops"] in (["不得提供拍照搜题"], ["No photo search"])


@pytest.mark.requirement("R72")
def test_discipline_type_is_derived_and_explained_at_once(draft: Filing) -> None:
    assert "data-derived" in signed_in(draft).get(url(draft, "audience")).content.decode()
    data = {**posted(draft, "audience"), "app.trains_in_subjects": "yes"}
    told = signed_in(draft).post(url(draft, "audience", "filing_autosave"), data).json()
    assert "bj-2-2" in told["derived"] or "北京通知" in told["derived"]
    assert told["stops"], "a company may not do discipline training"


def test_upload_is_inspected_kept_and_shown(draft: Filing) -> None:
    client = signed_in(draft)
    answer = client.post(url(draft, "licence", "filing_upload"), {"key": "unit.licence_scan", "file": png()})
    told = answer.json()
    assert answer.status_code == 200, told
    assert working_copy(filings.fresh(draft))["unit"]["licence_scan"] == told["file"]
    assert told["file"]["type"] == "image/png"
    assert reverse("material", args=[told["file"]["id"]]) in told["html"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90 nothing", "type"),
        (b"PK\x03\x04zip", "type"),
        (b"%PDF-1.4\nno end", "broken"),
    ],
)
def test_upload_of_something_else_is_refused_with_a_reason(draft: Filing, content: bytes, code: str) -> None:
    sent = SimpleUploadedFile("licence.pdf", content, "application/pdf")
    answer = signed_in(draft).post(
        url(draft, "licence", "filing_upload"), {"key": "unit.licence_scan", "file": sent}
    )
    assert answer.status_code in (400, 422)
    assert answer.json().get("code", "empty") == code
    assert not Material.objects.filter(name="licence.pdf").exists()


def test_upload_without_a_script_comes_with_the_form(draft: Filing) -> None:
    data = {**posted(draft, "licence"), "unit.licence_scan": png(310)}
    assert signed_in(draft).post(url(draft, "licence"), data).status_code == 302
    assert working_copy(filings.fresh(draft))["unit"]["licence_scan"]["name"] == "证照.png"
    bad = {**posted(draft, "licence"), "unit.licence_scan": SimpleUploadedFile("x.png", b"<html>")}
    answer = signed_in(draft).post(url(draft, "licence"), bad)
    assert answer.status_code == 422
    assert "p-field__err" in answer.content.decode()


def test_file_is_taken_out_of_its_field(draft: Filing) -> None:
    data = {**posted(draft, "licence"), "remove_file": "unit.licence_scan"}
    signed_in(draft).post(url(draft, "licence"), data)
    assert not working_copy(filings.fresh(draft))["unit"]["licence_scan"]
    assert Material.objects.exists()


def test_submitted_filing_cannot_be_changed_through_any_page() -> None:
    filing = filings.submitted()
    client, before = signed_in(filing), working_copy(filing)
    assert b'<form class="p-card" id="section-form"' not in client.get(url(filing, "basics")).content
    assert client.post(url(filing, "basics"), posted(filing, "basics")).status_code == 403
    assert client.post(url(filing, "basics", "filing_autosave"), posted(filing, "basics")).status_code == 403
    sent = client.post(url(filing, "licence", "filing_upload"), {"key": "unit.licence_scan", "file": png()})
    assert sent.status_code == 403
    assert working_copy(filings.fresh(filing)) == before


def test_pages_of_another_unit_do_not_exist(draft: Filing) -> None:
    other = factories.client_for(factories.membership())
    for name in ("filing_section", "filing_autosave", "filing_upload"):
        assert other.post(url(draft, "basics", name), {}).status_code == 404
    assert other.get(url(draft, "basics")).status_code == 404


def test_unknown_section_does_not_exist(draft: Filing) -> None:
    assert signed_in(draft).get(url(draft, "nothing")).status_code == 404


@pytest.mark.requirement("R83", "R84")
def test_note_stands_beside_its_field_and_turns_green_when_the_field_changes() -> None:
    filing = filings.submitted()
    reviewer = filings.reviewer_of(filing)
    review_verbs.give_verdict(
        filing=filing,
        field_key="system.mlps_number",
        ok=False,
        note="编号与扫描件不一致",
        by=reviewer,
        now=filings.NOW,
    )
    filing = review_verbs.return_for_correction(filing=filing, by=reviewer, now=filings.NOW, comment="请补正")
    client = signed_in(filing)
    page = client.get(url(filing, "mlps")).content.decode()
    assert "编号与扫描件不一致" in page
    assert "is-back" in page
    assert (
        'aria-describedby="id_systemmlps_number_hint id_systemmlps_number_error id_systemmlps_number_note"'
        in page
    )
    client.post(url(filing, "mlps"), {**posted(filing, "mlps"), "system.mlps_number": "11010899001-00002"})
    page = client.get(url(filing, "mlps")).content.decode()
    assert "is-fixed" in page
    assert "11010899001-00001</del>" in page


JUNK: list[dict[str, Any]] = [
    {},
    {"present": ["app.name", "app.store_links", "nonsense", "unit.uscc"], "app.name": "x" * 100_000},
    {"present": "app.stages", "app.stages": ["<script>", "preschool", "\x00"]},
    {
        "present": "app.store_links",
        "app.store_links-99999-store": "apple",
        "app.store_links--1-url": "x",
        "app.store_links-0-url": "javascript:alert(1)",
        "app.store_links-0-nothing": "1",
    },
    {"remove_row": "app.store_links-abc", "add_row": "nothing", "remove_file": "unit.name"},
    {
        "present": ["app.age_from", "app.age_to"],
        "app.age_from": "九",
        "app.age_to": "1e9",
        "app.mainly_minors": "perhaps",
    },
    {
        "present": ["filing.changed_on", "filing.signed_name"],
        "filing.signed_name": "\x00\x01",
        "filing.changed_on": "9999-99-99",
    },
    {"key": "app.name", "file": "text"},
]


def test_each_junk_is_answered(draft: Filing) -> None:
    """Once each, where coverage is measured; on every page in the test below."""
    client = signed_in(draft)
    for junk, name in product(JUNK, ("filing_section", "filing_autosave", "filing_upload")):
        assert client.post(url(draft, "basics", name), junk).status_code < 500, (junk, name)
    assert client.get(url(draft, "basics") + "?check=1").status_code == 200


@pytest.mark.breadth
@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
@pytest.mark.parametrize("name", ["filing_section", "filing_autosave", "filing_upload"])
def test_junk_never_breaks_a_page(draft: Filing, junk: dict[str, Any], name: str) -> None:
    client = signed_in(draft)
    for key in (
        "licence",
        "mlps",
        "basics",
        "audience",
        "content",
        "training",
        "qualifications",
        "commitments",
    ):
        answer = client.post(url(draft, key, name), junk)
        assert answer.status_code < 500
        assert client.get(url(draft, key)).status_code == 200
    assert working_copy(filings.fresh(draft))["unit"]["uscc"] == draft.unit.uscc
    assert client.get(reverse("filing", args=[draft.pk])).status_code == 200
    assert client.get(reverse("filing_check", args=[draft.pk])).status_code == 200


@pytest.mark.parametrize(
    "value", [[], {}, 5, True, None, "x", [[]], [{"item": {}}], {"id": "x"}, ["a", 1], 1.5]
)
def test_damaged_working_copy_never_breaks_a_page(draft: Filing, value: Any) -> None:
    from providers.models import App

    app = App.objects.get(pk=draft.app_id)
    for part in schema.sections("initial"):
        for item in part.fields:
            if item.part == "app" and item.name != "name":
                app.data[item.name] = value
    app.save()
    client = signed_in(draft)
    for key in ("basics", "audience", "content", "information", "training", "qualifications"):
        assert client.get(url(draft, key) + "?check=1").status_code == 200
    assert client.get(reverse("filing_check", args=[draft.pk])).status_code == 200
    assert client.post(reverse("filing_submit", args=[draft.pk])).status_code < 500
    json.dumps(
        [p.as_dict() for p in schema.validate(working_copy(draft), None, "initial", filings.NOW.date())]
    )
