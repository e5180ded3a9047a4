"""Institution data compared with the national base of schools (Opinions, 12): noted, asked, recorded.

The same way as the questions about filings: in the background, within the connector's own time, again with longer
waits, given up after some tries. Nothing waits for an answer, and no answer bars anything.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES
from accounts.models import Unit
from accounts.scope import scope_of
from ledger.acts import Actor, Audience, Reason, Reasons, Refused, append
from review.connectors import UnitConnector, unit_connectors
from review.domain.external import put_question
from review.models import UnitCheck

AGAIN = timedelta(days=90)  # an answer is asked for anew
AFTER_FAILURE = timedelta(days=1)
ANSWERED, FAILED, PENDING = UnitCheck.Status.ANSWERED, UnitCheck.Status.FAILED, UnitCheck.Status.PENDING
_ASKED = [
    "school_code", "name", "question", "status", "agrees", "answer", "attempts", "next_attempt_at", "asked_at",
    "answered_at",
]  # fmt: skip


def may_request(by: Actor, unit: Unit) -> Reasons:
    """Reviewers and leads of an authority above the unit."""
    scope = scope_of(by)
    if scope.path and by.role in AUTHORITY_ROLES and unit.path.startswith(scope.path):
        return Reasons()
    return Reasons.of(Reason("not_above", _("Only the authorities above a unit have its data compared.")))


def request_unit_check(*, unit: Unit, by: Actor, now: datetime) -> list[UnitCheck]:
    """An authority has a unit's school code and name compared, now.

    Effects: waiting rows, asked within a minute; one ledger record for authorities where any is new. What waits
    already stays as it is. Raises ``Refused``: not above the unit, no school code, no national base connected.
    """
    reasons = may_request(by, unit)
    sources = {key: one for key, one in unit_connectors().items() if one.ready()}
    if not unit.school_code:
        reasons.append(Reason("no_school_code", _("This unit has no school code to compare.")))
    elif not sources:
        reasons.append(Reason("no_source", _("No national base is connected to this portal.")))
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        waiting = set(
            UnitCheck.objects.select_for_update(no_key=True)
            .filter(unit=unit, status=PENDING, school_code=unit.school_code, name=unit.name)
            .values_list("connector", flat=True)
        )
        fresh = [_fresh(unit, key, one, now) for key, one in sources.items() if key not in waiting]
        if fresh:
            _note(fresh)
            append(
                verb="request_check", subject=unit, by=by, now=now, basis=["op-12"],
                payload={"connectors": [row.connector for row in fresh]}, audience=Audience.AUTHORITY,
            )  # fmt: skip
    return list(UnitCheck.objects.filter(unit=unit))


def _fresh(unit: Unit, key: str, connector: UnitConnector, now: datetime) -> UnitCheck:
    said = {"unit": {"school_code": unit.school_code, "name": unit.name}}
    return UnitCheck(
        unit=unit, connector=key, school_code=unit.school_code, name=unit.name,
        question=connector.question(said) or {}, asked_at=now, next_attempt_at=now,
    )  # fmt: skip


def _note(rows: list[UnitCheck]) -> None:
    UnitCheck.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["unit", "connector"], update_fields=_ASKED, batch_size=1_000
    )


def note_units(*, now: datetime, limit: int = 5_000) -> int:
    """Notes the units whose code and name have not been asked about as they are, or not for long; how many.

    A national base that is not connected is passed over. Effects: waiting rows. Safe to run twice.
    """
    noted = 0
    for key, connector in unit_connectors().items():
        if not connector.ready():
            continue
        old = Q(status=ANSWERED, answered_at__lt=now - AGAIN) | Q(status=FAILED, asked_at__lt=now - AFTER_FAILURE)
        known = UnitCheck.objects.filter(
            unit=OuterRef("pk"), connector=key, school_code=OuterRef("school_code"), name=OuterRef("name")
        ).exclude(old)
        units = Unit.objects.filter(~Exists(known), active=True).exclude(school_code="").order_by("pk")[:limit]
        rows = [_fresh(unit, key, connector, now) for unit in units]
        _note(rows)
        noted += len(rows)
    return noted


def ask_units(*, now: datetime, limit: int = 200) -> int:
    """Asks what is due; returns how many were tried. A source that does not answer is left alone until later."""
    due = UnitCheck.objects.filter(status=PENDING, next_attempt_at__lte=now).order_by("next_attempt_at", "pk")
    tried, silent = 0, set()
    for pk, key in due.values_list("pk", "connector")[:limit]:
        if key in silent:
            continue
        row = _ask(pk, now)
        tried += row is not None
        if row is not None and row.status != ANSWERED:
            silent.add(key)
    return tried


def _ask(pk: int, now: datetime) -> UnitCheck | None:
    """Asks one question. Effects: the answer, or the next try; a ledger record where the base says otherwise."""
    with transaction.atomic():
        row: UnitCheck | None = (
            UnitCheck.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
            .filter(pk=pk, status=PENDING, next_attempt_at__lte=now)
            .select_related("unit")
            .first()
        )
        if row is None:
            return None
        if put_question(row, unit_connectors().get(row.connector), now) and row.agrees is False:
            append(
                verb="record_check", subject=row.unit, by=Actor.system(), now=now, basis=["op-12"],
                payload={"connector": row.connector, "agrees": row.agrees}, audience=Audience.AUTHORITY,
            )  # fmt: skip
        row.save()
    return row
