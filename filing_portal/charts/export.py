"""The tables behind the charts as files; written where all tables are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.http import FileResponse, StreamingHttpResponse

from accounts import sheets
from accounts.sheets import cell, table_response

__all__ = ["cell", "csv_response", "table_response", "xlsx_response"]


def csv_response(name: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """The table as a CSV file, its heading first."""
    return sheets.csv_response(name, chain([columns], rows))


def xlsx_response(name: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """A workbook of one sheet."""
    return sheets.workbook_response(name, {name: chain([[str(column) for column in columns]], rows)})
