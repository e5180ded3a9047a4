"""Units come to be: a provider registers itself, the tree grows from above."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc as stdnum_uscc
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength, ValidationError

from accounts import hooks, rules
from accounts.enums import Level, Province, Role, UnitKind
from accounts.models import Membership, Person, Unit
from ledger.acts import Actor, Reason, Reasons, Refused, append, perform

TREE_LOCK = 0x66700001  # advisory lock: one rebuilding of the tree at a time


def normalise_uscc(text: str) -> str:
    """A unified social credit code without spaces, hyphens and full-width letters, in capitals."""
    folded = unicodedata.normalize("NFKC", text or "")
    return "".join(character for character in folded.upper() if character not in " -\t\u3000")


def uscc_reasons(code: str) -> Reasons:
    """What is wrong with a normalised code (GB 32100-2015), in words a person can act on."""
    try:
        stdnum_uscc.validate(code)
    except InvalidLength:
        return _uscc(
            "uscc_length", _("A unified social credit code has 18 characters; this one has %d.") % len(code)
        )
    except InvalidFormat:
        return _uscc(
            "uscc_characters",
            _("A unified social credit code has only digits and capital letters, without I, O, S, V and Z."),
        )
    except (InvalidChecksum, InvalidComponent, ValidationError):
        return _uscc(
            "uscc_checksum",
            _("The check digit of this code is wrong. Compare it with the licence, character by character."),
        )
    return Reasons()


def _uscc(code: str, message: object) -> Reasons:
    return Reasons.of(Reason(code, message))


def register_provider_unit(
    *,
    person: Person,
    name: str,
    kind: str,
    uscc: str,
    province: str,
    by: Actor,
    now: datetime,
    as_certified: bool = False,
) -> Membership:
    """A provider registers its unit; whoever does it is the unit's owner (Measures Art. 10).

    ``as_certified``: the certificate shows the code exactly so, although its check digit is wrong. A few older codes
    are like that; the automatic check of each filing then fails until a reviewer sets it aside with a reason.
    Effects: the unit, outside the tree; an active membership as owner; one ledger record.
    Raises :class:`Refused`: the code is wrong or registered already (then: ask to join), the kind is
    one that gets its account from above, name or province missing.
    """
    name, code = " ".join((name or "").split()), normalise_uscc(uscc)
    reasons = uscc_reasons(code)
    legacy = as_certified and reasons.codes == ["uscc_checksum"]
    said = {"as_certified": True} if legacy else {}
    if legacy:
        reasons = Reasons()
    if not name:
        reasons.append(Reason("name_missing", _("Enter the name of the unit as it stands on its licence.")))
    if kind not in rules.SELF_REGISTERING:
        reasons.append(
            Reason(
                "kind_from_above",
                _("Units of this kind do not register themselves; they are invited from above."),
            )
        )
    if province not in Province.values:
        reasons.append(Reason("province_missing", _("Choose the province where the unit is registered.")))
    elif not Unit.objects.authorities().filter(code=province).exists():
        reasons.append(Reason("no_authority", _("No authority of this province works with the portal yet.")))
    if code and Unit.objects.filter(uscc=code).exists():
        reasons.append(_taken())
    if reasons:
        raise Refused(reasons)
    try:
        with transaction.atomic():
            unit = _insert(Unit(kind=kind, name=name, uscc=code, province_code=province), parent=None)
            membership = Membership.objects.create(person=person, unit=unit, role=Role.PROVIDER_OWNER)
            append(
                verb="register_unit",
                subject=unit,
                by=by,
                now=now,
                basis=["me-10"],
                payload={"kind": kind, "uscc": code, "province": province, **said},
            )
    except IntegrityError as error:
        # Two people registered the same code at the same moment; the database let one through.
        raise Refused(Reasons.of(_taken())) from error
    return membership


def _taken() -> Reason:
    return Reason(
        "uscc_taken", _("A unit with this code is registered already. Ask its owner to let you in.")
    )


def create_unit(
    *,
    parent: Unit | None,
    kind: str,
    name: str,
    by: Actor,
    now: datetime,
    level: str = Level.NONE,
    code: str = "",
    name_en: str = "",
    uscc: str = "",
    school_code: str = "",
    province_code: str = "",
    responsible_persons: Sequence[str] = (),
    functional_department: str = "",
) -> Unit:
    """A unit of the tree, set up from above: an authority, an affiliated unit, a school.

    Effects: the unit with its path; one ledger record. The province is the superior's where none is
    given. Raises :class:`Refused`: not above the place, or a code that is wrong or taken.
    """
    reasons = rules.may_create_below(by, parent)
    normal = normalise_uscc(uscc)
    if normal:
        reasons = Reasons.of(reasons, uscc_reasons(normal))
    if not " ".join((name or "").split()):
        reasons.append(Reason("name_missing", _("Enter the name of the unit.")))
    if kind == UnitKind.AUTHORITY and (not code or level == Level.NONE):
        reasons.append(Reason("key_missing", _("An authority needs its key and its level.")))
    if reasons:
        raise Refused(reasons)
    unit = Unit(
        kind=kind,
        level=level,
        code=code,
        name=" ".join(name.split()),
        name_en=name_en,
        uscc=normal,
        school_code=school_code,
        province_code=province_code or (parent.province_code if parent else ""),
        functional_department=functional_department,
        responsible_persons=list(responsible_persons),
    )
    try:
        with transaction.atomic():
            unit = _insert(unit, parent=parent)
            append(
                verb="create_unit",
                subject=unit,
                by=by,
                now=now,
                payload={"kind": kind, "level": level, "code": code, "parent": parent.pk if parent else None},
            )
    except IntegrityError as error:
        raise Refused(
            Reasons.of(
                Reason("key_taken", _("Another unit has this key, school code or credit code already."))
            )
        ) from error
    return unit


def _insert(unit: Unit, *, parent: Unit | None) -> Unit:
    """Saves a new unit with its path; neither the superior nor what stands above it is moved meanwhile."""
    above = ""
    if parent is not None:
        keep_tree()
        above = Unit.objects.select_for_update(no_key=True).get(pk=parent.pk).path
    unit.parent = parent
    unit.save()
    unit.path = f"{above or '/'}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit


def keep_tree() -> None:
    """No unit is moved until the transaction ends; many may ask for that at once.

    The rows of a move's subtree are those of its beginning: a unit that comes into being below one of them meanwhile
    would stand under its old path for good, in another's jurisdiction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [TREE_LOCK])


def move_unit(*, unit: Unit, parent: Unit, by: Actor, now: datetime) -> Unit:
    """Puts ``unit`` with all that stands below it under another superior.

    Effects: the paths of the whole subtree, in one statement; one ledger record; rooms above that listen
    for ``hooks.UNIT_MOVED`` let their matters follow. One move at a time,
    so that two crossing moves cannot make a ring. Raises :class:`Refused`.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])
        # Read again under the lock: the caller's copies may be from before another move.
        new_parent = Unit.objects.select_for_update(no_key=True).get(pk=parent.pk)
        old_parent_id = Unit.objects.values_list("parent_id", flat=True).get(pk=unit.pk)
        old_path = Unit.objects.values_list("path", flat=True).get(pk=unit.pk)
        new_path = f"{new_parent.path}{unit.pk}/"

        def change(row: Unit) -> None:
            row.parent = new_parent
            row.path = new_path

        moved = perform(
            verb="move_unit",
            subject=unit,
            by=by,
            now=now,
            rule=lambda actor, row: rules.may_move(actor, row, new_parent),
            change=change,
            payload={"from": old_parent_id, "to": new_parent.pk},
        )
        Unit.objects.filter(path__startswith=old_path).exclude(pk=unit.pk).update(
            path=Concat(Value(new_path), Substr(F("path"), len(old_path) + 1))
        )
        hooks.tell(hooks.UNIT_MOVED, moved, now=now)
    return moved


def lock_unit(unit_id: int) -> Unit:
    """Locks a unit's row: decisions about its members are taken one after another."""
    return Unit.objects.select_for_update(no_key=True).get(pk=unit_id)


def hold(*keys: int) -> dict[int, Unit]:
    """Units by key, as they are now and until the transaction ends: none of them is closed or moved meanwhile.

    Many may hold a unit at once. For who writes something that lies with a unit or belongs to it: closing an
    authority, ending a role or handing a unit over either waits for that and sees it, or was first, and the rows
    say so. Held before anything below the unit is locked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_unit WHERE id = ANY(%s) ORDER BY id FOR SHARE", [list(keys)])
    return Unit.objects.in_bulk(keys)
