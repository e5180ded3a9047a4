"""What the national base of schools says of a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES
from accounts.models import Unit
from accounts.scope import scope_of
from review.models.filings import ExternalCheck

if TYPE_CHECKING:
    from ledger.acts import Actor


class UnitCheckQuerySet(models.QuerySet[Any]):
    """Checks by who may see them."""

    def visible_to(self, actor: Actor | None) -> UnitCheckQuerySet:
        """For reviewers and leads of an authority: of the units in its subtree."""
        scope = scope_of(actor)
        if not scope.path or scope.role not in AUTHORITY_ROLES:
            return self.none()
        return self.filter(unit__path__startswith=scope.path)


class UnitCheck(models.Model):
    """Whether a national base knows a unit's school code and name (Opinions, 12). It informs, and bars nothing.

    ``school_code`` and ``name`` are those that were asked about; when they change, the question is asked anew.
    """

    Status = ExternalCheck.Status

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="base_checks")
    connector = models.CharField(max_length=40)
    school_code = models.CharField(_("school code"), max_length=10)
    name = models.CharField(_("name"), max_length=120)
    question = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    agrees = models.BooleanField(null=True, blank=True)
    answer = models.JSONField(default=dict)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = UnitCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a unit")
        verbose_name_plural = _("checks of units")
        constraints = [models.UniqueConstraint(fields=["unit", "connector"], name="unit_check_once")]
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], name="unit_check_due", condition=Q(status="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.connector}"
