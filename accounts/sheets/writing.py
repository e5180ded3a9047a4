"""Tables as CSV and XLSX: one way for all of them, row by row, with no cell that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from accounts.sheets.rows import safe_cell
from rulebook.time import ZONE

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 200_000  # of an XLSX; a CSV is streamed without end


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
    return _headed(response, f"{name}.csv")


def workbook_response(name: str, sheets: Mapping[str, Iterable[Sequence[Any]]]) -> FileResponse:
    """A workbook with these sheets, the first row of each its heading, written row by row to a temporary file."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for title, table in sheets.items():
        sheet = book.create_sheet(title[:31])
        sheet.freeze_panes = "A2"
        for number, row in enumerate(table):
            if number > MOST_ROWS:
                break
            sheet.append([cell(value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return _headed(FileResponse(file, content_type=XLSX), f"{name}.xlsx")


def table_response(
    kind: str, name: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> HttpResponseBase:
    """A table as ``kind`` csv or xlsx; whatever else is asked for is a CSV."""
    table = chain([[str(column) for column in columns]], rows)
    return workbook_response(name, {name: table}) if kind == "xlsx" else csv_response(name, table)


def _headed(response: Any, name: str) -> Any:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
