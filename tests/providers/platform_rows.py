"""Rows of platform operators for tests."""

from __future__ import annotations

from typing import Any

from accounts.sheets import SheetRow
from providers.domain.platforms import COLUMNS
from tests import factories

HEADING = ["平台内标识", "名称", "提供者名称", "统一社会信用代码", "提交日期", "类型", "服务类目", "是否下架"]
USCC = factories.uscc("91440300", 77)


def values(**changed: Any) -> dict[str, Any]:
    """A right record."""
    base = {
        "mini_program_id": "wx0000example", "name": "识字小程序", "provider_name": "深圳示例科技有限公司",
        "provider_uscc": USCC, "submitted_on": "2026-09-01",
    }  # fmt: skip
    return {**base, **changed}


def row(number: int = 2, **changed: Any) -> SheetRow:
    """A row as the reader of spreadsheets gives it."""
    given = values(**changed)
    return SheetRow(number, {column.key: str(given.get(column.key, "")) for column in COLUMNS})


def table(*rows: dict[str, Any]) -> bytes:
    """A CSV file of such records."""
    keys = [column.key for column in COLUMNS]
    lines = [HEADING, *[[str(one.get(key, "")) for key in keys] for one in rows]]
    return "\n".join(",".join(line) for line in lines).encode()
