"""Tables of supervision as files, the same from a page and by token: kept figures, the ledger of tasks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.sheets.writing import CSV, table_response, workbook_response
from rulebook.time import local_date
from supervision.domain.assessments import assessment_lines
from supervision.enums import OPEN_TASKS
from supervision.models import Assessment, WorkTask

FILE_KINDS = ("csv", "xlsx")


def assessment_file(row: Assessment, kind: str) -> HttpResponseBase:
    """The kept figures as CSV, byte for byte what the digest is of, or as a workbook with the definitions."""
    table = row.table
    if kind == "xlsx":
        heads = [_("Indicator"), _("Definition"), _("Article"), _("Stands for")]
        return workbook_response(
            row.case_no,
            {
                pgettext("assessment", "Figures"): [table["columns"], *table["rows"]],
                _("Definitions"): [heads, *table["definitions"]],
                _("About"): [*table["about"], ["SHA-256 (CSV)", row.sha256]],
            },
        )  # fmt: skip
    response = StreamingHttpResponse(assessment_lines(table), content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="{row.case_no}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def task_file(kind: str, rows: QuerySet[WorkTask], now: datetime) -> HttpResponseBase:
    """The ledger of tasks, with units, milestones and the newest word on each."""
    columns = [
        pgettext("tasks", "Number"), _("Work plan"), _("Task"), _("What is to be done"), pgettext("task", "Given by"),
        _("Responsible unit"), _("Cooperating units"),
        _("Last day"), _("Status"), _("Overdue"), _("Milestones"), _("Progress"), _("Closed"),
    ]  # fmt: skip
    found = rows.select_related("authority", "responsible", "plan").prefetch_related(
        "sharing__unit", "milestones", "notes"
    )
    today = local_date(now)

    def lines() -> Iterator[list[Any]]:
        for one in found.order_by("due_day", "pk").iterator(chunk_size=500):
            late = one.state in OPEN_TASKS and one.due_day < today
            notes = list(one.notes.all())
            yield [
                one.case_no, one.plan.title if one.plan else "", one.title, one.text, one.authority.title,
                one.responsible.title, "、".join(share.unit.title for share in one.sharing.all()), one.due_day,
                one.get_state_display(), _("Yes") if late else _("No"),
                "；".join(f"{step.due_day} {step.title}" + ("√" if step.reached_on else "")
                         for step in one.milestones.all()),
                notes[-1].text if notes else "", one.closed_at,
            ]  # fmt: skip

    return table_response(kind, f"tasks-{today.isoformat()}", columns, lines())
