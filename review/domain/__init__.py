"""Verbs of the authority on provider filings."""

from review.domain.assignment import assign, claim, hand_over, release
from review.domain.bulk import Outcome, in_bulk
from review.domain.checks import override_check
from review.domain.decisions import approve, decline, propose, return_for_correction
from review.domain.verdicts import answer_checklist, clear_verdict, give_verdict

__all__ = [
    "Outcome",
    "answer_checklist",
    "approve",
    "assign",
    "claim",
    "clear_verdict",
    "decline",
    "give_verdict",
    "hand_over",
    "in_bulk",
    "override_check",
    "propose",
    "release",
    "return_for_correction",
]
