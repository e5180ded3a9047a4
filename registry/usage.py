"""How many institutions use an entry: asked of the room above that knows, which registers itself here."""

from __future__ import annotations

from collections.abc import Callable

_counters: list[Callable[[int], int]] = []


def register(counter: Callable[[int], int]) -> None:
    """Names the function that counts the institutions that use an entry, by its id; the last one named counts."""
    _counters[:] = [counter]


def used_by(entry_id: int) -> int | None:
    """How many institutions use the entry now; None where nobody knows."""
    return _counters[0](entry_id) if _counters else None
