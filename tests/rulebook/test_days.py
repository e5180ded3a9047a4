"""The day of a moment is the legal zone's, everywhere: at 00:30 in Beijing, UTC is still at the day before."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
ROOMS = (
    "ledger", "rulebook", "accounts", "notices", "blacklist", "registry", "providers", "users", "review",
    "supervision", "guidance", "filing_portal",
)  # fmt: skip
#: where ``.date()`` is not asked of a moment in time
OTHER = {
    "rulebook/time.py",  # the one place where a moment becomes a day
    "accounts/sheets/workbook.py",  # a day typed into a cell, without any zone
}


@pytest.mark.breadth
@pytest.mark.requirement("R84")
def test_moments_become_days_in_one_place() -> None:
    found = []
    for room in ROOMS:
        for path in sorted((REPOSITORY / room).rglob("*.py")):
            name = path.relative_to(REPOSITORY).as_posix()
            if name in OTHER:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "date":
                    found.append(f"{name}:{node.lineno}")
    assert found == [], "use rulebook.time.local_date"
