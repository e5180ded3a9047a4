"""An authority is closed, or open again: what it had in hand goes to the one above it, and comes back."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from accounts import hooks, rules
from accounts.domain.units import TREE_LOCK
from accounts.models import Unit
from ledger.acts import Actor, perform


def close_authority(*, unit: Unit, by: Actor, now: datetime) -> Unit:
    """An authority of a city or district has ended, or hands its work back: nobody acts for it any more.

    Its units and schools stay where they stand in the tree; the nearest open authority above them is competent
    (Measures Art. 19). Effects: the unit is no longer active; one ledger record; rooms above that listen for
    ``hooks.AUTHORITY_CLOSED`` let its matters go on with that one. Raises :class:`Refused`: not above it, no such
    authority, closed already; a province's authority and the ministry are never closed.
    """
    return _set(unit, False, "close_authority", hooks.AUTHORITY_CLOSED, by, now)


def reopen_authority(*, unit: Unit, by: Actor, now: datetime) -> Unit:
    """A closed authority works again. Effects: as :func:`close_authority`, the other way round."""
    return _set(unit, True, "reopen_authority", hooks.AUTHORITY_REOPENED, by, now)


def _set(unit: Unit, active: bool, verb: str, event: str, by: Actor, now: datetime) -> Unit:
    def change(row: Unit) -> None:
        row.active = active

    with transaction.atomic():
        with connection.cursor() as cursor:  # no unit moves while its matters do
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])
        done = perform(
            verb=verb, subject=unit, by=by, now=now, change=change, basis=["me-19"],
            rule=lambda actor, row: rules.may_close(actor, row, active=active),
        )  # fmt: skip
        hooks.tell(event, done, now=now)
    return done
