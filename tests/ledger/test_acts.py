"""The one door: what it refuses, what it records, and that nothing gets round it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Unit
from ledger.acts import Actor, AlreadyMoved, Audience, Reason, Reasons, Refused, append, perform, perform_many
from ledger.models import Chain, Record
from ledger.queries import timeline
from providers.models import Filing
from tests.factories import NOW, actor, authority, unit
from tests.races import until_it_waits


def allow(by: Actor, row: Any) -> Reasons:
    return Reasons()


def forbid(by: Actor, row: Any) -> Reasons:
    return Reasons([Reason("never", "Never.", article="me-13")])


@pytest.fixture
def draft(db: None) -> Filing:
    from providers.models import App

    company = unit(kind="enterprise")
    app = App.objects.create(unit=company, name="榆荚阅读")
    return Filing.objects.create(kind="initial", unit=company, app=app, authority=authority("11"))


def test_act_records_who_what_and_states(draft: Filing) -> None:
    by = actor("provider_owner", draft.unit)
    row = perform(
        verb="withdraw", subject=draft, by=by, now=NOW, rule=allow, transition="withdraw", basis=["me-13"],
        payload={"why": "试"},
    )
    assert row.state == "withdrawn"
    record = timeline(draft).get()
    assert (record.seq, record.verb, record.from_state, record.to_state) == (1, "withdraw", "draft", "withdrawn")
    assert (record.actor_id, record.actor_unit_id, record.actor_role) == (by.person_id, by.unit_id, by.role)
    assert record.payload == {"why": "试"}
    assert record.basis == ["me-13"]
    assert record.at == NOW


def test_act_that_the_rule_forbids_changes_nothing(draft: Filing) -> None:
    with pytest.raises(Refused) as refusal:
        perform(verb="withdraw", subject=draft, by=Actor.system(), now=NOW, rule=forbid, transition="withdraw")
    assert refusal.value.reasons.codes == ["never"]
    assert refusal.value.code == "never"
    assert Filing.objects.get(pk=draft.pk).state == "draft"
    assert not timeline(draft).exists()


def test_act_on_a_row_that_moved_on_says_who_was_first(draft: Filing) -> None:
    by = actor("provider_owner", draft.unit)
    perform(verb="withdraw", subject=draft, by=by, now=NOW, rule=allow, transition="withdraw")
    with pytest.raises(AlreadyMoved) as moved:
        perform(verb="withdraw", subject=draft, by=by, now=NOW, rule=allow, transition="withdraw")
    assert (moved.value.state, moved.value.verb, moved.value.actor_id) == ("withdrawn", "withdraw", by.person_id)
    assert moved.value.at == NOW
    assert timeline(draft).count() == 1


def test_act_with_a_stale_page_is_refused(draft: Filing) -> None:
    with pytest.raises(AlreadyMoved):
        perform(
            verb="withdraw", subject=draft, by=Actor.system(), now=NOW, rule=allow, transition="withdraw",
            seen_state="submitted",
        )


def test_effects_that_fail_take_the_whole_act_back(draft: Filing) -> None:
    def fail(row: Filing, record: object) -> None:
        raise RuntimeError("effect")

    with pytest.raises(RuntimeError, match="effect"):
        perform(
            verb="withdraw", subject=draft, by=Actor.system(), now=NOW, rule=allow, transition="withdraw",
            effects=fail,
        )
    assert Filing.objects.get(pk=draft.pk).state == "draft"
    assert not Record.objects.exists()


def test_state_set_outside_the_door_is_refused_by_the_database(draft: Filing) -> None:
    with pytest.raises(DatabaseError, match="only through an act"), transaction.atomic():
        Filing.objects.filter(pk=draft.pk).update(state="filed")
    with pytest.raises(AttributeError):
        draft.state = "filed"


def test_door_is_shut_again_after_an_act(draft: Filing) -> None:
    perform(verb="withdraw", subject=draft, by=Actor.system(), now=NOW, rule=allow, transition="withdraw")
    with pytest.raises(DatabaseError, match="only through an act"), transaction.atomic():
        Filing.objects.filter(pk=draft.pk).update(state="draft")


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: Record.objects.update(verb="x"),
        lambda: Record.objects.all().delete(),
        lambda: connection.cursor().execute("DELETE FROM ledger_record"),
    ],
)
def test_record_can_be_neither_changed_nor_deleted(draft: Filing, tamper: Callable[[], object]) -> None:
    with transaction.atomic():
        append(verb="note", subject=draft, by=Actor.system(), now=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        tamper()


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        append(verb="note", subject=authority("11"), by=Actor.system(), now=NOW)


def test_timeline_shows_each_audience_what_it_may_see(draft: Filing) -> None:
    with transaction.atomic():
        for audience in (Audience.PUBLIC, Audience.PARTIES, Audience.AUTHORITY):
            append(verb=f"for_{audience}", subject=draft, by=Actor.system(), now=NOW, audience=audience)
    assert [r.verb for r in timeline(draft, audience="public")] == ["for_public"]
    assert [r.verb for r in timeline(draft)] == ["for_public", "for_parties"]
    assert [r.verb for r in timeline(draft, audience="authority")] == ["for_public", "for_parties", "for_authority"]


def test_payload_carries_no_name_of_the_actor(draft: Filing) -> None:
    by = actor("provider_owner", draft.unit)
    perform(verb="withdraw", subject=draft, by=by, now=NOW, rule=allow, transition="withdraw")
    assert by.person_name
    assert by.person_name not in timeline(draft).get().body


@pytest.mark.django_db(transaction=True)
def test_records_of_one_subject_from_many_threads_stay_one_chain() -> None:
    subject = authority("11")
    threads = [threading.Thread(target=_note, args=(subject, number)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    records = list(timeline(subject, audience="authority"))
    assert [record.seq for record in records][-8:] == list(range(records[-8].seq, records[-8].seq + 8))
    for earlier, later in zip(records, records[1:], strict=False):
        assert later.previous == earlier.hash
    assert Chain.objects.get(subject_type="accounts.unit", subject_id=subject.pk).head == records[-1].hash


def _note(subject: Unit, number: int) -> None:
    try:
        with transaction.atomic():
            append(verb="note", subject=subject, by=Actor.system(), now=NOW, payload={"n": number})
    finally:
        connection.close()


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["ledger_record", "ledger_checkpoint"])
def test_ledger_is_not_emptied_whatever_is_set(table: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL portal.allow_truncate = 'on'")
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_act_on_many_rows_that_are_all_gone_does_nothing(draft: Filing) -> None:
    gone = Filing(pk=draft.pk + 1_000_000)
    assert perform_many(verb="withdraw", subjects=[gone], by=Actor.system(), now=NOW, rule=allow) == []
    assert not Record.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_relation_that_moved_while_an_act_waited_is_the_new_one(draft: Filing) -> None:
    """The other act commits after this one has read the row and waits for its lock."""
    there, found = authority("44"), []
    here = draft.authority_id

    def late() -> None:
        try:
            row = perform(
                verb="look", subject=draft, by=Actor.system(), now=NOW, rule=allow, related=("authority",),
                effects=lambda row, record: found.append((row.authority_id, row.authority.code)),
            )
            found.append(row.authority_id)
        finally:
            connection.close()

    with transaction.atomic():
        Filing.objects.filter(pk=draft.pk).update(authority=there)
        thread = threading.Thread(target=late)
        thread.start()
        until_it_waits()
    thread.join(20)
    assert found == [(there.pk, "44"), there.pk] and here != there.pk
