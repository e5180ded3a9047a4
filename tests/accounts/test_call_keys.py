"""The same call twice at the same moment: one invitation, one table, and both callers get it."""

from __future__ import annotations

import pytest

from accounts.actors import actor_for_membership
from accounts.domain import invite, read_table
from accounts.enums import Role
from accounts.models import ImportBatch, Invitation
from ledger.acts import Actor
from ledger.models import Record
from tests import factories
from tests.accounts.tables import csv_file, row
from tests.factories import NOW
from tests.races import second_comer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def by() -> Actor:
    return actor_for_membership(factories.membership(Role.REVIEW_LEAD, unit=factories.authority("11")))


def test_two_calls_with_one_key_send_one_invitation(by: Actor) -> None:
    unit, got = factories.authority("11"), []

    def call() -> None:
        said = {"unit": unit, "email": "a@example.test", "role": Role.REVIEWER, "name": "某人"}
        got.append(invite(by=by, now=NOW, call_key="k1", **said)[0].pk)

    assert second_comer(call, call) is None
    assert got == [Invitation.objects.get().pk] * 2
    assert Record.objects.filter(verb="invite").count() == 1


def test_two_uploads_with_one_key_make_one_table(by: Actor) -> None:
    got = []

    def call() -> None:
        batch = read_table(file=csv_file(row(1)), file_name="a.csv", by=by, now=NOW, call_key="k1")
        got.append(batch.pk)

    assert second_comer(call, call) is None
    assert got == [ImportBatch.objects.get().pk] * 2
    assert ImportBatch.objects.get().rows.count() == 1
