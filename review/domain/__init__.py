"""Verbs of the authority: on provider filings, on appraisals of filed apps, and on recommended lists."""

from review.domain.appraisals import (
    call_for_nominations,
    cancel_appraisal,
    conclude,
    draft_appraisal,
    edit_appraisal,
    give_notice,
    nominate,
    open_scoring,
    terms_mark,
)
from review.domain.assignment import assign, claim, follow, hand_over, release, worker_of
from review.domain.bulk import Outcome, in_bulk
from review.domain.checks import override_check
from review.domain.decisions import approve, decline, propose, return_for_correction
from review.domain.experts import (
    appoint_expert,
    attach_assessment,
    declare_interests,
    dismiss_expert,
    give_scores,
)
from review.domain.lists import create_list, remove_from_list
from review.domain.objections import decide_result_objection, object_to_result
from review.domain.uses import advise_end, confirm_use, remind_unit, return_use
from review.domain.verdicts import answer_checklist, clear_verdict, give_verdict

__all__ = [
    "Outcome",
    "advise_end",
    "answer_checklist",
    "appoint_expert",
    "approve",
    "assign",
    "attach_assessment",
    "call_for_nominations",
    "cancel_appraisal",
    "claim",
    "clear_verdict",
    "conclude",
    "confirm_use",
    "create_list",
    "decide_result_objection",
    "declare_interests",
    "decline",
    "dismiss_expert",
    "draft_appraisal",
    "edit_appraisal",
    "follow",
    "give_notice",
    "give_scores",
    "give_verdict",
    "hand_over",
    "in_bulk",
    "nominate",
    "object_to_result",
    "open_scoring",
    "override_check",
    "propose",
    "release",
    "remind_unit",
    "remove_from_list",
    "return_for_correction",
    "return_use",
    "terms_mark",
    "worker_of",
]
