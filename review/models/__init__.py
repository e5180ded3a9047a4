"""The authority's own papers: on provider filings, and on appraisals of filed apps."""

from review.models.appraisals import (
    Appraisal,
    Assessment,
    Candidate,
    Expert,
    ResultObjection,
    Score,
)
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
from review.models.units import UnitCheck, UnitCheckQuerySet
from review.models.uses import UseAssignment, UseVerdict

__all__ = [
    "Appraisal",
    "Assessment",
    "Assignment",
    "Candidate",
    "Check",
    "CheckResult",
    "ChecklistAnswer",
    "Decision",
    "ExchangeRow",
    "Expert",
    "ExternalCheck",
    "Proposal",
    "ResultObjection",
    "SavedView",
    "Score",
    "UnitCheck",
    "UnitCheckQuerySet",
    "UseAssignment",
    "UseVerdict",
    "Verdict",
]
