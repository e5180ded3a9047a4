"""The job of putting the filings of a region with the authority that is competent now."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit


class UseReroute(models.Model):
    """One job: written in the transaction of the act on the unit, worked off by ``users.tasks.bulk_reroute``.

    ``held``: what the unit was to confirm, since it was closed; else what its subtree files, since it is open again
    or stands elsewhere. ``cursor`` is the last filing's id that was looked at. ``received`` counts the filings by the
    id of the authority that has them now: each is told once, at the end.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    held = models.BooleanField(_("what it was to confirm"))
    total = models.PositiveIntegerField(_("filings to look at"), default=0)
    done = models.PositiveIntegerField(_("put with another authority"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    cursor = models.BigIntegerField(default=0)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    received = models.JSONField(default=dict)
    moved_at = models.DateTimeField(_("when it happened"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("rerouting of uses")
        verbose_name_plural = _("reroutings of uses")
        indexes = [models.Index(fields=["id"], name="use_reroute_open", condition=Q(finished_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.done}/{self.total}"
