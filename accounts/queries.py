"""Units by key and place; with whom a unit files."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.enums import Level, MembershipStatus, Role, UnitKind
from accounts.models import Invitation, Membership, Person, Unit
from accounts.querysets import UnitQuerySet

MINISTRY_CODE = "moe"


class NoAuthority(LookupError):
    """No authority can be named; the message says what is missing."""


def ministry() -> Unit:
    """The ministry. Raises :class:`NoAuthority` where the units have not been seeded."""
    return _authority(MINISTRY_CODE)


def authority_for_province(code: str) -> Unit:
    """The provincial authority of a GB/T 2260 code (two digits; 66 is XPCC)."""
    return _authority(code)


def _authority(code: str) -> Unit:
    unit = Unit.objects.filter(code=code, kind=UnitKind.AUTHORITY).first() if code else None
    if unit is None:
        raise NoAuthority(_("There is no authority with the key “%(code)s”.") % {"code": code})
    return unit


def subtree(unit: Unit) -> UnitQuerySet:
    """``unit`` and everything under it."""
    return Unit.objects.filter(path__startswith=unit.path) if unit.path else Unit.objects.filter(pk=unit.pk)


def superior(unit: Unit) -> Unit | None:
    """The unit above in the tree; None for the ministry and for units outside the tree."""
    return unit.parent


def head_of(unit: Unit) -> Unit:
    """The head office at the end of the chain; the unit itself where it is no branch."""
    seen = {unit.pk}
    while unit.head_office_id and unit.head_office_id not in seen:
        seen.add(unit.head_office_id)
        unit = unit.head_office  # type: ignore[assignment]
    return unit


@dataclass(frozen=True)
class Competence:
    """Which authority a unit files with, why, and the article that says so."""

    authority: Unit
    reason: object
    article: str


def competence(unit: Unit) -> Competence:
    """The authority that is competent for ``unit`` as a provider (Measures Art. 10, 11).

    Enterprises, schools, social organisations and authorities below the province: the province of
    their registration. A provincial authority: the ministry. A branch: the head office's province.
    Raises :class:`NoAuthority` where the province of registration is not known.
    """
    head = head_of(unit)
    if head.pk == unit.pk:
        return _own_competence(unit)
    found = _own_competence(head)
    return Competence(found.authority, _("A branch is filed by its head office, in its province."), "me-11")


def _own_competence(unit: Unit) -> Competence:
    """For a unit that is nobody's branch."""
    if unit.kind == UnitKind.AUTHORITY and unit.level in (Level.PROVINCE, Level.MINISTRY):
        reason = _("Apps of a provincial education authority are filed with the ministry.")
        return Competence(ministry(), reason, "me-10")
    return competence_in(unit.province_code)


def competence_in(province_code: str) -> Competence:
    """The same for a unit that does not exist yet, by the province of its registration."""
    if not province_code:
        raise NoAuthority(_("The province of registration is missing."))
    return Competence(
        authority_for_province(province_code),
        _("A unit files with the education authority of the province where it is registered."),
        "me-10",
    )


def filing_authority(unit: Unit) -> Unit:
    """The authority alone; see :func:`competence`."""
    return competence(unit).authority


def owners(unit: Unit) -> list[Person]:
    """Who is in charge of a provider unit."""
    return list(
        Person.objects.filter(
            memberships__unit=unit,
            memberships__status=MembershipStatus.ACTIVE,
            memberships__role=Role.PROVIDER_OWNER,
        )
    )


def active_people(unit: Unit) -> list[Person]:
    """Everybody who works for the unit at present, by name."""
    rows = Membership.objects.active().filter(unit=unit, person__is_active=True).select_related("person")
    return [row.person for row in rows.order_by("person__name", "person_id")]


def invitation_by_secret(secret: str) -> Invitation | None:
    """The invitation of a secret link, whatever its state; by digest, never by comparing secrets."""
    from accounts.secrets import digest

    return Invitation.objects.select_related("unit").filter(secret_digest=digest(secret)).first()
