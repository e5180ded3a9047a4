"""Vocabularies of the review room's own: appraisals of filed apps (评议)."""

from django.db import models
from django.utils.translation import pgettext_lazy


class AppraisalState(models.TextChoices):
    """Who holds an appraisal: the authority prepares and scores, the public has its notice period."""

    DRAFT = "draft", pgettext_lazy("appraisal", "Being prepared")
    CALLED = "called", pgettext_lazy("appraisal", "Nominations open")
    SCORING = "scoring", pgettext_lazy("appraisal", "Experts score")
    NOTICED = "noticed", pgettext_lazy("appraisal", "Public notice")
    CONCLUDED = "concluded", pgettext_lazy("appraisal", "Concluded")
    CANCELLED = "cancelled", pgettext_lazy("appraisal", "Cancelled")


class Outcome(models.TextChoices):
    """What an appraisal says of an app."""

    OPEN = "", pgettext_lazy("appraisal", "Not decided")
    RECOMMENDED = "recommended", pgettext_lazy("appraisal", "Recommended")
    NOT_RECOMMENDED = "not_recommended", pgettext_lazy("appraisal", "Not recommended")


class ReportKind(models.TextChoices):
    """What a third party has assessed (Opinions, 9)."""

    LEGALITY = "legality", pgettext_lazy("assessment", "Legality")
    PERFORMANCE = "performance", pgettext_lazy("assessment", "Function and performance")
    SECURITY = "security", pgettext_lazy("assessment", "Security")
    CONTENT = "content", pgettext_lazy("assessment", "Content")


class ObjectionState(models.TextChoices):
    FILED = "filed", pgettext_lazy("objection", "Waiting for a decision")
    UPHELD = "upheld", pgettext_lazy("objection", "Upheld")
    REJECTED = "rejected", pgettext_lazy("objection", "Rejected")


#: kind of the clock that ends the public notice of an appraisal; a service period of the authority's own
PUBLIC_NOTICE = "public_notice"
