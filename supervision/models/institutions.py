"""Tables by which a province renews its list of licensed off-campus training institutions (Opinions 17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import AUTHORITY_ROLES
from accounts.models import Person, Unit

if TYPE_CHECKING:
    from ledger.acts import Actor


class InstitutionBatchQuerySet(models.QuerySet["InstitutionBatch"]):
    def visible_to(self, actor: Actor | None) -> InstitutionBatchQuerySet:
        """The authority's own tables."""
        if actor is None or actor.role not in AUTHORITY_ROLES or actor.unit_id is None:
            return self.none()
        return self.filter(authority_id=actor.unit_id)


class InstitutionBatch(models.Model):
    """A table as it came: ``rows`` with their numbers, what they mean, and what is wrong; taken in once."""

    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("file"), max_length=160, blank=True)
    sha256 = models.CharField(max_length=64)
    rows = models.JSONField(_("rows"), default=list)
    right = models.PositiveIntegerField(_("right rows"), default=0)
    wrong = models.PositiveIntegerField(_("wrong rows"), default=0)
    fresh = models.PositiveIntegerField(_("new records"), default=0)
    changed = models.PositiveIntegerField(_("changed records"), default=0)
    same = models.PositiveIntegerField(_("records as before"), default=0)
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(_("uploaded"))
    taken_at = models.DateTimeField(_("taken in"), null=True, blank=True)

    objects = InstitutionBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("table of training institutions")
        verbose_name_plural = _("tables of training institutions")
        indexes = [models.Index(fields=["authority", "-id"], name="institution_batch_of")]

    def __str__(self) -> str:
        return f"{self.authority_id} #{self.pk}"
