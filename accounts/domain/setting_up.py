"""A unit from above in one go: set up under its superior, and the person in charge invited."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.domain.invitations import invite
from accounts.domain.units import create_unit, normalise_uscc, uscc_reasons
from accounts.enums import KINDS_FROM_ABOVE, Province, Role, UnitKind
from accounts.models import Invitation, Unit
from ledger.acts import Actor, Reason, Reasons, Refused

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
        return Reasons.of(Reason("school_code", _("A school code has 10 digits; this one has %d.") % len(code)
                                 if code.isdigit() else _("A school code has 10 digits and nothing else.")))  # fmt: skip
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
    reasons.extend(email_reasons(email) if email else [Reason("email_missing", _("Enter the e-mail address of the person."))])
    return reasons


def taken_reasons(*, parent: Unit, name: str, school_code: str, uscc: str) -> Reasons:
    """Whether another unit has one of the codes, or the name under the same superior. One query."""
    same = Q(parent_id=parent.pk, name=name)
    if school_code:
        same |= Q(school_code=school_code)
    if uscc:
        same |= Q(uscc=uscc)
    reasons = Reasons()
    for row in Unit.objects.filter(same).values_list("school_code", "uscc")[:3]:
        if school_code and row[0] == school_code:
            reasons.append(Reason("school_code_taken", _("A unit with this school code is set up already.")))
        elif uscc and row[1] == uscc:
            reasons.append(Reason("uscc_known", _("A unit with this credit code is registered already.")))
        else:
            reasons.append(Reason("name_taken", _("A unit with this name stands under this superior already.")))
    return reasons


def set_up_unit(
    *,
    parent: Unit,
    kind: str,
    name: str,
    person: str,
    email: str,
    by: Actor,
    now: datetime,
    school_code: str = "",
    uscc: str = "",
) -> tuple[Unit, Invitation]:
    """A school or affiliated unit under ``parent``, and the invitation of its person in charge (Measures notice 1).

    Downwards only: ``parent`` stands in the actor's own subtree. Effects: the unit; the invitation as person in
    charge, with its e-mail; a ledger record of each; all or nothing. Raises :class:`Refused` with every reason.
    """
    name, code, credit = " ".join((name or "").split()), normalise_school_code(school_code), normalise_uscc(uscc)
    province = parent.province_code or (code[2:4] if len(code) == 10 else "")
    reasons = unit_reasons(
        kind=kind, name=name, school_code=code, uscc=credit, person=person, email=email.strip(),
        province_code=parent.province_code,
    )  # fmt: skip
    if parent.kind not in SUPERIOR_KINDS or not parent.active:
        reasons.append(Reason("superior", _("Nothing can be set up under this unit.")))
    if not reasons:
        reasons = taken_reasons(parent=parent, name=name, school_code=code, uscc=credit)
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        unit = create_unit(
            parent=parent, kind=kind, name=name, school_code=code, uscc=credit,
            province_code=province if province in Province.values else "", by=by, now=now,
        )  # fmt: skip
        invitation, _secret = invite(
            unit=unit, email=email, name=person, role=Role.INSTITUTION_LEAD, by=by, now=now
        )
    return unit, invitation
