"""Fourth part: materials. Qualifications are shown again here; policy documents are at home here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from providers.schema.fields import Context, Field, Section, holds
from providers.schema.training import FORUM


def review_system_due(context: Context) -> bool:
    """With a forum, or everywhere where the policy says so (Beijing)."""
    return holds(FORUM, context.doc) or bool(
        context.policy is not None and context.policy.get("content_review_for_all")
    )


def _by_policy(key: str) -> Field:
    labels = {
        "service_agreement": (_("Service agreement and platform rules"), "bj-3-6"),
        "account_rules": (_("Account management measures"), "bj-3-6"),
        "emergency_plan": (_("Emergency response measures"), "bj-3-6"),
    }
    label, article = labels[key]
    return Field(f"system.{key}", label, "file", material=key, group="policy", article=article)


QUALIFICATIONS = Section(
    "qualifications",
    "system",
    "四",
    _("Qualifications and proofs"),
    mirror=True,
    intro=_("Everything uploaded with the other parts, at one glance."),
)
POLICIES = Section(
    "policies",
    "system",
    "四",
    _("Policy documents"),
    article="op-6",
    fields=(
        Field(
            "system.privacy_policy",
            _("Privacy policy"),
            "file",
            required=True,
            material="privacy_policy",
            group="policy",
            article="op-6",
        ),
        Field(
            "system.data_protection",
            _("Rules for the protection of personal information"),
            "file",
            required=True,
            material="data_protection",
            group="policy",
            article="op-6",
            hint=_("Over collection, storage, transmission and use."),
        ),
        _by_policy("service_agreement"),
        _by_policy("account_rules"),
        _by_policy("emergency_plan"),
        Field(
            "system.review_system",
            _("Information review system"),
            "file",
            required=review_system_due,
            material="review_system",
            group="policy",
            article="op-5",
            hint=_("Needed with a forum, community or messages; in some provinces for all apps."),
        ),
    ),
)
