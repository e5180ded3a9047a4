"""The one door: every change of state goes through :func:`perform`.

In one database transaction it locks the row, asks the rule, runs the transition, saves, appends the
ledger record, and runs the effects (clocks, decisions, notices). A second caller waits for the lock,
then finds the row moved on and gets :class:`AlreadyMoved`, never a second effect.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django_fsm import TransitionNotAllowed

from ledger.errors import ActError, AlreadyMoved, Reason, Reasons, Refused
from ledger.models import ActorKind, Audience, Record

__all__ = [
    "ActError",
    "Actor",
    "AlreadyMoved",
    "Audience",
    "Reason",
    "Reasons",
    "Refused",
    "append",
    "perform",
    "subject_key",
]

Row = TypeVar("Row", bound=models.Model)
Rule = Callable[["Actor", Any], "Reasons | Iterable[Reason] | None"]


@dataclass(frozen=True)
class Actor:
    """Who acts: a person in one membership, by browser or token, or the system itself.

    The ledger stores ids and the role, never the person's name.
    """

    person_id: int | None
    unit_id: int | None
    role: str
    unit_name: str = ""
    kind: str = ActorKind.PERSON
    person_name: str = ""
    unit_path: str = ""
    unit_code: str = ""
    province_code: str = ""
    unit_level: str = ""
    unit_kind: str = ""
    scopes: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def system(cls) -> Actor:
        """The portal itself: clocks and sweeps."""
        return cls(person_id=None, unit_id=None, role="system", kind=ActorKind.SYSTEM)

    @property
    def is_system(self) -> bool:
        return self.kind == ActorKind.SYSTEM


@dataclass(frozen=True)
class Appended:
    """What ``ledger_append`` gave back."""

    id: int
    seq: int
    hash: str


def subject_key(subject: models.Model) -> tuple[str, int]:
    """``("providers.filing", 17)``: how records and clocks name a row."""
    return subject._meta.label_lower, subject.pk


def canonical(body: Mapping[str, Any]) -> str:
    """The text that is hashed: sorted keys, no spaces, UTF-8, times in UTC."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def append(
    *,
    verb: str,
    subject: models.Model,
    by: Actor,
    now: datetime,
    from_state: str = "",
    to_state: str = "",
    basis: Sequence[str] = (),
    payload: Mapping[str, Any] | None = None,
    audience: str = Audience.PARTIES,
) -> Appended:
    """Appends one record to the chain of ``subject``; for acts that create a row or change no state.

    ``payload`` is JSON-able and carries no personal data beyond what the act needs.
    Must run inside a transaction together with what it records.
    """
    if not connection.in_atomic_block:
        msg = "a ledger record is written in the transaction of its act"
        raise RuntimeError(msg)
    subject_type, subject_id = subject_key(subject)
    body = canonical(
        {
            "at": now.astimezone(UTC).isoformat(timespec="microseconds"),
            "verb": verb,
            "from": from_state,
            "to": to_state,
            "actor": {"kind": str(by.kind), "id": by.person_id, "role": str(by.role), "unit": by.unit_id},
            "basis": list(basis),
            "payload": dict(payload or {}),
            "audience": str(audience),
        }
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, seq, hash FROM ledger_append(%s, %s, %s)", [subject_type, subject_id, body])
        row = cursor.fetchone()
    return Appended(*row)


def perform(
    *,
    verb: str,
    subject: Row,
    by: Actor,
    now: datetime,
    rule: Rule,
    transition: str | None = None,
    basis: Sequence[str] = (),
    payload: Mapping[str, Any] | Callable[[Row], Mapping[str, Any]] | None = None,
    change: Callable[[Row], None] | None = None,
    effects: Callable[[Row, Appended], Any] | None = None,
    seen_state: str | None = None,
    audience: str = Audience.PARTIES,
    related: Sequence[str] = (),
) -> Row:
    """Does one act on ``subject`` and returns the locked, saved row.

    ``subject`` may be known by its key alone; ``related`` names relations to read with the row.
    ``transition`` names a django-fsm method of the row; ``change`` sets its plain fields before it.
    ``effects`` runs after the record is written, in the same transaction. ``seen_state`` is the state
    that the caller's page showed. Raises :class:`Refused` with reasons, or :class:`AlreadyMoved`.
    """
    model = type(subject)
    with transaction.atomic():
        rows = model._base_manager.select_for_update(of=("self",))
        row = (rows.select_related(*related) if related else rows).get(pk=subject.pk)
        before = str(getattr(row, "state", ""))
        if seen_state is not None and seen_state != before:
            raise _already_moved(row)
        if transition is not None and not _possible(row, transition):
            raise _already_moved(row)
        reasons = Reasons.of(rule(by, row))
        if reasons:
            raise Refused(reasons)
        if change is not None:
            change(row)
        if transition is not None:
            try:
                getattr(row, transition)()
            except TransitionNotAllowed as error:
                raise _already_moved(row) from error
        if transition is not None or change is not None:
            _open_door(verb)
            row.save()
        record = append(
            verb=verb,
            subject=row,
            by=by,
            now=now,
            from_state=before,
            to_state=str(getattr(row, "state", "")),
            basis=basis,
            payload=payload(row) if callable(payload) else payload,
            audience=audience,
        )
        if effects is not None:
            effects(row, record)
    return row


def _possible(row: models.Model, transition: str) -> bool:
    """Whether the transition leaves the row's present state."""
    method = getattr(row, transition)
    meta = method._django_fsm
    return bool(meta.has_transition(str(getattr(row, "state", ""))))


def _open_door(verb: str) -> None:
    """Lets the guard trigger pass for this act; ``ledger_append`` shuts it again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.act', %s, true)", [verb])


def _already_moved(row: models.Model) -> AlreadyMoved:
    subject_type, subject_id = subject_key(row)
    last = Record.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("-seq").first()
    return AlreadyMoved(
        state=str(getattr(row, "state", "")),
        verb=last.verb if last else "",
        at=last.at if last else None,
        actor_id=last.actor_id if last else None,
    )
