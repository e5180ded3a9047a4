"""Notices of this room, with their wording. Nothing of a complainant stands in any of them."""

from django.utils.translation import gettext_lazy as _

from notices.kinds import Kind, register

KINDS = (
    Kind(
        "rectification_ordered",
        label=_("A rectification order"),
        title=_("Rectification ordered: %(app_name)s"),
        body=_(
            "%(authority)s orders %(provider_name)s (%(case_no)s) to mend by %(due_day)s, 24:00: %(findings)s "
            "Hand in evidence on the page of the order. Who does not rectify in time, or refuses, is blacklisted."
        ),
        article="bj-5",
        tone="act",
    ),
    Kind(
        "rectification_evidence",
        label=_("Evidence of a rectification"),
        title=_("Evidence handed in: %(app_name)s"),
        body=_("%(provider_name)s has handed in evidence for the order %(case_no)s. Check it again."),
        article="bj-5",
    ),
    Kind(
        "rectification_sent_back",
        label=_("A rectification is not sufficient"),
        title=_("Not mended yet: %(app_name)s"),
        body=_("%(authority)s has checked again (%(case_no)s): %(said)s Mend it by %(due_day)s, 24:00."),
        article="bj-5",
        tone="act",
    ),
    Kind(
        "rectification_extended",
        label=_("A rectification period is extended"),
        title=_("Extended to %(due_day)s: %(app_name)s"),
        body=_("%(authority)s has extended the order %(case_no)s to %(due_day)s, 24:00. Reason: %(said)s"),
        article="bj-5",
    ),
    Kind(
        "rectification_cleared",
        label=_("A rectification is completed"),
        title=_("Rectification completed: %(app_name)s"),
        body=_("%(authority)s has closed the order %(case_no)s: the findings are mended."),
        article="bj-5",
        tone="ok",
    ),
    Kind(
        "rectification_overdue",
        label=_("A rectification is overdue"),
        title=_("Not rectified in time: %(app_name)s"),
        body=_(
            "The order %(case_no)s against %(provider_name)s ended on %(due_day)s, 24:00, without rectification. "
            "The authority decides on the blacklisting of the provider."
        ),
        article="me-24",
        tone="late",
    ),
    Kind(
        "rectification_refused",
        label=_("A rectification is refused"),
        title=_("Rectification refused: %(app_name)s"),
        body=_(
            "%(provider_name)s refuses to rectify (%(case_no)s): %(said)s The authority decides on the blacklisting "
            "of the provider."
        ),
        article="me-24",
        tone="late",
    ),
    Kind(
        "circular",
        label=_("Circulars"),
        title=_("Circular %(case_no)s: %(title)s"),
        body=_("%(authority)s: %(text)s"),
        article="me-23",
        tone="law",
    ),
    Kind(
        "circular_used_app",
        label=_("An app that we use is blacklisted"),
        title=_("An app that you use: %(title)s"),
        body=_("Your unit has filed the use of an app that this concerns. %(authority)s: %(text)s"),
        article="me-24",
        tone="late",
    ),
    Kind(
        "campaign_offline",
        label=_("An app is taken offline with its category"),
        title=_("Temporarily offline: %(app_name)s"),
        body=_(
            "%(authority)s has taken %(number)s “%(app_name)s” offline (%(case_no)s). Reason: %(reason)s "
            "You may object in writing to that authority; when the cause is mended, file for resumption."
        ),
        article="bj-5",
        tone="late",
    ),
    Kind(
        "campaign_revoked",
        label=_("A filing is revoked with its category"),
        title=_("Filing revoked: %(app_name)s"),
        body=_(
            "%(authority)s has revoked %(number)s “%(app_name)s” (%(case_no)s). Reason: %(reason)s "
            "You may object in writing to that authority. The number is no longer valid; remove it from the app."
        ),
        article="me-24",
        tone="late",
    ),
    Kind(
        "entry_offline",
        label=_("An app is taken offline"),
        title=_("Temporarily offline: %(app_name)s"),
        body=_(
            "%(authority)s has taken %(number)s “%(app_name)s” offline. Reason: %(reason)s "
            "You may object in writing to that authority; when the cause is mended, file for resumption."
        ),
        article="me-15",
        tone="late",
    ),
    Kind(
        "entry_resumed",
        label=_("An app is back"),
        title=_("Back again: %(app_name)s"),
        body=_("%(authority)s has ended the suspension of %(number)s “%(app_name)s”; it can be selected again."),
        article="me-15",
        tone="ok",
    ),
    Kind(
        "entry_revoked",
        label=_("A filing is revoked"),
        title=_("Filing revoked: %(app_name)s"),
        body=_(
            "%(authority)s has revoked %(number)s “%(app_name)s”. Reason: %(reason)s "
            "You may object in writing to that authority. The number is no longer valid; remove it from the app."
        ),
        article="me-24",
        tone="late",
    ),
    Kind(
        "campaign_done",
        label=_("A campaign has been carried out"),
        title=_("Carried out: %(title)s"),
        body=_("%(case_no)s: done %(done)s, skipped %(skipped)s, failed %(failed)s of %(total)s."),
        tone="ok",
    ),
    Kind(
        "complaint_received",
        label=_("A complaint is received"),
        title=_("Complaint received: %(app_name)s"),
        body=_("%(case_no)s, %(category)s. Decide whether to accept it by %(due_day)s."),
        article="me-22",
    ),
    Kind(
        "complaint_answered",
        label=_("A complainant has answered"),
        title=_("Answer of the complainant: %(case_no)s"),
        body=_("The question in %(case_no)s “%(app_name)s” has been answered."),
        article="op-15",
    ),
    Kind(
        "complaint_overdue",
        label=_("A complaint waits too long"),
        title=_("Service target missed: %(case_no)s"),
        body=_("%(case_no)s “%(app_name)s”: %(clock)s was due on %(due_day)s. The duty goes on."),
        article="op-15",
        tone="late",
    ),
    Kind(
        "complaint_forwarded",
        label=_("A complaint about my app"),
        title=_("Complaint about %(app_name)s: reply by %(due_day)s"),
        body=_("%(authority)s (%(ref_no)s) asks for your reply by %(due_day)s, 24:00: %(text)s"),
        article="op-13",
        tone="act",
    ),
    Kind(
        "complaint_forwarding_overdue",
        label=_("A reply to a complaint is overdue"),
        title=_("No reply in time: %(app_name)s"),
        body=_("The reply of %(provider_name)s to %(ref_no)s was due on %(due_day)s, 24:00."),
        article="op-13",
        tone="late",
    ),
    Kind(
        "complaint_provider_replied",
        label=_("A provider has replied to a complaint"),
        title=_("Reply of the provider: %(app_name)s"),
        body=_("%(provider_name)s has replied to %(ref_no)s."),
        article="op-13",
    ),
    Kind(
        "referral_sent",
        label=_("A case is referred to my department"),
        title=_("Referred: %(title)s"),
        body=_("%(authority)s refers %(case_no)s to you. Please answer by %(due_day)s."),
        article="op-14",
        tone="act",
    ),
    Kind(
        "referral_answered",
        label=_("A department has answered"),
        title=_("Answered: %(title)s"),
        body=_("%(department)s has answered %(case_no)s."),
        article="op-14",
        tone="ok",
    ),
    Kind(
        "referral_overdue",
        label=_("An answer of a department is overdue"),
        title=_("No answer in time: %(title)s"),
        body=_("%(case_no)s was to be answered by %(due_day)s."),
        article="op-14",
        tone="late",
    ),
    Kind(
        "task_given",
        label=_("A task of the work plan"),
        title=_("Task: %(title)s, until %(due_day)s"),
        body=_("%(authority)s (%(case_no)s) names you in a task that is due on %(due_day)s. %(unit)s answers for it."),
        article="op-17",
        tone="act",
    ),
    Kind(
        "task_done",
        label=_("A task of the work plan is done"),
        title=_("Done: %(title)s"),
        body=_("%(unit)s has finished the task %(case_no)s."),
        article="op-17",
        tone="ok",
    ),
    Kind(
        "task_drop",
        label=_("A task of the work plan is dropped"),
        title=_("Dropped: %(title)s"),
        body=_("%(authority)s has dropped the task %(case_no)s. The reason stands on its page."),
        article="op-17",
    ),
    Kind(
        "task_reopen",
        label=_("A task of the work plan is open again"),
        title=_("Open again: %(title)s"),
        body=_("%(authority)s has opened the task %(case_no)s again, due on %(due_day)s."),
        article="op-17",
        tone="act",
    ),
    Kind(
        "task_overdue",
        label=_("A task of the work plan is overdue"),
        title=_("Overdue, due on %(due_day)s: %(title)s"),
        body=_("The task %(case_no)s was to be done by %(due_day)s. %(unit)s answers for it; %(authority)s gave it."),
        article="op-17",
        tone="late",
    ),
    Kind(
        "task_passed",
        label=_("A task of the work plan has passed to another authority"),
        title=_("Passed on: %(title)s"),
        body=_(
            "%(before)s is closed. The task %(case_no)s goes on with %(authority)s; %(unit)s answers for it until "
            "%(due_day)s."
        ),
        article="op-17",
        tone="act",
    ),
    Kind(
        "task_given_back",
        label=_("A task of the work plan has come back to an authority that is open again"),
        title=_("Given back: %(title)s"),
        body=_(
            "%(before)s is open again. The task %(case_no)s goes on with %(authority)s; %(unit)s answers for it until "
            "%(due_day)s."
        ),
        article="op-17",
        tone="act",
    ),
    Kind(
        "warning_raised",
        label=_("Early warnings"),
        title=_("Warning: %(kind_label)s – %(app_name)s"),
        body=_("%(number)s “%(app_name)s” of %(provider_name)s: %(kind_label)s. %(detail)s"),
        article="op-15",
        tone="act",
    ),
)


def register_kinds() -> None:
    for kind in KINDS:
        register(kind)
