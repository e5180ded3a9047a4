"""``{% load charts %}``: a figure with its legend, its table and the table as files."""

from __future__ import annotations

from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from filing_portal.charts import Figure, Link, Table, bars
from filing_portal.charts.figure import shown

register = template.Library()


@register.inclusion_tag("charts/figure.html")
def chart(figure: Figure, level: int = 2, card: bool = True, open: bool = False) -> dict[str, Any]:  # noqa: A002
    """The figure as a card with heading, legend, picture, and the table in a disclosure."""
    return {"figure": figure, "level": level, "card": card, "open": open, "rows": rows_of(figure)}


@register.inclusion_tag("charts/body.html")
def chart_body(figure: Figure, open: bool = False) -> dict[str, Any]:  # noqa: A002
    """The same without the card and its heading."""
    return {"figure": figure, "open": open, "rows": rows_of(figure)}


@register.inclusion_tag("charts/figure.html")
def bar_chart(key: str, title: str, columns: Any, rows: Any, most: int = 12, level: int = 2) -> dict[str, Any]:
    """Bars of figures that are known: ``columns`` two words, ``rows`` pairs of a label and a number.

    At most ``most`` bars are drawn, the table behind them holds all.
    """
    pairs = [(str(label), value) for label, value in rows]
    drawn = pairs[:most]
    note = _("The first %(most)s; the table holds all.") % {"most": most} if len(pairs) > most else ""
    figure = Figure(
        key, title, Table(list(columns), pairs), bars([row[0] for row in drawn], [row[1] for row in drawn]),
        note=note, empty=not pairs,
    )  # fmt: skip
    return {"figure": figure, "level": level, "card": True, "open": False, "rows": rows_of(figure)}


def rows_of(figure: Figure) -> SafeString:
    """Rows of the table: numbers in groups of three, shares with a decimal. Made here, since there may be a hundred."""
    lines: list[str] = []
    for row in figure.table.rows:
        head = row[0]
        name: str = escape(str(head))
        if isinstance(head, Link) and head.url:
            name = f'<a href="{escape(head.url)}">{name}</a>'
        lines.append(f'<tr><th scope="row">{name}</th>')
        for place, value in enumerate(row[1:], start=1):
            if isinstance(value, int | float) or value is None:
                percent = place in figure.table.percent
                sign = "%" if percent and value is not None else ""
                lines.append(f'<td class="n">{shown(value, percent=percent)}{sign}</td>')
            else:
                lines.append(f"<td>{escape(str(value))}</td>")
        lines.append("</tr>")
    return mark_safe("".join(lines))  # noqa: S308 - every text in it is escaped above, numbers are digits
