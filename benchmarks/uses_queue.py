# ruff: noqa: E501
"""The confirming authority's queue of uses, held to the same bounds as the queue of providers' filings.

Runs on the database of ``benchmarks.uses``, beside all its filings. One province has so many open uses of its schools,
written in bulk in the shape that the verbs write, half of them assigned.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection

from benchmarks import load
from benchmarks.kit import Row, as_fast, share
from benchmarks.server import serving

PROVINCE = "44"
REVIEWERS = 12
QUEUE = "/review/uses/"
SHARE = 0.02


def confirmation_queue(database: str, count: int, seconds: float) -> list[Row]:
    """First and last page of the queue and a case's page, each as a share of the ceiling."""
    session, case = _fill(count)
    pages = {
        f"Confirmation queue, {count:,} open uses, first page": (QUEUE, SHARE),
        "Confirmation queue, last page": (f"{QUEUE}?last=1", None),
        "Confirmation queue, what is unassigned": (f"{QUEUE}?tab=unassigned", None),
        "Case page of a use": (case, None),
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


def _fill(count: int) -> tuple[str, str]:
    """The open uses; (session key of a reviewer of the province, address of a case)."""
    from accounts.enums import Role
    from registry.models import Entry
    from tests import factories
    from tests import factories_uses as uses

    authority = factories.authority(PROVINCE)
    reviewers = [factories.membership(role=Role.REVIEWER, unit=authority) for _ in range(REVIEWERS)]
    uses.rules()
    school, entry = factories.unit(kind="school", province=PROVINCE, parent=authority), Entry.objects.order_by("pk")[0]
    real = uses.submitted(school, entry=entry)
    given: dict[str, Any] = {
        "authority": authority.pk, "path": f"{authority.path}%", "count": count, "tried": count + count // 20, "now": uses.NOW,
        "people": [row.person_id for row in reviewers],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO users_userfiling (unit_id, entry_id, self_use, app_name, provider_name, number, source, nature,"
            " responsibility, state, case_no, authority_id, data, version, confirmed_version, public, stages, functions,"
            " needs_unit_review, policy_label, policy_ids, submitted_at, last_submitted_at, handed_in_at, due_at, due_day,"
            " late, suspended_from, withdrawal_cause, withdrawal_text, withdrawn_reason, notice_text, last_sweep,"
            " submit_key, created_at)"
            " SELECT u.id, e.id, false, e.app_name, e.provider_name, e.number, 'self_selected', 'recommended',"
            "  'responsible', 'submitted', 'Q' || n, %(authority)s, '{}', 1, 0, '{}', ARRAY['primary']::varchar[],"
            "  ARRAY['reading']::varchar[], false, '', '[]', t.at, t.at, t.at, t.at + interval '20 days',"
            "  (t.at + interval '20 days')::date, false, '', '', '', '', '', 0, '', t.at"
            " FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS total"
            "  FROM accounts_unit WHERE kind = 'school' AND path LIKE %(path)s) u"
            " JOIN generate_series(1, 4 * %(count)s) n ON n %% u.total = u.place"
            " JOIN (SELECT id, app_name, provider_name, number, row_number() OVER (ORDER BY id DESC) AS place"
            "  FROM registry_entry) e ON e.place = 1 + n / u.total"
            " CROSS JOIN LATERAL (SELECT %(now)s - make_interval(hours => n %% 300) AS at) t"
            " ORDER BY n LIMIT %(tried)s ON CONFLICT DO NOTHING",  # some schools use that app already
            given,
        )
        cursor.execute(
            "INSERT INTO review_useassignment (filing_id, unit_id, person_id, assigned_at)"
            " SELECT id, %(authority)s, (%(people)s::bigint[])[1 + id %% cardinality(%(people)s::bigint[])], %(now)s"
            " FROM users_userfiling WHERE case_no LIKE 'Q%%' AND id %% 2 = 0",
            given,
        )
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(
            "SELECT count(*) FROM users_userfiling WHERE authority_id = %s AND state = 'submitted'", [authority.pk]
        )
        there = cursor.fetchone()[0]
    if there < count:
        raise RuntimeError(f"only {there} of {count} open uses could be made up")
    session = factories.client_for(reviewers[0]).cookies[settings.SESSION_COOKIE_NAME].value
    return session, f"/review/uses/{real.pk}/"
