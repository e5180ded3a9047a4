"""What the public may see of a use: built of the public fields of the confirmed version alone."""

from __future__ import annotations

from typing import Any

from providers.schema import is_empty, lookup
from providers.schema.fields import holds
from users.schema import sections as parts

_PUBLIC = tuple(
    item for section in (parts.USE, parts.DECISION, parts.FEES) for item in section.fields if item.public_as
)


def public_view(document: dict[str, Any]) -> dict[str, Any]:
    """``{"nature", "source", "fee", "decision_on", "start_on", "user_groups", …}`` with the form's own values.

    A field that does not apply is left out, whatever an earlier draft had put there.
    """
    view = {}
    for item in _PUBLIC:
        value = lookup(document, item.key)
        if not is_empty(value) and holds(item.shown_when, document):
            view[item.public_as] = value
    return view
