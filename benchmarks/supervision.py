"""Campaigns, the end of bars, the queue of complaints: what supervision needs of a large registry.

Runs on a database of its own. Entries, bars and complaints are written in bulk, since only their number
matters; what is measured goes through the verbs.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.databases import fresh
from benchmarks.kit import Options, Part, Row

DATABASE = "bench_supervision"


def run(options: Options) -> Iterator[Part]:
    """A campaign, a sweep of bars, the queue."""
    quick = options.quick
    with fresh(DATABASE):
        settings.CELERY_TASK_ALWAYS_EAGER = False
        call_command("seed_calendar", verbosity=0)
        rows = [
            _campaign(1_000 if quick else 20_000),
            _bars(1_000 if quick else 10_000),
            *_queue(5_000 if quick else 500_000),
            _barred(),
        ]
    yield "Supervision", rows


def _copies(count: int, **snapshot: Any) -> Any:
    """One published entry through the verb, and ``count`` copies of its row with numbers of their own."""
    from registry.models import Entry
    from tests import factories_supervision as make

    pattern = make.entry(**snapshot)
    kept = [
        field.column
        for field in Entry._meta.concrete_fields
        if field.column not in ("id", "number", "serial", "app_ref")
    ]
    names = ", ".join(kept)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO registry_entry ({names}, number, serial, app_ref) SELECT {names}, "
            "'教APP备11' || (500000 + n) || '号', 500000 + n, 10000000 + n "
            "FROM registry_entry, generate_series(1, %s) AS n WHERE id = %s",
            [count, pattern.pk],
        )
        cursor.execute("ANALYZE registry_entry")
    return pattern


def _campaign(count: int) -> Row:
    """Entries a second that one worker revokes with every effect."""
    from supervision import domain
    from supervision.domain import campaigns
    from tests import factories_supervision as make

    _copies(count - 1, stages=["preschool"])
    campaigns.worked_off_by(None)
    campaigns._worker.clear()
    campaign = domain.draft_campaign(
        title_zh="测量", effect="revoke", filter={"stages": ["preschool"]}, reason="测量", public_text="测量",
        by=make.ministry(), now=make.NOW,
    )  # fmt: skip
    started = time.perf_counter()
    campaign = domain.decide_campaign(campaign=campaign, by=make.ministry(another=True), now=make.NOW)
    decided = time.perf_counter() - started
    started = time.perf_counter()
    worked = campaigns.run_campaign(campaign_id=campaign.pk, now=make.NOW)
    rate = worked.done / (time.perf_counter() - started)
    figure = f"{rate:,.0f}/s, decided in {decided:.1f} s"
    return Row(f"Campaign over {count:,} entries", figure, "≥ 300/s", worked.done == count and rate >= 300)


def _bars(count: int) -> Row:
    """How long one sweep takes to end so many bars."""
    from blacklist.models import Listing
    from rulebook import clocks
    from rulebook.models import Clock
    from rulebook.time import end_of_day
    from tests import factories
    from tests.factories_supervision import NOW

    unit, authority = factories.unit(), factories.authority("11")
    last = datetime(2027, 2, 28).date()  # noqa: DTZ001  a day
    rows = Listing.objects.bulk_create(
        [
            Listing(
                unit=unit, unit_name=unit.name, uscc=unit.uscc, authority=authority, reason="测量", listed_at=NOW,
                bar_last_day=last, bar_ends_at=end_of_day(last),
            )
            for _number in range(count)
        ],
        batch_size=1000,
    )  # fmt: skip
    Clock.objects.bulk_create(
        [
            Clock(
                kind="bar", subject_type="blacklist.listing", subject_id=row.pk, started_at=NOW, day0=NOW.date(),
                months=6, due_day=last, due_at=end_of_day(last), calendar_version=0, created_at=NOW,
            )
            for row in rows
        ],
        batch_size=1000,
    )  # fmt: skip
    started = time.perf_counter()
    swept = clocks.sweep(now=end_of_day(last))
    seconds = time.perf_counter() - started
    most = 60 * count / 10_000
    return Row(
        f"Ending {count:,} bars in one sweep", f"{seconds:.1f} s", f"≤ {most:.0f} s",
        swept.expired == count and seconds <= most,
    )  # fmt: skip


def _queue(count: int) -> list[Row]:
    """The first page of a province's complaints, and whether it asks the database more than once."""
    from supervision.models import Complaint
    from supervision.queries import queue
    from tests import factories_supervision as make

    pattern = make.received(make.entry()).complaint
    kept = [
        field.column
        for field in Complaint._meta.concrete_fields
        if field.column not in ("id", "case_no", "query_code_digest", "due_at")
    ]
    names = ", ".join(kept)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO supervision_complaint ({names}, case_no, query_code_digest, due_at) SELECT {names}, "
            "'X-' || n, 'x' || n, due_at + n * interval '1 second' "
            "FROM supervision_complaint, generate_series(1, %s) AS n WHERE id = %s",
            [count, pattern.pk],
        )
        cursor.execute("ANALYZE supervision_complaint")
    by = make.reviewer()
    best = 1e9
    with CaptureQueriesContext(connection) as asked:
        for _time in range(5):
            started = time.perf_counter()
            page = list(queue(by).filter(state="received")[:50])
            best = min(best, time.perf_counter() - started)
    queries = len(asked) // 5
    figure = f"{best * 1000:.0f} ms, {queries} query"
    return [Row(f"Page of the queue of {count:,} complaints", figure, "1 query, ≤ 50 ms",
                len(page) == 50 and queries == 1 and best <= 0.05)]  # fmt: skip


def _barred() -> Row:
    """What the bar adds to a submission."""
    from blacklist.queries import barred
    from tests import factories
    from tests.factories_supervision import NOW

    unit = factories.unit()
    best = 1e9
    with CaptureQueriesContext(connection) as asked:
        for _time in range(20):
            started = time.perf_counter()
            barred(unit, NOW + timedelta(days=1))
            best = min(best, time.perf_counter() - started)
    queries = len(asked) // 20
    return Row("Is this unit barred?", f"{best * 1000:.1f} ms, {queries} query", "1 query", queries == 1)
