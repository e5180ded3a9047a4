"""Where notices about supervision lead providers and the public; the authority's pages register beside it."""

from __future__ import annotations

from django.urls import reverse

from accounts.enums import AUTHORITY_ROLES, PROVIDER_ROLES
from blacklist.models import Listing, ListingObjection
from ledger.acts import Actor
from notices import links
from notices.models import Notice
from supervision.models import Circular, Forwarding, RectificationOrder, Warning  # noqa: A004


def _is_provider(actor: Actor | None) -> bool:
    return actor is not None and actor.role in PROVIDER_ROLES and actor.unit_id is not None


def _is_authority(actor: Actor | None) -> bool:
    return actor is not None and actor.role in AUTHORITY_ROLES


def of_order(notice: Notice, actor: Actor | None) -> str:
    """The provider's page of an order."""
    return reverse("provider_order", args=[notice.subject_id]) if _is_provider(actor) else ""


def of_forwarding(notice: Notice, actor: Actor | None) -> str:
    return reverse("provider_forwarding", args=[notice.subject_id]) if _is_provider(actor) else ""


def of_listing(notice: Notice, actor: Actor | None) -> str:
    """The provider's own page; institutions and everybody else read the public list."""
    if _is_provider(actor):
        return reverse("provider_listing", args=[notice.subject_id])
    return "" if _is_authority(actor) else f"{reverse('blacklist')}?show=all"


def of_objection(notice: Notice, actor: Actor | None) -> str:
    """An objection stands on the page of its listing."""
    if not _is_provider(actor):
        return ""
    row = ListingObjection.objects.visible_to(actor).filter(pk=notice.subject_id).only("listing_id").first()
    return reverse("provider_listing", args=[row.listing_id]) if row else ""


def of_warning(notice: Notice, actor: Actor | None) -> str:
    return f"{reverse('provider_supervision')}#warnings" if _is_provider(actor) else ""


def of_circular(notice: Notice, actor: Actor | None) -> str:
    """The public page, as far as the circular is for the reader; authorities have one of their own."""
    return reverse("circular", args=[notice.subject_id]) if notice.subject_id and not _is_authority(actor) else ""


def register() -> None:
    """Called once when the room is ready."""
    for model, link in (
        (RectificationOrder, of_order), (Forwarding, of_forwarding), (Listing, of_listing),
        (ListingObjection, of_objection), (Warning, of_warning), (Circular, of_circular),
    ):  # fmt: skip
        links.register(model._meta.label_lower, link)
