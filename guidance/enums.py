"""Words of the help centre: for whom a text is, what it is, where it stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import AUTHORITY_ROLES, INSTITUTION_ROLES, PROVIDER_ROLES


class HelpAudience(models.TextChoices):
    """For whom a category is; in the order of the start page of the help centre."""

    PROVIDER = "provider", pgettext_lazy("help", "Providers of apps")
    INSTITUTION = "institution", pgettext_lazy("help", "Schools and education units")
    PUBLIC = "public", pgettext_lazy("help", "Parents, students, teachers")
    AUTHORITY = "authority", pgettext_lazy("help", "Education authorities")


class PageKind(models.TextChoices):
    """What a help page is."""

    GUIDE = "guide", pgettext_lazy("help", "Guide")
    FAQ = "faq", pgettext_lazy("help", "Question and answer")
    POLICY = "policy", pgettext_lazy("help", "Policy explained")
    PUBLICITY = "publicity", pgettext_lazy("help", "Right use")
    TRAINING = "training", pgettext_lazy("help", "Training material")


class PageState(models.TextChoices):
    """Life of a help page. Editing a published page changes its working copy alone, until it is published again."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", pgettext_lazy("help", "Published")
    WITHDRAWN = "withdrawn", pgettext_lazy("help", "Withdrawn")


class EventState(models.TextChoices):
    """Life of a training event; whether it is over, its end says."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", pgettext_lazy("training", "Announced")
    CANCELLED = "cancelled", pgettext_lazy("training", "Cancelled")


class AttendanceState(models.TextChoices):
    """A unit's part in a training event."""

    REGISTERED = "registered", pgettext_lazy("training", "Registered")
    WITHDRAWN = "withdrawn", pgettext_lazy("training", "Registration withdrawn")
    ATTENDED = "attended", pgettext_lazy("training", "Attended")
    ABSENT = "absent", pgettext_lazy("training", "Did not attend")


#: places taken in an event
TAKING_SEATS = (AttendanceState.REGISTERED, AttendanceState.ATTENDED)

_ROLES = {
    HelpAudience.PROVIDER: PROVIDER_ROLES,
    HelpAudience.INSTITUTION: INSTITUTION_ROLES,
    HelpAudience.AUTHORITY: AUTHORITY_ROLES,
}


def audience_of(role: str) -> str:
    """For which audience's events a role may register its unit; ``public`` for everybody else."""
    return next((str(audience) for audience, roles in _ROLES.items() if role in roles), str(HelpAudience.PUBLIC))
