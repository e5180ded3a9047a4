"""A table of units, row by row: its columns, what is wrong with a row, and what is left to do for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.domain.setting_up import SUPERIOR_KINDS, normalise_school_code, unit_reasons
from accounts.domain.units import normalise_uscc
from accounts.enums import KINDS_FROM_ABOVE, MembershipStatus, Role, RowOutcome, UnitKind
from accounts.models import ImportRow, Invitation, Membership, Unit
from accounts.sheets import Column, Limits, SheetRow
from accounts.sheets.rows import fold

#: up to so many units in one table; larger ones are split
LIMITS = Limits(size=5 * 1024 * 1024, rows=5_000, columns=60)
ASKED_AT_ONCE = 1_000

#: key → (Chinese title, English title, further titles)
TITLES: dict[str, tuple[str, ...]] = {
    "name": ("单位名称", "Name of the unit", "学校名称", "学校（机构）名称"),
    "kind": ("单位类别", "Kind of unit", "类别", "学校类别"),
    "school_code": ("学校标识码", "School code", "学校代码", "学校（机构）标识码"),
    "uscc": ("统一社会信用代码", "Unified social credit code", "信用代码"),
    "superior": ("上级单位", "Superior", "主管部门", "上级主管部门"),
    "person": ("负责人姓名", "Person in charge", "负责人"),
    "email": ("负责人邮箱", "E-mail", "邮箱", "电子邮箱"),
}
_OPTIONAL = frozenset({"uscc", "superior"})
_REQUIRED = frozenset({"name", "kind", "person", "email"})
_LONGEST = {"name": 120, "kind": 40, "school_code": 40, "uscc": 40, "superior": 120, "person": 80, "email": 254}
KIND_WORDS: dict[str, str] = {
    fold(word): kind
    for kind, words in {
        UnitKind.SCHOOL: ("school", "学校", "中小学", "小学", "初中", "高中", "中学", "幼儿园", "中职", "中等职业学校"),
        UnitKind.UNIVERSITY: ("university", "高等学校", "高校", "大学", "高职"),
        UnitKind.AFFILIATED: ("affiliated", "affiliated unit", "直属单位", "直属事业单位"),
    }.items()
    for word in words
}
#: which column a reason of the verbs is about
KEY_OF_REASON = {
    "kind_from_above": "kind", "name_missing": "name", "name_taken": "name", "school_code": "school_code",
    "school_code_province": "school_code", "school_code_taken": "school_code", "uscc_length": "uscc",
    "uscc_characters": "uscc", "uscc_checksum": "uscc", "uscc_known": "uscc", "person_missing": "person",
    "email_missing": "email", "email_wrong": "email", "superior": "superior",
}  # fmt: skip


def titles() -> dict[str, str]:
    """The heading of every column in the active language."""
    english = (get_language() or "").startswith("en")
    return {key: words[1 if english else 0] for key, words in TITLES.items()}


def columns() -> list[Column]:
    """What is read from a table; headings in either language will do."""
    shown = titles()
    return [
        Column(
            key, (shown[key], *words), required=key in _REQUIRED, optional_heading=key in _OPTIONAL,
            longest=_LONGEST[key],
        )
        for key, words in TITLES.items()
    ]  # fmt: skip


@dataclass
class _Seen:
    """The rows that had a code, or a name under a superior, first."""

    rows: dict[tuple[str, ...], int] = field(default_factory=dict)

    def before(self, number: int, *key: str) -> int | None:
        """The earlier row with this key; else this row is remembered."""
        first = self.rows.setdefault(key, number)
        return first if first != number else None


def planned(rows: Iterable[SheetRow], unit: Unit, now: datetime) -> Iterator[ImportRow]:
    """Unsaved rows with what is wrong with each, or what is left to do for it.

    A handful of queries for every thousand rows. Duplicates are found over the whole table.
    """
    seen = _Seen()
    chunk: list[SheetRow] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == ASKED_AT_ONCE:
            yield from _planned(chunk, unit, now, seen)
            chunk = []
    if chunk:
        yield from _planned(chunk, unit, now, seen)


def _planned(chunk: Sequence[SheetRow], unit: Unit, now: datetime, seen: _Seen) -> list[ImportRow]:
    superiors = _superiors({row.values["superior"] for row in chunk if row.values["superior"]}, unit)
    made: list[ImportRow] = []
    for row in chunk:
        values = dict(row.values)
        values["name"] = " ".join(values["name"].split())
        values["school_code"] = normalise_school_code(values["school_code"])
        values["uscc"] = normalise_uscc(values["uscc"])
        values["email"] = values["email"].lower()
        problems = [{"key": problem.key, "text": problem.message} for problem in row.errors]
        parent, complaint = _superior(values["superior"], unit, superiors)
        if complaint:
            problems.append({"key": "superior", "text": complaint})
        problems += _own_problems(values, parent, {problem["key"] for problem in problems})
        problems += _twice(values, parent, row.number, seen)
        made.append(ImportRow(number=row.number, values=values, parent=parent, problems=problems))
    _compare(made, unit, now)
    for item in made:
        if item.problems:
            item.outcome, item.unit = RowOutcome.FAULTY, None
    return made


def _own_problems(values: dict[str, str], parent: Unit | None, said: set[str]) -> list[dict[str, str]]:
    """What is wrong with the row by itself; a column that was complained about is not complained about twice."""
    kind = KIND_WORDS.get(fold(values["kind"]), "")
    reasons = unit_reasons(
        kind=kind or (UnitKind.SCHOOL if "kind" in said else ""), name=values["name"],
        school_code=values["school_code"], uscc=values["uscc"], person=values["person"], email=values["email"],
        province_code=parent.province_code if parent else "",
    )  # fmt: skip
    found = []
    for reason in reasons:
        key = KEY_OF_REASON.get(reason.code, "")
        if key not in said:
            found.append({"key": key, "text": str(reason.message)})
            said.add(key)
    return found


def _twice(values: dict[str, str], parent: Unit | None, number: int, seen: _Seen) -> list[dict[str, str]]:
    found = []
    for key in ("school_code", "uscc"):
        first = seen.before(number, key, values[key]) if values[key] else None
        if first is not None:
            found.append({"key": key, "text": _("Row %(row)d has the same code.") % {"row": first}})
    if not found and values["name"] and parent is not None:
        first = seen.before(number, "name", str(parent.pk), values["name"])
        if first is not None:
            found.append({"key": "name", "text": _("Row %(row)d has the same name and superior.") % {"row": first}})
    return found


# --- superiors -------------------------------------------------------------------------------------


def _superiors(texts: set[str], unit: Unit) -> dict[str, list[Unit]]:
    """Units of the subtree that may have others under them, by every text that names them."""
    if not texts:
        return {}
    named = Q(name__in=texts) | Q(code__in=texts) | Q(school_code__in=texts) | Q(uscc__in=texts)
    found: dict[str, list[Unit]] = {}
    rows = Unit.objects.below(unit).filter(named, active=True, kind__in=SUPERIOR_KINDS)
    for row in rows.only("pk", "name", "code", "school_code", "uscc", "province_code", "path", "kind", "level"):
        for text in {row.name, row.code, row.school_code, row.uscc} & texts:
            found.setdefault(text, []).append(row)
    return found


def _superior(text: str, unit: Unit, superiors: dict[str, list[Unit]]) -> tuple[Unit | None, str]:
    """The superior that a row names, or what is wrong with it. Nothing said: the authority itself."""
    if not text:
        return unit, ""
    rows = superiors.get(text, [])
    if len(rows) == 1:
        return rows[0], ""
    if rows:
        return None, _("More than one unit has this name; write its key or code instead.")
    return None, _("There is no such unit in your own subtree. If it stands in this table, run the table again later.")


# --- what is there already -------------------------------------------------------------------------


def _compare(rows: list[ImportRow], unit: Unit, now: datetime) -> None:
    """Finds what is set up already and what of it is left to do. Four queries for all rows."""
    by_code, by_uscc, by_name = _existing(rows)
    matched: dict[int, list[ImportRow]] = {}
    for row in rows:
        row.outcome = RowOutcome.CREATE
        values = row.values
        code, uscc = by_code.get(values["school_code"]), by_uscc.get(values["uscc"])
        same = code or uscc or (by_name.get((row.parent_id, values["name"])) if row.parent_id else None)
        if same is None:
            continue
        key = "school_code" if code else "uscc" if uscc else "name"
        complaint = _differs(row, same, key, unit)
        if code and uscc and code.pk != uscc.pk:
            complaint = {"key": "uscc", "text": _("The credit code and the school code belong to different units.")}
        if complaint:
            row.problems.append(complaint)
        elif not row.problems:
            row.unit = same
            matched.setdefault(same.pk, []).append(row)
    if not matched:
        return
    joined = set(
        Membership.objects.filter(
            unit_id__in=matched, role=Role.INSTITUTION_LEAD, status=MembershipStatus.ACTIVE
        ).values_list("unit_id", flat=True)
    )
    invited = set(
        Invitation.objects.filter(
            unit_id__in=matched, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now
        ).values_list("unit_id", "email")
    )
    for pk, same_rows in matched.items():
        for row in same_rows:
            done = pk in joined or (pk, row.values["email"]) in invited
            row.outcome = RowOutcome.KNOWN if done else RowOutcome.INVITE


def _existing(rows: list[ImportRow]) -> tuple[dict[str, Unit], dict[str, Unit], dict[Any, Unit]]:
    codes = {row.values["school_code"] for row in rows} - {""}
    credit_codes = {row.values["uscc"] for row in rows} - {""}
    names = {row.values["name"] for row in rows} - {""}
    parents = {row.parent_id for row in rows if row.parent_id}
    wanted = Unit.objects.only(
        "pk", "name", "kind", "school_code", "uscc", "path", "parent_id", "active", "province_code", "level", "code"
    )
    by_code = {row.school_code: row for row in wanted.filter(school_code__in=codes)} if codes else {}
    by_uscc = {row.uscc: row for row in wanted.filter(uscc__in=credit_codes)} if credit_codes else {}
    by_name: dict[Any, Unit] = {}
    if names and parents:
        by_name = {(row.parent_id, row.name): row for row in wanted.filter(parent_id__in=parents, name__in=names)}
    return by_code, by_uscc, by_name


def _differs(row: ImportRow, same: Unit, key: str, unit: Unit) -> dict[str, str] | None:
    """What stands against taking the unit that is there for the one of the row. Tells nothing of other branches."""
    values = row.values
    if not same.path.startswith(unit.path):
        return {"key": key, "text": _("A unit outside your subtree has this code; ask the portal’s administrator.")}
    if not same.active:
        return {"key": key, "text": _("This unit is closed.")}
    if same.name != values["name"]:
        return {"key": key, "text": _("This code belongs to “%(name)s”.") % {"name": same.name}}
    if same.kind not in KINDS_FROM_ABOVE or same.kind != KIND_WORDS.get(fold(values["kind"]), same.kind):
        return {"key": "kind", "text": _("This unit is set up with another kind.")}
    if row.parent_id and same.parent_id != row.parent_id:
        return {"key": "superior", "text": _("This unit is set up under another superior.")}
    if values["school_code"] and same.school_code and same.school_code != values["school_code"]:
        return {"key": "school_code", "text": _("This unit is set up with another school code.")}
    return None
