"""Notices of appraisals and of recommended lists, with their wording."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notices.kinds import Kind, register

KINDS = (
    Kind(
        "use_reminded",
        label=_("The authority reminds of a user filing"),
        title=_("Reminder: %(app_name)s"),
        body=_(
            "%(authority)s reminds %(unit)s of the user filing %(case_no)s for “%(app_name)s”, which lies with you. "
            "%(text)s"
        ),
        article="me-19",
        tone="act",
    ),
    Kind(
        "appraisal_appointed",
        label=_("Appointed as an expert"),
        title=_("You are asked to appraise: %(title)s"),
        body=_("You have been appointed as an expert for “%(title)s”. Please declare your interests before you score."),
        article="op-9",
        tone="act",
    ),
    Kind(
        "appraisal_scoring",
        label=_("The scoring is open"),
        title=_("The scoring is open: %(title)s"),
        body=_("The nominations for “%(title)s” are closed. Please give your points."),
        article="op-9",
        tone="act",
    ),
    Kind(
        "appraisal_result",
        label=_("Result of an appraisal"),
        title=_("Result of the appraisal: %(app_name)s"),
        body=_(
            "The result of “%(title)s” for “%(app_name)s” stands for public notice until %(until)s. "
            "You may object until then."
        ),
        article="op-9",
    ),
    Kind(
        "appraisal_outcome_changed",
        label=_("Result of an appraisal changed after an objection"),
        title=_("Result changed: %(app_name)s"),
        body=_("After an objection the result of “%(title)s” for “%(app_name)s” has changed. Reasons: %(reason)s"),
        article="op-9",
    ),
    Kind(
        "appraisal_objection",
        label=_("Objection to an appraisal"),
        title=_("Objection to the result: %(title)s"),
        body=_("Somebody objects to the result of “%(title)s”. Decide on it before you publish the list."),
        article="op-9",
        tone="act",
    ),
    Kind(
        "list_published",
        label=_("A recommended list is reported"),
        title=_("Recommended list reported: %(list)s"),
        body=_("%(authority)s has published edition %(number)s of “%(list)s” and reports it herewith."),
        article="op-9",
    ),
)


def register_all() -> None:
    """Called once when the room is ready."""
    for kind in KINDS:
        register(kind)
