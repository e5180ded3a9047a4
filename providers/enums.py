"""Kinds and states of a provider filing."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FilingKind(models.TextChoices):
    """What a filing asks for. ``unit_change`` has no app of its own: it renews all the provider's entries."""

    INITIAL = "initial", _("New filing")
    CHANGE = "change", _("Change")
    RESUME = "resume", _("Resumption")
    CANCEL = "cancel", _("Cancellation")
    UNIT_CHANGE = "unit_change", _("Change of the unit")


class FilingState(models.TextChoices):
    """Where a filing stands (design: states)."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Awaiting verification")
    RETURNED = "returned", _("Returned for correction")
    MINISTRY_REVIEW = "ministry_review", _("Awaiting ministry review")
    FILED = "filed", _("Filed")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN_STATES = (
    FilingState.DRAFT,
    FilingState.SUBMITTED,
    FilingState.RETURNED,
    FilingState.MINISTRY_REVIEW,
)
EDITABLE_STATES = (FilingState.DRAFT, FilingState.RETURNED)
AUTHORITY_STATES = (FilingState.SUBMITTED, FilingState.MINISTRY_REVIEW)


class ClockKind(models.TextChoices):
    """Clocks of a provider filing."""

    FEEDBACK = "feedback", _("Feedback by the authority")
    SUPPLEMENT = "supplement", _("Supplement by the provider")
    MINISTRY_TARGET = "ministry_target", _("Service target of the ministry")


class BranchState(models.TextChoices):
    """Where the declaration of a branch stands."""

    DECLARED = "declared", _("Waiting for confirmation")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Refused")
    RELEASED = "released", _("Released")


class BatchSource(models.TextChoices):
    """How a batch of a platform operator came in."""

    UPLOAD = "upload", _("Upload")
    API = "api", _("Interface")


class PlatformKind(models.TextChoices):
    """What third parties run on a platform (Measures, Article 10)."""

    MINI_PROGRAM = "mini_program", _("Mini-program")
    ENTERPRISE_ACCOUNT = "enterprise_account", _("Enterprise account")
    OFFICIAL_ACCOUNT = "official_account", _("Official account")
    OTHER = "other", _("Other third-party application")
