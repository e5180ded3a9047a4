"""The lines of the queue of providers' filings: what stands in one, and how it is written (``review/_row.html``)."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from ledger.acts import Actor
from providers.enums import FilingKind, FilingState
from providers.models import Filing
from review import queries
from review.views.shapes import Parts, shape, stage_words
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


def lines(request: HttpRequest, rows: list[Row], query: str = "") -> SafeString:
    """The rows of the table. ``query``: the address part that cases keep."""
    line, part = shape("review/_row.html", SLOTS), Parts(request, "review/_row_part.html")
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
            line.format(
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
