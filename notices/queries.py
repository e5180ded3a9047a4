"""Reading the inbox."""

from __future__ import annotations

from django.db import connection

from accounts.actors import actor_for_membership
from accounts.models import Membership
from ledger.acts import Actor
from notices.enums import sides_of
from notices.models import Notice, NoticeQuerySet, Preference

UNREAD_CAP = 100
#: as ``in_inbox_of(actor).unread()``, written out since every page of every workspace asks it
_UNREAD = """
    SELECT count(*) FROM (
        SELECT 1 FROM notices_notice
        WHERE first_read_at IS NULL AND (
            to_unit_id = %s AND (to_person_id IS NULL AND side = ANY(%s) OR to_person_id = %s) OR to_person_id = %s
        ) LIMIT %s
    ) AS n
"""


def inbox(actor: Actor | None) -> NoticeQuerySet:
    """The inbox of the unit one works for now, newest first."""
    return Notice.objects.in_inbox_of(actor).order_by("-received_at", "-pk")


def unread_count(who: Actor | Membership | None) -> int:
    """Unopened notices in the inbox, counted up to 100; one query."""
    if who is None:
        return 0
    actor = actor_for_membership(who) if isinstance(who, Membership) else who
    if actor.person_id is None:
        return 0
    unit = actor.unit_id if actor.unit_id is not None else 0
    with connection.cursor() as cursor:
        cursor.execute(
            _UNREAD, [unit, sides_of(str(actor.role)), actor.person_id, actor.person_id, UNREAD_CAP]
        )
        return int(cursor.fetchone()[0])


def wants_email(person_id: int, kind: str) -> bool:
    """Whether a person has left e-mail on for a kind (the default)."""
    return not Preference.objects.filter(person_id=person_id, kind=kind, email=False).exists()


def switched_off(person_id: int) -> set[str]:
    """Kinds for which a person wants no e-mail."""
    return set(Preference.objects.filter(person_id=person_id, email=False).values_list("kind", flat=True))
