"""Totals of uses under acts, moves and compaction at once: exact, and nobody of a district waits for another."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Unit
from tests import factories
from tests.users.test_tally import entry, put, state_values, use
from users import tally
from users.models import UserFiling

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], None]) -> list[BaseException]:
    """Runs all at once, each on its own connection; what they raised."""
    raised: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - told to the test
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return raised


def test_act_of_one_school_does_not_wait_for_another_of_the_district() -> None:
    district, app = factories.authority("110108"), entry(1)
    first, second = (
        use(factories.unit(kind="school", parent=district), app,
            **{**state_values("confirmed", random.Random(1)), "case_no": f"C{number}"})
        for number in range(2)
    )  # fmt: skip
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            put(first, **{**state_values("returned", random.Random(2)), "case_no": "C0"})
            held.set()
            assert done.wait(20), "the other act came to its end meanwhile"

    def pass_by() -> None:
        held.wait(20)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '3s'")
            put(second, **{**state_values("returned", random.Random(3)), "case_no": "C1"})
        tally.compact()
        done.set()

    assert together(hold, pass_by) == []
    assert tally.faults() == []
    assert tally.counts(district).n("state", "returned") == 2


@pytest.mark.parametrize("seed", [1, 2])
def test_totals_stay_exact_under_acts_moves_and_compaction_at_once(seed: int) -> None:
    districts = [factories.authority(code) for code in ("110108", "110101", "44")]
    schools = [factories.unit(kind="school", parent=districts[0]) for _number in range(4)]
    apps = [entry(number) for number in range(1, 4)]
    filings = [
        use(school, app, **{**state_values("submitted", random.Random(seed)), "case_no": f"C{school.pk}-{app.pk}"})
        for school in schools for app in apps
    ]  # fmt: skip

    def acts(number: int) -> Callable[[], None]:
        def run() -> None:
            chance = random.Random(seed * 100 + number)
            for _step in range(25):
                filing = chance.choice(filings[number::3])
                case_no = filing.case_no
                with transaction.atomic():
                    values: dict[str, Any] = state_values(chance.choice(["submitted", "confirmed", "returned"]), chance)
                    put(filing, **{**values, "case_no": case_no})

        return run

    def moves() -> None:
        chance = random.Random(seed)
        for _step in range(20):
            school, parent = chance.choice(schools), chance.choice(districts)
            Unit.objects.filter(pk=school.pk).update(parent=parent, path=f"{parent.path}{school.pk}/")

    def compaction() -> None:
        for _step in range(15):
            tally.compact(batch=7)

    assert together(acts(0), acts(1), acts(2), moves, compaction) == []
    assert tally.faults() == []
    tally.compact()
    assert tally.faults() == [] and tally.counts(None).n("units") == len(schools)
    assert UserFiling.objects.count() == sum(tally.counts(None).of("state").values())


def test_two_mixed_batches_over_the_same_units_do_not_wait_for_each_other_in_a_ring() -> None:
    district, apps = factories.authority("110108"), [entry(1), entry(2)]
    schools = [factories.unit(kind="school", parent=district) for _number in range(2)]
    batches = [
        [
            use(school, app, **{**state_values("submitted", random.Random(1)), "case_no": f"C{school.pk}-{app.pk}"})
            for school in schools
        ]
        for app in apps
    ]  # fmt: skip
    both = threading.Barrier(2)

    def batch(filings: list[UserFiling]) -> Callable[[], None]:
        def run() -> None:
            with transaction.atomic():
                for filing in filings:  # moves no count of its unit
                    put(filing, late=not filing.late)
                both.wait(20)
                for filing in filings:  # does
                    put(filing, **{**state_values("confirmed", random.Random(2)), "case_no": filing.case_no})

        return run

    assert together(batch(batches[0]), batch(batches[1])) == []
    assert tally.faults() == []
    assert tally.counts(district).n("use", "all") == 4
