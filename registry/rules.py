"""Who may change a public entry, as predicates that give their reasons."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES, PROVIDER_ROLES, Role
from accounts.models import Unit
from blacklist.queries import barred, barred_reason
from ledger.acts import Actor, Reason, Reasons
from registry.enums import END_STATES
from registry.models import Entry


def holds(actor: Actor, authority_id: int) -> bool:
    """Acts for the authority that filed the app, for the ministry above it, or is the system."""
    if actor.is_system or actor.role == Role.MINISTRY_REVIEWER:
        return True
    return actor.role in AUTHORITY_ROLES and actor.unit_id == authority_id


def is_provider(actor: Actor, entry: Entry) -> bool:
    return actor.role in PROVIDER_ROLES and actor.unit_id == entry.unit_id


def may_publish(actor: Actor, authority_id: int) -> Reasons:
    """The authority with which the app is filed, or the ministry (Measures, Articles 10 and 14)."""
    if holds(actor, authority_id):
        return Reasons()
    return Reasons.of(
        Reason("not_your_entry", _("Only the authority that files this app may publish it."), "me-14")
    )


def may_get_number(unit: Unit, now: datetime) -> Reasons:
    """No number for a unit on the blacklist, whenever it submitted (Measures, Article 24).

    Holds the unit's row, so that a listing and a number never pass each other.
    """
    listing = barred(unit, now, lock=True)
    return Reasons.of(barred_reason(listing)) if listing is not None else Reasons()


def may_administer(actor: Actor, entry: Entry) -> Reasons:
    """Offline, resume, rectification, revocation, cancellation: the filing authority or the ministry."""
    if holds(actor, entry.authority_id):
        return Reasons()
    return Reasons.of(
        Reason("not_your_entry", _("Only the authority that filed this app may change its entry."), "me-14")
    )


def may_republish(actor: Actor, entry: Entry) -> Reasons:
    """A live entry, by its authority (Measures, Article 15)."""
    return Reasons.of(may_administer(actor, entry), _still_live(entry))


def may_mark_change(actor: Actor, entry: Entry) -> Reasons:
    """The provider by submitting a change, the authority by deciding it, the system by lapse."""
    if not holds(actor, entry.authority_id) and not is_provider(actor, entry):
        return Reasons.of(Reason("not_your_entry", _("This entry belongs to another unit."), "me-15"))
    return Reasons.of(_still_live(entry))


def may_confirm(actor: Actor, entry: Entry) -> Reasons:
    """The provider says that nothing has changed (notice of the Measures, 2)."""
    if not is_provider(actor, entry):
        return Reasons.of(
            Reason("not_your_entry", _("Only the provider may confirm its information."), "me-15")
        )
    return Reasons.of(_still_live(entry))


def _still_live(entry: Entry) -> Reason | None:
    if entry.state in END_STATES:
        return Reason("entry_ended", _("This number is no longer in force; it cannot be changed."), "me-14")
    return None
