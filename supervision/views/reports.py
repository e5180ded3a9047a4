"""Published progress reports of the ministry, with the figures behind them (Measures Art. 23)."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.sheets import csv_response
from supervision.models import ProgressReport
from supervision.report_charts import WORDS, charts_of, province_words

PAGE = 20


def _published() -> Any:
    return ProgressReport.objects.visible_to(None).filter(published_at__isnull=False).select_related("authority")


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """All published reports, newest first."""
    page = Paginator(_published().order_by("-last_day", "-id"), PAGE).get_page(request.GET.get("page"))
    return render(request, "supervision/public/reports.html", {"page": page})


@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One report with its figures by province; ``?format=csv`` gives the table."""
    row = get_object_or_404(_published(), pk=pk)
    columns = [key for key in row.tables.get("columns", []) if key in WORDS]
    names = province_words()
    lines = [
        {"name": names.get(one.get("code", ""), one.get("code", "")), "cells": [one.get(key, 0) for key in columns]}
        for one in row.tables.get("provinces", [])
    ]
    heads = [str(WORDS[key]) for key in columns]
    if request.GET.get("format") == "csv":
        table = [[_("Authority"), *heads], *([line["name"], *line["cells"]] for line in lines)]
        return csv_response(f"report-{row.first_day}-{row.last_day}", table)
    totals = row.tables.get("totals", {})
    english = (get_language() or "").startswith("en")
    context = {
        "report": row,
        "body": row.body_en if english and row.body_en else row.body_zh,
        "totals": [(str(WORDS[key]), totals.get(key, 0)) for key in columns],
        "heads": heads,
        "charts": charts_of(row.tables),
        "lines": [{**line, "cells": list(zip(heads, line["cells"], strict=True))} for line in lines],
    }
    return render(request, "supervision/public/report.html", context)
