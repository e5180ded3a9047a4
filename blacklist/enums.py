"""Words of the blacklist and the lists beside it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ListingState(models.TextChoices):
    """Life of a listing: its clock ends it, or a decision lifts it early."""

    ACTIVE = "active", _("Blacklisted")
    COOLED_OFF = "cooled_off", _("Cooled off")
    LIFTED = "lifted", _("Lifted")


class Ground(models.TextChoices):
    """Why a unit is listed (Measures Art. 24)."""

    OVERDUE = "overdue", _("Not rectified in time")
    REFUSED = "refused", _("Rectification refused")
    OTHER = "other", pgettext_lazy("ground", "Other ground")


class ObjectionState(models.TextChoices):
    """An objection to a listing, until somebody else than who listed has decided it."""

    FILED = "filed", pgettext_lazy("objection", "Awaiting review")
    GRANTED = "granted", pgettext_lazy("objection", "Granted")
    REJECTED = "rejected", pgettext_lazy("objection", "Rejected")


class ListKind(models.TextChoices):
    """The lists that a province keeps and publishes (Opinions 16; Beijing notice 5)."""

    BLACK = "black", _("Blacklist")
    WHITE = "white", _("White list")
    NEGATIVE = "negative", _("Negative list")
    EXIT = "exit", _("Exit list")


class ListItemState(models.TextChoices):
    """A line of the negative or the exit list."""

    LISTED = "listed", pgettext_lazy("list item", "Listed")
    REMOVED = "removed", pgettext_lazy("list item", "Removed")


class ListItemSubject(models.TextChoices):
    """What a line is about."""

    PRACTICE = "practice", _("Practice")
    APP = "app", pgettext_lazy("list item", "App")
    UNIT = "unit", pgettext_lazy("list item", "Unit")
