"""The interfaces of supervision. Every row is requested, with a session in the place of a token.

An act gets an empty body: who may come in is told what is missing (400), others are refused before.
"""

from collections.abc import Iterable

from tests.accounts.matrix import interfaces_people
from tests.accounts.matrix.cast import Row


def _acts(prefix: str, audience: str, kwargs: str, names: Iterable[str]) -> dict[str, Row]:
    return {f"{prefix}_{name}": Row(audience, kwargs, method="post") for name in names}


ROWS: dict[str, Row] = {
    **interfaces_people.ROWS,
    # --- the authority
    "api_authority_complaints": Row("authorities"),
    "api_authority_complaint": Row("own_authority", "sv_complaint"),
    "api_authority_complaint_identity": Row("own_authority", "sv_complaint", method="post"),
    "api_authority_complaint_file": Row("own_authority", why="needs a screenshot: tests/supervision/test_api.py"),
    "api_authority_complaint_take": Row("own_reviewers", "sv_complaint", method="post"),
    **_acts(
        "api_authority_complaint", "own_authority", "sv_complaint",
        ("accept", "not_accept", "investigate", "ask", "note", "forward", "recall", "reply", "merge", "publish"),
    ),
    "api_authority_orders": Row("authorities"),
    "api_authority_order": Row("own_authority", "sv_issued"),
    "api_authority_order_file": Row("own_authority", why="needs a stored file: tests/supervision/test_api.py"),
    **_acts(
        "api_authority_order", "own_authority", "sv_issued", ("clear", "send_back", "extend", "refuse", "list")
    ),
    "api_authority_listings": Row("authorities"),
    "api_authority_listing": Row("authorities", "sv_listing"),
    **_acts("api_authority_listing", "authorities", "sv_listing", ("lift", "decide_objection", "measure")),
    "api_authority_campaigns": Row("authorities"),
    "api_authority_campaign_preview": Row("authorities", method="post"),
    "api_authority_campaign": Row("ministry", "sv_campaign"),
    "api_authority_campaign_items": Row("ministry", "sv_campaign"),
    **_acts("api_authority_campaign", "ministry", "sv_campaign", ("confirm", "withdraw")),
    "api_authority_plans": Row("authorities"),
    "api_authority_plan": Row("own_authority", "sv_plan"),
    **_acts("api_authority_plan", "own_authority", "sv_plan", ("draw", "close")),
    "api_authority_inspections": Row("authorities"),
    "api_authority_inspection": Row("own_authority", "sv_inspection"),
    **_acts(
        "api_authority_inspection", "own_authority", "sv_inspection", ("assign", "findings", "recheck", "order")
    ),
    "api_authority_inspection_file": Row("own_authority", why="needs a stored file: supervision/test_api_figures.py"),
    "api_authority_warnings": Row("authorities"),
    "api_authority_warning": Row("own_authority", "sv_warning"),
    "api_authority_warning_settle": Row("own_authority", "sv_warning", method="post"),
    "api_authority_referrals": Row("authorities"),
    "api_authority_referral": Row("own_authority", "sv_referral"),
    **_acts("api_authority_referral", "own_authority", "sv_referral", ("answer", "close", "measure")),
    "api_authority_takedowns": Row("authorities"),
    "api_authority_takedown": Row("own_authority", "sv_takedown"),
    "api_authority_takedown_answer": Row("own_authority", "sv_takedown", method="post"),
    "api_authority_credit": Row("authorities"),
    "api_authority_entry_by_number": Row("authorities", method="post", why="needs a number: tests/supervision"),
    "api_authority_entry": Row("own_authority", "sv_entry"),
    **_acts("api_authority_entry", "own_authority", "sv_entry", ("offline", "resume", "revoke", "rating")),
    "api_authority_letter_templates": Row("authorities"),
    "api_authority_circulars": Row("authorities"),
    "api_authority_circular": Row("own_reviewers", "sv_circular"),
    **_acts("api_authority_circular", "own_reviewers", "sv_circular", ("publish", "interview")),
    **_acts("api_authority_circular", "leads", "sv_interview", ("outcomes", "look")),
    **_acts("api_authority_listing", "leads", "sv_listing", ("outcomes", "look")),
    "api_authority_reports": Row("authorities"),
    "api_authority_report": Row("ministry", "sv_report"),
    "api_authority_report_publish": Row("ministry", "sv_report", method="post"),
    "api_authority_list_lines": Row("authorities"),
    "api_authority_list_line": Row("authorities", "sv_list_line"),
    "api_authority_list_line_remove": Row("authorities", "sv_list_line", method="post"),
    "api_authority_editions": Row("authorities"),
    "api_authority_edition": Row("authorities", "sv_edition"),
    "api_authority_edition_verify": Row("authorities", "sv_edition"),
    "api_authority_tasks": Row("authorities"),
    "api_authority_task_file": Row("authorities"),
    "api_authority_task": Row("own_authority", "sv_task"),
    **_acts(
        "api_authority_task", "own_authority", "sv_task",
        ("start", "note", "milestone", "finish", "move", "drop", "reopen"),
    ),
    "api_authority_work_plans": Row("authorities"),
    "api_authority_work_plan": Row("own_authority", "sv_work_plan"),
    "api_authority_indicators": Row("authorities"),
    "api_authority_assessments": Row("authorities"),
    "api_authority_assessment": Row("own_authority", "sv_assessment"),
    "api_authority_assessment_file": Row("own_authority", "sv_assessment"),
    "api_authority_assessment_verify": Row("own_authority", "sv_assessment", method="post"),
    "api_authority_training_institutions": Row("authorities"),
    "api_authority_institution_tables": Row("authorities"),
    "api_authority_institution_table": Row("own_reviewers", "sv_institutions"),
    "api_authority_institution_table_take": Row("own_reviewers", "sv_institutions", method="post"),
    "api_authority_records": Row("own_authority", "sv_task_records"),
    "api_authority_inspection_checklist": Row("authorities"),
    # --- the institutions
    "api_institution_tasks": Row("institutions"),
    "api_institution_task_file": Row("institutions"),
    "api_institution_task": Row("institutions", "sv_task"),
    **_acts("api_institution_task", "institutions", "sv_task", ("start", "note", "milestone", "finish")),
    "api_institution_inspection_checklist": Row("institutions"),
    # --- the partner departments
    "api_partner_referrals": Row("partner"),
    "api_partner_referral": Row("partner", "sv_referral"),
    **_acts("api_partner_referral", "partner", "sv_referral", ("answer", "measure")),
    "api_partner_measures": Row("partner"),
    "api_partner_tasks": Row("partner"),
    "api_partner_task_file": Row("partner"),
    "api_partner_task": Row("partner", "sv_task"),
    **_acts("api_partner_task", "partner", "sv_task", ("start", "note", "milestone", "finish")),
    "api_partner_inspection_checklist": Row("partner"),
    "api_partner_credit": Row("partner"),
    # --- the provider
    "api_provider_supervision": Row("providers"),
    "api_provider_orders": Row("providers"),
    "api_provider_order": Row("own_provider", "own_order"),
    **_acts("api_provider_order", "own_provider", "own_order", ("evidence", "refuse")),
    "api_provider_complaints": Row("providers"),
    "api_provider_complaint": Row("own_provider", "own_forwarding"),
    "api_provider_complaint_answer": Row("own_provider", "own_forwarding", method="post"),
    "api_provider_listings": Row("providers"),
    "api_provider_listing": Row("own_provider", "own_listing"),
    "api_provider_listing_object": Row("own_provider", "own_listing", method="post"),
    "api_provider_warnings": Row("providers"),
    "api_provider_inspection_checklist": Row("providers"),
    # --- everybody
    "api_registry_negative_list": Row("public"),
    "api_registry_exit_list": Row("public"),
    "api_registry_edition": Row("public", why="needs an edition: tests/supervision/test_api_public.py"),
    "api_registry_edition_file": Row("public", why="needs an edition: tests/supervision/test_api_public.py"),
    "api_registry_replies": Row("public"),
    "api_registry_circulars": Row("public"),
    "api_registry_progress_reports": Row("public"),
    "api_registry_progress_report": Row("public", why="needs a report: tests/supervision/test_api_papers.py"),
    "api_registry_circular": Row("public", why="needs a circular: tests/supervision/test_api_public.py"),
}  # fmt: skip
