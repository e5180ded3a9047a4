"""The words and charts of a progress report, from its frozen figures alone: a published report never changes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Province
from registry.enums import EntryState

#: what stands in a report's table, in its order
WORDS = {
    "published": gettext_lazy("Filed in the period"),
    "changed": gettext_lazy("Changes"),
    "offline": gettext_lazy("Taken offline"),
    "revoked": gettext_lazy("Revoked filings"),
    "cancelled": gettext_lazy("Cancelled filings"),
    "in_force": gettext_lazy("Filings in force"),
    "submitted": gettext_lazy("Filings submitted"),
    "lapsed": gettext_lazy("Filings lapsed"),
    "complaints": gettext_lazy("Complaints received"),
    "orders": gettext_lazy("Orders to rectify"),
    "listings": gettext_lazy("Units blacklisted"),
}
#: columns that have a chart by province
CHARTED = ("in_force", "published", "complaints", "orders")


def province_words() -> dict[str, str]:
    """Province codes and the ministry's own, in words."""
    return {"00": _("Ministry"), **{value: str(word) for value, word in Province.choices}}


def charts_of(tables: dict[str, Any]) -> list[dict[str, Any]]:
    """What ``{% bar_chart %}`` draws: by status, and each of ``CHARTED`` by province, most first.

    A figure that is nowhere above zero has no chart.
    """
    names, states = province_words(), tables.get("states", {})
    rows = [(str(label), states[code]) for code, label in EntryState.choices if states.get(code)]
    found = [{"key": "states", "title": _("Filed apps by status"), "columns": [_("Status"), _("Apps")], "rows": rows}]
    for key in CHARTED:
        pairs = [
            (names.get(one.get("code", ""), one.get("code", "")), one.get(key, 0))
            for one in tables.get("provinces", [])
            if one.get(key)
        ]
        pairs.sort(key=lambda pair: -pair[1])
        title = str(WORDS[key])
        found.append(
            {"key": key.replace("_", "-"), "title": title, "columns": [_("Authority"), title], "rows": pairs}
        )  # fmt: skip
    return [one for one in found if one["rows"]]
