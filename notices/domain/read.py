"""Reading a notice, and choosing which e-mails one wants."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ledger.acts import Actor, Reason, Reasons, Refused, append
from notices.models import Notice, Preference


def mark_read(*, notice: Notice, by: Actor, now: datetime) -> bool:
    """Stores the first reading and who read; True where this was it.

    Only who has the notice in his inbox reads it so; an administrator who looks leaves no trace of
    reading. Effects: for a legal notice one ledger record. Moves no period: service was before.
    """
    if not Notice.objects.in_inbox_of(by).filter(pk=notice.pk).exists():
        return False
    with transaction.atomic():
        first = Notice.objects.filter(pk=notice.pk, first_read_at__isnull=True).update(
            first_read_at=now, first_read_by_id=by.person_id
        )
        if first and notice.legal:
            append(verb="read_notice", subject=notice, by=by, now=now, payload={"kind": notice.kind})
    if first:
        notice.first_read_at, notice.first_read_by_id = now, by.person_id
    return bool(first)


def choose_email(*, by: Actor, kind: str, email: bool) -> None:
    """Whether one wants e-mail for a kind; legal notices are sent all the same."""
    if by.person_id is None:
        raise Refused(Reasons.of(Reason("nobody", _("Sign in first."))))
    Preference.objects.update_or_create(person_id=by.person_id, kind=kind, defaults={"email": email})
