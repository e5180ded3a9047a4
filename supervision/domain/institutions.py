"""A province renews its list of licensed off-campus training institutions from a table (Opinions 17)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.domain.units import normalise_uscc, uscc_reasons
from accounts.models import Unit
from accounts.sheets import Column, Limits, SheetRow
from ledger.acts import Actor, Audience, Reason, Reasons, Refused, append, canonical
from rulebook.time import local_date
from supervision import rules
from supervision.models import InstitutionBatch, TrainingInstitution

MOST_ROWS = 5_000
LIMITS = Limits(rows=MOST_ROWS, cell=500)
COLUMNS = (
    Column("name", ("机构名称", "名称", "Name"), required=True, longest=120),
    Column("licence_number", ("办学许可证号", "许可证编号", "Licence number"), required=True, longest=60),
    Column("uscc", ("统一社会信用代码", "Unified social credit code", "USCC"), optional_heading=True, longest=30),
    Column("licence_until", ("有效期至", "Valid until"), optional_heading=True, longest=40),
    Column("licensed_by", ("发证机关", "审批机关", "Licensed by"), optional_heading=True, longest=120),
    Column("listed_on", ("公布日期", "Listed on"), optional_heading=True, longest=40),
    Column("source", ("名单网址", "Source"), optional_heading=True, longest=300),
)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?")
_SAID = ("name", "uscc", "licence_until", "licensed_by", "listed_on", "source")
_DAYS = ("licence_until", "listed_on")
_is_address = URLValidator(schemes=["http", "https"])


def prepare_institutions(*, rows: Iterable[SheetRow], name: str, by: Actor, now: datetime) -> InstitutionBatch:
    """Reads a table into a batch that is looked at before it is taken in; nothing else changes.

    Raises ``Refused`` (not a province), and whatever reading the rows raises (``SheetRefused``).
    """
    reasons = rules.keeps_institutions(by)
    if reasons:
        raise Refused(reasons)
    seen: dict[str, int] = {}
    kept = [_checked(row, seen, now) for row in rows]
    right = sum(1 for row in kept if not row["errors"])
    return InstitutionBatch.objects.create(
        authority_id=by.unit_id, name=name[:160], rows=kept, right=right, wrong=len(kept) - right, created_at=now,
        sha256=hashlib.sha256(canonical({"rows": kept}).encode()).hexdigest(), created_by_id=by.person_id,
    )  # fmt: skip


def compare_institutions(batch: InstitutionBatch, rows: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """"new", "changed" or "same" by row number; one query."""
    there = _there(batch, rows)
    said = {}
    for row in rows:
        line = there.get(row["values"]["licence_number"])
        said[row["row"]] = "new" if line is None else "changed" if _differs(line, row) else "same"
    return said


def take_institutions(*, batch: InstitutionBatch, by: Actor, now: datetime) -> InstitutionBatch:
    """Takes the right rows in, by the number of the licence; what the table does not name stays as it was.

    Effects: new and changed lines of the province's list, the counts of the batch, one ledger record. Taken in once:
    asked again it answers as before. Raises ``Refused`` (another authority's, nothing right in it).
    """
    reasons = Reasons.of(rules.keeps_institutions(by), rules.works_for(by, batch.authority_id))
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        # one table of a province at a time: two that bring the same licence must not both call it new
        authority = Unit.objects.select_for_update(no_key=True).get(pk=batch.authority_id)
        row = InstitutionBatch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
        if row.taken_at is not None:
            return row
        right = [one for one in row.rows if not one["errors"]]
        if not right:
            raise Refused(Reasons.of(Reason("nothing_right", _("No row of this table can be taken in."))))
        there = _there(row, right)
        fresh, changed = [], []
        for one in right:
            line = there.get(one["values"]["licence_number"])
            if line is not None and not _differs(line, one):
                continue
            (fresh if line is None else changed).append(_filled(line, one, authority.province_code))
        TrainingInstitution.objects.bulk_create(fresh)
        TrainingInstitution.objects.bulk_update(changed, _SAID, batch_size=500)
        row.fresh, row.changed, row.same = len(fresh), len(changed), len(right) - len(fresh) - len(changed)
        row.taken_at = now
        row.save(update_fields=["fresh", "changed", "same", "taken_at"])
        append(
            verb="take_institutions", subject=row, by=by, now=now, basis=["op-17"], audience=Audience.AUTHORITY,
            payload={"sha256": row.sha256, "new": row.fresh, "changed": row.changed, "same": row.same,
                     "wrong": row.wrong},
        )  # fmt: skip
    return row


def _there(batch: InstitutionBatch, rows: Sequence[Mapping[str, Any]]) -> dict[str, TrainingInstitution]:
    wanted = [row["values"]["licence_number"] for row in rows]
    found = TrainingInstitution.objects.filter(
        province_code=batch.authority.province_code, licence_number__in=wanted
    )
    return {line.licence_number: line for line in found}


def _said(line: TrainingInstitution, name: str) -> str:
    value = getattr(line, name)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _told(row: Mapping[str, Any]) -> list[str]:
    """What the row says of a line that is there: a column that the table lacks, or no day of listing, says nothing."""
    there = row.get("there", _SAID)
    return [name for name in _SAID if name in there and (name != "listed_on" or row["original"][name].strip())]


def _differs(line: TrainingInstitution, row: Mapping[str, Any]) -> bool:
    return any(_said(line, name) != row["values"][name] for name in _told(row))


def _filled(line: TrainingInstitution | None, row: Mapping[str, Any], province: str) -> TrainingInstitution:
    values, names = row["values"], _SAID if line is None else _told(row)
    line = line or TrainingInstitution(province_code=province, licence_number=values["licence_number"])
    for name in names:
        value = values[name]
        setattr(line, name, (date.fromisoformat(value) if value else None) if name in _DAYS else value)
    return line


def _checked(row: SheetRow, seen: dict[str, int], now: datetime) -> dict[str, Any]:
    """A row as a batch keeps it: its number, what came, what it means, and what is wrong with it."""
    errors = [{"field": problem.key, "message": problem.message} for problem in row.errors]
    wrong = {problem.key for problem in row.errors}
    values = {column.key: row.values.get(column.key, "").strip() for column in COLUMNS}

    def say(field: str, message: str) -> None:
        if field not in wrong:
            wrong.add(field)
            errors.append({"field": field, "message": message})

    number = values["licence_number"]
    if number in seen:
        say("licence_number", _("The same number stands in row %(row)d already.") % {"row": seen[number]})
    elif number:
        seen[number] = row.number
    if values["uscc"]:
        values["uscc"] = normalise_uscc(values["uscc"])
        for reason in uscc_reasons(values["uscc"])[:1]:
            say("uscc", str(reason.message))
    for name in _DAYS:
        if values[name]:
            day = _read_day(values[name])
            if day is None:
                say(name, _("Write the day like 2026-09-24."))
            elif name == "listed_on" and day > local_date(now):
                say(name, _("This day lies in the future."))
            else:
                values[name] = day.isoformat()
    values["listed_on"] = values["listed_on"] or local_date(now).isoformat()
    if values["source"]:
        try:
            _is_address(values["source"])
        except ValidationError:
            say("source", _("Give the address of the page where it is published."))
    return {
        "row": row.number, "values": values, "original": dict(row.values), "there": sorted(row.there),
        "errors": errors,
    }  # fmt: skip


def _read_day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
