"""What bodies of the industry say of an app: conventions, credit ratings, reviews of services (Opinions 13)."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ledger.acts import Actor, Audience, Refused, append
from registry.models import Entry
from rulebook.time import local_date
from supervision import rules
from supervision.domain.common import needed
from supervision.domain.errors import Invalid
from supervision.enums import RatingKind
from supervision.models import IndustryRating

_is_address = URLValidator(schemes=["http", "https"])


def record_rating(
    *, entry: Entry, kind: str, body: str, result: str, rated_on: date, source: str, by: Actor, now: datetime
) -> IndustryRating:
    """Records what a body of the industry has published of an app, with its source and its day; read by authorities.

    The portal rates nothing itself, and nothing follows from it. Effects: the row, for good; a ledger record for
    authorities. The same said again is the row that stands already: a second click adds nothing. Raises ``Invalid``
    (names fields), ``Refused`` (another authority's entry).
    """
    said = (
        needed({"body": body}, "body", longest=120) | needed({"result": result}, "result", longest=200)
        | needed({"source": source}, "source", longest=300)
    )  # fmt: skip
    errors = {}
    if kind not in RatingKind.values:
        errors["kind"] = _("Choose what it is.")
    if rated_on > local_date(now):
        errors["rated_on"] = _("This day is yet to come.")
    try:
        _is_address(said["source"])
    except ValidationError:
        errors["source"] = _("Give the address of the page where it is published.")
    if errors:
        raise Invalid(errors)
    reasons = rules.holds(by, entry.authority_id)
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        Entry.objects.select_for_update(no_key=True).only("pk").get(pk=entry.pk)
        earlier = IndustryRating.objects.filter(entry=entry, kind=kind, rated_on=rated_on, **said).first()
        if earlier is not None:
            return earlier
        row = IndustryRating.objects.create(
            entry=entry, kind=kind, rated_on=rated_on, authority_id=by.unit_id, recorded_by_id=by.person_id,
            recorded_at=now, **said,
        )  # fmt: skip
        append(
            verb="record_rating", subject=entry, by=by, now=now, basis=["op-13"], audience=Audience.AUTHORITY,
            payload={"kind": str(kind), "body": said["body"], "rated_on": rated_on.isoformat()},
        )  # fmt: skip
    return row
