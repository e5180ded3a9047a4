"""A line over time: the first solid with dots, the second dashed with squares, the third dotted with triangles."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

from filing_portal.charts.figure import Key, Series, axis, join, shown, svg

LEFT, RIGHT, TOP, BOTTOM = 50.0, 592.0, 18.0, 210.0
STYLES = "abc"
MOST_LABELS = 12


def lines(
    *, key: str, title: str, desc: str, labels: Sequence[str], series: Sequence[Series]
) -> tuple[SafeString, list[Key]]:
    """The picture and its legend. ``labels`` stand below the points; a point without a number breaks the line."""
    ticks = axis(value for row in series for value in row.values)
    top = ticks[-1]
    places = _places(len(labels))
    parts: list[SafeString] = []
    for step in ticks:
        y = _height(step, top)
        parts.append(
            format_html(
                '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="42" y="{}" text-anchor="end">{}</text>',
                "axis" if step == 0 else "grid", LEFT, RIGHT, y, y, y + 4, shown(step),
            )
        )  # fmt: skip
    every = max(1, -(-len(labels) // MOST_LABELS))
    for index, label in enumerate(labels):
        if (len(labels) - 1 - index) % every == 0:
            css = "" if ((len(labels) - 1 - index) // every) % 2 == 0 else "alt"
            parts.append(
                format_html('<text x="{}" y="230" text-anchor="middle" class="{}">{}</text>', places[index], css, label)
            )
    for number, row in reversed(list(enumerate(series[: len(STYLES)]))):
        parts.append(_line(STYLES[number], row, places, top))
    picture = svg("0 0 600 250", join(parts), css="p-chart", key=key, title=title, desc=desc)
    legend = [Key(row.name, _sample(STYLES[number])) for number, row in enumerate(series[: len(STYLES)])]
    return picture, legend


def _places(count: int) -> list[float]:
    if count == 1:
        return [(LEFT + RIGHT) / 2]
    width = (RIGHT - LEFT - 36) / max(1, count - 1)
    return [round(LEFT + 20 + width * index, 1) for index in range(count)]


def _height(value: float, top: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * value / top, 1)


def _line(style: str, row: Series, places: list[float], top: int) -> SafeString:
    runs: list[list[tuple[float, float]]] = [[]]
    for place, value in zip(places, row.values, strict=True):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((place, _height(value, top)))
    parts = [
        format_html('<polyline class="{}" points="{}"/>', style, " ".join(f"{x},{y}" for x, y in run))
        for run in runs
        if len(run) > 1
    ]
    parts += [mark(style, x, y) for run in runs for x, y in run]
    return join(parts)


def mark(style: str, x: float, y: float, size: float = 3.5) -> SafeString:
    """The mark of a series at a point: dot, square or triangle."""
    if style == "b":
        return format_html(
            '<rect class="pb" x="{}" y="{}" width="{}" height="{}"/>',
            round(x - size, 1), round(y - size, 1), 2 * size, 2 * size,
        )  # fmt: skip
    if style == "c":
        low = round(y + size, 1)
        return format_html(
            '<path class="pc" d="M{} {}L{} {}L{} {}z"/>',
            round(x - size - 1, 1), low, x, round(y - size - 1, 1), round(x + size + 1, 1), low,
        )  # fmt: skip
    return format_html('<circle class="pa" cx="{}" cy="{}" r="{}"/>', x, y, size)


def _sample(style: str) -> SafeString:
    return format_html(
        '<svg class="p-chart" viewBox="0 0 28 12" aria-hidden="true"><path class="{}" d="M0 6h28"/>{}</svg>',
        style, mark(style, 14, 6, 4),
    )  # fmt: skip
