"""The province's list of licensed off-campus training institutions: looking it up, renewing it from a table."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.sheets import SheetRefused, csv_response, read_rows
from accounts.sheets.preview import preview, split, wrong_rows
from ledger.acts import Refused
from rulebook.time import local_date
from rulebook.time import now as moment
from supervision import rules
from supervision.domain import institutions as domain
from supervision.models import InstitutionBatch, TrainingInstitution
from supervision.views.authority.base import actor_of, authority_view, frame, row_of

SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@authority_view
def institutions(request: HttpRequest) -> HttpResponse:
    """The list, narrowed by name, number or credit code; who keeps it uploads a table here."""
    by, now, error = actor_of(request), moment(), ""
    keeps = not rules.keeps_institutions(by)
    if request.method == "POST":
        if not keeps:
            raise Refused(rules.keeps_institutions(by))
        file = request.FILES.get("file")
        if file is None:
            error = _("Choose a file.")
        else:
            try:
                rows = read_rows(file, domain.COLUMNS, domain.LIMITS)  # type: ignore[arg-type]
                made = domain.prepare_institutions(rows=rows, name=file.name or "", by=by, now=now)
            except SheetRefused as refused:
                error = str(refused)
            else:
                return redirect("sv_institution_batch", pk=made.pk)
    q = request.GET.get("q", "").strip()[:60]
    found = TrainingInstitution.objects.order_by("name", "pk")
    if by.province_code:
        found = found.filter(province_code=by.province_code)
    if q:
        found = found.filter(Q(name__icontains=q) | Q(licence_number=q) | Q(uscc=q.upper()))
    context = {
        "q": q, "found": found[:SHOWN], "keeps": keeps, "error": error, "columns": domain.COLUMNS,
        "today": local_date(now),
        "most": domain.MOST_ROWS, "batches": InstitutionBatch.objects.visible_to(by).defer("rows").order_by("-pk")[:10],
        **frame(request, "referral"),
    }  # fmt: skip
    return render(request, "supervision/authority/institutions.html", context, status=422 if error else 200)


@require_safe
@authority_view
def batch(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A table before it is taken in: what each row would do, and what is wrong beside it."""
    row = _batch(request, pk)
    right, wrong = split(row.rows)
    if request.GET.get("as") == "csv":
        return wrong_rows(f"institutions-{row.pk}-wrong", domain.COLUMNS, wrong)
    said = domain.compare_institutions(row, right) if row.taken_at is None else {}
    context = {
        "batch": row,
        **preview(right, wrong, said=said, columns=domain.COLUMNS, shown=SHOWN),
        **frame(request, "referral"),
    }
    return render(request, "supervision/authority/institution_batch.html", context)


@require_POST
@authority_view
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the right rows in; a second click has no second effect."""
    row = domain.take_institutions(batch=_batch(request, pk), by=actor_of(request), now=moment())
    messages.success(
        request,
        _("Taken in: %(fresh)d new, %(changed)d changed, %(same)d as before.")
        % {"fresh": row.fresh, "changed": row.changed, "same": row.same},
    )
    return redirect("sv_institution_batch", pk=row.pk)


@require_safe
@authority_view
def template(request: HttpRequest) -> HttpResponseBase:
    """An empty table with the right headings, and one made-up row that shows how each is written."""
    example = ["示例线上培训中心", "教民1110108700001号", "", "2027-06-30", "示例区教委", "2026-09-01", ""]
    return csv_response("template", [[column.titles[0] for column in domain.COLUMNS], example])


def _batch(request: HttpRequest, pk: int) -> InstitutionBatch:
    rows = InstitutionBatch.objects.visible_to(actor_of(request)).select_related("authority")
    return row_of(request, rows, "sv_institution_batch", pk=pk)
