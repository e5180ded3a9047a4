"""Whether a text from outside can be stored at all."""

from __future__ import annotations

from typing import Any


def storable(value: Any) -> bool:
    """A text that PostgreSQL can hold: no NUL, and no half of a surrogate pair."""
    return isinstance(value, str) and "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
