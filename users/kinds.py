"""The kinds of notices about uses, with their wording."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notices.kinds import Kind, register

KINDS = (
    Kind(
        "use_submitted",
        label=_("A user filing is submitted"),
        title=_("User filing submitted: %(app_name)s"),
        body=_(
            "The user filing %(case_no)s of %(unit)s for “%(app_name)s” has been submitted to %(authority)s for "
            "confirmation. Service target: %(due_day)s; it is not a legal period."
        ),
        article="me-19",
    ),
    Kind(
        "use_resubmitted",
        label=_("A returned user filing is submitted again"),
        title=_("User filing submitted again: %(app_name)s"),
        body=_(
            "The user filing %(case_no)s of %(unit)s for “%(app_name)s” has been corrected and submitted to "
            "%(authority)s again. Service target: %(due_day)s; it is not a legal period."
        ),
        article="me-19",
    ),
    Kind(
        "use_change_reported",
        label=_("A change of use is reported"),
        title=_("Change of use reported: %(app_name)s"),
        body=_(
            "%(unit)s has reported a change of its user filing %(case_no)s for “%(app_name)s” and asks %(authority)s "
            "to confirm it again. What was confirmed stays public until then."
        ),
        article="me-20",
    ),
    Kind(
        "use_for_unit_review",
        label=_("A user filing awaits the school’s review"),
        title=_("School review: %(app_name)s"),
        body=_(
            "The use of “%(app_name)s” has been prepared. A second person of %(unit)s must review it before it goes "
            "to %(authority)s."
        ),
        article="op-10",
        tone="act",
    ),
    Kind(
        "use_sent_back",
        label=_("A user filing is sent back within the school"),
        title=_("Sent back within the school: %(app_name)s"),
        body=_("The school’s review of “%(app_name)s” has sent it back: %(comment)s"),
        article="op-10",
        tone="act",
    ),
    Kind(
        "use_confirmed",
        label=_("A user filing is confirmed"),
        title=_("User filing confirmed: %(app_name)s"),
        body=_("%(authority)s has confirmed the user filing %(case_no)s of %(unit)s for “%(app_name)s”."),
        article="me-19",
        tone="ok",
    ),
    Kind(
        "use_returned",
        label=_("A user filing is returned"),
        title=_("User filing returned: %(app_name)s"),
        body=_(
            "%(authority)s has returned the user filing %(case_no)s for “%(app_name)s” with notes. Correct what the "
            "notes ask for and submit it again. %(comment)s"
        ),
        article="me-19",
        tone="act",
    ),
    Kind(
        "use_withdrawn",
        label=_("A use is ended"),
        title=_("Use ended: %(app_name)s"),
        body=_("%(unit)s has ended its use of “%(app_name)s” (%(case_no)s). Reason: %(reason)s"),
        article="op-16",
        tone="end",
    ),
    Kind(
        "use_suspended",
        label=_("A use is suspended with its app"),
        title=_("Use suspended: %(app_name)s"),
        body=_(
            "The filing of “%(app_name)s” (%(number)s) is no longer in force: %(text)s Your use of it is suspended; "
            "please end it and tell the staff, students and parents concerned."
        ),
        article="op-16",
        tone="act",
    ),
    Kind(
        "use_to_check",
        label=_("An app in use has changed"),
        title=_("To be checked: %(app_name)s"),
        body=_(
            "The filing of “%(app_name)s” (%(number)s) has changed: %(changed)s. Look whether your use is still as you "
            "filed it; if not, report the change within ten working days."
        ),
        article="me-20",
        tone="act",
    ),
    Kind(
        "use_resumed",
        label=_("A suspended use goes on"),
        title=_("Use goes on: %(app_name)s"),
        body=_("“%(app_name)s” (%(number)s) is in force again. Your filing stands where it stood before."),
        article="me-15",
        tone="ok",
    ),
    Kind(
        "use_entry_gone",
        label=_("The app of a draft is no longer in force"),
        title=_("No longer selectable: %(app_name)s"),
        body=_("“%(app_name)s” (%(number)s) cannot be selected at present: %(text)s Your draft cannot be submitted."),
        article="me-8",
        tone="act",
    ),
    Kind(
        "use_withdrawal_proposed",
        label=_("The end of a use is proposed"),
        title=_("End of use proposed: %(app_name)s"),
        body=_(
            "It is proposed that your unit ends its use of “%(app_name)s” (%(number)s): %(text)s Please end it and "
            "tell the staff, students and parents concerned."
        ),
        article="op-16",
        tone="act",
    ),
    Kind(
        "use_target_soon",
        label=_("The service target of a confirmation comes near"),
        title=_("Service target on %(due_day)s: %(app_name)s"),
        body=_("The user filing %(case_no)s of %(unit)s for “%(app_name)s” awaits your confirmation."),
        article="me-19",
        tone="act",
        optional=True,
    ),
    Kind(
        "use_target_passed",
        label=_("The service target of a confirmation has passed"),
        title=_("Still to be confirmed: %(app_name)s"),
        body=_(
            "The user filing %(case_no)s of %(unit)s for “%(app_name)s” has waited for your confirmation since before "
            "%(due_day)s, the day of your service target. It is no legal period, and time confirms nothing."
        ),
        article="me-19",
        tone="act",
        optional=True,
    ),
    Kind(
        "use_rerouted",
        label=_("A user filing goes to another authority"),
        title=_("Now with another authority: %(app_name)s"),
        body=_("The user filing %(case_no)s of %(unit)s for “%(app_name)s” is now confirmed by %(authority)s."),
        article="me-19",
    ),
    Kind(
        "uses_rerouted",
        label=_("User filings come from another authority"),
        title=_("Now with %(authority)s: %(count)s user filings"),
        body=_(
            "%(count)s user filings that another authority was to confirm are now confirmed by %(authority)s, since "
            "%(unit)s was closed, is open again or stands elsewhere."
        ),
        article="me-19",
    ),
    Kind(
        "use_reminder_missing",
        label=_("Reminder: no user filing"),
        title=_("Reminder of %(authority)s: file the apps in use"),
        body=_(
            "%(authority)s reminds %(unit)s that it has not filed any use of apps. Apps that are developed, "
            "selected or required by a superior must be filed. %(text)s"
        ),
        article="me-17",
        tone="act",
        optional=True,
    ),
    Kind(
        "use_reminder_no_system",
        label=_("Reminder: no selection system"),
        title=_("Reminder of %(authority)s: put your selection system on record"),
        body=_(
            "%(authority)s reminds %(unit)s that no selection system of it is on record. %(text)s"
        ),
        article="me-8",
        tone="act",
        optional=True,
    ),
    Kind(
        "use_reminder_unnamed",
        label=_("Reminder: nobody named"),
        title=_("Reminder of %(authority)s: name your department and persons"),
        body=_(
            "%(authority)s reminds %(unit)s that it has not named the department in charge and the "
            "responsible persons. %(text)s"
        ),
        article="op-8",
        tone="act",
        optional=True,
    ),
    Kind(
        "use_reminder_selected",
        label=_("Reminder: selected, not filed"),
        title=_("Reminder of %(authority)s: file what was selected"),
        body=_(
            "%(authority)s reminds %(unit)s that apps were selected and their use has not been filed. %(text)s"
        ),
        article="bj-2-3",
        tone="act",
        optional=True,
    ),
    Kind(
        "use_reminder_returned",
        label=_("Reminder: returned filing"),
        title=_("Reminder of %(authority)s: correct the returned filing"),
        body=_(
            "%(authority)s reminds %(unit)s that a returned user filing waits for its correction. %(text)s"
        ),
        article="me-19",
        tone="act",
        optional=True,
    ),
    Kind(
        "use_reminder_proposed",
        label=_("Reminder: withdrawal proposed"),
        title=_("Reminder of %(authority)s: end the use, or say why not"),
        body=_(
            "%(authority)s reminds %(unit)s that the withdrawal of an app has been proposed and is not "
            "answered. %(text)s"
        ),
        article="op-16",
        tone="act",
        optional=True,
    ),
    Kind(
        "use_reminder_campaign",
        label=_("Reminder: campaign"),
        title=_("Reminder of %(authority)s: %(campaign)s"),
        body=_(
            "%(authority)s reminds %(unit)s of “%(campaign)s”, which ends on %(ends_on)s. %(text)s"
        ),
        article="me-n2",
        tone="act",
        optional=True,
    ),
)


def register_all() -> None:
    """Called once when the room is ready."""
    for kind in KINDS:
        register(kind)
