"""A platform operator's page: sharing a table of its third parties' filings, looking it over, taking it in."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.sheets import SheetRefused, csv_response, read_rows
from accounts.sheets.preview import preview, split, wrong_rows
from providers.domain import platforms
from providers.models import PlatformBatch, PlatformRecord
from providers.views.base import actor_of, provider_view
from rulebook.time import now as moment

SHOWN = 50
BATCHES = 20


@provider_view
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Uploading a table, the batches so far, and the newest records."""
    by, now = actor_of(request), moment()
    operator = platforms.operator_of(by)
    error = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            error = _("Choose a file.")
        else:
            try:
                rows = read_rows(file, platforms.COLUMNS, platforms.LIMITS)  # type: ignore[arg-type]
                batch = platforms.prepare(rows=rows, name=file.name or "", by=by, now=now)
            except SheetRefused as refused:
                error = str(refused)
            else:
                return redirect("platform_batch", pk=batch.pk)
    context = {
        "operator": operator,
        "error": error,
        "columns": platforms.COLUMNS,
        "most": platforms.MOST_ROWS,
        "batches": PlatformBatch.objects.visible_to(by).defer("rows").order_by("-pk")[:BATCHES],
        "records": PlatformRecord.objects.visible_to(by).defer("search").order_by("-updated_at", "-pk")[:SHOWN],
    }
    return render(request, "providers/platform.html", context, status=422 if error else 200)


def _batch(request: HttpRequest, pk: int) -> PlatformBatch:
    batch = PlatformBatch.objects.visible_to(actor_of(request)).select_related("operator__unit").filter(pk=pk).first()
    if batch is None:
        raise Http404
    return batch


@provider_view
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The batch before it is taken in: what each row would do, and what is wrong beside it."""
    row = _batch(request, pk)
    right, wrong = split(row.rows)
    if request.GET.get("as") == "csv":
        return wrong_rows(f"batch-{row.pk}-wrong", platforms.COLUMNS, wrong)
    said = platforms.compare(row.operator, right) if row.taken_at is None else {}
    context = {
        "batch": row,
        "operator": row.operator,
        **preview(right, wrong, said=said, columns=platforms.COLUMNS, shown=SHOWN),
    }
    return render(request, "providers/platform_batch.html", context)


@provider_view
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the right rows in; a second click has no second effect."""
    row = platforms.take(batch=_batch(request, pk), by=actor_of(request), now=moment())
    messages.success(
        request,
        _("Taken in: %(fresh)d new, %(changed)d changed, %(same)d as before.")
        % {"fresh": row.fresh, "changed": row.changed, "same": row.same},
    )
    return redirect("platform_batch", pk=row.pk)


@provider_view
@require_safe
def template(request: HttpRequest) -> HttpResponseBase:
    """An empty table with the right headings, and one made-up row that shows how each is written."""
    uscc, day = "91110108MA01TE5T3U", "2026-09-01"
    example = ["wx0000example", "示例小程序", "示例科技有限公司", uscc, day, "小程序", "教育", "否"]
    return csv_response("template", [[column.titles[0] for column in platforms.COLUMNS], example])
