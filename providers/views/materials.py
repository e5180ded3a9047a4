"""An uploaded file, streamed to those who may see it and to nobody else."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from providers.models import Material

#: Nothing in the file may load or run anything. The viewer of PDF files does not work in a sandbox; files
#: that could run something were refused when they were uploaded.
_POLICY = {
    "application/pdf": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
}
_SANDBOX = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
_SHOWN = ("application/pdf", "image/png", "image/jpeg")


@login_required
@require_safe
def material(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself; ``?download=1`` saves it. What one may not see does not exist."""
    actor = request.actor  # type: ignore[attr-defined]
    return stream(request, Material.objects.visible_to(actor).filter(pk=pk).first())


def stream(request: HttpRequest, row: Any) -> HttpResponseBase:
    """A stored file as a page shows it, so that nothing in it can run; 404 for ``None`` or where it is missing."""
    if row is None:
        raise Http404
    try:
        opened = row.file.open("rb")
    except (FileNotFoundError, OSError):
        raise Http404 from None
    shown = row.content_type in _SHOWN
    response = FileResponse(
        opened,
        as_attachment=bool(request.GET.get("download")) or not shown,
        filename=row.name,
        content_type=row.content_type if shown else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _POLICY.get(row.content_type, _SANDBOX)
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
