"""A lost telephone: an administrator takes the second factor away, on the record, and its owner is told."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.domain import reset_second_factor, sign_out_everywhere
from accounts.enums import Role
from accounts.models import Person
from ledger.acts import Refused
from ledger.models import Record
from notices.models import EmailDelivery, Notice
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer() -> Person:
    member = factories.membership(Role.REVIEWER)
    Authenticator.objects.create(user=member.person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    Authenticator.objects.create(user=member.person, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"})
    return member.person


def test_second_factor_is_taken_away_by_the_action_of_the_administration(reviewer: Person) -> None:
    signed_in = factories.client_for(reviewer.memberships.get())
    assert signed_in.get(reverse("members")).status_code == 200
    root = factories.membership(Role.SYSADMIN, person=factories.person(is_staff=True, is_superuser=True))
    admin = factories.client_for(root)
    admin.post(
        reverse("admin:accounts_person_changelist"), {"action": "reset_factor", "_selected_action": [reviewer.pk]}
    )
    assert not Authenticator.objects.filter(user=reviewer).exists()
    assert signed_in.get(reverse("members")).status_code == 302
    record = Record.objects.get(verb="reset_second_factor")
    assert (record.subject_id, record.actor_id) == (reviewer.pk, root.person_id)
    notice = Notice.objects.get(kind="second_factor_reset")
    assert notice.to_person == reviewer
    assert EmailDelivery.objects.get(notice=notice).address == reviewer.email


@pytest.mark.parametrize("verb", [reset_second_factor, sign_out_everywhere])
def test_nobody_else_and_not_for_oneself(reviewer: Person, verb, now) -> None:
    root = factories.person(is_staff=True, is_superuser=True)
    lead = factories.actor(Role.REVIEW_LEAD)
    for person, by in ((reviewer, lead), (root, factories.actor(Role.SYSADMIN, person=root))):
        with pytest.raises(Refused):
            verb(person=person, by=by, now=now)
    assert Authenticator.objects.filter(user=reviewer).count() == 2


def test_sign_out_everywhere_ends_the_sessions_and_keeps_the_factor(reviewer: Person, now) -> None:
    signed_in = factories.client_for(reviewer.memberships.get())
    signed_in.get(reverse("members"))
    sign_out_everywhere(person=reviewer, by=factories.actor(Role.SYSADMIN), now=now)
    assert signed_in.get(reverse("members")).status_code == 302
    assert Authenticator.objects.filter(user=reviewer).count() == 2
    assert Record.objects.filter(verb="sign_out_everywhere", subject_id=reviewer.pk).exists()
