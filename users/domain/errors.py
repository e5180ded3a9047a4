"""Refusals of the verbs on uses, one class per cause."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from ledger.acts import ActError, Reason, Reasons, Refused

APP_TWICE = Reason("app_twice", _("The unit has a filing for an own app of this name already."), "me-21")


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
