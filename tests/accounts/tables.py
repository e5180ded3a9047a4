"""Tables of units for the tests of imports."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook

HEAD = ["单位名称", "单位类别", "学校标识码", "统一社会信用代码", "上级单位", "负责人姓名", "负责人邮箱"]


def row(number: int, **other: str) -> list[str]:
    """A sound row of a Beijing school; single cells can be given by column key."""
    values = {
        "name": f"示例第{number}小学", "kind": "学校", "school_code": f"2111{number:06d}", "uscc": "", "superior": "",
        "person": f"负责人{number}", "email": f"p{number}@school.example", **other,
    }  # fmt: skip
    return list(values.values())


def csv_file(*rows: list[Any], head: list[str] | None = None, encoding: str = "utf-8") -> io.BytesIO:
    lines = [head or HEAD, *rows]
    return io.BytesIO("\r\n".join(",".join(map(str, line)) for line in lines).encode(encoding))


def book(*rows: list[Any], merge: str = "") -> io.BytesIO:
    made = Workbook()
    made.active.append(HEAD)
    for line in rows:
        made.active.append(line)
    if merge:
        made.active.merge_cells(merge)
    out = io.BytesIO()
    made.save(out)
    return out
