"""Words of the registry: states of an entry, stages, user groups, functions, kinds of events."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EntryState(models.TextChoices):
    """Life of a public entry. ``published`` and ``rectifying`` are valid in the whole country."""

    PUBLISHED = "published", _("Filed")
    RECTIFYING = "rectifying", _("Rectification ordered")
    OFFLINE = "offline", _("Temporarily offline")
    REVOKED = "revoked", _("Revoked")
    CANCELLED = "cancelled", _("Cancelled")


#: the filing is in force: schools may select the app
VALID_STATES = frozenset({EntryState.PUBLISHED, EntryState.RECTIFYING})
#: the app still holds this entry; at most one of them per app
LIVE_STATES = frozenset({EntryState.PUBLISHED, EntryState.RECTIFYING, EntryState.OFFLINE})
#: nothing follows
END_STATES = frozenset({EntryState.REVOKED, EntryState.CANCELLED})


class Stage(models.TextChoices):
    """Stages of education."""

    PRESCHOOL = "preschool", _("Preschool")
    PRIMARY = "primary", pgettext_lazy("stage", "Primary")
    JUNIOR = "junior", _("Junior secondary")
    SENIOR = "senior", _("Senior secondary")
    VOCATIONAL = "vocational", _("Secondary vocational")
    HIGHER = "higher", _("Higher education")
    CONTINUING = "continuing", _("Continuing education")


class UserGroup(models.TextChoices):
    """Main users in the sense of Article 2 of the Measures."""

    STAFF = "staff", _("Staff")
    STUDENTS = "students", _("Students")
    PARENTS = "parents", _("Parents")


class Function(models.TextChoices):
    """What an app is for."""

    COURSES = "courses", _("Courses and lessons")
    READING = "reading", _("Reading")
    HOMEWORK = "homework", _("Homework and exercises")
    LANGUAGE = "language", _("Language learning")
    ARTS = "arts", _("Arts")
    SPORTS = "sports", _("Sport and health")
    PRACTICE = "practice", _("Labour and practice")
    EXPERIMENT = "experiment", _("Experiments")
    RESOURCES = "resources", _("Teaching resources")
    HOME_SCHOOL = "home_school", _("Home–school contact")
    MANAGEMENT = "management", _("Teaching management")
    CAMPUS = "campus", _("Campus services")
    EXAMS = "exams", _("Admission and examinations")
    TRAINING = "training", _("Vocational and staff training")
    OTHER = "other", _("Other functions")


class EventKind(models.TextChoices):
    """Lines of the public history of a number."""

    PUBLISHED = "published", _("Filing published, number issued")
    CHANGED = "changed", _("Change filed, number kept")
    CONFIRMED = "confirmed", _("Provider confirmed the information, nothing changed")
    RECTIFICATION = "rectification", _("Rectification ordered")
    CLEARED = "cleared", _("Rectification completed")
    OFFLINE = "offline", _("Taken offline temporarily")
    RESUMED = "resumed", _("Resumed")
    REVOKED = "revoked", _("Filing revoked")
    CANCELLED = "cancelled", _("Filing cancelled at the provider's request")


class Edition(models.TextChoices):
    """Where an edition of an app runs; its identifier can be verified."""

    ANDROID = "android", _("Android")
    IOS = "ios", _("iOS")
    HARMONY = "harmony", _("HarmonyOS")
    MINI_PROGRAM = "mini_program", _("Mini-program")
    OFFICIAL_ACCOUNT = "official_account", _("Official account")
