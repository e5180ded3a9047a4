"""Confirming that what is published is still right, and what is still owed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from ledger.acts import Reason, Refused
from providers import domain, upkeep
from providers.views.base import actor_of, provider_view, unit_of
from rulebook.time import now as moment


@provider_view
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """All published entries with the day of their confirmation; one button for those chosen."""
    unit, by, now = unit_of(request), actor_of(request), moment()
    owed = upkeep.of_unit(unit, now)
    errors: list[Reason] = []
    chosen = set(request.POST.getlist("entry")) if request.method == "POST" else set()
    with_unit = request.POST.get("unit") == "1"
    if request.method == "POST":
        entries = [row.entry for row in owed.rows if str(row.entry.pk) in chosen]
        if len(entries) != len(chosen):
            errors = [Reason("unknown_entry", _("One of the chosen entries is not yours, or no longer in force."))]
        else:
            try:
                done = domain.confirm_information(unit=unit, entries=entries, with_unit=with_unit, by=by, now=now)
            except Refused as refused:
                errors = list(refused.reasons)
            else:
                text = ngettext("Confirmed: %(n)s entry.", "Confirmed: %(n)s entries.", len(done)) % {"n": len(done)}
                messages.success(request, f"{text} {_('The receipt lies in your inbox.')}")
                return redirect("provider_confirm")
    else:
        chosen = {str(row.entry.pk) for row in owed.to_confirm}
        with_unit = owed.unit is not None and owed.unit.asked and not owed.unreported
    context = {"owed": owed, "unit": unit, "errors": errors, "chosen": chosen, "with_unit": with_unit}
    return render(request, "providers/confirm.html", context, status=422 if errors else 200)
