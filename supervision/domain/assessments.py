"""Figures kept for an assessment: as they stood, for ever, with a digest by which the file can be verified."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.enums import AUTHORITY_ROLES
from accounts.models import Unit
from accounts.scope import scope_of
from accounts.sheets import cell, csv_lines
from ledger.acts import Actor, Audience, Reasons, Refused, append
from ledger.models import Record
from rulebook.time import local_date
from supervision import rules
from supervision.domain.common import needed, next_case_no
from supervision.domain.errors import Invalid
from supervision.indicators import Period, by_region, by_unit, units_below
from supervision.models import Assessment

MOST_UNITS = 20_000


@dataclass(frozen=True)
class Verified:
    """``ok``: the digest of the row, of its ledger record and of the file given agree."""

    ok: bool
    digest: str
    record: Record | None


def take_assessment(
    *, node: Unit, period: Period, purpose: str, by: Actor, now: datetime, by_unit_too: bool = False
) -> Assessment:
    """Counts a region, by authority or by institution, and keeps the figures for good (Measures Art. 23; Opinions 16).

    ``node``: an authority of the actor's own region. The words are those of the language in use.
    Effects: the row with its digest, a ledger record with the same digest. Raises ``Invalid``, ``Refused``.
    """
    said = needed({"purpose": purpose}, "purpose", longest=200)["purpose"]
    if period.last_day < period.first_day:
        raise Invalid({"last_day": _("This day lies before the first.")})
    if period.last_day > local_date(now):
        raise Invalid({"last_day": _("This day is yet to come.")})
    scope = scope_of(by)
    if by.role not in AUTHORITY_ROLES or by.unit_id is None or not node.path.startswith(scope.path or "?"):
        raise Refused(Reasons.of(rules.NOT_YOURS))
    if by_unit_too:
        units = list(units_below(by, node, now)[: MOST_UNITS + 1])
        if len(units) > MOST_UNITS:
            raise Invalid({"node": _("At most %(most)s institutions; choose a smaller region.") % {"most": MOST_UNITS}})
        table = by_unit(node=node, units=units, period=period, now=now)
    else:
        table = by_region(node=node, period=period, now=now)
    with transaction.atomic():
        authority = Unit.objects.get(pk=by.unit_id)
        case_no = next_case_no("KH", authority, now)
        rows = [[cell(value) for value in row] for row in table.rows()]
        frozen = {
            "about": [
                [pgettext("assessment", "Number"), case_no], [_("For which assessment"), said],
                [_("Region"), node.title],
                [pgettext("assessment", "Period"), f"{period.first_day.isoformat()} – {period.last_day.isoformat()}"],
                [_("Counted"), cell(now)], [_("Authority"), authority.title],
            ],
            "columns": table.columns(), "rows": rows, "definitions": table.definitions(),
        }  # fmt: skip
        digest = hashlib.sha256("".join(assessment_lines(frozen)).encode()).hexdigest()
        row = Assessment.objects.create(
            case_no=case_no, authority=authority, node=node, by_unit=by_unit_too, purpose=said,
            first_day=period.first_day, last_day=period.last_day, table=frozen, sha256=digest, taken_by_id=by.person_id,
            taken_at=now,
        )  # fmt: skip
        append(
            verb="take_assessment", subject=row, by=by, now=now, basis=["me-23", "op-16"],
            payload={"case_no": case_no, "sha256": digest, "rows": len(rows)}, audience=Audience.AUTHORITY,
        )  # fmt: skip
    return row


def assessment_lines(table: dict[str, Any]) -> Iterator[str]:
    """The file of kept figures: heading, figures, then what they are. The digest is of these lines in UTF-8."""
    yield from csv_lines([table["columns"], *table["rows"], [], *table["about"]])


def verify_assessment(assessment: Assessment, digest: str | None = None) -> Verified:
    """Whether the kept figures, the ledger and the file with this digest (where given) are the same."""
    own = hashlib.sha256("".join(assessment_lines(assessment.table)).encode()).hexdigest()
    record = Record.objects.filter(
        subject_type=Assessment._meta.label_lower, subject_id=assessment.pk, verb="take_assessment"
    ).first()
    recorded = (record.payload or {}).get("sha256") if record is not None else None
    known = {own, assessment.sha256, recorded}
    return Verified(known == {digest or own}, digest or own, record)
