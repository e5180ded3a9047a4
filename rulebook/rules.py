"""Who may change the rulebook. Each rule returns the reasons against, empty means allowed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from ledger.acts import Actor, Reason, Reasons

#: Roles that keep the national rulebook.
KEEPERS = frozenset({"sysadmin", "ministry_reviewer"})


def may_keep_calendar(by: Actor, _row: Any = None) -> Reasons:
    """The working-day calendar is the State Council's for the whole country: administrators import it."""
    if by.is_system or by.role in KEEPERS:
        return Reasons()
    return Reasons.of(
        Reason("not_keeper", _("Only an administrator may change the calendar of working days."))
    )


def may_publish_policy(by: Actor, authority_code: str, effective_from: date, today: date) -> Reasons:
    """An administrator, or the lead of the authority itself; never with effect on days that have passed.

    A filing is judged by the policy in force on its submission day (Art. 26 lets provinces set rules),
    so that a policy with effect backwards would change the ground under filings already made.
    """
    reasons = Reasons()
    own = bool(by.province_code) and by.province_code == authority_code and by.role == "review_lead"
    if not (by.is_system or by.role in KEEPERS or own):
        reasons.append(
            Reason(
                "not_policy_owner",
                _("Only the authority itself, or an administrator, may publish its policy."),
                article="me-26",
            )
        )
    if effective_from < today:
        reasons.append(
            Reason(
                "policy_backwards",
                _("A policy cannot take effect on a day that has passed: %(day)s.") % {"day": effective_from},
            )
        )
    return reasons
