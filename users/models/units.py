"""What a unit keeps beside its filings: its selection system, who answers, and the counter of case numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Unit
from users.models.scope import sight_of

if TYPE_CHECKING:
    from ledger.acts import Actor


class OfUnitQuerySet(models.QuerySet):
    """Rows of a unit: for its own people, and for the authorities above it."""

    def visible_to(self, actor: Actor | None) -> OfUnitQuerySet:
        """The own unit's; for authorities those of their subtree; the ministry's people see all."""
        sight = sight_of(actor)
        seen = Q(unit_id=sight.own_unit) if sight.own_unit is not None else Q(pk__in=[])
        if sight.everything:
            return self.all()
        if sight.reads:
            seen |= Q(unit__path__startswith=sight.reads)
        return self.filter(seen)


class SelectionSystem(models.Model):
    """A version of the unit's selection system (选用制度, Measures Art. 8). Append-only; the newest holds."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="selection_systems")
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=160)
    material = models.ForeignKey("users.UseMaterial", on_delete=models.PROTECT, related_name="selection_systems")
    effective_on = models.DateField(_("in effect from"))
    note = models.CharField(_("what changed"), max_length=500, blank=True)
    uploaded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("selection system")
        verbose_name_plural = _("selection systems")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["unit", "number"], name="selection_system_once")]

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"


class ResponsibleNaming(models.Model):
    """Whom a unit named for its app work, and since when (Measures notice 1, Opinions 8). Append-only.

    ``persons`` is ``[{"name", "position", "duty", "phone"}]``; the unit's row repeats the newest.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="namings")
    department = models.CharField(_("department in charge"), max_length=120)
    persons = models.JSONField(_("responsible persons"), default=list)
    named_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("naming of responsible persons")
        verbose_name_plural = _("namings of responsible persons")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.unit} {self.department}"


class UseCounter(models.Model):
    """Last case number, or number of an own app, of an authority in a year (0: over all years)."""

    authority_code = models.CharField(max_length=20)
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority_code", "year"], name="use_counter_once")]
