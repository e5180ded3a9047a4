"""Accountability: what followed for persons (restricted), and figures kept for an assessment (Opinions 16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES, LEAD_ROLES
from accounts.models import Person, Unit
from accounts.scope import scope_of
from blacklist.models import Listing
from supervision.enums import Consequence
from supervision.models.circulars import Circular

if TYPE_CHECKING:
    from ledger.acts import Actor


class CaseOutcomeQuerySet(models.QuerySet["CaseOutcome"]):
    def visible_to(self, actor: Actor | None) -> CaseOutcomeQuerySet:
        """The heads of review of the authority that decided, and the ministry; nobody else, not even the system.

        Reading goes through ``supervision.domain.look_at_outcomes``, which records the look.
        """
        if actor is None or actor.is_system or actor.unit_id is None or actor.role not in LEAD_ROLES:
            return self.none()
        if scope_of(actor).everything:
            return self.all()
        return self.filter(authority_id=actor.unit_id)


class CaseOutcome(models.Model):
    """What followed for a person in a case: beside a circular (an interview too) or a listing. Append-only."""

    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    circular = models.ForeignKey(Circular, null=True, blank=True, on_delete=models.PROTECT, related_name="outcomes")
    listing = models.ForeignKey(Listing, null=True, blank=True, on_delete=models.PROTECT, related_name="outcomes")
    consequence = models.CharField(_("what followed"), max_length=16, choices=Consequence.choices)
    person_name = models.CharField(_("person and post"), max_length=120, blank=True, default="")
    text = models.TextField(_("grounds"))
    decided_on = models.DateField(_("decided on"))
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = CaseOutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome for a person")
        verbose_name_plural = _("outcomes for persons")
        ordering = ["decided_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(circular__isnull=False, listing__isnull=True)
                | Q(circular__isnull=True, listing__isnull=False),
                name="outcome_of_one_case",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="outcome_says_why"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, actor: Actor | None) -> AssessmentQuerySet:
        """The authority that took it, those above that one, and the ministry."""
        if actor is None or actor.role not in AUTHORITY_ROLES or actor.unit_id is None:
            return self.all() if actor is not None and actor.is_system else self.none()
        scope = scope_of(actor)
        if scope.everything:
            return self.all()
        return self.filter(authority__path__startswith=scope.path) if scope.path else self.none()


class Assessment(models.Model):
    """Indicators as they stood when they were exported for an assessment (R162, R163). Append-only.

    ``table`` holds everything that the file shows, so that it is the same file for ever; ``sha256`` is the
    digest of that file (CSV), and stands in the ledger too.
    """

    case_no = models.CharField(_("number"), max_length=24, unique=True)
    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    node = models.ForeignKey(Unit, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+")
    by_unit = models.BooleanField(_("by institution"), default=False)
    purpose = models.CharField(_("for which assessment"), max_length=200)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    table = models.JSONField(_("figures"))
    sha256 = models.CharField(max_length=64)
    taken_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(_("taken"))

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("figures for an assessment")
        verbose_name_plural = _("figures for assessments")
        ordering = ["-taken_at", "-id"]
        indexes = [models.Index(fields=["authority", "-taken_at"], name="assessment_of_authority")]
        constraints = [models.CheckConstraint(condition=~Q(purpose=""), name="assessment_says_for_what")]

    def __str__(self) -> str:
        return f"{self.case_no} {self.purpose}"
