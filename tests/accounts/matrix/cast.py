"""Who plays, who may come in where, and what a row of the matrix says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accounts.enums import Role
from accounts.models import Membership
from tests import factories

#: The cast. Each is a member with a client of his own; None is nobody.
CAST = (
    "anonymous",
    "owner",
    "staff",
    "other_provider",
    "reviewer",
    "other_reviewer",
    "lead",
    "ministry",
    "institution",
    "institution_lead",
    "partner",
    "sysadmin",
)

_SIGNED_IN = frozenset(CAST) - {"anonymous"}

#: Who may come in. What a row's object adds (own unit, own province) is in the names with "own".
AUDIENCES: dict[str, frozenset[str]] = {
    "public": frozenset(CAST),
    "signed_in": _SIGNED_IN,
    "providers": frozenset({"owner", "staff", "other_provider"}),
    "own_provider": frozenset({"owner", "staff"}),
    "authorities": frozenset({"reviewer", "other_reviewer", "lead", "ministry"}),
    "own_authority": frozenset({"reviewer", "lead", "ministry"}),
    "supervision": frozenset({"reviewer", "other_reviewer", "lead", "ministry", "partner"}),
    "partner": frozenset({"partner"}),
    "own_reviewers": frozenset({"reviewer", "lead"}),
    "ministry": frozenset({"ministry"}),
    "leads": frozenset({"lead", "ministry"}),
    "inviting": frozenset({"lead", "ministry", "institution_lead", "sysadmin"}),
    "own_review_lead": frozenset({"lead"}),
    "tasks": frozenset(
        {"reviewer", "other_reviewer", "lead", "ministry", "institution", "institution_lead", "partner"}
    ),
    "own_task": frozenset({"reviewer", "lead", "ministry", "institution", "institution_lead", "partner"}),
    "own_sheet": frozenset({"reviewer", "lead", "ministry", "institution", "institution_lead"}),
    "own_lead": frozenset({"lead", "ministry", "sysadmin"}),
    "own_lead_alone": frozenset({"lead"}),
    "institution_leads": frozenset({"institution_lead"}),
    "institutions": frozenset({"institution", "institution_lead"}),
    "own_use": frozenset({"institution", "institution_lead", "lead", "ministry"}),
    "owner_side": frozenset({"owner", "staff", "sysadmin"}),
    "office_and_school": frozenset(
        {"reviewer", "other_reviewer", "lead", "ministry", "institution", "institution_lead"}
    ),
    "owner_only": frozenset({"owner"}),
    "owner_alone": frozenset({"owner", "sysadmin"}),
    "unit_inbox": frozenset({"owner", "staff", "sysadmin"}),
    "keepers": frozenset({"ministry", "sysadmin"}),
    "sysadmin": frozenset({"sysadmin"}),
    "nobody": frozenset(),
}


@dataclass(frozen=True)
class Row:
    """Who may use an address, and how it is asked."""

    audience: str
    kwargs: str = ""
    method: str = "get"
    why: str = ""


@dataclass
class Cast:
    """The members of the play, and things of theirs that addresses are about."""

    members: dict[str, Membership | None]
    things: dict[str, Any] = field(default_factory=dict)


def make_cast() -> Cast:
    """One member for each name of ``CAST``: a Beijing company, Beijing's reviewers, and others."""
    owner = factories.membership(Role.PROVIDER_OWNER)
    school = factories.unit(kind="school", parent=factories.authority("110108"), province="11")
    beijing = factories.authority("11")
    admin = factories.membership(Role.SYSADMIN, person=factories.person(is_staff=True, is_superuser=True))
    return Cast(
        {
            "anonymous": None,
            "owner": owner,
            "staff": factories.membership(Role.PROVIDER_STAFF, unit=owner.unit),
            "other_provider": factories.membership(Role.PROVIDER_OWNER),
            "reviewer": factories.membership(Role.REVIEWER, unit=beijing),
            "other_reviewer": factories.membership(Role.REVIEWER, unit=factories.authority("44")),
            "lead": factories.membership(Role.REVIEW_LEAD, unit=beijing),
            "ministry": factories.membership(Role.MINISTRY_REVIEWER),
            "institution": factories.membership(Role.INSTITUTION_STAFF, unit=school),
            "institution_lead": factories.membership(Role.INSTITUTION_LEAD, unit=school),
            "partner": factories.membership(Role.PARTNER),
            "sysadmin": admin,
        }
    )
