"""A table before it is taken in: what is wrong beside each row, what each right one would do, the wrong ones as a file.

Rows are ``{"row": number, "original": {…}, "values": {…}, "errors": [{"field", "message"}]}``, as a batch keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from accounts.sheets.writing import csv_response

WRONG_SHOWN = 200


def split(rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The right rows and the wrong ones."""
    return [one for one in rows if not one["errors"]], [one for one in rows if one["errors"]]


def preview(
    right: Sequence[dict[str, Any]], wrong: Sequence[dict[str, Any]], *, said: Mapping[int, str],
    columns: Sequence[Any], shown: int,
) -> dict[str, Any]:
    """For a page: counts by what is said of the right rows ("new", "changed", "same"), and the first of each."""
    titles = {column.key: column.titles[0] for column in columns}
    return {
        "counts": {word: sum(1 for value in said.values() if value == word) for word in ("new", "changed", "same")},
        "wrong": [
            {"row": one["row"], "values": one["original"],
             "errors": [{"title": titles.get(e["field"], ""), "message": e["message"]} for e in one["errors"]]}
            for one in wrong[:WRONG_SHOWN]
        ],
        "right": [
            {"row": one["row"], "values": one["values"], "does": said.get(one["row"], "")} for one in right[:shown]
        ],
        "more": max(len(right) - shown, 0),
    }  # fmt: skip


def wrong_rows(name: str, columns: Sequence[Any], wrong: Sequence[dict[str, Any]]) -> HttpResponseBase:
    """The wrong rows as a table to correct and upload again, with what is wrong in the last column."""
    heading = [_("Row"), *(column.titles[0] for column in columns), _("What is wrong")]
    lines = [
        [one["row"], *(one["original"].get(column.key, "") for column in columns),
         "；".join(error["message"] for error in one["errors"])]
        for one in wrong
    ]  # fmt: skip
    return csv_response(name, [heading, *lines])
