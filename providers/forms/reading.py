"""From a POST to values of the catalogue. Junk is dropped, never an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from providers import schema
from providers.schema import Column, Field

MAX_TEXT = 5_000  # typed text is kept beyond a field's limit, so that nothing is lost, but not without end
_ROW = re.compile(r"^(?P<index>[0-9]{1,4})-(?P<column>[a-z_]+)$")


def read(section: schema.Section, data: QueryDict) -> dict[str, Any]:
    """The values of a section's fields by dotted key. Files and read-only fields are not read here.

    A field that was not on the page (hidden by a condition) is told by its marker being absent: each field
    that is laid out carries a hidden ``present`` with its key.
    """
    present = set(data.getlist("present"))
    values = {}
    for item in section.fields:
        if item.readonly or item.kind == "file" or item.key not in present:
            continue
        values[item.key] = schema.normalise(item, _value(item, data))
    return values


def _value(item: Field, data: QueryDict) -> Any:
    if item.kind == "table":
        return _rows(item, data)
    if item.kind == "multi":
        known = dict(item.choices)
        return [one for one in data.getlist(item.key)[:100] if one in known]
    return _single(item, data.get(item.key, ""))


def _single(item: Field | Column, text: str) -> Any:
    text = text.replace("\x00", "")[:MAX_TEXT]
    if item.kind == "bool":
        return {"yes": True, "no": False}.get(text)
    if item.kind == "accept":
        return text == "yes"
    if item.kind == "file":
        # a cell names a file that is there already; who reads the form puts the file itself in its place
        return {"id": int(text)} if text.isascii() and text.isdecimal() and len(text) < 18 else None
    return text


def _rows(item: Field, data: QueryDict) -> list[dict[str, Any]]:
    """Rows by their index; a row with nothing in it falls away."""
    columns = {column.key: column for column in item.columns}
    found: dict[int, dict[str, Any]] = {}
    prefix = f"{item.key}-"
    for name in data:
        if not name.startswith(prefix):
            continue
        match = _ROW.match(name[len(prefix) :])
        if match is None or match["column"] not in columns:
            continue
        column = columns[match["column"]]
        found.setdefault(int(match["index"]), {})[column.key] = _single(column, data.get(name, ""))
    removed = data.get("remove_row", "")
    rows = [
        {key: value for key, value in row.items() if not schema.is_empty(value)}
        for index, row in sorted(found.items())
        if removed != f"{item.key}-{index}"
    ]
    return [row for row in rows if any(value is not False for value in row.values())][: item.max_rows + 1]


def split_parts(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Values by part, with the names inside the part."""
    parts: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        part, _dot, name = key.partition(".")
        parts.setdefault(part, {})[name] = value
    return parts


def merged(document: Mapping[str, Mapping[str, Any]], values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The document with the values in it."""
    new = {part: dict(inner) for part, inner in document.items()}
    for part, inner in split_parts(values).items():
        new.setdefault(part, {}).update(inner)
    return new
