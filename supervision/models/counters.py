"""Running numbers of cases."""

from __future__ import annotations

from django.db import models


class CaseCounter(models.Model):
    """Last number of a kind of case of an authority in a year."""

    kind = models.CharField(max_length=4)
    authority_code = models.CharField(max_length=20)
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "authority_code", "year"], name="supervision_counter_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.authority_code} {self.year}: {self.last}"
