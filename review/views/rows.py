"""The lines of the queue as HTML, quickly: fifty of them are most of what the page costs.

Their shape stands in ``review/_row.html``. It is rendered once per language with slots in place of values,
and every line fills the slots; pills and states, of which there are few different ones, are rendered once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from django.http import HttpRequest
from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from ledger.acts import Actor
from providers.enums import FilingKind, FilingState
from providers.models import Filing
from registry.enums import Stage
from review import queries
from rulebook.time import ZONE, local_date

SLOTS = (
    "id", "name", "address", "case_no", "provider", "kind", "version", "marks", "stages", "moment", "day", "due",
    "worker", "status",
)  # fmt: skip


@dataclass(slots=True)
class Row:
    """A line: the case, its running clock (kind, status, due_day, provisional), who works on it, whose turn it is."""

    filing: Filing
    clock: dict[str, Any] | None
    worker: str
    mine: bool

    @property
    def name(self) -> str:
        return self.filing.app_name or self.filing.provider_name


def stage_words(codes: Iterable[str]) -> list[str]:
    """Stages in words; an unknown one stands for itself."""
    known = dict(Stage.choices)
    return [str(known.get(code, code)) for code in codes]


def rows_of(filings: list[Filing], actor: Actor) -> list[Row]:
    """The lines with their clocks and workers: two queries however many lines."""
    clocks, workers = queries.clocks_of(filings), queries.workers_of(filings, actor)
    ministry = queries.at_ministry(actor)
    return [
        Row(
            filing,
            clocks.get(filing.pk),
            workers.get(filing.pk, ""),
            filing.state == (FilingState.MINISTRY_REVIEW if ministry else FilingState.SUBMITTED)
            or (ministry and filing.authority_id == actor.unit_id and filing.state == FilingState.SUBMITTED),
        )
        for filing in filings
    ]


@lru_cache(maxsize=8)
def _shape(language: str | None) -> str:
    return str(get_template("review/_row.html").render({slot: f"{{{slot}}}" for slot in SLOTS}))


class _Parts:
    """What several lines of one page share, each made once."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.made: dict[Any, str] = {}

    def __call__(self, part: str, *key: Any, **values: Any) -> str:
        """A piece of ``review/_row_part.html``, kept under its key."""
        if (part, *key) not in self.made:
            context = {"part": part, "request": self.request, **values}
            self.made[(part, *key)] = str(get_template("review/_row_part.html").render(context)).strip()
        return self.made[(part, *key)]


def lines(request: HttpRequest, rows: list[Row], query: str = "") -> SafeString:
    """The rows of the table. ``query``: the address part that cases keep."""
    shape, part = _shape(get_language()), _Parts(request)
    kinds = dict(FilingKind.choices)
    before, after = reverse("case", args=[0]).split("0", 1)
    after += f"?{query}" if query else ""
    out = []
    for row in rows:
        filing, clock = row.filing, row.clock
        stages = tuple(filing.stages)
        moment = filing.last_submitted_at.astimezone(ZONE) if filing.last_submitted_at else None
        if clock is None:
            due = part("closed", filing.closed_at and local_date(filing.closed_at), filing=filing)
        else:
            look = (clock["kind"], clock["status"], clock["due_day"], clock["provisional"], row.mine)
            due = part("due", *look, clock=clock, mine=row.mine)
        out.append(
            shape.format(
                id=filing.pk,
                name=escape(row.name),
                address=escape(f"{before}{filing.pk}{after}"),
                case_no=escape(filing.case_no),
                provider=escape(filing.provider_name),
                kind=part("kind", filing.kind, word=kinds.get(filing.kind, filing.kind)),
                version=filing.version,
                marks=part("marks", filing.is_discipline, filing.late, filing=filing),
                stages=part("stages", stages, words=stage_words(stages) if ("stages", stages) not in part.made else ()),
                moment=moment.isoformat(timespec="minutes") if moment else "",
                day=local_date(moment).isoformat() if moment else "",
                due=due,
                worker=escape(row.worker) if row.worker else part("nobody"),
                status=part("status", filing.state, state=filing.state),
            )
        )
    return mark_safe("\n".join(out))  # noqa: S308 - values are escaped above, parts by their template


def options(pairs: Iterable[tuple[Any, Any]], chosen: str) -> SafeString:
    """The options of a select."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, mark_safe(" selected") if str(value) == chosen else "", word) for value, word in pairs),
    )
