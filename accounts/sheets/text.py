"""CSV: which encoding, which separator, and its rows."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
from collections.abc import Generator, Iterator, Sequence
from typing import IO

from django.utils.translation import gettext as _

from accounts.sheets.rows import HEADING_WITHIN, Column, Limits, RawRow, SheetRefused, placed

CHUNK = 64 * 1024
SEPARATORS = (",", ";", "\t")
#: Excel writes ="0123" to keep leading zeros
_KEPT_TEXT = ('="', '"')


def raw_rows(
    file: IO[bytes], columns: Sequence[Column], limits: Limits
) -> Generator[RawRow, None, None]:
    """The records of the file as texts. Raises ``SheetRefused`` where it cannot be read as a table."""
    encoding = _encoding(file, columns)
    wrong = _lines_in_another_encoding(file, encoding)
    file.seek(0)
    reader_file = io.TextIOWrapper(file, encoding=encoding, newline="", errors="strict")
    try:
        reader_file.seek(0)
        separator = _separator(reader_file)
        reader_file.seek(0)
        yield from _records(reader_file, separator, limits, wrong)
    finally:
        with contextlib.suppress(ValueError):  # the caller has closed the file meanwhile
            reader_file.detach()


def _records(text: io.TextIOWrapper, separator: str, limits: Limits, wrong: set[int]) -> Iterator[RawRow]:
    reader = csv.reader(text, delimiter=separator)
    number, line = 0, 1
    while True:
        try:
            cells = next(reader, None)
        except (csv.Error, UnicodeDecodeError) as error:
            raise SheetRefused(
                "unreadable", _("Line %(line)d cannot be read; is a quotation mark left open before it?")
                % {"line": max(line, reader.line_num)},
            ) from error  # fmt: skip
        if cells is None:
            return
        number += 1
        if any("\x00" in cell for cell in cells):
            raise SheetRefused("not_a_table", _("This is no table. Upload an .xlsx or .csv file."))
        row = RawRow(number, [])
        if wrong.intersection(range(line, reader.line_num + 1)):
            row.errors.append(_("This row is in another encoding than the file. Save the whole file as UTF-8."))
        for index, cell in enumerate(cells[: limits.columns]):
            cell = cell.strip()
            if cell.startswith(_KEPT_TEXT[0]) and cell.endswith(_KEPT_TEXT[1]) and '"' not in cell[2:-1]:
                cell = cell[2:-1]
            elif cell.startswith("="):
                row.cell_errors[index] = _("A formula stands here; only values are taken.")
                cell = ""
            row.cells.append(cell)
        line = reader.line_num + 1
        yield row


def _encoding(file: IO[bytes], columns: Sequence[Column]) -> str:
    """UTF-8 where all of it is, else GB18030 where the heading reads as such; a mark at the start decides."""
    head = file.read(4)
    file.seek(0)
    if head.startswith(codecs.BOM_UTF8):
        return _or_refuse(file, "utf-8-sig")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _or_refuse(file, "utf-16")
    if _undecodable(file, "utf-8") is None:
        return "utf-8"
    # Where neither heading reads, the headings are wrong in any case, and the message shows those that are there.
    if _heading_reads(file, "gb18030", columns) or (
        not _heading_reads(file, "utf-8", columns) and _undecodable(file, "gb18030") is None
    ):
        return _or_refuse(file, "gb18030")
    return _or_refuse(file, "utf-8")


def _or_refuse(file: IO[bytes], encoding: str) -> str:
    line = _undecodable(file, encoding)
    if line is not None:
        raise SheetRefused(
            "encoding",
            _("Line %(line)d is in another encoding than the rest. Save the whole file as UTF-8.") % {"line": line},
        )
    return encoding


def _undecodable(file: IO[bytes], encoding: str) -> int | None:
    """The first line that cannot be read in this encoding; None where all can. Reads in pieces."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n")
            line += text.count("\n")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return line
    finally:
        file.seek(0)
    return None


def _heading_reads(file: IO[bytes], encoding: str, columns: Sequence[Column]) -> bool:
    """Whether one of the first lines, read in this encoding, has the headings."""
    file.seek(0)
    lines = [file.readline(CHUNK).decode(encoding, errors="replace") for _line in range(HEADING_WITHIN)]
    file.seek(0)
    return any(
        placed([cell.strip(' \r\n"') for cell in line.split(separator)], columns) is not None
        for line in lines
        for separator in SEPARATORS
    )


def _lines_in_another_encoding(file: IO[bytes], encoding: str) -> set[int]:
    """Lines of a GB18030 file that are UTF-8: they would be read as other characters without any error.

    Real GB text hardly ever is UTF-8 with a character of three bytes.
    """
    if encoding != "gb18030":
        return set()
    found: set[int] = set()
    file.seek(0)
    for number, line in enumerate(file, start=1):
        if line.isascii():
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if any(sign >= "\u0800" for sign in text):
            found.add(number)
    file.seek(0)
    return found


def _separator(text: io.TextIOWrapper) -> str:
    """The separator that stands most often in the first line that has any."""
    for _line in range(HEADING_WITHIN):
        line = text.readline(CHUNK)
        counts = {separator: line.count(separator) for separator in SEPARATORS}
        best = max(counts, key=counts.__getitem__)
        if counts[best]:
            return best
    return ","
