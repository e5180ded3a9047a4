"""What bodies of the industry have published of an app (Opinions 13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES
from accounts.models import Person, Unit
from registry.models import Entry
from supervision.enums import RatingKind

if TYPE_CHECKING:
    from ledger.acts import Actor


class IndustryRatingQuerySet(models.QuerySet["IndustryRating"]):
    def visible_to(self, actor: Actor | None) -> IndustryRatingQuerySet:
        """Authorities read all of them, nobody else any: the portal does not publish what others rate."""
        if actor is not None and (actor.is_system or (actor.role in AUTHORITY_ROLES and actor.unit_id is not None)):
            return self.all()
        return self.none()


class IndustryRating(models.Model):
    """A rating, review or convention, as published by a body of the industry. Append-only."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="industry_ratings")
    kind = models.CharField(_("kind"), max_length=12, choices=RatingKind.choices)
    body = models.CharField(_("body of the industry"), max_length=120)
    result = models.CharField(_("result"), max_length=200)
    source = models.URLField(_("published at"), max_length=300)
    rated_on = models.DateField(_("published on"))
    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = IndustryRatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("industry rating")
        verbose_name_plural = _("industry ratings")
        ordering = ["-rated_on", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(body="") & ~Q(result=""), name="rating_says_what")]

    def __str__(self) -> str:
        return f"{self.body} {self.rated_on}"
