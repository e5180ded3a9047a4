"""Who may do what in supervision, as predicates that give their reasons (empty: allowed).

State is not asked here: the transition knows it.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES, INSTITUTION_ROLES, LEAD_ROLES, PROVIDER_ROLES, Level, Role
from ledger.acts import Actor, Reason, Reasons
from supervision.models import Campaign, Complaint, Forwarding, RectificationOrder, Referral, WorkTask
from supervision.models.drafted import Drafted

TASK_CLOSED = _("This task is closed.")
NOT_YOURS = Reason("not_your_authority", _("This matter lies with another authority."))
NOT_A_LEAD = Reason("not_a_lead", _("Only the head of review decides this."))
CHANGED_SINCE = Reason(
    "newer_version",
    _("Somebody has changed this draft since you opened it. Compare, and send yours again to replace what stands now."),
)
NOT_YOUR_UNIT = Reason("not_your_unit", _("This matter concerns another unit."))


def is_ministry(by: Actor) -> bool:
    return by.role == Role.MINISTRY_REVIEWER and by.unit_code == "moe"


def works_for(by: Actor, authority_id: int) -> Reasons:
    """A reviewer or head of review of that very authority."""
    if by.role in AUTHORITY_ROLES and by.unit_id == authority_id:
        return Reasons()
    return Reasons.of(NOT_YOURS)


def holds(by: Actor, authority_id: int) -> Reasons:
    """People of that authority, or of the ministry above it."""
    return Reasons() if is_ministry(by) else works_for(by, authority_id)


def unchanged(draft: Drafted, seen: str | None) -> Reasons:
    """The draft still says what it said when it was opened; ``seen`` empty: nobody asks."""
    return Reasons.of(CHANGED_SINCE) if seen and seen != draft.seen else Reasons()


def keeps_institutions(by: Actor) -> Reasons:
    """A province keeps the list of the training institutions licensed in it (Opinions 17)."""
    if by.role in AUTHORITY_ROLES and by.unit_level == Level.PROVINCE and by.province_code:
        return Reasons()
    return Reasons.of(Reason("not_a_province", _("The authority of a province keeps this list."), "op-17"))


def leads(by: Actor, authority_id: int) -> Reasons:
    """The head of review of that authority, or the ministry."""
    reasons = holds(by, authority_id)
    if not reasons and by.role not in LEAD_ROLES:
        reasons.append(NOT_A_LEAD)
    return reasons


def is_of_provider(by: Actor, unit_id: int) -> Reasons:
    """The provider's own people."""
    if by.role in PROVIDER_ROLES and by.unit_id == unit_id:
        return Reasons()
    return Reasons.of(NOT_YOUR_UNIT)


def only_the_clock(by: Actor, row: object) -> Reasons:
    """A period runs out by its clock alone."""
    if by.is_system:
        return Reasons()
    return Reasons.of(Reason("only_the_clock", _("A period runs out by its clock alone.")))


def may_handle(by: Actor, complaint: Complaint) -> Reasons:
    """The authority of the app's province handles it; the ministry reads along."""
    return works_for(by, complaint.authority_id)


def may_look(by: Actor, complaint: Complaint) -> Reasons:
    """The identity: who handles the case, and the head of review of that authority."""
    reasons = works_for(by, complaint.authority_id)
    if not reasons and by.role not in LEAD_ROLES and complaint.handler_id != by.person_id:
        reasons.append(Reason("not_the_handler", _("Only who handles the case may see who complained. Take it first.")))
    return reasons


def may_reply(by: Actor, forwarding: Forwarding) -> Reasons:
    """The provider that it was sent to."""
    return is_of_provider(by, forwarding.unit_id)


def may_decide_order(by: Actor, order: RectificationOrder) -> Reasons:
    """Who issued it, or the ministry."""
    return holds(by, order.authority_id)


def may_answer_order(by: Actor, order: RectificationOrder) -> Reasons:
    """The provider."""
    return is_of_provider(by, order.unit_id)


def may_refuse_order(by: Actor, order: RectificationOrder) -> Reasons:
    """The provider says so, or the authority records that it does."""
    if not is_of_provider(by, order.unit_id):
        return Reasons()
    return holds(by, order.authority_id)


def may_list(by: Actor, order: RectificationOrder) -> Reasons:
    """The head of review of the authority that ordered, or the ministry."""
    return leads(by, order.authority_id)


def may_draft_campaign(by: Actor) -> Reasons:
    """The ministry over the whole country; a province over the apps that it filed."""
    if is_ministry(by) or by.role == Role.REVIEW_LEAD or by.role == Role.REVIEWER:
        return Reasons()
    return Reasons.of(NOT_YOURS)


def may_edit_campaign(by: Actor, campaign: Campaign) -> Reasons:
    return works_for(by, campaign.authority_id)


def may_decide_campaign(by: Actor, campaign: Campaign) -> Reasons:
    """A second person, who leads (notice of the Measures 3; Beijing notice 3(5))."""
    reasons = works_for(by, campaign.authority_id)
    if not reasons and by.role not in LEAD_ROLES:
        reasons.append(NOT_A_LEAD)
    if not reasons and by.person_id is not None and by.person_id == campaign.drafted_by_id:
        reasons.append(Reason("same_person", _("A second person must decide; you drafted it.")))
    return reasons


def may_answer_referral(by: Actor, referral: Referral) -> Reasons:
    """The partner that it was sent to; the authority records an answer that came by post."""
    if by.role == Role.PARTNER and by.unit_id is not None and by.unit_id == referral.partner_id:
        return Reasons()
    return holds(by, referral.authority_id)


# --- tasks of the work plan ----------------------------------------------------------------------------

_TASK_ROLES = AUTHORITY_ROLES | INSTITUTION_ROLES | {Role.PARTNER}


def may_work_on_task(by: Actor, task: WorkTask) -> Reasons:
    """The unit that answers for it, and the authority that gave it."""
    if by.role in _TASK_ROLES and by.unit_id is not None and by.unit_id == task.responsible_id:
        return Reasons()
    return works_for(by, task.authority_id)


def may_note_on_task(by: Actor, task: WorkTask) -> Reasons:
    """Besides these, the units that take part."""
    if by.role in _TASK_ROLES and by.unit_id is not None and task.sharing.filter(unit_id=by.unit_id).exists():
        return Reasons()
    return may_work_on_task(by, task)


def may_steer_task(by: Actor, task: WorkTask) -> Reasons:
    """Another day, dropping, opening again: the head of review of the authority that gave it."""
    reasons = works_for(by, task.authority_id)
    if not reasons and by.role not in LEAD_ROLES:
        reasons.append(NOT_A_LEAD)
    return reasons


# --- accountability ------------------------------------------------------------------------------------


def may_look_at_outcomes(by: Actor, case: object) -> Reasons:
    """What followed for persons: the heads of review of the authority that decides, and the ministry (R165)."""
    return leads(by, getattr(case, "authority_id", 0))
