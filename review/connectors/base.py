"""What a source of outside information must be able to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

Document = dict[str, dict[str, Any]]
Question = dict[str, Any]


class NoAnswer(Exception):
    """The source did not answer, or not in time; it may be asked again later."""


@dataclass(frozen=True)
class Answer:
    """What the source said. ``agrees`` is None where it knows nothing of the matter. ``data`` is JSON-able."""

    agrees: bool | None
    data: dict[str, Any] = field(default_factory=dict)


class Connector(Protocol):
    """One source. ``timeout`` in seconds bounds :meth:`ask`, which keeps it by itself."""

    key: str
    label: Any
    timeout: float

    def question(self, document: Document) -> Question | None:
        """What to ask about a document; None where it has nothing that the source could know."""

    def ask(self, question: Question) -> Answer:
        """Asks. Raises :class:`NoAnswer`."""


class UnitConnector(Connector, Protocol):
    """A source that is asked about units: a document of these has ``{"unit": {"school_code", "name"}}`` alone."""

    def ready(self) -> bool:
        """Whether the source is connected at all; one that is not is never asked."""
