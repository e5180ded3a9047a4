"""Reading the inbox."""

from __future__ import annotations

from accounts.actors import actor_for_membership
from accounts.models import Membership
from ledger.acts import Actor
from notices.models import Notice, NoticeQuerySet, Preference

UNREAD_CAP = 100


def inbox(actor: Actor | None) -> NoticeQuerySet:
    """The inbox of the unit one works for now, newest first."""
    return Notice.objects.in_inbox_of(actor).order_by("-received_at", "-pk")


def unread_count(who: Actor | Membership | None) -> int:
    """Unopened notices in the inbox, counted up to 100; one query."""
    if who is None:
        return 0
    actor = actor_for_membership(who) if isinstance(who, Membership) else who
    return Notice.objects.in_inbox_of(actor).unread()[:UNREAD_CAP].count()


def wants_email(person_id: int, kind: str) -> bool:
    """Whether a person has left e-mail on for a kind (the default)."""
    return not Preference.objects.filter(person_id=person_id, kind=kind, email=False).exists()


def switched_off(person_id: int) -> set[str]:
    """Kinds for which a person wants no e-mail."""
    return set(Preference.objects.filter(person_id=person_id, email=False).values_list("kind", flat=True))
