"""Pages and calls of providers."""

from tests.accounts.matrix.cast import Row

_API = "needs a token: tests/api"

ROWS: dict[str, Row] = {
    # --- providers
    "provider_home": Row("providers"),
    "provider_apps": Row("providers"),
    "provider_supervision": Row("providers"),
    "provider_order": Row("own_provider", "own_order"),
    "provider_order_refuse": Row("own_provider", "own_order", method="post"),
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
}
