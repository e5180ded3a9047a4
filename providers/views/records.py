"""What platform operators shared: the authorities' searchable list, the ministry's naming of operators, and
the public's look-up, which is kept apart from numbered entries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.domain.units import normalise_uscc
from accounts.models import Unit
from accounts.sheets import csv_response
from ledger.acts import ActError, Reason, Refused
from ledger.text import storable
from providers import records
from providers.domain import platforms
from providers.models import PlatformOperator, PlatformRecord
from providers.views.oversight import actor_of, oversight_view
from rulebook.time import local_date
from rulebook.time import now as moment

PAGE = 50
EXPORTED = 50_000


@oversight_view
@require_safe
def listing(request: HttpRequest) -> HttpResponseBase:
    """Records of the authority's province, or all for the ministry; searched by words or identifier."""
    actor = actor_of(request)
    q = request.GET.get("q", "").strip()[:100]
    rows = records.found(PlatformRecord.objects.visible_to(actor), q)
    rows = rows.select_related("operator", "batch").defer("search", "batch__rows")
    if request.GET.get("as") == "csv":
        return _csv(rows)
    after = request.GET.get("after", "")
    if after.isascii() and after.isdecimal() and len(after) < 18:
        rows = rows.filter(pk__lt=int(after))
    page = list(rows.order_by("-pk")[: PAGE + 1])
    context = {
        "q": q,
        "records": page[:PAGE],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "may_name": not platforms.may_designate(actor),
    }
    return render(request, "providers/records.html", context)


def _csv(rows: Any) -> StreamingHttpResponse:
    """The list with where each record came from."""

    def lines() -> Iterator[list[Any]]:
        yield [_("Platform"), _("Identifier"), _("Name"), _("Provider"), _("Unified social credit code"),
               _("Submitted on"), _("Removed from the platform"), _("Batch"), _("Row"), _("Taken in")]  # fmt: skip
        for row in rows.order_by("-pk")[:EXPORTED].iterator(chunk_size=500):
            yield [row.operator.platform, row.mini_program_id, row.name, row.provider_name, row.provider_uscc,
                   row.submitted_on, _("Yes") if row.removed else _("No"), row.batch_id, row.row_number,
                   local_date(row.updated_at)]  # fmt: skip

    return csv_response(f"platform-records-{local_date(moment()).isoformat()}", lines())


@oversight_view
@require_http_methods(["GET", "HEAD", "POST"])
def operators(request: HttpRequest) -> HttpResponse:
    """The ministry names who runs a platform, by the credit code of a registered unit."""
    actor, now = actor_of(request), moment()
    errors = list(platforms.may_designate(actor)) if request.method != "POST" else []
    code, platform = request.POST.get("uscc", ""), request.POST.get("platform", "")[:200]
    if request.method == "POST":
        unit = Unit.objects.filter(uscc=normalise_uscc(code)).exclude(uscc="").first() if storable(code) else None
        try:
            if unit is None:
                errors = [*platforms.may_designate(actor)] or [
                    Reason("unit_unknown", _("No unit with this code is registered here."))
                ]
            else:
                platforms.designate_operator(unit=unit, platform=platform.replace("\x00", ""), by=actor, now=now)
                messages.success(request, _("%(unit)s is named as a platform operator.") % {"unit": unit.name})
                return redirect("platform_operators")
        except Refused as refused:
            errors = list(refused.reasons)
    forbidden = any(reason.code == "not_the_ministry" for reason in errors)
    context = {
        "operators": PlatformOperator.objects.select_related("unit").order_by("ended_at", "-pk"),
        "errors": errors,
        "uscc": code[:40],
        "platform": platform,
        "may_name": not forbidden,
    }
    status = 403 if forbidden else 422 if errors else 200
    return render(request, "providers/operators.html", context, status=status)


@oversight_view
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends the naming of an operator; what it shared stays."""
    operator = PlatformOperator.objects.filter(pk=pk).first()
    try:
        if operator is not None:
            platforms.end_operator(operator=operator, by=actor_of(request), now=moment())
            messages.success(request, _("The naming has ended; the records stay."))
    except ActError as error:
        messages.error(request, str(error))
    return redirect("platform_operators")


@require_safe
def lookup(request: HttpRequest) -> HttpResponse:
    """The public asks whether a mini-program was submitted to the operator of its platform."""
    q = request.GET.get("q", "").strip()[:100]
    later = records.opens_later()
    rows = [] if later or not q else records.public(q)
    context = {"q": q, "records": rows, "later": later, "most": records.MOST}
    return render(request, "providers/record_lookup.html", context)
