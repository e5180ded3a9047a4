"""Reading the ledger: timelines for an audience."""

from __future__ import annotations

from django.db.models import Model, QuerySet

from ledger.acts import subject_key
from ledger.models import Audience, Record

_SEES = {
    Audience.PUBLIC: [Audience.PUBLIC],
    Audience.PARTIES: [Audience.PUBLIC, Audience.PARTIES],
    Audience.AUTHORITY: [Audience.PUBLIC, Audience.PARTIES, Audience.AUTHORITY],
}


def timeline(subject: Model, *, audience: str = Audience.PARTIES) -> QuerySet[Record]:
    """Records of ``subject`` that ``audience`` may see, oldest first."""
    subject_type, subject_id = subject_key(subject)
    return Record.objects.filter(
        subject_type=subject_type, subject_id=subject_id, audience__in=_SEES[Audience(audience)]
    ).order_by("seq")
