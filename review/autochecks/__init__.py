"""Automatic checks of a submitted version: advice to the reviewer; only failed ones block an approval."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connection, transaction

from providers.models import Filing, FilingVersion
from providers.queries import policy_of, version
from review.autochecks.findings import CHECKS, Case, Finding, Shown, explain, shown
from review.autochecks.rules import Rule, for_kind
from review.models import Check
from rulebook.policies import Policy
from rulebook.time import local_date

__all__ = ["CHECKS", "LIVE", "Case", "Finding", "Shown", "explain", "recheck", "run_checks", "shown"]

log = logging.getLogger(__name__)


#: What can change outside the form after the submission; an approval looks again.
LIVE = ("not_barred", "no_duplicate")


def run_checks(*, filing: Filing, now: datetime, only: Collection[str] | None = None) -> list[Check]:
    """Checks the newest version and keeps the results; running again renews them. ``only``: these codes.

    An override counts for the finding that it was made for: it stays while the check finds the same, and
    goes when it finds anything else. A check that breaks counts as a hint, never as passed.
    Effects: rows of ``Check``. No ledger record: the results are advice.
    """
    newest = version(filing)
    if newest is None:
        return []
    recheck(filing=filing, newest=newest, policy=policy_of(filing, now), now=now, only=only)
    return list(Check.objects.filter(filing=filing, version=newest.number).select_related("overridden_by"))


def recheck(
    *,
    filing: Filing,
    newest: FilingVersion,
    policy: Policy,
    now: datetime,
    only: Collection[str] | None = None,
) -> list[Check]:
    """:func:`run_checks` for who has read the version and the policy already; returns what was checked now."""
    document = {part: dict(newest.data.get(part) or {}) for part in ("unit", "system", "app", "filing")}
    case = Case(filing, document, policy, now, local_date(now))
    rules = {code: rule for code, rule in for_kind(str(filing.kind)).items() if only is None or code in only}
    try:
        with transaction.atomic():
            found = {code: rule(case) for code, rule in rules.items()}
    except Exception:  # noqa: BLE001  one of them broke: each behind a savepoint of its own shows which
        found = {code: _find(code, rule, case) for code, rule in rules.items()}
    return _keep(filing, newest.number, found, now)


def _find(code: str, rule: Rule, case: Case) -> Finding:
    try:
        with transaction.atomic():  # a query that fails must not spoil the others
            return rule(case)
    except Exception as error:
        log.exception("check %s of filing %s broke", code, case.filing.pk)
        return Finding("warn", "broken", {"error": type(error).__name__})


_KEEP = """
    INSERT INTO review_check AS c (filing_id, version, code, result, params, checked_at, override_reason)
    SELECT %(filing)s, %(version)s, code, result, params::jsonb, %(now)s, ''
    FROM unnest(%(codes)s::text[], %(results)s::text[], %(params)s::text[]) AS found (code, result, params)
    ON CONFLICT (filing_id, version, code) DO UPDATE SET
        result = EXCLUDED.result, params = EXCLUDED.params, checked_at = EXCLUDED.checked_at,
        (overridden_by_id, override_reason, overridden_at) = (
            SELECT CASE WHEN same THEN c.overridden_by_id END, CASE WHEN same THEN c.override_reason ELSE '' END,
                CASE WHEN same THEN c.overridden_at END
            FROM (SELECT EXCLUDED.result = 'fail' AND c.result = 'fail' AND c.params = EXCLUDED.params AS same) AS f
        )
    RETURNING id, code, overridden_by_id
"""


def _keep(filing: Filing, number: int, found: Mapping[str, Finding], now: datetime) -> list[Check]:
    """Stores the findings in one statement; an override stands where the finding is the same as before."""
    rows = [
        Check(
            filing_id=filing.pk, version=number, code=code, result=finding.result,
            params={"why": finding.why, **finding.params}, checked_at=now,
        )
        for code, finding in found.items()
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "filing": filing.pk, "version": number, "now": now,
                "codes": [row.code for row in rows], "results": [str(row.result) for row in rows],
                "params": [json.dumps(row.params, ensure_ascii=False) for row in rows],
            },
        )  # fmt: skip
        stored = {code: (pk, overrider) for pk, code, overrider in cursor.fetchall()}
    for row in rows:
        row.pk, row.overridden_by_id = stored[row.code]
    return rows
