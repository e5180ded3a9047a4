"""What every chart shares: series, the table behind it, its legend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

Number = int | float | None


@dataclass(frozen=True)
class Series:
    """A row of numbers with its name; None where there is none for a label."""

    name: str
    values: Sequence[Number]


@dataclass(frozen=True)
class Link:
    """A cell that leads somewhere; an export shows its text alone."""

    text: str
    url: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Table:
    """The numbers behind a chart. The first column names the rows; ``percent`` are columns (from 0) in per cent."""

    columns: Sequence[Any]
    rows: Sequence[Sequence[Any]] = ()
    percent: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Key:
    """A line of the legend: the mark as SVG or as a class of colour, and the words."""

    text: str
    mark: SafeString | str = ""
    css: str = ""


@dataclass
class Figure:
    """A chart as a page shows it.

    ``key`` is a short name that is unique on the page (ids hang on it). ``summary`` says in a sentence what the
    picture shows, for whoever does not see it. ``export`` is the address of the table as a file: ``?format=csv`` and
    ``?format=xlsx`` are put behind it. ``note`` stands below in small type.
    """

    key: str
    title: str
    table: Table
    picture: SafeString = SafeString("")  # noqa: RUF009 - text is never changed
    legend: list[Key] = field(default_factory=list)
    summary: str = ""
    export: str = ""
    note: str = ""
    empty: bool = False
    legend_below: bool = False

    @property
    def export_csv(self) -> str:
        """Address of the table as CSV; "" where it has none."""
        return self._address("csv")

    @property
    def export_xlsx(self) -> str:
        """The same as XLSX."""
        return self._address("xlsx")

    def _address(self, kind: str) -> str:
        return f"{self.export}{'&' if '?' in self.export else '?'}format={kind}" if self.export else ""


def shown(value: Number, *, percent: bool = False) -> str:
    """A number as people read it: groups of three, one decimal where it is a share, a dash for none."""
    if value is None:
        return "–"
    if percent or (isinstance(value, float) and not value.is_integer()):
        return f"{round(float(value), 1):,.1f}"
    return f"{int(value):,}"


def axis(values: Iterable[Number]) -> list[int]:
    """The labelled values of an axis from 0: three or four equal round steps that reach the greatest value."""
    greatest = max((value for value in values if value is not None), default=0)
    size = 1
    while True:
        for step in (1, 2, 5):
            for parts in (3, 4):
                if step * size * parts >= greatest:
                    return [step * size * part for part in range(parts + 1)]
        size *= 10


def join(parts: Iterable[str]) -> SafeString:
    """Safe texts one behind the other."""
    return SafeString("".join(parts))


def svg(view: str, inner: SafeString, *, css: str, key: str, title: str, desc: str) -> SafeString:
    """An image with its title and description, tied to it by id."""
    return format_html(
        '<svg class="{}" viewBox="{}" role="img" aria-labelledby="{}-t {}-d"><title id="{}-t">{}</title>'
        '<desc id="{}-d">{}</desc>{}</svg>',
        css, view, key, key, key, title, key, desc, inner,
    )  # fmt: skip
