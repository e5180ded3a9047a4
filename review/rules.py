"""Who may do what with a case, as predicates that return the reasons against it."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES, LEAD_ROLES, Role
from ledger.acts import Actor, Reason, Reasons
from providers.enums import FilingState
from providers.models import Filing
from rulebook.policies import Policy

NOT_A_REVIEWER = Reason("not_a_reviewer", _("Only reviewers of an authority may do this."))
NOT_YOUR_AUTHORITY = Reason("not_your_authority", _("This filing belongs to another authority."), article="me-10")
NOT_AT_MINISTRY = Reason("with_the_ministry", _("The ministry holds this filing now."))
NOT_A_LEAD = Reason("not_a_lead", _("Only heads of review assign cases to others."))
OWN_UNIT = Reason("own_unit", _("You belong to the unit that files; somebody else must decide."))
OWN_HAND = Reason("own_hand", _("You prepared or submitted this filing yourself; somebody else must decide."))


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


def own_house(filing: Filing) -> bool:
    """The authority's own filing: the unit that files is the authority that decides (the ministry's own apps)."""
    return filing.unit_id == filing.authority_id


def second_person_needed(filing: Filing, policy: Policy) -> bool:
    """Two persons approve where the policy asks for it, and always where an authority decides on its own filing."""
    return bool(policy.get("second_person")) or own_house(filing)


_INDEPENDENT = """
    SELECT EXISTS (SELECT 1 FROM accounts_membership WHERE person_id = %(person)s AND unit_id = %(unit)s
            AND status <> 'ended' AND NOT (%(own_house)s AND role = ANY(%(roles)s))),
        EXISTS (SELECT 1 FROM providers_filingversion WHERE filing_id = %(filing)s AND submitted_by_id = %(person)s)
        OR EXISTS (SELECT 1 FROM providers_materialuse u JOIN providers_material m ON m.id = u.material_id
            WHERE u.filing_id = %(filing)s AND m.uploaded_by_id = %(person)s)
"""


def independent(by: Actor, filing: Filing) -> Reasons:
    """Nobody decides on what he had a hand in, or on a filing of a unit that he belongs to, in whatever role.

    Had a hand in it: began it, submitted a version, or uploaded one of its files. Above the ministry is
    nobody: its reviewers decide on its own filings, but two of them (see :func:`second_person_needed`),
    and none who works for it as a provider.
    """
    if by.person_id is None:
        return Reasons()
    with connection.cursor() as cursor:
        cursor.execute(
            _INDEPENDENT,
            {
                "person": by.person_id, "unit": filing.unit_id, "filing": filing.pk,
                "own_house": own_house(filing), "roles": [str(role) for role in AUTHORITY_ROLES],
            },
        )  # fmt: skip
        belongs, submitted = cursor.fetchone()
    reasons = Reasons([OWN_UNIT]) if belongs else Reasons()
    if submitted or filing.created_by_id == by.person_id:
        reasons.append(OWN_HAND)
    return reasons


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
        reasons.append(NOT_A_LEAD)
    return reasons
