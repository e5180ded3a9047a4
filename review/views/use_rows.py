"""The lines of the queue of user filings: what stands in one, and how it is written (``review/_use_row.html``)."""

from __future__ import annotations

from html import escape
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from accounts.enums import UnitKind
from accounts.models import title_of
from ledger.acts import Actor
from review import use_queries
from review.views.shapes import Parts, shape, stage_words
from rulebook.time import ZONE, local_date
from users.enums import Nature

SLOTS = (
    "id", "name", "address", "case_no", "unit", "kind", "above", "nature", "marks", "stages", "moment", "day", "due",
    "worker", "status",
)  # fmt: skip


def lines(request: HttpRequest, uses: list[dict[str, Any]], actor: Actor, query: str = "") -> SafeString:
    """The rows of the table, with their service targets: one query however many lines.

    ``uses``: as of ``use_queries.read_lines``. ``query``: the address part that cases keep.
    """
    clocks = use_queries.clocks_of([use["pk"] for use in uses])
    line, part = shape("review/_use_row.html", SLOTS), Parts(request, "review/_use_row_part.html")
    kinds, natures = dict(UnitKind.choices), dict(Nature.choices)
    before, after = reverse("use_case", args=[0]).split("0", 1)
    after += f"?{query}" if query else ""
    out = []
    for use in uses:
        clock, ours, stages = clocks.get(use["pk"]), use["authority_id"] == actor.unit_id, tuple(use["stages"])
        handed_in = use["last_submitted_at"].astimezone(ZONE) if use["last_submitted_at"] else None
        if clock is None:
            day = local_date(use["confirmed_at"]) if use["state"] == "confirmed" and use["confirmed_at"] else None
            due = part("closed", day, day=day)
        else:
            look = (clock["kind"], clock["status"], clock["due_day"], clock["provisional"], ours)
            due = part("due", *look, clock=clock, mine=ours)
        changed = bool(use["confirmed_version"]) and use["confirmed_version"] != use["version"]
        marks = {"changed": changed, "own": use["self_use"], "late": use["late"]}
        worker = use["work__person__name"] or use["work__person__email"]
        out.append(
            line.format(
                id=use["pk"],
                name=escape(use["app_name"]),
                address=escape(f"{before}{use['pk']}{after}"),
                case_no=escape(use["case_no"]),
                unit=escape(title_of(use["unit__name"], use["unit__name_en"])),
                kind=part("word", use["unit__kind"], word=kinds.get(use["unit__kind"], "")),
                above="" if ours else f" · {part('word', 'authority', use['authority_id'], word=_above(use))}",
                nature=part("word", use["nature"], word=natures.get(use["nature"], "")),
                marks=part("marks", *marks.values(), **marks),
                stages=part("stages", stages, words=stage_words(stages) if ("stages", stages) not in part.made else ()),
                moment=handed_in.isoformat(timespec="minutes") if handed_in else "",
                day=local_date(handed_in).isoformat() if handed_in else "",
                due=due,
                worker=escape(worker) if worker else part("nobody", ours, ours=ours),
                status=part("status", use["state"], state=use["state"]),
            )
        )
    return mark_safe("\n".join(out))  # noqa: S308 - values are escaped above, parts by their template


def _above(use: dict[str, Any]) -> str:
    return title_of(use["authority__name"] or "", use["authority__name_en"] or "")
