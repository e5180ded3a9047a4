"""Words for what the ledger records: the verbs, and who acted."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Role

# The last part of a verb: (words, family of the dot in the timeline)
VERBS: dict[str, tuple[str | Promise, str]] = {
    "create": (pgettext_lazy("act", "Filing begun"), ""),
    "start": (pgettext_lazy("act", "Filing begun"), ""),
    "submit": (pgettext_lazy("act", "Submitted; the feedback period begins"), ""),
    "resubmit": (pgettext_lazy("act", "Submitted again; the feedback period begins"), ""),
    "return_for_correction": (pgettext_lazy("act", "Returned for correction"), "act"),
    "approve": (pgettext_lazy("act", "Approved"), "ok"),
    "forward": (pgettext_lazy("act", "Verified and forwarded to the ministry"), "auth"),
    "forward_to_ministry": (pgettext_lazy("act", "Verified and forwarded to the ministry"), "auth"),
    "decline": (pgettext_lazy("act", "Declined"), ""),
    "withdraw": (pgettext_lazy("act", "Withdrawn by the provider"), ""),
    "lapse": (pgettext_lazy("act", "Lapsed: no correction arrived in time"), "law"),
    "publish": (pgettext_lazy("act", "Published, number issued"), "ok"),
    "republish": (pgettext_lazy("act", "Change filed, published anew"), "ok"),
    "assign": (pgettext_lazy("act", "Assigned"), "auth"),
    "claim": (pgettext_lazy("act", "Taken over"), "auth"),
    "remind_unit": (pgettext_lazy("act", "Unit reminded"), "auth"),
    "reassign": (pgettext_lazy("act", "Assigned to another person"), "auth"),
    "escalate": (pgettext_lazy("act", "Feedback overdue, superior authority told"), "law"),
    "override_check": (pgettext_lazy("act", "Automatic check set aside with a reason"), "auth"),
    "request_check": (pgettext_lazy("act", "External check requested"), "auth"),
    "record_check": (pgettext_lazy("act", "External check answered"), "auth"),
    "serve": (pgettext_lazy("act", "Notice served"), ""),
    "send_to_ministry": (pgettext_lazy("act", "Verified and forwarded to the ministry"), "auth"),
    "rename": (pgettext_lazy("act", "Name of the unit changed"), ""),
    "unmark_change": (pgettext_lazy("act", "Change no longer under review"), ""),
    "clear_rectification": (pgettext_lazy("act", "Rectified, order lifted"), "ok"),
    "amend_unit": (pgettext_lazy("act", "Unit amended by an administrator"), ""),
    "order_rectification": (pgettext_lazy("act", "Rectification ordered"), "act"),
    "clear": (pgettext_lazy("act", "Rectified, order lifted"), "ok"),
    "take_offline": (pgettext_lazy("act", "Temporarily offline"), ""),
    "resume": (pgettext_lazy("act", "Online again"), "ok"),
    "revoke": (pgettext_lazy("act", "Revoked"), "law"),
    "cancel": (pgettext_lazy("act", "Cancelled at the provider’s request"), ""),
    "remind": (pgettext_lazy("act", "Reminder sent"), ""),
    "feedback_overdue": (pgettext_lazy("act", "Feedback overdue, superior authority told"), "law"),
    "confirm_information": (pgettext_lazy("act", "Provider confirmed the information, no change"), "ok"),
    "mark_change": (pgettext_lazy("act", "Change under review, the published entry stays in force"), "auth"),
    "release": (pgettext_lazy("act", "Given back to the queue"), "auth"),
    "propose": (pgettext_lazy("act", "Decision proposed, a second person is to confirm it"), "auth"),
    "second": (pgettext_lazy("act", "Decision confirmed by a second person"), "auth"),
    "hand_over": (pgettext_lazy("act", "Handed over to a colleague"), "auth"),
    "read_notice": (pgettext_lazy("act", "Notice opened for the first time"), ""),
    "add_system": (pgettext_lazy("act", "Business system added"), ""),
    "add_app": (pgettext_lazy("act", "App added"), ""),
    "mark_offline": (pgettext_lazy("act", "Temporarily offline"), ""),
    "number": (pgettext_lazy("act", "Published, number issued"), "ok"),
    "draft_appraisal": (pgettext_lazy("act", "Terms of an appraisal drawn up"), ""),
    "edit_appraisal": (pgettext_lazy("act", "Terms of the appraisal changed"), ""),
    "call_for_nominations": (pgettext_lazy("act", "Call published, nominations open"), "act"),
    "nominate": (pgettext_lazy("act", "App nominated"), ""),
    "appoint_expert": (pgettext_lazy("act", "Expert appointed"), "auth"),
    "dismiss_expert": (pgettext_lazy("act", "Expert dismissed"), "auth"),
    "declare_interests": (pgettext_lazy("act", "Interests declared"), ""),
    "open_scoring": (pgettext_lazy("act", "Scoring opened"), "auth"),
    "give_scores": (pgettext_lazy("act", "Points given"), ""),
    "attach_assessment": (pgettext_lazy("act", "Assessment report attached"), ""),
    "give_notice": (pgettext_lazy("act", "Result stands for public notice"), "act"),
    "object_to_result": (pgettext_lazy("act", "Objection to the result"), "act"),
    "decide_result_objection": (pgettext_lazy("act", "Objection decided"), "auth"),
    "conclude_appraisal": (pgettext_lazy("act", "Appraisal concluded, list published"), "ok"),
    "cancel_appraisal": (pgettext_lazy("act", "Appraisal cancelled"), ""),
    "create_list": (pgettext_lazy("act", "Recommended list set up"), ""),
    "publish_edition": (pgettext_lazy("act", "Edition of the list published and reported"), "ok"),
}


def verb_words(verb: str) -> tuple[str, str]:
    """Words and family for a verb such as ``review.approve``; an unknown verb is shown as it is."""
    words, family = VERBS.get(verb.rsplit(".", 1)[-1], (verb.rsplit(".", 1)[-1].replace("_", " "), ""))
    return str(words), family


def actor_words(record: Any) -> str:
    """Who acted, as the other party may read it: the role, or the system. Never a person's name."""
    if str(getattr(record, "actor_kind", "")) == "system":
        return _("The system")
    role = str(getattr(record, "actor_role", ""))
    return str(dict(Role.choices).get(role, ""))
