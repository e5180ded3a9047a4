"""Tables as files: CSV and XLSX, row by row, with no cell that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from accounts.sheets import safe_cell
from rulebook.time import ZONE

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = ("csv", "xlsx")
MOST_ROWS = 200_000  # of an XLSX; a CSV is streamed without end


def cell(value: Any) -> Any:
    """A cell: numbers stay numbers, moments become Beijing time, everything else safe text."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return safe_cell("".join(sign for sign in str(value) if sign >= " " or sign in "\n\t"))


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_response(name: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """UTF-8 with a mark that spreadsheet programs understand, streamed."""
    writer = csv.writer(_Echo())

    def stream() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow([cell(str(column)) for column in columns])
        for row in rows:
            yield writer.writerow([cell(value) for value in row])

    response = StreamingHttpResponse(stream(), content_type="text/csv; charset=utf-8")
    return _headed(response, f"{name}.csv")


def xlsx_response(name: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """A workbook of one sheet, written row by row to a temporary file that goes with the answer."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    sheet.append([cell(str(column)) for column in columns])
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            break
        sheet.append([cell(value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return _headed(FileResponse(file, content_type=XLSX), f"{name}.xlsx")


def table_response(
    kind: str, name: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> HttpResponseBase:
    """``kind`` csv or xlsx; whatever else is asked for is a CSV."""
    return xlsx_response(name, columns, rows) if kind == "xlsx" else csv_response(name, columns, rows)


def _headed(response: Any, name: str) -> Any:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
