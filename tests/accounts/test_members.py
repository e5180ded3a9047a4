"""Members of a unit: who lets whom in, and what ends."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import hooks, rules
from accounts.authentication import find_token
from accounts.domain import (
    admit_member,
    change_role,
    end_membership,
    issue_token,
    refuse_member,
    request_to_join,
)
from accounts.enums import MembershipStatus, Role
from accounts.models import ApiToken, Invitation, Membership
from accounts.queries import active_people, owners
from accounts.rules import roles_for, scopes_for
from ledger.acts import Actor, Refused
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


def test_scopes_and_roles_fit() -> None:
    assert [str(s) for s in scopes_for(Role.REVIEWER)] == ["authority", "read"]
    assert [str(s) for s in scopes_for(Role.PARTNER)] == ["partner", "read"]
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


@pytest.mark.parametrize(
    "change", [{"status": MembershipStatus.ACTIVE}, {"role": Role.PROVIDER_OWNER}], ids=["admitted", "raised"]
)
def test_database_refuses_a_membership_changed_outside_an_act(waiting: Membership, change: dict[str, str]) -> None:
    with pytest.raises(DatabaseError, match="only through an act"), transaction.atomic():
        Membership.objects.filter(pk=waiting.pk).update(**change)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.role) == (MembershipStatus.REQUESTED, Role.PROVIDER_STAFF)
