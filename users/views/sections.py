"""The pages of the form of a use."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from providers.views import wizard
from providers.views.materials import stream
from users.models import UseMaterial
from users.views.base import DESK, actor_of, institution_view


@institution_view
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """One section of the form."""
    return wizard.section(DESK, request, pk, section)


@institution_view
@require_POST
def autosave(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Saves a section as it is typed."""
    return wizard.autosave(DESK, request, pk, section)


@institution_view
@require_POST
def upload(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Takes one file for one field."""
    return wizard.upload(DESK, request, pk, section)


@login_required
@require_safe
def material(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file, for the unit's own people and the authorities that may see it; ``?download=1`` saves it."""
    return stream(request, UseMaterial.objects.visible_to(actor_of(request)).filter(pk=pk).first())
