"""Rows for tests: plain functions, one line a row, right by default.

authority("11")            the provincial authority of Beijing (with the ministry above it)
unit(kind="enterprise")    a company registered in Beijing, with a valid made-up credit code
person()                   somebody with a confirmed address and the password ``PASSWORD``
membership(role="reviewer", unit=authority("44"))
actor("reviewer", authority("11"))
client_for(membership())   a signed-in test client that works in that unit
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.test import Client

from accounts.actors import SESSION_KEY, actor_for_membership
from accounts.data import units as seeded
from accounts.enums import Level, MembershipStatus, Role, UnitKind
from accounts.models import Membership, Person, Unit
from ledger.acts import Actor

PASSWORD = "Portal-demo-2026"
NOW = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)  # 24 September 2026, 10:00 in Beijing, a Thursday

_numbers = itertools.count(1)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def uscc(prefix: str = "91110108", serial: int | None = None) -> str:
    """A made-up unified social credit code whose check digits are right."""
    body = f"MA{(serial if serial is not None else next(_numbers)):06d}"
    values = [int(character, 36) for character in body]
    remainder = (11 - sum(w * v for w, v in zip(_ORG_WEIGHTS, values, strict=True)) % 11) % 11
    organisation = body + ("X" if remainder == 10 else str(remainder))
    first = prefix + organisation
    total = sum(_ALPHABET.index(character) * pow(3, index, 31) for index, character in enumerate(first))
    return first + _ALPHABET[(31 - total % 31) % 31]


def person(email: str = "", name: str = "", **extra: Any) -> Person:
    """Somebody with a confirmed e-mail address."""
    number = next(_numbers)
    created = Person.objects.create_user(
        email or f"person{number}@example.test", PASSWORD, name=name or f"测试人员{number}", **extra
    )
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=created, email=created.email, verified=True, primary=True)
    return created


def _save(row: Unit, parent: Unit | None) -> Unit:
    row.parent = parent
    row.save()
    row.path = f"{parent.path if parent else '/'}{row.pk}/"
    row.save(update_fields=["path"])
    return row


def authority(code: str = "11") -> Unit:
    """The seeded authority of this key, with its superiors; the same row when asked again."""
    found = Unit.objects.filter(code=code).first()
    if found is not None:
        return found
    row = next(item for item in seeded.ALL if item[0] == code)
    return _save(
        Unit(
            kind=UnitKind.AUTHORITY,
            level=row[2],
            code=code,
            name=row[3],
            name_en=row[4],
            province_code="" if code == "moe" else code[:2],
        ),
        authority(row[1]) if row[1] else None,
    )


def unit(
    kind: str = UnitKind.ENTERPRISE,
    province: str = "11",
    name: str = "",
    parent: Unit | None = None,
    **extra: Any,
) -> Unit:
    """A unit of any kind; ``kind="authority"`` gives the seeded one of ``province``.

    Companies and social organisations stand outside the tree; schools and affiliated units under
    ``parent``. The province's authority comes with it, so that the unit has somebody to file with.
    """
    if kind == UnitKind.AUTHORITY:
        return authority(province)
    number = next(_numbers)
    if province:
        authority(province)
    if kind in (UnitKind.ENTERPRISE, UnitKind.SOCIAL):
        extra.setdefault("uscc", uscc("52110000" if kind == UnitKind.SOCIAL else "91110108", number))
    return _save(Unit(kind=kind, name=name or f"测试单位{number}", province_code=province, **extra), parent)


def membership(
    role: str = Role.PROVIDER_OWNER,
    unit: Unit | None = None,
    person: Person | None = None,
    status: str = MembershipStatus.ACTIVE,
) -> Membership:
    """A place in a unit; unit and person are made where they are not given, fitting the role."""
    return Membership.objects.create(
        person=person or _person(), unit=unit or _unit_for(role), role=role, status=status
    )


_person = person
_unit = unit


def _unit_for(role: str) -> Unit:
    if role in (Role.REVIEWER, Role.REVIEW_LEAD):
        return authority("11")
    if role in (Role.MINISTRY_REVIEWER, Role.SYSADMIN):
        return authority("moe")
    if role in (Role.INSTITUTION_LEAD, Role.INSTITUTION_STAFF):
        return _unit(kind=UnitKind.SCHOOL, parent=authority("110108"), level=Level.NONE)
    if role == Role.PARTNER:
        return _unit(kind=UnitKind.PARTNER)
    return _unit()


def actor(role: str = Role.PROVIDER_OWNER, unit: Unit | None = None, person: Person | None = None) -> Actor:
    """An actor with a membership of his own."""
    return actor_for_membership(membership(role=role, unit=unit, person=person))


def client_for(member: Membership | None) -> Client:
    """A test client signed in as ``member`` and working in his unit; None: nobody signed in."""
    client = Client()
    if member is not None:
        client.force_login(member.person, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session[SESSION_KEY] = member.pk
        session.save()
    return client


def behind_the_door(rows: Any, **values: Any) -> None:
    """Updates guarded columns as no act would: for tests of what follows from a state, however it came to be."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.act', 'test', true)")
        rows.update(**values)
        cursor.execute("SELECT set_config('portal.act', '', true)")
