"""Values as people read them."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from providers.schema.fields import Column, Field, is_empty


def display(field: Field | Column, value: Any, lang: str | None = None) -> str:
    """One value as text, in ``lang`` or the reader's language; "–" for nothing. Tables: a line per row."""
    if lang is not None:
        with translation.override(lang):
            return _display(field, value)
    return _display(field, value)


def _display(field: Field | Column, value: Any) -> str:
    if is_empty(value):
        return "–"
    kind = field.kind
    if kind == "bool" and isinstance(value, bool):
        return _("Yes") if value else _("No")
    if kind == "accept":
        return _("Accepted") if value is True else _("Not accepted")
    if kind == "choice":
        return str(dict(field.choices).get(value, value)) if isinstance(value, str) else str(value)
    if kind == "multi" and isinstance(value, list):
        words = dict(field.choices)
        return _(", ").join(str(words.get(one, one)) if isinstance(one, str) else str(one) for one in value)
    if kind == "file" and isinstance(value, dict):
        return str(value.get("name") or "–")
    if kind == "table" and isinstance(value, list) and isinstance(field, Field):
        return "\n".join(row_text(field, row) for row in value if isinstance(row, dict))
    return str(value)


def row_text(field: Field, row: dict[str, Any]) -> str:
    """A row of a table in one line: label and value of each filled cell."""
    parts = [
        _("%(label)s: %(value)s") % {"label": column.label, "value": _display(column, row.get(column.key))}
        for column in field.columns
        if not is_empty(row.get(column.key))
    ]
    return _("; ").join(parts)
