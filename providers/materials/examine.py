"""What every way of uploading does with a file before it is kept."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from providers.materials.errors import Refused
from providers.materials.inspect import inspect
from providers.materials.scan import scanner

_INFECTED = _("The virus scanner found something in this file; it was not kept.")
_UNSCANNED = _("The virus scanner does not answer at the moment; please try again in a few minutes.")


def examine(sent: UploadedFile) -> dict[str, Any]:
    """Looks at the content and has it scanned: the arguments with which ``add_material`` keeps the file.

    Raises :class:`Refused` where it may not be kept.
    """
    found = inspect(sent, sent.name or "")  # type: ignore[arg-type]
    scan = scanner().scan(sent)  # type: ignore[arg-type]
    if not scan.may_keep:
        raise Refused(scan.status, _INFECTED if scan.status == "infected" else _UNSCANNED)
    return {
        "upload": sent,
        "name": found.name,
        "content_type": found.type,
        "sha256": found.sha256,
        "pages": found.pages,
        "scan": scan.status,
    }


def file_value(row: Any) -> dict[str, Any]:
    """How a document names a kept file."""
    return {
        "id": row.pk,
        "name": row.name,
        "sha256": row.sha256,
        "size": row.size,
        "type": row.content_type,
        "pages": row.pages,
    }
