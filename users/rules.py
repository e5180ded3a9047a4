"""Who may do what with a use, as predicates that return the reasons against it (empty: allowed).

State is not asked here: the transition knows it. These rules ask who acts, for whom, and whether the law
lets the unit select the app.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES, INSTITUTION_ROLES, LEAD_ROLES, Level, MembershipStatus, UnitKind
from accounts.models import Membership, Unit
from blacklist.models import Listing
from blacklist.queries import barred
from ledger.acts import Actor, Reason, Reasons
from registry.enums import VALID_STATES, EntryState
from registry.models import Entry
from users.enums import EDITABLE_STATES, Cause
from users.models import UserFiling

NOT_INSTITUTION = Reason("not_an_institution", _("Only people of the institution may do this."))
NOT_YOURS = Reason("not_your_unit", _("This filing belongs to another unit."))
NOT_AUTHORITY = Reason("not_an_authority", _("Only people of the confirming authority may do this."), article="me-19")
NOT_YOUR_AUTHORITY = Reason(
    "not_your_authority", _("This filing is confirmed by another authority."), article="me-19"
)
OWN_UNIT = Reason("own_unit", _("You belong to the unit that files; somebody else must decide."))
SAME_PERSON = Reason(
    "same_person", _("You handed this in yourself; a second person must review it."), article="op-10"
)
ONLY_SYSTEM = Reason("only_the_portal", _("This follows from what befalls the app’s entry, by the portal itself."))


def is_of_unit(by: Actor, unit_id: int) -> Reasons:
    """The unit's institution roles act for it; for an authority's own uses its lead does likewise."""
    lead = by.role in LEAD_ROLES and by.unit_kind == UnitKind.AUTHORITY
    if by.role not in INSTITUTION_ROLES and not lead:
        return Reasons([NOT_INSTITUTION])
    return Reasons() if by.unit_id == unit_id else Reasons([NOT_YOURS])


def may_edit(by: Actor, filing: UserFiling) -> Reasons:
    """A draft, what was returned, and (to prepare the report of a change) what is confirmed."""
    reasons = is_of_unit(by, filing.unit_id)
    if filing.state not in EDITABLE_STATES:
        reasons.append(
            Reason("not_editable", _("This filing is not with you now; it can be changed only after a return."))
        )
    return reasons


def may_submit(by: Actor, filing: UserFiling) -> Reasons:
    """The unit's people hand in, report changes and withdraw."""
    return is_of_unit(by, filing.unit_id)


def may_withdraw(by: Actor, filing: UserFiling) -> Reasons:
    """The unit's people end a use at any time (Opinions, item 16)."""
    return is_of_unit(by, filing.unit_id)


def may_review_in_unit(by: Actor, filing: UserFiling) -> Reasons:
    """The school's own review: a second person of the unit, never the one who handed in (Opinions, item 10)."""
    reasons = is_of_unit(by, filing.unit_id)
    if not reasons and by.person_id == filing.handed_in_by_id:
        reasons.append(SAME_PERSON)
    return reasons


def may_decide(by: Actor, filing: UserFiling) -> Reasons:
    """Confirm and return: only the confirming authority's own people (Measures Art. 19).

    Who belongs to the applicant unit, in whatever role, never decides on it. The ministry's own uses are
    decided by another person of the ministry than the one who handed in.
    """
    if by.role not in AUTHORITY_ROLES:
        return Reasons([NOT_AUTHORITY])
    if by.unit_id != filing.authority_id:
        return Reasons([NOT_YOUR_AUTHORITY])
    if by.person_id is None:
        return Reasons()
    if filing.authority_id == filing.unit_id:
        own = filing.unit.level == Level.MINISTRY and by.person_id != filing.handed_in_by_id
        return Reasons() if own else Reasons([SAME_PERSON])
    member = Membership.objects.filter(person_id=by.person_id, unit_id=filing.unit_id)
    return Reasons([OWN_UNIT]) if member.exclude(status=MembershipStatus.ENDED).exists() else Reasons()


def only_the_portal(by: Actor, filing: UserFiling) -> Reasons:
    """Suspension and resumption follow the entry, by the system alone."""
    return Reasons() if by.is_system else Reasons([ONLY_SYSTEM])


def may_propose_withdrawal(by: Actor, filing: UserFiling, cause: str) -> Reasons:
    """The portal by what befell the entry; the confirming authority, where it advises so."""
    if cause == Cause.AUTHORITY:
        return may_decide(by, filing)
    return only_the_portal(by, filing)


def unit_may_use(unit: Unit) -> Reasons:
    """Whether the unit files uses at all: authorities, their units and schools of all kinds (Measures Art. 8)."""
    reasons = Reasons()
    if not unit.active:
        reasons.append(Reason("unit_inactive", _("This unit is no longer active.")))
    if unit.kind not in (UnitKind.AUTHORITY, UnitKind.AFFILIATED, UnitKind.SCHOOL, UnitKind.UNIVERSITY):
        reasons.append(
            Reason("not_an_institution", _("Only authorities, their units and schools file the use of apps."), "me-8")
        )
    return reasons


_GONE = {
    EntryState.OFFLINE: Reason(
        "entry_offline", _("The app is temporarily offline and cannot be selected."), article="me-8"
    ),
    EntryState.REVOKED: Reason(
        "entry_revoked", _("The app’s filing was revoked; it cannot be selected or used."), article="me-8"
    ),
    EntryState.CANCELLED: Reason(
        "entry_cancelled", _("The app’s filing was cancelled by its provider; it cannot be selected."), article="me-8"
    ),
}


def entry_selectable(entry: Entry | None, now: datetime) -> Reasons:
    """Whether schools may select the app: its provider filing is in force, its provider not barred (Art. 8)."""
    if entry is None:
        return Reasons()
    reasons = Reasons()
    if entry.state not in VALID_STATES:
        reasons.append(_GONE[EntryState(entry.state)])
    by_code = Listing.objects.barring(uscc=entry.uscc, at=now)
    if by_code.exists() if entry.uscc else barred(entry.unit, now) is not None:
        reasons.append(
            Reason("provider_barred", _("The app’s provider is on the blacklist; it cannot be selected."), "me-24")
        )
    return reasons
