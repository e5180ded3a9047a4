"""Comments on the checklists of inspections, so that standards improve together (Opinions 18)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.queries import ministry
from ledger.acts import Actor, Audience, Reasons, Refused, append
from supervision import rules
from supervision.domain.common import needed
from supervision.domain.errors import Invalid
from supervision.domain.inspection import checklist_of
from supervision.models import ChecklistComment


def checklist_for(by: Actor, now: datetime) -> tuple[list[dict[str, object]], str]:
    """The checklist that the reader's own authority uses, the ministry's for who has none, with its version."""
    own = Unit.objects.authorities().filter(pk=by.unit_id).first()
    return checklist_of(own or ministry(), now)


def comment_on_checklist(*, text: str, by: Actor, now: datetime, key: str = "") -> ChecklistComment:
    """Says something to an item of the checklist in force, or to the whole (R169); anybody who works for a unit.

    Effects: the comment, for good; a ledger record without its text. Raises ``Invalid``, ``Refused``.
    """
    said = needed({"text": text}, "text", longest=2000)["text"]
    if by.unit_id is None or by.person_id is None:
        raise Refused(Reasons.of(rules.NOT_YOURS))
    items, label = checklist_for(by, now)
    if key and key not in {str(item["key"]) for item in items}:
        raise Invalid({"key": _("This item is not on the checklist.")})
    with transaction.atomic():
        row = ChecklistComment.objects.create(
            key=key, label=label, text=said, unit_id=by.unit_id, person_id=by.person_id, at=now
        )
        append(
            verb="comment_on_checklist", subject=row, by=by, now=now, basis=["op-18"], payload={"key": key},
            audience=Audience.AUTHORITY,
        )  # fmt: skip
    return row
