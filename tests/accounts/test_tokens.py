"""Personal tokens: what is stored, for what, how long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.authentication import find_token
from accounts.domain import (
    issue_token,
    request_to_join,
    revoke_token,
)
from accounts.enums import Role
from accounts.models import ApiToken, Membership
from ledger.acts import Actor, Refused
from ledger.models import Record
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def by(membership: Membership) -> Actor:
    from accounts.actors import actor_for_membership

    return actor_for_membership(membership)


def nobody(person: object) -> Actor:
    return Actor(person_id=person.pk, unit_id=None, role="")


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return refused.value.reasons.codes


@pytest.fixture
def owner() -> Membership:
    return factories.membership(Role.PROVIDER_OWNER)


@pytest.fixture
def lead() -> Membership:
    return factories.membership(Role.REVIEW_LEAD, unit=factories.authority("11"))


@pytest.fixture
def waiting(owner: Membership) -> Membership:
    person = factories.person()
    return request_to_join(person=person, uscc=owner.unit.uscc, by=nobody(person), now=NOW)


def test_token_is_stored_as_digest_only(owner: Membership) -> None:
    token, secret = issue_token(
        membership=owner, label="ci", scope="provider", days=365, by=by(owner), now=NOW
    )
    assert secret.startswith("fp_")
    assert secret not in [str(value) for value in vars(token).values()]
    assert token.expires_at == NOW + timedelta(days=365)
    assert secret not in str(list(Record.objects.values_list("body", flat=True)))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"days": 366}, "too_long"),
        ({"days": 0}, "too_long"),
        ({"label": " "}, "label_missing"),
        ({"scope": "authority"}, "scope_does_not_fit"),
    ],
)
def test_token_beyond_the_limits_is_refused(owner: Membership, fields: dict, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        issue_token(
            **{
                "membership": owner,
                "label": "x",
                "scope": "provider",
                "days": 9,
                "by": by(owner),
                "now": NOW,
                **fields,
            }
        )
    assert codes(refused) == [reason]


def test_token_for_somebody_else_or_ended_membership_is_refused(
    owner: Membership, waiting: Membership
) -> None:
    with pytest.raises(Refused) as refused:
        issue_token(membership=waiting, label="x", scope="provider", days=9, by=by(owner), now=NOW)
    assert codes(refused) == ["not_yours", "not_active"]


def test_token_runs_out_and_is_revoked(owner: Membership) -> None:
    token, secret = issue_token(membership=owner, label="x", scope="read", days=1, by=by(owner), now=NOW)
    assert find_token(secret, now=NOW + timedelta(days=1)) is None
    with pytest.raises(Refused):
        revoke_token(token=token, by=factories.actor(), now=NOW)
    revoke_token(token=token, by=by(owner), now=NOW)
    assert find_token(secret, now=NOW) is None
    with pytest.raises(Refused) as refused:
        revoke_token(token=token, by=by(owner), now=NOW)
    assert codes(refused) == ["revoked"]


def test_token_count_is_limited(owner: Membership) -> None:
    for number in range(20):
        issue_token(membership=owner, label=str(number), scope="read", days=1, by=by(owner), now=NOW)
    with pytest.raises(Refused) as refused:
        issue_token(membership=owner, label="x", scope="read", days=1, by=by(owner), now=NOW)
    assert codes(refused) == ["too_many"]


def test_token_of_authority_needs_second_factor_in_production(settings: object, lead: Membership) -> None:
    _token, secret = issue_token(membership=lead, label="x", scope="authority", days=1, by=by(lead), now=NOW)
    settings.PORTAL_MFA_REQUIRED = True
    assert find_token(secret, now=NOW) is None
    with pytest.raises(Refused) as refused:
        issue_token(membership=lead, label="x", scope="authority", days=1, by=by(lead), now=NOW)
    assert codes(refused) == ["mfa_missing"]
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=lead.person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert find_token(secret, now=NOW) is not None


def test_issue_token_command(owner: Membership, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("issue_token", owner.person.email.upper(), "--days", "3")
    secret = capsys.readouterr().out.strip()
    token = ApiToken.objects.get()
    assert (token.scope, token.membership) == ("provider", owner)
    assert find_token(secret, now=token.created_at) == token


def test_issue_token_command_asks_for_the_unit(owner: Membership, capsys: pytest.CaptureFixture[str]) -> None:
    second = factories.membership(Role.PROVIDER_STAFF, person=owner.person)
    with pytest.raises(CommandError, match="--unit"):
        call_command("issue_token", owner.person.email)
    call_command("issue_token", owner.person.email, "--unit", second.unit.uscc)
    assert ApiToken.objects.get().membership == second
    with pytest.raises(CommandError, match="No active membership"):
        call_command("issue_token", "nobody@example.test")
    with pytest.raises(CommandError):
        call_command("issue_token", owner.person.email, "--unit", second.unit.uscc, "--scope", "authority")
