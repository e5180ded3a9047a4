"""Personal tokens for the API: shown once, stored as a digest, scoped, expiring."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import rules, secrets
from accounts.domain.units import hold
from accounts.models import ApiToken, Membership
from ledger.acts import Actor, Reason, Refused, append, perform

LONGEST = 365  # days
MOST_PER_MEMBERSHIP = 20


def issue_token(
    *, membership: Membership, label: str, scope: str, days: int, by: Actor, now: datetime
) -> tuple[ApiToken, str]:
    """Makes a token for one membership; returns it and its secret, which is not stored.

    ``days``: 1 to 365. Effects: the token; one ledger record without the secret.
    Raises :class:`Refused`: not one's own, scope beyond the role, second factor missing, too long.
    """
    with transaction.atomic():
        # who ends the membership or takes the role away at this moment sees the token, or was first
        hold(membership.unit_id)
        membership = Membership.objects.select_related("unit", "person").get(pk=membership.pk)
        reasons = rules.may_issue_token(by, membership, scope)
        if not 1 <= days <= LONGEST:
            reasons.append(Reason("too_long", _("A token is valid for 1 to 365 days.")))
        if not label.strip():
            reasons.append(Reason("label_missing", _("Say in a word or two what the token is for.")))
        in_force = ApiToken.objects.filter(membership=membership, revoked_at__isnull=True, expires_at__gt=now)
        if in_force.count() >= MOST_PER_MEMBERSHIP:
            reasons.append(
                Reason("too_many", _("You have 20 tokens in force. Revoke one that you no longer use."))
            )
        if reasons:
            raise Refused(reasons)
        secret = secrets.new_token()
        token = ApiToken.objects.create(
            membership=membership,
            label=label.strip(),
            scope=scope,
            prefix=secret[:8],
            digest=secrets.digest(secret),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        append(
            verb="issue_token",
            subject=token,
            by=by,
            now=now,
            payload={"scope": scope, "days": days, "unit": membership.unit_id},
        )
    return token, secret


def revoke_token(*, token: ApiToken, by: Actor, now: datetime) -> ApiToken:
    """Ends a token at once. Effects: ``revoked_at``; one ledger record."""

    def change(row: ApiToken) -> None:
        row.revoked_at = now

    return perform(
        verb="revoke_token", subject=token, by=by, now=now, rule=rules.may_revoke_token, change=change
    )
