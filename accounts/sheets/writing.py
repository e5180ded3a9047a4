"""Tables as CSV files: one way for all of them, streamed, with no cell that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse

from accounts.sheets.rows import safe_cell
from rulebook.time import ZONE

CSV = "text/csv; charset=utf-8"


class _Echo:
    def write(self, text: str) -> str:
        return text


def cell(value: Any) -> Any:
    """A cell: numbers stay numbers, moments become Beijing time, everything else safe text; empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return safe_cell("".join(sign for sign in str(value) if sign >= " " or sign in "\n\t"))


def csv_lines(table: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The lines of a file in UTF-8, begun by the mark that spreadsheet programs understand."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for line in table:
        yield writer.writerow([cell(value) for value in line])


def csv_response(name: str, table: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """A table, its heading first, as a file ``name.csv`` that no cache keeps."""
    response = StreamingHttpResponse(csv_lines(table), content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store"
    return response
