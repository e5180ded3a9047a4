"""Lapse sweep and numbering: what the deadlines and the decisions of a busy province need.

Runs on a database of its own. Filings are written row by row where a verb is measured, and in bulk where
only their number matters.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from benchmarks.databases import fresh
from benchmarks.kit import Options, Part, Row

DATABASE = "bench_review"
THREADS = 32


def run(options: Options) -> Iterator[Part]:
    """The lapse sweep and the issue of numbers."""
    quick = options.quick
    with fresh(DATABASE):
        settings.CELERY_TASK_ALWAYS_EAGER = False
        call_command("seed_calendar", verbosity=0)
        rows = [*_sweep(200 if quick else 1000, 400 if quick else 4000), _numbering(64 if quick else 320)]
    yield "Deadlines and numbers", rows


def _due_filings(count: int, province: str) -> Any:
    """``count`` returned filings of one company whose supplement runs out; returns a moment after that."""
    from accounts.enums import Role
    from providers.models import App, Filing
    from rulebook import clocks
    from tests import factories

    authority, company = factories.authority(province), factories.unit(province=province)
    factories.membership(role=Role.PROVIDER_OWNER, unit=company)
    factories.membership(role=Role.REVIEWER, unit=authority)
    now = factories.NOW
    for number in range(count):
        app = App.objects.create(unit=company, name=f"应用{number}", data={})
        filing = Filing.objects.create(
            kind="initial", state="returned", unit=company, app=app, authority=authority, app_name=app.name,
            provider_name=company.name, case_no=f"{province}-{company.pk}-{number:06d}", version=1,
            submitted_at=now, last_submitted_at=now, returned_at=now,
        )  # fmt: skip
        clock = clocks.start(kind="supplement", subject=filing, started_at=now, days=10, now=now)
        Filing.objects.filter(pk=filing.pk).update(due_at=clock.due_at, due_day=clock.due_day)
    return now + timedelta(days=60)


def _sweep(small: int, large: int) -> list[Row]:
    """Lapses a second in one worker with every effect, and whether twice as many take twice as long."""
    from rulebook import clocks

    rates = []
    for count, province in ((small, "44"), (large, "51")):
        late = _due_filings(count, province)
        started = time.perf_counter()
        result = clocks.sweep(now=late)
        rates.append(result.expired / (time.perf_counter() - started))
    return [
        Row(f"Lapse sweep, {small:,} due", f"{rates[0]:,.0f}/s", "≥ 200/s", rates[0] >= 200),
        Row(f"Lapse sweep, {large:,} due", f"{rates[1]:,.0f}/s", "linear", rates[1] >= 0.8 * rates[0]),
    ]


def _numbering(count: int) -> Row:
    """Approvals a second by 32 threads at one authority; no number twice, none left out.

    As it is on a running portal: the worker has made the automatic checks after each submission (an approval
    repeats those that can change), and the threads have their connections.
    """
    from registry.models import Entry
    from review import domain as review
    from review.autochecks import run_checks
    from tests import factories_filings as filings

    filings.policy()
    company = filings.factories.unit(province="33")
    waiting = [filings.submitted(company) for _number in range(count)]
    for filing in waiting:
        run_checks(filing=filing, now=filings.NOW)
    by = filings.reviewer_of(waiting[0])
    errors: list[Exception] = []
    lock, ready = threading.Lock(), threading.Barrier(THREADS + 1)

    def work() -> None:
        try:
            connection.ensure_connection()
            ready.wait(60)
            while True:
                with lock:
                    if not waiting:
                        return
                    filing = waiting.pop()
                review.approve(filing=filing, by=by, now=filings.NOW)
        except Exception as error:  # noqa: BLE001 (reported in the table)
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(THREADS)]
    for thread in threads:
        thread.start()
    ready.wait(60)
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    rate = count / (time.perf_counter() - started)
    serials = sorted(Entry.objects.filter(prefix="33").values_list("serial", flat=True))
    whole = serials == list(range(1, count + 1)) and not errors
    figure = f"{rate:,.0f}/s, {len(serials)} numbers" + ("" if whole else "; GAP OR DUPLICATE")
    return Row(f"{THREADS} threads approving {count}", figure, "≥ 60/s, no gap, no duplicate", whole and rate >= 60)
