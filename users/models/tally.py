"""Exact counts of uses that need not be counted: how each unit stands, and totals for every authority of the tree.

Triggers of the database (``migrations/0003_tally``) write these rows in the transaction of the act itself, whoever
does it; nothing else does. ``users.tally`` reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from users.models.scope import sight_of

if TYPE_CHECKING:
    from ledger.acts import Actor


class UnitStandingQuerySet(models.QuerySet["UnitStanding"]):
    """How units stand, by who may see it."""

    def visible_to(self, actor: Actor | None) -> UnitStandingQuerySet:
        """The own unit's; for authorities those of their subtree; the ministry's people see all."""
        sight = sight_of(actor)
        if sight.everything:
            return self.all()
        seen = Q(unit_id=sight.own_unit) if sight.own_unit is not None else Q(pk__in=[])
        if sight.reads:
            seen |= Q(unit__path__startswith=sight.reads)
        return self.filter(seen)


class UnitStanding(models.Model):
    """How one unit of the tree stands with its filings of use.

    Acts that change it lock the row, others share it until they commit, so that no move of the unit comes between;
    acts of different units never wait for each other.

    ``place`` is the path of the authority that the unit is counted under: its superior's, an authority's own.
    ``counts``: an institution that has to file its use (school, university, affiliated unit, active, in the tree).
    ``selected`` are uses picked and never handed in, ``handed_in`` those that were and have not ended.
    """

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, primary_key=True, related_name="use_standing")
    place = models.CharField(max_length=200)
    counts = models.BooleanField(default=False)
    named = models.BooleanField(_("named its department and persons"), default=False)
    systems = models.PositiveIntegerField(_("versions of its selection system"), default=0)
    selected = models.IntegerField(_("selected, not filed"), default=0)
    handed_in = models.IntegerField(_("filed"), default=0)
    in_use = models.IntegerField(_("in use"), default=0)

    objects = UnitStandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing of a unit")
        verbose_name_plural = _("standings of units")
        constraints = [
            models.CheckConstraint(
                condition=Q(selected__gte=0, handed_in__gte=0, in_use__gte=0), name="standing_not_negative"
            )
        ]
        indexes = [
            models.Index(fields=["unit"], name="standing_missing", condition=Q(counts=True, handed_in=0)),
            models.Index(fields=["unit"], name="standing_selected", condition=Q(selected__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.handed_in}/{self.in_use}"


class UseTally(models.Model):
    """A total: of ``node_id`` (an authority and all below it; 0 is everything), by facet and key."""

    node_id = models.BigIntegerField()
    facet = models.CharField(max_length=16)
    key = models.CharField(max_length=64)
    n = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node_id", "facet", "key"], name="use_tally_once")]
        indexes = [
            models.Index(fields=["node_id", "-n"], name="use_tally_apps", condition=Q(facet="app")),
            models.Index(fields=["id"], name="use_tally_nothing", condition=Q(n=0)),
        ]


class UseDelta(models.Model):
    """What an act changed of the totals and has not been added to them yet. Appended only: no act waits for another.

    ``nodes`` are the ids of the authorities concerned, from 0 downwards: ids outlive a move of the tree, paths do not.
    """

    nodes = ArrayField(models.BigIntegerField())
    facet = models.CharField(max_length=16)
    key = models.CharField(max_length=64)
    n = models.IntegerField()

    class Meta:
        indexes = [GinIndex(fields=["nodes"], name="use_delta_nodes")]
