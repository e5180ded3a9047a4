"""What befalls an entry reaches everybody who uses it: once each, in order, after a kill too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import connection, connections

from ledger.domain.verify import verify
from ledger.models import Record
from notices.models import Notice
from registry import domain as registry_verbs
from tests import factories_uses as make
from tests.review.test_races import together
from users import domain
from users.domain import sweeps
from users.enums import Cause
from users.models import UserFiling, UseSweep
from users.tasks import mark_uses

LATER = make.NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _rules(request):
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        make.rules()


@pytest.fixture
def nobody_listens(monkeypatch):
    """No worker takes the job up when the act is committed: the test works it off itself."""
    monkeypatch.setattr(sweeps, "_worker", [])


def revoke(entry):
    return registry_verbs.revoke(entry=entry, reason="拒不整改", by=make.publisher(), now=LATER)


def in_every_state(entry):
    return {state: make.use_in_state(state, entry=entry) for state in make.ALL_STATES if state != "suspended"}


@pytest.mark.django_db
@pytest.mark.requirement("R96", "R122")
def test_revocation_marks_every_use_and_proposes_its_end():
    entry = make.entry()
    uses = in_every_state(entry)
    other = make.confirmed()
    revoke(entry)
    sweep = UseSweep.objects.get()
    assert (sweep.move, sweep.total, sweep.finished_at) == ("revoke", 5, None)
    result = domain.work_off(sweep=sweep, now=LATER)
    assert (result.done, result.failed, result.finished) == (5, set(), True)
    for state, filing in uses.items():
        row = make.fresh(filing)
        if state == "withdrawn":
            assert row.state == "withdrawn" and not row.withdrawal_cause
            continue
        assert row.state == ("draft" if state == "draft" else "suspended")
        assert row.withdrawal_cause == Cause.REVOKED and row.withdrawal_proposed_at == LATER
        assert row.suspended_from == ("" if state == "draft" else state)
        told = Notice.objects.filter(to_unit=row.unit, kind__in=["use_suspended", "use_entry_gone"])
        assert told.count() == 1 and "拒不整改" in told.get().params["text"]
    assert make.fresh(other).state == "confirmed"
    sweep.refresh_from_db()
    assert (sweep.done, sweep.failed, sweep.finished_at) == (5, 0, LATER)
    # nothing more to do: neither by the same job nor by beat
    acts, notices = Record.objects.count(), Notice.objects.count()
    domain.work_off(sweep=sweep, now=LATER)
    mark_uses()
    assert (Record.objects.count(), Notice.objects.count()) == (acts, notices)
    # the end is the unit's own act
    row = make.fresh(uses["confirmed"])
    done = domain.withdraw(
        filing=row, by=make.lead(row.unit), now=LATER, reason="备案被撤销", notice_text="即日起停用"
    )
    assert done.state == "withdrawn" and done.withdrawal_cause == Cause.REVOKED


@pytest.mark.django_db
@pytest.mark.requirement("R122")
def test_offline_and_back_leaves_everything_as_it_was():
    entry = make.entry()
    uses = in_every_state(entry)
    before = {state: (str(make.fresh(f).state), make.fresh(f).due_day) for state, f in uses.items()}
    by = make.publisher()
    registry_verbs.take_offline(entry=entry, reason="整改", by=by, now=LATER)
    mark_uses()
    assert make.fresh(uses["submitted"]).due_at is None
    registry_verbs.resume(entry=entry, by=by, now=LATER + timedelta(days=1))
    mark_uses()
    after = {state: (str(make.fresh(f).state), make.fresh(f).due_day) for state, f in uses.items()}
    assert {k: v[0] for k, v in after.items()} == {k: v[0] for k, v in before.items()}
    assert after["submitted"][1] is not None
    assert not any(make.fresh(f).withdrawal_cause for f in uses.values())
    assert not UseSweep.objects.filter(finished_at=None).exists()


@pytest.mark.django_db
def test_jobs_of_one_entry_go_in_their_order():
    entry = make.entry()
    filing = make.confirmed(entry=entry)
    by = make.publisher()
    registry_verbs.take_offline(entry=entry, reason="整改", by=by, now=LATER)
    registry_verbs.resume(entry=entry, by=by, now=LATER)
    first, second = UseSweep.objects.order_by("pk")
    assert domain.work_off(sweep=second, now=LATER).finished is False
    assert make.fresh(filing).state == "confirmed"
    assert mark_uses(second.pk) == "marked 2"
    assert make.fresh(filing).state == "confirmed"
    assert [record.verb for record in Record.objects.filter(subject_id=filing.pk, subject_type="users.userfiling")][
        -2:
    ] == ["suspend", "resume"]
    assert not UseSweep.objects.filter(finished_at=None).exists()
    first.refresh_from_db()
    assert first.done == 1


@pytest.mark.django_db
def test_revocation_after_offline_renews_the_proposal():
    entry = make.entry()
    filing = make.confirmed(entry=entry)
    registry_verbs.take_offline(entry=entry, reason="整改", by=make.publisher(), now=LATER)
    mark_uses()
    revoke(entry)
    mark_uses()
    row = make.fresh(filing)
    assert (row.state, row.withdrawal_cause, row.suspended_from) == ("suspended", Cause.REVOKED, "confirmed")
    told = Notice.objects.filter(to_unit=row.unit, subject_id=row.pk).order_by("pk")
    assert list(told.values_list("kind", flat=True))[-2:] == ["use_suspended", "use_withdrawal_proposed"]


@pytest.mark.django_db
def test_an_entry_that_nobody_uses_leaves_no_job():
    revoke(make.entry())
    assert not UseSweep.objects.exists()


def confirmed_uses(entry, count: int) -> None:
    """Many confirmed uses of one entry, without their papers: what a sweep reads."""
    unit = make.school()
    sample = make.confirmed(unit, entry=entry)
    rows = []
    for number in range(count - 1):
        school = make.school(parent=unit.parent)
        row = UserFiling.objects.get(pk=sample.pk)
        row.pk, row.unit, row.case_no = None, school, f"SY-TEST-2026-{number:06d}"
        row._state.adding = True
        rows.append(row)
    UserFiling.objects.bulk_create(rows)


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("R122")
def test_killed_between_batches_and_resumed(monkeypatch, nobody_listens):
    """The worker stops without a word between two batches; the next one goes on where it was."""
    monkeypatch.setattr(sweeps, "BATCH", 7)
    entry = make.entry()
    confirmed_uses(entry, 30)
    revoke(entry)
    sweep = UseSweep.objects.get()

    class Killed(BaseException):
        pass

    batches = []

    def between():
        batches.append(1)
        if len(batches) == 2:
            raise Killed

    with pytest.raises(Killed):
        domain.work_off(sweep=sweep, now=LATER, between=between)
    half = UserFiling.objects.filter(state="suspended").count()
    assert half == 14
    result = domain.work_off(sweep=sweep, now=LATER)
    assert (result.done, result.finished) == (30 - half, True)
    once_each(30)


def once_each(count: int) -> None:
    """Every use is marked exactly once: one act, one notice, and the chains are whole."""
    assert UserFiling.objects.filter(state="suspended", withdrawal_cause=Cause.REVOKED).count() == count
    assert Record.objects.filter(verb="suspend").count() == count
    assert Record.objects.filter(verb="suspend").values("subject_id").distinct().count() == count
    assert Notice.objects.filter(kind="use_suspended").count() == count
    sweep = UseSweep.objects.get()
    assert (sweep.done, sweep.total, sweep.failed) == (count, count, 0) and sweep.finished_at
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_is_found_again(nobody_listens):
    import threading

    from django.db import transaction

    entry = make.entry()
    confirmed_uses(entry, 5)
    revoke(entry)
    held = UserFiling.objects.order_by("pk")[1]
    ready, go_on = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            UserFiling.objects.select_for_update().get(pk=held.pk)
            ready.set()
            go_on.wait(20)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    ready.wait(20)
    result = domain.work_off(sweep=UseSweep.objects.get(), now=LATER)
    assert (result.done, result.finished) == (4, False)
    go_on.set()
    thread.join(20)
    assert mark_uses() == "marked 1"
    once_each(5)


WORKER = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "filing_portal.settings.test"
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from datetime import datetime
from users import domain
from users.domain import sweeps
from users.models import UseSweep
sweeps.BATCH = 20
print("at work", flush=True)
domain.work_off(sweep=UseSweep.objects.get(), now=datetime.fromisoformat(sys.argv[2]))
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("R122")
def test_a_killed_process_loses_nothing_and_does_nothing_twice(repository, nobody_listens):
    """A worker's process is killed (SIGKILL) in the middle of a batch; another one finishes."""
    count = 200
    entry = make.entry()
    confirmed_uses(entry, count)
    revoke(entry)
    command = [sys.executable, "-c", WORKER, connection.settings_dict["NAME"], LATER.isoformat()]
    process = subprocess.Popen(command, cwd=repository, env={**os.environ}, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline().strip() == "at work"
        deadline = time.monotonic() + 60
        while UseSweep.objects.get().done < 40 and time.monotonic() < deadline:
            time.sleep(0.005)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    done = UseSweep.objects.get().done
    assert 40 <= done < count, "the process was killed in the middle"
    assert UserFiling.objects.filter(state="suspended").count() == done
    assert mark_uses() == f"marked {count - done}"
    once_each(count)


@pytest.mark.django_db
def test_actors_of_a_sweep_are_the_portal_itself():
    entry = make.entry()
    filing = make.confirmed(entry=entry)
    revoke(entry)
    mark_uses()
    record = Record.objects.get(subject_id=filing.pk, verb="suspend")
    assert (record.actor_kind, record.actor_id) == ("system", None)
    assert record.payload == {"cause": "revoked", "from": "confirmed"}


@pytest.mark.django_db
def test_a_use_that_fails_hurts_no_other_and_is_told(nobody_listens):
    """A row that the database refuses to change: the others are marked, the job stays open and says why."""
    entry = make.entry()
    confirmed_uses(entry, 6)
    revoke(entry)
    bad = UserFiling.objects.order_by("pk")[2]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused here'; END $$;"
            f"CREATE TRIGGER refuse_one BEFORE UPDATE ON users_userfiling FOR EACH ROW WHEN (OLD.id = {bad.pk})"
            " EXECUTE FUNCTION refuse_one()"
        )
    result = domain.work_off(sweep=UseSweep.objects.get(), now=LATER)
    assert (result.done, result.failed, result.finished) == (5, {bad.pk}, False)
    sweep = UseSweep.objects.get()
    assert (sweep.done, sweep.failed, sweep.finished_at) == (5, 1, None)
    assert "refused here" in sweep.last_error
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER refuse_one ON users_userfiling; DROP FUNCTION refuse_one()")
    mark_uses()
    once_each(6)


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_a_job(monkeypatch, nobody_listens):
    """Each takes what the other does not hold; together they mark every use once."""
    monkeypatch.setattr(sweeps, "BATCH", 5)
    entry = make.entry()
    confirmed_uses(entry, 40)
    revoke(entry)
    sweep = UseSweep.objects.get()
    work = lambda: domain.work_off(sweep=sweep, now=LATER)  # noqa: E731
    results = together(work, work)
    assert not any(isinstance(result, Exception) for result in results), results
    assert sum(result.done for result in results) == 40
    if not any(result.finished for result in results):
        mark_uses()
    once_each(40)
