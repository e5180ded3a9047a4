"""Calls of the interface that carry a key of their own, so that a repeated one has no second effect."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Unit


class KeyedCall(models.Model):
    """A call that was carried out under an Idempotency-Key; kept for some days.

    ``key`` is the SHA-256 of the header, ``digest`` that of address and body: neither texts nor names are kept.
    ``result`` names the row that the call made or changed.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    result = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("call with a key")
        verbose_name_plural = _("calls with a key")
        constraints = [models.UniqueConstraint(fields=["person", "unit", "key"], name="keyed_call_once")]

    def __str__(self) -> str:
        return self.key[:12]
