"""The pages of the form of a provider filing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from providers.views import wizard
from providers.views.base import provider_view
from providers.views.desk import DESK


@provider_view
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """One section of the form."""
    return wizard.section(DESK, request, pk, section)


@provider_view
@require_POST
def autosave(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Saves a section as it is typed."""
    return wizard.autosave(DESK, request, pk, section)


@provider_view
@require_POST
def upload(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Takes one file for one field."""
    return wizard.upload(DESK, request, pk, section)
