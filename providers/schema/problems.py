"""One thing that is wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Problem:
    """Where it is wrong, and what. ``row`` (from 1) and ``column`` name the cell of a table."""

    field_key: str
    section_key: str
    message: Any
    severity: str = ERROR
    code: str = ""
    article: str = ""
    row: int | None = None
    column: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity == ERROR

    def at(self, section_key: str) -> Problem:
        return replace(self, section_key=section_key)

    def as_dict(self) -> dict[str, Any]:
        """For JSON answers."""
        return {
            "field": self.field_key,
            "section": self.section_key,
            "message": str(self.message),
            "severity": self.severity,
            "code": self.code,
            "article": self.article,
            "row": self.row,
            "column": self.column,
        }
