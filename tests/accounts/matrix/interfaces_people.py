"""The interfaces for members, invitations and tables of units. Acts get an empty body, as those of supervision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.enums import Role
from tests import factories
from tests.accounts.matrix.cast import Cast, Row
from tests.factories import NOW


def _waiting(who: str, role: str) -> Callable[[Cast], dict[str, Any]]:
    """Somebody who waits to be let into the unit of a member of the cast."""

    def made(cast: Cast) -> dict[str, Any]:
        return {"pk": factories.membership(role, unit=cast.members[who].unit, status="requested").pk}

    return made


def _school_invitation(cast: Cast) -> dict[str, Any]:
    from accounts.actors import actor_for_membership
    from accounts.domain import invite

    lead = cast.members["institution_lead"]
    row, _secret = invite(
        unit=lead.unit, email="invited@example.test", role=Role.INSTITUTION_STAFF, by=actor_for_membership(lead),
        now=NOW,
    )  # fmt: skip
    return {"pk": row.pk}


OF_PEOPLE: dict[str, Callable[[Cast], dict[str, Any]]] = {
    "waiting_at_provider": _waiting("owner", Role.PROVIDER_STAFF),
    "waiting_at_school": _waiting("institution", Role.INSTITUTION_STAFF),
    "waiting_at_authority": _waiting("lead", Role.REVIEWER),
    "school_invitation": _school_invitation,
}


def _members(name: str, everybody: str, in_charge: str, kwargs: str) -> dict[str, Row]:
    """``everybody`` of the unit is told what a role without a body lacks; ``in_charge`` decides."""
    rows = {act: Row(in_charge, kwargs, method="post") for act in ("admit", "refuse", "end")}
    rows["role"] = Row(everybody, kwargs, method="post")
    return {f"api_{name}_member_{act}": row for act, row in rows.items()}


ROWS: dict[str, Row] = {
    "api_provider_members": Row("providers"),
    **_members("provider", "own_provider", "owner_only", "waiting_at_provider"),
    "api_institution_members": Row("institutions"),
    **_members("institution", "institutions", "institution_leads", "waiting_at_school"),
    "api_institution_invitations": Row("institution_leads"),
    "api_institution_invitations_withdraw": Row("institution_leads", "school_invitation", method="post"),
    "api_institution_invitations_resend": Row("institution_leads", "school_invitation", method="post"),
    "api_authority_members": Row("authorities"),
    **_members("authority", "own_authority", "leads", "waiting_at_authority"),
    "api_authority_invitations": Row("leads"),
    "api_authority_invitations_withdraw": Row("leads", "invitation", method="post"),
    "api_authority_invitations_resend": Row("leads", "invitation", method="post"),
    "api_authority_unit_imports": Row("leads"),
    "api_authority_unit_import": Row("own_lead_alone", "import_batch"),
    "api_authority_unit_import_rows": Row("own_lead_alone", "import_batch"),
    "api_authority_unit_import_result": Row("own_lead_alone", "import_batch"),
    "api_authority_unit_import_start": Row("nobody", "import_batch", method="post"),  # a table without rows
    "api_expert_appraisals": Row("office_and_school"),
    "api_expert_appraisal": Row("nobody", "appraisal_call"),  # none of them is its expert: tests/review
    "api_expert_declare": Row("nobody", "appraisal_call", method="post"),
    "api_expert_score": Row("nobody", why="needs a candidate: tests/review/test_experts_api.py"),
    "api_authority_unit_import_discard": Row("own_lead_alone", "import_batch", method="post"),
}
