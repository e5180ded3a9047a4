"""Changes of what has no state of its own: whether a page or a program still looks at the newest terms.

What somebody typed over an older copy must not undo what a colleague has changed meanwhile. A mark is made of the
values themselves, so that it needs no column, and is the same for a page and for a program.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from ledger.errors import AlreadyMoved


def mark_of(row: models.Model, fields: Sequence[str]) -> str:
    """16 hex digits that change with any of these fields."""
    values: dict[str, Any] = {name: getattr(row, name) for name in fields}
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def same_mark(row: models.Model, fields: Sequence[str], seen: str | None) -> None:
    """``row`` as it stands under its lock. ``seen`` is the mark of what the caller looked at; None or empty asks
    nothing. Raises :class:`AlreadyMoved`."""
    if seen and seen != mark_of(row, fields):
        raise AlreadyMoved(state=str(getattr(row, "state", "")))
