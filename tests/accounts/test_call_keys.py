"""The same call twice at the same moment: one invitation, one table, and both callers get it."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import ImportBatch, Invitation, KeyedCall
from ledger.models import Record
from tests import factories
from tests.accounts.tables import row
from tests.accounts.test_people_api import Caller, lead_of
from tests.factories import NOW
from tests.races import second_comer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def call(freeze: Any) -> Caller:
    freeze(NOW)
    return lead_of()


def test_two_calls_with_one_key_send_one_invitation(call: Caller) -> None:
    unit, got = factories.authority("11"), []

    def send() -> None:
        body = {"unit": unit.pk, "email": "a@example.test", "role": "reviewer", "name": "某人"}
        got.append(call.post("authority_invitations", key="k1", **body))

    assert second_comer(send, send) is None
    assert [(one.status_code, one.json()["id"]) for one in got] == [(201, Invitation.objects.get().pk)] * 2
    assert Record.objects.filter(verb="invite").count() == 1


def test_two_uploads_with_one_key_make_one_table(call: Caller) -> None:
    got = []

    def send() -> None:
        got.append(call.upload(row(1), key="k1"))

    assert second_comer(send, send) is None
    assert [(one.status_code, one.json()["id"]) for one in got] == [(201, ImportBatch.objects.get().pk)] * 2
    assert ImportBatch.objects.get().rows.count() == 1


def test_a_refused_upload_leaves_its_key_free(call: Caller) -> None:
    assert call.upload(content=b"", key="k1").status_code == 400
    assert not KeyedCall.objects.exists()
    assert call.upload(row(1), key="k1").status_code == 201
