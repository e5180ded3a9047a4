"""Platform operators with what they share, and declared branches: tables of the room, beside those of filings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.enums import AUTHORITY_ROLES, PROVIDER_ROLES, Level, Province, Role
from accounts.models import Person, Unit
from providers.enums import BatchSource, BranchState, PlatformKind

if TYPE_CHECKING:
    from ledger.acts import Actor


class PlatformOperator(models.Model):
    """A unit that runs a platform of mini-programs or enterprise accounts (Measures, Article 10)."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="platform", verbose_name=_("unit"))
    platform = models.CharField(_("name of the platform"), max_length=80)
    designated_at = models.DateTimeField(_("designated"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("platform operator")
        verbose_name_plural = _("platform operators")

    def __str__(self) -> str:
        return f"{self.platform} ({self.unit})"

    @property
    def active(self) -> bool:
        return self.ended_at is None


class PlatformBatchQuerySet(models.QuerySet["PlatformBatch"]):
    """Batches by who may see them."""

    def visible_to(self, actor: Actor | None) -> PlatformBatchQuerySet:
        """The operator's own people; the ministry's reviewers those that were taken in."""
        if actor is None or actor.unit_id is None:
            return self.none()
        if actor.role in PROVIDER_ROLES:
            return self.filter(operator__unit_id=actor.unit_id)
        if actor.role == Role.MINISTRY_REVIEWER and actor.unit_code == "moe":
            return self.exclude(taken_at=None)
        return self.none()


class PlatformBatch(models.Model):
    """What an operator shared at one time: each original row, with what was wrong in it."""

    operator = models.ForeignKey(PlatformOperator, on_delete=models.PROTECT, related_name="batches")
    source = models.CharField(_("source"), max_length=8, choices=BatchSource.choices)
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

    objects = PlatformBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch of a platform operator")
        verbose_name_plural = _("batches of platform operators")
        indexes = [models.Index(fields=["operator", "-id"], name="batch_of_operator")]

    def __str__(self) -> str:
        return f"{self.operator} #{self.pk}"


class PlatformRecordQuerySet(models.QuerySet["PlatformRecord"]):
    """Records by who may see them."""

    def visible_to(self, actor: Actor | None) -> PlatformRecordQuerySet:
        """The operator its own; the ministry all; a province those of providers registered there."""
        if actor is None or actor.unit_id is None:
            return self.none()
        if actor.role in PROVIDER_ROLES:
            return self.filter(operator__unit_id=actor.unit_id)
        if actor.role == Role.MINISTRY_REVIEWER and actor.unit_code == "moe":
            return self
        if actor.role in AUTHORITY_ROLES and actor.unit_level == Level.PROVINCE:
            return self.filter(province_code=actor.province_code)
        return self.none()


class PlatformRecord(models.Model):
    """A third party's mini-program or account, as its operator shared it. No filing of this portal, no number."""

    operator = models.ForeignKey(PlatformOperator, on_delete=models.PROTECT, related_name="records")
    mini_program_id = models.CharField(_("identifier on the platform"), max_length=64)
    kind = models.CharField(_("kind"), max_length=20, choices=PlatformKind.choices)
    name = models.CharField(_("name"), max_length=120)
    provider_name = models.CharField(_("provider"), max_length=120)
    provider_uscc = models.CharField(_("unified social credit code"), max_length=18)
    province_code = models.CharField(_("province"), max_length=2, blank=True)
    category = models.CharField(_("category"), max_length=80, blank=True)
    submitted_on = models.DateField(_("submitted to the operator"))
    removed = models.BooleanField(_("removed from the platform"), default=False)
    batch = models.ForeignKey(PlatformBatch, on_delete=models.PROTECT, related_name="records")
    row_number = models.PositiveIntegerField(_("row"))
    original = models.JSONField(_("original row"), default=dict)
    version = models.PositiveIntegerField(_("version"), default=1)
    first_at = models.DateTimeField(_("first shared"))
    updated_at = models.DateTimeField(_("last changed"))
    search = SearchVectorField(null=True, editable=False)

    objects = PlatformRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("platform record")
        verbose_name_plural = _("platform records")
        constraints = [
            models.UniqueConstraint(fields=["operator", "mini_program_id"], name="platform_record_once"),
        ]
        indexes = [
            models.Index(fields=["mini_program_id"], name="platform_record_by_id"),
            models.Index(fields=["province_code", "-id"], name="platform_record_by_province"),
            GinIndex(fields=["search"], name="platform_record_search"),
        ]

    def __str__(self) -> str:
        return f"{self.mini_program_id} {self.name}"


class BranchQuerySet(models.QuerySet["Branch"]):
    """Declared branches by who may see them."""

    def visible_to(self, actor: Actor | None) -> BranchQuerySet:
        """Head office and branch; the provincial authority where the branch is registered; the ministry."""
        if actor is None or actor.unit_id is None:
            return self.none()
        if actor.role in PROVIDER_ROLES:
            return self.filter(Q(head_id=actor.unit_id) | Q(unit_id=actor.unit_id))
        if actor.role == Role.MINISTRY_REVIEWER and actor.unit_code == "moe":
            return self
        if actor.role in AUTHORITY_ROLES and actor.unit_level == Level.PROVINCE:
            return self.filter(province_code=actor.province_code)
        return self.none()


class Branch(models.Model):
    """A branch or subsidiary that a head office declares, and whether that was confirmed (Measures, Article 11).

    ``unit`` is the branch where it is registered here. Its state changes through the one door alone.
    """

    head = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="declared_branches")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="declared_as_branch")
    uscc = models.CharField(_("unified social credit code"), max_length=18)
    name = models.CharField(_("name"), max_length=120)
    province_code = models.CharField(_("province"), max_length=2, choices=Province.choices)
    state = FSMField(_("state"), default=BranchState.DECLARED, choices=BranchState.choices, protected=True)
    declared_at = models.DateTimeField(_("declared"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = BranchQuerySet.as_manager()

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        constraints = [
            models.UniqueConstraint(
                fields=["uscc"], condition=Q(state__in=["declared", "confirmed"]), name="branch_of_one_head_office"
            ),
            models.CheckConstraint(condition=Q(state__in=BranchState.values), name="branch_state_known"),
        ]
        indexes = [models.Index(fields=["province_code", "state"], name="branch_by_province")]

    def __str__(self) -> str:
        return f"{self.name} → {self.head}"

    @transition(field=state, source=BranchState.DECLARED, target=BranchState.CONFIRMED)
    def confirm(self) -> None:
        """The branch's owner or the authority agrees."""

    @transition(field=state, source=BranchState.DECLARED, target=BranchState.REFUSED)
    def refuse(self) -> None:
        """It is no branch of that head office."""

    @transition(field=state, source=[BranchState.DECLARED, BranchState.CONFIRMED], target=BranchState.RELEASED)
    def release(self) -> None:
        """Undone: taken back, sold, or made independent."""
