"""A sweep takes up many lapses in one transaction: as if each were alone, only with fewer statements."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger.acts import Actor, Refused, perform, perform_many
from ledger.domain.verify import verify
from ledger.models import Record
from notices.models import EmailDelivery, Notice
from providers.models import App, Filing
from rulebook import clocks
from rulebook.domain import sweeping
from rulebook.models import Clock
from tests import factories
from tests import factories_filings as make

LATE = make.NOW + timedelta(days=60)


@pytest.fixture
def due(db):
    """``due(5)``: so many returned filings of one company whose supplement period is over at ``LATE``."""
    make.calendar()
    authority, company = factories.authority("44"), factories.unit(province="44")
    factories.membership(role="provider_owner", unit=company)
    factories.membership(role="reviewer", unit=authority)

    def fill(count: int) -> list[Filing]:
        done = []
        for number in range(count):
            app = App.objects.create(unit=company, name=f"应用{number}", data={})
            filing = Filing.objects.create(
                kind="initial", state="returned", unit=company, app=app, authority=authority, app_name=app.name,
                provider_name=company.name, case_no=f"GD-2026-{app.pk:06d}", version=1,
                submitted_at=make.NOW, last_submitted_at=make.NOW, returned_at=make.NOW,
            )  # fmt: skip
            clock = clocks.start(kind="supplement", subject=filing, started_at=make.NOW, days=10, now=make.NOW)
            Filing.objects.filter(pk=filing.pk).update(due_at=clock.due_at, due_day=clock.due_day)
            done.append(filing)
        return done

    return fill


def whole(filings: list[Filing]) -> None:
    """Each lapsed once, with its record, its clock, both notices and both e-mails."""
    keys = [filing.pk for filing in filings]
    assert set(Filing.objects.filter(pk__in=keys).values_list("state", flat=True)) == {"lapsed"}
    assert Record.objects.filter(verb="lapse", subject_id__in=keys).count() == len(keys)
    assert Notice.objects.filter(kind="filing_lapsed", subject_id__in=keys).count() == 2 * len(keys)
    assert EmailDelivery.objects.filter(notice__subject_id__in=keys).count() == 2 * len(keys)
    assert set(Clock.objects.filter(subject_id__in=keys).values_list("status", "ended_at")) == {("expired", LATE)}
    assert list(verify()) == []


@pytest.mark.requirement("R85")
def test_lapses_of_one_batch_are_each_whole(due):
    filings = due(5)
    assert clocks.sweep(now=LATE).expired == 5
    whole(filings)
    assert clocks.sweep(now=LATE).done == 0
    record = Record.objects.get(verb="lapse", subject_id=filings[2].pk)
    assert (record.from_state, record.to_state, record.actor_kind, record.seq) == ("returned", "lapsed", "system", 1)
    assert record.payload == {"due_day": "2026-10-15"}
    assert record.basis == ["me-13"]
    notice = Notice.objects.get(kind="filing_lapsed", subject_id=filings[2].pk, to_unit=filings[2].unit)
    assert (notice.params["app_name"], notice.legal, notice.received_at) == ("应用2", True, LATE)


@pytest.mark.requirement("R85")
@pytest.mark.django_db(transaction=True)
def test_one_that_is_refused_hurts_no_other(due):
    bad, *others = due(4)
    Filing.objects.filter(pk=bad.pk).update(due_at=LATE + timedelta(days=1))
    swept = clocks.sweep(now=LATE)
    assert (swept.expired, swept.failed) == (3, [Clock.objects.get(subject_id=bad.pk).pk])
    whole(others)
    assert Filing.objects.get(pk=bad.pk).state == "returned"
    assert Clock.objects.get(subject_id=bad.pk).status == "running"


@pytest.mark.requirement("R85")
@pytest.mark.django_db(transaction=True)
def test_worker_killed_in_the_middle_leaves_nothing_half_done(due):
    filings = due(5)
    with clocks.handlers_kept():
        kept = sweeping.clocks.handlers()["supplement"]

        def killed(found, now):
            kept.on_due_many(found, now)
            raise SystemExit

        clocks.register("supplement", on_due=kept.on_due, on_due_many=killed)
        with pytest.raises(SystemExit):
            clocks.sweep(now=LATE)
    assert set(Filing.objects.values_list("state", flat=True)) == {"returned"}
    assert not Record.objects.filter(verb="lapse").exists()
    assert not Notice.objects.exists()
    assert set(Clock.objects.values_list("status", flat=True)) == {"running"}
    assert clocks.sweep(now=LATE).expired == 5
    whole(filings)


@pytest.mark.requirement("R85")
@pytest.mark.django_db(transaction=True)
def test_filing_that_somebody_acts_on_is_passed_over(due):
    held, *others = due(3)
    locked, swept = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                Filing.objects.select_for_update().get(pk=held.pk)
                locked.set()
                swept.wait(10)
        finally:
            connection.close()

    worker = threading.Thread(target=hold)
    worker.start()
    locked.wait(10)
    result = clocks.sweep(now=LATE)
    swept.set()
    worker.join()
    assert (result.expired, result.passed_over, result.failed) == (2, 1, [])
    whole(others)
    assert clocks.sweep(now=LATE).expired == 1


@pytest.mark.requirement("R85")
@pytest.mark.django_db(transaction=True)
def test_two_workers_lapse_each_once(due, monkeypatch):
    monkeypatch.setattr(sweeping, "TOGETHER", 4)
    filings = due(24)
    begun, results = threading.Barrier(2), []

    def work():
        try:
            begun.wait(10)
            results.append(clocks.sweep(now=LATE))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    assert sum(result.expired for result in results) == 24
    assert not any(result.failed for result in results)
    whole(filings)


def test_lapses_cost_a_bounded_number_of_queries(due):
    """What the sweep's speed rests on: a batch of fifty costs as many statements as a batch of one."""
    costs = []
    for count in (1, 25):
        due(count)
        with CaptureQueriesContext(connection) as seen:
            assert clocks.sweep(now=LATE).expired == count
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 12


# --- the door for many ---------------------------------------------------------------------------------


def test_many_are_moved_all_or_none(due):
    first, second = due(2)
    by = Actor.system()

    def rule(who, row):
        from ledger.acts import Reason

        return [Reason("no", "No.")] if row.pk == second.pk else []

    arguments = {"verb": "lapse", "by": by, "now": LATE, "transition": "lapse"}
    with pytest.raises(Refused):
        perform_many(subjects=[first, second], rule=rule, **arguments)
    assert set(Filing.objects.values_list("state", flat=True)) == {"returned"}
    assert not Record.objects.exists()
    done = perform_many(subjects=[second, first], rule=lambda who, row: [], **arguments)
    assert [row.state for row in done] == ["lapsed", "lapsed"]
    assert Record.objects.filter(verb="lapse").count() == 2
    assert perform_many(subjects=[], rule=rule, **arguments) == []
    with pytest.raises(Exception, match="only through an act"), transaction.atomic():
        Filing.objects.filter(pk=first.pk).update(state="filed")


def test_door_stores_what_changed_in_place_and_by_expression(due):
    from django.db.models import F

    (filing,) = due(1)

    def change(row):
        row.data["reason"] = "试"
        row.version = F("version") + 1

    perform(verb="note", subject=filing, by=Actor.system(), now=LATE, rule=lambda who, row: [], change=change)
    row = Filing.objects.get(pk=filing.pk)
    assert (row.data, row.version, row.state) == ({"reason": "试"}, 2, "returned")
    with pytest.raises(Filing.DoesNotExist):
        perform(verb="note", subject=Filing(pk=0), by=Actor.system(), now=LATE, rule=lambda who, row: [])
