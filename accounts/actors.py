"""From a signed-in person to an actor: the one membership he works in at the moment."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.enums import MembershipStatus, Role
from accounts.models import Membership, Person
from ledger import rows
from ledger.acts import Actor

SESSION_KEY = "membership_id"


def actor_for_membership(
    membership: Membership, *, kind: str = "person", scopes: frozenset[str] = frozenset()
) -> Actor:
    """The actor of one membership; reads ``membership.unit`` and ``membership.person``."""
    unit = membership.unit
    return Actor(
        person_id=membership.person_id,
        unit_id=membership.unit_id,
        role=membership.role,
        unit_name=unit.name,
        kind=kind,
        person_name=membership.person.name or membership.person.email,
        unit_path=unit.path,
        unit_code=unit.code,
        province_code=unit.province_code,
        unit_level=unit.level,
        unit_kind=unit.kind,
        scopes=scopes,
    )


_READ_ALONG = "_memberships_in_force"
#: as ``Membership.objects.active()``; asked on every signed-in request
_IN_FORCE = "WHERE t0.person_id = %s AND t0.status = %s AND t1.active ORDER BY t0.id"


def memberships_of(person: Person) -> list[Membership]:
    """The person's memberships in force, oldest first, with their units; one query."""
    found = rows.read(Membership, _IN_FORCE, [person.pk, MembershipStatus.ACTIVE], related=("unit",))
    for row in found:
        row.person = person
    return found


def person_with_memberships(pk: int) -> Person | None:
    """Who is signed in. One query reads the memberships in force along, for ``memberships_for``."""
    found = rows.read(Membership, _IN_FORCE, [pk, MembershipStatus.ACTIVE], related=("unit", "person"))
    people = [found[0].person] if found else rows.read(Person, "WHERE t0.id = %s", [pk])
    if not people:
        return None
    for row in found:
        row.person = people[0]
    setattr(people[0], _READ_ALONG, found)
    return people[0]


def choose(memberships: list[Membership], wanted: Any) -> Membership | None:
    """The wanted membership, or else the first: a choice that has ended must not lock anybody out."""
    for membership in memberships:
        if str(membership.pk) == str(wanted):
            return membership
    return memberships[0] if memberships else None


def actor_for_person(person: Person | AnonymousUser, membership: Membership | None) -> Actor | None:
    """Actor of ``membership``; an administrator without any unit still acts as administrator."""
    if membership is not None:
        return actor_for_membership(membership)
    if isinstance(person, Person) and person.is_superuser:
        return Actor(
            person_id=person.pk, unit_id=None, role=Role.SYSADMIN, person_name=person.name or person.email
        )
    return None


def actor_for(request: HttpRequest) -> Actor | None:
    """The actor of this request: the token's, or the membership chosen in the session; else None.

    Costs one query on a signed-in request, and none on a second call.
    """
    request = getattr(request, "_request", request)
    cached = request.__dict__.get("_actor", ...)
    if cached is not ...:
        return cached
    person = getattr(request, "user", None)
    actor = actor_for_person(person, membership_for(request)) if isinstance(person, Person) else None
    request.__dict__["_actor"] = actor
    return actor


def memberships_for(request: HttpRequest) -> list[Membership]:
    """All memberships in force of who is signed in, for the switch; read once a request."""
    request = getattr(request, "_request", request)
    if "_memberships" not in request.__dict__:
        person = getattr(request, "user", None)
        signed_in = person is not None and person.is_authenticated
        kept = getattr(person, _READ_ALONG, None) if signed_in else []
        request.__dict__["_memberships"] = memberships_of(person) if kept is None else kept  # type: ignore[arg-type]
    return request.__dict__["_memberships"]


def membership_for(request: HttpRequest) -> Membership | None:
    """The membership that is worked in now."""
    request = getattr(request, "_request", request)
    if "_membership" not in request.__dict__:
        wanted = request.session.get(SESSION_KEY) if hasattr(request, "session") else None
        request.__dict__["_membership"] = choose(memberships_for(request), wanted)
    return request.__dict__["_membership"]


def work_as(request: HttpRequest, membership: Membership, *, token: bool = False, scope: str = "") -> None:
    """Sets the membership of this request only (a token's); the session is not touched."""
    request = getattr(request, "_request", request)
    request.__dict__["_membership"] = membership
    request.__dict__["_memberships"] = [membership]
    request.__dict__["_actor"] = actor_for_membership(
        membership, kind="token" if token else "person", scopes=frozenset({scope}) if scope else frozenset()
    )
