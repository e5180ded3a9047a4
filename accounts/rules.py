"""Who may do what with units, people and tokens: predicates that give their reasons.

A rule takes the actor and the row and returns :class:`ledger.acts.Reasons`; empty means allowed.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.enums import (
    AUTHORITY_ROLES,
    INSTITUTION_ROLES,
    LEAD_ROLES,
    PROVIDER_ROLES,
    Level,
    MembershipStatus,
    Role,
    TokenScope,
    UnitKind,
)
from accounts.models import ApiToken, Invitation, Membership, Person, Unit
from accounts.scope import scope_of
from ledger.acts import Actor, ActorKind, Reason, Reasons

MANAGING_ROLES = frozenset(
    {Role.PROVIDER_OWNER, Role.INSTITUTION_LEAD, Role.REVIEW_LEAD, Role.MINISTRY_REVIEWER}
)
INVITING_ROLES = frozenset({Role.INSTITUTION_LEAD, Role.REVIEW_LEAD, Role.MINISTRY_REVIEWER})
SELF_REGISTERING = frozenset({UnitKind.ENTERPRISE, UnitKind.SOCIAL, UnitKind.SCHOOL, UnitKind.UNIVERSITY})
MUST_NOT_BE_LAST = frozenset({Role.PROVIDER_OWNER, Role.SYSADMIN})

_SCOPE_ROLES = {
    TokenScope.PROVIDER: PROVIDER_ROLES,
    TokenScope.AUTHORITY: AUTHORITY_ROLES,
    TokenScope.INSTITUTION: INSTITUTION_ROLES,
    TokenScope.PARTNER: frozenset({Role.PARTNER}),
    TokenScope.READ: frozenset(Role),
}
#: whom a token of a scope may let in, end, invite or give another role; administrators are made by no token
_GRANTED_ROLES = {
    TokenScope.PROVIDER: PROVIDER_ROLES,
    TokenScope.AUTHORITY: AUTHORITY_ROLES | INSTITUTION_ROLES,
    TokenScope.INSTITUTION: INSTITUTION_ROLES,
}


def allowed(by: Actor, row: object) -> Reasons:
    """No objection: the caller has asked his own rule already."""
    return Reasons()


def roles_for(unit: Unit) -> list[Role]:
    """Roles that fit the kind of ``unit``, the one in charge first."""
    if unit.kind in (UnitKind.ENTERPRISE, UnitKind.SOCIAL):
        return [Role.PROVIDER_OWNER, Role.PROVIDER_STAFF]
    if unit.kind == UnitKind.PARTNER:
        return [Role.PARTNER]
    both = [Role.INSTITUTION_LEAD, Role.INSTITUTION_STAFF, Role.PROVIDER_OWNER, Role.PROVIDER_STAFF]
    if unit.kind != UnitKind.AUTHORITY:
        return both
    if unit.level == Level.MINISTRY:
        return [Role.MINISTRY_REVIEWER, Role.SYSADMIN, Role.PROVIDER_OWNER, Role.PROVIDER_STAFF]
    return [Role.REVIEW_LEAD, Role.REVIEWER, *both]


def scopes_for(role: str) -> list[TokenScope]:
    """What a token of this role may be for."""
    return [scope for scope in TokenScope if role in _SCOPE_ROLES[scope]]


def needs_mfa(role: str, *, is_staff: bool = False) -> bool:
    """Whether this role must have a second factor (authorities and administrators, in production)."""
    if not getattr(settings, "PORTAL_MFA_REQUIRED", False):
        return False
    return is_staff or role in AUTHORITY_ROLES or role in (Role.SYSADMIN, Role.PARTNER)


def has_mfa(person: Person) -> bool:
    """Whether the person has set up a second factor."""
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(person))


def may_manage(by: Actor, unit: Unit) -> Reasons:
    """Let in, refuse, end, give a role: who is in charge of the unit, or of one above it."""
    scope = scope_of(by)
    if by.is_system or by.role == Role.SYSADMIN:
        return Reasons()
    if by.role in MANAGING_ROLES and scope.unit_id == unit.pk:
        return Reasons()
    if scope.is_lead and unit.path.startswith(scope.path):
        return Reasons()
    return Reasons.of(
        Reason("not_in_charge", _("Only who is in charge of the unit may decide who works for it."))
    )


def may_touch_office(by: Actor, *roles: str) -> Reasons:
    """Reviewers and administrators are made and unmade by who leads the review, or by an administrator.

    The owner of an authority's own apps is in charge of those, and of nobody who decides filings.
    """
    if not AUTHORITY_ROLES.union({Role.SYSADMIN}).intersection(roles):
        return Reasons()
    if by.is_system or by.role == Role.SYSADMIN or by.role in LEAD_ROLES:
        return Reasons()
    return Reasons.of(
        Reason("not_head_of_review", _("Only the head of review decides who reviews for the authority."))
    )


def within_token(by: Actor, *roles: str) -> Reasons:
    """A token touches the roles of its scope alone, whatever else its person may; in a browser this says nothing."""
    if by.kind != ActorKind.TOKEN:
        return Reasons()
    granted: frozenset[str] = frozenset().union(*(_GRANTED_ROLES.get(TokenScope(one), ()) for one in by.scopes))
    if granted.issuperset(roles):
        return Reasons()
    return Reasons.of(
        Reason("beyond_token", _("This token is not for people of this role; use one of their scope, or the page."))
    )


def may_give_role(by: Actor, unit: Unit, role: str) -> Reasons:
    """The role must fit the unit; administrators are made by administrators only."""
    if role not in roles_for(unit):
        return Reasons.of(Reason("role_does_not_fit", _("This role does not exist in a unit of this kind.")))
    if role == Role.SYSADMIN and not (by.is_system or by.role == Role.SYSADMIN):
        return Reasons.of(
            Reason("only_administrators", _("Only an administrator may make somebody an administrator."))
        )
    return Reasons()


def not_the_last(membership: Membership) -> Reasons:
    """A unit keeps at least one owner, the portal one administrator. Call with the unit locked."""
    if membership.role not in MUST_NOT_BE_LAST or membership.status != MembershipStatus.ACTIVE:
        return Reasons()
    others = Membership.objects.filter(
        unit_id=membership.unit_id,
        role=membership.role,
        status=MembershipStatus.ACTIVE,
        person__is_active=True,
    ).exclude(pk=membership.pk)
    if others.exists():
        return Reasons()
    return Reasons.of(
        Reason("last_owner", _("This is the last owner of the unit. Make somebody else an owner first."))
    )


def may_admit(by: Actor, membership: Membership) -> Reasons:
    """Letting in or refusing: in charge of the unit, and the request still waits."""
    reasons = Reasons.of(
        may_manage(by, membership.unit), may_touch_office(by, membership.role), within_token(by, membership.role)
    )
    if membership.status != MembershipStatus.REQUESTED:
        reasons.append(Reason("not_waiting", _("This request has been answered already.")))
    return reasons


def may_end(by: Actor, membership: Membership) -> Reasons:
    """Ending: in charge of the unit, or oneself; never the last owner."""
    reasons = Reasons()
    if by.person_id != membership.person_id:
        reasons = Reasons.of(may_manage(by, membership.unit), may_touch_office(by, membership.role))
    reasons.extend(within_token(by, membership.role))
    if membership.status == MembershipStatus.ENDED:
        reasons.append(Reason("ended", _("This membership has ended already.")))
    return Reasons.of(reasons, not_the_last(membership))


def may_change_role(by: Actor, membership: Membership, role: str) -> Reasons:
    """Changing a role: in charge, the role fits, and an owner remains."""
    reasons = Reasons.of(may_manage(by, membership.unit), may_give_role(by, membership.unit, role))
    if not reasons:
        reasons.extend(may_touch_office(by, membership.role, role))
    reasons.extend(within_token(by, membership.role, role))
    if membership.status != MembershipStatus.ACTIVE:
        reasons.append(Reason("not_active", _("This membership is not in force.")))
    if role != membership.role:
        reasons = Reasons.of(reasons, not_the_last(membership))
    if by.person_id == membership.person_id and role in AUTHORITY_ROLES and not by.is_system:
        reasons.append(Reason("own_role", _("Nobody changes his own role in an authority.")))
    return reasons


def may_create_below(by: Actor, parent: Unit | None) -> Reasons:
    """New units of the tree: leads of an authority under their own unit; administrators anywhere."""
    scope = scope_of(by)
    if by.is_system or by.role == Role.SYSADMIN:
        return Reasons()
    if parent is not None and scope.is_lead and parent.path.startswith(scope.path):
        return Reasons()
    return Reasons.of(
        Reason("not_above", _("Units are set up from above: by the authority they will stand under."))
    )


def may_move(by: Actor, unit: Unit, parent: Unit) -> Reasons:
    """Moving a unit: both places must be one's own, and nothing goes under itself."""
    reasons = Reasons.of(may_create_below(by, unit.parent), may_create_below(by, parent))
    if parent.path.startswith(unit.path):
        reasons.append(Reason("under_itself", _("A unit cannot stand under itself.")))
    if parent.kind != UnitKind.AUTHORITY and unit.kind == UnitKind.AUTHORITY:
        reasons.append(Reason("not_an_authority", _("An authority stands under an authority only.")))
    return reasons


def may_close(by: Actor, unit: Unit, *, active: bool) -> Reasons:
    """Closing an authority below the province, or opening it again: whoever may set one up in its place."""
    reasons = may_create_below(by, unit.parent)
    if unit.kind != UnitKind.AUTHORITY or unit.level not in (Level.CITY, Level.DISTRICT):
        reasons.append(
            Reason("not_to_be_closed", _("Only authorities of cities and districts can be closed or opened again."))
        )
    elif unit.active == active:
        said = _("This authority is open.") if active else _("This authority is closed already.")
        reasons.append(Reason("as_it_is", said))
    return reasons


def may_invite(by: Actor, unit: Unit, role: str) -> Reasons:
    """Invitations go downwards in one's own subtree, into roles that fit."""
    scope = scope_of(by)
    fits = Reasons.of(may_give_role(by, unit, role), within_token(by, role))
    if by.is_system or by.role == Role.SYSADMIN:
        return fits
    below = bool(scope.path) and by.role in INVITING_ROLES and unit.path.startswith(scope.path)
    if by.role == Role.INSTITUTION_LEAD and by.unit_kind == UnitKind.AUTHORITY:
        below = unit.pk == scope.unit_id  # in charge of the authority's own uses, and of nobody below it
    if not below:
        fits.append(
            Reason(
                "not_below", _("You may invite people into your own unit and the units below it, no others.")
            )
        )
    elif by.role == Role.INSTITUTION_LEAD and role in AUTHORITY_ROLES:
        fits.append(Reason("role_too_high", _("You cannot give a role that is above your own.")))
    if not unit.active:
        fits.append(Reason("unit_closed", _("This unit is closed.")))
    return fits


def may_withdraw(by: Actor, invitation: Invitation) -> Reasons:
    """Withdrawing: whoever could have sent it, while it is open."""
    reasons = may_invite(by, invitation.unit, invitation.role)
    if invitation.accepted_at or invitation.withdrawn_at:
        reasons.append(Reason("not_open", _("This invitation has been used or withdrawn.")))
    return reasons


def may_issue_token(by: Actor, membership: Membership, scope: str) -> Reasons:
    """A token for oneself, of a scope that the role has, with the second factor where it is due."""
    reasons = Reasons()
    if not by.is_system and by.person_id != membership.person_id:
        reasons.append(Reason("not_yours", _("A token can be made for oneself only.")))
    if not membership.active or not membership.unit.active:
        reasons.append(Reason("not_active", _("This membership is not in force.")))
    if scope not in scopes_for(membership.role):
        reasons.append(
            Reason("scope_does_not_fit", _("Your role does not have what this token is to be for."))
        )
    if needs_mfa(membership.role, is_staff=membership.person.is_staff) and not has_mfa(membership.person):
        reasons.append(
            Reason("mfa_missing", _("Set up two-step sign-in first; your role may not work without it."))
        )
    return reasons


def may_revoke_token(by: Actor, token: ApiToken) -> Reasons:
    """One's own; or an administrator."""
    reasons = Reasons()
    if not (by.is_system or by.role == Role.SYSADMIN or by.person_id == token.membership.person_id):
        reasons.append(Reason("not_yours", _("This token belongs to somebody else.")))
    if token.revoked_at:
        reasons.append(Reason("revoked", _("This token has been revoked already.")))
    return reasons


def may_reset_second_factor(by: Actor, person: Person) -> Reasons:
    """An administrator, for somebody else: who still has his own second factor changes it on his own page."""
    reasons = Reasons()
    if not (by.is_system or by.role == Role.SYSADMIN):
        reasons.append(Reason("not_an_administrator", _("Only an administrator may do this.")))
    if by.person_id == person.pk:
        reasons.append(Reason("own_account", _("Change your own sign-in on your own page.")))
    return reasons
