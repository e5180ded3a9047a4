"""What an actor's place in the tree lets him see; every ``visible_to`` starts here."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps

from accounts.enums import AUTHORITY_ROLES, LEAD_ROLES, Level, Role
from ledger.acts import Actor


@dataclass(frozen=True)
class Scope:
    """The place of an actor: his unit, its path in the tree, its level and province.

    ``everything`` is the ministry's reviewers, the portal's administrators, and the system.
    ``path`` is empty where the actor has no unit: nothing starts with a path one has not got.
    """

    person_id: int | None = None
    unit_id: int | None = None
    role: str = ""
    path: str = ""
    level: str = Level.NONE
    code: str = ""
    province_code: str = ""
    everything: bool = False

    @property
    def is_authority(self) -> bool:
        """Acts for an education authority (reviewer, lead, ministry)."""
        return bool(self.path) and self.role in AUTHORITY_ROLES

    @property
    def is_lead(self) -> bool:
        """Answers for an authority's work, and so sees the people below."""
        return bool(self.path) and self.role in LEAD_ROLES

    @property
    def whole_province(self) -> str:
        """Province code, where the actor reviews for a provincial authority; else empty."""
        return self.province_code if self.is_authority and self.level == Level.PROVINCE else ""


NOBODY = Scope()


def _place(actor: Actor) -> dict[str, str] | None:
    """Place of the actor's unit: carried by the actor, or read where it was built without."""
    if actor.unit_path:
        return {
            "path": actor.unit_path,
            "level": actor.unit_level or Level.NONE,
            "code": actor.unit_code,
            "province_code": actor.province_code,
        }
    return (
        apps.get_model("accounts", "Unit")
        .objects.filter(pk=actor.unit_id, active=True)
        .values("path", "level", "code", "province_code")
        .first()
    )


def scope_of(actor: Actor | None) -> Scope:
    """The scope of ``actor``; no query where the actor carries its unit's place, else one.

    ``None`` (not signed in) sees nothing.
    """
    if actor is None:
        return NOBODY
    if actor.kind == "system":
        return Scope(everything=True)
    if actor.unit_id is None:
        return Scope(person_id=actor.person_id, role=actor.role, everything=actor.role == Role.SYSADMIN)
    unit = _place(actor)
    if unit is None:
        return Scope(person_id=actor.person_id)
    everything = actor.role == Role.SYSADMIN or (
        actor.role in AUTHORITY_ROLES and unit["level"] == Level.MINISTRY
    )
    return Scope(
        person_id=actor.person_id, unit_id=actor.unit_id, role=actor.role, everything=everything, **unit
    )
