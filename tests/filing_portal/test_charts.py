"""Charts without script: what they draw, what stands beside them, and that their files are safe."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET

import pytest
from django.template import Context, Template
from django.utils import translation

from accounts.enums import Province
from filing_portal import charts
from filing_portal.charts.export import cell
from filing_portal.charts.figure import axis
from filing_portal.charts.tiles import NOT_COUNTED, PLACES, css_of, quantiles

STEPS = [charts.Step(low, css) for low, css in zip((0, 90, 95, 98, 99), charts.CLASSES, strict=True)]
HOSTILE = '<script>alert(1)</script>"&'


def parsed(markup: str) -> ET.Element:
    """The markup as XML: it must be well formed and without style, script or handler."""
    assert not re.search(r"\sstyle=|\son\w+=|<script|<style", markup)
    return ET.fromstring(f"<x>{markup}</x>")


@pytest.mark.parametrize(
    ("greatest", "expected"),
    [(0, [0, 1, 2, 3]), (3, [0, 1, 2, 3]), (7, [0, 2, 4, 6, 8]), (251, [0, 100, 200, 300]), (16, [0, 5, 10, 15, 20])],
)
def test_axis_ends_at_or_above_the_greatest_value_in_round_steps(greatest: int, expected: list[int]) -> None:
    assert axis([1, None, greatest]) == expected


def test_line_chart_has_title_description_and_a_mark_for_each_number() -> None:
    picture, legend = charts.lines(
        key="flow", title="提交与办结", desc="9月最高", labels=["8月", "9月", "10月"],
        series=[charts.Series("提交", [3, 251, None]), charts.Series("办结", [2, 90, 40])],
    )  # fmt: skip
    root = parsed(picture)
    image = root.find("svg")
    assert image is not None and image.get("role") == "img"
    assert image.get("aria-labelledby") == "flow-t flow-d"
    assert (image.findtext("title"), image.findtext("desc")) == ("提交与办结", "9月最高")
    assert len(image.findall("circle")) == 2, "no dot where there is no number"
    assert len([node for node in image.findall("rect") if node.get("class") == "pb"]) == 3
    assert [key.text for key in legend] == ["提交", "办结"]
    heights = [float(node.get("cy", 0)) for node in image.findall("circle")]
    assert heights[1] < heights[0], "the greater number stands higher"


def test_series_differ_without_colour() -> None:
    one, two, three = (charts.lines.__globals__["mark"](style, 5, 5) for style in "abc")
    assert {ET.fromstring(mark).tag for mark in (one, two, three)} == {"circle", "rect", "path"}
    picture, _legend = charts.stacked("st", ["甲"], [charts.Series(str(n), [n]) for n in range(1, 6)])
    patterns = parsed(picture).findall(".//pattern")
    assert len({ET.tostring(node).split(b">", 1)[1] for node in patterns}) == 4, "each pattern is drawn differently"


def test_stacked_bar_widths_follow_the_numbers_and_words_stand_beside() -> None:
    picture, legend = charts.stacked(
        "st", [charts.Link("甲区", "/a/"), "乙区"],
        [charts.Series("已确认", [30, 0]), charts.Series("待确认", [10, 20])],
    )  # fmt: skip
    rows = parsed(picture).findall(".//li")
    widths = [[rect.get("width") for rect in row.findall("svg/rect")] for row in rows]
    assert widths == [["75.0%", "25.0%"], ["50.0%"]]
    assert "已确认 30, 待确认 10" in "".join(rows[0].itertext())
    assert rows[0].find(".//a").get("href") == "/a/"  # type: ignore[union-attr]
    assert [key.text for key in legend] == ["已确认 30", "待确认 30"]


def test_bars_of_nothing_divide_by_nothing() -> None:
    assert "0%" in charts.bars(["甲"], [0])
    assert charts.bars([], []) == '<ul class="p-hbars"></ul>'


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_tile_map_shows_every_province_once_in_a_place_of_its_own(language: str) -> None:
    places = [place[:2] for place in PLACES.values()] + [place[:2] for place in NOT_COUNTED]
    assert len(set(places)) == len(places) == len(Province) + 3
    tiles = {code: charts.Tile(90.0 + number / 4, f"/{code}/") for number, code in enumerate(sorted(PLACES))}
    with translation.override(language):
        picture, legend = charts.tile_map(title="率", tiles=tiles, classes=STEPS, percent=True)
    links = parsed(picture).findall(".//a")
    assert {link.get("href") for link in links} == {f"/{code}/" for code in Province.values}
    beijing = next(link for link in links if link.get("href") == "/11/")
    assert "90.0%" in beijing.get("aria-label", "")
    assert [key.css for key in legend] == ["q5", "q4", "q3", "q2", "q1"]


def test_tile_without_a_number_is_no_link_and_has_no_class() -> None:
    picture, _legend = charts.tile_map(title="率", tiles={"11": charts.Tile(None)}, classes=STEPS, percent=True)
    assert not parsed(picture).findall(".//a")
    assert "p-tile q0 r3 c7" in picture


def test_classes_by_lower_bound_and_by_quantiles() -> None:
    assert [css_of(value, STEPS) for value in (None, 12, 90, 98.99, 99, 100)] == ["q0", "q1", "q2", "q4", "q5", "q5"]
    made = quantiles([1, 2, 3, 4, 5, 6, 7, 8])
    assert [step.css for step in made] == ["q2", "q3", "q4", "q5"]
    assert css_of(1, made) == "q2" and css_of(8, made) == "q5"
    assert [step.css for step in quantiles([4, 4])] == ["q3"]
    assert quantiles([])


def test_what_people_typed_is_escaped_everywhere() -> None:
    table = charts.Table([HOSTILE, "数"], [[charts.Link(HOSTILE, "/x/"), 1234567], [HOSTILE, None]])
    picture = charts.bars([HOSTILE, charts.Link(HOSTILE, f"/?q={HOSTILE}")], [1, 2])
    figure = charts.Figure("k", HOSTILE, table, picture, export="/e/?a=1", summary=HOSTILE)
    page = Template("{% load charts %}{% chart figure %}").render(Context({"figure": figure}))
    assert "<script" not in page and "1,234,567" in page
    assert "/e/?a=1&amp;format=csv" in page and "/e/?a=1&amp;format=xlsx" in page
    tile, _legend = charts.tile_map(title=HOSTILE, tiles={"11": charts.Tile(1, HOSTILE, HOSTILE)})
    assert "<script" not in tile


@pytest.mark.django_db  # closing an answer looks after the connections
@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1"])
def test_files_hold_no_formula(text: str) -> None:
    """A cell that begins like a formula gets an apostrophe, in both formats; numbers stay numbers."""
    from openpyxl import load_workbook

    body = b"".join(charts.csv_response("t", ["名称", text], [[text, -3]]).streaming_content).decode()
    assert body.startswith("\ufeff")
    for line in body.removeprefix("\ufeff").strip().splitlines():
        assert not any(part.startswith(("=", "+", "@", "＝")) for part in line.replace('"', "").split(","))
    assert body.rstrip().endswith(",-3")
    response = charts.xlsx_response("t", ["名称", text], [[text, -3]])
    file = io.BytesIO(b"".join(response.streaming_content))
    response.close()
    sheet = load_workbook(file).active
    values = [[item.value for item in row] for row in sheet.iter_rows()]  # type: ignore[union-attr]
    assert values[1][1] == -3
    assert all(item.data_type != "f" for row in sheet.iter_rows() for item in row)  # type: ignore[union-attr]
    assert str(values[1][0]).startswith("'")


def test_cells_of_a_file_are_plain_values() -> None:
    from tests.factories import NOW

    assert cell(NOW) == "2026-09-24 10:00"
    assert cell(None) == "" and cell(3.5) == 3.5 and cell("a\x00b") == "ab"
