"""Tables as files: CSV and XLSX, row by row, with no cell that a spreadsheet takes for a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from accounts import sheets
from accounts.sheets import cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = ("csv", "xlsx")
MOST_ROWS = 200_000  # of an XLSX; a CSV is streamed without end


def csv_response(name: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """The table as a CSV file, its heading first."""
    return sheets.csv_response(name, chain([columns], rows))


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
