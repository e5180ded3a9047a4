"""Who may do what with a filing, as predicates that return the reasons against it (empty: allowed).

State is not asked here: the transition knows it. These rules ask who acts, for whom, and whether the
law lets the unit file at all.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from accounts.enums import PROVIDER_ROLES
from accounts.models import Unit
from blacklist.queries import barred, barred_reason
from ledger.acts import Actor, Reason, Reasons
from providers.enums import EDITABLE_STATES, BranchState, FilingKind
from providers.models import App, Branch, Filing
from registry.models import Entry


class Versioned(Protocol):
    """A filing, of an app or of its use."""

    version: int


NOT_YOURS = Reason("not_your_unit", _("This filing belongs to another unit."))
NOT_PROVIDER = Reason("not_a_provider", _("Only people of the provider may do this."))


def is_of_provider(by: Actor, unit_id: int) -> Reasons:
    """Only the provider's own people act for it."""
    if by.role not in PROVIDER_ROLES:
        return Reasons([NOT_PROVIDER])
    if by.unit_id != unit_id:
        return Reasons([NOT_YOURS])
    return Reasons()


def may_submit(by: Actor, filing: Filing) -> Reasons:
    """The provider's people submit, resubmit and withdraw."""
    return is_of_provider(by, filing.unit_id)


def may_withdraw(by: Actor, filing: Filing) -> Reasons:
    """The provider takes back what nobody has decided yet."""
    return is_of_provider(by, filing.unit_id)


def may_edit(by: Actor, filing: Filing) -> Reasons:
    """A draft, and what was returned, can be edited by the provider's people."""
    reasons = is_of_provider(by, filing.unit_id)
    if filing.state not in EDITABLE_STATES:
        reasons.append(
            Reason("not_editable", _("This filing is not with you now; it can be changed only after a return."))
        )
    return reasons


def only_the_clock(by: Actor, filing: Filing) -> Reasons:
    """Lapsing is done by the clock alone, never by a person (Measures Art. 13)."""
    if by.is_system:
        return Reasons()
    return Reasons([Reason("only_the_clock", _("A filing lapses by its clock alone."), article="me-13")])


def unit_may_file(unit: Unit, now: datetime) -> Reasons:
    """Whether the law lets this unit file: not barred, not a branch of a head office, active."""
    reasons = Reasons()
    if not unit.active:
        reasons.append(Reason("unit_inactive", _("This unit is no longer active.")))
    declared = unit.uscc and Branch.objects.filter(uscc=unit.uscc, state=BranchState.CONFIRMED).exists()
    if unit.head_office_id is not None or declared:
        reasons.append(
            Reason(
                "branch",
                _("Apps of branches are filed by the head office, in its province."),
                article="me-11",
            )
        )
    listing = barred(unit, now)
    if listing is not None:
        reasons.append(barred_reason(listing))
    return reasons


def may_start(by: Actor, unit: Unit, kind: str, app: App | None, now: datetime) -> Reasons:
    """Whether a filing of this kind can be begun for this app."""
    reasons = Reasons.of(is_of_provider(by, unit.pk))
    if kind != FilingKind.CANCEL:
        reasons.extend(unit_may_file(unit, now))
    if kind == FilingKind.UNIT_CHANGE:
        if not Entry.objects.filter(unit_id=unit.pk, state__in=["published", "rectifying", "offline"]).exists():
            reasons.append(Reason("no_entries", _("The unit has no filed app whose information could be renewed.")))
        return reasons
    if app is None:
        reasons.append(Reason("no_app", _("Choose the app.")))
        return reasons
    if app.unit_id != unit.pk:
        reasons.append(NOT_YOURS)
        return reasons
    state = app.entry.state if app.entry is not None else ""
    if kind == FilingKind.INITIAL and app.entry is not None and state not in ("cancelled", "revoked"):
        reasons.append(
            Reason("already_filed", _("This app is filed already; file a change instead."), article="me-11")
        )
    if kind == FilingKind.CHANGE and state not in ("published", "rectifying"):
        reasons.append(Reason("not_published", _("Only a published entry can be changed."), article="me-15"))
    if kind == FilingKind.RESUME and state != "offline":
        reasons.append(Reason("not_offline", _("Only an app that is temporarily offline can be resumed.")))
    if kind == FilingKind.CANCEL and state not in ("published", "offline"):
        reasons.append(Reason("nothing_to_cancel", _("There is no entry in force that could be cancelled.")))
    return reasons


def startable(by: Actor, unit: Unit, app: App, now: datetime) -> list[FilingKind]:
    """What can be asked for an app that has no open filing."""
    kinds = (FilingKind.INITIAL, FilingKind.CHANGE, FilingKind.RESUME, FilingKind.CANCEL)
    return [kind for kind in kinds if not may_start(by, unit, kind, app, now)]


def same_version(row: Versioned, seen: int | None) -> Reasons:
    """Against acts on a version that the page did not show; None where the caller does not say. For any filing."""
    if seen is None or seen == row.version:
        return Reasons()
    return Reasons([Reason("newer_version", _("A newer version was submitted; look at it first."))])
