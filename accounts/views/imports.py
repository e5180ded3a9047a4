"""Units by a table: upload, preview with what is wrong beside each row, confirm, progress, result."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.domain import discard_import, read_table, start_import
from accounts.domain.import_rows import TITLES, titles
from accounts.domain.imports import GOING_ON, counts
from accounts.enums import KINDS_FROM_ABOVE, OPEN_OUTCOMES, BatchStatus, RowOutcome
from accounts.forms import UnitTableForm
from accounts.import_result import result_lines
from accounts.models import ImportBatch, ImportRow
from accounts.sheets import SheetRefused, csv_response
from accounts.views.base import actor_of
from accounts.views.units import lead_required
from ledger.acts import AlreadyMoved, Refused
from rulebook.time import now

SHOWN = 100
EARLIER = 20
VIEWS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "all": (pgettext_lazy("import", "All rows"), ()),
    "open": (pgettext_lazy("import", "To be done"), tuple(OPEN_OUTCOMES)),
    "faulty": (pgettext_lazy("import", "To be corrected"), (RowOutcome.FAULTY,)),
    "known": (pgettext_lazy("import", "Nothing left to do"), (RowOutcome.KNOWN,)),
    "done": (pgettext_lazy("import", "Done"), (RowOutcome.DONE,)),
    "failed": (pgettext_lazy("import", "Not done"), (RowOutcome.FAILED,)),
}


@require_http_methods(["GET", "POST"])
@lead_required
def upload(request: HttpRequest) -> HttpResponse:
    """Takes a table and shows what would be done; the earlier ones stand beside it."""
    actor = actor_of(request)
    form = UnitTableForm(request.POST, request.FILES) if request.method == "POST" else UnitTableForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = read_table(file=file, file_name=file.name, by=actor, now=now())
        except SheetRefused as refused:
            form.add_error("file", str(refused))
        except Refused as refused:
            for reason in refused.reasons:
                form.add_error(None, str(reason.message))
        else:
            return redirect("unit_import_batch", made.pk)
    earlier = ImportBatch.objects.visible_to(actor).exclude(status=BatchStatus.DISCARDED)
    context = {
        "form": form,
        "earlier": earlier.select_related("person").order_by("-pk")[:EARLIER],
        "columns": [(titles()[key], key) for key in TITLES],
    }
    return render(request, "accounts/unit_import.html", context, status=422 if form.errors else 200)


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    return get_object_or_404(ImportBatch.objects.visible_to(actor_of(request)).select_related("unit", "person"), pk=pk)


@require_GET
@lead_required
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview, the progress or the result, whichever it has come to."""
    row = _batch(request, pk)
    numbers = counts(row)
    wanted = request.GET.get("show", "")
    if wanted not in VIEWS:
        wanted = "faulty" if numbers["faulty"] and row.status == BatchStatus.PREVIEW else "all"
    rows = row.rows.select_related("unit").order_by("number")
    if VIEWS[wanted][1]:
        rows = rows.filter(outcome__in=VIEWS[wanted][1])
    after = request.GET.get("after", "")
    if after.isdecimal() and len(after) < 9:
        rows = rows.filter(number__gt=int(after))
    found = list(rows[: SHOWN + 1])
    context = {
        "batch": row,
        "rows": [_line(item) for item in found[:SHOWN]],
        "titles": titles(),
        "views": [
            {"label": label, "count": _count(outcomes, numbers, row), "url": f"?show={name}", "current": name == wanted}
            for name, (label, outcomes) in VIEWS.items()
            if name == "all" or name == wanted or _count(outcomes, numbers, row)
        ],
        "view_label": VIEWS[wanted][0],
        "next": f"?show={wanted}&after={found[SHOWN - 1].number}" if len(found) > SHOWN else "",
        "first": f"?show={wanted}" if after else "",
        **_numbers(row, numbers),
    }
    return render(request, "accounts/unit_import_batch.html", context)


def _count(outcomes: tuple[str, ...], numbers: dict[str, int], row: ImportBatch) -> int:
    return sum(numbers[outcome] for outcome in outcomes) if outcomes else row.total


def _numbers(row: ImportBatch, numbers: dict[str, int]) -> dict[str, Any]:
    left = numbers["create"] + numbers["invite"]
    return {
        "numbers": numbers,
        "left": left,
        "worked": numbers["done"] + numbers["failed"],
        "all_work": left + numbers["done"] + numbers["failed"],
        "going_on": row.status in GOING_ON,
    }


def _line(item: ImportRow) -> dict[str, Any]:
    """A row with its cells in the order of the columns, and the problems beside each."""
    beside: dict[str, list[str]] = {}
    for problem in item.problems:
        beside.setdefault(problem["key"], []).append(problem["text"])
    return {
        "row": item,
        "cells": [
            {"key": key, "title": title, "text": item.values.get(key, ""), "problems": beside.get(key, [])}
            for key, title in titles().items()
        ],
        "whole": beside.get("", []),
    }


@require_POST
@lead_required
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirms the preview; the work goes on in the background."""
    row = _batch(request, pk)
    try:
        start_import(batch=row, by=actor_of(request), now=now())
    except AlreadyMoved:
        messages.info(request, _("This table has been confirmed already."))
    except Refused as refused:
        for reason in refused.reasons:
            messages.error(request, str(reason.message))
    return redirect("unit_import_batch", row.pk)


@require_POST
@lead_required
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throws a preview away."""
    row = _batch(request, pk)
    try:
        discard_import(batch=row, by=actor_of(request), now=now())
    except AlreadyMoved:
        messages.info(request, _("This table has been confirmed already."))
        return redirect("unit_import_batch", row.pk)
    messages.success(request, _("The preview has been thrown away; nothing was set up."))
    return redirect("unit_import")


@require_GET
@lead_required
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it has come, as a piece of the page; at the end the page loads itself anew."""
    row = _batch(request, pk)
    context = {"batch": row, **_numbers(row, counts(row))}
    response = render(request, "accounts/_import_progress.html", context)
    if not context["going_on"]:
        response["HX-Refresh"] = "true"
    response["Cache-Control"] = "no-store"
    return response


# --- files -----------------------------------------------------------------------------------------

@require_GET
@lead_required
def result(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every row with what became of it, as CSV; ``?only=problems`` leaves those that are to be corrected.

    Its columns are those of the table, so that it can be corrected and uploaded again.
    """
    row = _batch(request, pk)
    return csv_response(f"units-{row.pk}", result_lines(row, only_problems=request.GET.get("only") == "problems"))


@require_GET
@lead_required
def template(request: HttpRequest) -> HttpResponse:
    """An empty table with the headings, an example, and the words for the kinds."""
    from openpyxl import Workbook
    from openpyxl.styles import Font, PatternFill
    from openpyxl.worksheet.datavalidation import DataValidation

    heads = list(titles().values())
    book = Workbook()
    sheet = book.active
    sheet.title = _("Units")
    sheet.append(heads)
    kinds = [str(kind.label) for kind in KINDS_FROM_ABOVE]
    for place, _head in enumerate(heads, start=1):
        letter = sheet.cell(1, place).column_letter
        sheet.cell(1, place).font = Font(bold=True)
        sheet.cell(1, place).fill = PatternFill("solid", fgColor="DBE9EC")
        sheet.column_dimensions[letter].width = 24
        sheet.column_dimensions[letter].number_format = "@"  # codes keep their leading zeros
    choice = DataValidation(type="list", formula1='"' + ",".join(kinds) + '"', allow_blank=True)
    sheet.add_data_validation(choice)
    choice.add("B2:B5001")
    sheet.freeze_panes = "A2"
    notes = book.create_sheet(_("How to fill it in"))
    notes.column_dimensions["A"].width = 26
    notes.column_dimensions["B"].width = 90
    for head, text in zip(heads, _explanations(kinds), strict=True):
        notes.append([head, text])
    out = io.BytesIO()
    book.save(out)
    response = HttpResponse(
        out.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = 'attachment; filename="units.xlsx"'
    return response


def _explanations(kinds: list[str]) -> list[str]:
    return [
        _("The full name. Required."),
        _("One of: %(kinds)s. Required.") % {"kinds": "、".join(kinds)},
        _("10 digits: two of the kind, two of the province, six of the serial. Required of schools and universities."),
        _("18 characters; may be left empty."),
        _("Name, key or code of the unit that it stands under, within your own subtree. Empty: your own unit."),
        _("Who is to be in charge of the unit here. Required."),
        _("Where the invitation goes. Required."),
    ]
