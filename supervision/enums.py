"""Words of supervision: complaints, orders, campaigns, inspections, referrals, circulars."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ComplaintKind(models.TextChoices):
    """What somebody has to say (Measures Art. 22; Opinions 15; Beijing notice 2(3))."""

    COMPLAINT = "complaint", _("Complaint")
    SUGGESTION = "suggestion", _("Suggestion")
    UNFILED = "unfiled", _("Report of an unfiled app")


class ComplaintState(models.TextChoices):
    """Life of a complaint; the authority of the app's province holds it until it is resolved."""

    RECEIVED = "received", _("Received")
    ACCEPTED = "accepted", _("Accepted")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")
    INVESTIGATING = "investigating", _("Investigating")
    RESOLVED = "resolved", _("Resolved")


OPEN_COMPLAINTS = (ComplaintState.RECEIVED, ComplaintState.ACCEPTED, ComplaintState.INVESTIGATING)


class Outcome(models.TextChoices):
    """What came of a complaint."""

    SUBSTANTIATED = "substantiated", _("Substantiated")
    PARTLY = "partly", _("Substantiated in part")
    UNSUBSTANTIATED = "unsubstantiated", _("Not substantiated")
    TAKEN_UP = "taken_up", _("Suggestion taken up")
    NOTED = "noted", _("Noted")


class MessageKind(models.TextChoices):
    """Lines between the authority and who complained; a note is for the authority alone."""

    QUESTION = "question", _("Question to the complainant")
    ANSWER = "answer", _("Answer of the complainant")
    REPLY = "reply", _("Reply")
    NOTE = "note", _("Internal note")


class ForwardingState(models.TextChoices):
    """A text that the authority sent to the provider about a complaint, until it has answered."""

    SENT = "sent", _("Awaiting the provider's reply")
    REPLIED = "replied", _("Provider has replied")
    OVERDUE = "overdue", _("No reply in time")
    RECALLED = "recalled", _("Recalled")


class OrderState(models.TextChoices):
    """A rectification order. Overdue and refused are proposals to list: a person decides."""

    ISSUED = "issued", _("Order issued")
    EVIDENCE_SUBMITTED = "evidence_submitted", _("Evidence submitted")
    CLEARED = "cleared", _("Cleared")
    OVERDUE = "overdue", pgettext_lazy("order", "Overdue")
    REFUSED = "refused", pgettext_lazy("order", "Refused")
    LISTED = "listed", pgettext_lazy("order", "Blacklisted")


OPEN_ORDERS = (OrderState.ISSUED, OrderState.EVIDENCE_SUBMITTED, OrderState.OVERDUE, OrderState.REFUSED)
PROPOSED_ORDERS = (OrderState.OVERDUE, OrderState.REFUSED)


class StepKind(models.TextChoices):
    """A line in the file of an order."""

    EVIDENCE = "evidence", _("Evidence of the provider")
    SENT_BACK = "sent_back", _("Sent back")
    EXTENDED = "extended", pgettext_lazy("order", "Deadline extended")
    CLEARED = "cleared", _("Cleared")
    REFUSED = "refused", pgettext_lazy("order", "Refused")
    OVERDUE = "overdue", pgettext_lazy("order", "Overdue")


class CampaignState(models.TextChoices):
    """One decision over many entries: drafted by one person, decided by another, then carried out."""

    DRAFT = "draft", pgettext_lazy("campaign", "Draft")
    RUNNING = "running", pgettext_lazy("campaign", "Being carried out")
    DONE = "done", pgettext_lazy("campaign", "Carried out")
    WITHDRAWN = "withdrawn", pgettext_lazy("campaign", "Withdrawn")


class CampaignEffect(models.TextChoices):
    """What befalls every entry of a campaign."""

    OFFLINE = "offline", _("Take offline temporarily")
    REVOKE = "revoke", _("Revoke the filing")


class ItemStatus(models.TextChoices):
    """An entry within a campaign."""

    PENDING = "pending", pgettext_lazy("campaign item", "Waiting")
    DONE = "done", pgettext_lazy("campaign item", "Done")
    SKIPPED = "skipped", pgettext_lazy("campaign item", "Skipped")
    FAILED = "failed", pgettext_lazy("campaign item", "Failed")


class SamplingMethod(models.TextChoices):
    """How a sample is drawn; every draw can be repeated from its seed."""

    RANDOM = "random", _("At random")
    RISK = "risk", _("By risk")
    COMPLAINTS = "complaints", _("By complaints")


class PlanState(models.TextChoices):
    """A sampling plan."""

    DRAFT = "draft", pgettext_lazy("plan", "Draft")
    DRAWN = "drawn", pgettext_lazy("plan", "Drawn")
    CLOSED = "closed", pgettext_lazy("plan", "Closed")


class InspectionState(models.TextChoices):
    """One inspected entry."""

    PLANNED = "planned", pgettext_lazy("inspection", "Planned")
    IN_ORDER = "in_order", pgettext_lazy("inspection", "In order")
    FINDINGS = "findings", pgettext_lazy("inspection", "Findings")
    RECHECKED = "rechecked", pgettext_lazy("inspection", "Re-checked, in order")


class WarningKind(models.TextChoices):
    """What a monitor found (Opinions 15; notice of the Measures 5)."""

    NUMBER_NOT_SHOWN = "number_not_shown", _("Filing number not shown in the app")
    VERSION_NEWER = "version_newer", _("Store version newer than the filed one")
    MLPS_REPORT = "mlps_report", _("MLPS test report runs out")
    MLPS_CERTIFICATE = "mlps_certificate", _("MLPS certificate needs a new test")
    LICENCE = "licence", _("Training licence runs out")
    STALE = "stale", _("Information not confirmed for a year")
    ICP_GONE = "icp_gone", _("ICP filing of the domain is gone")


class WarningStatus(models.TextChoices):
    """A warning, until it is settled."""

    OPEN = "open", pgettext_lazy("warning", "Open")
    CLOSED = "closed", pgettext_lazy("warning", "Settled")


class Department(models.TextChoices):
    """Partner departments (Measures Art. 16; Opinions 14)."""

    CYBERSPACE = "cyberspace", _("Cyberspace office")
    COMMUNICATIONS = "communications", _("Communications administration")
    POLICE = "police", _("Public security")
    CIVIL_AFFAIRS = "civil_affairs", _("Civil affairs")
    MARKET = "market", _("Market supervision")
    PRESS = "press", _("Press and publication")
    ANTI_PORN = "anti_porn", _("Office against pornography and illegal publications")
    OFF_CAMPUS = "off_campus", _("Off-campus training governance")


class ReferralSubject(models.TextChoices):
    """What a case is about; it says which department is competent."""

    PROVIDER_SECURITY = "provider_security", _("Network security of a provider")
    ILLEGAL_CONTENT = "illegal_content", _("Illegal or harmful content")
    STORE = "store", _("App store or terminal maker")
    ICP = "icp", _("ICP filing or telecom licence")
    PUBLICATION = "publication", _("Textbooks or aids as online publications")
    REGISTRATION = "registration", _("Registration of a private non-enterprise unit")
    CHARGES = "charges", _("Illegal charges or advertising")
    CRIME = "crime", _("Suspected crime")
    OBSCENE = "obscene", _("Obscene or illegal publications")
    TRAINING = "training", _("Off-campus online training")


class ReferralState(models.TextChoices):
    """A case handed to a partner department."""

    SENT = "sent", pgettext_lazy("referral", "Awaiting the answer")
    ANSWERED = "answered", pgettext_lazy("referral", "Answered")
    CLOSED = "closed", pgettext_lazy("referral", "Closed")


class TakedownState(models.TextChoices):
    """A request to an app store (Opinions 7)."""

    REQUESTED = "requested", _("Take-down requested")
    REMOVED = "removed", _("Removed by the store")
    DECLINED = "declined", pgettext_lazy("takedown", "Declined by the store")


class CircularKind(models.TextChoices):
    """Letters and circulars (Measures Art. 23, 24; Opinions 16)."""

    BLACKLISTING = "blacklisting", _("Circular of a blacklisting")
    CAMPAIGN = "campaign", _("Circular of a campaign")
    CIRCULAR = "circular", _("Circular")
    INTERVIEW = "interview", _("Interview")
    WARNING = "warning", _("Letter of warning")


class CircularAudience(models.TextChoices):
    """Who reads it."""

    PUBLIC = "public", _("Everybody")
    SYSTEM = "system", _("The education system")
    UNITS = "units", _("The units it is addressed to")


class StoreDuty(models.TextChoices):
    """What a store is to do before and after it lists an app (Opinions 7, 13; Measures Art. 16)."""

    FILING = "filing", _("The filing is checked before listing")
    IDENTITY = "identity", _("The developer’s real identity is registered")
    AUDIT = "audit", _("The app’s security is audited")
    CONTENT = "content", _("Qualifications are verified and the content is reviewed")
    AGE = "age", _("The age range is shown")
    REMOVAL = "removal", _("What breaks laws or rules is dealt with in time")


class RatingKind(models.TextChoices):
    """What a body of the industry says of an app or its provider (Opinions 13)."""

    CONVENTION = "convention", _("Convention of the industry")
    CREDIT = "credit", _("Credit rating")
    SERVICE = "service", _("Review of the service")


class PaperState(models.TextChoices):
    """Circulars and reports: a draft, then published for good."""

    DRAFT = "draft", pgettext_lazy("paper", "Draft")
    PUBLISHED = "published", pgettext_lazy("paper", "Published")


class TaskState(models.TextChoices):
    """A task of the region's work plan (Opinions 17)."""

    OPEN = "open", pgettext_lazy("work task", "Open")
    IN_PROGRESS = "in_progress", pgettext_lazy("work task", "In progress")
    DONE = "done", pgettext_lazy("work task", "Done")
    DROPPED = "dropped", pgettext_lazy("work task", "Dropped")


OPEN_TASKS = (TaskState.OPEN, TaskState.IN_PROGRESS)


class Consequence(models.TextChoices):
    """What followed for a person (Opinions 16)."""

    TALK = "talk", _("Admonitory talk")
    CRITICISM = "criticism", _("Criticism in a circular")
    ORGANISATIONAL = "organisational", _("Organisational measure")
    DISCIPLINE = "discipline", _("Disciplinary measure")
    TRANSFERRED = "transferred", _("Handed to the supervisory or judicial organs")
    NONE = "none", pgettext_lazy("consequence", "None: nobody is to blame")
    OTHER = "other", pgettext_lazy("consequence", "Something else")
