"""Kinds of units, roles, and the codes of provinces (GB/T 2260, first two digits)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UnitKind(models.TextChoices):
    """What a unit is. Authorities form the tree; providers of the market stand outside it."""

    AUTHORITY = "authority", _("Education authority")
    AFFILIATED = "affiliated", _("Affiliated unit")
    SCHOOL = "school", _("School")
    UNIVERSITY = "university", _("University")
    ENTERPRISE = "enterprise", _("Enterprise")
    SOCIAL = "social", _("Social organisation")
    PARTNER = "partner", _("Partner department")


class Level(models.TextChoices):
    """Level of an education authority."""

    MINISTRY = "ministry", _("Ministry")
    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    DISTRICT = "district", _("District")
    NONE = "none", _("Not an authority")


class Role(models.TextChoices):
    """What a person may do for a unit. A person holds one role in a unit."""

    PROVIDER_OWNER = "provider_owner", _("Provider, owner")
    PROVIDER_STAFF = "provider_staff", _("Provider, staff")
    REVIEWER = "reviewer", _("Reviewer")
    REVIEW_LEAD = "review_lead", _("Head of review")
    MINISTRY_REVIEWER = "ministry_reviewer", _("Ministry reviewer")
    INSTITUTION_LEAD = "institution_lead", _("Institution, person in charge")
    INSTITUTION_STAFF = "institution_staff", _("Institution, staff")
    PARTNER = "partner", _("Partner, read only")
    SYSADMIN = "sysadmin", _("Administrator of the portal")


PROVIDER_ROLES = frozenset({Role.PROVIDER_OWNER, Role.PROVIDER_STAFF})
AUTHORITY_ROLES = frozenset({Role.REVIEWER, Role.REVIEW_LEAD, Role.MINISTRY_REVIEWER})
INSTITUTION_ROLES = frozenset({Role.INSTITUTION_LEAD, Role.INSTITUTION_STAFF})
LEAD_ROLES = frozenset({Role.REVIEW_LEAD, Role.MINISTRY_REVIEWER})


class MembershipStatus(models.TextChoices):
    """A second person who joins a unit waits until its owner lets him in."""

    REQUESTED = "requested", _("Waiting for the owner")
    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")


class Province(models.TextChoices):
    """Province codes; 66 is the portal's own key for XPCC, 00 for the ministry."""

    BJ = "11", _("Beijing")
    TJ = "12", _("Tianjin")
    HE = "13", _("Hebei")
    SX = "14", _("Shanxi")
    NM = "15", _("Inner Mongolia")
    LN = "21", _("Liaoning")
    JL = "22", _("Jilin")
    HL = "23", _("Heilongjiang")
    SH = "31", _("Shanghai")
    JS = "32", _("Jiangsu")
    ZJ = "33", _("Zhejiang")
    AH = "34", _("Anhui")
    FJ = "35", _("Fujian")
    JX = "36", _("Jiangxi")
    SD = "37", _("Shandong")
    HA = "41", _("Henan")
    HB = "42", _("Hubei")
    HN = "43", _("Hunan")
    GD = "44", _("Guangdong")
    GX = "45", _("Guangxi")
    HI = "46", _("Hainan")
    CQ = "50", _("Chongqing")
    SC = "51", _("Sichuan")
    GZ = "52", _("Guizhou")
    YN = "53", _("Yunnan")
    XZ = "54", _("Tibet")
    SN = "61", _("Shaanxi")
    GS = "62", _("Gansu")
    QH = "63", _("Qinghai")
    NX = "64", _("Ningxia")
    XJ = "65", _("Xinjiang")
    XPCC = "66", _("Xinjiang Production and Construction Corps")


class TokenScope(models.TextChoices):
    """What a personal token may do. A token never does more than its person may."""

    PROVIDER = "provider", _("File for the unit")
    AUTHORITY = "authority", _("Review for the authority")
    INSTITUTION = "institution", _("File use for the institution")
    PARTNER = "partner", _("Answer for the department")
    READ = "read", _("Read only")


class BatchStatus(models.TextChoices):
    """Where an import of units stands. A preview changes nothing but itself."""

    PREVIEW = "preview", pgettext_lazy("import", "To be confirmed")
    QUEUED = "queued", pgettext_lazy("import", "Waiting to begin")
    RUNNING = "running", pgettext_lazy("import", "Under way")
    FINISHED = "finished", pgettext_lazy("import", "Finished")
    STOPPED = "stopped", pgettext_lazy("import", "Stopped")
    DISCARDED = "discarded", pgettext_lazy("import", "Discarded")


class RowOutcome(models.TextChoices):
    """What is to become, or became, of a row of an imported table."""

    CREATE = "create", pgettext_lazy("import", "To be set up")
    INVITE = "invite", pgettext_lazy("import", "Set up already, to be invited")
    KNOWN = "known", pgettext_lazy("import", "Nothing left to do")
    FAULTY = "faulty", pgettext_lazy("import", "To be corrected")
    DONE = "done", pgettext_lazy("import", "Done")
    FAILED = "failed", pgettext_lazy("import", "Not done")


#: rows that a run still has to work off
OPEN_OUTCOMES = (RowOutcome.CREATE, RowOutcome.INVITE)
#: kinds of units that are set up from above by form or table; authorities are set up by administrators
KINDS_FROM_ABOVE = (UnitKind.SCHOOL, UnitKind.UNIVERSITY, UnitKind.AFFILIATED)
