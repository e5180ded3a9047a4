"""The reviewer's queue and the case page of a province with many open filings.

Runs on a database of its own. The filings are written in bulk, in the shape that the verbs write.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.core.management import call_command
from django.db import connection

from benchmarks import load
from benchmarks.databases import fresh
from benchmarks.kit import Options, Part, Row, share
from benchmarks.server import serving

DATABASE = "bench_casework"
COOKIE = "sessionid"


def run(options: Options) -> Iterator[Part]:
    """First and last page of the queue."""
    count = 2_000 if options.quick else 20_000
    with fresh(DATABASE):
        call_command("seed_calendar", verbosity=0)
        yield f"A reviewer's work with {count:,} open filings", _queue(count, options.seconds)


def _queue(count: int, seconds: float) -> list[Row]:
    """First and last page of a province's queue, as shares of the ceiling."""
    from accounts.enums import Role
    from providers.models import App, Filing
    from tests import factories

    authority, company = factories.authority("32"), factories.unit(province="32")
    member = factories.membership(role=Role.REVIEWER, unit=authority)
    now = factories.NOW
    apps = App.objects.bulk_create([App(unit=company, name=f"应用{n}", data={}) for n in range(count)], 2000)
    Filing.objects.bulk_create(
        [
            Filing(
                kind="initial", state="submitted", unit=company, app=app, authority=authority, app_name=app.name,
                provider_name=company.name, case_no=f"JS-2026-{n:06d}", version=1, stages=["primary"],
                submitted_at=now, last_submitted_at=now + timedelta(seconds=n),
                due_at=now + timedelta(days=14, seconds=n), due_day=(now + timedelta(days=14)).date(),
            )
            for n, app in enumerate(apps)
        ],
        2000,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    session = factories.client_for(member).cookies[COOKIE].value
    with (
        serving("benchmarks.ceiling", ready="/ok/") as ceiling,
        serving("benchmarks.settings", database=DATABASE, ready="/healthz") as server,
    ):
        load.run(ceiling.port, [load.get("/ok/")], seconds=1)
        pages = {"first": "/review/queue/", "last": "/review/queue/?last=1"}
        return [
            share(
                ceiling.port, server.port, [load.get(path, Cookie=f"{COOKIE}={session}")], seconds, 0.02,
                f"Queue of {count:,} open filings, {name} page",
            )
            for name, path in pages.items()
        ]  # fmt: skip
