"""Listings and their bars. The verbs of supervision come with its own room; admission asks here."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.models import Unit


class ListingState(models.TextChoices):
    ACTIVE = "active", _("Blacklisted")
    COOLED_OFF = "cooled_off", _("Cooled off")
    LIFTED = "lifted", _("Lifted")


class ListingQuerySet(models.QuerySet["Listing"]):
    """Listings by force."""

    def barring(self, *, uscc: str, at: datetime) -> ListingQuerySet:
        """Listings that bar the unit with this credit code at the moment (Measures Art. 24)."""
        return self.filter(uscc=uscc, state=ListingState.ACTIVE, bar_ends_at__gt=at)


class Listing(models.Model):
    """A provider on the blacklist, barred from filing until ``bar_ends_at`` (exclusive)."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="listings")
    uscc = models.CharField(max_length=18)
    state = FSMField(_("state"), default=ListingState.ACTIVE, choices=ListingState.choices, protected=True)
    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    articles = models.JSONField(default=list)
    listed_at = models.DateTimeField()
    bar_ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("blacklist entry")
        verbose_name_plural = _("blacklist entries")
        indexes = [models.Index(fields=["uscc", "state", "bar_ends_at"], name="listing_bar")]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="listing_has_reason")]

    def __str__(self) -> str:
        return f"{self.unit} → {self.bar_ends_at:%Y-%m-%d}"

    @transition(field=state, source=ListingState.ACTIVE, target=ListingState.COOLED_OFF)
    def cool_off(self) -> None:
        """The bar has run out."""

    @transition(field=state, source=ListingState.ACTIVE, target=ListingState.LIFTED)
    def lift(self) -> None:
        """A decision ends it early."""
