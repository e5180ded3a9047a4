"""The job of telling everybody who uses an app what befell its entry."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Entry
from users.enums import SweepMove


class UseSweep(models.Model):
    """One job: written in the transaction of the act on the entry, worked off by ``users.tasks.mark_uses``.

    ``cursor`` is the last filing's id that the first pass has reached; rows that others held are found again
    by their ``last_sweep``. ``done`` counts the filings marked, ``failed`` those whose verb raised.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="use_sweeps")
    move = models.CharField(_("what happened"), max_length=20, choices=SweepMove.choices)
    #: what the public was told; for an entry that was renewed, the changed fields with spaces between them
    text = models.TextField(_("public text"), blank=True)
    total = models.PositiveIntegerField(_("filings concerned"), default=0)
    done = models.PositiveIntegerField(_("marked"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    cursor = models.BigIntegerField(default=0)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    moved_at = models.DateTimeField(_("when it happened"))
    started_at = models.DateTimeField(_("begun"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("sweep of uses")
        verbose_name_plural = _("sweeps of uses")
        indexes = [
            models.Index(fields=["id"], name="use_sweep_open", condition=Q(finished_at__isnull=True)),
            models.Index(fields=["entry", "-id"], name="use_sweep_of_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.move} {self.entry_id} {self.done}/{self.total}"
