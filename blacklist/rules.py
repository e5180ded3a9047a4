"""Who may list, lift, object and decide, as predicates that give their reasons."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES, LEAD_ROLES, PROVIDER_ROLES, Role
from blacklist.models import Listing, ListingObjection, ListItem
from ledger.acts import Actor, Reason, Reasons


def decides_for(by: Actor, authority_id: int) -> Reasons:
    """Listing and lifting are decisions of the head of review of that authority, or of the ministry."""
    if by.role == Role.MINISTRY_REVIEWER and by.unit_code == "moe":
        return Reasons()
    if by.role not in AUTHORITY_ROLES or by.unit_id != authority_id:
        return Reasons.of(Reason("not_your_authority", _("This is decided by the authority of the province."), "me-24"))
    if by.role not in LEAD_ROLES:
        return Reasons.of(Reason("not_a_lead", _("Only the head of review decides on the blacklist."), "me-24"))
    return Reasons()


def may_lift(by: Actor, listing: Listing) -> Reasons:
    """The authority that listed, or the ministry."""
    return decides_for(by, listing.authority_id)


def only_the_clock(by: Actor, listing: Listing) -> Reasons:
    """A bar ends by its clock; who wants to end it earlier lifts the listing, with a reason."""
    if by.is_system:
        return Reasons()
    return Reasons.of(Reason("only_the_clock", _("A bar ends by its clock alone."), "me-24"))


def may_object(by: Actor, listing: Listing) -> Reasons:
    """The listed unit."""
    if by.role in PROVIDER_ROLES and by.unit_id == listing.unit_id:
        return Reasons()
    return Reasons.of(Reason("not_your_unit", _("Only the listed unit may object."), "me-24"))


def may_decide_objection(by: Actor, objection: ListingObjection) -> Reasons:
    """Somebody else than who listed: another head of the authority, or the ministry."""
    reasons = decides_for(by, objection.listing.authority_id)
    if not reasons and by.person_id is not None and by.person_id == objection.listing.listed_by_id:
        reasons.append(
            Reason("same_person", _("Somebody else must decide: you made the listing that is objected to."), "me-24")
        )
    return reasons


def may_keep_list(by: Actor, authority_id: int) -> Reasons:
    """The negative list and the exit list are kept by the authority itself."""
    return decides_for(by, authority_id)


def may_remove_line(by: Actor, item: ListItem) -> Reasons:
    return decides_for(by, item.authority_id)


def may_publish_edition(by: Actor, authority_id: int | None) -> Reasons:
    """The portal by its calendar; by hand the authority, and the ministry for the whole country."""
    if by.is_system:
        return Reasons()
    if authority_id is None:
        if by.role == Role.MINISTRY_REVIEWER and by.unit_code == "moe":
            return Reasons()
        return Reasons.of(Reason("not_ministry", _("Only the ministry publishes for the whole country."), "bj-5"))
    return decides_for(by, authority_id)
