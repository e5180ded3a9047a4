"""The catalogue for programs: JSON Schema 2020-12 of a section, with the conditions beside it."""

from __future__ import annotations

from typing import Any

from providers.schema.fields import Column, Field, Section

_TYPES: dict[str, dict[str, Any]] = {
    "bool": {"type": "boolean"},
    "accept": {"type": "boolean"},
    "number": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "multi": {"type": "array", "uniqueItems": True},
    "file": {
        "type": "object",
        "required": ["id", "name", "sha256"],
        "properties": {
            "id": {"type": "integer"},
            "name": {"type": "string"},
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "size": {"type": "integer"},
            "type": {"type": "string"},
        },
    },
}


def json_schema(section: Section) -> dict[str, Any]:
    """Schema of one section. Property names are the dotted keys; ``x-shown-when`` carries the condition.

    Only fields that are always required stand in ``required``: what a policy or another answer makes
    required is said by the validation.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:portal:section:{section.key}",
        "title": str(section.title),
        "description": str(section.intro),
        "type": "object",
        "properties": {item.key: _property(item) for item in section.fields},
        "required": [
            item.key for item in section.fields if item.required is True and item.shown_when is None
        ],
        "additionalProperties": False,
    }


def _property(item: Field | Column) -> dict[str, Any]:
    found: dict[str, Any] = dict(_TYPES.get(item.kind, {"type": "string"}))
    found["title"] = str(item.label)
    if item.kind == "choice":
        found["enum"] = [key for key, _label in item.choices]
    elif item.kind == "multi":
        found["items"] = {"enum": [key for key, _label in item.choices]}
    elif item.kind in ("text", "textarea"):
        found["maxLength"] = item.max_length
    if item.check:
        found["x-check"] = item.check
    if isinstance(item, Field):
        if item.kind == "number":
            found.update(minimum=item.low, maximum=item.high)
        if item.kind == "table":
            found.update(
                type="array",
                maxItems=item.max_rows,
                items={
                    "type": "object",
                    "properties": {column.key: _property(column) for column in item.columns},
                    "required": [column.key for column in item.columns if column.required],
                },
            )
        said = {"description": str(item.hint), "x-article": item.article}
        found.update({name: value for name, value in said.items() if value})
        if item.shown_when:
            found["x-shown-when"] = item.shown_when
        if item.readonly:
            found["readOnly"] = True
        found["x-public"] = item.public
    return found
