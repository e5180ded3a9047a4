"""What the confirming authority does with a user filing, with the notes that its people have drafted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ledger.acts import Actor, Audience, Reason, Reasons, Refused, perform
from notices.domain import serve
from review.desks import holds_use
from review.models import UseVerdict
from rulebook.time import local_date
from users import domain as use_verbs
from users.domain.common import notice_params
from users.enums import Cause, UseState
from users.models import UserFiling


def drafted(filing: UserFiling) -> list[UseVerdict]:
    """The notes on the present version, as they would be sent."""
    return list(UseVerdict.objects.filter(filing_id=filing.pk, version=filing.version, ok=False).order_by("field_key"))


def _held(filing: UserFiling) -> UserFiling:
    """The row under its lock: a note that a colleague writes at this moment is either sent or refused."""
    return UserFiling.objects.select_for_update(of=("self",), no_key=True).get(pk=filing.pk)


def return_use(*, filing: UserFiling, by: Actor, now: datetime, comment: str = "", **seen: Any) -> UserFiling:
    """Gives a use back with the notes drafted so far; at least one, or a comment, is needed.

    ``seen_state``, ``seen_version`` as in ``users.domain.return_for_correction``, whose effects these are.
    """
    with transaction.atomic():
        row = _held(filing)
        notes = [
            {"field_key": note.field_key, "text": note.note, "article": note.article} for note in drafted(row)
        ]
        return use_verbs.return_for_correction(filing=row, by=by, now=now, notes=notes, comment=comment, **seen)


def notes_left(filing: UserFiling) -> Reasons:
    """A use is not confirmed over a note that says what is wrong with it."""
    if not drafted(filing):
        return Reasons()
    return Reasons.of(
        Reason("notes_left", _("There are notes on fields. Send them with a return, or withdraw them first."))
    )


def confirm_use(*, filing: UserFiling, by: Actor, now: datetime, comment: str = "", **seen: Any) -> UserFiling:
    """Confirms a use or its change, unless notes are left; effects as in ``users.domain.confirm`` (Art. 19)."""
    with transaction.atomic():
        row = _held(filing)
        if row.state == UseState.SUBMITTED and (reasons := notes_left(row)):
            raise Refused(reasons)
        return use_verbs.confirm(filing=row, by=by, now=now, comment=comment, **seen)


def advise_end(*, filing: UserFiling, by: Actor, now: datetime, text: str) -> UserFiling:
    """Advises a unit to end a confirmed use, with the reason; the unit decides (Opinions 14, 16).

    Effects: as ``users.domain.propose_withdrawal``. Raises ``Refused``: not the confirming authority, not in use, no
    reason, or advised already.
    """
    with transaction.atomic():
        row = _held(filing)
        if row.withdrawal_cause == Cause.AUTHORITY:
            raise Refused(Reasons.of(Reason("advised", _("The end of this use has been advised already."))))
        return use_verbs.propose_withdrawal(filing=row, cause=Cause.AUTHORITY, by=by, now=now, text=text[:1000])


def remind_unit(*, filing: UserFiling, by: Actor, now: datetime, text: str = "") -> UserFiling:
    """Reminds a unit of a filing that lies with it: returned, or suspended with the end of use proposed.

    Once a day for each filing. Effects: a notice to the unit, a ledger record. Raises ``Refused``.
    """

    def rule(actor: Actor, row: UserFiling) -> Reasons:
        reasons = holds_use(actor, row)
        if row.state not in (UseState.RETURNED, UseState.SUSPENDED):
            reasons.append(Reason("not_with_unit", _("Only a filing that lies with the unit can be reminded of.")))
        return reasons

    day = local_date(now).isoformat()
    with transaction.atomic():
        row = _held(filing)
        if _reminded(row, day):
            raise Refused(Reasons.of(Reason("reminded", _("The unit has been reminded of this filing today."))))
        return perform(
            verb="remind_unit", subject=row, by=by, now=now, rule=rule, related=("unit", "authority"),
            payload={"version": row.version}, audience=Audience.PARTIES,
            effects=lambda held, _record: serve(
                kind="use_reminded", to_unit=held.unit, subject=held,
                params={**notice_params(held), "text": text.strip()[:1000]}, now=now, dedupe=_key(held, day),
            ),
        )  # fmt: skip


def _key(row: UserFiling, day: str) -> str:
    return f"use_reminded:{row.pk}:{day}"


def _reminded(row: UserFiling, day: str) -> bool:
    from notices.models import Notice

    return Notice.objects.filter(dedupe=_key(row, day)).exists()
