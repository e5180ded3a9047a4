"""The catalogue: its shape, conditions, validation, derivation, differences and what is public."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from providers import schema
from providers.schema import Context
from providers.schema.fields import fields_of_condition
from rulebook import catalogue as settings_of_policies
from rulebook.policies import Policy

ON = date(2026, 9, 24)
KINDS = ["initial", "change", "resume", "cancel", "unit_change"]
FILE = {"id": 1, "name": "a.pdf", "sha256": "0" * 64, "size": 5, "type": "application/pdf"}


def policy(on: date = ON, **data: Any) -> Policy:
    return Policy(on, {**settings_of_policies.defaults(), **data}, ())


def complete() -> dict[str, dict[str, Any]]:
    """A document without any problem, built from the catalogue so that a new field shows up here."""
    unit = {
        "name": "示例科技有限公司", "kind": "enterprise", "uscc": "91110108MA01TE5T3U", "licence_scan": FILE,
        "legal_representative": "甲", "province": "11", "registered_address": "示例路1号", "department": "产品部",
        "responsible": [{"name": "乙", "position": "主任"}], "contact_name": "丙", "contact_mobile": "13800000000",
        "contact_email": "a@example.test", "authorisation_letter": FILE, "has_branches": False,
    }  # fmt: skip
    system = {
        "name": "平台", "domain": "app.example.com", "hosting_place": "北京", "has_developers": False,
        "icp_number": "京ICP备14035507号-1", "icp_proof": FILE, "telecom_business": False, "mlps_level": "2",
        "mlps_number": "11010899001-00001", "mlps_certificate": FILE, "mlps_authority": "公安",
        "mlps_date": "2025-03-01",
        "has_mlps_report": True, "mlps_report": FILE, "mlps_report_until": "2027-12-31", "security_officer": "丁",
        "security_phone": "13800000001", "security_measures": "有", "complaint_url": "https://app.example.com/help",
        "complaint_entry": FILE, "complaint_days": 3, "service_agreement_url": "https://app.example.com/a",
        "privacy_policy_url": "https://app.example.com/p", "privacy_policy": FILE, "data_protection": FILE,
    }  # fmt: skip
    app = {
        "name": "示例阅读", "purpose": "阅读", "version": "1.0.0", "android_package": "com.example.a",
        "stages": ["primary"], "user_groups": ["students"], "functions": ["reading"], "subjects": ["chinese"],
        "trains_in_subjects": False, "photo_search": False, "mainly_minors": True, "age_from": 6, "age_to": 12,
        "time_limit": "有", "content_control": "有", "has_forum": False, "has_ads": False, "has_games": False,
        "charges": "free", "collects_information": True, "real_name": "mobile", "hosts_institutions": False,
        "personal_information": [{"item": "手机号", "purpose": "登录", "manner": "entered", "required": True}],
        "guardian_consent": "有", "user_consent": "有",
    }  # fmt: skip
    filing = {item.name: True for item in schema.sections("initial")[-1].fields if item.kind == "accept"}
    return {"unit": unit, "system": system, "app": app, "filing": {**filing, "signed_name": "戊"}}


def changed(**values: Any) -> dict[str, dict[str, Any]]:
    """The complete document with other values: ``app__has_forum=True``."""
    document = complete()
    for key, value in values.items():
        part, name = key.split("__", 1)
        document[part][name] = value
    return document


def errors(document: Any, kind: str = "initial", **settings_: Any) -> dict[str, str]:
    found = schema.validate(document, policy(**settings_), kind, ON)
    return {p.field_key: p.code for p in found if p.is_error}


# --- shape -------------------------------------------------------------------------------------------


@pytest.mark.requirement("R4", "R37")
@pytest.mark.parametrize("kind", KINDS)
def test_catalogue_is_sound(kind: str) -> None:
    keys = [item.key for _section, item in schema.fields(kind)]
    assert len(keys) == len(set(keys))
    section_keys = [one.key for one in schema.sections(kind)]
    assert len(section_keys) == len(set(section_keys))
    from providers.checks import CHECKS

    for section, item in schema.fields(kind):
        assert item.part in schema.PARTS
        assert item.check == "" or item.check in CHECKS
        assert item.kind in (
            "text",
            "textarea",
            "choice",
            "multi",
            "bool",
            "accept",
            "date",
            "number",
            "table",
            "file",
        )
        assert bool(item.columns) == (item.kind == "table")
        assert item.kind not in ("choice", "multi") or item.choices
        assert str(item.label)
        assert section.group_no in schema.GROUPS
        for key in fields_of_condition(item.shown_when):
            assert schema.field(key) is not None, f"{item.key} hangs on {key}"
        json.dumps(item.shown_when)


def test_every_field_is_found_by_its_key() -> None:
    for kind in KINDS:
        for _section, item in schema.fields(kind):
            assert schema.field(item.key) is item
    assert schema.field("app.nothing") is None


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_labels_read_in_both_languages(language: str) -> None:
    with translation.override(language):
        for section in schema.sections("change"):
            assert str(section.title)
            json.dumps(schema.json_schema(section))


def test_json_schema_says_what_is_required_and_when_it_is_shown() -> None:
    section = schema.section("mlps", "initial")
    assert section is not None
    found = schema.json_schema(section)
    number = found["properties"]["system.mlps_number"]
    assert number["x-shown-when"] == {"field": "system.mlps_level", "in": ["2", "3", "4"]}
    assert number["x-check"] == "mlps"
    assert found["properties"]["system.mlps_report"]["required"] == ["id", "name", "sha256"]
    licence = schema.section("licence", "initial")
    assert licence is not None
    assert "unit.name" in schema.json_schema(licence)["required"]


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


# --- derivation and admission ------------------------------------------------------------------------

DISCIPLINE = {"subjects": ["mathematics"], "stages": ["junior"], "trains_in_subjects": True}


@pytest.mark.requirement("R71", "R72", "R73")
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, True), ({"stages": ["senior"]}, True), ({"stages": ["primary", "higher"]}, True),
        ({"stages": ["vocational"]}, False), ({"stages": ["preschool", "higher", "continuing"]}, False),
        ({"subjects": ["arts", "sports_health", "practice"]}, False), ({"subjects": ["arts", "russian"]}, True),
        ({"trains_in_subjects": False}, False), ({"trains_in_subjects": None}, False), ({"subjects": None}, False),
        ({"stages": "junior"}, False),
    ],
)  # fmt: skip
def test_discipline_is_derived_from_subject_stage_and_training(
    values: dict[str, Any], expected: bool
) -> None:
    found = schema.derive_discipline({**DISCIPLINE, **values})
    assert found.is_discipline is expected
    assert found.because
    assert all(str(sentence) for sentence in found.because)
    shown = schema.holds(schema.DISCIPLINE, {"app": {**DISCIPLINE, **values}})
    assert shown is expected, "the page follows the same rule"


@pytest.mark.requirement("R72")
@pytest.mark.parametrize("subject", [key for key, _label in schema.catalogue.app.choices.DISCIPLINE_SUBJECTS])
def test_every_discipline_subject_counts(subject: str) -> None:
    assert schema.derive_discipline({**DISCIPLINE, "subjects": [subject]}).is_discipline


@pytest.mark.requirement("R74")
def test_discipline_training_needs_its_licence() -> None:
    found = errors(changed(**{f"app__{k}": v for k, v in DISCIPLINE.items()}))
    assert {"app.training_licence_number", "app.training_licence", "app.training_licence_until"} <= set(found)


@pytest.mark.requirement("R75")
@pytest.mark.parametrize(
    ("uscc", "refused", "warned"),
    [("91110108MA01TE5T3U", True, False), ("12110000MJ01A23XXA", True, False), ("", True, False),
     ("52110000MJ01A23XXA", False, False), ("51110000MJ01A23XXA", False, True), ("53110000MJ01A23XXA", False, True),
     ("59110000MJ01A23XXA", False, True)],
)  # fmt: skip
def test_discipline_training_is_for_non_profit_legal_persons(uscc: str, refused: bool, warned: bool) -> None:
    document = changed(unit__uscc=uscc, **{f"app__{k}": v for k, v in DISCIPLINE.items()})
    assert ("not_non_profit" in schema.admission(document, policy()).codes) is refused
    warnings = [p.code for p in schema.validate(document, policy(), "initial", ON) if not p.is_error]
    passes_check = uscc in ("91110108MA01TE5T3U", "52110000MJ01A23XXA")
    assert ("not_52" in warnings) is (warned and passes_check) or not passes_check


RULE = {
    "effective_from": "2022-04-27",
    "message_zh": "不受理",
    "message_en": "Not accepted",
    "article": "bj-3-5",
}


@pytest.mark.requirement("R77", "R78")
@pytest.mark.parametrize(
    ("code", "values"),
    [("preschool_training", {"app__stages": ["preschool"], "app__preschool_training": True}),
     ("photo_search", {"app__photo_search": True})],
)  # fmt: skip
def test_admission_rule_stops_only_where_and_when_it_is_in_force(code: str, values: dict[str, Any]) -> None:
    rule = {"code": code, **RULE}
    assert schema.admission(changed(**values), policy()) == []
    found = schema.admission(changed(**values), policy(admission_rules=[rule]))
    assert found.codes == [code]
    assert found[0].article == "bj-3-5"
    assert schema.admission(complete(), policy(admission_rules=[rule])) == []
    assert schema.admission(changed(**values), policy(date(2022, 4, 26), admission_rules=[rule])) == []


@pytest.mark.parametrize(
    ("params", "stopped"),
    [({}, True), ({"stages": ["primary"]}, True), ({"stages": ["higher"]}, False),
     ({"stages": ["primary"], "functions": ["homework"]}, False), ({"functions": ["reading"],
     "discipline": False}, True),
     ({"discipline": True}, False), ({"trains": True}, False), ({"trains": False}, True)],
)  # fmt: skip
def test_suspended_category_is_matched_by_all_that_it_names(params: dict[str, Any], stopped: bool) -> None:
    rule = {"code": "suspended_category", **RULE, "params": params}
    assert bool(schema.admission(complete(), policy(admission_rules=[rule]))) is stopped


# --- differences -------------------------------------------------------------------------------------


def test_same_documents_do_not_differ() -> None:
    assert schema.diff(complete(), copy.deepcopy(complete())) == []


def test_differences_name_the_field_and_the_place() -> None:
    new = changed(
        system__mlps_number="11010899001-00002", app__has_forum=True, unit__domicile="新址", app__purpose=None
    )
    found = {item.key: item for item in schema.diff(complete(), new)}
    assert {key: item.kind for key, item in found.items()} == {
        "system.mlps_number": "changed", "app.has_forum": "changed", "unit.domicile": "added",
        "app.purpose": "removed"}  # fmt: skip
    assert found["system.mlps_number"].segments == [
        ("equal", "11010899001-0000"),
        ("delete", "1"),
        ("insert", "2"),
    ]
    assert found["system.mlps_number"].section_key == "mlps"


@pytest.mark.requirement("R37")
def test_files_differ_by_name_and_hash() -> None:
    assert schema.diff(complete(), changed(unit__licence_scan={**FILE, "id": 9, "size": 7})) == []
    for other in ({**FILE, "sha256": "1" * 64}, {**FILE, "name": "b.pdf"}):
        assert [item.key for item in schema.diff(complete(), changed(unit__licence_scan=other))] == [
            "unit.licence_scan"
        ]


def test_rows_of_tables_are_compared_line_by_line() -> None:
    row = complete()["app"]["personal_information"][0]
    new = changed(app__personal_information=[row, {"item": "录音", "purpose": "朗读", "manner": "entered"}])
    (found,) = schema.diff(complete(), new)
    assert [operation for operation, _old, _new in found.rows] == ["equal", "insert"]


def test_field_that_the_catalogue_has_forgotten_is_still_compared() -> None:
    assert [item.key for item in schema.diff(complete(), changed(app__old_field="x"))] == ["app.old_field"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_segments_put_both_texts_together_again(old: str, new: str) -> None:
    found = schema.segments(old, new)
    assert "".join(text for operation, text in found if operation != "insert") == old
    assert "".join(text for operation, text in found if operation != "delete") == new


def test_long_texts_are_not_marked() -> None:
    assert schema.segments("a" * 401, "b") == []


# --- public ------------------------------------------------------------------------------------------


@pytest.mark.requirement("R50", "R89", "R157")
def test_public_view_has_what_the_registry_needs() -> None:
    view = schema.public_view(complete())
    assert (view["app_name"], view["provider_name"], view["uscc"], view["province_code"]) == (
        "示例阅读", "示例科技有限公司", "91110108MA01TE5T3U", "11")  # fmt: skip
    assert (view["age_from"], view["age_to"]) == (6, 12)
    assert view["editions"] == [{"kind": "android", "id": "com.example.a"}]
    assert view["personal_information"][0]["item"] == "手机号"
    json.dumps(view)


def secrets(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in secrets(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in secrets(inner)]
    return [str(value)]


def test_nothing_but_public_fields_leaves_the_document() -> None:
    document: dict[str, dict[str, Any]] = {"unit": {}, "system": {}, "app": {}, "filing": {}}
    for _section, item in schema.fields("initial"):
        if item.kind in ("text", "textarea", "date") and not item.public:
            document[item.part][item.name] = f"SECRET-{item.key}"
        if item.kind == "file":
            document[item.part][item.name] = {**FILE, "name": "SECRET.pdf"}
        if item.kind == "table" and not item.public:
            document[item.part][item.name] = [{column.key: "SECRET" for column in item.columns}]
    document["app"] |= {
        "mainly_minors": True,
        "trains_in_subjects": True,
        "hosts_institutions": True,
        "has_ads": False,
    }
    document["unit"]["anything"] = "SECRET"
    assert not [text for text in secrets(schema.public_view(document)) if "SECRET" in text]


def test_value_of_a_part_that_no_longer_applies_is_not_published() -> None:
    assert "age_from" not in schema.public_view(changed(app__mainly_minors=False))


# --- robustness --------------------------------------------------------------------------------------

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
KEYS = sorted({item.key for kind in KINDS for _section, item in schema.fields(kind)})


@given(st.dictionaries(st.sampled_from(KEYS), JUNK, max_size=12), st.sampled_from(KINDS))
@settings(max_examples=150, deadline=None)
def test_any_document_is_judged_without_an_error(values: dict[str, Any], kind: str) -> None:
    document = complete()
    for key, value in values.items():
        part, _dot, name = key.partition(".")
        document[part][name] = value
    found = schema.validate(document, policy(), kind, ON)
    json.dumps([problem.as_dict() for problem in found])
    schema.completeness(document, policy(), kind, ON)
    schema.diff(complete(), document)
    schema.admission(document, policy())
    json.dumps(schema.public_view(document))
    for _section, item in schema.fields(kind):
        value = schema.lookup(document, item.key)
        schema.display(item, value)
        schema.normalise(item, value)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_values_are_shown_in_words(language: str) -> None:
    item = schema.field("app.stages")
    table = schema.field("app.personal_information")
    accept = schema.field("filing.commit_law")
    assert item is not None and table is not None and accept is not None
    with translation.override("en"):
        assert schema.display(item, ["junior", "higher"]) == "Junior secondary, Higher education"
    assert "primary" not in schema.display(item, ["primary"], language)
    assert schema.display(item, None, language) == "–"
    assert "手机号" in schema.display(table, complete()["app"]["personal_information"], language)
    assert schema.display(accept, True, language)
    assert schema.display(schema.Field("x.y", "x", "file"), FILE, language) == "a.pdf"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [(None, True), ({"field": "app.a", "is": True}, True), ({"field": "app.a", "is": "True"}, False),
     ({"not": {"field": "app.a", "is": True}}, False), ({"field": "app.n", "at_least": 2}, True),
     ({"field": "app.n", "at_least": 4}, False), ({"field": "app.missing"}, False), ({"field": "app.a"}, True),
     ({"any": [{"field": "app.missing"}, {"field": "app.l", "has_any": ["x"]}]}, True),
     ({"all": [{"field": "app.missing"}, {"field": "app.a"}]}, False), ({"field": "app.s", "in": ["y", "z"]}, True)],
)  # fmt: skip
def test_conditions(condition: Any, expected: bool) -> None:
    document = {"app": {"a": True, "n": "3", "l": ["x"], "s": "y"}}
    assert schema.holds(condition, document) is expected


def test_required_and_shown_follow_the_context() -> None:
    item = schema.field("system.telecom_licence")
    assert item is not None
    assert not schema.is_shown(item, Context(complete(), None, "initial", ON))
    assert schema.is_shown(item, Context(changed(system__telecom_business=True), None, "initial", ON))
