"""The confirming authority's own papers on user filings: who works on them, and what was said of single fields."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Unit
from users.models import UserFiling


class UseAssignment(models.Model):
    """Who works on a user filing for an authority now."""

    filing = models.ForeignKey(UserFiling, on_delete=models.CASCADE, related_name="assignments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="use_assignments")
    assigned_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    assigned_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["filing", "unit"], name="use_assignment_once")]
        indexes = [models.Index(fields=["unit", "person"], name="use_assignment_person")]

    def __str__(self) -> str:
        return f"{self.filing} → {self.person}"


class UseVerdict(models.Model):
    """A verdict on one field of one version: in order, or a note for the unit (a draft until the return)."""

    filing = models.ForeignKey(UserFiling, on_delete=models.CASCADE, related_name="verdicts")
    version = models.PositiveIntegerField()
    field_key = models.CharField(max_length=80)
    ok = models.BooleanField()
    note = models.TextField(_("note for the unit"), blank=True)
    article = models.CharField(max_length=20, blank=True)
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing", "version", "field_key"], name="use_verdict_once"),
            models.CheckConstraint(condition=Q(ok=True) | ~Q(note=""), name="use_verdict_against_says_why"),
        ]
