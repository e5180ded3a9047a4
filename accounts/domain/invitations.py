"""Accounts from above: an invitation by a secret link, valid once, for fourteen days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import hooks, rules, secrets
from accounts.domain.units import hold
from accounts.models import Invitation, Membership, Person, Unit
from ledger.acts import Actor, Reason, Reasons, Refused, append, append_many, perform

VALID_FOR = timedelta(days=14)


def invite(
    *, unit: Unit, email: str, role: str, by: Actor, now: datetime, name: str = ""
) -> tuple[Invitation, str]:
    """Invites a person into ``unit`` with ``role``; returns the invitation and its secret.

    Downwards only: into one's own unit or one below it, in a role that fits the unit.
    Effects: the invitation; an e-mail with the link; one ledger record.
    """
    reasons = rules.may_invite(by, unit, role)
    address = (email or "").strip().lower()
    if "@" not in address:
        reasons.append(Reason("email_missing", _("Enter the e-mail address of the person.")))
    if reasons:
        raise Refused(reasons)
    nonce = secrets.new_nonce()
    secret = secrets.invitation_secret(nonce)
    with transaction.atomic():
        invitation = Invitation.objects.create(
            unit=unit,
            email=address,
            name=name.strip(),
            role=role,
            nonce=nonce,
            secret_digest=secrets.digest(secret),
            invited_by_id=by.person_id,
            created_at=now,
            expires_at=now + VALID_FOR,
        )
        append(verb="invite", subject=invitation, by=by, now=now, payload={"unit": unit.pk, "role": role})
        hooks.tell(hooks.INVITED, invitation, now=now)
    return invitation, secret


def invite_many(
    *, units: Sequence[Unit], people: Sequence[tuple[str, str]], role: str, by: Actor, now: datetime
) -> list[Invitation]:
    """Invites one person into each unit; ``people`` are (name, address) in the order of the units.

    Effects of each as in :func:`invite`, in a handful of statements; all or none.
    """
    made = []
    for unit, (name, email) in zip(units, people, strict=True):
        reasons = rules.may_invite(by, unit, role)
        if reasons:
            raise Refused(reasons)
        nonce = secrets.new_nonce()
        made.append(
            Invitation(
                unit=unit, email=email.strip().lower(), name=name.strip(), role=role, nonce=nonce,
                secret_digest=secrets.digest(secrets.invitation_secret(nonce)), invited_by_id=by.person_id,
                created_at=now, expires_at=now + VALID_FOR,
            )
        )  # fmt: skip
    with transaction.atomic():
        Invitation.objects.bulk_create(made)
        append_many(
            verb="invite", subjects=made, by=by, now=now, payload=lambda row: {"unit": row.unit_id, "role": row.role}
        )
        hooks.tell(hooks.INVITED_MANY, made, now=now)
    return made


def accept_invitation(
    *, invitation: Invitation, secret: str, person: Person, by: Actor, now: datetime
) -> Membership:
    """The person who holds the link joins the unit.

    Effects: an active membership; the invitation is used up; one ledger record. A second use, a link
    that has run out, that was withdrawn or belongs to another address, raises :class:`Refused`.
    """

    def rule(actor: Actor, row: Invitation) -> Reasons:
        reasons = Reasons()
        if secrets.digest(secret) != row.secret_digest:
            reasons.append(
                Reason("wrong_link", _("This link is not complete. Copy it whole from the e-mail."))
            )
        if row.accepted_at:
            reasons.append(Reason("used", _("This invitation has been used already.")))
        if row.withdrawn_at:
            reasons.append(Reason("withdrawn", _("This invitation has been withdrawn.")))
        if now >= row.expires_at:
            reasons.append(Reason("run_out", _("This invitation has run out. Ask for a new one.")))
        if person.email.lower() != row.email.lower():
            reasons.append(
                Reason(
                    "other_address", _("This invitation was sent to another address. Sign in with that one.")
                )
            )
        if not row.unit.active:
            reasons.append(Reason("unit_closed", _("This unit is closed.")))
        return reasons

    def change(row: Invitation) -> None:
        row.accepted_at = now
        row.accepted_by = person

    joined: list[Membership] = []

    def join(row: Invitation, record: object) -> None:
        joined.append(Membership.objects.create(person=person, unit=row.unit, role=row.role))
        if not person.name and row.name:
            Person.objects.filter(pk=person.pk).update(name=row.name)

    try:
        with transaction.atomic():
            hold(invitation.unit_id)
            perform(
                verb="accept_invitation",
                subject=invitation,
                by=by,
                now=now,
                rule=rule,
                change=change,
                payload={"unit": invitation.unit_id, "role": invitation.role},
                effects=join,
            )
    except IntegrityError as error:
        raise Refused(Reasons.of(Reason("member_already", _("You belong to this unit already.")))) from error
    return joined[0]


def withdraw_invitation(*, invitation: Invitation, by: Actor, now: datetime) -> Invitation:
    """Makes an open invitation worthless. Effects: its link no longer works; one ledger record."""

    def change(row: Invitation) -> None:
        row.withdrawn_at = now

    return perform(
        verb="withdraw_invitation",
        subject=invitation,
        by=by,
        now=now,
        rule=rules.may_withdraw,
        change=change,
        payload={"unit": invitation.unit_id},
    )


def resend_invitation(*, invitation: Invitation, by: Actor, now: datetime) -> Invitation:
    """Sends an invitation that was not taken up once more, with a new link and fourteen new days.

    Effects: the former link no longer works; a new invitation with its e-mail; a ledger record of each.
    Raises :class:`Refused` where it has been used or withdrawn: a second click sends nothing twice.
    """
    with transaction.atomic():
        withdraw_invitation(invitation=invitation, by=by, now=now)
        renewed, _secret = invite(
            unit=invitation.unit, email=invitation.email, name=invitation.name, role=invitation.role, by=by, now=now
        )
    return renewed
