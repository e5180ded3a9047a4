"""Platform operators share the filings of their third parties in bulk (Measures, Article 10).

Third-party applications such as mini-programs and enterprise accounts submit to the platform that hosts them;
the platform shares that with the ministry. What comes in so is kept apart from numbered filings.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.units import normalise_uscc, uscc_reasons
from accounts.enums import Role
from accounts.models import Unit
from accounts.sheets import Column, Limits, SheetRow
from ledger.acts import Actor, AlreadyMoved, Audience, Reason, Reasons, Refused, append, canonical
from notices.domain import serve
from notices.enums import Side
from providers import rules
from providers.enums import BatchSource, PlatformKind
from providers.models import PlatformBatch, PlatformOperator, PlatformRecord
from registry.search import search_document, tsvector
from rulebook.time import local_date

#: rows of one batch; more are split, so that each batch is one short transaction
MOST_ROWS = 5_000
LIMITS = Limits(rows=MOST_ROWS, cell=500)
COLUMNS = (
    Column("mini_program_id", ("平台内标识", "小程序ID", "AppID", "Identifier"), required=True, longest=64),
    Column("name", ("名称", "小程序名称", "Name"), required=True, longest=120),
    Column("provider_name", ("提供者名称", "主体名称", "Provider"), required=True, longest=120),
    Column("provider_uscc", ("统一社会信用代码", "Unified social credit code", "USCC"), required=True, longest=30),
    Column("submitted_on", ("提交日期", "Submitted on"), required=True, longest=40),
    Column("kind", ("类型", "Kind"), optional_heading=True, longest=40),
    Column("category", ("服务类目", "类目", "Category"), optional_heading=True, longest=80),
    Column("removed", ("是否下架", "Removed"), optional_heading=True, longest=10),
)
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{2,63}")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?")
_KINDS = {
    "": PlatformKind.MINI_PROGRAM, "小程序": PlatformKind.MINI_PROGRAM, "企业号": PlatformKind.ENTERPRISE_ACCOUNT,
    "公众号": PlatformKind.OFFICIAL_ACCOUNT, "其他": PlatformKind.OTHER,
    **{str(kind): kind for kind in PlatformKind},
}  # fmt: skip
_YES, _NO = {"是", "yes", "true", "1", "y"}, {"", "否", "no", "false", "0", "n"}

NOT_OPERATOR = Reason(
    "not_an_operator",
    gettext_lazy("Only a platform operator that the ministry has named shares records here."),
    article="me-10",
)
Values = dict[str, Any]


def may_designate(by: Actor) -> Reasons:
    """The ministry, with which operators share (Measures, Article 10), or the portal's administrator."""
    if by.role == Role.SYSADMIN or (by.role == Role.MINISTRY_REVIEWER and by.unit_code == "moe"):
        return Reasons()
    return Reasons([Reason("not_the_ministry", _("Only the ministry names platform operators."), article="me-10")])


def designate_operator(*, unit: Unit, platform: str, by: Actor, now: datetime) -> PlatformOperator:
    """Names a unit as the operator of a platform. Effects: the row, a ledger record, a notice to the unit.

    Named again after an end it is active again, with the records it had. Raises ``Refused``.
    """
    reasons = may_designate(by)
    platform = " ".join(platform.split())
    if not platform:
        reasons.append(Reason("platform_missing", _("Enter the name of the platform.")))
    if not unit.uscc or not unit.active:
        reasons.append(Reason("no_provider", _("This unit is not registered here as a provider.")))
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        Unit.objects.select_for_update(no_key=True).only("pk").get(pk=unit.pk)
        row = PlatformOperator.objects.filter(unit=unit).first() or PlatformOperator(unit=unit)
        row.platform, row.designated_at, row.ended_at = platform[:80], now, None
        row.save()
        append(verb="designate_operator", subject=row, by=by, now=now, basis=["me-10"],
               payload={"unit": unit.pk, "platform": row.platform})  # fmt: skip
        serve(kind="operator_designated", side=Side.PROVIDER, to_unit=unit, subject=row, now=now,
              params={"platform": row.platform, "app_name": row.platform})  # fmt: skip
    return row


def end_operator(*, operator: PlatformOperator, by: Actor, now: datetime) -> PlatformOperator:
    """Ends the naming; its records stay. Effects: the end, a ledger record. Raises ``Refused``, ``AlreadyMoved``."""
    reasons = may_designate(by)
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        row = PlatformOperator.objects.select_for_update(no_key=True).get(pk=operator.pk)
        if row.ended_at is not None:
            raise AlreadyMoved(state="ended", verb="end_operator", at=row.ended_at)
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        append(verb="end_operator", subject=row, by=by, now=now, basis=["me-10"], payload={"unit": row.unit_id})
    return row


def operator_of(by: Actor) -> PlatformOperator:
    """The operator for which somebody acts. Raises ``Refused`` where his unit is none."""
    reasons = rules.is_of_provider(by, by.unit_id or 0)
    row = PlatformOperator.objects.filter(unit_id=by.unit_id, ended_at=None).select_related("unit").first()
    if reasons or row is None:
        raise Refused(reasons or Reasons([NOT_OPERATOR]))
    return row


def prepare(
    *, rows: Iterable[SheetRow], name: str, source: str = BatchSource.UPLOAD, by: Actor, now: datetime
) -> PlatformBatch:
    """Reads the rows of a file or a call into a batch that is looked at before it is taken in.

    Each row is kept as it came, with its number and what is wrong with it. Nothing else changes. Raises
    ``Refused``, and whatever reading the rows raises (``SheetRefused``).
    """
    operator = operator_of(by)
    seen: dict[str, int] = {}
    kept = [_checked(row, seen, now) for row in rows]
    content = canonical({"rows": kept})
    return PlatformBatch.objects.create(
        operator=operator, source=source, name=name[:160], sha256=hashlib.sha256(content.encode()).hexdigest(),
        rows=kept, right=sum(1 for row in kept if not row["errors"]), wrong=sum(1 for row in kept if row["errors"]),
        created_by_id=by.person_id, created_at=now,
    )  # fmt: skip


def take(*, batch: PlatformBatch, by: Actor, now: datetime) -> PlatformBatch:
    """Takes the right rows of a batch in: new records, and changes of those that the operator shared before.

    Effects: records by operator and identifier (one that is as before stays untouched), for each new or changed
    record a ledger record with the batch and row it came from, one for the batch. A batch is taken in once: asked
    again, it answers as before. Raises ``Refused`` (not yours, nothing right in it).
    """
    operator = operator_of(by)
    if batch.operator_id != operator.pk:
        raise Refused(Reasons([rules.NOT_YOURS]))
    with transaction.atomic():
        # One batch of an operator at a time: two that bring the same record must not both call it new.
        PlatformOperator.objects.select_for_update(no_key=True).get(pk=operator.pk)
        row = PlatformBatch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
        if row.taken_at is not None:
            return row
        right = [one for one in row.rows if not one["errors"]]
        if not right:
            raise Refused(Reasons([Reason("nothing_right", _("No row of this table can be taken in."))]))
        outcome = _take_rows(operator, row, right, by, now)
        row.fresh, row.changed, row.same = outcome.fresh, outcome.changed, outcome.same
        row.taken_at = now
        row.save(update_fields=["fresh", "changed", "same", "taken_at"])
        append(
            verb="take_batch", subject=row, by=by, now=now, basis=["me-10"], audience=Audience.AUTHORITY,
            payload={"operator": operator.pk, "sha256": row.sha256, "new": row.fresh, "changed": row.changed,
                     "same": row.same, "wrong": row.wrong},
        )  # fmt: skip
    return row


@dataclass
class Outcome:
    """What the rows of a batch are to the records that are there."""

    fresh: int = 0
    changed: int = 0
    same: int = 0


#: what makes a record another one
_SAID = ("kind", "name", "provider_name", "provider_uscc", "category", "submitted_on", "removed")


def compare(operator: PlatformOperator, rows: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """"new", "changed" or "same" by row number, for the preview; one query."""
    there = _there(operator, rows)
    said = {}
    for row in rows:
        record = there.get(row["values"]["mini_program_id"])
        said[row["row"]] = "new" if record is None else "changed" if _differs(record, row["values"]) else "same"
    return said


def _there(operator: PlatformOperator, rows: Sequence[Mapping[str, Any]]) -> dict[str, PlatformRecord]:
    wanted = [row["values"]["mini_program_id"] for row in rows]
    found = operator.records.filter(mini_program_id__in=wanted).defer("search")
    return {record.mini_program_id: record for record in found}


def _differs(record: PlatformRecord, values: Mapping[str, Any]) -> list[str]:
    """Names of what a row says otherwise than the record."""
    return [
        name
        for name in _SAID
        if (getattr(record, name).isoformat() if name == "submitted_on" else getattr(record, name)) != values[name]
    ]


def _take_rows(
    operator: PlatformOperator, batch: PlatformBatch, rows: Sequence[Mapping[str, Any]], by: Actor, now: datetime
) -> Outcome:
    there = _there(operator, rows)
    outcome = Outcome()
    for row in rows:
        values = row["values"]
        record = there.get(values["mini_program_id"])
        changed = _differs(record, values) if record is not None else []
        if record is not None and not changed:
            outcome.same += 1
            continue
        if record is None:
            identifier = values["mini_program_id"]
            record = PlatformRecord(operator=operator, mini_program_id=identifier, first_at=now, version=0)
            outcome.fresh += 1
        else:
            outcome.changed += 1
        _fill(record, values)
        record.batch, record.row_number, record.original = batch, row["row"], row["original"]
        record.version += 1
        record.updated_at = now
        record.save()
        append(
            verb="change_record" if changed else "share_record", subject=record, by=by, now=now, basis=["me-10"],
            audience=Audience.AUTHORITY,
            payload={"batch": batch.pk, "row": row["row"], "version": record.version, "fields": changed},
        )  # fmt: skip
    return outcome


def _fill(record: PlatformRecord, values: Mapping[str, Any]) -> None:
    for name in _SAID:
        setattr(record, name, values[name])
    record.submitted_on = date.fromisoformat(values["submitted_on"])
    record.province_code = values["provider_uscc"][2:4]
    record.search = tsvector(
        search_document(
            app_name=record.name, provider_name=record.provider_name, number_digits="", uscc=record.provider_uscc,
            package_ids=[record.mini_program_id],
        )
    )  # fmt: skip


def _checked(row: SheetRow, seen: dict[str, int], now: datetime) -> dict[str, Any]:
    """A row as a batch keeps it: its number, what came, what it means, and what is wrong with it."""
    errors = [{"field": problem.key, "message": problem.message} for problem in row.errors]
    wrong = {problem.key for problem in row.errors}
    values: Values = dict(row.values)

    def say(field: str, message: str) -> None:
        if field not in wrong:
            errors.append({"field": field, "message": message})

    identifier = values["mini_program_id"]
    if not _IDENTIFIER.fullmatch(identifier):
        say("mini_program_id", _("The identifier has 3 to 64 letters and digits, with . _ : - between them."))
    elif identifier in seen:
        say("mini_program_id", _("The same identifier stands in row %(row)d already.") % {"row": seen[identifier]})
    else:
        seen[identifier] = row.number
    values["provider_uscc"] = normalise_uscc(values["provider_uscc"])
    for reason in uscc_reasons(values["provider_uscc"])[:1]:
        say("provider_uscc", str(reason.message))
    day = _read_day(values["submitted_on"])
    if day is None:
        say("submitted_on", _("Write the day like 2026-09-24."))
    elif day > local_date(now):
        say("submitted_on", _("This day lies in the future."))
    else:
        values["submitted_on"] = day.isoformat()
    kind = _KINDS.get(values.get("kind", "").strip().lower())
    if kind is None:
        say("kind", _("The kind is one of: %(kinds)s.") % {"kinds": "小程序、企业号、公众号、其他"})
    values["kind"] = str(kind or "")
    removed = values.get("removed", "").strip().lower()
    if removed not in _YES | _NO:
        say("removed", _("Write yes or no."))
    values["removed"] = removed in _YES
    return {"row": row.number, "values": values, "original": dict(row.values), "errors": errors}


def _read_day(text: str) -> date | None:
    found = _DAY.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
