"""An account for somebody who was invited and has none yet."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.domain.invitations import accept_invitation
from accounts.models import Invitation, Membership, Person
from ledger.acts import Actor, Reason, Reasons, Refused


def open_account(
    *, invitation: Invitation, secret: str, name: str, password: str, language: str, now: datetime
) -> Membership:
    """Makes the account of an invited person and joins the unit, in one go.

    Whoever holds the secret has read the e-mail, so that the address counts as confirmed.
    Effects: the person, the confirmed address, the membership. Raises :class:`Refused` where the address
    has an account already (then: sign in), or the invitation is no longer good; then nothing is made.
    """
    try:
        with transaction.atomic():
            person = Person.objects.create_user(
                invitation.email, password, name=name.strip(), language=language
            )
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
            by = Actor(person_id=person.pk, unit_id=None, role="")
            return accept_invitation(invitation=invitation, secret=secret, person=person, by=by, now=now)
    except IntegrityError as error:
        raise Refused(
            Reasons.of(Reason("has_account", _("This address has an account already. Sign in with it.")))
        ) from error
