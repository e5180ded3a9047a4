"""Many notices at once that go to addresses outside: invitations of people who have no account yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from accounts.models import Person, Unit
from ledger.acts import subject_key
from notices.domain.serve import email_is_off, nudge_on_commit
from notices.models import EmailDelivery, Notice


@dataclass(frozen=True, slots=True)
class Letter:
    """One notice in a unit's inbox with an e-mail to one address; never a legal one."""

    kind: str
    to_unit: Unit
    subject: models.Model
    params: Mapping[str, Any]
    dedupe: str
    address: str


def send_letters(letters: Sequence[Letter], *, now: datetime) -> int:
    """Serves each letter once and queues its e-mail, in the language of the address's account where it has one.

    Three statements, however many; what was served before under the same ``dedupe`` is passed over.
    """
    if not letters:
        return 0
    with transaction.atomic(savepoint=False):
        known = set(Notice.objects.filter(dedupe__in=[row.dedupe for row in letters]).values_list("dedupe", flat=True))
        fresh = [row for row in letters if row.dedupe not in known]
        notices = Notice.objects.bulk_create([_notice(row, now) for row in fresh])
        if notices and not email_is_off():
            addresses = {row.address for row in fresh}
            spoken = dict(Person.objects.filter(email__in=addresses).values_list("email", "language"))
            EmailDelivery.objects.bulk_create(
                [
                    EmailDelivery(
                        notice=notice, address=row.address, language=spoken.get(row.address, "zh-hans"),
                        next_attempt_at=now,
                    )
                    for notice, row in zip(notices, fresh, strict=True)
                ]
            )  # fmt: skip
            nudge_on_commit()
    return len(notices)


def _notice(row: Letter, now: datetime) -> Notice:
    subject_type, subject_id = subject_key(row.subject)
    return Notice(
        kind=row.kind, to_unit=row.to_unit, subject_type=subject_type, subject_id=subject_id, params=dict(row.params),
        legal=False, dedupe=row.dedupe, created_at=now, received_at=now,
    )  # fmt: skip
