"""Where notices about supervision lead the people of the authorities and of the partners."""

from __future__ import annotations

from django.urls import reverse

from accounts.enums import AUTHORITY_ROLES, Role
from blacklist.models import ListingObjection
from ledger.acts import Actor
from notices import links
from notices.models import Notice
from supervision.models import Forwarding, WorkTask

#: subject of a notice → page of the authority
PAGES = {
    "supervision.complaint": "sv_complaint",
    "supervision.rectificationorder": "sv_order",
    "supervision.campaign": "sv_campaign",
    "supervision.referral": "sv_referral",
    "supervision.takedown": "sv_takedown",
    "supervision.warning": "sv_warning",
    "supervision.circular": "sv_circular",
    "blacklist.listing": "sv_listing",
}


def _authority_page(subject: str, name: str) -> links.Link:
    def page(notice: Notice, actor: Actor | None) -> str:
        if notice.subject_id is not None and actor is not None:
            if actor.role in AUTHORITY_ROLES:
                return reverse(name, args=[notice.subject_id])
            if actor.role == Role.PARTNER and subject == "supervision.referral":
                return reverse("sv_partner_referral", args=[notice.subject_id])
        return ""

    return page


def page_of_forwarding(notice: Notice, actor: Actor | None) -> str:
    """The complaint behind what was forwarded, for the authority alone."""
    found = Forwarding.objects.visible_to(actor).filter(pk=notice.subject_id).first()
    return reverse("sv_complaint", args=[found.complaint_id]) if found is not None else ""


def page_of_objection(notice: Notice, actor: Actor | None) -> str:
    """An objection stands on the page of its listing."""
    found = ListingObjection.objects.visible_to(actor).filter(pk=notice.subject_id).first()
    return reverse("sv_listing", args=[found.listing_id]) if found is not None else ""


def page_of_task(notice: Notice, actor: Actor | None) -> str:
    """The same page for everybody whom the task names."""
    found = WorkTask.objects.visible_to(actor).filter(pk=notice.subject_id).exists()
    return reverse("sv_task", args=[notice.subject_id]) if found else ""


def _for_authorities(own: links.Link) -> links.Link:
    """``own`` for the authorities alone."""
    def page(notice: Notice, actor: Actor | None) -> str:
        if actor is not None and actor.role in AUTHORITY_ROLES:
            return own(notice, actor)
        return ""

    return page


def register() -> None:
    """Called once when the room is ready; pages of other audiences are registered beside these."""
    for subject, name in PAGES.items():
        links.register(subject, _authority_page(subject, name))
    links.register("supervision.worktask", page_of_task)
    for subject, own in (
        ("supervision.forwarding", page_of_forwarding),
        ("blacklist.listingobjection", page_of_objection),
    ):
        links.register(subject, _for_authorities(own))
