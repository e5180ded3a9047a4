"""The reviewer's queue and the case page of a province with many open filings.

Runs on a database of its own. The filings are written in bulk, in the shape that the verbs write, each
with its running clock, half of them assigned; beside them lie as many that are closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from benchmarks import load
from benchmarks.databases import fresh
from benchmarks.kit import Options, Part, Row, as_fast, share
from benchmarks.server import serving

DATABASE = "bench_casework"
PROVINCE = "32"
DAYS = 14  # submissions of so many days stand in the queue
QUEUE = "/review/queue/"


def run(options: Options) -> Iterator[Part]:
    """First and last page of the queue, and a case's page."""
    count = 2_000 if options.quick else 20_000
    with fresh(DATABASE) as database:
        session, case = fill(count)
        yield f"A reviewer's work with {count:,} open filings", _measure(database, session, case, options.seconds)


def _measure(database: str, session: str, case: str, seconds: float) -> list[Row]:
    """Each page as a share of the ceiling."""
    pages = {
        "Queue, first page": (QUEUE, 0.02),
        "Queue, last page": (f"{QUEUE}?last=1", None),
        "Queue, first page of what is unassigned": (f"{QUEUE}?tab=unassigned", None),
        "Case page, first version": (case, None),
        "Case page, correspondence and ledger": (f"{case}?tab=ledger", None),
    }
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
    with (
        serving("benchmarks.ceiling", ready="/ok/") as ceiling,
        serving("benchmarks.settings", database=database, ready="/healthz") as server,
    ):
        load.run(ceiling.port, [load.get("/ok/")], seconds=1)
        first, last, *others = [
            share(ceiling.port, server.port, [load.get(path, Cookie=cookie)], seconds, bound, what)
            for what, (path, bound) in pages.items()
        ]
    return [first, as_fast(first, last), *others]


def fill(count: int) -> tuple[str, str]:
    """``count`` open and as many closed filings of one province; (session key of a reviewer, address of a case)."""
    from accounts.enums import Role
    from rulebook.time import now as moment
    from tests import factories
    from tests import factories_filings as filings

    call_command("seed_calendar", verbosity=0)
    filings.policy()
    now = moment()
    authority = factories.authority(PROVINCE)
    reviewers = [factories.membership(role=Role.REVIEWER, unit=authority) for _ in range(12)]
    companies = [factories.unit(province=PROVINCE) for _ in range(40)]
    real = filings.submitted(companies[0], now=now)
    _filings(count, authority.pk, [unit.pk for unit in companies], [row.person_id for row in reviewers], now)
    session = factories.client_for(reviewers[0]).cookies[settings.SESSION_COOKIE_NAME].value
    return session, f"/review/cases/{real.pk}/"


def _filings(count: int, authority: int, companies: list[int], reviewers: list[int], now: datetime) -> None:
    """The rows, by statements over a series of numbers: apps, filings, clocks, assignments."""
    from rulebook import calendar
    from rulebook.time import end_of_day, local_date

    days = calendar.current()
    due: list[Any] = []
    for back in range(DAYS):
        found = days.add(local_date(now - timedelta(days=back)), 10)
        due.append((found.date, end_of_day(found.date)))
    given = {
        "count": count, "authority": authority, "companies": companies, "reviewers": reviewers, "now": now,
        "days": [day for day, _end in due], "ends": [end for _day, end in due],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE made AS
            SELECT n, n <= %(count)s AS open, (%(companies)s::bigint[])[1 + n %% cardinality(%(companies)s::bigint[])]
                AS unit, 1 + (n * 7919) %% cardinality(%(days)s::date[]) AS day,
                (ARRAY['阅读','口语','错题本','家校','书法','实验'])[1 + n %% 6] || '应用' || n AS name
            FROM generate_series(1, 2 * %(count)s) AS n
            """,
            given,
        )
        cursor.execute(
            "INSERT INTO providers_app (unit_id, name, data, created_at, updated_at) "
            "SELECT unit, name, '{}', %(now)s, %(now)s FROM made ORDER BY n",
            given,
        )
        cursor.execute(
            """
            INSERT INTO providers_filing (kind, state, unit_id, app_id, authority_id, case_no, data, version, app_name,
                provider_name, stages, is_discipline, second_level, policy_label, policy_ids, late, submitted_at,
                last_submitted_at, returned_at, closed_at, due_at, due_day, submit_key, created_at)
            SELECT 'initial', CASE WHEN NOT open THEN 'declined' WHEN n %% 4 = 0 THEN 'returned' ELSE 'submitted' END,
                made.unit, app.id, %(authority)s, 'B-' || lpad(n::text, 8, '0'), '{}', 1, made.name, company.name,
                CASE WHEN n %% 3 = 0 THEN ARRAY['primary', 'junior'] ELSE ARRAY['primary'] END, n %% 29 = 0, false, '',
                '[]', false, %(now)s - day * interval '1 day', %(now)s - day * interval '1 day' + n * interval '1 s',
                CASE WHEN n %% 4 = 0 THEN %(now)s END, CASE WHEN NOT open THEN %(now)s END,
                CASE WHEN open THEN (%(ends)s::timestamptz[])[day] END, CASE WHEN open THEN (%(days)s::date[])[day] END,
                '', %(now)s
            FROM made JOIN providers_app app USING (name) JOIN accounts_unit company ON company.id = made.unit
            ORDER BY n
            """,
            given,
        )
        cursor.execute(
            """
            INSERT INTO rulebook_clock (kind, subject_type, subject_id, authority_code, started_at, day0, days, due_day,
                due_at, provisional, calendar_version, status, attempts, last_error, created_at)
            SELECT CASE state WHEN 'returned' THEN 'supplement' ELSE 'feedback' END, 'providers.filing', id, '',
                submitted_at, submitted_at::date, 10, due_day, due_at, false, 1, 'running', 0, '', submitted_at
            FROM providers_filing WHERE due_at IS NOT NULL AND case_no LIKE 'B-%%'
            """
        )
        cursor.execute(
            """
            INSERT INTO review_assignment (filing_id, unit_id, person_id, assigned_at)
            SELECT id, %(authority)s, (%(reviewers)s::bigint[])[1 + id %% cardinality(%(reviewers)s::bigint[])], %(now)s
            FROM providers_filing WHERE id %% 2 = 0 AND case_no LIKE 'B-%%'
            """,
            given,
        )
        cursor.execute("VACUUM ANALYZE")
