"""Words of a user filing: its states, where the app comes from, how it is used, what befell its entry."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UseState(models.TextChoices):
    """Where a user filing stands; exactly one party holds it in each state (design: states).

    draft, returned, confirmed and suspended lie with the unit, ``unit_review`` with a second person of the
    unit, ``submitted`` with the confirming authority; ``withdrawn`` is the end.
    """

    DRAFT = "draft", pgettext_lazy("user filing", "Draft")
    UNIT_REVIEW = "unit_review", pgettext_lazy("user filing", "School review")
    SUBMITTED = "submitted", pgettext_lazy("user filing", "Awaiting confirmation")
    RETURNED = "returned", pgettext_lazy("user filing", "Returned")
    CONFIRMED = "confirmed", pgettext_lazy("user filing", "Confirmed")
    SUSPENDED = "suspended", pgettext_lazy("user filing", "Suspended")
    WITHDRAWN = "withdrawn", pgettext_lazy("user filing", "Use ended")


#: what the unit may type into; in ``confirmed`` it prepares the report of a change
EDITABLE_STATES = (UseState.DRAFT, UseState.RETURNED, UseState.CONFIRMED)
#: everything but the end: at most one of them per unit and entry
LIVE_STATES = tuple(state for state in UseState if state != UseState.WITHDRAWN)
#: what the confirming authority decides on
AUTHORITY_STATES = (UseState.SUBMITTED,)
#: what an entry that goes offline or ends suspends; a draft is only told
SUSPENDABLE_STATES = (UseState.UNIT_REVIEW, UseState.SUBMITTED, UseState.RETURNED, UseState.CONFIRMED)


class Source(models.TextChoices):
    """Where the app comes from (Measures Art. 17)."""

    SELF_DEVELOPED = "self_developed", _("Developed by the unit")
    SELF_SELECTED = "self_selected", _("Selected by the unit")
    REQUIRED_BY_SUPERIOR = "required_by_superior", _("Required by a superior department")


class Nature(models.TextChoices):
    """How the app is used (Opinions, item 11)."""

    REQUIRED = "required", _("Required of all")
    RECOMMENDED = "recommended", _("Recommended, voluntary")


class Responsibility(models.TextChoices):
    """What the unit answers for (Opinions, item 8)."""

    IN_CHARGE = "in_charge", _("Unit in charge: it developed the app")
    RESPONSIBLE = "responsible", _("Responsible unit: it selected the app")


class Cause(models.TextChoices):
    """Why a withdrawal is proposed or a use suspended."""

    OFFLINE = "offline", _("The app is temporarily offline")
    REVOKED = "revoked", _("The app’s filing was revoked")
    CANCELLED = "cancelled", _("The app’s filing was cancelled by its provider")
    AUTHORITY = "authority", _("The authority advises to end the use")


class DecisionVerb(models.TextChoices):
    """Decisions on a version; each is an immutable row."""

    UNIT_APPROVE = "unit_approve", pgettext_lazy("decision", "Approved by the school")
    UNIT_SEND_BACK = "unit_send_back", pgettext_lazy("decision", "Sent back within the school")
    CONFIRM = "confirm", pgettext_lazy("decision", "Confirmed")
    CONFIRM_BY_LIST = "confirm_by_list", pgettext_lazy("decision", "Confirmed by the recommended list")
    RETURN = "return_for_correction", pgettext_lazy("decision", "Returned for correction")


class SweepMove(models.TextChoices):
    """What befell an entry, as far as those who use it must be told."""

    OFFLINE = "take_offline", _("Taken offline")
    RESUME = "resume", _("Resumed")
    REVOKE = "revoke", _("Revoked")
    CANCEL = "cancel", _("Cancelled")
    RENEW = "republish", _("Changed in what matters to its users")


#: public fields of an entry whose change concerns those who use the app → their words in Chinese and English
CHECKED_FIELDS = {
    "functions": ("功能", "functions"),
    "personal_information": ("收集的个人信息", "personal information collected"),
    "charges": ("收费", "charges"),
    "advertising": ("广告", "advertising"),
}

#: the clock of the authority's service target; the rulebook knows that it is no legal period
CONFIRM_TARGET = "confirm_target"


class CampaignGoal(models.TextChoices):
    """What a campaign wants of each institution; ``apps`` is about the providers of the region."""

    FILED = "filed", _("The institution has filed its use of apps")
    USED = "used", _("The institution has a confirmed use")
    SYSTEM = "system", _("The institution has a selection system on record")
    NAMED = "named", _("The institution has named its department and persons")
    APPS = "apps", _("Apps of the region’s providers are filed")
