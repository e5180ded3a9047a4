"""Endpoint × role: one line for each address of the portal. The test walks the URL map and fails for any
address that stands in no row.

A row:  "url name": Row("audience", kwargs_factory)

``audience`` names the class of callers that may come in (see ``AUDIENCES``); everybody else must be
refused: anonymous people by a redirect to sign-in (pages) or 401 (API), others by 403 or 404.
``kwargs`` is a name in ``KWARGS``: a function of the cast that gives the address's arguments; "" where the
address has none. With ``"?"`` the row is listed, but not requested (``why`` says why).

``method``: what is sent; "post" for addresses that take nothing else. A POST with an empty body must pass
the door (200, 302, 400, 409, 422 …), not do anything.
``prefix:*`` covers everything under a namespace or a name's beginning (allauth, admin).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from accounts.enums import Role
from accounts.models import Membership
from tests import factories
from tests.factories import NOW

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
    "own_sheet": frozenset({"reviewer", "lead", "ministry", "institution", "institution_lead"}),
    "own_lead": frozenset({"lead", "ministry", "sysadmin"}),
    "own_lead_alone": frozenset({"lead"}),
    "institutions": frozenset({"institution", "institution_lead"}),
    "own_use": frozenset({"institution", "institution_lead", "lead", "ministry"}),
    "owner_side": frozenset({"owner", "staff", "sysadmin"}),
    "owner_alone": frozenset({"owner", "sysadmin"}),
    "unit_inbox": frozenset({"owner", "staff", "sysadmin"}),
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


def _supervised(cast: Cast) -> Any:
    from tests import factories_filings as filings
    from tests import factories_supervision as supervision

    filings.calendar()
    return supervision


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
def _of_supervision(what: str, **more: Any) -> Callable[[Cast], dict[str, Any]]:
    """Arguments of an address of supervision, about something of Beijing's."""

    def make(cast: Cast) -> dict[str, Any]:
        from accounts.actors import actor_for_membership
        from supervision import domain
        from supervision.models import Partner, Warning  # noqa: A004
        from tests import factories_filings as filings
        from tests import factories_supervision as supervised

        filings.calendar()
        by, now = actor_for_membership(cast.members["lead"]), supervised.NOW
        if what in ("complaint", "listing"):
            row: Any = getattr(supervised, what)()
        elif what in ("issued", "overdue"):
            row = supervised.order_in(what)
        elif what == "campaign":
            terms = {"title_zh": "专项", "effect": "offline", "reason": "理由", "public_text": "说明"}
            row = domain.draft_campaign(
                **terms, filter={"stages": ["primary"]}, by=actor_for_membership(cast.members["ministry"]), now=now
            )
        elif what == "plan":
            row = domain.make_plan(title="抽查", method="random", size=1, by=by, now=now)
        elif what == "inspection":
            row = domain.plan_inspection(entry=supervised.entry(), by=by, now=now)
        elif what == "warning":
            of = supervised.entry()
            row = Warning.objects.create(
                key="matrix", kind="stale", entry=of, unit=of.unit, authority=of.authority, raised_at=now
            )
        elif what == "referral":
            unit = cast.members["partner"].unit
            Partner.objects.get_or_create(unit=unit, defaults={"department": "police", "province_code": "11"})
            row = domain.refer(subject="crime", title="线索", text="请依法处理", by=by, now=now)
        elif what == "takedown":
            row = domain.request_takedown(store="商店", text="请下架", entry=supervised.entry(), by=by, now=now)
        else:
            row = domain.write_circular(
                kind="circular", audience="units", title_zh="通报", body_zh="正文", by=by, now=now,
                units=[factories.unit()],
            )  # fmt: skip
        return {"pk": row.pk, **more}

    return make


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
    "own_order": lambda cast: {"pk": _supervised(cast).order_of(cast.members["owner"].unit).pk},
    "own_forwarding": lambda cast: {"pk": _supervised(cast).forwarding_of(cast.members["owner"].unit).pk},
    "own_listing": lambda cast: {"pk": _supervised(cast).listing_of(cast.members["owner"].unit).pk},
    **{
        f"sv_{what}": _of_supervision(what)
        for what in (
            "complaint", "listing", "issued", "overdue", "campaign", "plan", "inspection", "warning", "referral",
            "takedown", "circular",
        )
    },
    "sv_complaint_act": _of_supervision("complaint", act="note"),
    "sv_order_act": _of_supervision("issued", act="extend"),
    "sv_listing_act": _of_supervision("listing", act="lift"),
    "sv_campaign_act": _of_supervision("campaign", act="no-such-act"),
    "sv_plan_act": _of_supervision("plan", act="draw"),
    "sv_inspection_act": _of_supervision("inspection", act="assign"),
    "sv_warning_act": _of_supervision("warning", act="settle"),
    "sv_referral_act": _of_supervision("referral", act="answer"),
    "sv_takedown_act": _of_supervision("takedown", act="answer"),
    "sv_circular_act": _of_supervision("circular", act="edit"),
    "sv_lists_act": lambda cast: {"pk": cast.members["lead"].unit_id, "act": "publish"},
}

_ENTRY = "public; needs a published entry: tests/registry"
_API = "needs a token: tests/api"

MATRIX: dict[str, Row] = {
    # --- the house
    "healthz": Row("public"),
    "set_language": Row("public", method="post"),
    "schema": Row("public", why="slow, and tested with the API"),
    "admin:*": Row("sysadmin"),
    # --- allauth: sign-in, sign-up, passwords, second factor, sessions
    "account_login": Row("public"),
    "account_signup": Row("public"),
    "account_logout": Row("public"),
    "account_inactive": Row("public"),
    "account_reset_password": Row("public"),
    "account_reset_password_done": Row("public"),
    "account_reset_password_from_key": Row("public", why="needs a key from an e-mail"),
    "account_reset_password_from_key_done": Row("public"),
    "account_confirm_email": Row("public", why="needs a key from an e-mail"),
    "account_email_verification_sent": Row("public", why="needs a sign-up under way"),
    "account_request_login_code": Row("public", why="switched off"),
    "account_confirm_login_code": Row("public", why="switched off"),
    "account_signup_by_passkey": Row("public", why="switched off"),
    "account_complete_passkey_signup": Row("public", why="switched off"),
    "account_*": Row("signed_in"),
    "mfa_authenticate": Row("public", why="needs a sign-in under way"),
    "mfa_login_webauthn": Row("public", why="a step of signing in with a passkey"),
    "mfa_signup_webauthn": Row("public", why="switched off"),
    "mfa_trust": Row("public", why="needs a sign-in under way"),
    "mfa_*": Row("signed_in", why="allauth asks for the password again first"),
    "usersessions_list": Row("signed_in"),
    # --- accounts
    "account_home": Row("signed_in"),
    "after_login": Row("signed_in"),
    "workspace": Row("signed_in"),
    "switch_unit": Row("signed_in", method="post"),
    "leave_unit": Row("signed_in", "own_membership", method="post"),
    "register_unit": Row("signed_in"),
    "competent_authority": Row("signed_in"),
    "join_unit": Row("signed_in"),
    "members": Row("signed_in"),
    "member_act": Row("owner_side", "member", method="post"),
    "invitations": Row("inviting"),
    "invitation_withdraw": Row("own_lead", "invitation", method="post"),
    "accept_invitation": Row("nobody", "wrong_secret", why="open to who holds the secret: test_pages"),
    # --- the confirming authority's desk for user filings
    "uses_queue": Row("authorities"),
    "uses_export": Row("authorities"),
    "uses_bulk": Row("authorities", method="post"),
    "uses_save_view": Row("authorities", method="post"),
    "uses_hand_over": Row("leads"),
    "use_case_material": Row("own_authority", "use_material_file"),
    "use_case": Row("own_authority", "use_case"),
    "use_case_verdict": Row("nobody", "use_case", method="post", why="an empty verdict is no verdict: tests/review"),
    "use_case_claim": Row("nobody", "use_case", method="post", why="only the confirming district: tests/review"),
    "use_case_assign": Row("own_authority", "use_case"),
    "use_case_release": Row("nobody", "use_case", method="post", why="only the confirming district: tests/review"),
    "use_case_decide": Row("own_authority", "use_case"),
    "use_case_previous": Row("own_authority", "use_case"),
    "use_case_next": Row("own_authority", "use_case"),
    "units": Row("leads"),
    "unit_new": Row("leads"),
    "units_act": Row("leads", method="post"),
    "unit_import": Row("leads"),
    "unit_import_template": Row("leads"),
    "unit_import_batch": Row("own_lead_alone", "import_batch"),
    "unit_import_start": Row("own_lead_alone", "import_batch", method="post"),
    "unit_import_discard": Row("own_lead_alone", "import_batch", method="post"),
    "unit_import_progress": Row("own_lead_alone", "import_batch"),
    "unit_import_result": Row("own_lead_alone", "import_batch"),
    "tokens": Row("signed_in"),
    "token_revoke": Row("owner_alone", "token", method="post"),
    # --- notices
    "inbox": Row("signed_in"),
    "notice": Row("unit_inbox", "notice"),
    "inbox_read_all": Row("signed_in", method="post"),
    "notice_preferences": Row("signed_in"),
    "api_notice*": Row("signed_in", why="needs a token: tests/notices"),
    # --- rulebook and public pages
    "articles": Row("public"),
    "article": Row("public", "article", why="needs the texts seeded: tests/rulebook"),
    "guide": Row("public"),
    "accessibility": Row("public"),
    "privacy": Row("public"),
    "opendata": Row("public"),
    "contact": Row("public"),
    # --- registry
    "home": Row("public"),
    "verify_form": Row("public"),
    "verify": Row("public", "number", why=_ENTRY),
    "entry": Row("public", "number", why=_ENTRY),
    "badge": Row("public", "number", why=_ENTRY),
    "qr": Row("public", "number", why=_ENTRY),
    "display_kit": Row("public", "number", why=_ENTRY),
    "lists": Row("public"),
    "list_revoked": Row("public"),
    "list": Row("public", "list"),
    "list_file": Row("public", why="the same rows as a file: tests/registry"),
    "institutions_public": Row("public"),
    "institution_public": Row("public", "school", why="needs a confirmed use: tests/users"),
    "entry_users": Row("public", "number", why=_ENTRY),
    "complain": Row("public"),
    "complain_new": Row("public"),
    "complain_follow": Row("public"),
    "complain_answer": Row("public", method="post"),
    "complain_replies": Row("public"),
    "blacklist": Row("public"),
    "blacklist_file": Row("public", why="the same rows as a file: tests/supervision/test_public_pages.py"),
    "negative_list": Row("public"),
    "exit_list": Row("public"),
    "editions": Row("public"),
    "edition": Row("public", why="needs a published edition: tests/supervision/test_public_pages.py"),
    "edition_file": Row("public", why="needs a published edition: tests/supervision/test_public_pages.py"),
    "circulars": Row("public"),
    "progress_reports": Row("public"),
    "progress_report": Row("public", why="needs a published report: tests/supervision/test_public_pages.py"),
    "circular": Row("public", why="needs a circular: tests/supervision/test_public_pages.py"),
    "api_registry_*": Row("public", why="public reading, without sign-in: tests/api"),
    # --- providers
    "provider_home": Row("providers"),
    "provider_apps": Row("providers"),
    "provider_supervision": Row("providers"),
    "provider_order": Row("own_provider", "own_order"),
    "provider_forwarding": Row("own_provider", "own_forwarding"),
    "provider_listing": Row("own_provider", "own_listing"),
    "provider_confirm": Row("providers"),
    "platform_home": Row("own_provider", "operator"),
    "platform_template": Row("providers"),
    "platform_batch": Row("own_provider", "batch"),
    "platform_batch_take": Row("own_provider", "batch", method="post"),
    "provider_branches": Row("providers"),
    "provider_branch_decide": Row("own_provider", "branch", method="post"),
    "oversight": Row("authorities"),
    "oversight_branches": Row("authorities"),
    "oversight_branch_decide": Row("own_authority", "branch", method="post"),
    "platform_records": Row("authorities"),
    "platform_operators": Row("ministry"),
    "platform_operator_end": Row("authorities", "operator_of_platform", method="post"),
    "record_lookup": Row("public"),
    "api_platform_records": Row("public", why="public reading, without sign-in: tests/providers"),
    "oversight_remind": Row("authorities", method="post"),
    "provider_unit": Row("providers"),
    "provider_start": Row("providers", method="post"),
    "provider_batch": Row("providers", method="post"),
    "filing": Row("own_provider", "draft"),
    "filing_check": Row("own_provider", "draft"),
    "filing_submit": Row("own_provider", "draft", method="post"),
    "filing_done": Row("own_provider", "case"),
    "filing_receipt": Row("own_provider", "case"),
    "filing_withdraw": Row("own_provider", "draft", method="post"),
    "filing_versions": Row("own_provider", "case"),
    "filing_autosave": Row("own_provider", "draft_section", method="post"),
    "filing_upload": Row("own_provider", "draft_section", method="post"),
    "filing_section": Row("own_provider", "draft_section"),
    "material": Row("own_provider", "material"),
    "api_provider_*": Row("providers", why=_API),
    # --- uses: the institution's people, and the lead of an authority for its own uses
    "institution_home": Row("own_use"),
    "institution_uses": Row("own_use"),
    "institution_search": Row("own_use"),
    "institution_unit": Row("own_use"),
    "institution_responsible": Row("own_use", method="post"),
    "institution_system": Row("own_use", method="post"),
    "api_institution_*": Row("institutions", why=_API),
    "use_start": Row("own_use", "number", why="needs a published entry: tests/users"),
    "use_start_own": Row("own_use"),
    "use": Row("institutions", "use"),
    "use_check": Row("institutions", "use"),
    "use_submit": Row("institutions", "use", method="post"),
    "use_done": Row("institutions", "use"),
    "use_receipt": Row("institutions", "use"),
    "use_versions": Row("institutions", "use"),
    "use_change": Row("institutions", "use", method="post"),
    "use_review": Row("institutions", "use"),
    "use_withdraw": Row("institutions", "use"),
    "use_autosave": Row("institutions", "use_section", method="post"),
    "use_upload": Row("institutions", "use_section", method="post"),
    "use_section": Row("institutions", "use_section"),
    "use_material": Row("institutions", "use_material"),
    # --- supervision: the authorities and the partners
    "supervision_home": Row("supervision"),
    "sv_complaint": Row("own_authority", "sv_complaint"),
    "sv_identity": Row("own_lead_alone", "sv_complaint"),
    "sv_complaint_file": Row("own_authority", why="needs a stored screenshot: tests/supervision/test_complaints.py"),
    "sv_complaint_act": Row("own_authority", "sv_complaint_act", method="post"),
    "sv_orders": Row("authorities"),
    "sv_order_new": Row("authorities"),
    "sv_order": Row("own_authority", "sv_issued"),
    "sv_order_act": Row("own_authority", "sv_order_act", method="post"),
    "sv_order_file": Row("own_authority", why="needs a stored file: tests/supervision/test_rectification.py"),
    "sv_order_list": Row("leads", "sv_overdue"),
    "sv_listings": Row("authorities"),
    "sv_listing": Row("authorities", "sv_listing"),
    "sv_listing_act": Row("authorities", "sv_listing_act", method="post"),
    "sv_lists": Row("authorities"),
    "sv_lists_back": Row("authorities", "sv_plan"),
    "sv_lists_act": Row("authorities", "sv_lists_act", method="post"),
    "sv_edition": Row("authorities", why="needs a published edition: tests/supervision/test_authority_pages.py"),
    "sv_campaigns": Row("authorities"),
    "sv_campaign_new": Row("authorities"),
    "sv_campaign": Row("ministry", "sv_campaign"),
    "sv_campaign_edit": Row("ministry", "sv_campaign"),
    "sv_campaign_act": Row("nobody", "sv_campaign_act", method="post"),
    "sv_plans": Row("authorities"),
    "sv_plan_new": Row("authorities"),
    "sv_plan": Row("own_authority", "sv_plan"),
    "sv_plan_act": Row("own_authority", "sv_plan_act", method="post"),
    "sv_inspection_new": Row("authorities"),
    "sv_inspection": Row("own_authority", "sv_inspection"),
    "sv_inspection_act": Row("own_authority", "sv_inspection_act", method="post"),
    "sv_warnings": Row("authorities"),
    "sv_warning": Row("own_authority", "sv_warning"),
    "sv_warning_act": Row("own_authority", "sv_warning_act", method="post"),
    "sv_referrals": Row("authorities"),
    "sv_referral_new": Row("authorities"),
    "sv_referral": Row("own_authority", "sv_referral"),
    "sv_referral_act": Row("own_authority", "sv_referral_act", method="post"),
    "sv_partner": Row("partner"),
    "sv_partner_referral": Row("partner", "sv_referral"),
    "sv_partner_act": Row("partner", "sv_referral_act", method="post"),
    "sv_takedowns": Row("authorities"),
    "sv_takedown_new": Row("authorities"),
    "sv_takedown": Row("own_authority", "sv_takedown"),
    "sv_takedown_act": Row("own_authority", "sv_takedown_act", method="post"),
    "sv_circulars": Row("authorities"),
    "sv_circular_new": Row("authorities"),
    "sv_circular": Row("own_reviewers", "sv_circular"),
    "sv_circular_act": Row("own_reviewers", "sv_circular_act", method="post"),
    "sv_reports": Row("authorities"),
    "sv_report": Row("ministry", why="needs a report: tests/supervision/test_authority_pages.py"),
    "sv_report_act": Row("ministry", why="needs a report: tests/supervision/test_authority_pages.py"),
    # --- review
    "review_home": Row("authorities"),
    "review_queue": Row("authorities"),
    "queue": Row("authorities"),
    "queue_export": Row("authorities"),
    "queue_bulk": Row("authorities", method="post"),
    "queue_save_view": Row("authorities", method="post"),
    "queue_remove_view": Row("authorities", why="one's own saved view: tests/review"),
    "review_hand_over": Row("leads"),
    "case": Row("own_authority", "case"),
    "case_verdict": Row(
        "own_authority", "case", method="post", why="needs a field of the version: tests/review"
    ),
    "case_checklist": Row("own_authority", "case", method="post"),
    "case_override": Row(
        "own_authority", "case_check", method="post", why="needs a failed check: tests/review"
    ),
    "case_run_checks": Row("own_authority", "case", method="post"),
    "case_claim": Row("own_reviewers", "case", method="post"),
    "case_assign": Row("own_authority", "case", method="post", why="needs a colleague: tests/review"),
    "case_release": Row("own_reviewers", "case", method="post"),
    "case_decide": Row("own_authority", "case", method="post"),
    "case_previous": Row("own_authority", "case"),
    "case_next": Row("own_authority", "case"),
    "api_authority_*": Row("authorities", why=_API),
    # --- appraisals and recommended lists
    "appraisals": Row("authorities"),
    "appraisal": Row("own_authority", "appraisal"),
    "appraisal_edit": Row("own_authority", "appraisal"),
    "appraisal_nominate": Row("own_authority", "appraisal", method="post"),
    "appraisal_appoint": Row("own_authority", "appraisal", method="post"),
    "appraisal_dismiss": Row("own_authority", why="needs an expert: tests/review/test_appraisals.py"),
    "appraisal_decide_objection": Row("own_authority", why="needs an objection: tests/review/test_appraisals.py"),
    "appraisal_act": Row("own_authority", "appraisal_act", method="post"),
    "assessment_attach": Row("own_authority", why="needs a candidate: tests/review/test_appraisals.py"),
    "assessment": Row("own_authority", why="needs a report: tests/review/test_appraisals.py"),
    "appraisal_list": Row("own_authority", "recommended_list"),
    "appraisal_new": Row("own_lead_alone", "recommended_list"),
    "recommended": Row("public"),
    "recommended_list": Row("public", why="needs a published edition: tests/review/test_appraisals.py"),
    "recommended_edition": Row("public", why="needs a published edition: tests/review/test_appraisals.py"),
    "appraisal_public": Row("public", "appraisal_call"),
    "appraisal_public_nominate": Row("signed_in", "appraisal_call", method="post"),
    "appraisal_public_object": Row("public", "appraisal_call", method="post"),
    "expert": Row("nobody", "appraisal_call"),
    "expert_declare": Row("nobody", "appraisal_call", method="post"),
    "expert_score": Row("nobody", why="needs a candidate: tests/review/test_appraisals.py"),
    # --- the authorities' overview
    "dashboard": Row("authorities"),
    "dashboard_unit": Row("own_authority", "district"),
    "use_sheet": Row("own_sheet", "school"),
    "dashboard_export": Row("authorities", "figure"),
    "dashboard_list": Row("authorities", "missing"),
    "dashboard_remind": Row("authorities", "missing", method="post"),
    "dashboard_providers": Row("authorities"),
    "filing_campaigns": Row("authorities"),
    "filing_campaign_new": Row("leads"),
    "filing_campaign": Row("own_authority", "campaign"),
    "filing_campaign_edit": Row("own_review_lead", "campaign"),
    "filing_campaign_close": Row("own_review_lead", "campaign", method="post"),
}


def row_of(name: str) -> Row | None:
    """The row of an address: its own, or that of the longest beginning with a star."""
    if name in MATRIX:
        return MATRIX[name]
    stars = [key for key in MATRIX if key.endswith("*") and name.startswith(key[:-1])]
    return MATRIX[max(stars, key=len)] if stars else None
