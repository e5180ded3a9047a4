# ruff: noqa: E501
"""Uses by institutions: the overview of a province, marking the users of a revoked app, importing units.

Runs on a database of its own. Institutions and filings are written in bulk, in the shape that the verbs write; the
totals of uses are made up by their own rebuild.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.management import call_command
from django.db import connection

from benchmarks.databases import fresh
from benchmarks.kit import Options, Part, Row, timed
from benchmarks.uses_queue import confirmation_queue

DATABASE = "bench_uses"
INSTITUTIONS = 200_000
DISTRICTS = 96  # of a province
APPS = 2_000
PROVINCE = "44"
GROWTH = 1.5
TIMES_SQL = 4.0
MARK_RATE = 500
WORKERS = 2
IMPORT_SECONDS = 60

#: what the overview shows, asked of the rows themselves
PLAIN = """
SELECT f.state, f.nature, f.source, f.self_use, count(*), count(*) FILTER (WHERE f.confirmed_version > 0)
FROM users_userfiling f JOIN accounts_unit u ON u.id = f.unit_id WHERE u.path LIKE %(path)s GROUP BY 1, 2, 3, 4;
SELECT s, count(*) FROM users_userfiling f JOIN accounts_unit u ON u.id = f.unit_id, unnest(f.stages) s
WHERE u.path LIKE %(path)s AND f.confirmed_version > 0 GROUP BY 1;
SELECT s, count(*) FROM users_userfiling f JOIN accounts_unit u ON u.id = f.unit_id, unnest(f.functions) s
WHERE u.path LIKE %(path)s AND f.confirmed_version > 0 GROUP BY 1;
SELECT f.entry_id, count(*) FROM users_userfiling f JOIN accounts_unit u ON u.id = f.unit_id
WHERE u.path LIKE %(path)s AND f.confirmed_version > 0 GROUP BY 1 ORDER BY 2 DESC LIMIT 10;
SELECT u.parent_id, count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM users_userfiling f WHERE f.unit_id = u.id))
FROM accounts_unit u WHERE u.path LIKE %(path)s AND u.kind = 'school' GROUP BY 1;
SELECT to_char(f.submitted_at, 'YYYY-MM'), count(*) FROM users_userfiling f JOIN accounts_unit u ON u.id = f.unit_id
WHERE u.path LIKE %(path)s GROUP BY 1;
"""


def run(options: Options) -> Iterator[Part]:
    """Everything, at two numbers of filings."""
    quick = options.quick
    institutions = 4_000 if quick else INSTITUTIONS
    sizes = (2_000, 20_000) if quick else (100_000, 1_000_000)
    with fresh(DATABASE) as database:
        call_command("seed_calendar", verbosity=0)
        _institutions(institutions)
        rows, before = [], None
        for size in sizes:
            _filings(size)
            made, figures = _overview(size, before)
            rows += made
            before = figures
        rows.append(_lists(sizes[-1]))
        rows += _exactness(sizes[-1])
        yield f"Uses of {institutions:,} institutions", rows
        queue = confirmation_queue(database, 1_000 if quick else 20_000, options.seconds)
        yield "The confirming authority's work", queue
        yield "Uses in bulk", [_marking(500 if quick else 50_000), _import(200 if quick else 5_000)]


def _institutions(count: int) -> None:
    """Provinces with their districts, and schools spread over them."""
    from accounts.enums import Province
    from tests import factories

    for code in Province.values:
        factories.authority(code)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_unit (kind, level, code, name, name_en, uscc, school_code, province_code, parent_id,"
            " path, functional_department, responsible_persons, active, created_at)"
            " SELECT 'authority', 'district', p.code || to_char(n, 'FM0000'), p.name || n, '', '', '', p.province_code,"
            " p.id, '', '', '[]', true, now()"
            " FROM accounts_unit p, generate_series(1, %s) n WHERE p.level = 'province'",
            [DISTRICTS],
        )
        cursor.execute(
            "UPDATE accounts_unit u SET path = p.path || u.id || '/' FROM accounts_unit p"
            " WHERE p.id = u.parent_id AND u.path = ''"
        )
        cursor.execute("SELECT count(*) FROM accounts_unit WHERE level = 'district'")
        districts = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO accounts_unit (kind, level, code, name, name_en, uscc, school_code, province_code, parent_id,"
            " path, functional_department, responsible_persons, active, created_at)"
            " SELECT 'school', 'none', '', '学校' || n, '', '', to_char(n, 'FM0000000000'), d.province_code, d.id, '',"
            " CASE WHEN n %% 3 = 0 THEN '信息中心' ELSE '' END,"
            " CASE WHEN n %% 3 = 0 THEN '[{\"name\": \"某老师\"}]'::jsonb ELSE '[]' END, true, now()"
            " FROM generate_series(1, %s) n JOIN"
            " (SELECT id, province_code, row_number() OVER (ORDER BY id) - 1 AS place"
            "  FROM accounts_unit WHERE level = 'district') d ON d.place = n %% %s",
            [count, districts],
        )
        cursor.execute(
            "UPDATE accounts_unit u SET path = p.path || u.id || '/' FROM accounts_unit p"
            " WHERE p.id = u.parent_id AND u.path = ''"
        )
    _entries()


def _entries() -> None:
    from registry.models import Entry
    from tests import factories

    company = factories.unit(province="11")
    authority, now = factories.authority("11"), factories.NOW
    Entry.objects.bulk_create(
        [
            Entry(
                number=f"教APP备11{number:05d}号", prefix="11", serial=number, app_ref=number, unit=company,
                authority=authority, app_name=f"应用{number}", provider_name=company.name, uscc=company.uscc,
                province_code="11", published_at=now, updated_at=now, confirmed_at=now, status_since=now,
            )
            for number in range(1, APPS + 1)
        ],
        1000,
    )  # fmt: skip


def _filings(upto: int) -> None:
    """Fills up to so many filings, a few popular apps and many rare ones, and makes up the totals."""
    from users import tally
    from users.models import UserFiling

    there = UserFiling.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_unit; ANALYZE registry_entry; SET enable_nestloop = off")
        cursor.execute("SELECT count(*) FROM accounts_unit WHERE kind = 'school'")
        schools = cursor.fetchone()[0]
        cursor.execute("ALTER TABLE users_userfiling DISABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO users_userfiling (unit_id, entry_id, self_use, app_name, provider_name, number, source, nature,"
            " responsibility, state, case_no, authority_id, data, version, confirmed_version, public, decision_on,"
            " stages, functions, needs_unit_review, policy_label, policy_ids, submitted_at, last_submitted_at,"
            " handed_in_at, confirmed_at, returned_at, due_day, late, suspended_from, withdrawal_cause, withdrawal_text,"
            " withdrawn_reason, notice_text, last_sweep, submit_key, created_at)"
            " SELECT u.id, e.id, false, e.app_name, e.provider_name, e.number, 'self_selected',"
            "  CASE WHEN n %% 4 = 0 THEN 'required' ELSE 'recommended' END, 'responsible', s.state,"
            "  CASE WHEN s.state = 'draft' THEN '' ELSE 'C' || n END, u.parent_id, '{}',"
            "  CASE WHEN s.state = 'draft' THEN 0 ELSE 1 END, CASE WHEN s.state = 'confirmed' THEN 1 ELSE 0 END,"
            "  '{}', '2026-03-02', ARRAY['primary', CASE WHEN n %% 2 = 0 THEN 'junior' ELSE 'senior' END]::varchar[],"
            "  ARRAY[CASE n %% 3 WHEN 0 THEN 'reading' WHEN 1 THEN 'homework' ELSE 'home_school' END]::varchar[],"
            "  false, '', '[]',"
            "  CASE WHEN s.state = 'draft' THEN NULL ELSE t.at END, CASE WHEN s.state = 'draft' THEN NULL ELSE t.at END,"
            "  CASE WHEN s.state = 'draft' THEN NULL ELSE t.at END, CASE WHEN s.state = 'confirmed' THEN t.at END,"
            "  CASE WHEN s.state = 'returned' THEN t.at END, CASE WHEN s.state = 'submitted' THEN t.at::date + 20 END,"
            "  n %% 50 = 0, '', '', '', '', '', 0, '', t.at"
            " FROM generate_series(%s, %s) n"
            " JOIN (SELECT id, parent_id, row_number() OVER (ORDER BY id) - 1 AS place"
            "  FROM accounts_unit WHERE kind = 'school') u ON u.place = n %% %s"
            " JOIN (SELECT id, app_name, provider_name, number, row_number() OVER (ORDER BY id) - 1 AS place"
            "  FROM registry_entry) e ON e.place = (n / %s * 37 + u.place * u.place) %% %s"
            " CROSS JOIN LATERAL (SELECT timestamptz '2026-09-20 02:00+00' - make_interval(days => n %% 400) AS at) t"
            " CROSS JOIN LATERAL (SELECT CASE n %% 20 WHEN 0 THEN 'draft' WHEN 1 THEN 'submitted' WHEN 2 THEN 'returned'"
            "  ELSE 'confirmed' END AS state) s"
            " ON CONFLICT DO NOTHING",
            [there + 1, upto, schools, schools, APPS],  # numbers, so that the joins can be hashed
        )
        cursor.execute("ALTER TABLE users_userfiling ENABLE TRIGGER USER")
        cursor.execute("RESET enable_nestloop")
    begun = time.perf_counter()
    tally.rebuild()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"  totals of {UserFiling.objects.count():,} filings made in {time.perf_counter() - begun:.0f} s", flush=True)


def _overview(size: int, before: float | None) -> tuple[list[Row], float]:
    """A province's overview beside its own SQL, beside counting the rows, and beside itself with fewer filings."""
    from django.urls import reverse

    from accounts.enums import Role
    from tests import factories

    authority = factories.authority(PROVINCE)
    client = factories.client_for(factories.membership(role=Role.REVIEWER, unit=authority))
    address = reverse("dashboard")

    def page() -> None:
        response = client.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address}: {response.status_code}")

    spent: list[float] = []

    def stopwatch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append((time.perf_counter() - begun) * 1000)

    page()
    shares, owns = [], []
    for _turn in range(15):
        spent.clear()
        begun = time.perf_counter()
        with connection.execute_wrapper(stopwatch):
            page()
        owns.append(sum(spent))
        shares.append((time.perf_counter() - begun) * 1000 / owns[-1])
    queries, own, factor = len(spent), statistics.median(owns), statistics.median(shares)

    def plain() -> None:
        with connection.cursor() as cursor:
            for statement in PLAIN.split(";"):
                if statement.strip():
                    cursor.execute(statement, {"path": f"{authority.path}%"})
                    cursor.fetchall()

    whole, direct = timed(page, least=10), timed(plain, least=5)
    figure = f"{whole:.0f} ms ({queries} queries, {own:.0f} ms of them): {factor:.1f} times its SQL; counting the rows instead takes {direct:.0f} ms"
    rows = [Row(f"Overview of a province, {size:,} filings", figure, f"≤ {TIMES_SQL:g} times", factor <= TIMES_SQL)]
    if before is not None:
        growth = whole / before
        rows.append(
            Row(f"The same with {size:,} instead of fewer", f"{growth:.2f} times", f"≤ {GROWTH:g}", growth <= GROWTH)
        )
    return rows, whole


def _lists(size: int) -> Row:
    """The first and a late page of the list of who has filed nothing, for the ministry."""
    from django.urls import reverse

    from accounts.enums import Role
    from accounts.models import Unit
    from tests import factories

    client = factories.client_for(factories.membership(role=Role.MINISTRY_REVIEWER))
    address = reverse("dashboard_list", args=["no_system"])
    late = Unit.objects.order_by("-pk").values_list("pk", flat=True)[60]
    first = timed(lambda: client.get(address), least=10)
    last = timed(lambda: client.get(f"{address}?after={late}"), least=10)
    figure = f"first page {first:.0f} ms, last page {last:.0f} ms"
    return Row(f"List of units at {size:,} filings", figure, "last ≤ 1.5 times first", last <= 1.5 * first)


def _exactness(size: int) -> list[Row]:
    """What an act costs with its counting, and that the totals are right afterwards."""
    from users import tally
    from users.models import UserFiling

    ids = list(UserFiling.objects.filter(state="confirmed").values_list("pk", flat=True)[:2000])
    place = iter(ids)

    def touch() -> None:
        UserFiling.objects.filter(pk=next(place)).update(late=True)

    cost = timed(touch, least=200, seconds=0.5)
    begun = time.perf_counter()
    taken = tally.compact()
    spent = time.perf_counter() - begun
    wrong = len(tally.faults())
    figure = f"{cost:.2f} ms an update; {taken:,} differences added in {spent:.1f} s; {wrong} wrong of {size:,}"
    return [Row("Counting with each act", figure, "0 wrong", wrong == 0)]


def _marking(count: int) -> Row:
    """Uses of a revoked entry marked a second, each through its verb; two workers share it, as they do in the portal."""
    from registry.models import Entry
    from tests import factories
    from users.domain import work_off
    from users.models import UserFiling, UseSweep

    entry = Entry.objects.order_by("-pk").first()
    now = factories.NOW
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO users_userfiling (unit_id, entry_id, self_use, app_name, provider_name, number, source, nature,"
            " responsibility, state, case_no, authority_id, data, version, confirmed_version, public, stages, functions,"
            " needs_unit_review, policy_label, policy_ids, submitted_at, last_submitted_at, confirmed_at, late,"
            " suspended_from, withdrawal_cause, withdrawal_text, withdrawn_reason, notice_text, last_sweep, submit_key,"
            " created_at)"
            " SELECT id, %s, false, '应用', '', '', 'self_selected', 'recommended', '', 'confirmed', 'M' || id, parent_id,"
            " '{}', 1, 1, '{}', '{}', '{}', false, '', '[]', %s, %s, %s, false, '', '', '', '', '', 0, '', %s"
            " FROM accounts_unit WHERE kind = 'school' ORDER BY id LIMIT %s ON CONFLICT DO NOTHING",
            [entry.pk, now, now, now, now, count],  # type: ignore[union-attr]
        )
        cursor.execute("ANALYZE users_userfiling")
    total = UserFiling.objects.filter(entry=entry).exclude(state="withdrawn").count()
    sweep = UseSweep.objects.create(entry=entry, move="revoke", text="逾期未整改", total=total, moved_at=now)

    def share(_worker: int) -> int:
        try:
            return work_off(sweep=sweep, now=now).done
        finally:
            connection.close()

    begun = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        done = sum(pool.map(share, range(WORKERS)))
    rate = done / (time.perf_counter() - begun)
    left = UserFiling.objects.filter(entry=entry, state="confirmed").count()
    figure = f"{rate:,.0f}/s, {done:,} marked, {left} left out"
    return Row(f"Marking {count:,} uses of a revoked app, {WORKERS} workers", figure, f"≥ {MARK_RATE}/s", rate >= MARK_RATE and not left)


def _import(count: int) -> Row:
    """A spreadsheet of units, from the file to the last unit."""
    from accounts.domain import imports
    from accounts.enums import Role
    from accounts.models import Unit
    from tests import factories

    by = factories.actor(Role.REVIEW_LEAD, factories.authority(PROVINCE))
    before, now = Unit.objects.count(), factories.NOW
    text = "单位名称,单位类别,学校代码,负责人姓名,负责人邮箱\n" + "".join(
        f"导入学校{n},学校,21{PROVINCE}{n:06d},负责人{n},person{n}@school.example\n" for n in range(1, count + 1)
    )
    begun = time.perf_counter()
    batch = imports.read_table(file=io.BytesIO(text.encode()), file_name="units.csv", by=by, now=now)
    imports.start_import(batch=batch, by=by, now=now)
    while imports.work_off(batch_id=batch.pk, now=now):
        pass
    seconds = time.perf_counter() - begun
    made = Unit.objects.count() - before
    figure = f"{seconds:.0f} s, {made:,} units"
    return Row(f"Import of {count:,} units", figure, f"≤ {IMPORT_SECONDS} s", seconds <= IMPORT_SECONDS and made == count)
