"""What a filing's document is asked for, by the catalogue and by the policy in force."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import translation

from providers import schema
from tests.providers.documents import KINDS, ON, changed, complete, errors, policy

# --- validation --------------------------------------------------------------------------------------


def test_complete_document_has_no_problem() -> None:
    assert schema.validate(complete(), policy(), "initial", ON) == []
    assert all(state.status == "done" for state in schema.completeness(complete(), policy(), "initial", ON))


@pytest.mark.parametrize("kind", KINDS)
def test_empty_document_is_asked_for_every_required_field(kind: str) -> None:
    found = schema.validate({}, policy(), kind, ON)
    assert found
    assert {problem.code for problem in found} == {"required"}
    assert all(str(problem.message) and problem.section_key for problem in found)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"unit__contact_mobile": "1380000000"}, {"unit.contact_mobile": "length"}, id="mobile"),
        pytest.param({"unit__kind": "pirate"}, {"unit.kind": "choice"}, id="choice"),
        pytest.param({"app__stages": ["primary", "space"]}, {"app.stages": "choice"}, id="multi"),
        pytest.param({"unit__name": "长" * 121}, {"unit.name": "too_long"}, id="long"),
        pytest.param({"unit__name": "a\x01b"}, {"unit.name": "control"}, id="control"),
        pytest.param({"system__complaint_days": 0}, {"system.complaint_days": "range"}, id="number"),
        pytest.param({"unit__licence_scan": "a.pdf"}, {"unit.licence_scan": "file"}, id="file"),
        pytest.param({"unit__has_branches": "yes"}, {"unit.has_branches": "bool"}, id="bool"),
        pytest.param({"app__personal_information": "all"}, {"app.personal_information": "table"}, id="table"),
        pytest.param({"filing__commit_law": False}, {"filing.commit_law": "required"}, id="commitment",
                     marks=pytest.mark.requirement("R46")),
        pytest.param({"filing__commit_consent": None}, {"filing.commit_consent": "required"}, id="consent",
                     marks=pytest.mark.requirement("R61")),
        pytest.param({"filing__commit_data": None}, {"filing.commit_data": "required"}, id="data",
                     marks=pytest.mark.requirement("R63")),
        pytest.param({"system__icp_number": None}, {"system.icp_number": "required"}, id="icp",
                     marks=pytest.mark.requirement("R38")),
        pytest.param({"system__telecom_business": True},
                     {"system.telecom_licence_number": "required", "system.telecom_licence": "required"}, id="telecom",
                     marks=pytest.mark.requirement("R39")),
        pytest.param({"system__mlps_certificate": None}, {"system.mlps_certificate": "required"}, id="mlps",
                     marks=pytest.mark.requirement("R40")),
        pytest.param({"system__mlps_level": "1", "system__mlps_number": None},
                     {"system.mlps_level_1_note": "required"}, id="level 1", marks=pytest.mark.requirement("R40")),
        pytest.param({"system__mlps_report": None}, {"system.mlps_report": "required"}, id="report",
                     marks=pytest.mark.requirement("R41")),
        pytest.param({"system__mlps_report_until": "2026-09-23"}, {"system.mlps_report_until": "expired"}, id="expired",
                     marks=pytest.mark.requirement("R41")),
        pytest.param({"app__has_forum": True}, {"system.review_system": "required"}, id="forum",
                     marks=pytest.mark.requirement("R53")),
        pytest.param({"app__has_ads": True}, {"app.ads_description": "required"}, id="ads",
                     marks=pytest.mark.requirement("R48")),
        pytest.param({"app__time_limit": None}, {"app.time_limit": "required"}, id="time limit",
                     marks=pytest.mark.requirement("R49")),
        pytest.param({"app__age_from": None}, {"app.age_from": "required"}, id="age",
                     marks=pytest.mark.requirement("R50")),
        pytest.param({"app__age_from": 13}, {"app.age_to": "age_order"}, id="age order",
                     marks=pytest.mark.requirement("R50")),
        pytest.param({"app__content_control": None}, {"app.content_control": "required"}, id="control of content",
                     marks=pytest.mark.requirement("R51")),
        pytest.param({"app__guardian_consent": None}, {"app.guardian_consent": "required"}, id="guardian",
                     marks=pytest.mark.requirement("R60")),
        pytest.param({"app__personal_information": [{"item": "通讯录", "manner": "entered"}]},
                     {"app.personal_information": "required"}, id="purpose",
                     marks=pytest.mark.requirement("R59", "R62")),
        pytest.param({"app__real_name": None}, {"app.real_name": "required"}, id="real name",
                     marks=pytest.mark.requirement("R58")),
        pytest.param({"system__security_officer": None}, {"system.security_officer": "required"}, id="officer",
                     marks=pytest.mark.requirement("R64")),
        pytest.param({"system__complaint_entry": None}, {"system.complaint_entry": "required"}, id="complaints",
                     marks=pytest.mark.requirement("R69")),
        pytest.param({"app__trains_in_subjects": True, "app__subjects": ["arts"]},
                     {"app.service_parties": "required", "app.trainers": "required"}, id="service parties",
                     marks=pytest.mark.requirement("R54")),
        pytest.param({"app__hosts_institutions": True}, {"app.hosted_institutions": "required"}, id="hosted",
                     marks=pytest.mark.requirement("R76")),
        pytest.param({"app__hosts_institutions": True,
                      "app__hosted_institutions": [{"name": "机构", "discipline": True}]},
                     {"app.hosted_institutions": "required"}, id="hosted without licence",
                     marks=pytest.mark.requirement("R76")),
        pytest.param({"app__photo_search": None}, {"app.photo_search": "required"}, id="photo search declared",
                     marks=pytest.mark.requirement("R77")),
        pytest.param({"app__android_package": None}, {"app.android_package": "required"}, id="edition"),
        pytest.param({"app__personal_information": [{"item": "a", "purpose": "b", "manner": "entered"}] * 2},
                     {"app.personal_information": "twice"}, id="twice"),
    ],
)  # fmt: skip
def test_document_that_lacks_something_is_told_where(
    values: dict[str, Any], expected: dict[str, str]
) -> None:
    assert errors(changed(**values)) == expected


def test_conditional_part_is_not_asked_while_it_does_not_apply() -> None:
    document = changed(app__mainly_minors=False, app__age_from=None, app__age_to=None, app__time_limit=None,
                       app__content_control=None, app__guardian_consent=None, app__stages=["higher"])  # fmt: skip
    assert errors(document) == {}


@pytest.mark.requirement("R55", "R56")
def test_trainers_need_what_their_kind_asks() -> None:
    parties = [{"name": "本单位"}]
    rows = [
        {"name": "甲", "kind": "teacher"},
        {"name": "Ann", "kind": "foreign"},
        {"name": "乙", "kind": "other"},
    ]
    document = changed(
        app__trains_in_subjects=True, app__subjects=["arts"], app__service_parties=parties, app__trainers=rows
    )
    found = [p for p in schema.validate(document, policy(), "initial", ON) if p.field_key == "app.trainers"]
    assert [(p.row, p.column) for p in found] == [(1, "certificate"), (2, "qualification")]
    rows[0]["certificate"], rows[1]["qualification"] = "20211101230001234", "硕士"
    assert errors(document) == {}


@pytest.mark.requirement("R91")
def test_change_needs_its_date_which_lies_not_in_the_future() -> None:
    document = complete()
    assert errors(document, "change")["filing.changed_on"] == "required"
    document["filing"] |= {"changed_on": "2026-09-25", "changed_parts": ["app"], "change_description": "版本"}
    assert errors(document, "change") == {"filing.changed_on": "future"}
    document["filing"]["changed_on"] = "2026-09-24"
    assert errors(document, "change") == {}
    assert errors(document, "unit_change") == {}


def test_cancellation_asks_for_nothing_but_its_reason() -> None:
    document = {"unit": {}, "system": {}, "app": {}, "filing": {
        "cancel_kind": "ended", "cancel_reason": "停止", "cancel_on": "2026-12-31", "cancel_users_told": True,
        "signed_name": "甲"}}  # fmt: skip
    assert errors(document, "cancel") == {}


def test_problem_can_travel_as_json() -> None:
    for problem in schema.validate({}, policy(), "initial", ON):
        json.dumps(problem.as_dict())


# --- policy ------------------------------------------------------------------------------------------


@pytest.mark.requirement("R47")
def test_advertisements_and_games_are_refused_where_the_policy_says_so() -> None:
    document = changed(app__has_ads=True, app__ads_description="书店", app__has_games=True)
    assert errors(document) == {}
    assert errors(document, ads_rule="none") == {"app.has_ads": "no_ads", "app.has_games": "no_games"}


@pytest.mark.requirement("R53")
def test_review_system_is_due_for_all_where_the_policy_says_so() -> None:
    assert errors(complete(), content_review_for_all=True) == {"system.review_system": "required"}


@pytest.mark.requirement("R42")
def test_buffer_window_takes_its_items_off_the_conditions() -> None:
    window = {"key": "w", "from": "2026-09-01", "to": "2026-10-01", "items": ["icp", "mlps"]}
    document = changed(system__icp_number=None, system__icp_proof=None, system__mlps_level=None)
    assert set(errors(document)) == {"system.icp_number", "system.icp_proof", "system.mlps_level"}
    assert errors(document, buffer_windows=[window]) == {}


@pytest.mark.requirement("R41")
def test_test_report_is_due_where_the_policy_lists_it() -> None:
    document = changed(system__has_mlps_report=False)
    assert errors(document) == {}
    row = {"key": "mlps_report", "label_zh": "报告", "label_en": "Report", "when": "mlps_level_2_or_above"}
    assert errors(document, required_materials=[row]) == {"system.has_mlps_report": "report_due"}


@pytest.mark.requirement("R13", "R66")
def test_policy_makes_materials_required_and_adds_its_own() -> None:
    rows = [{"key": "emergency_plan", "label_zh": "应急", "label_en": "Emergency"},
            {"key": "district_letter", "label_zh": "区函", "label_en": "Letter of the district"},
            {"key": "forum_rules", "label_zh": "论坛规则", "label_en": "Forum rules",
            "when": "forum_or_messages"}]  # fmt: skip
    assert errors(complete(), required_materials=rows) == {
        "system.emergency_plan": "required", "app.extra.district_letter": "required"}  # fmt: skip


@pytest.mark.requirement("R13")
def test_supplementary_items_are_asked_checked_and_shown() -> None:
    rows = [
        {"key": "staffing", "label_zh": "人员配备", "label_en": "Staffing", "kind": "long_text", "required": True},
        {"key": "opened", "label_zh": "日期", "label_en": "Date", "kind": "date", "required": False},
        {"key": "level", "label_zh": "级", "label_en": "Level", "kind": "choice", "required": False,
         "options": ["a", {"key": "b", "label_zh": "乙", "label_en": "B"}]},
        {"key": "later", "label_zh": "以后", "label_en": "Later", "kind": "text", "required": True,
         "effective_from": "2027-01-01"},
    ]  # fmt: skip
    assert errors(complete(), supplementary_items=rows) == {"app.extra.staffing": "required"}
    document = complete()
    document["app"] |= {"extra.staffing": "十人", "extra.opened": "soon", "extra.level": "c"}
    assert errors(document, supplementary_items=rows) == {
        "app.extra.opened": "date",
        "app.extra.level": "choice",
    }
    item = schema.field("app.extra.staffing", policy(supplementary_items=rows))
    assert item is not None
    with translation.override("en"):
        assert str(item.label) == "Staffing"
    with translation.override("zh-hans"):
        assert str(item.label) == "人员配备"
