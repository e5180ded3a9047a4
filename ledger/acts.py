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

from ledger import rows
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
    "append_many",
    "perform",
    "perform_many",
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
    also: Sequence[rows.Statement] = (),
) -> Appended:
    """Appends one record to the chain of ``subject``; for acts that create a row or change no state.

    ``payload`` is JSON-able and carries no personal data beyond what the act needs. ``also`` are statements
    of the same act that go to the database with it, before it.
    Must run inside a transaction together with what it records.
    """
    if not connection.in_atomic_block:
        msg = "a ledger record is written in the transaction of its act"
        raise RuntimeError(msg)
    entry = _entry(verb, subject, by, now, from_state, to_state, basis, payload or {}, audience)
    with connection.cursor() as cursor:
        cursor.execute(
            "; ".join([*(text for text, _values in also), _APPEND]),
            [*(value for _text, values in also for value in values), *entry],
        )
        row = cursor.fetchone()
    return Appended(*row)


_APPEND = "SELECT id, seq, hash FROM ledger_append(%s, %s, %s)"
_APPEND_MANY = "SELECT id, seq, hash FROM ledger_append_many(%s::text[], %s::bigint[], %s::text[])"
_OPEN = "SELECT set_config('portal.act', %s, true)"  # lets the guard trigger pass; ledger_append shuts it again


def append_many(
    *,
    verb: str,
    subjects: Sequence[Row],
    by: Actor,
    now: datetime,
    payload: Callable[[Row], Mapping[str, Any]],
    audience: str = Audience.PARTIES,
) -> list[Appended]:
    """The same record on many new rows, each in its own chain, in one statement; see :func:`append`."""
    if not connection.in_atomic_block:
        msg = "a ledger record is written in the transaction of its act"
        raise RuntimeError(msg)
    if not subjects:
        return []
    entries = [
        _entry(verb, row, by, now, "", str(getattr(row, "state", "")), (), payload(row), audience) for row in subjects
    ]
    with connection.cursor() as cursor:
        cursor.execute(_APPEND_MANY, [list(column) for column in zip(*entries, strict=True)])
        return [Appended(*found) for found in cursor.fetchall()]


def _entry(
    verb: str,
    subject: models.Model,
    by: Actor,
    now: datetime,
    from_state: str,
    to_state: str,
    basis: Sequence[str],
    payload: Mapping[str, Any],
    audience: str,
) -> list[Any]:
    """What ``ledger_append`` takes: how the subject is named, and the body."""
    subject_type, subject_id = subject_key(subject)
    body = canonical(
        {
            "at": now.astimezone(UTC).isoformat(timespec="microseconds"),
            "verb": verb,
            "from": from_state,
            "to": to_state,
            "actor": {"kind": str(by.kind), "id": by.person_id, "role": str(by.role), "unit": by.unit_id},
            "basis": list(basis),
            "payload": dict(payload),
            "audience": str(audience),
        }
    )
    return [subject_type, subject_id, body]


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
    with transaction.atomic():
        found = rows.locked(type(subject), [subject.pk], related)
        if not found:
            raise type(subject).DoesNotExist  # type: ignore[attr-defined]
        row = found[0]
        act = _Act(verb, row, by, now, rule, transition, change, seen_state)
        act.move()
        record = _write([act], basis, payload, audience)[0]
        if effects is not None:
            effects(row, record)
    return row


def perform_many(
    *,
    verb: str,
    subjects: Sequence[Row],
    by: Actor,
    now: datetime,
    rule: Rule,
    transition: str | None = None,
    basis: Sequence[str] = (),
    payload: Callable[[Row], Mapping[str, Any]] | None = None,
    change: Callable[[Row], None] | None = None,
    effects: Callable[[list[Row]], Any] | None = None,
    audience: str = Audience.PARTIES,
    related: Sequence[str] = (),
) -> list[Row]:
    """The same act on many rows of one kind in one transaction: all of it, or nothing.

    Each row is locked, asked, moved and recorded in its own chain as :func:`perform` does; only the
    statements are fewer. ``effects`` gets all rows at once. What one row is refused raises for all: a
    sweep then takes them one by one, so that one hurts no other. Rows that are gone are left out.
    """
    if not subjects:
        return []
    with transaction.atomic():
        found = rows.locked(type(subjects[0]), [subject.pk for subject in subjects], related)
        if not found:
            return []
        acts = [_Act(verb, row, by, now, rule, transition, change, None) for row in found]
        for act in acts:
            act.move()
        _write(acts, basis, payload, audience)
        if effects is not None:
            effects(found)
    return found


@dataclass
class _Act:
    """One act on one locked row, from the question to the moved row in memory."""

    verb: str
    row: Any
    by: Actor
    now: datetime
    rule: Rule
    transition: str | None
    change: Callable[[Any], None] | None
    seen_state: str | None
    before: str = ""
    fields: list[Any] = field(default_factory=list)

    def move(self) -> None:
        """Raises :class:`Refused` or :class:`AlreadyMoved`; else the row stands changed and is not yet saved."""
        row = self.row
        self.before = str(getattr(row, "state", ""))
        if self.seen_state is not None and self.seen_state != self.before:
            raise _already_moved(row)
        if self.transition is not None and not _possible(row, self.transition):
            raise _already_moved(row)
        reasons = Reasons.of(self.rule(self.by, row))
        if reasons:
            raise Refused(reasons)
        if self.transition is None and self.change is None:
            return
        kept = rows.snapshot(row)
        if self.change is not None:
            self.change(row)
        if self.transition is not None:
            try:
                getattr(row, self.transition)()
            except TransitionNotAllowed as error:
                raise _already_moved(row) from error
        self.fields = rows.changed(row, kept)


def _write(acts: Sequence[_Act], basis: Sequence[str], payload: Any, audience: str) -> list[Appended]:
    """Opens the door, saves the rows, appends their records and shuts the door, in one round trip.

    psycopg2 sends several statements at once and gives the answer of the last one.
    """
    texts: list[str] = []
    values: list[Any] = []
    if any(act.fields for act in acts):
        texts.append(_OPEN)
        values.append(acts[0].verb)
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for act in acts:
        if act.fields:
            groups.setdefault(tuple(act.fields), []).append(act.row)
    for fields, moved in groups.items():
        statement = rows.update_many(moved, fields) if len(moved) > 1 else rows.update(moved[0], fields)
        if statement is None:  # an expression: the ORM writes it, behind an opened door
            with connection.cursor() as cursor:
                cursor.execute(_OPEN, [acts[0].verb])
            for row in moved:
                row.save(update_fields=[one.name for one in fields])
        else:
            texts.append(statement[0])
            values += statement[1]
    entries = [
        _entry(
            act.verb, act.row, act.by, act.now, act.before, str(getattr(act.row, "state", "")), basis,
            (payload(act.row) if callable(payload) else payload) or {}, audience,
        )
        for act in acts
    ]  # fmt: skip
    if len(entries) == 1:
        texts.append(_APPEND)
        values += entries[0]
    else:
        texts.append(_APPEND_MANY)
        values += [list(column) for column in zip(*entries, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute("; ".join(texts), values)
        return [Appended(*found) for found in cursor.fetchall()]


def _possible(row: models.Model, transition: str) -> bool:
    """Whether the transition leaves the row's present state."""
    method = getattr(row, transition)
    meta = method._django_fsm
    return bool(meta.has_transition(str(getattr(row, "state", ""))))


def _already_moved(row: models.Model) -> AlreadyMoved:
    subject_type, subject_id = subject_key(row)
    last = Record.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("-seq").first()
    return AlreadyMoved(
        state=str(getattr(row, "state", "")),
        verb=last.verb if last else "",
        at=last.at if last else None,
        actor_id=last.actor_id if last else None,
    )
