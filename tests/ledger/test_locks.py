"""Rows are locked as for an update that leaves their key alone, so that who only names a row does not wait for it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]

def test_no_lock_holds_back_who_names_a_row() -> None:
    found = {}
    for path in sorted(ROOT.glob("*/**/*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith((".", "tests/")) or "/migrations/" in name:
            continue
        text = path.read_text(encoding="utf-8")
        calls = re.findall(r"select_for_update\(((?:[^()]|\([^()]*\))*)\)", text)
        whole = [call for call in calls if "no_key" not in call]
        whole += re.findall(r"FOR UPDATE", text)
        if whole:
            found[name] = len(whole)
    assert found == {}
