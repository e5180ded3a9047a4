"""How two documents differ, and what of a document is public."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import schema
from tests.providers.documents import FILE, changed, complete

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
