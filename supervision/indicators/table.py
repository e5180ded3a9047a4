"""A table of indicators: lines of figures, and the same as rows of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Unit
from rulebook import articles
from rulebook.time import end_of_day, start_of_day
from supervision.indicators.definitions import Indicator

Value = int | float | None


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included. ``until`` is exclusive."""

    first_day: date
    last_day: date

    @property
    def since(self) -> datetime:
        return start_of_day(self.first_day)

    @property
    def until(self) -> datetime:
        return end_of_day(self.last_day)


@dataclass
class Line:
    """The figures of a unit. ``counts`` also hold what shares are made of; ``kind`` region, rest, total or unit."""

    unit: Unit
    kind: str = "region"
    files: bool = True
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, key: str, number: int) -> None:
        self.counts[key] = self.counts.get(key, 0) + number

    def value(self, indicator: Indicator) -> Value:
        """The figure; None where there is none for this unit, or nothing to take a share of."""
        if indicator.files and not self.files:
            return None
        if indicator.percent:
            part, whole = (self.counts.get(key, 0) for key in indicator.share)
            return round(100 * part / whole, 1) if whole else None
        return self.counts.get(indicator.key, 0)

    @property
    def name(self) -> str:
        if self.kind == "rest":
            return _("Directly under %(unit)s") % {"unit": self.unit.title}
        return _("Together") if self.kind == "total" else self.unit.title


@dataclass
class Table:
    """What is shown, written and frozen."""

    node: Unit
    period: Period
    indicators: Sequence[Indicator]
    lines: list[Line]
    counted_at: datetime

    def columns(self) -> list[str]:
        return [_("Unit"), _("Code"), *(str(one.label) for one in self.indicators)]

    def rows(self) -> Iterator[list[Any]]:
        for line in self.lines:
            code = "" if line.kind == "total" else line.unit.code or line.unit.school_code or line.unit.uscc
            yield [line.name, code, *(line.value(one) for one in self.indicators)]

    def definitions(self) -> list[list[str]]:
        """Label, definition, article, and whether it follows the period or stands as it is counted."""
        return [
            [
                str(one.label), str(one.definition), articles.cite(one.article),
                _("When counted") if one.now else _("The period"),
            ]
            for one in self.indicators
        ]  # fmt: skip
