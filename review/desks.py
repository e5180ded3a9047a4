"""What differs between the two kinds of filing on an authority's desk; everything else is the same furniture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from accounts.enums import AUTHORITY_ROLES, LEAD_ROLES
from ledger.acts import Actor, Reasons
from providers.enums import AUTHORITY_STATES, FilingState
from providers.models import Filing
from review import rules
from review.models import Assignment, UseAssignment, UseVerdict, Verdict
from users import rules as use_rules
from users.enums import AUTHORITY_STATES as USE_STATES
from users.enums import UseState
from users.models import UserFiling

Rule = Callable[[Actor, Any], Reasons]
Case = TypeVar("Case", Filing, UserFiling)


@dataclass(frozen=True)
class Desk:
    """One kind of filing: its papers, who may do what, and the states in which it is decided or still in hand."""

    model: Any
    assignments: Any
    verdicts: Any
    holds: Rule
    may_work_on: Rule
    may_claim: Rule
    may_assign: Rule
    decidable: frozenset[str]
    in_hand: frozenset[str]


def holds_use(by: Actor, filing: UserFiling) -> Reasons:
    """The actor works for the authority that confirms this use (Measures Art. 19)."""
    if by.role not in AUTHORITY_ROLES:
        return Reasons([use_rules.NOT_AUTHORITY])
    return Reasons() if by.unit_id == filing.authority_id else Reasons([use_rules.NOT_YOUR_AUTHORITY])


def may_assign_use(by: Actor, filing: UserFiling) -> Reasons:
    """Give a use to a colleague: heads of the authority's work."""
    reasons = holds_use(by, filing)
    if not reasons and by.role not in LEAD_ROLES:
        reasons.append(rules.NOT_A_LEAD)
    return reasons


FILINGS = Desk(
    Filing, Assignment, Verdict, rules.holds, rules.may_work_on, rules.may_claim, rules.may_assign,
    frozenset(AUTHORITY_STATES), frozenset({*AUTHORITY_STATES, FilingState.RETURNED}),
)  # fmt: skip
USES = Desk(
    UserFiling, UseAssignment, UseVerdict, holds_use, use_rules.may_decide, use_rules.may_decide, may_assign_use,
    frozenset(USE_STATES), frozenset({*USE_STATES, UseState.RETURNED}),
)  # fmt: skip


def desk_of(filing: Filing | UserFiling) -> Desk:
    """The desk of a filing's kind."""
    return USES if isinstance(filing, UserFiling) else FILINGS
