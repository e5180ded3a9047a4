"""Automatic checks of a submitted version: advice to the reviewer; only failed ones block an approval."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from providers.models import Filing
from providers.queries import policy_of, version
from review.autochecks.findings import CHECKS, Case, Finding, Shown, explain, shown
from review.autochecks.rules import for_kind
from review.models import Check
from rulebook.time import local_date

__all__ = ["CHECKS", "LIVE", "Case", "Finding", "Shown", "explain", "run_checks", "shown"]

log = logging.getLogger(__name__)


#: What can change outside the form after the submission; an approval looks again.
LIVE = ("not_barred", "no_duplicate")


def run_checks(*, filing: Filing, now: datetime, only: Collection[str] | None = None) -> list[Check]:
    """Checks the newest version and keeps the results; running again renews them. ``only``: these codes.

    What was overridden stays so while it fails. A check that breaks counts as a hint, never as passed.
    Effects: rows of ``Check``. No ledger record: the results are advice.
    """
    newest = version(filing)
    if newest is None:
        return []
    document = {part: dict(newest.data.get(part) or {}) for part in ("unit", "system", "app", "filing")}
    case = Case(filing, document, policy_of(filing, now), now, local_date(now))
    rows = []
    for code, rule in for_kind(str(filing.kind)).items():
        if only is not None and code not in only:
            continue
        try:
            with transaction.atomic():  # a query that fails must not spoil the others
                found = rule(case)
        except Exception as error:
            log.exception("check %s of filing %s broke", code, filing.pk)
            found = Finding("warn", "broken", {"error": type(error).__name__})
        rows.append(
            Check(
                filing=filing, version=newest.number, code=code, result=found.result,
                params={"why": found.why, **found.params}, checked_at=now,
            )
        )
    Check.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["filing", "version", "code"],
        update_fields=["result", "params", "checked_at"],
    )
    return list(Check.objects.filter(filing=filing, version=newest.number).select_related("overridden_by"))
