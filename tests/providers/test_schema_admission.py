"""What follows from a document: its type, and whether it may be filed at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from providers import schema
from tests.providers.documents import ON, changed, complete, errors, policy

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
