"""The catalogue: its shape, how values are shown, and that any document is judged without an error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from providers import schema
from providers.schema import Context
from providers.schema.fields import fields_of_condition
from tests.providers.documents import FILE, KINDS, ON, changed, complete, policy

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
