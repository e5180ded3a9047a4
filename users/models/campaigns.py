"""Campaigns of filing: what an authority wants done in its region by a day, and how far it is (Measures, notice 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Unit
from users.enums import CampaignGoal
from users.models.scope import sight_of

if TYPE_CHECKING:
    from ledger.acts import Actor


class FilingCampaignQuerySet(models.QuerySet["FilingCampaign"]):
    """Campaigns by who sees them."""

    def visible_to(self, actor: Actor | None) -> FilingCampaignQuerySet:
        """For people of authorities: their own, those of the authorities above them, and those below them."""
        sight = sight_of(actor)
        if sight.everything:
            return self.all()
        if not sight.path:
            return self.none()
        above = [int(part) for part in sight.path.split("/") if part]
        return self.filter(Q(authority_id__in=above) | Q(authority__path__startswith=sight.path))


class FilingCampaign(models.Model):
    """A goal with dates for the institutions, or the providers, of an authority's region.

    ``target`` is a share in per cent of the institutions, or with the goal ``apps`` a number of apps filed within
    the dates. ``unit_kinds`` narrows the institutions (empty: all).
    """

    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="campaigns")
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    text = models.TextField(_("what is to be done"), max_length=1000, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    goal = models.CharField(_("goal"), max_length=12, choices=CampaignGoal.choices)
    target = models.PositiveIntegerField(_("target"), default=100)
    unit_kinds = ArrayField(models.CharField(max_length=20), verbose_name=_("institutions"), default=list, blank=True)
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = FilingCampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("filing campaign")
        verbose_name_plural = _("filing campaigns")
        constraints = [
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="filing_campaign_dates_in_order"),
            models.CheckConstraint(condition=~Q(name=""), name="filing_campaign_has_name"),
            models.CheckConstraint(condition=Q(goal="apps") | Q(target__lte=100), name="filing_campaign_target_share"),
            models.CheckConstraint(condition=Q(target__gte=1), name="filing_campaign_target_positive"),
        ]
        indexes = [models.Index(fields=["authority", "-ends_on"], name="filing_campaign_of_authority")]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """The name in the reader's language, where there is an English one."""
        return self.name_en if self.name_en and (get_language() or "zh").startswith("en") else self.name
