"""A wrongly registered unit is given to its rightful owner: nobody of before keeps a way in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import actor_for_membership
from accounts.domain import hand_over_unit, issue_token, request_to_join
from accounts.enums import Role
from accounts.models import ApiToken, Membership, Person
from ledger.acts import Actor, Refused
from ledger.queries import timeline
from notices.models import Notice
from tests import factories
from tests.factories import NOW, PASSWORD
from tests.races import second_comer

pytestmark = pytest.mark.django_db


@pytest.fixture
def squatter() -> Membership:
    """Somebody who registered a credit code that is not his, with a token and a colleague."""
    owner = factories.membership(Role.PROVIDER_OWNER)
    factories.membership(Role.PROVIDER_STAFF, unit=owner.unit)
    issue_token(membership=owner, label="x", scope="provider", days=30, by=actor_for_membership(owner), now=NOW)
    return owner


@pytest.fixture
def root() -> Person:
    return factories.person("root@example.test", is_staff=True, is_superuser=True)


def admin(person: Person) -> Actor:
    return Actor(person_id=person.pk, unit_id=None, role=Role.SYSADMIN)


def signed_in(person: Person) -> Client:
    """Signed in by the page, so that the session is known as one of this person's."""
    client = Client()
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert client.get(reverse("account_home")).status_code == 200
    return client


def test_everything_of_before_ends_and_the_rightful_owner_has_the_unit(squatter: Membership, root: Person) -> None:
    rightful, client = factories.person(), signed_in(squatter.person)
    made = hand_over_unit(unit=squatter.unit, to=rightful, reason="营业执照核实", by=admin(root), now=NOW)
    assert (made.person, made.role, made.status) == (rightful, Role.PROVIDER_OWNER, "active")
    assert list(Membership.objects.active().filter(unit=squatter.unit)) == [made]
    assert not ApiToken.objects.filter(revoked_at=None).exists()
    assert client.get(reverse("account_home")).status_code == 302  # signed out
    record = timeline(squatter.unit, audience="authority").last()
    assert record is not None
    said = record.payload
    assert (record.verb, said["reason"], said["to"]) == ("hand_over_unit", "营业执照核实", rightful.pk)
    assert said["tokens"] == 1
    told = set(Notice.objects.filter(kind="unit_handed_over").values_list("to_person_id", flat=True))
    assert told == {squatter.person_id, rightful.pk, *record.payload["ended"]}
    assert len(told) == 3


def test_member_who_is_the_rightful_owner_stays_and_becomes_owner(squatter: Membership, root: Person) -> None:
    staff = Membership.objects.get(unit=squatter.unit, role=Role.PROVIDER_STAFF)
    made = hand_over_unit(unit=squatter.unit, to=staff.person, reason="核实", by=admin(root), now=NOW)
    assert (made.person, made.role) == (staff.person, Role.PROVIDER_OWNER)
    with pytest.raises(Refused) as caught:
        hand_over_unit(unit=squatter.unit, to=staff.person, reason="再次", by=admin(root), now=NOW)
    assert caught.value.reasons.codes == ["owner_already"]


def test_nobody_but_an_administrator_and_never_without_reason_or_for_authorities(
    squatter: Membership, root: Person
) -> None:
    rightful = factories.person()
    others = (factories.actor(role) for role in (Role.REVIEW_LEAD, Role.MINISTRY_REVIEWER))
    for by in (actor_for_membership(squatter), *others):
        with pytest.raises(Refused):
            hand_over_unit(unit=squatter.unit, to=rightful, reason="x", by=by, now=NOW)
    for unit, to, reason in (
        (squatter.unit, rightful, "  "),
        (factories.authority("11"), rightful, "x"),
        (squatter.unit, factories.person(is_active=False), "x"),
    ):
        with pytest.raises(Refused):
            hand_over_unit(unit=unit, to=to, reason=reason, by=admin(root), now=NOW)
    assert Membership.objects.active().filter(unit=squatter.unit).count() == 2


def test_administration_asks_for_person_and_reason(squatter: Membership, root: Person) -> None:
    client = Client()
    client.force_login(root, backend="accounts.backends.Backend")
    unit_page = client.get(reverse("admin:accounts_unit_change", args=[squatter.unit_id]))
    assert "hand-over" in unit_page.content.decode()
    address = reverse("admin:accounts_unit_hand_over", args=[squatter.unit_id])
    assert squatter.person.email in client.get(address).content.decode()
    unknown = client.post(address, {"email": "nobody@example.test", "reason": "x"})
    assert "nobody@example.test" in unknown.content.decode()
    rightful = factories.person()
    assert client.post(address, {"email": rightful.email.upper(), "reason": " "}).status_code == 200
    assert client.post(address, {"email": rightful.email.upper(), "reason": "核实"}).status_code == 302
    assert Membership.objects.active().get(unit=squatter.unit).person == rightful
    for person in (None, squatter.person):
        other = Client()
        if person is not None:
            other.force_login(person, backend="accounts.backends.Backend")
        assert other.post(address, {"email": rightful.email, "reason": "x"}).status_code in (302, 403)
    assert Membership.objects.active().get(unit=squatter.unit).person == rightful


@pytest.mark.django_db(transaction=True)
def test_what_they_do_at_that_moment_ends_with_the_rest(squatter: Membership, root: Person) -> None:
    by, rightful, guest = actor_for_membership(squatter), factories.person(), factories.person("guest@example.test")
    asking = Actor(person_id=guest.pk, unit_id=None, role="")

    def last_minute() -> None:
        request_to_join(person=guest, uscc=squatter.unit.uscc, by=asking, now=NOW)
        issue_token(membership=squatter, label="y", scope="provider", days=30, by=by, now=NOW)

    def hand_over() -> None:
        hand_over_unit(unit=squatter.unit, to=rightful, reason="营业执照核实", by=admin(root), now=NOW)

    assert second_comer(last_minute, hand_over) is None
    left = Membership.objects.filter(unit=squatter.unit).exclude(status="ended")
    assert [row.person_id for row in left] == [rightful.pk]
    assert not ApiToken.objects.filter(revoked_at=None).exists()
