"""Rows changed, deleted, inserted or swapped behind the ledger's back are found and named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import Unit
from ledger.acts import Actor, append
from ledger.domain import checkpoint, verify
from ledger.models import Checkpoint, Record
from tests.factories import NOW, unit


@pytest.fixture
def subject(db: None) -> Unit:
    row = unit(kind="enterprise")
    with transaction.atomic():
        for number in range(4):
            append(verb=f"act{number}", subject=row, by=Actor.system(), now=NOW, payload={"n": number})
    return row


@pytest.fixture
def behind_its_back(db: None) -> Iterator[None]:
    """What somebody with the rights of the database's owner can do."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_record DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE ledger_checkpoint DISABLE TRIGGER USER")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_record ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE ledger_checkpoint ENABLE TRIGGER USER")


def records_of(row: Unit) -> list[Record]:
    return list(Record.objects.filter(subject_type="accounts.unit", subject_id=row.pk).order_by("seq"))


def findings() -> list[str]:
    return [str(finding) for finding in verify()]


def test_untouched_ledger_is_whole(subject: Unit, capsys: pytest.CaptureFixture[str]) -> None:
    assert checkpoint(now=NOW) is not None
    assert findings() == []
    call_command("verify_ledger")
    assert "is whole" in capsys.readouterr().out


def test_edited_row_is_found(subject: Unit, behind_its_back: None) -> None:
    third = records_of(subject)[2]
    Record.objects.filter(pk=third.pk).update(payload={"n": 99})
    assert any("edited" in line and f"#{third.seq} " in line for line in findings())


def test_edited_body_is_found(subject: Unit, behind_its_back: None) -> None:
    third = records_of(subject)[2]
    Record.objects.filter(pk=third.pk).update(body=third.body.replace("act2", "act9"), verb="act9")
    assert any("edited" in line and f"#{third.seq} " in line for line in findings())


def test_deleted_row_is_found(subject: Unit, behind_its_back: None) -> None:
    second = records_of(subject)[1]
    Record.objects.filter(pk=second.pk).delete()
    assert any(line.startswith("deleted") and f"#{second.seq}" in line for line in findings())


def test_deleted_end_of_a_chain_is_found(subject: Unit, behind_its_back: None) -> None:
    last = records_of(subject)[-1]
    last.delete()
    assert any(line.startswith("deleted") and f"#{last.seq}" in line for line in findings())


def test_inserted_row_is_found(subject: Unit, behind_its_back: None) -> None:
    last = records_of(subject)[-1]
    Record.objects.filter(pk=last.pk).get()
    last.pk = None
    last.seq += 1
    last.previous = last.hash
    last.save(force_insert=True)
    assert any("inserted" in line or "edited" in line for line in findings())
    assert any(f"#{last.seq}" in line for line in findings())


def test_swapped_rows_are_found(subject: Unit, behind_its_back: None) -> None:
    second, third = records_of(subject)[1:3]
    Record.objects.filter(pk=second.pk).update(body=third.body, verb=third.verb, payload=third.payload)
    Record.objects.filter(pk=third.pk).update(body=second.body, verb=second.verb, payload=second.payload)
    lines = [line for line in findings() if "reordered" in line]
    assert any(f"#{second.seq} " in line for line in lines)
    assert any(f"#{third.seq} " in line for line in lines)


def test_whole_chain_rewritten_with_right_hashes_is_found_by_the_checkpoint(
    subject: Unit, behind_its_back: None
) -> None:
    checkpoint(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_record WHERE subject_type='accounts.unit' AND subject_id=%s", [subject.pk])
        cursor.execute("DELETE FROM ledger_chain WHERE subject_type='accounts.unit' AND subject_id=%s", [subject.pk])
    with transaction.atomic():
        for number in range(4):
            append(verb=f"forged{number}", subject=subject, by=Actor.system(), now=NOW)
    assert any(line.startswith("changed since the checkpoint") for line in findings())


def test_forged_checkpoint_is_found(subject: Unit, behind_its_back: None) -> None:
    point = checkpoint(now=NOW)
    assert point is not None
    Checkpoint.objects.filter(pk=point.pk).update(digest="0" * 64)
    assert any(line.startswith("bad signature") for line in findings())


def test_command_names_every_finding_and_fails(
    subject: Unit, behind_its_back: None, capsys: pytest.CaptureFixture[str]
) -> None:
    Record.objects.filter(pk=records_of(subject)[0].pk).update(verb="forged")
    with pytest.raises(CommandError, match="NOT whole"):
        call_command("verify_ledger")
    assert "edited" in capsys.readouterr().out


def test_checkpoint_without_new_records_is_not_made(subject: Unit) -> None:
    assert checkpoint(now=NOW) is not None
    assert checkpoint(now=NOW) is None
