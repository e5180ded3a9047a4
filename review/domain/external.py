"""Asking outside sources and keeping what they said (Measures Art. 13)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from ledger.acts import Actor, Audience, append
from providers.models import Filing
from providers.queries import version
from review.connectors import Connector, NoAnswer, connectors
from review.models import ExchangeRow, ExternalCheck, UnitCheck

log = logging.getLogger(__name__)

MOST_TRIES = 6  # with the waits below, about half an hour
FIRST_WAIT = timedelta(minutes=1)


def request_checks(*, filing: Filing, now: datetime) -> list[ExternalCheck]:
    """Notes what is to be asked about the newest version; what has been asked already stays as it is.

    Effects: waiting rows of ``ExternalCheck``; one ledger record for authorities where anything is new.
    """
    newest = version(filing)
    if newest is None:
        return []
    fresh = []
    with transaction.atomic():
        for key, connector in connectors().items():
            question = connector.question(newest.data)
            if question is None:
                continue
            row, created = ExternalCheck.objects.get_or_create(
                filing=filing, version=newest.number, connector=key,
                defaults={"question": question, "asked_at": now, "next_attempt_at": now},
            )  # fmt: skip
            if created:
                fresh.append(row)
        if fresh:
            append(
                verb="request_check", subject=filing, by=Actor.system(), now=now,
                payload={"connectors": [row.connector for row in fresh]}, audience=Audience.AUTHORITY,
            )  # fmt: skip
    return fresh


def ask(*, check_id: int, now: datetime) -> ExternalCheck | None:
    """Asks one waiting question. Effects: the answer with a ledger record; or the next try; or "no answer".

    Another worker that holds the row is left alone. The connector bounds its own time.
    """
    with transaction.atomic():
        row = (
            ExternalCheck.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
            .filter(pk=check_id, status=ExternalCheck.Status.PENDING, next_attempt_at__lte=now)
            .select_related("filing")
            .first()
        )
        if row is None:
            return None
        if put_question(row, connectors().get(row.connector), now):
            append(
                verb="record_check", subject=row.filing, by=Actor.system(), now=now,
                payload={"connector": row.connector, "agrees": row.agrees}, audience=Audience.AUTHORITY,
            )  # fmt: skip
        row.save()
    return row


def put_question(row: ExternalCheck | UnitCheck, connector: Connector | None, now: datetime) -> bool:
    """Puts a row's question to its source and fills the answer in, or the next try; whether there was an answer.

    The caller holds the row and saves it.
    """
    row.attempts += 1
    try:
        if connector is None:
            raise NoAnswer("no such source")
        with transaction.atomic():
            answer = connector.ask(row.question)
    except Exception as error:
        if not isinstance(error, NoAnswer):
            log.exception("source %s broke", row.connector)
        over = row.attempts >= MOST_TRIES
        row.status = ExternalCheck.Status.FAILED if over else ExternalCheck.Status.PENDING
        row.next_attempt_at = None if over else now + FIRST_WAIT * 2 ** (row.attempts - 1)
        return False
    row.status, row.agrees, row.answer = ExternalCheck.Status.ANSWERED, answer.agrees, answer.data
    row.answered_at, row.next_attempt_at = now, None
    return True


def ask_waiting(*, now: datetime, limit: int = 200) -> int:
    """Asks everything that is due; returns how many were tried."""
    due = ExternalCheck.objects.filter(status=ExternalCheck.Status.PENDING, next_attempt_at__lte=now)
    ids = list(due.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:limit])
    return sum(ask(check_id=pk, now=now) is not None for pk in ids)


def import_exchange(*, kind: str, rows: Iterable[Mapping[str, str]], now: datetime) -> int:
    """Takes in a table that stands for an outside source; rows with the same key are replaced.

    Every row needs a ``key``. Returns how many were taken in. Raises ``ValueError`` naming the row.
    """
    fresh = {}
    for number, row in enumerate(rows, start=1):
        key = str(row.get("key") or "").strip()
        if not key or len(key) > 60:
            msg = f"row {number}: the column “key” is missing or too long"
            raise ValueError(msg)
        data = {str(name): str(value or "") for name, value in row.items() if name and name != "key"}
        fresh[key] = ExchangeRow(kind=kind, key=key, data=data, uploaded_at=now)
    ExchangeRow.objects.bulk_create(
        fresh.values(), update_conflicts=True, unique_fields=["kind", "key"], update_fields=["data", "uploaded_at"],
        batch_size=1000,
    )  # fmt: skip
    return len(fresh)
