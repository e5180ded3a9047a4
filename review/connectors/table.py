"""Sources that answer from tables which an administrator has uploaded."""

from __future__ import annotations

import unicodedata
from typing import Any

from providers.schema import derive_discipline
from review.connectors.base import Answer, Document, NoAnswer, Question
from review.models import ExchangeRow


class _Table:
    """Rows of one kind, found by their key."""

    kind = ""
    timeout = 5.0  # seconds; a table answers at once

    def __init__(self, key: str, label: Any) -> None:
        self.key, self.label = key, label

    def row(self, key: str) -> dict[str, Any] | None:
        """The row with this key; raises ``NoAnswer`` while no table has been uploaded."""
        found = ExchangeRow.objects.filter(kind=self.kind, key=key).values_list("data", flat=True).first()
        if found is None and not ExchangeRow.objects.filter(kind=self.kind).exists():
            raise NoAnswer("no table")
        return found


class UnitTable(_Table):
    """Whether the unit with this credit code has this name (columns: key, name)."""

    kind = "unit"

    def question(self, document: Document) -> Question | None:
        unit = document.get("unit") or {}
        return {"uscc": unit["uscc"], "name": unit.get("name", "")} if unit.get("uscc") else None

    def ask(self, question: Question) -> Answer:
        found = self.row(str(question["uscc"]))
        if found is None:
            return Answer(None, {"found": False})
        return Answer(str(found.get("name", "")).strip() == str(question["name"]).strip(), {"found": True, **found})


class LicenceTable(_Table):
    """Whether the training licence exists and belongs to the unit (columns: key, uscc, status)."""

    kind = "licence"

    def question(self, document: Document) -> Question | None:
        app, unit = document.get("app") or {}, document.get("unit") or {}
        if not derive_discipline(app).is_discipline or not app.get("training_licence_number"):
            return None
        return {"number": app["training_licence_number"], "uscc": unit.get("uscc", "")}

    def ask(self, question: Question) -> Answer:
        found = self.row(str(question["number"]))
        if found is None:
            return Answer(None, {"found": False})
        same = str(found.get("uscc", "")).strip().upper() == str(question["uscc"]).strip().upper()
        in_force = str(found.get("status", "valid")).strip() in ("", "valid", "有效")
        return Answer(same and in_force, {"found": True, **found})


class SchoolTable(_Table):
    """Whether the school of this code has this name (columns: key, name)."""

    kind = "school"

    def ready(self) -> bool:
        return ExchangeRow.objects.filter(kind=self.kind).exists()

    def question(self, document: Document) -> Question | None:
        unit = document.get("unit") or {}
        if not unit.get("school_code"):
            return None
        return {"school_code": unit["school_code"], "name": unit.get("name", "")}

    def ask(self, question: Question) -> Answer:
        found = self.row(str(question["school_code"]))
        if found is None:
            return Answer(None, {"found": False})
        there = str(found.get("name", "")).strip()
        return Answer(_folded(there) == _folded(str(question["name"])), {"found": True, "name": there[:120]})


def _folded(name: str) -> str:
    """A name without spaces, full-width signs folded: 示例小学（东校区） is 示例小学(东校区)."""
    return "".join(unicodedata.normalize("NFKC", name).split())
