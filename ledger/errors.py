"""Why an act did not happen. One class per cause; each carries what a person can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Reason:
    """Why something may not be done.

    ``message`` may be a lazy translation; ``article`` a key of the rulebook; ``url`` where it can be mended.
    """

    code: str
    message: Any
    article: str | None = None
    url: str | None = None

    def __str__(self) -> str:
        return str(self.message)


class Reasons(list[Reason]):
    """All reasons against an act. Empty (false) means: allowed."""

    @classmethod
    def of(cls, *items: Reason | Iterable[Reason] | None) -> Reasons:
        """Joins single reasons, lists of them, and Nones."""
        joined = cls()
        for item in items:
            if item is None:
                continue
            if isinstance(item, Reason):
                joined.append(item)
            else:
                joined.extend(item)
        return joined

    @property
    def codes(self) -> list[str]:
        return [reason.code for reason in self]


class ActError(Exception):
    """Base of every refusal of an act."""

    status = 409
    code = "refused"


class Refused(ActError):
    """The rule says no. ``reasons`` says why."""

    status = 403

    def __init__(self, reasons: Reasons) -> None:
        self.reasons = reasons
        super().__init__("; ".join(str(reason) for reason in reasons))

    @property
    def code(self) -> str:  # type: ignore[override]
        return self.reasons[0].code if self.reasons else "refused"


class AlreadyMoved(ActError):
    """Somebody else was first: the matter no longer stands where the caller saw it."""

    code = "already_moved"

    def __init__(self, *, state: str, verb: str = "", at: datetime | None = None, actor_id: int | None = None) -> None:
        self.state, self.verb, self.at, self.actor_id = state, verb, at, actor_id
        super().__init__(_("This matter has moved on in the meantime; nothing was done."))
