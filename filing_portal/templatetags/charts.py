"""``{% load charts %}``: a figure with its legend, its table and the table as files."""

from __future__ import annotations

from typing import Any

from django import template

from filing_portal.charts import Figure, Link
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


def rows_of(figure: Figure) -> list[dict[str, Any]]:
    """Rows of the table as the page shows them: numbers in groups of three, shares with a decimal."""
    made = []
    for row in figure.table.rows:
        head, cells = row[0], []
        for place, value in enumerate(row[1:], start=1):
            number = isinstance(value, int | float) or value is None
            percent = place in figure.table.percent
            text = shown(value, percent=percent) + ("%" if percent and value is not None else "") if number else value
            cells.append({"text": text, "number": number, "label": figure.table.columns[place]})
        made.append({"head": head, "url": head.url if isinstance(head, Link) else "", "cells": cells})
    return made
