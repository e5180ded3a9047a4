"""What was typed and cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.acts import ActError


class Invalid(ActError):
    """Something typed is missing or wrong. ``errors``: message by field, to stand beside it."""

    status = 422
    code = "invalid"

    def __init__(self, errors: Mapping[str, Any]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{field}: {message}" for field, message in self.errors.items()))


class EditedMeanwhile(ActError):
    """Somebody else has changed the page since the caller opened it."""

    code = "edited_meanwhile"
