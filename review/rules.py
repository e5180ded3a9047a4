"""Who may do what with a case, as predicates that return the reasons against it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES, LEAD_ROLES, MembershipStatus, Role
from accounts.models import Membership
from ledger.acts import Actor, Reason, Reasons
from providers.enums import FilingState
from providers.models import Filing

NOT_A_REVIEWER = Reason("not_a_reviewer", _("Only reviewers of an authority may do this."))
NOT_YOUR_AUTHORITY = Reason("not_your_authority", _("This filing belongs to another authority."), article="me-10")
NOT_AT_MINISTRY = Reason("with_the_ministry", _("The ministry holds this filing now."))
OWN_UNIT = Reason("own_unit", _("You belong to the unit that files; somebody else must decide."))


def holds(by: Actor, filing: Filing) -> Reasons:
    """The actor is a reviewer of the authority that holds the filing now.

    The province (or the ministry for those filed with it, Measures Art. 10) holds what is submitted; the
    ministry holds what awaits its review.
    """
    if by.role not in AUTHORITY_ROLES:
        return Reasons([NOT_A_REVIEWER])
    at_ministry = by.role == Role.MINISTRY_REVIEWER and by.unit_code == "moe"
    if filing.state == FilingState.MINISTRY_REVIEW:
        return Reasons() if at_ministry else Reasons([NOT_AT_MINISTRY])
    if by.unit_id != filing.authority_id:
        return Reasons([NOT_YOUR_AUTHORITY])
    return Reasons()


def independent(by: Actor, filing: Filing) -> Reasons:
    """A reviewer cannot decide a filing of a unit that he belongs to, in whatever role."""
    if by.person_id is None:
        return Reasons()
    member = Membership.objects.filter(person_id=by.person_id, unit_id=filing.unit_id).exclude(
        status=MembershipStatus.ENDED
    )
    return Reasons([OWN_UNIT]) if member.exists() else Reasons()


def may_work_on(by: Actor, filing: Filing) -> Reasons:
    """Write verdicts, answer the checklist, override checks."""
    return Reasons.of(holds(by, filing), independent(by, filing))


def may_decide(by: Actor, filing: Filing) -> Reasons:
    """Return, approve, decline."""
    return Reasons.of(holds(by, filing), independent(by, filing))


def may_claim(by: Actor, filing: Filing) -> Reasons:
    """Take an unassigned case."""
    return Reasons.of(holds(by, filing), independent(by, filing))


def may_assign(by: Actor, filing: Filing) -> Reasons:
    """Give a case to a colleague: heads of review."""
    reasons = holds(by, filing)
    if not reasons and by.role not in LEAD_ROLES:
        reasons.append(Reason("not_a_lead", _("Only heads of review assign cases to others.")))
    return reasons
