"""The country as tiles: 31 provinces and XPCC in their rough places. It says itself that it is no map.

A tile holds the short name and the number, its shade the class of the number, and leads to the province. The lowest
class is outlined instead of filled. Hong Kong, Macau and Taiwan have tiles without a number: they are not counted here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.enums import Province
from filing_portal.charts.figure import Key, Number, join, shown

#: code → row, column, one-character name, name in two letters
PLACES: dict[str, tuple[int, int, str, str]] = {
    "23": (1, 8, "黑", "HL"), "65": (2, 1, "新", "XJ"), "66": (2, 2, "兵", "BT"), "15": (2, 6, "蒙", "NM"),
    "22": (2, 8, "吉", "JL"), "62": (3, 3, "甘", "GS"), "64": (3, 4, "宁", "NX"), "14": (3, 5, "晋", "SX"),
    "13": (3, 6, "冀", "HE"), "11": (3, 7, "京", "BJ"), "21": (3, 8, "辽", "LN"), "54": (4, 1, "藏", "XZ"),
    "63": (4, 2, "青", "QH"), "61": (4, 4, "陕", "SN"), "41": (4, 5, "豫", "HA"), "37": (4, 6, "鲁", "SD"),
    "12": (4, 7, "津", "TJ"), "51": (5, 3, "川", "SC"), "50": (5, 4, "渝", "CQ"), "42": (5, 5, "鄂", "HB"),
    "34": (5, 6, "皖", "AH"), "32": (5, 7, "苏", "JS"), "31": (5, 8, "沪", "SH"), "53": (6, 3, "滇", "YN"),
    "52": (6, 4, "黔", "GZ"), "43": (6, 5, "湘", "HN"), "36": (6, 6, "赣", "JX"), "33": (6, 7, "浙", "ZJ"),
    "45": (7, 4, "桂", "GX"), "44": (7, 5, "粤", "GD"), "35": (7, 6, "闽", "FJ"), "46": (8, 5, "琼", "HI"),
}  # fmt: skip
NOT_COUNTED = ((7, 8, "台", "TW"), (8, 6, "港", "HK"), (8, 7, "澳", "MO"))


@dataclass(frozen=True)
class Step:
    """A class of values: from ``low`` upwards; ``css`` q1 (lowest, outlined) to q5."""

    low: float
    css: str


@dataclass(frozen=True)
class Tile:
    """A province's value, the words of its number, and where it leads."""

    value: Number
    url: str = ""
    text: str = ""


CLASSES = ("q1", "q2", "q3", "q4", "q5")


def quantiles(values: Sequence[Number]) -> list[Step]:
    """Four classes of about equal size from q2 up, for numbers without a good or a bad end; none is outlined."""
    known = sorted(float(value) for value in values if value is not None)
    if not known or known[0] == known[-1]:
        return [Step(known[0] if known else 0.0, "q3")]
    found: list[Step] = []
    for part, css in enumerate(CLASSES[1:]):
        low = known[len(known) * part // 4]
        if not found or low > found[-1].low:
            found.append(Step(low, css))
    return found


def css_of(value: Number, classes: Sequence[Step]) -> str:
    """The class of a value: the highest whose lower bound it reaches."""
    if value is None:
        return "q0"
    fitting = [step.css for step in classes if value >= step.low]
    return fitting[-1] if fitting else classes[0].css


def tile_map(
    *, title: str, tiles: Mapping[str, Tile], classes: Sequence[Step] = (), percent: bool = False
) -> tuple[SafeString, list[Key]]:
    """The tiles and their legend. ``tiles`` goes by province code; ``classes`` rise by lower bound."""
    classes = list(classes) or quantiles([tile.value for tile in tiles.values()])
    chinese = (get_language() or "zh").startswith("zh")
    unit = "%" if percent else ""
    cells: list[SafeString] = []
    for code, (row, column, short, letters) in PLACES.items():
        tile = tiles.get(code, Tile(None))
        number = tile.text or _short(tile.value, percent)
        told = _("%(province)s: %(title)s %(number)s") % {
            "province": Province(code).label, "title": title,
            "number": shown(tile.value, percent=percent) + (unit if tile.value is not None else ""),
        }  # fmt: skip
        css = f"p-tile {css_of(tile.value, classes)} r{row} c{column}"
        name = short if chinese else letters
        if tile.url:
            cells.append(
                format_html(
                    '<a class="p-plain {}" href="{}" aria-label="{}" title="{}"><b>{}</b>{}</a>',
                    css, tile.url, told, told, name, number,
                )
            )  # fmt: skip
        else:
            cells.append(
                format_html(
                    '<span class="{}"><b aria-hidden="true">{}</b><span aria-hidden="true">{}</span>'
                    '<span class="visually-hidden">{}</span></span>',
                    css, name, number, told,
                )
            )  # fmt: skip
    for row, column, short, letters in NOT_COUNTED:
        cells.append(
            format_html('<span class="p-tile q0 r{} c{}"><b>{}</b>–</span>', row, column, short if chinese else letters)
        )
    picture = format_html('<div class="p-map" role="group" aria-label="{}">{}</div>', title, join(cells))
    return picture, _legend(classes, percent)


def _short(value: Number, percent: bool) -> str:
    """A number short enough for a tile: 97.1, 96, 12k."""
    if value is None:
        return "–"
    if percent:
        return f"{float(value):.1f}".removesuffix(".0")
    return shown(value) if value < 10_000 else f"{value / 1000:.0f}k"


def _legend(classes: Sequence[Step], percent: bool) -> list[Key]:
    keys = []
    for number in range(len(classes) - 1, -1, -1):
        low = shown(classes[number].low).removesuffix(".0")
        if number == len(classes) - 1:
            text = _("%(low)s and above") % {"low": low}
        elif classes[number].css == "q1" and number == 0:
            text = _("below %(high)s") % {"high": shown(classes[1].low).removesuffix(".0")}
        else:
            high = classes[number + 1].low
            text = _("%(low)s to below %(high)s") % {"low": low, "high": shown(high).removesuffix(".0")}
        keys.append(Key(text, css=classes[number].css))
    return keys
