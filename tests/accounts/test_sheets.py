"""Spreadsheets that people upload: every encoding and separator that offices use, and files that mean harm."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from accounts.sheets import Column, Limits, SheetRefused, csv_lines, read_all, read_rows, safe_cell

COLUMNS = (
    Column("name", ("名称", "Name"), required=True, longest=20),
    Column("code", ("编号", "Code"), required=True),
    Column("note", ("备注", "Note"), optional_heading=True),
)


def read(data: bytes, **limits: int) -> list[Any]:
    return read_all(io.BytesIO(data), COLUMNS, Limits(**limits))


def book(*rows: list[Any], merge: str = "", **parts: str) -> bytes:
    made = Workbook()
    sheet = made.active
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    out = io.BytesIO()
    made.save(out)
    if parts:
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
            for name, text in parts.items():
                archive.writestr(f"xl/{name}.xml", text)
    return out.getvalue()


def refused(data: bytes, **limits: int) -> str:
    with pytest.raises(SheetRefused) as caught:
        read(data, **limits)
    assert str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_read_in_every_encoding_and_with_every_separator(encoding, separator):
    lines = [["名称", "其他", "编号"], ["北京某校", "x", "001"], ["", "", ""], ["上海某校", "y", "002"]]
    text = "\r\n".join(separator.join(line) for line in lines)
    rows = read(text.encode(encoding))
    assert [(r.number, r.values["name"], r.values["code"], r.errors) for r in rows] == [
        (2, "北京某校", "001", []), (4, "上海某校", "002", []),
    ]  # fmt: skip


def test_heading_may_stand_below_a_title_and_be_written_loosely():
    rows = read("学校名单\n\n * 编 号:,NAME\n1,甲\n".encode())
    assert (rows[0].number, rows[0].values) == (4, {"name": "甲", "code": "1", "note": ""})


def test_missing_heading_is_named():
    with pytest.raises(SheetRefused) as caught:
        read("名称,地址\n甲,乙\n".encode())
    assert caught.value.code == "no_heading"
    assert "编号" in str(caught.value)
    assert "地址" in str(caught.value)


def test_problems_stand_beside_their_row_and_column():
    rows = read(f"名称,编号,备注\n,1,a\n{'长' * 21},2,b\n=1+1,3,c\n\x07,4,d\n甲,=\"005\",e\n".encode())
    assert [[problem.key for problem in row.errors] for row in rows] == [["name"], ["name"], ["name"], ["name"], []]
    assert rows[4].values["code"] == "005"


def test_quoted_cells_hold_separators_and_line_breaks():
    rows = read('名称,编号\n"甲,""乙""\n丙",1\n丁,2\n'.encode())
    assert [(row.number, row.values["name"]) for row in rows] == [(2, '甲,"乙"\n丙'), (3, "丁")]


def test_line_in_another_encoding_is_named():
    utf8 = "名称,编号\n甲,1\n".encode() + "乙方,2\n".encode("gb18030")
    with pytest.raises(SheetRefused) as caught:
        read(utf8)
    assert caught.value.code == "encoding"
    assert "3" in str(caught.value)
    rows = read("名称,编号\n甲方,1\n".encode("gb18030") + "乙方,2\n".encode())
    assert [row.ok for row in rows] == [True, False]
    with pytest.raises(SheetRefused, match="2"):
        read("名称,编号\n".encode("gb18030") + "乙方甲,2\n".encode())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 x", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old_format"),
        (b"PK\x03\x04 broken", "unreadable"),
        ("名称,编号\n".encode(), "no_rows"),
        ("名称,名称,编号\n甲,乙,1\n".encode(), "heading_twice"),
        ('名称,编号\n"' .encode() + b"a" * 200_000, "unreadable"),
        ("名称,编号\n甲\x00,1\n".encode(), "not_a_table"),
    ],
)
def test_files_that_are_no_table_are_refused(data, code):
    assert refused(data) == code


def test_limits_of_size_and_rows():
    lines = "名称,编号\n".encode() + b"a,1\n" * 11
    assert refused(lines, rows=10) == "too_many_rows"
    assert len(read(lines, rows=11)) == 11
    assert refused(lines, size=20) == "too_large"


def test_a_hundred_thousand_rows_are_refused_at_the_first_too_many():
    file = io.BytesIO("名称,编号\n".encode() + b"a,1\n" * 100_000)
    seen = 0
    with pytest.raises(SheetRefused):  # noqa: PT012
        for _row in read_rows(file, COLUMNS, Limits(rows=100)):
            seen += 1
    assert seen == 100


def test_workbook_is_read_with_numbers_dates_and_gaps():
    import datetime as dt

    heading = ["名称", "编号", "备注"]
    rows = read(book(["标题"], heading, ["甲", 13800000000, dt.date(2026, 9, 1)], [], [7, 1.5, True]))
    assert [(row.number, list(row.values.values())) for row in rows] == [
        (3, ["甲", "13800000000", "2026-09-01"]), (5, ["7", "1.5", "true"]),
    ]  # fmt: skip


def test_workbook_formulas_lost_digits_and_merged_cells_are_reported():
    rows = read(
        book(["名称", "编号"], ["=A1", 1], ["甲", 11000000000000000001], ["乙", 3], ["丙", 4], ["丁", 5], merge="A4:A5")
    )
    assert [row.errors[0].key if row.errors else None for row in rows] == ["name", "code", "", "", None]
    assert refused(book(["名称", "编号"], ["甲", 1], merge="A1:A2")) == "heading_merged"


def test_workbook_that_unpacks_to_too_much_is_refused():
    bomb = book(["名称", "编号"], ["甲", 1], bomb="<a>" + " " * 3_000_000 + "</a>")
    assert len(bomb) < 100_000
    assert refused(bomb, unpacked=2_000_000) == "too_large"


def test_workbook_with_entities_is_refused():
    text = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert refused(book(["名称", "编号"], ["甲", 1], evil=text)) == "unreadable"


def test_archive_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    assert refused(out.getvalue()) == "not_a_table"


@pytest.mark.parametrize("value", ["=1+1", "+86", "-1", "@x", "\tx", "＝x", "＋x", "－x", "＠x", "  =1", "\u3000＝x"])
def test_exported_cells_are_no_formulas(value):
    assert safe_cell(value) == "'" + value
    assert safe_cell("甲") == "甲"
    assert safe_cell(5) == 5


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", *map("名称,编号\n".encode, ("utf-8", "utf-16"))]))
def test_any_bytes_are_read_or_refused(data, head):
    try:
        rows = read(head + data)
    except SheetRefused:
        return
    assert all(set(row.values) == {"name", "code", "note"} for row in rows)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_is_read_or_refused(at, junk):
    data = bytearray(book(["名称", "编号"], ["甲", 1]))
    at %= len(data)
    data[at : at + len(junk)] = junk
    try:
        read(bytes(data))
    except SheetRefused:
        return


def test_files_are_written_in_one_way_with_no_formula_in_any_kind_of_cell():
    lazy = gettext_lazy("=1+1")
    text = "".join(csv_lines([["甲", lazy], [" =A1", -3], [None, Decimal("1.50")], ["a\x00b", date(2026, 9, 24)]]))
    assert text == "\ufeff甲,'=1+1\r\n' =A1,-3\r\n,1.50\r\nab,2026-09-24\r\n"
