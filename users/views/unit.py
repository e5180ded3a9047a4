"""Our unit: the department in charge, who answers, and the selection system with its versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ledger.acts import ActError, Refused
from providers import materials
from rulebook.time import now as moment
from users import domain, queries
from users.forms import NamingForm, SystemForm
from users.models import ResponsibleNaming, SelectionSystem, UseMaterial
from users.views.base import DESK, actor_of, institution_view, unit_of


@institution_view
@require_safe
def unit(request: HttpRequest) -> HttpResponse:
    """What the unit has on record of itself."""
    return _page(request)


def _page(
    request: HttpRequest, *, naming: NamingForm | None = None, system: SystemForm | None = None, status: int = 200
) -> HttpResponse:
    own, actor = unit_of(request), actor_of(request)
    own.refresh_from_db()
    first = {"department": own.functional_department}
    context = {
        "desk": DESK,
        "unit": own,
        "authority": queries.confirming_authority(own),
        "naming": naming or NamingForm(initial=first, persons=own.responsible_persons),
        "form": system or SystemForm(),
        "systems": SelectionSystem.objects.visible_to(actor).filter(unit=own).select_related("material"),
        "namings": ResponsibleNaming.objects.visible_to(actor).filter(unit=own)[:20],
        "max_bytes": materials.MAX_BYTES,
    }
    return render(request, "users/unit.html", context, status=status)


@institution_view
@require_POST
def responsible(request: HttpRequest) -> HttpResponse:
    """Names the department in charge and the responsible persons."""
    form = NamingForm(request.POST)
    if form.is_valid():
        try:
            domain.name_responsible(
                unit=unit_of(request), department=form.cleaned_data["department"], persons=form.persons,
                by=actor_of(request), now=moment(),
            )  # fmt: skip
        except Refused as refused:
            form.errors_of_rows = [reason for reason in refused.reasons if reason.code != "no_department"]
        else:
            messages.success(request, _("Department and responsible persons are on record."))
            return redirect("institution_unit")
    return _page(request, naming=form, status=422)


@institution_view
@require_POST
def system(request: HttpRequest) -> HttpResponse:
    """Takes a new version of the selection system."""
    form = SystemForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            row = _kept(request, form.cleaned_data["file"])
            domain.upload_selection_system(
                unit=unit_of(request), title=form.cleaned_data["title"], material=row,
                effective_on=form.cleaned_data["effective_on"], note=form.cleaned_data["note"],
                by=actor_of(request), now=moment(),
            )  # fmt: skip
        except materials.Refused as refused:
            form.add_error("file", str(refused.message))
        except Refused as refused:
            for reason in refused.reasons:
                form.add_error(None, str(reason.message))
        except ActError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("The selection system is on record."))
            return redirect("institution_unit")
    return _page(request, system=form, status=422)


def _kept(request: HttpRequest, sent: UploadedFile) -> UseMaterial:
    """Inspects, scans and keeps a file. Raises ``materials.Refused`` or an ``ActError``."""
    examined: dict[str, Any] = materials.examine(sent)
    return domain.add_material(unit=unit_of(request), by=actor_of(request), now=moment(), **examined)
