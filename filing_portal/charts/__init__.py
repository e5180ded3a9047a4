"""Charts without script: SVG and tables made on the server, readable without colour, at any width, by a screen reader.

A :class:`Figure` is a picture with its table: the picture is decoration of the numbers, the table behind it holds all
of them and can be exported. ``{% load charts %}{% chart figure %}`` shows it. Nothing here reads the database.
"""

from filing_portal.charts.bars import bars, stacked
from filing_portal.charts.export import csv_response, table_response, xlsx_response
from filing_portal.charts.figure import Figure, Key, Link, Series, Table
from filing_portal.charts.lines import lines
from filing_portal.charts.tiles import CLASSES, Step, Tile, tile_map

__all__ = [
    "CLASSES",
    "Figure",
    "Key",
    "Link",
    "Series",
    "Step",
    "Table",
    "Tile",
    "bars",
    "csv_response",
    "lines",
    "stacked",
    "table_response",
    "tile_map",
    "xlsx_response",
]
