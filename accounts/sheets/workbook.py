"""XLSX: looked over before it is read, since a small file may unpack to a huge one."""

from __future__ import annotations

import zipfile
from collections.abc import Generator, Sequence
from datetime import date, datetime, time
from typing import IO, Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from accounts.sheets.rows import Column, Limits, RawRow, SheetRefused

MOST_PARTS = 400
MOST_MERGED = 2_000
#: from here on a number cell has lost digits: spreadsheets keep fifteen
LOST_DIGITS = 10**15


class _Forbidden(Exception):
    """A part declares a document type, which spreadsheets never do and entity bombs must."""


def raw_rows(
    file: IO[bytes], columns: Sequence[Column], limits: Limits
) -> Generator[RawRow, None, None]:
    """The rows of the first sheet as texts. Raises ``SheetRefused`` where the file is no sound workbook."""
    _look_over(file, limits)
    from openpyxl import load_workbook

    try:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        sheet = sheets[0]
        merged = _merged(file, sheet)
        sheet.reset_dimensions()  # what the file says of its size need not be true
        rows = sheet.iter_rows(min_row=1, min_col=1, max_col=limits.columns)
    except SheetRefused:
        raise
    except Exception as error:  # a hostile workbook can raise anything in the library that reads it
        raise _broken() from error
    try:
        while True:
            try:
                cells = next(rows, None)
            except Exception as error:
                raise _broken() from error
            if cells is None:
                return
            yield _row(cells, merged)
    finally:
        book.close()


def _broken() -> SheetRefused:
    return SheetRefused("unreadable", _("This workbook cannot be read. Save it anew as .xlsx, or as .csv in UTF-8."))


def _row(cells: Sequence[Any], merged: _Merged) -> RawRow:
    merged.at += 1
    row = RawRow(merged.at, [])
    for index, cell in enumerate(cells):
        value, problem = _text(cell)
        row.cells.append(value)
        if problem:
            row.cell_errors[index] = problem
    if merged.covers(row.number):
        row.errors.append(_("Cells of this row are merged with others. Separate them and fill in each."))
    return row


def _text(cell: Any) -> tuple[str, str]:
    """The text of a cell, or what is wrong with it."""
    value = cell.value
    if value is None:
        return "", ""
    kind = getattr(cell, "data_type", "")
    if kind == "f":
        return "", _("A formula stands here; only values are taken.")
    if kind == "e":
        return "", _("The cell shows an error (%(value)s).") % {"value": str(value)[:20]}
    if isinstance(value, bool):
        return ("true" if value else "false"), ""
    if isinstance(value, int | float):
        if abs(value) >= LOST_DIGITS:
            return "", _("A number this long has lost digits. Format the column as text and enter it again.")
        return (str(int(value)) if float(value).is_integer() else repr(value)), ""
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat(), ""
    if isinstance(value, date | time):
        return value.isoformat(), ""
    return str(value).strip(), ""


def _look_over(file: IO[bytes], limits: Limits) -> None:
    """Refuses what is no workbook, is locked, unpacks to too much, or declares entities; nothing is unpacked whole.

    Sizes in the directory can be relied on: the unpacking stops at them.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
                raise SheetRefused("not_a_table", _("This is no table. Upload an .xlsx or .csv file."))
            if any(part.flag_bits & 1 for part in parts):
                raise SheetRefused("locked", _("The workbook has a password. Save it without one."))
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > limits.unpacked:
                raise SheetRefused("too_large", _("The workbook unpacks to too much. Keep to one sheet, or split it."))
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _no_document_type(archive, part)
    except SheetRefused:
        raise
    except Exception as error:  # a damaged or hostile archive raises classes of the unpackers and of the parser
        raise _broken() from error
    file.seek(0)


def _no_document_type(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A document type can only stand before the first element, so the first piece tells."""

    def refuse(*_arguments: Any) -> None:
        raise _Forbidden(part.filename)

    def enough(*_arguments: Any) -> None:
        raise StopIteration

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = enough
    with archive.open(part) as stream:
        try:
            while chunk := stream.read(64 * 1024):
                parser.Parse(chunk, False)
        except StopIteration:
            return


class _Merged:
    """The rows that merged ranges cover, and the row that is being read."""

    def __init__(self) -> None:
        self.ranges: list[tuple[int, int]] = []
        self.at = 0

    def covers(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self.ranges)


def _merged(file: IO[bytes], sheet: Any) -> _Merged:
    """Merged ranges stand behind the rows, so they are read beforehand, in pieces."""
    from openpyxl.utils.cell import range_boundaries

    found = _Merged()

    def element(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] != "mergeCell":
            return
        if len(found.ranges) >= MOST_MERGED:
            raise SheetRefused("merged", _("Too many cells are merged. Separate them and fill in each."))
        _left, first, _right, last = range_boundaries(attributes.get("ref", ""))
        found.ranges.append((int(first or 1), int(last or 1)))

    parser = expat.ParserCreate()
    parser.StartElementHandler = element
    with zipfile.ZipFile(file) as archive, archive.open(sheet._worksheet_path) as stream:
        while chunk := stream.read(64 * 1024):
            parser.Parse(chunk, False)
    return found
