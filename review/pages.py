"""Where notices about appraisals and lists lead their reader."""

from __future__ import annotations

from django.urls import reverse

from accounts.enums import AUTHORITY_ROLES
from ledger.acts import Actor
from notices import links
from notices.models import Notice
from review.models import Appraisal
from users.models import ListEdition


def page_of_appraisal(notice: Notice, actor: Actor | None) -> str:
    """The expert's own page, the authority's, or what everybody sees."""
    if notice.subject_id is None:
        return ""
    if notice.kind in ("appraisal_appointed", "appraisal_scoring"):
        return reverse("expert", args=[notice.subject_id])
    seen = Appraisal.objects.visible_to(actor).filter(pk=notice.subject_id)
    if actor is not None and actor.role in AUTHORITY_ROLES and seen.exists():
        return reverse("appraisal", args=[notice.subject_id])
    return reverse("appraisal_public", args=[notice.subject_id])


def page_of_edition(notice: Notice, actor: Actor | None) -> str:
    """The edition as everybody reads it."""
    edition = ListEdition.objects.filter(pk=notice.subject_id, published_at__isnull=False).first()
    return reverse("recommended_edition", args=[edition.list_id, edition.number]) if edition is not None else ""


def register() -> None:
    """Called once when the room is ready."""
    links.register(Appraisal._meta.label_lower, page_of_appraisal)
    links.register(ListEdition._meta.label_lower, page_of_edition)
