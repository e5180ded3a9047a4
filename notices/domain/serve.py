"""Serving a notice: it reaches the inbox at once, e-mail follows on commit."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from accounts.enums import MembershipStatus, UnitKind
from accounts.models import Membership, Person, Unit
from ledger.acts import subject_key
from notices.enums import SIDE_ROLES, Side
from notices.models import EmailDelivery, Notice, Preference

log = logging.getLogger(__name__)

NUDGE_KEY = "notices.nudge"
NUDGE_SECONDS = 2

_deliverer: list[Any] = []


def delivered_by(task: Any) -> None:
    """Names the task that sends what waits; the tasks of this room call it, since they import the verbs."""
    _deliverer[:] = [task]


_email_off: ContextVar[bool] = ContextVar("notices_email_off", default=False)


def email_is_off() -> bool:
    """Whether e-mails are held back at present; see :func:`without_email`."""
    return _email_off.get()


@contextmanager
def without_email() -> Iterator[None]:
    """Serves into inboxes only; for demo data and imports of old matters."""
    token = _email_off.set(True)
    try:
        yield
    finally:
        _email_off.reset(token)


def serve(
    *,
    kind: str,
    to_unit: Unit | None,
    subject: models.Model | None,
    params: Mapping[str, Any],
    now: datetime,
    legal: bool = True,
    dedupe: str = "",
    to_person: Person | None = None,
    address: str = "",
    side: str | None = None,
) -> Notice:
    """Serves a notice on a unit, or on one person of it, and returns it.

    Received means: it has reached the inbox here; ``received_at`` is ``now``, whatever becomes of the
    e-mail. ``params`` is JSON-able and carries what the wording of the kind needs (see ``notices.kinds``).
    The same ``dedupe`` again returns the first notice and does nothing else. ``address`` sends the e-mail
    there instead (an invitation to somebody without an account). ``side`` says as what the unit is served
    and so whose inbox it is (:class:`notices.enums.Side`); without it an authority is served as such, and
    another unit as :func:`speaks_to` says of the subject's room.
    Effects: the inbox row; a waiting e-mail for each active member of that side, in the person's language, unless
    the notice is not ``legal`` and the person has switched the kind off; sending is nudged on commit.
    """
    # No savepoint: nothing in here fails and is caught, and a sweep serves hundreds of notices a second.
    side = _side(side, to_unit if to_person is None else None, subject)
    with transaction.atomic(savepoint=False):
        to_all = to_person is None and legal and not address  # the common case, in one statement
        if to_all and to_unit is not None:
            found, emails = _serve_units([Item(kind, to_unit, subject, params, dedupe, side)], now)
            notice_id = found[0] if found else None
        else:
            emails = 0
            notice_id = _insert(kind, to_unit, to_person, subject, params, now, legal, dedupe, side)
        if notice_id is None:
            return Notice.objects.get(dedupe=dedupe)
        notice = Notice(
            pk=notice_id,
            kind=kind,
            to_unit=to_unit,
            to_person=to_person,
            params=dict(params),
            legal=legal,
            side=side,
            dedupe=dedupe or None,
            created_at=now,
            received_at=now,
        )
        if subject is not None:
            notice.subject_type, notice.subject_id = subject_key(subject)
        notice._state.adding = False
        notice._state.db = "default"
        if not to_all and not _email_off.get():
            emails = _queue_emails(notice, address)
        if emails:
            nudge_on_commit()
    return notice


@dataclass(frozen=True, slots=True)
class Item:
    """One legal notice to a unit; the fields as in :func:`serve`."""

    kind: str
    to_unit: Unit
    subject: models.Model | None
    params: Mapping[str, Any]
    dedupe: str = ""
    side: str | None = None


_speaks_to: dict[str, str] = {}


def speaks_to(app_label: str, side: str) -> None:
    """Says as what a unit that is no authority is served about the subjects of a room."""
    _speaks_to[app_label] = side


def _side(wanted: str | None, unit: Unit | None, subject: models.Model | None) -> str:
    if wanted is not None:
        return str(wanted)
    if unit is None:
        return ""
    if unit.kind == UnitKind.AUTHORITY:
        return str(Side.AUTHORITY)
    return _speaks_to.get(subject._meta.app_label, "") if subject is not None else ""


def serve_many(items: Sequence[Item], *, now: datetime) -> int:
    """Serves legal notices on units, all in one statement; returns how many were new.

    Effects of each as in :func:`serve`; a ``dedupe`` that was served before is passed over.
    """
    if not items:
        return 0
    with transaction.atomic(savepoint=False):
        found, emails = _serve_units(items, now)
        if emails:
            nudge_on_commit()
    return len(found)


_SERVE = """
    WITH item AS (
        SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[])
            AS item (kind, unit, subject_type, subject_id, params, dedupe, side)
    ), served AS (
        INSERT INTO notices_notice
            (kind, to_unit_id, subject_type, subject_id, params, legal, dedupe, side, created_at, received_at)
        SELECT kind, unit, subject_type, subject_id, params::jsonb, true, dedupe, side, %s, %s FROM item
        ON CONFLICT (dedupe) DO NOTHING RETURNING id, to_unit_id, side
    ), mailed AS (
        INSERT INTO notices_emaildelivery
            (notice_id, person_id, address, language, status, attempts, last_error, next_attempt_at)
        SELECT served.id, p.id, p.email, p.language, 'pending', 0, '', %s
        FROM served JOIN accounts_membership m ON m.unit_id = served.to_unit_id AND m.status = %s
            JOIN accounts_person p ON p.id = m.person_id AND p.is_active
        WHERE %s AND (served.side = '' OR (served.side, m.role) IN (SELECT * FROM unnest(%s::text[], %s::text[])))
        RETURNING 1
    )
    SELECT (SELECT array_agg(id ORDER BY id) FROM served), (SELECT count(*) FROM mailed)
"""


_SIDES = [
    [str(side) for side, roles in SIDE_ROLES.items() for _role in sorted(roles)],
    [str(role) for roles in SIDE_ROLES.values() for role in sorted(roles)],
]


def _serve_units(items: Sequence[Item], now: datetime) -> tuple[list[int], int]:
    """Ids of the new notices and the number of waiting e-mails: one for each active member of the unit."""
    columns: list[list[Any]] = [[], [], [], [], [], [], []]
    for item in items:
        subject_type, subject_id = subject_key(item.subject) if item.subject is not None else ("", None)
        text = json.dumps(dict(item.params), cls=DjangoJSONEncoder, ensure_ascii=False)
        values = (item.kind, item.to_unit.pk, subject_type, subject_id, text, item.dedupe or None)
        side = _side(item.side, item.to_unit, item.subject)
        for column, value in zip(columns, (*values, side), strict=True):
            column.append(value)
    with connection.cursor() as cursor:
        cursor.execute(_SERVE, [*columns, now, now, now, MembershipStatus.ACTIVE, not _email_off.get(), *_SIDES])
        ids, emails = cursor.fetchone()
    return ids or [], emails


def serve_person(
    *,
    kind: str,
    person: Person,
    subject: models.Model | None,
    params: Mapping[str, Any],
    now: datetime,
    dedupe: str = "",
) -> Notice:
    """A notice to one person alone, whatever unit he works for; never a legal one."""
    return serve(
        kind=kind,
        to_unit=None,
        to_person=person,
        subject=subject,
        params=params,
        now=now,
        legal=False,
        dedupe=dedupe,
    )


def _insert(
    kind: str,
    to_unit: Unit | None,
    to_person: Person | None,
    subject: models.Model | None,
    params: Mapping[str, Any],
    now: datetime,
    legal: bool,
    dedupe: str,
    side: str,
) -> int | None:
    """The new row's id; None where the key was there already. One statement, no savepoint."""
    subject_type, subject_id = subject_key(subject) if subject is not None else ("", None)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notices_notice (kind, to_unit_id, to_person_id, subject_type, subject_id, params,"
            " legal, dedupe, side, created_at, received_at)"
            " VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s)"
            " ON CONFLICT (dedupe) DO NOTHING RETURNING id",
            [
                kind,
                to_unit.pk if to_unit else None,
                to_person.pk if to_person else None,
                subject_type,
                subject_id,
                json.dumps(dict(params), cls=DjangoJSONEncoder, ensure_ascii=False),
                legal,
                dedupe or None,
                side,
                now,
                now,
            ],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _queue_emails(notice: Notice, address: str) -> int:
    """Writes the waiting e-mails; returns how many."""
    recipients: list[tuple[int | None, str, str]]
    if address:
        recipients = [(None, address, _language_of(address))]
    elif notice.to_person is not None:
        person = notice.to_person
        recipients = [(person.pk, person.email, person.language)] if person.is_active else []
    else:
        recipients = list(
            Membership.objects.active()
            .filter(_of_side(notice.side), unit_id=notice.to_unit_id, person__is_active=True)
            .order_by("person_id")
            .values_list("person_id", "person__email", "person__language")
        )
    if not notice.legal and recipients:
        off = set(
            Preference.objects.filter(
                person_id__in=[person_id for person_id, _email, _lang in recipients],
                kind=notice.kind,
                email=False,
            ).values_list("person_id", flat=True)
        )
        recipients = [recipient for recipient in recipients if recipient[0] not in off]
    EmailDelivery.objects.bulk_create(
        [
            EmailDelivery(
                notice=notice,
                person_id=person_id,
                address=email,
                language=language,
                next_attempt_at=notice.received_at,
            )
            for person_id, email, language in recipients
        ]
    )
    return len(recipients)


def _of_side(side: str) -> models.Q:
    return models.Q(role__in=SIDE_ROLES[Side(side)]) if side else models.Q()


def _language_of(address: str) -> str:
    known = Person.objects.filter(email=address.lower()).values_list("language", flat=True).first()
    return known or "zh-hans"


def nudge_on_commit() -> None:
    """One nudge for each transaction, however much it serves."""
    if not any(entry[1] is nudge for entry in connection.run_on_commit):
        transaction.on_commit(nudge)


class _Nudged:
    """Until when a task that this process has asked for has not yet begun (monotonic seconds)."""

    until = 0.0


def nudge() -> None:
    """Asks a worker to send what waits; at most one such task in two seconds.

    A sweep that serves hundreds of notices a second thus queues one task, not hundreds. The task starts
    when the two seconds are over and so finds everything that was committed meanwhile. Where the broker
    is away nothing is lost: beat looks every minute.
    """
    begun = time.monotonic()
    if begun < _Nudged.until and not settings.CELERY_TASK_ALWAYS_EAGER:
        return  # our own task still lies before the worker and will find this too
    try:
        if _deliverer and cache.add(NUDGE_KEY, 1, NUDGE_SECONDS):
            _deliverer[0].apply_async(countdown=NUDGE_SECONDS, retry=False)
            _Nudged.until = begun + NUDGE_SECONDS
    except Exception:
        # The act is committed. Whatever ails the broker or the cache must not turn it into an error page.
        log.warning("could not nudge the delivery of e-mails; the next beat will find them", exc_info=True)
