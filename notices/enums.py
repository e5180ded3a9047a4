"""States of an e-mail, and as what a unit is addressed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES, INSTITUTION_ROLES, LEAD_ROLES, PROVIDER_ROLES


class Side(models.TextChoices):
    """As what a unit is served: one unit may file, decide and use apps, by different people."""

    EVERYBODY = "", _("All of the unit")
    PROVIDER = "provider", _("As a provider")
    AUTHORITY = "authority", _("As an authority")
    INSTITUTION = "institution", _("As an institution")


#: whose inbox a notice to each side of a unit is in; the lead of an authority acts for its own uses (Measures Art. 19)
SIDE_ROLES = {
    Side.PROVIDER: PROVIDER_ROLES,
    Side.AUTHORITY: AUTHORITY_ROLES,
    Side.INSTITUTION: INSTITUTION_ROLES | LEAD_ROLES,
}


def sides_of(role: str) -> list[str]:
    """The sides whose notices somebody in this role reads."""
    return [str(Side.EVERYBODY), *(str(side) for side, roles in SIDE_ROLES.items() if role in roles)]


class DeliveryStatus(models.TextChoices):
    """Where an e-mail stands. ``failed`` is final: given up after many tries, or nobody to send to."""

    PENDING = "pending", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Given up")
