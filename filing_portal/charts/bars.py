"""Bars that lie: labels and numbers are text of the page, so that nothing shrinks on a phone; the bar is SVG.

The parts of a stacked bar differ by pattern as well as by shade, and each has its number in the legend and the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString

from filing_portal.charts.figure import Key, Link, Number, Series, join, shown

HEIGHT = 14
PARTS = 5  # shades with patterns that can be told apart


def bars(
    labels: Sequence[str | Link], values: Sequence[Number], *, total: float | None = None, percent: bool = False
) -> SafeString:
    """A list of bars. Their full width is ``total`` or else the greatest value; the number stands behind each."""
    full = float(total or max((value for value in values if value is not None), default=0) or 1)
    rows = []
    for label, value in zip(labels, values, strict=True):
        width = min(100.0, round(100 * float(value or 0) / full, 2))
        bar = f'<rect class="s1" width="{width}%" height="{HEIGHT}"/>'
        rows.append(_row(label, bar, shown(value, percent=percent) + ("%" if percent and value is not None else "")))
    return format_html('<ul class="p-hbars">{}</ul>', join(rows))


def stacked(
    key: str, labels: Sequence[str | Link], series: Sequence[Series], *, shares: bool = False
) -> tuple[SafeString, list[Key]]:
    """Stacked bars and their legend; with ``shares`` every bar fills the width. At most five series."""
    series = series[:PARTS]
    sums = [sum(float(row.values[index] or 0) for row in series) for index in range(len(labels))]
    greatest = max(sums, default=0.0) or 1.0
    rows = []
    for index, label in enumerate(labels):
        full = (sums[index] if shares else greatest) or 1.0
        at, parts = 0.0, []
        for number, row in enumerate(series, start=1):
            width = round(100 * float(row.values[index] or 0) / full, 2)
            if width:
                parts.append(_part(key, number, at, width))
            at = round(at + width, 2)
        rows.append(_row(label, "".join(parts), shown(sums[index]), _words(series, index)))
    defs = join(_pattern(key, number) for number in range(2, len(series) + 1))
    picture = format_html(
        '<svg class="p-defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>{}</defs></svg>'
        '<ul class="p-hbars">{}</ul>',
        defs, join(rows),
    )  # fmt: skip
    legend = [
        Key(
            f"{row.name} {shown(sum(value or 0 for value in row.values))}",
            format_html(
                '<svg class="p-swatch" viewBox="0 0 16 16" aria-hidden="true">{}</svg>',
                SafeString(_part(key, number, 0, 100, 16)),
            ),
        )
        for number, row in enumerate(series, start=1)
    ]
    return picture, legend


def _words(series: Sequence[Series], index: int) -> str:
    return ", ".join(f"{row.name} {shown(row.values[index])}" for row in series)


def _row(label: str | Link, bar: str, number: str, words: str = "") -> str:
    # Written without a template's care, since a figure may have a hundred: texts are escaped here, one by one.
    name = escape(str(label))
    if isinstance(label, Link) and label.url:
        name = f'<a href="{escape(label.url)}">{name}</a>'
    hidden = f'<span class="visually-hidden"> {escape(words)}</span>' if words else ""
    return (
        f'<li><span class="p-hbars__n">{name}</span><svg class="p-hbar" width="100%" height="{HEIGHT}" '
        f'aria-hidden="true" focusable="false">{bar}</svg>'
        f'<span class="p-hbars__v p-num">{escape(number)}{hidden}</span></li>'
    )


def _part(key: str, number: int, at: float, width: float, height: int = HEIGHT) -> str:
    look = f'fill="url(#{escape(key)}-p{number})"' if number > 1 else 'class="s1"'
    return f'<rect {look} x="{at}%" width="{width}%" height="{height}"/>'


_STROKES = {
    2: SafeString('<path d="M0 6L6 0M-1 1L1 -1M5 7L7 5"/>'),
    3: SafeString('<circle cx="3" cy="3" r="1.2"/>'),
    4: SafeString('<path d="M0 3H6"/>'),
    5: SafeString(""),
}


def _pattern(key: str, number: int) -> SafeString:
    return format_html(
        '<pattern id="{}-p{}" class="pt{}" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect width="6" height="6"/>{}</pattern>',
        key, number, number, _STROKES[number],
    )  # fmt: skip
