"""A unit from above in one go: set up under its superior, and the person in charge invited."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.domain.invitations import invite_many
from accounts.domain.units import keep_tree, normalise_uscc, uscc_reasons
from accounts.enums import KINDS_FROM_ABOVE, Province, Role, UnitKind
from accounts.models import Invitation, Unit
from ledger.acts import Actor, Reason, Reasons, Refused, append_many

#: school codes of XPCC carry the province it lies in, or the key it has here
_XPCC_CODES = frozenset({"65", "66"})
NEEDS_SCHOOL_CODE = frozenset({UnitKind.SCHOOL, UnitKind.UNIVERSITY})
#: what a school or an affiliated unit may stand under
SUPERIOR_KINDS = (UnitKind.AUTHORITY, UnitKind.AFFILIATED, UnitKind.UNIVERSITY)


def normalise_school_code(text: str) -> str:
    """A school code without spaces and hyphens, full-width digits folded."""
    folded = unicodedata.normalize("NFKC", text or "")
    return "".join(sign for sign in folded if sign not in " -\t\u3000")


def school_code_reasons(code: str, province_code: str = "") -> Reasons:
    """What is wrong with a school code: two digits of the kind, two of the province, six of the serial.

    ``province_code`` is the superior's; empty (under the ministry) means that any province will do.
    """
    if not (len(code) == 10 and code.isascii() and code.isdigit()):
        return Reasons.of(Reason("school_code", _("A school code has 10 digits and nothing else.")))
    if code[:2] == "00":
        return Reasons.of(Reason("school_code", _("The first two digits of a school code name the kind, not 00.")))
    if code[4:] == "000000":
        return Reasons.of(Reason("school_code", _("The last six digits of a school code are its serial, not 000000.")))
    province = code[2:4]
    if province not in Province.values:
        return Reasons.of(
            Reason("school_code", _("Digits 3 and 4 of a school code name the province; %s is none.") % province)
        )
    fits = not province_code or province == province_code or (province_code == "66" and province in _XPCC_CODES)
    if not fits:
        return Reasons.of(
            Reason(
                "school_code_province",
                _("This school code belongs to %(there)s, its superior to %(here)s.")
                % {"there": Province(province).label, "here": Province(province_code).label},
            )
        )
    return Reasons()


def email_reasons(address: str) -> Reasons:
    """Whether the address of the person in charge can be one."""
    try:
        validate_email(address)
    except ValidationError:
        return Reasons.of(Reason("email_wrong", _("This is no e-mail address.")))
    return Reasons()


def unit_reasons(
    *, kind: str, name: str, school_code: str, uscc: str, person: str, email: str, province_code: str
) -> Reasons:
    """What is wrong with the data of a unit, as far as they can be judged by themselves. No query."""
    reasons = Reasons()
    if kind not in KINDS_FROM_ABOVE:
        reasons.append(Reason("kind_from_above", _("Choose school, university or affiliated unit.")))
    if not name.strip():
        reasons.append(Reason("name_missing", _("Enter the name of the unit.")))
    if school_code:
        reasons.extend(school_code_reasons(school_code, province_code))
    elif kind in NEEDS_SCHOOL_CODE:
        reasons.append(Reason("school_code", _("Schools and universities have a school code of 10 digits; enter it.")))
    if uscc:
        reasons.extend(uscc_reasons(uscc))
    if not person.strip():
        reasons.append(Reason("person_missing", _("Enter the name of the person in charge.")))
    if email:
        reasons.extend(email_reasons(email))
    else:
        reasons.append(Reason("email_missing", _("Enter the e-mail address of the person.")))
    return reasons


@dataclass(frozen=True, slots=True)
class NewUnit:
    """What is said of a unit that is to be set up, in normal form (see :func:`new_unit`)."""

    parent: Unit
    kind: str
    name: str
    school_code: str
    uscc: str
    person: str
    email: str

    @property
    def province_code(self) -> str:
        """The superior's province; under the ministry the one of the school code."""
        inside = self.school_code[2:4] if len(self.school_code) == 10 else ""
        return self.parent.province_code or (inside if inside in Province.values else "")


def new_unit(
    *, parent: Unit, kind: str, name: str, person: str, email: str, school_code: str = "", uscc: str = ""
) -> NewUnit:
    """Brings what was typed into normal form."""
    return NewUnit(
        parent, kind, " ".join((name or "").split()), normalise_school_code(school_code), normalise_uscc(uscc),
        person.strip(), email.strip().lower(),
    )  # fmt: skip


def refusals_of(units: Sequence[NewUnit], by: Actor) -> list[Reasons]:
    """Why each of them cannot be set up, in their order; one query for all."""
    answers = []
    for row in units:
        reasons = Reasons.of(
            rules.may_create_below(by, row.parent),
            unit_reasons(
                kind=row.kind, name=row.name, school_code=row.school_code, uscc=row.uscc, person=row.person,
                email=row.email, province_code=row.parent.province_code,
            ),
        )  # fmt: skip
        if row.parent.kind not in SUPERIOR_KINDS or not row.parent.active:
            reasons.append(Reason("superior", _("Nothing can be set up under this unit.")))
        answers.append(reasons)
    _add_taken(units, answers)
    return answers


def _add_taken(units: Sequence[NewUnit], answers: list[Reasons]) -> None:
    """Another unit has one of the codes, or the name under the same superior; also one earlier in the list."""
    codes = {row.school_code for row in units} - {""}
    credit_codes = {row.uscc for row in units} - {""}
    names = {row.name for row in units}
    parents = {row.parent.pk for row in units}
    there = set()
    wanted = Q(parent_id__in=parents, name__in=names) | Q(school_code__in=codes) | Q(uscc__in=credit_codes)
    for code, credit, parent_id, name in Unit.objects.filter(wanted).values_list(
        "school_code", "uscc", "parent_id", "name"
    ):
        there |= {("code", code), ("uscc", credit), (parent_id, name)}
    for row, reasons in zip(units, answers, strict=True):
        if row.school_code and ("code", row.school_code) in there:
            reasons.append(Reason("school_code_taken", _("A unit with this school code is set up already.")))
        if row.uscc and ("uscc", row.uscc) in there:
            reasons.append(Reason("uscc_known", _("A unit with this credit code is registered already.")))
        if not reasons and (row.parent.pk, row.name) in there:
            reasons.append(Reason("name_taken", _("A unit with this name stands under this superior already.")))
        if not reasons:
            there |= {("code", row.school_code), ("uscc", row.uscc), (row.parent.pk, row.name)}


def set_up_unit(*, by: Actor, now: datetime, **said: Any) -> tuple[Unit, Invitation]:
    """One school or affiliated unit under its superior, and the invitation of its person in charge.

    ``said`` as in :func:`new_unit`. Effects and refusals as in :func:`set_up_units`.
    """
    row = new_unit(**said)
    reasons = refusals_of([row], by)[0]
    if reasons:
        raise Refused(reasons)
    return set_up_units(units=[row], by=by, now=now)[0]


def set_up_units(*, units: Sequence[NewUnit], by: Actor, now: datetime) -> list[tuple[Unit, Invitation]]:
    """Schools and affiliated units under their superiors, and their persons in charge invited (Measures notice 1).

    Downwards only: every superior stands in the actor's own subtree. All or none. Effects of each: the unit with its
    path; the invitation as person in charge, with its e-mail; a ledger record of both. A dozen statements, however
    many. Raises :class:`Refused` with the reasons of the first that cannot be set up, also where somebody else took
    a code meanwhile.
    """
    for reasons in refusals_of(units, by):
        if reasons:
            raise Refused(reasons)
    try:
        with transaction.atomic():
            made = _insert_units(units)
            append_many(
                verb="create_unit", subjects=made, by=by, now=now,
                payload=lambda row: {"kind": row.kind, "level": row.level, "code": "", "parent": row.parent_id},
            )  # fmt: skip
            people = [(row.person, row.email) for row in units]
            invitations = invite_many(
                units=made, people=people, role=Role.INSTITUTION_LEAD, by=by, now=now
            )
    except IntegrityError as error:
        taken = _("Another unit has this key, school code or credit code already.")
        raise Refused(Reasons.of(Reason("key_taken", taken))) from error
    return list(zip(made, invitations, strict=True))


def _insert_units(units: Sequence[NewUnit]) -> list[Unit]:
    """Saves them with their paths; neither the superiors nor what stands above them is moved meanwhile."""
    keep_tree()
    wanted = sorted({row.parent.pk for row in units})
    parents = {row.pk: row for row in Unit.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('accounts_unit', 'id')) FROM generate_series(1, %s)", [len(units)]
        )
        keys = [key for (key,) in cursor.fetchall()]
    return Unit.objects.bulk_create(
        [
            Unit(
                pk=key, kind=row.kind, name=row.name, school_code=row.school_code, uscc=row.uscc,
                province_code=row.province_code, parent=parents[row.parent.pk],
                path=f"{parents[row.parent.pk].path}{key}/",
            )
            for key, row in zip(keys, units, strict=True)
        ]
    )  # fmt: skip
