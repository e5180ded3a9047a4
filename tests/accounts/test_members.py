"""Members, invitations, tokens: who lets whom in, and what ends."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import hooks, rules
from accounts.authentication import find_token
from accounts.domain import (
    accept_invitation,
    admit_member,
    change_role,
    end_membership,
    invite,
    issue_token,
    refuse_member,
    request_to_join,
    revoke_token,
    withdraw_invitation,
)
from accounts.enums import MembershipStatus, Role
from accounts.models import ApiToken, Invitation, Membership
from accounts.queries import active_people, invitation_by_secret, owners
from accounts.rules import roles_for, scopes_for
from ledger.acts import Actor, Refused
from ledger.models import Record
from ledger.queries import timeline
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
def waiting(owner: Membership) -> Membership:
    person = factories.person()
    return request_to_join(person=person, uscc=owner.unit.uscc, by=nobody(person), now=NOW)


def test_request_waits_for_owner(owner: Membership, waiting: Membership) -> None:
    assert waiting.status == MembershipStatus.REQUESTED
    assert not waiting.active
    assert owners(owner.unit) == [owner.person]
    assert active_people(owner.unit) == [owner.person]


def test_request_twice_is_refused(owner: Membership, waiting: Membership) -> None:
    with pytest.raises(Refused) as refused:
        request_to_join(person=waiting.person, uscc=owner.unit.uscc, by=nobody(waiting.person), now=NOW)
    assert codes(refused) == ["member_already"]


def test_request_to_unknown_or_wrong_code_is_refused() -> None:
    person = factories.person()
    for code, reason in (("91110108MA01TE5T3U", "unit_unknown"), ("1", "uscc_length")):
        with pytest.raises(Refused) as refused:
            request_to_join(person=person, uscc=code, by=nobody(person), now=NOW)
        assert codes(refused) == [reason]


def test_request_to_unit_without_owner_is_refused() -> None:
    school = factories.unit(kind="school", uscc="91110108MA01TE5T3U")
    person = factories.person()
    with pytest.raises(Refused) as refused:
        request_to_join(person=person, uscc=school.uscc, by=nobody(person), now=NOW)
    assert codes(refused) == ["invited_only"]


def test_owner_admits(owner: Membership, waiting: Membership) -> None:
    admitted = admit_member(membership=waiting, by=by(owner), now=NOW)
    assert admitted.active
    assert [record.verb for record in timeline(waiting)] == ["request_to_join", "admit_member"]
    with pytest.raises(Refused) as refused:
        admit_member(membership=waiting, by=by(owner), now=NOW)
    assert codes(refused) == ["not_waiting"]


def test_owner_refuses(owner: Membership, waiting: Membership) -> None:
    refuse_member(membership=waiting, by=by(owner), now=NOW)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.ended_at) == (MembershipStatus.ENDED, NOW)


def test_staff_and_strangers_do_not_admit(owner: Membership, waiting: Membership) -> None:
    staff = factories.membership(Role.PROVIDER_STAFF, unit=owner.unit)
    other = factories.membership(Role.PROVIDER_OWNER)
    reviewer = factories.membership(Role.REVIEW_LEAD, unit=factories.authority("11"))
    for member in (staff, other, reviewer, waiting):
        with pytest.raises(Refused) as refused:
            admit_member(membership=waiting, by=by(member), now=NOW)
        assert codes(refused) == ["not_in_charge"]


def test_last_owner_cannot_be_ended_or_demoted(owner: Membership) -> None:
    with pytest.raises(Refused) as refused:
        end_membership(membership=owner, by=by(owner), now=NOW)
    assert codes(refused) == ["last_owner"]
    with pytest.raises(Refused) as refused:
        change_role(membership=owner, role=Role.PROVIDER_STAFF, by=by(owner), now=NOW)
    assert codes(refused) == ["last_owner"]


@pytest.mark.django_db(transaction=True)
def test_two_owners_ending_each_other_leave_one() -> None:
    first = factories.membership(Role.PROVIDER_OWNER)
    second = factories.membership(Role.PROVIDER_OWNER, unit=first.unit)
    barrier, outcomes = threading.Barrier(2), []

    def run(actor: Membership, target: Membership) -> None:
        barrier.wait()
        try:
            end_membership(membership=target, by=by(actor), now=NOW)
            outcomes.append("ended")
        except Refused as refused:
            outcomes.append(refused.reasons.codes[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in ((first, second), (second, first))]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(outcomes) == ["ended", "last_owner"]
    assert Membership.objects.filter(unit=first.unit, status=MembershipStatus.ACTIVE).count() == 1


def test_ending_revokes_tokens(owner: Membership) -> None:
    staff = factories.membership(Role.PROVIDER_STAFF, unit=owner.unit)
    _token, secret = issue_token(
        membership=staff, label="ci", scope="provider", days=30, by=by(staff), now=NOW
    )
    assert find_token(secret, now=NOW) is not None
    end_membership(membership=staff, by=by(owner), now=NOW)
    assert find_token(secret, now=NOW) is None
    assert ApiToken.objects.get().revoked_at == NOW
    with pytest.raises(Refused) as refused:
        end_membership(membership=staff, by=by(owner), now=NOW)
    assert codes(refused) == ["ended"]


def test_anybody_may_leave(owner: Membership) -> None:
    staff = factories.membership(Role.PROVIDER_STAFF, unit=owner.unit)
    assert end_membership(membership=staff, by=by(staff), now=NOW).status == MembershipStatus.ENDED


def test_change_role_keeps_fitting_tokens_only() -> None:
    unit = factories.unit(kind="school", parent=factories.authority("110108"))
    lead = factories.membership(Role.INSTITUTION_LEAD, unit=unit)
    staff = factories.membership(Role.INSTITUTION_STAFF, unit=unit)
    for scope in ("institution", "read"):
        issue_token(membership=staff, label=scope, scope=scope, days=1, by=by(staff), now=NOW)
    change_role(membership=staff, role=Role.PROVIDER_STAFF, by=by(lead), now=NOW)
    assert list(ApiToken.objects.filter(revoked_at=None).values_list("scope", flat=True)) == ["read"]
    with pytest.raises(Refused) as refused:
        change_role(membership=staff, role=Role.REVIEWER, by=by(lead), now=NOW)
    assert codes(refused) == ["role_does_not_fit"]


def test_nobody_raises_himself_in_an_authority() -> None:
    lead = factories.membership(Role.REVIEW_LEAD)
    with pytest.raises(Refused) as refused:
        change_role(membership=lead, role=Role.REVIEWER, by=by(lead), now=NOW)
    assert codes(refused) == ["own_role"]


def test_only_administrators_make_administrators() -> None:
    ministry = factories.authority("moe")
    reviewer = factories.membership(Role.MINISTRY_REVIEWER, unit=ministry)
    other = factories.membership(Role.MINISTRY_REVIEWER, unit=ministry)
    with pytest.raises(Refused) as refused:
        change_role(membership=other, role=Role.SYSADMIN, by=by(reviewer), now=NOW)
    assert codes(refused) == ["only_administrators"]
    admin = factories.membership(Role.SYSADMIN)
    assert change_role(membership=other, role=Role.SYSADMIN, by=by(admin), now=NOW).role == Role.SYSADMIN
    assert change_role(membership=admin, role=Role.MINISTRY_REVIEWER, by=by(other), now=NOW)
    with pytest.raises(Refused) as refused:
        end_membership(membership=other, by=by(other), now=NOW)
    assert codes(refused) == ["last_owner"]


# --- invitations -------------------------------------------------------------------------------


@pytest.fixture
def lead() -> Membership:
    return factories.membership(Role.REVIEW_LEAD, unit=factories.authority("11"))


def test_invitation_is_accepted_once(lead: Membership) -> None:
    person = factories.person("new@example.test")
    invitation, secret = invite(
        unit=factories.authority("110108"),
        email=" New@Example.test",
        role=Role.REVIEWER,
        by=by(lead),
        now=NOW,
    )
    assert secret not in str(vars(invitation).values())
    assert invitation_by_secret(secret) == invitation
    joined = accept_invitation(
        invitation=invitation, secret=secret, person=person, by=nobody(person), now=NOW
    )
    assert (joined.unit.code, joined.role, joined.active) == ("110108", Role.REVIEWER, True)
    with pytest.raises(Refused) as refused:
        accept_invitation(invitation=invitation, secret=secret, person=person, by=nobody(person), now=NOW)
    assert codes(refused) == ["used"]
    payloads = " ".join(str(record.payload) for record in Record.objects.all())
    assert secret not in payloads
    assert "new@example.test" not in payloads.lower()


def test_invitation_of_other_address_wrong_secret_or_late_is_refused(lead: Membership) -> None:
    person = factories.person("other@example.test")
    invitation, secret = invite(
        unit=lead.unit, email="new@example.test", role=Role.REVIEWER, by=by(lead), now=NOW
    )
    with pytest.raises(Refused) as refused:
        accept_invitation(
            invitation=invitation,
            secret="0" * 64,
            person=person,
            by=nobody(person),
            now=NOW + timedelta(days=14),
        )
    assert codes(refused) == ["wrong_link", "run_out", "other_address"]
    assert not Membership.objects.filter(person=person).exists()


def test_invitation_of_a_member_is_refused(lead: Membership) -> None:
    member = factories.membership(Role.REVIEWER, unit=lead.unit)
    invitation, secret = invite(
        unit=lead.unit, email=member.person.email, role=Role.REVIEW_LEAD, by=by(lead), now=NOW
    )
    with pytest.raises(Refused) as refused:
        accept_invitation(invitation=invitation, secret=secret, person=member.person, by=by(member), now=NOW)
    assert codes(refused) == ["member_already"]
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_withdrawn_invitation_is_worthless(lead: Membership) -> None:
    person = factories.person("new@example.test")
    invitation, secret = invite(unit=lead.unit, email=person.email, role=Role.REVIEWER, by=by(lead), now=NOW)
    withdraw_invitation(invitation=invitation, by=by(lead), now=NOW)
    with pytest.raises(Refused) as refused:
        accept_invitation(invitation=invitation, secret=secret, person=person, by=nobody(person), now=NOW)
    assert codes(refused) == ["withdrawn"]
    with pytest.raises(Refused) as refused:
        withdraw_invitation(invitation=invitation, by=by(lead), now=NOW)
    assert codes(refused) == ["not_open"]


def test_invitations_go_downwards_only(lead: Membership) -> None:
    for unit in (factories.authority("44"), factories.authority("moe"), factories.unit()):
        with pytest.raises(Refused) as refused:
            invite(unit=unit, email="a@example.test", role=roles_for(unit)[0], by=by(lead), now=NOW)
        assert codes(refused) == ["not_below"]
    reviewer = factories.membership(Role.REVIEWER, unit=lead.unit)
    with pytest.raises(Refused):
        invite(unit=lead.unit, email="a@example.test", role=Role.REVIEWER, by=by(reviewer), now=NOW)


def test_invitation_with_role_that_does_not_fit_is_refused(lead: Membership) -> None:
    school = factories.unit(kind="school", parent=factories.authority("110108"))
    for unit, role in (
        (school, Role.REVIEWER),
        (lead.unit, Role.SYSADMIN),
        (lead.unit, Role.MINISTRY_REVIEWER),
    ):
        with pytest.raises(Refused) as refused:
            invite(unit=unit, email="a@example.test", role=role, by=by(lead), now=NOW)
        assert codes(refused) == ["role_does_not_fit"]
    head = factories.membership(Role.INSTITUTION_LEAD, unit=factories.authority("110108"))
    with pytest.raises(Refused) as refused:
        invite(unit=head.unit, email="a@example.test", role=Role.REVIEW_LEAD, by=by(head), now=NOW)
    assert codes(refused) == ["role_too_high"]


def test_invitation_without_address_or_to_closed_unit_is_refused(lead: Membership) -> None:
    with pytest.raises(Refused) as refused:
        invite(unit=lead.unit, email="", role=Role.REVIEWER, by=by(lead), now=NOW)
    assert codes(refused) == ["email_missing"]
    closed = factories.authority("110108")
    closed.active = False
    closed.save()
    with pytest.raises(Refused) as refused:
        invite(unit=closed, email="a@example.test", role=Role.REVIEWER, by=by(lead), now=NOW)
    assert codes(refused) == ["unit_closed"]


# --- tokens --------------------------------------------------------------------------------------


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


def test_scopes_and_roles_fit() -> None:
    assert [str(s) for s in scopes_for(Role.REVIEWER)] == ["authority", "read"]
    assert [str(s) for s in scopes_for(Role.PARTNER)] == ["read"]
    for kind in ("enterprise", "social", "school", "university", "affiliated", "partner"):
        assert roles_for(factories.unit(kind=kind))


def test_listener_is_called_once(owner: Membership) -> None:
    heard: list[tuple[object, object]] = []

    def hear(row: object, *, now: object) -> None:
        heard.append((row, now))

    hooks.listen("test", hear)
    hooks.listen("test", hear)
    hooks.tell("test", owner, now=NOW)
    assert heard == [(owner, NOW)]
    assert not Invitation.objects.exists()


def test_owner_of_an_authoritys_apps_makes_and_unmakes_no_reviewers() -> None:
    authority = factories.authority("44")
    owner = factories.actor(Role.PROVIDER_OWNER, authority)
    staff = factories.membership(role=Role.PROVIDER_STAFF, unit=authority)
    lead = factories.membership(role=Role.REVIEW_LEAD, unit=authority)
    assert "not_head_of_review" in rules.may_change_role(owner, staff, Role.REVIEW_LEAD).codes
    assert "not_head_of_review" in rules.may_end(owner, lead).codes
