"""Sampling plans, inspections with findings, monitors and their warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.enums import AUTHORITY_ROLES, PROVIDER_ROLES, Role
from accounts.models import Person, Unit
from providers.models import App
from registry.models import Entry
from supervision.enums import InspectionState, PlanState, SamplingMethod, WarningKind, WarningStatus
from supervision.models.rectification import RectificationOrder

if TYPE_CHECKING:
    from ledger.acts import Actor


def _of_authority(rows: models.QuerySet, actor: Actor | None, path: str = "authority_id") -> models.QuerySet:
    """Rows of one's own authority; the ministry and the system all; nobody else any."""
    if actor is None:
        return rows.none()
    if actor.is_system or (actor.role == Role.MINISTRY_REVIEWER and actor.unit_code == "moe"):
        return rows.all()
    if actor.role in AUTHORITY_ROLES and actor.unit_id is not None:
        return rows.filter(**{path: actor.unit_id})
    return rows.none()


class SamplingPlanQuerySet(models.QuerySet["SamplingPlan"]):
    def visible_to(self, actor: Actor | None) -> models.QuerySet:
        """The authority's own; the ministry all."""
        return _of_authority(self, actor)


class SamplingPlan(models.Model):
    """A sample of entries to inspect (Measures Art. 23; Opinions 15).

    Entries are ranked by SHA-256 of ``seed:number`` (weighted by risk or complaints where the method says
    so) and the first ``size`` are drawn: whoever knows seed, filter and day can repeat the draw.
    """

    case_no = models.CharField(_("number"), max_length=24, unique=True)
    state = FSMField(_("state"), default=PlanState.DRAFT, choices=PlanState.choices, protected=True)
    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=160)
    method = models.CharField(_("method"), max_length=12, choices=SamplingMethod.choices)
    seed = models.CharField(_("seed"), max_length=64)
    size = models.PositiveIntegerField(_("size"))
    filter = models.JSONField(_("filter"), default=dict)
    population = models.PositiveIntegerField(_("drawn from"), default=0)
    checklist = models.JSONField(_("checklist"), default=list)
    checklist_label = models.CharField(_("version of the checklist"), max_length=160, blank=True, default="")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    drawn_at = models.DateTimeField(_("drawn"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = SamplingPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("sampling plan")
        verbose_name_plural = _("sampling plans")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=1), name="plan_draws_something"),
            models.CheckConstraint(condition=~Q(seed=""), name="plan_has_seed"),
        ]

    def __str__(self) -> str:
        return f"{self.case_no} {self.title}"

    @transition(field=state, source=PlanState.DRAFT, target=PlanState.DRAWN)
    def draw(self) -> None:
        """draft → drawn"""

    @transition(field=state, source=PlanState.DRAWN, target=PlanState.CLOSED)
    def close(self) -> None:
        """drawn → closed"""


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def visible_to(self, actor: Actor | None) -> models.QuerySet:
        """The authority that inspects, and the ministry. Providers read the order that follows."""
        return _of_authority(self, actor)


class Inspection(models.Model):
    """One entry that is inspected, in a sample or by itself."""

    plan = models.ForeignKey(SamplingPlan, null=True, blank=True, on_delete=models.PROTECT, related_name="inspections")
    state = FSMField(_("state"), default=InspectionState.PLANNED, choices=InspectionState.choices, protected=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="inspections")
    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveIntegerField(_("rank"), default=0)
    draw_key = models.CharField(max_length=64, blank=True, default="")
    inspector = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    checklist = models.JSONField(_("checklist"), default=list)
    checklist_label = models.CharField(_("version of the checklist"), max_length=160, blank=True, default="")
    planned_at = models.DateTimeField(_("planned"))
    inspected_at = models.DateTimeField(_("inspected"), null=True, blank=True)
    recheck_day = models.DateField(_("re-check on"), null=True, blank=True)
    rechecked_at = models.DateTimeField(_("re-checked"), null=True, blank=True)
    order = models.ForeignKey(
        RectificationOrder, null=True, blank=True, on_delete=models.SET_NULL, related_name="inspections"
    )

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        indexes = [models.Index(fields=["authority", "state", "id"], name="inspection_queue")]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "entry"], condition=Q(plan__isnull=False), name="inspection_once_per_plan"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.state}"

    @transition(field=state, source=InspectionState.PLANNED, target=InspectionState.IN_ORDER)
    def pass_check(self) -> None:
        """planned → in_order"""

    @transition(
        field=state, source=[InspectionState.PLANNED, InspectionState.FINDINGS], target=InspectionState.FINDINGS
    )
    def find(self) -> None:
        """Something is wrong, or still is."""

    @transition(field=state, source=InspectionState.FINDINGS, target=InspectionState.RECHECKED)
    def pass_recheck(self) -> None:
        """findings → rechecked"""


class InspectionFinding(models.Model):
    """The answer to one item of the checklist in one round. Append-only."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="findings")
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    key = models.CharField(_("item"), max_length=40)
    ok = models.BooleanField(_("in order"))
    text = models.TextField(_("finding"), blank=True, default="")
    article = models.CharField(_("article"), max_length=20, blank=True, default="")
    evidence = models.FileField(_("evidence"), upload_to="inspections/%Y/%m/", blank=True)
    evidence_name = models.CharField(_("name of the file"), max_length=160, blank=True, default="")
    evidence_type = models.CharField(max_length=40, blank=True, default="")
    evidence_sha256 = models.CharField(max_length=64, blank=True, default="")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["round", "id"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "round", "key"], name="finding_once"),
            models.CheckConstraint(condition=Q(ok=True) | ~Q(text=""), name="finding_against_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.key}"

    @property
    def file(self) -> FieldFile:
        """The evidence, named as every stored file is."""
        return self.evidence

    @property
    def name(self) -> str:
        return self.evidence_name

    @property
    def content_type(self) -> str:
        return self.evidence_type


class MonitorRun(models.Model):
    """One run of a monitor over the entries; resumes at ``cursor``."""

    monitor = models.CharField(_("monitor"), max_length=40)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    cursor = models.BigIntegerField(default=0)
    checked = models.PositiveIntegerField(_("checked"), default=0)
    raised = models.PositiveIntegerField(_("warnings"), default=0)
    settled = models.PositiveIntegerField(_("settled"), default=0)
    unanswered = models.PositiveIntegerField(_("no answer"), default=0)

    class Meta:
        verbose_name = _("run of a monitor")
        verbose_name_plural = _("runs of monitors")
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["monitor"], condition=Q(finished_at__isnull=True), name="monitor_one_open_run"
            )
        ]

    def __str__(self) -> str:
        return f"{self.monitor} {self.started_at:%Y-%m-%d}"


class WarningQuerySet(models.QuerySet["Warning"]):
    def visible_to(self, actor: Actor | None) -> models.QuerySet:
        """The provider its own; the filing authority; the ministry all (R135)."""
        if actor is not None and actor.role in PROVIDER_ROLES and actor.unit_id is not None:
            return self.filter(unit_id=actor.unit_id)
        return _of_authority(self, actor)

    def open(self) -> models.QuerySet:
        return self.filter(status=WarningStatus.OPEN)


class Warning(models.Model):  # noqa: A001  the word of the field (预警)
    """An early warning. ``key`` is unique, so that the same thing is said once per threshold."""

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=WarningKind.choices)
    status = models.CharField(
        _("status"), max_length=8, choices=WarningStatus.choices, default=WarningStatus.OPEN
    )
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="warnings")
    app = models.ForeignKey(App, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    days_left = models.SmallIntegerField(_("days left"), null=True, blank=True)
    params = models.JSONField(_("details"), default=dict)
    raised_at = models.DateTimeField(_("raised"))
    closed_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects = WarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("warning")
        verbose_name_plural = _("warnings")
        ordering = ["-raised_at", "-id"]
        indexes = [
            models.Index(fields=["authority", "status", "-raised_at"], name="warning_of_authority"),
            models.Index(fields=["unit", "status", "-raised_at"], name="warning_of_unit"),
            models.Index(fields=["kind", "status"], name="warning_by_kind"),
        ]

    def __str__(self) -> str:
        return self.key
