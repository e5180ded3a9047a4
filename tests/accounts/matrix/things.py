"""Arguments of addresses: things that are made for the cast, each once for each address."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from accounts.enums import Role
from tests import factories
from tests.accounts.matrix.cast import Cast
from tests.accounts.matrix.guidance import OF_GUIDANCE
from tests.accounts.matrix.interfaces_people import OF_PEOPLE
from tests.accounts.matrix.supervised import OF_SUPERVISION
from tests.factories import NOW


def _member(cast: Cast) -> dict[str, Any]:
    waiting = factories.membership(Role.PROVIDER_STAFF, unit=cast.members["owner"].unit, status="requested")
    return {"pk": waiting.pk, "verb": "admit"}


def _invitation(cast: Cast) -> dict[str, Any]:
    from accounts.actors import actor_for_membership
    from accounts.domain import invite

    row, _secret = invite(
        unit=factories.authority("110108"),
        email="invited@example.test",
        role=Role.REVIEWER,
        by=actor_for_membership(cast.members["lead"]),
        now=NOW,
    )
    return {"pk": row.pk}


def _use_case(cast: Cast) -> dict[str, Any]:
    from tests import factories_uses as uses

    uses.rules()
    return {"pk": uses.submitted(cast.members["institution"].unit).pk}


def _use_material_file(cast: Cast) -> dict[str, Any]:
    from tests import factories_uses as uses
    from users.domain import upload_selection_system

    uses.calendar()
    unit = cast.members["institution"].unit
    file = uses.material(unit, stored=True)
    upload_selection_system(
        unit=unit, title="选用制度", material=file, effective_on=NOW.date(), by=uses.lead(unit), now=NOW
    )
    return {"pk": file.pk}


def _import_batch(cast: Cast) -> dict[str, Any]:
    from accounts.models import ImportBatch

    lead = cast.members["lead"]
    return {
        "pk": ImportBatch.objects.create(
            unit=lead.unit, person=lead.person, file_name="units.csv", digest="", created_at=NOW
        ).pk
    }


def _token(cast: Cast) -> dict[str, Any]:
    from accounts.actors import actor_for_membership
    from accounts.domain import issue_token

    by = actor_for_membership(cast.members["owner"])
    token, _secret = issue_token(
        membership=cast.members["owner"], label="x", scope="read", days=300, by=by, now=NOW
    )
    return {"pk": token.pk}


def _notice(cast: Cast) -> dict[str, Any]:
    from notices.domain import serve

    row = serve(kind="filing_returned", to_unit=cast.members["owner"].unit, subject=None, params={}, now=NOW)
    return {"pk": row.pk}


def _draft(cast: Cast) -> dict[str, Any]:
    from tests import factories_filings as filings

    filings.calendar()
    return {"pk": filings.draft(cast.members["owner"].unit).pk}


def _case(cast: Cast) -> dict[str, Any]:
    from tests import factories_filings as filings

    filings.calendar()
    return {"pk": filings.submitted(cast.members["owner"].unit).pk}


def _material(cast: Cast) -> dict[str, Any]:
    from tests import factories_filings as filings

    return {"pk": filings.material(cast.members["owner"].unit, stored=True).pk}


def _appraisal(cast: Cast, state: str = "draft", **more: Any) -> dict[str, Any]:
    from accounts.actors import actor_for_membership
    from review import domain
    from tests import factories_appraisals as appraisals

    lead = cast.members["lead"]
    by = actor_for_membership(lead)
    target = domain.create_list(authority=lead.unit, name=f"名单{next(_names)}", by=by, now=NOW)
    scene = appraisals.Scene(lead, by, target, [])
    _scene, row = appraisals.appraisal_in(state, scene)
    return {"pk": row.pk, **more}


def _list(cast: Cast) -> dict[str, Any]:
    from review.models import Appraisal

    return {"pk": Appraisal.objects.get(pk=_appraisal(cast)["pk"]).target_id}


_names = itertools.count(1)


def _use(cast: Cast) -> dict[str, Any]:
    from tests import factories_uses as uses

    uses.calendar()
    return {"pk": uses.draft(cast.members["institution_lead"].unit).pk}


def _use_material(cast: Cast) -> dict[str, Any]:
    from tests import factories_uses as uses

    return {"pk": uses.material(cast.members["institution_lead"].unit, stored=True).pk}


def _operator(cast: Cast) -> Any:
    from providers.domain import platforms
    from tests import factories_filings as filings

    unit = cast.members["owner"].unit
    return platforms.designate_operator(unit=unit, platform="示例平台", by=filings.ministry_reviewer(), now=NOW)


def _batch(cast: Cast) -> dict[str, Any]:
    from accounts.actors import actor_for_membership
    from providers.domain import platforms
    from tests.providers.platform_rows import row

    _operator(cast)
    by = actor_for_membership(cast.members["owner"])
    return {"pk": platforms.prepare(rows=[row()], name="x.csv", by=by, now=NOW).pk}


def _branch(cast: Cast) -> dict[str, Any]:
    from accounts.actors import actor_for_membership
    from providers.domain import branches

    by = actor_for_membership(cast.members["owner"])
    made = branches.declare_branch(
        head=cast.members["owner"].unit, uscc=factories.uscc(), name="示例分公司", province="11", by=by, now=NOW
    )
    return {"pk": made.pk, "verb": "release"}


def _campaign(cast: Cast) -> dict[str, Any]:
    from datetime import date

    from users.models import FilingCampaign

    row = FilingCampaign.objects.create(
        authority=factories.authority("11"), name="集中备案", starts_on=date(2026, 9, 1), ends_on=date(2026, 10, 30),
        goal="filed", created_at=NOW,
    )  # fmt: skip
    return {"pk": row.pk}


#: Arguments of addresses, by a short name. A factory is called once for each address.
KWARGS: dict[str, Callable[[Cast], dict[str, Any]]] = {
    "": lambda cast: {},
    "article": lambda cast: {"key": "me-13"},
    "own_membership": lambda cast: {"pk": cast.members["owner"].pk},
    "member": _member,
    "invitation": _invitation,
    "import_batch": _import_batch,
    "use_case": _use_case,
    "use_material_file": _use_material_file,
    "wrong_secret": lambda cast: {"secret": "0" * 64},
    "token": _token,
    "notice": _notice,
    "draft": _draft,
    "draft_section": lambda cast: {**_draft(cast), "section": "contact"},
    "case": _case,
    "case_check": lambda cast: {**_case(cast), "code": "icp"},
    "material": _material,
    "use": _use,
    "use_section": lambda cast: {**_use(cast), "section": "fees"},
    "use_material": _use_material,
    "operator": lambda cast: {} if _operator(cast) else {},
    "operator_of_platform": lambda cast: {"pk": _operator(cast).pk},
    "batch": _batch,
    "branch": _branch,
    "number": lambda cast: {"number": "教APP备1100001号"},
    "appraisal": _appraisal,
    "appraisal_call": lambda cast: _appraisal(cast, "called"),
    "appraisal_act": lambda cast: _appraisal(cast, act="call"),
    "recommended_list": _list,
    "list": lambda cast: {"name": "filed"},
    "figure": lambda cast: {"figure": "states"},
    "missing": lambda cast: {"name": "missing"},
    "district": lambda cast: {"pk": factories.authority("110108").pk},
    "school": lambda cast: {"pk": cast.members["institution"].unit_id},
    "campaign": _campaign,
    **OF_SUPERVISION,
    **OF_GUIDANCE,
    **OF_PEOPLE,
}
