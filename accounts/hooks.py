"""Where upper floors listen to what happens here, since imports go down only.

``notices`` registers itself for these in its ``ready()`` and tells the people concerned. A listener
runs in the transaction of the act and must not undo it: it queues what it has to send.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

_listeners: dict[str, list[Callable[..., Any]]] = {}

INVITED = "invited"
INVITED_MANY = "invited_many"
MEMBER_REQUESTED = "member_requested"
MEMBER_ADMITTED = "member_admitted"
MEMBER_REFUSED = "member_refused"
UNIT_MOVED = "unit_moved"
AUTHORITY_CLOSED = "authority_closed"
AUTHORITY_REOPENED = "authority_reopened"
UNITS_IMPORTED = "units_imported"
SECOND_FACTOR_RESET = "second_factor_reset"
UNIT_HANDED_OVER = "unit_handed_over"


def listen(event: str, callback: Callable[..., Any]) -> None:
    """Registers ``callback(row, now=…)`` for an event; twice counts once."""
    callbacks = _listeners.setdefault(event, [])
    if callback not in callbacks:
        callbacks.append(callback)


def tell(event: str, row: Any, *, now: datetime, **more: Any) -> None:
    """Calls the listeners of an event; ``more`` is what that event says beside its row."""
    for callback in _listeners.get(event, []):
        callback(row, now=now, **more)
