"""Refusals of the verbs on uses, one class per cause."""

from __future__ import annotations

from typing import Any

from ledger.acts import ActError, Reasons, Refused


class NotEditable(Refused):
    """The filing is not with the unit now."""


class Incomplete(Refused):
    """The form has errors. ``problems`` lists them as the catalogue gives them, field by field."""

    status = 422

    def __init__(self, reasons: Reasons, problems: list[Any]) -> None:
        super().__init__(reasons)
        self.problems = problems


class FileRefused(ActError):
    """An upload that cannot be kept."""

    status = 422
    code = "file_refused"
