"""One verb on many cases: each goes through the one door by itself, and each gets its own answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ledger.acts import ActError
from providers.models import Filing


@dataclass(frozen=True)
class Outcome:
    """What happened to one row. ``error`` is ``None`` when it was done."""

    filing: Filing
    error: ActError | None = None

    @property
    def done(self) -> bool:
        return self.error is None


def in_bulk(filings: Iterable[Filing], verb: Callable[[Filing], Filing]) -> list[Outcome]:
    """Calls ``verb`` for every filing; one refusal does not stop the others."""
    outcomes = []
    for filing in filings:
        try:
            outcomes.append(Outcome(verb(filing)))
        except ActError as error:
            outcomes.append(Outcome(filing, error))
    return outcomes
