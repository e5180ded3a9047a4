"""Many rows in one statement: recorded, hashed and stored exactly as one by one, and all or nothing."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Unit
from ledger import rows
from ledger.acts import Actor, Refused, append, append_many, perform_many
from ledger.domain.verify import verify
from ledger.models import Chain, Record
from providers.models import App, Filing
from registry.models import Entry
from tests import factories_uses as make
from tests.factories import NOW, authority, unit
from users.models import UserFiling

SYSTEM = Actor.system()
DAY = date(2026, 9, 24)


def allow(by: Actor, row: Any) -> list:
    return []


def drafts(count: int) -> list[Filing]:
    company = unit(kind="enterprise")
    apps = [App.objects.create(unit=company, name=f"榆荚阅读{number}") for number in range(count)]
    return [Filing.objects.create(kind="initial", unit=company, app=app, authority=authority("11")) for app in apps]


def strip(record: Record) -> dict[str, Any]:
    """A record without what tells one row of the table from another."""
    return {
        field.attname: getattr(record, field.attname)
        for field in Record._meta.concrete_fields
        if field.attname not in ("id", "hash", "subject_id")
    }


@pytest.mark.django_db
def test_records_of_many_are_those_of_each_by_itself() -> None:
    one, *many = drafts(4)
    with transaction.atomic():
        append(verb="note", subject=one, by=SYSTEM, now=NOW, payload={"n": "补正 \\ ' ☃"})
        done = append_many(
            verb="note", subjects=many, by=SYSTEM, now=NOW, payload=lambda row: {"n": "补正 \\ ' ☃"}
        )
    first = Record.objects.get(subject_id=one.pk, subject_type="providers.filing")
    assert [Record.objects.get(pk=found.id).subject_id for found in done] == [row.pk for row in many]
    for found in done:
        record = Record.objects.get(pk=found.id)
        assert (found.seq, found.hash) == (record.seq, record.hash)
        # the state of a row that is new stands in the records of many
        assert strip(record) | {"to_state": "", "body": ""} == strip(first) | {"to_state": "", "body": ""}
    assert list(verify()) == []


@pytest.mark.django_db
def test_chains_go_on_from_their_heads_whoever_appends() -> None:
    filings = drafts(3)
    for turn in range(3):
        with transaction.atomic():
            append_many(verb="note", subjects=filings[turn:], by=SYSTEM, now=NOW, payload=lambda row: {})
            append(verb="note", subject=filings[turn], by=SYSTEM, now=NOW + timedelta(hours=turn), payload={})
    assert [Chain.objects.get(subject_id=row.pk).length for row in filings] == [2, 3, 4]
    assert list(verify()) == []


@pytest.mark.django_db
def test_subject_that_stands_twice_is_refused() -> None:
    row = drafts(1)[0]
    with pytest.raises(DatabaseError, match="stands twice"), transaction.atomic():
        append_many(verb="note", subjects=[row, row], by=SYSTEM, now=NOW, payload=lambda row: {})
    assert not Record.objects.exists()


@pytest.mark.django_db
def test_door_is_shut_again_after_many() -> None:
    filings = drafts(2)
    perform_many(verb="withdraw", subjects=filings, by=SYSTEM, now=NOW, rule=allow, transition="withdraw")
    assert set(Filing.objects.values_list("state", flat=True)) == {"withdrawn"}
    with pytest.raises(DatabaseError, match="only through an act"), transaction.atomic():
        Filing.objects.update(state="draft")


@pytest.mark.django_db
def test_one_that_is_refused_leaves_all_as_they_were() -> None:
    filings = drafts(3)

    def not_the_second(by: Actor, row: Any) -> Any:
        from ledger.acts import Reason

        return [Reason("never", "Never.")] if row.pk == filings[1].pk else []

    with pytest.raises(Refused):
        perform_many(verb="withdraw", subjects=filings, by=SYSTEM, now=NOW, rule=not_the_second, transition="withdraw")
    assert set(Filing.objects.values_list("state", flat=True)) == {"draft"}
    assert not Record.objects.exists()


def values_of(row: Any) -> dict[str, Any]:
    return type(row).objects.filter(pk=row.pk).values().get()


@pytest.mark.django_db
def test_many_are_stored_as_each_by_itself_whatever_the_values() -> None:
    """Empty lists, nothing, JSON, quotes, moments and days: the same as the ORM stores."""
    make.rules()
    uses = [make.draft(), make.confirmed(), make.submitted()]
    entry = make.entry("值")
    for model, batch, changes in (
        (
            UserFiling,
            uses,
            [
                {"stages": [], "data": {"a": [1, None, "'\\"]}, "returned_at": None, "due_day": None, "late": True},
                {"stages": ["primary", "a,b{}\""], "data": {}, "returned_at": NOW, "due_day": DAY, "late": False},
                {"stages": [], "data": {"甲": "乙"}, "returned_at": None, "due_day": None, "late": False},
            ],
        ),
        (
            Entry,
            [entry, make.entry("二")],
            [{"open_items": None, "confirmed_at": NOW}, {"open_items": ["icp"], "confirmed_at": NOW}],
        ),
    ):  # fmt: skip
        fields = [model._meta.get_field(name) for name in changes[0]]
        wanted = []
        for row, change in zip(batch, changes, strict=True):
            for name, value in change.items():
                setattr(row, name, value)
            with transaction.atomic():
                row.save(update_fields=list(change))
                wanted.append(values_of(row))
                transaction.set_rollback(True)
        text, values = rows.update_many(batch, fields)
        with connection.cursor() as cursor:
            cursor.execute(text, values)
            assert cursor.rowcount == len(batch)
        assert [values_of(row) for row in batch] == wanted


@pytest.mark.django_db
def test_what_is_too_long_is_refused_and_never_cut() -> None:
    units = [unit(kind="enterprise") for _turn in range(2)]
    units[1].province_code = "4" * 300
    text, values = rows.update_many(units, [Unit._meta.get_field("province_code")])
    with pytest.raises(DatabaseError, match="too long"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text, values)


@pytest.mark.django_db(transaction=True)
def test_two_who_append_to_the_same_chains_in_opposite_order_both_finish() -> None:
    filings = drafts(30)
    failed: list[Exception] = []
    gate = threading.Barrier(2)

    def work(subjects: list[Filing]) -> None:
        try:
            for _turn in range(15):
                gate.wait(20)
                with transaction.atomic():
                    append_many(verb="note", subjects=subjects, by=SYSTEM, now=NOW, payload=lambda row: {})
        except Exception as error:
            failed.append(error)
            gate.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(order,)) for order in (filings, filings[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert set(Chain.objects.values_list("length", flat=True)) >= {30}
    assert list(verify()) == []
