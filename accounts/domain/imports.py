"""Units by the hundred: a table is read and previewed, confirmed, and worked off in the background.

Nothing is set up before it is confirmed. Every row goes through the verbs that one unit goes through, so that the
same table run again does only what is missing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import IO

from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import hooks, rules
from accounts.actors import actor_for_membership
from accounts.domain.import_rows import KEY_OF_REASON, KIND_WORDS, LIMITS, columns, planned
from accounts.domain.invitations import invite, invite_many
from accounts.domain.setting_up import NewUnit, new_unit, refusals_of, set_up_units
from accounts.enums import LEAD_ROLES, OPEN_OUTCOMES, BatchStatus, Role, RowOutcome
from accounts.models import ImportBatch, ImportRow, Membership, Unit
from accounts.sheets import SheetRefused, read_rows
from accounts.sheets.rows import fold
from ledger.acts import Actor, AlreadyMoved, Reason, Reasons, Refused, append

AT_ONCE = 250  # rows in one transaction
SILENT_FOR = timedelta(minutes=2)  # a run without a sign of life for so long is taken up again
GOING_ON = (BatchStatus.QUEUED, BatchStatus.RUNNING)


_begun_by: list[Callable[[int], None]] = []


def begun_by(begin: Callable[[int], None]) -> None:
    """Names what queues a confirmed import; the tasks of this room call it, since they import the verbs."""
    _begun_by[:] = [begin]


def read_table(*, file: IO[bytes], file_name: str, by: Actor, now: datetime) -> ImportBatch:
    """Reads an uploaded table into a preview, with what is wrong beside each row. Sets nothing up.

    ``file`` is CSV or XLSX, at most 5,000 rows and 5 MB. Effects: the batch and its rows. Raises
    ``SheetRefused`` where the file cannot be taken as a whole, :class:`Refused` where the actor may not set up units.
    """
    unit = Unit.objects.filter(pk=by.unit_id).first()
    reasons = rules.may_create_below(by, unit)
    if unit is None or by.role not in LEAD_ROLES:
        reasons = Reasons.of(reasons, [Reason("not_above", _("Only who leads an authority may set up units."))])
    if reasons or unit is None:
        raise Refused(reasons)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            unit=unit, person_id=by.person_id, file_name=_short(file_name), digest=digest, created_at=now
        )
        rows = []
        for row in planned(read_rows(file, columns(), LIMITS), unit, now):
            row.batch = batch
            rows.append(row)
        if not rows:
            raise SheetRefused("no_rows", gettext("The table has no row below its heading."))
        ImportRow.objects.bulk_create(rows, batch_size=500)
        batch.total = len(rows)
        batch.save(update_fields=["total"])
    return batch


def _short(name: str) -> str:
    plain = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable())
    return (plain or "table")[-160:]


def counts(batch: ImportBatch) -> dict[str, int]:
    """Rows by outcome; every outcome has a number. One query."""
    found = dict(batch.rows.values_list("outcome").annotate(n=Count("pk")).order_by())
    return {outcome: found.get(outcome, 0) for outcome in RowOutcome.values}


def start_import(*, batch: ImportBatch, by: Actor, now: datetime) -> ImportBatch:
    """Confirms a preview: what can be done is to be done. Rows with problems are left out.

    Effects: the batch waits for a worker, which is told on commit; one ledger record on the authority. A second
    click raises ``AlreadyMoved``.
    """
    with transaction.atomic():
        row = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if row.unit_id != by.unit_id or by.role not in LEAD_ROLES:
            raise Refused(Reasons.of(Reason("not_above", _("Only who leads an authority may set up units."))))
        if row.status != BatchStatus.PREVIEW:
            raise AlreadyMoved(state=row.status)
        numbers = counts(row)
        if not any(numbers[outcome] for outcome in OPEN_OUTCOMES):
            raise Refused(Reasons.of(Reason("nothing_to_do", _("There is nothing to be done in this table."))))
        row.status, row.started_at, row.beat_at = BatchStatus.QUEUED, now, now
        row.save(update_fields=["status", "started_at", "beat_at"])
        append(
            verb="import_units", subject=row.unit, by=by, now=now,
            payload={"batch": row.pk, "digest": row.digest, "rows": row.total,
                     "create": numbers["create"], "invite": numbers["invite"]},
        )  # fmt: skip
        transaction.on_commit(lambda: [begin(row.pk) for begin in _begun_by])
    return row


def discard_import(*, batch: ImportBatch, by: Actor, now: datetime) -> ImportBatch:
    """Throws a preview away. Effects: its rows, with the names in them, are deleted."""
    with transaction.atomic():
        row = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if row.unit_id != by.unit_id or by.role not in LEAD_ROLES:
            raise Refused(Reasons.of(Reason("not_above", _("Only who leads an authority may set up units."))))
        if row.status != BatchStatus.PREVIEW:
            raise AlreadyMoved(state=row.status)
        row.rows.all().delete()
        row.status, row.finished_at = BatchStatus.DISCARDED, now
        row.save(update_fields=["status", "finished_at"])
    return row


def actor_of_batch(batch: ImportBatch) -> Actor | None:
    """Whoever confirmed the import, if he still leads that authority."""
    member = (
        Membership.objects.active()
        .filter(person_id=batch.person_id, unit_id=batch.unit_id, role__in=LEAD_ROLES, person__is_active=True)
        .select_related("unit", "person")
        .first()
    )
    return actor_for_membership(member) if member else None


def work_off(*, batch_id: int, now: datetime, at_once: int = AT_ONCE) -> int:
    """Works off the next rows of a running import, in one transaction; returns how many there were.

    Rows that another worker holds are passed over. Effects for each row: the unit, the invitation, their records
    and the e-mail; or the reason why not. When none is left: the batch is finished, and its person is told.
    Whoever confirmed must still lead the authority, else the batch stops.
    """
    with transaction.atomic():
        batch = ImportBatch.objects.select_related("unit", "person").get(pk=batch_id)
        if batch.status not in GOING_ON:
            return 0
        by = actor_of_batch(batch)
        if by is None:
            _stop(batch, gettext("Whoever confirmed this import no longer leads the authority."), now)
            return 0
        rows = list(
            batch.rows.filter(outcome__in=OPEN_OUTCOMES)
            .select_for_update(skip_locked=True, of=("self",), no_key=True)
            .select_related("parent", "unit")
            .order_by("number")[:at_once]
        )
        _work_rows(rows, by, now)
        if rows:
            _keep(rows)
        left = batch.rows.filter(outcome__in=OPEN_OUTCOMES).exists()
        ImportBatch.objects.filter(pk=batch.pk, status__in=GOING_ON).update(
            status=BatchStatus.RUNNING, beat_at=now
        )
        if not left:
            _finish(batch, now)
    return len(rows)


def _keep(rows: list[ImportRow]) -> None:
    """Stores what became of the rows, in one statement that does not grow with them."""
    columns = (
        [row.pk for row in rows], [str(row.outcome) for row in rows],
        [json.dumps(row.problems, ensure_ascii=False) for row in rows],
        [row.unit.pk if row.unit else None for row in rows],
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_importrow r SET outcome = n.outcome, problems = n.problems::jsonb, unit_id = n.unit_id"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) AS n (id, outcome, problems, unit_id)"
            " WHERE r.id = n.id",
            columns,
        )


def _work_rows(rows: list[ImportRow], by: Actor, now: datetime) -> None:
    """Sets up and invites what can be; the others get their reasons."""
    told: dict[int, NewUnit] = {}
    for row in rows:
        if row.outcome == RowOutcome.CREATE and row.parent is not None:
            told[row.pk] = _said(row, row.parent)
    answers = dict(zip(told, refusals_of(list(told.values()), by), strict=True))
    done = _together([row for row in rows if row.pk in told and not answers[row.pk]], told, by, now)
    done |= _invited_together([row for row in rows if row.outcome == RowOutcome.INVITE and row.unit], by, now)
    for row in rows:
        if row.pk in done:
            continue
        try:
            # A savepoint of its own: one refused row does not undo those before it.
            with transaction.atomic():
                if row.pk in told:
                    if answers[row.pk]:
                        raise Refused(answers[row.pk])
                    row.unit = set_up_units(units=[told[row.pk]], by=by, now=now)[0][0]
                elif row.unit is not None:
                    invite(
                        unit=row.unit, email=row.values["email"], name=row.values["person"],
                        role=Role.INSTITUTION_LEAD, by=by, now=now,
                    )  # fmt: skip
                else:
                    gone = Reason("superior", _("The unit, or its superior, is no longer there."))
                    raise Refused(Reasons.of(gone))
        except Refused as refused:
            row.outcome, row.unit = RowOutcome.FAILED, None
            row.problems = [
                {"key": KEY_OF_REASON.get(reason.code, ""), "text": str(reason.message)} for reason in refused.reasons
            ]
        else:
            row.outcome, row.problems = RowOutcome.DONE, []


def _said(row: ImportRow, parent: Unit) -> NewUnit:
    values = row.values
    return new_unit(
        parent=parent, kind=KIND_WORDS.get(fold(values["kind"]), ""), name=values["name"],
        school_code=values["school_code"], uscc=values["uscc"], person=values["person"], email=values["email"],
    )  # fmt: skip


def _together(rows: list[ImportRow], told: dict[int, NewUnit], by: Actor, now: datetime) -> set[int]:
    """Sets all of these up at once; none where one of them is refused, so that they are taken one by one."""
    if not rows:
        return set()
    try:
        with transaction.atomic():
            made = set_up_units(units=[told[row.pk] for row in rows], by=by, now=now)
    except Refused:
        return set()
    for row, (unit, _invitation) in zip(rows, made, strict=True):
        row.unit, row.outcome, row.problems = unit, RowOutcome.DONE, []
    return {row.pk for row in rows}


def _invited_together(rows: list[ImportRow], by: Actor, now: datetime) -> set[int]:
    """The same for units that are there and lack the invitation alone."""
    people = [(row.values["person"], row.values["email"]) for row in rows]
    try:
        invite_many(
            units=[row.unit for row in rows if row.unit], people=people, role=Role.INSTITUTION_LEAD, by=by, now=now
        )
    except Refused:
        return set()
    for row in rows:
        row.outcome, row.problems = RowOutcome.DONE, []
    return {row.pk for row in rows}


def _stop(batch: ImportBatch, why: str, now: datetime) -> None:
    ImportBatch.objects.filter(pk=batch.pk, status__in=GOING_ON).update(
        status=BatchStatus.STOPPED, stopped_why=why[:300], finished_at=now
    )


def _finish(batch: ImportBatch, now: datetime) -> None:
    """Once: of two workers that end together only one tells."""
    done = ImportBatch.objects.filter(pk=batch.pk, status=BatchStatus.RUNNING).update(
        status=BatchStatus.FINISHED, finished_at=now, beat_at=now
    )
    if done:
        hooks.tell(hooks.UNITS_IMPORTED, batch, now=now)


def silent(now: datetime) -> list[int]:
    """Imports under way that have shown no sign of life: their worker was killed, or their task was lost."""
    rows = ImportBatch.objects.filter(status__in=GOING_ON, beat_at__lt=now - SILENT_FOR)
    return list(rows.order_by("pk").values_list("pk", flat=True))


__all__ = [
    "actor_of_batch", "counts", "discard_import", "read_table", "silent", "start_import", "work_off",
]  # fmt: skip
