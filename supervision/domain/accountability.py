"""Accountability of persons: recorded and read by leads alone, each look in the ledger (Opinions 16)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from blacklist.models import Listing
from ledger.acts import Actor, Audience, Reason, Refused, append
from rulebook.time import local_date
from supervision import rules
from supervision.domain.common import needed
from supervision.domain.errors import Invalid
from supervision.enums import Consequence, PaperState
from supervision.models import CaseOutcome, Circular

Case = Circular | Listing


def record_outcome(
    *, case: Case, consequence: str, text: str, decided_on: date, by: Actor, now: datetime, person_name: str = ""
) -> CaseOutcome:
    """Records what followed for a person in a case: a published circular or interview, or a listing (R165).

    Effects: the row, for good; a ledger record in the row's own chain, so that the timeline of the case, which
    others read, does not tell of it; the record holds nothing of the person.
    Raises ``Invalid``, ``Refused`` (not the head of review of the deciding authority, nor the ministry).
    """
    said = needed({"text": text}, "text")["text"]
    if consequence not in Consequence.values:
        raise Invalid({"consequence": _("Choose what followed.")})
    if decided_on > local_date(now):
        raise Invalid({"decided_on": _("This day is yet to come.")})

    reasons = rules.may_look_at_outcomes(by, case)
    if isinstance(case, Circular) and case.state != PaperState.PUBLISHED:
        reasons.append(Reason("draft", _("Publish the circular first.")))
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        row = CaseOutcome.objects.create(
            authority_id=case.authority_id, consequence=consequence, person_name=person_name.strip()[:120], text=said,
            decided_on=decided_on, recorded_by_id=by.person_id, recorded_at=now,
            **{"circular" if isinstance(case, Circular) else "listing": case},
        )  # fmt: skip
        append(
            verb="record_outcome", subject=row, by=by, now=now, basis=["op-16"], audience=Audience.AUTHORITY,
            payload=_of(case),
        )  # fmt: skip
    return row


def look_at_outcomes(*, case: Case, purpose: str, by: Actor, now: datetime) -> list[CaseOutcome]:
    """What followed for persons, for who may know it; every look stands in the ledger with its purpose.

    Each outcome has the look in its own chain; where there is none, the case has it. Raises ``Invalid``, ``Refused``.
    """
    why = needed({"purpose": purpose}, "purpose", longest=300)["purpose"]
    reasons = rules.may_look_at_outcomes(by, case)
    if reasons:
        raise Refused(reasons)
    field = "circular" if isinstance(case, Circular) else "listing"
    with transaction.atomic():
        found = list(CaseOutcome.objects.visible_to(by).select_related("recorded_by").filter(**{field: case.pk}))
        subjects: list[Any] = [*found] or [case]
        for subject in subjects:
            append(
                verb="look_at_outcomes", subject=subject, by=by, now=now, basis=["op-16"],
                payload={"purpose": why, **_of(case)}, audience=Audience.AUTHORITY,
            )  # fmt: skip
    return found


def _of(case: Case) -> dict[str, Any]:
    return {"case": f"{case._meta.label_lower}:{case.pk}"}
