"""Two people at the same moment: one effect, and the other is told that somebody was first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from ledger.acts import AlreadyMoved, Refused
from ledger.domain.verify import verify
from ledger.models import Record
from providers import domain as provider_verbs
from providers.models import Filing, FilingVersion
from registry.models import Entry
from review import domain as review_verbs
from review.models import Decision
from rulebook.models import Clock
from tests import factories
from tests import factories_filings as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("R83", "R88")]


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Runs the acts at the same moment, each on its own connection; results or errors in their order."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(20)
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def one_of_two(results: list[Any]) -> None:
    """Exactly one was done, the other got AlreadyMoved."""
    errors = [result for result in results if isinstance(result, Exception)]
    assert len(errors) == 1, results
    assert isinstance(errors[0], AlreadyMoved), repr(errors[0])


def approve(filing: Filing, by: Any) -> Callable[[], Any]:
    return lambda: review_verbs.approve(filing=filing, by=by, now=make.NOW)


def give_back(filing: Filing, by: Any) -> Callable[[], Any]:
    return lambda: review_verbs.return_for_correction(filing=filing, by=by, now=make.NOW, comment="请补正")


def decline(filing: Filing, by: Any) -> Callable[[], Any]:
    return lambda: review_verbs.decline(filing=filing, by=by, now=make.NOW, comment="不属于范围", article="me-2")


@pytest.mark.parametrize(
    ("first", "second"),
    [(approve, approve), (approve, give_back), (approve, decline), (give_back, give_back), (give_back, decline),
     (decline, decline)],
)  # fmt: skip
def test_two_reviewers_decide_once(first, second):
    filing = make.submitted()
    one, two = make.actor_in(filing.authority, "reviewer"), make.actor_in(filing.authority, "review_lead")
    one_of_two(together(first(filing, one), second(filing, two)))
    assert Decision.objects.filter(filing=filing).count() == 1
    row = make.fresh(filing)
    assert Entry.objects.count() == (1 if row.state == "filed" else 0)
    running = list(Clock.objects.running().filter(subject_id=filing.pk).values_list("kind", flat=True))
    assert running == (["supplement"] if row.state == "returned" else [])
    assert list(verify()) == []


def test_withdrawal_and_approval_meet():
    filing = make.submitted()
    owner, reviewer = make.actor_in(filing.unit), make.reviewer_of(filing)
    one_of_two(
        together(
            lambda: provider_verbs.withdraw(filing=filing, by=owner, now=make.NOW), approve(filing, reviewer)
        )
    )
    assert (make.fresh(filing).state == "filed") == (Entry.objects.count() == 1)
    assert not Clock.objects.running().filter(subject_id=filing.pk).exists()


@pytest.mark.requirement("R84", "R85")
def test_supplement_and_lapse_meet():
    make.calendar()
    filing = make.returned()
    owner = make.actor_in(filing.unit)
    last_second = filing.due_at
    results = together(
        lambda: provider_verbs.submit(filing=filing, by=owner, now=make.NOW),
        lambda: provider_verbs.lapse(filing=filing, now=last_second),
    )
    one_of_two(results)
    state = make.fresh(filing).state
    assert state in ("submitted", "lapsed")
    assert FilingVersion.objects.filter(filing=filing).count() == (2 if state == "submitted" else 1)


def test_double_click_submits_once_with_the_same_key():
    filing = make.draft()
    owner = make.actor_in(filing.unit)
    act = lambda: provider_verbs.submit(filing=filing, by=owner, now=make.NOW, submit_key="same")  # noqa: E731
    results = together(act, act)
    assert [type(result) for result in results] == [Filing, Filing], results
    assert FilingVersion.objects.count() == 1
    assert Record.objects.filter(verb="submit").count() == 1
    assert len({result.case_no for result in results}) == 1


def test_two_windows_submit_once_with_different_keys():
    filing = make.draft()
    owner = make.actor_in(filing.unit)
    results = together(
        lambda: provider_verbs.submit(filing=filing, by=owner, now=make.NOW, submit_key="one"),
        lambda: provider_verbs.submit(filing=filing, by=owner, now=make.NOW, submit_key="two"),
    )
    one_of_two(results)
    assert FilingVersion.objects.count() == 1


def test_two_claims_one_holder():
    filing = make.submitted()
    one, two = make.actor_in(filing.authority, "reviewer"), make.actor_in(filing.authority, "review_lead")
    one_of_two(
        together(
            lambda: review_verbs.claim(filing=filing, by=one, now=make.NOW),
            lambda: review_verbs.claim(filing=filing, by=two, now=make.NOW),
        )
    )


def test_note_written_during_a_return_is_sent_or_refused():
    filing = make.submitted()
    one, two = make.actor_in(filing.authority, "reviewer"), make.actor_in(filing.authority, "review_lead")
    results = together(
        give_back(filing, one),
        lambda: review_verbs.give_verdict(
            filing=filing, field_key="app.version", ok=False, note="版本不符", by=two, now=make.NOW
        ),
    )
    sent = filing.return_notes.filter(field_key="app.version").exists()
    assert sent != isinstance(results[1], AlreadyMoved | Refused), results


@pytest.mark.requirement("R88")
def test_numbers_of_concurrent_approvals_have_no_gap_and_no_double():
    unit = factories.unit()
    count = 32
    filings = [make.submitted(unit) for _ in range(count)]
    reviewer = make.reviewer_of(filings[0])
    connection.close()
    waiting, errors, lock = list(filings), [], threading.Lock()

    def work() -> None:
        try:
            while True:
                with lock:
                    if not waiting:
                        return
                    filing = waiting.pop()
                review_verbs.approve(filing=filing, by=reviewer, now=make.NOW)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []
    assert sorted(Entry.objects.values_list("serial", flat=True)) == list(range(1, count + 1))
    assert Entry.objects.values("number").distinct().count() == count
    assert list(verify()) == []
