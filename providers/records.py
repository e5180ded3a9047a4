"""Reading what platform operators shared. Kept apart from the registry: nothing of it has a filing number."""

from __future__ import annotations

from datetime import date

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from ledger.text import storable
from providers.models import PlatformRecord
from providers.models_platform import PlatformRecordQuerySet
from registry import opening
from registry.numbers import MINISTRY_PREFIX
from registry.search import tsquery

#: lines of a public answer
MOST = 20


def found(rows: PlatformRecordQuerySet, q: str) -> PlatformRecordQuerySet:
    """Those of ``rows`` that fit: the identifier exactly, a credit code, or words of name and provider."""
    if not q:
        return rows
    if not storable(q):
        return rows.none()
    terms = tsquery(q)
    fits = Q(mini_program_id=q) | Q(provider_uscc=q.upper())
    if terms is not None:
        # The terms are quoted one by one (registry.search), so they are cast and not parsed as language.
        sql = "providers_platformrecord.search @@ %s::tsquery"
        fits |= Q(RawSQL(sql, [terms], output_field=BooleanField()))  # noqa: S611
    return rows.filter(fits)


def opens_later() -> date | None:
    """The day from which the public may query, as for the ministry's own entries; None where it may."""
    return opening.opens_on(MINISTRY_PREFIX)


def public(q: str) -> list[PlatformRecord]:
    """What the public is told: records that fit, those still on their platform first; at most ``MOST``."""
    rows = found(PlatformRecord.objects.all(), q).select_related("operator").defer("search", "original")
    return list(rows.order_by("removed", "-submitted_on", "-pk")[:MOST])
