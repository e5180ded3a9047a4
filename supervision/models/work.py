"""The work plan of a region and the ledger of its tasks (Opinions 17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.enums import AUTHORITY_ROLES, INSTITUTION_ROLES, Role
from accounts.models import Person, Unit
from accounts.scope import scope_of
from supervision.enums import OPEN_TASKS, TaskState

if TYPE_CHECKING:
    from ledger.acts import Actor

#: who may read tasks at all: people of authorities and institutions, and partner departments
READERS = AUTHORITY_ROLES | INSTITUTION_ROLES | {Role.PARTNER}


class WorkPlanQuerySet(models.QuerySet["WorkPlan"]):
    """Work plans by who may read them."""

    def visible_to(self, actor: Actor | None) -> WorkPlanQuerySet:
        """The authority's own and those of authorities below it; those with a task for the reader's unit."""
        if actor is None or (not actor.is_system and (actor.role not in READERS or actor.unit_id is None)):
            return self.none()
        scope = scope_of(actor)
        if actor.is_system or (scope.everything and actor.role in AUTHORITY_ROLES):
            return self.all()
        seen = Q(pk__in=WorkTask.objects.visible_to(actor).exclude(plan=None).values("plan_id"))
        if actor.role in AUTHORITY_ROLES and scope.path:
            seen |= Q(authority__path__startswith=scope.path)
        return self.filter(seen)


class WorkPlan(models.Model):
    """A plan of work: what is to be reached, by which way, with which safeguards; its tasks stand beside it."""

    case_no = models.CharField(_("number"), max_length=24, unique=True)
    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=160)
    aim = models.TextField(_("aim"))
    way = models.TextField(_("way"), blank=True, default="")
    safeguards = models.TextField(_("safeguards"), blank=True, default="")
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(_("drawn up"))

    objects = WorkPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("work plan")
        verbose_name_plural = _("work plans")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(aim=""), name="work_plan_says_what"),
            models.CheckConstraint(condition=Q(last_day__gte=models.F("first_day")), name="work_plan_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.case_no} {self.title}"


class WorkTaskQuerySet(models.QuerySet["WorkTask"]):
    """Tasks by who may read them."""

    def visible_to(self, actor: Actor | None) -> WorkTaskQuerySet:
        """The authority that gave it, the authorities above that one, and the units that it names.

        For an authority "names" reaches down: a task that names a unit of its subtree is its business too.
        """
        if actor is None:
            return self.none()
        if actor.is_system:
            return self.all()
        if actor.role not in READERS or actor.unit_id is None:
            return self.none()
        scope = scope_of(actor)
        if actor.role not in AUTHORITY_ROLES or not scope.path:
            shared = TaskUnit.objects.filter(unit_id=actor.unit_id).values("task_id")
            return self.filter(Q(responsible_id=actor.unit_id) | Q(pk__in=shared))
        if scope.everything:
            return self.all()
        shared = TaskUnit.objects.filter(unit__path__startswith=scope.path).values("task_id")
        return self.filter(
            Q(authority__path__startswith=scope.path)
            | Q(responsible__path__startswith=scope.path)
            | Q(pk__in=shared)
        )

    def open(self) -> WorkTaskQuerySet:
        return self.filter(state__in=OPEN_TASKS)


class WorkTask(models.Model):
    """A task of the region: who answers for it, who takes part, until when, how far it is.

    ``due_day`` is the last day (to 24:00). Milestones and progress notes stand beside it.
    """

    case_no = models.CharField(_("number"), max_length=24, unique=True)
    state = FSMField(_("state"), default=TaskState.OPEN, choices=TaskState.choices, protected=True)
    plan = models.ForeignKey(
        WorkPlan, verbose_name=_("work plan"), null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("what is to be done"))
    responsible = models.ForeignKey(
        Unit, verbose_name=_("responsible unit"), on_delete=models.PROTECT, related_name="+"
    )
    due_day = models.DateField(_("last day"))
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(_("given"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    #: the last day of which it was told that it is over
    overdue_told = models.DateField(null=True, blank=True, editable=False)

    objects = WorkTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["due_day", "id"]
        indexes = [
            models.Index(fields=["authority", "state", "due_day"], name="work_task_of_authority"),
            models.Index(fields=["responsible", "state", "due_day"], name="work_task_of_unit"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="work_task_says_what"),
            models.CheckConstraint(
                condition=Q(state__in=list(OPEN_TASKS), closed_at__isnull=True)
                | (~Q(state__in=list(OPEN_TASKS)) & Q(closed_at__isnull=False)),
                name="work_task_closed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_no} {self.title}"

    @transition(field=state, source=TaskState.OPEN, target=TaskState.IN_PROGRESS)
    def start(self) -> None:
        """open → in_progress"""

    @transition(field=state, source=TaskState.IN_PROGRESS, target=TaskState.DONE)
    def finish(self) -> None:
        """in_progress → done"""

    @transition(field=state, source=[TaskState.OPEN, TaskState.IN_PROGRESS], target=TaskState.DROPPED)
    def drop(self) -> None:
        """open, in_progress → dropped"""

    @transition(field=state, source=[TaskState.DONE, TaskState.DROPPED], target=TaskState.OPEN)
    def reopen(self) -> None:
        """done, dropped → open"""


class TaskUnit(models.Model):
    """A unit that takes part in a task beside the responsible one."""

    task = models.ForeignKey(WorkTask, on_delete=models.CASCADE, related_name="sharing")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "unit"], name="task_unit_once")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.unit_id}"


class Milestone(models.Model):
    """A step of a task with its day; ``reached_on`` once it is there."""

    task = models.ForeignKey(WorkTask, on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField(_("milestone"), max_length=160)
    due_day = models.DateField(_("last day"))
    reached_on = models.DateField(_("reached on"), null=True, blank=True)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_day", "id"]
        constraints = [models.UniqueConstraint(fields=["task", "title"], name="milestone_once")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.title}"


class TaskNote(models.Model):
    """A note on the progress of a task, for everybody who may read it. Append-only."""

    task = models.ForeignKey(WorkTask, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(_("progress"))
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("progress note")
        verbose_name_plural = _("progress notes")
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="task_note_says_something")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.at:%Y-%m-%d}"
