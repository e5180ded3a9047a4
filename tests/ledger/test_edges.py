"""The one door and its proof at their edges: rows that are gone, nothing to do, values the database computes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Concat

from accounts.models import Unit
from ledger.acts import Actor, AlreadyMoved, Reasons, append, append_many, perform, perform_many
from ledger.domain import checkpoint, verify
from ledger.models import Chain, Checkpoint, Record
from providers.models import App, Filing
from tests.factories import NOW, authority, unit

SYSTEM = Actor.system()


def allow(by, row) -> Reasons:
    return Reasons()


@pytest.mark.django_db(transaction=True)
def test_records_of_many_are_written_in_the_transaction_of_their_act() -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        append_many(verb="note", subjects=[], by=SYSTEM, now=NOW, payload=lambda row: {})


@pytest.mark.django_db
def test_row_that_is_gone_is_acted_on_by_nobody() -> None:
    row = unit()
    Unit.objects.filter(pk=row.pk).delete()
    with pytest.raises(Unit.DoesNotExist):
        perform(verb="note", subject=row, by=SYSTEM, now=NOW, rule=allow)
    assert perform_many(verb="note", subjects=[row], by=SYSTEM, now=NOW, rule=allow) == []
    assert perform_many(verb="note", subjects=[], by=SYSTEM, now=NOW, rule=allow) == []
    with transaction.atomic():
        assert append_many(verb="note", subjects=[], by=SYSTEM, now=NOW, payload=lambda row: {}) == []
    assert not Record.objects.exists()


@pytest.mark.django_db
def test_value_that_the_database_computes_is_saved_behind_the_door() -> None:
    row = unit(kind="enterprise")

    def change(one: Unit) -> None:
        one.name_en = Concat(F("name"), F("uscc"))  # type: ignore[assignment]

    perform(verb="rename", subject=row, by=SYSTEM, now=NOW, rule=allow, change=change)
    assert Unit.objects.get(pk=row.pk).name_en == row.name + row.uscc


@pytest.mark.django_db
def test_step_that_the_state_does_not_know_is_no_step() -> None:
    company = unit(kind="enterprise")
    app = App.objects.create(unit=company, name="榆荚阅读")
    draft = Filing.objects.create(kind="initial", unit=company, app=app, authority=authority("11"))
    with pytest.raises(AlreadyMoved):
        perform(verb="approve", subject=draft, by=SYSTEM, now=NOW, rule=allow, transition="complete")
    assert Filing.objects.get(pk=draft.pk).state == "draft"


# --- what verification names ---------------------------------------------------------------------------


@pytest.fixture
def chain(db: None) -> Iterator[Unit]:
    """A unit with four records, and what somebody with the rights of the database's owner can do."""
    row = unit(kind="enterprise")
    with transaction.atomic():
        for number in range(4):
            append(verb=f"act{number}", subject=row, by=SYSTEM, now=NOW, payload={"n": number})
    tables = ("ledger_record", "ledger_checkpoint")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield row
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def findings() -> list[str]:
    return [str(finding) for finding in verify()]


def of(row: Unit):
    return {"subject_type": "accounts.unit", "subject_id": row.pk}


def test_chain_that_is_gone_altogether_is_missed(chain: Unit) -> None:
    Record.objects.filter(**of(chain)).delete()
    assert any("the whole chain is gone" in line for line in findings())


def test_several_that_are_gone_are_named_from_the_first_to_the_last(chain: Unit) -> None:
    Record.objects.filter(**of(chain), seq__in=[2, 3]).delete()
    assert any("#2–#3" in line for line in findings())


def test_records_without_a_head_and_a_head_that_does_not_fit_are_named(chain: Unit) -> None:
    Chain.objects.filter(**of(chain)).update(head="0" * 64)
    assert any("the head of the chain does not fit" in line for line in findings())
    Chain.objects.filter(**of(chain)).update(length=3)
    assert any("after the end of the chain" in line for line in findings())
    Chain.objects.filter(**of(chain)).delete()
    assert any("without a head" in line for line in findings())


def test_record_that_follows_another_than_the_one_before_it_is_named(chain: Unit) -> None:
    import hashlib

    third = Record.objects.get(**of(chain), seq=3)
    previous = "f" * 64
    text = f"{previous}|accounts.unit|{chain.pk}|3|{third.body}"
    Record.objects.filter(pk=third.pk).update(previous=previous, hash=hashlib.sha256(text.encode()).hexdigest())
    assert any(line.startswith("inserted or reordered") for line in findings())


def test_checkpoint_with_a_signature_of_its_own_is_named(chain: Unit) -> None:
    checkpoint(now=NOW)
    Checkpoint.objects.update(signature="00" * 64)
    assert any(line.startswith("bad signature") for line in findings())
    Checkpoint.objects.update(public_key="ab" * 32, previous_digest="1" * 64)
    lines = findings()
    assert any(line.startswith("foreign key") for line in lines)
    assert any("does not follow the checkpoint" in line for line in lines)
