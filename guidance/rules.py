"""Who may write help, hold trainings and register for them. A rule returns the reasons against; empty: allowed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import AUTHORITY_ROLES, LEAD_ROLES
from guidance.enums import AttendanceState, EventState, audience_of
from guidance.models import Attendance, Contact, TrainingEvent
from ledger.acts import Actor, Reason, Reasons
from rulebook.rules import KEEPERS

NOTHING_TO_TELL = _("There is nothing to remind of any more.")


def only_the_portal(by: Actor, _row: Any = None) -> Reasons:
    """Reminders are sent by the portal itself."""
    if by.is_system:
        return Reasons()
    return Reasons.of(Reason("only_the_portal", _("The portal does this by itself.")))


def may_see_hosted(by: Actor | None) -> bool:
    """People of an authority see what it holds, and the list of each; its head runs them (``may_hold``)."""
    return by is not None and by.role in AUTHORITY_ROLES and by.unit_id is not None


def keeps_help(by: Actor) -> bool:
    """The administrators and the ministry write for everybody."""
    return by.is_system or by.role in KEEPERS


def may_keep_help(by: Actor, _row: Any = None) -> Reasons:
    """Writing, publishing and withdrawing help (ministry's notice 4; Opinions 19)."""
    if keeps_help(by):
        return Reasons()
    return Reasons.of(Reason("not_keeper", _("Only an administrator or the ministry may change the help centre.")))


def may_keep_contact(by: Actor, row: Contact) -> Reasons:
    """The keepers, and the head of an authority for its own contacts."""
    if keeps_help(by) or (by.role in LEAD_ROLES and by.unit_id is not None and by.unit_id == row.authority_id):
        return Reasons()
    return Reasons.of(
        Reason("not_own_contact", _("Only the authority itself, or an administrator, may change its contacts."))
    )


def holds(by: Actor, event: TrainingEvent) -> bool:
    """Whether an event is the actor's to run."""
    return keeps_help(by) or (by.role in LEAD_ROLES and by.unit_id is not None and by.unit_id == event.host_id)


def may_hold(by: Actor, event: TrainingEvent) -> Reasons:
    """Announcing, changing and cancelling a training: the head of the authority that holds it, and the keepers."""
    if holds(by, event):
        return Reasons()
    return Reasons.of(Reason("not_host", _("Only the authority that holds the training may do this."), "op-19"))


def may_register(by: Actor, event: TrainingEvent, now: datetime) -> Reasons:
    """Registering a unit: it is among the audiences, the event is announced, the last moment has not passed."""
    reasons = Reasons()
    if by.unit_id is None or not by.role:
        reasons.append(Reason("no_unit", _("Registration is for units: sign in and choose the unit you work for.")))
    elif event.audiences and audience_of(by.role) not in event.audiences:
        reasons.append(Reason("not_addressed", _("This training is for others; see for whom it is held.")))
    if event.state != EventState.OPEN:
        reasons.append(Reason("not_open", _("This training is not open for registration.")))
    elif now > event.register_until:
        reasons.append(Reason("registration_over", _("The last moment of registration has passed.")))
    return reasons


def may_leave(by: Actor, row: Attendance, now: datetime) -> Reasons:
    """A unit withdraws its own registration, until the event begins."""
    reasons = Reasons()
    if by.unit_id is None or by.unit_id != row.unit_id:
        reasons.append(Reason("not_own_unit", _("This is another unit’s registration.")))
    if now >= row.event.starts_at:
        reasons.append(Reason("has_begun", _("The training has begun; the authority notes who came.")))
    return reasons


def may_note(by: Actor, row: Attendance, now: datetime) -> Reasons:
    """Who came is noted by who holds the event, once it has begun."""
    reasons = may_hold(by, row.event)
    if now < row.event.starts_at:
        reasons.append(
            Reason("not_begun", pgettext_lazy("training", "Who came can be noted once the training has begun."))
        )
    if row.state == AttendanceState.WITHDRAWN:
        reasons.append(Reason("not_registered", _("This unit has withdrawn its registration.")))
    return reasons
