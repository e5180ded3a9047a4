"""What an administrator does for the sign-in of somebody who lost his telephone or suspects a stranger."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator

from accounts import hooks, rules
from accounts.domain.hand_over import end_sessions
from accounts.models import Person
from ledger.acts import Actor, perform


def reset_second_factor(*, person: Person, by: Actor, now: datetime) -> Person:
    """Takes away every second factor of a person, who sets up a new one at the next sign-in.

    Who asks for it has been recognised by other means than the portal: that is the administrator's duty.
    Effects: authenticators, passkeys and recovery codes are deleted, all sessions end, ledger record; the person
    is told. Raises ``Refused``.
    """

    def effects(row: Person, record: object) -> None:
        Authenticator.objects.filter(user=row).delete()
        end_sessions([row])
        hooks.tell(hooks.SECOND_FACTOR_RESET, row, now=now)

    return perform(
        verb="reset_second_factor", subject=person, by=by, now=now, rule=rules.may_reset_second_factor, effects=effects
    )


def sign_out_everywhere(*, person: Person, by: Actor, now: datetime) -> Person:
    """Ends every session of a person. Effects: the sessions, ledger record. Raises ``Refused``."""
    return perform(
        verb="sign_out_everywhere", subject=person, by=by, now=now, rule=rules.may_reset_second_factor,
        effects=lambda row, _record: end_sessions([row]),
    )  # fmt: skip
