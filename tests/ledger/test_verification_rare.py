"""Rarer forgeries: a number given twice, records put in another order, a chain that has only been begun."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from accounts.models import Unit
from ledger.acts import Actor, append
from ledger.domain import verify
from ledger.models import Chain, Record
from tests.factories import NOW, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain() -> list[Record]:
    """Three records of one subject, without what keeps them from being changed."""
    subject: Unit = unit()
    with transaction.atomic():
        for number in range(3):
            append(verb=f"act{number}", subject=subject, by=Actor.system(), now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_record DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE ledger_record DROP CONSTRAINT ledger_seq_once")
    return list(Record.objects.filter(subject_type="accounts.unit", subject_id=subject.pk).order_by("seq"))


def test_second_record_with_a_number_is_named_and_the_rest_is_whole(chain: list[Record]) -> None:
    second = chain[1]
    second.pk = None
    second.save(force_insert=True)
    found = list(verify())
    assert [one.what for one in found] == ["inserted"]
    assert f"#2 (record {second.pk}, act1)" in found[0].where


def test_record_that_was_put_before_the_first_is_found(chain: list[Record]) -> None:
    first = chain[0]
    Record.objects.filter(pk=first.pk).update(id=chain[-1].pk + 1_000)
    found = list(verify())
    assert {one.what for one in found} == {"reordered"}
    assert [one.where.split("(")[0].strip()[-2:] for one in found] == ["#2", "#3"]


def test_chain_that_was_only_begun_lacks_nothing(db: None) -> None:
    row = Chain.objects.create(subject_type="accounts.unit", subject_id=unit().pk)
    assert list(verify()) == []
    Chain.objects.filter(pk=row.pk).update(length=2)
    assert [one.what for one in verify()] == ["deleted"]
