"""What of a document the public may see."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from providers.schema import catalogue
from providers.schema.display import display
from providers.schema.fields import Context, Document, Field, is_empty, lookup

_EDITIONS = (
    ("android", "android_package"),
    ("ios", "ios_bundle"),
    ("harmony", "harmony_bundle"),
    ("mini_program", "miniprogram_id"),
    ("official_account", "official_account"),
)
#: Written in words, in the language of the record: the registry has no words of its own for these codes.
_IN_WORDS = frozenset({"subjects", "charges", "provider_kind"})
_LANGUAGE = "zh-hans"


def public_view(document: Document) -> dict[str, Any]:
    """The public snapshot in the shape of ``registry.domain.publish``; built from public fields alone.

    A field that does not apply is left out, whatever an earlier draft had put there.
    """
    context = Context(document, None, "initial", date.min)
    view: dict[str, Any] = {}
    for _section, item in catalogue.fields("initial"):
        if item.public_as in ("", "editions") or not catalogue.is_shown(item, context):
            continue
        value = lookup(document, item.key)
        if not is_empty(value):
            view[item.public_as] = _public_value(item, value)
    app = document.get("app") or {}
    if isinstance(app.get("has_ads"), bool):
        with translation.override(_LANGUAGE):
            none = gettext("No advertisements")
        view["advertising"] = str(app.get("ads_description") or "") if app["has_ads"] else none
    view["editions"] = [{"kind": kind, "id": str(app[key])} for kind, key in _EDITIONS if app.get(key)]
    return view


def _public_value(item: Field, value: Any) -> Any:
    if item.public_as in _IN_WORDS:
        if isinstance(value, list):
            words = dict(item.choices)
            return [
                display(Field("", "", "choice", choices=tuple(words.items())), one, _LANGUAGE)
                for one in value
            ]
        return display(item, value, _LANGUAGE)
    if item.kind == "number":
        return int(value) if str(value).isdecimal() else None
    if item.kind == "table" and isinstance(value, list):
        return [_public_row(item, row) for row in value if isinstance(row, dict)]
    return value


def _public_row(item: Field, row: dict[str, Any]) -> dict[str, Any]:
    return {
        column.key: display(column, row[column.key], _LANGUAGE)
        if column.kind == "choice"
        else row[column.key]
        for column in item.columns
        if not is_empty(row.get(column.key))
    }
