"""What followed for persons in a case: for leads, after they have said what for; each look is on record (R165)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from blacklist.models import Listing
from ledger.acts import Refused
from rulebook.time import now as moment
from supervision import domain, rules
from supervision.forms import OutcomeForm, PurposeForm
from supervision.models import Circular
from supervision.views.authority.base import actor_of, authority_view, frame, row_of
from supervision.views.authority.refusing import attempt


@authority_view
def circular_outcomes(request: HttpRequest, pk: int) -> HttpResponse:
    """Beside a circular or an interview."""
    rows = Circular.objects.visible_to(actor_of(request)).select_related("authority")
    return _page(request, row_of(request, rows, "sv_circular", pk=pk), "circular", _("Circulars and letters"))


@authority_view
def listing_outcomes(request: HttpRequest, pk: int) -> HttpResponse:
    """Beside a listing."""
    rows = Listing.objects.visible_to(actor_of(request)).select_related("authority")
    return _page(request, row_of(request, rows, "sv_listing", pk=pk), "listing", _("Blacklist"))


def _page(request: HttpRequest, case: Any, section: str, label: str) -> HttpResponse:
    """Asks for the purpose and shows once; or records."""
    actor = actor_of(request)
    reasons = rules.may_look_at_outcomes(actor, case)
    if reasons:
        raise Refused(reasons)
    what = request.POST.get("what") if request.method == "POST" else ""
    look = PurposeForm(request.POST if what == "look" else None, auto_id="id_look_%s")
    record = OutcomeForm(request.POST if what == "record" else None, auto_id="id_record_%s")
    found = None
    if what == "look" and look.is_valid():
        found = attempt(
            look, lambda: domain.look_at_outcomes(case=case, by=actor, now=moment(), **look.cleaned_data)
        )
    if what == "record" and record.is_valid():
        made = attempt(record, lambda: domain.record_outcome(case=case, by=actor, now=moment(), **record.cleaned_data))
        if made is not None:
            messages.success(request, _("Recorded, and entered in the ledger."))
            return redirect(request.path)
    name = getattr(case, "case_no", "") or getattr(case, "unit_name", "")
    bad = (look.is_bound and look.errors) or (record.is_bound and record.errors)
    context = {
        "title": _("What followed for persons"), "row": None, "case": case, "name": name, "look": look,
        "record": record, "found": found, "back": reverse(f"sv_{section}", args=[case.pk]),
        "crumbs": [(label, reverse(f"sv_{section}s")), (name, reverse(f"sv_{section}", args=[case.pk]))],
        **frame(request, section),
    }  # fmt: skip
    response = render(request, "supervision/authority/outcomes.html", context, status=422 if bad else 200)
    response["Cache-Control"] = "no-store, private"
    return response
