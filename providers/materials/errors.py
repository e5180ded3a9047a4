"""The refusal of a file."""

from __future__ import annotations

from typing import Any


class Refused(ValueError):
    """A file may not be kept. ``code`` for programs, ``message`` (lazily translated) for people."""

    def __init__(self, code: str, message: Any) -> None:
        self.code = code
        self.message = message
        super().__init__(code)

    def __str__(self) -> str:
        return str(self.message)
