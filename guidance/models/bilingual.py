"""Texts that stand in both languages, read in the reader's."""

from __future__ import annotations

from typing import Any

from rulebook.authorities import is_chinese


def said(row: Any, field: str, language: str | None = None) -> str:
    """``<field>_zh`` or ``<field>_en`` of the row, by that language, else the reader's; the other where it is empty."""
    first, second = ("zh", "en") if is_chinese(language) else ("en", "zh")
    return str(getattr(row, f"{field}_{first}") or getattr(row, f"{field}_{second}"))
