"""The refusal of a value."""

from __future__ import annotations

from typing import Any


class CheckFailed(ValueError):
    """A value is not what it should be.

    ``code`` names the cause for programs, ``message`` (lazily translated) says it to people,
    ``position`` is the place of the wrong character, counted from 1 in the text as typed without spaces.
    """

    def __init__(self, code: str, message: Any, *, position: int | None = None) -> None:
        self.code = code
        self.message = message
        self.position = position
        super().__init__(code)

    def __str__(self) -> str:
        return str(self.message)
