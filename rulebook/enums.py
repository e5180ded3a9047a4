"""Fixed vocabularies of the rulebook."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ClockStatus(models.TextChoices):
    RUNNING = "running", pgettext_lazy("clock", "Running")
    PAUSED = "paused", pgettext_lazy("clock", "Paused")
    STOPPED = "stopped", pgettext_lazy("clock", "Stopped")
    EXPIRED = "expired", pgettext_lazy("clock", "Expired")


class ClockKind(models.TextChoices):
    """The kinds that the portal starts; a room above may register more under a name of its own."""

    FEEDBACK = "feedback", _("Authority’s feedback")
    SUPPLEMENT = "supplement", _("Provider’s supplement")
    CHANGE_REPORT = "change_report", _("Report of a change")
    MINISTRY_TARGET = "ministry_target", _("Ministry review (service target)")
    CONFIRM_TARGET = "confirm_target", _("Confirmation (service target)")
    BAR = "bar", _("Bar from filing")
    RECTIFICATION = "rectification", _("Rectification")
    ACCEPTANCE = "complaint_acceptance", _("Decision on a complaint (service target)")
    COMPLAINT = "complaint_reply", _("Reply to a complaint (service target)")
    FORWARDING = "forwarding", _("Provider’s reply to a complaint")
    REFERRAL = "referral", _("Answer of a partner department")
    TAKEDOWN = "takedown", _("Answer of an app store")


#: What missing the period means, for display: a legal period is overdue, a service target never is.
SERVICE_TARGETS = frozenset(
    {
        ClockKind.MINISTRY_TARGET.value,
        ClockKind.CONFIRM_TARGET.value,
        ClockKind.ACCEPTANCE.value,
        ClockKind.COMPLAINT.value,
    }
)


class Source(models.TextChoices):
    """The texts that articles come from."""

    MEASURES = "measures", _("Measures")
    OPINIONS = "opinions", _("Opinions")
    BEIJING = "beijing", _("Beijing notice")
