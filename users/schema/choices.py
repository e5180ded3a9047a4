"""Choices of the form of a user filing. Stages, user groups and functions are the registry's."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from providers.schema.choices import COLLECTION_MANNERS, FUNCTIONS, STAGES, USER_GROUPS
from registry.enums import Edition, Function
from users.enums import Nature, Source

__all__ = [
    "CHANNELS",
    "COLLECTION_MANNERS",
    "CONSULTED",
    "CRITERIA",
    "FEES",
    "FUNCTIONS",
    "MANNERS",
    "NATURES",
    "NOT_LEARNING",
    "PROCUREMENT",
    "RUN_BY",
    "SOURCES",
    "STAGES",
    "USER_GROUPS",
]

SOURCES = tuple(Source.choices)
NATURES = tuple(Nature.choices)
CHANNELS = tuple(Edition.choices)
CONSULTED = USER_GROUPS
MANNERS = (
    ("meeting", _("Meeting")),
    ("survey", _("Survey")),
    ("committee", _("Parents’ committee or staff congress")),
    ("notice", _("Public notice with comments")),
    ("other", pgettext_lazy("manner of consultation", "Another way")),
)
CRITERIA = (
    ("lawful", _("Filed and lawful, content examined")),
    ("fit", _("Fits teaching and management")),
    ("secure", _("Secure, protects personal information")),
    ("burden", _("No needless burden for students, parents and staff")),
    ("cost", _("No or reasonable cost")),
    ("merge", _("Cannot be covered by what is in use already")),
)
FEES = (
    ("none", _("No fee for students and parents")),
    ("voluntary", _("Voluntary additional services are charged")),
    ("charged", _("Users pay")),
)
#: "The government coordinates, firms build, schools buy services" (Opinions 11, 20). ``purchased`` and ``government``
#: stand in earlier filings too and keep what they said there.
PROCUREMENT = (
    ("free", _("Provided free of charge")),
    ("purchased", _("The unit that uses it buys the service")),
    ("joint", _("Bought together by the authority, as a service")),
    ("government", _("Purchased by government procurement")),
    ("ordered", _("Developed to order")),
    ("own", _("Own development")),
    ("other", pgettext_lazy("procurement", "Another way")),
)
RUN_BY = (
    ("own", _("Run by the authority or school itself")),
    ("joint", _("Joint service of the province, an examination body or the ministry’s platform")),
    ("third_party", _("Run by a third party")),
)
CHANGED_PARTS = (
    ("app", pgettext_lazy("changed part", "The app or its functions")),
    ("nature", _("Nature or scope of use")),
    ("decision", _("Decision or consultation")),
    ("information", _("Personal information")),
    ("fee", _("Fee, advertisements, games")),
    ("responsible", _("Department or responsible persons")),
    ("other", pgettext_lazy("changed part", "Something else")),
)
#: an app with nothing but these functions is no learning app (Opinions, item 10)
NOT_LEARNING = frozenset(
    {Function.HOME_SCHOOL, Function.MANAGEMENT, Function.CAMPUS, Function.EXAMS, Function.TRAINING}
)
