"""Invitations: accounts from above."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.domain import (
    accept_invitation,
    invite,
    withdraw_invitation,
)
from accounts.enums import Role
from accounts.models import Membership
from accounts.queries import invitation_by_secret
from accounts.rules import roles_for
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


def test_who_is_in_charge_of_an_authoritys_own_uses_invites_nobody_below_it() -> None:
    head = factories.membership(Role.INSTITUTION_LEAD, unit=factories.authority("110108"))
    school = factories.unit(kind="school", parent=head.unit)
    invite(unit=head.unit, email="a@example.test", role=Role.INSTITUTION_STAFF, by=by(head), now=NOW)
    with pytest.raises(Refused) as refused:
        invite(unit=school, email="a@example.test", role=Role.INSTITUTION_LEAD, by=by(head), now=NOW)
    assert codes(refused) == ["not_below"]
