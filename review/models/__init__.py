"""The authority's own papers: on provider filings, and on appraisals of filed apps."""

from review.models.filings import (
    Assignment,
    Check,
    ChecklistAnswer,
    CheckResult,
    Decision,
    ExchangeRow,
    ExternalCheck,
    Proposal,
    SavedView,
    Verdict,
)

__all__ = [
    "Assignment",
    "Check",
    "CheckResult",
    "ChecklistAnswer",
    "Decision",
    "ExchangeRow",
    "ExternalCheck",
    "Proposal",
    "SavedView",
    "Verdict",
]
