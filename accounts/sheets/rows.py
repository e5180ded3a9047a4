"""Rows of a spreadsheet by the names of their columns, with what is wrong beside each."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.translation import gettext as _

from ledger.text import storable

#: the heading is looked for in the first so many rows: above it a table may have a title
HEADING_WITHIN = 10
#: what a spreadsheet may take for a formula when a cell begins with it
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class SheetRefused(ValueError):
    """The file as a whole cannot be taken. ``code`` names the cause, the message says what to do."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Column:
    """A column to be read. ``titles``: headings that it may have, the first being the one shown to people."""

    key: str
    titles: tuple[str, ...]
    required: bool = False  # every row must say it
    optional_heading: bool = False  # the file may lack the column
    longest: int = 500  # characters


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read: bytes of the file and unpacked, rows below the heading, columns, characters of a cell."""

    size: int = 10 * 1024 * 1024
    unpacked: int = 48 * 1024 * 1024
    rows: int = 20_000
    columns: int = 100
    cell: int = 5_000


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong, and in which column; an empty key means the whole row."""

    key: str
    message: str


@dataclass(slots=True)
class SheetRow:
    """A row as a spreadsheet program numbers it (the first line of the file is 1), and its texts by column key.

    ``there``: the columns that the table has at all; the others are empty in ``values``.
    """

    number: int
    values: dict[str, str]
    errors: list[CellProblem] = field(default_factory=list)
    there: frozenset[str] = frozenset()

    @property
    def ok(self) -> bool:
        return not self.errors


@dataclass(slots=True)
class RawRow:
    """A row before its columns are known: texts in order, problems by place, problems of the whole row."""

    number: int
    cells: list[str]
    cell_errors: dict[int, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not self.errors and not self.cell_errors and not any(self.cells)


def read_rows(file: IO[bytes], columns: Sequence[Column], limits: Limits | None = None) -> Iterator[SheetRow]:
    """The rows below the heading, empty ones left out, read as they are asked for.

    ``file`` is open for reading in binary and can seek. The heading is the first row (within the first ten) that
    has the titles of the columns, in any order, with others between. Texts are trimmed and in normal form (NFC).
    Raises ``SheetRefused`` while reading, also for the row that is one too many: what came before it is then not
    to be kept, so do the whole in one transaction, or use ``read_all``.
    """
    limits = limits or Limits()
    kind = _kind(file, limits)
    if kind == "xlsx":
        from accounts.sheets.workbook import raw_rows
    else:
        from accounts.sheets.text import raw_rows
    with closing(raw_rows(file, columns, limits)) as rows:
        yield from _named(rows, columns, limits)


def read_all(file: IO[bytes], columns: Sequence[Column], limits: Limits | None = None) -> list[SheetRow]:
    """All rows at once, at most ``limits.rows``. Raises ``SheetRefused``, also where there is none."""
    rows = list(read_rows(file, columns, limits))
    if not rows:
        raise SheetRefused("no_rows", _("The table has no row below its heading."))
    return rows


def safe_cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: texts that begin like one get an apostrophe.

    Full-width signs count, and so do signs behind spaces: programs that trim cells would find them.
    """
    if isinstance(value, str) and (value.startswith(FORMULA_SIGNS) or value.lstrip().startswith(FORMULA_SIGNS)):
        return "'" + value
    return value


def fold(title: str) -> str:
    """A heading as it is compared: no spaces, stars or case, full-width forms folded."""
    text = unicodedata.normalize("NFKC", title).casefold()
    return "".join(sign for sign in text if not sign.isspace() and sign not in "*:")


def placed(cells: Sequence[str], columns: Sequence[Column]) -> dict[int, Column] | None:
    """Which place holds which column, where the row has the headings; None where one that must be is missing."""
    wanted = {fold(title): column for column in columns for title in (column.key, *column.titles)}
    found = {index: wanted[fold(cell)] for index, cell in enumerate(cells) if cell and fold(cell) in wanted}
    there = {column.key for column in found.values()}
    if any(column.key not in there and not column.optional_heading for column in columns):
        return None
    return found if there else None


def _kind(file: IO[bytes], limits: Limits) -> str:
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if not size:
        raise SheetRefused("empty", _("The file is empty."))
    if size > limits.size:
        raise SheetRefused(
            "too_large", _("The file is larger than %(size)d MB. Split it.") % {"size": limits.size // 1024**2}
        )
    head = file.read(8)
    file.seek(0)
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetRefused(
            "old_format", _("This is an old .xls file or one with a password. Save it as .xlsx or .csv without one.")
        )
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise SheetRefused("not_a_table", _("This is no table. Upload an .xlsx or .csv file."))
    return "csv"


def _named(rows: Iterator[RawRow], columns: Sequence[Column], limits: Limits) -> Iterator[SheetRow]:
    """From places to names: finds the heading, then checks each row below it."""
    places: dict[int, Column] | None = None
    best: list[str] = []
    for tried, row in enumerate(rows):
        places = placed(row.cells, columns)
        if places is not None:
            _heading_sound(row, places)
            break
        best = best or [cell for cell in row.cells if cell]
        if tried + 1 >= HEADING_WITHIN:
            break
    if places is None:
        raise SheetRefused("no_heading", _heading_missing(best, columns))
    count = 0
    for row in rows:
        if row.empty:
            continue
        count += 1
        if count > limits.rows:
            raise SheetRefused(
                "too_many_rows", _("The table has more than %(rows)d rows. Split it.") % {"rows": limits.rows}
            )
        yield _checked(row, places, columns, limits)


def _heading_sound(row: RawRow, places: dict[int, Column]) -> None:
    keys = [column.key for column in places.values()]
    twice = next((column for column in places.values() if keys.count(column.key) > 1), None)
    if twice is not None:
        raise SheetRefused(
            "heading_twice", _("The heading “%(title)s” stands twice in row %(row)d.")
            % {"title": twice.titles[0], "row": row.number},
        )  # fmt: skip
    if row.errors:
        raise SheetRefused("heading_merged", f"{_('The heading cannot be read.')} {row.errors[0]}")


def _heading_missing(seen: list[str], columns: Sequence[Column]) -> str:
    missing = [c.titles[0] for c in columns if not c.optional_heading]
    text = _("No row with the headings was found. These are needed: %(titles)s.") % {"titles": "、".join(missing)}
    if seen:
        text += " " + _("The first row has: %(titles)s.") % {"titles": "、".join(cell[:30] for cell in seen[:12])}
    return text


def _checked(row: RawRow, places: dict[int, Column], columns: Sequence[Column], limits: Limits) -> SheetRow:
    made = SheetRow(row.number, {column.key: "" for column in columns})
    made.there = frozenset(column.key for column in places.values())
    made.errors += [CellProblem("", message) for message in row.errors]
    for index, column in places.items():
        if index in row.cell_errors:
            made.errors.append(CellProblem(column.key, row.cell_errors[index]))
            continue
        text = row.cells[index] if index < len(row.cells) else ""
        longest = min(column.longest, limits.cell)
        if len(text) > longest:
            message = _("%(title)s: longer than %(longest)d characters.")
            made.errors.append(CellProblem(column.key, message % {"title": column.titles[0], "longest": longest}))
            text = text[:longest]
        elif text and not (storable(text) and printable(text)):
            message = _("%(title)s: has characters that cannot be shown.")
            made.errors.append(CellProblem(column.key, message % {"title": column.titles[0]}))
            text = ""
        made.values[column.key] = unicodedata.normalize("NFC", text)
    said = {problem.key for problem in made.errors}
    for column in columns:
        if column.required and not made.values[column.key] and column.key not in said:
            message = _("%(title)s: is missing.") % {"title": column.titles[0]}
            made.errors.append(CellProblem(column.key, message))
    return made


def printable(text: str) -> bool:
    """No control characters but line breaks and tabs, and no sign of text that was read wrongly."""
    return not any((sign < " " and sign not in "\n\t\r") or sign in "\x7f\ufffd" for sign in text)
