"""Work plans and the region's tasks (Opinions 17): for authorities, institutions and partner departments.

An authority gives and steers; the units that a task names work on it and note how far it is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import IsInstitution
from ledger.acts import Actor
from review.keyset import page_of as page_by
from rulebook.time import now as moment
from supervision import domain
from supervision.api import governance_inputs as reads
from supervision.api import governance_shapes as shapes
from supervision.api import inputs
from supervision.api.base import (
    FILE,
    KEY,
    PAGE,
    PLACES,
    AuthorityCall,
    Call,
    GivesFile,
    PartnerCall,
    SupervisionView,
    act_urls,
    asked,
    page_of,
    text,
    verb,
)
from supervision.files import FILE_KINDS, task_file
from supervision.models import WorkPlan, WorkTask
from supervision.task_desk import BY_DAY, TABS, of_tab


class InstitutionCall(SupervisionView):
    """For institutions; tokens of the scope ``institution``, or ``read`` for reading."""

    permission_classes = [IsInstitution]


class _TaskRow(SupervisionView):
    """Finds and shows a task that the reader may see."""

    shown = shapes.TaskDetailOut

    def rows(self) -> QuerySet[Any]:
        rows = WorkTask.objects.visible_to(self.actor).select_related("authority", "responsible")
        return rows.prefetch_related("sharing__unit", "milestones", "notes__unit")

    def listed(self, request: Request) -> Response:
        """A page of a tab, by the last day; of one plan with ``plan``."""
        rows = self.chosen(request, WorkTask.objects.visible_to(self.actor))
        found = page_by(
            rows.select_related("authority", "responsible"), BY_DAY, after=request.query_params.get("after", ""),
            before=request.query_params.get("before", ""), size=PAGE,
        )  # fmt: skip
        lines = shapes.TaskOut(found.rows, many=True, context={"actor": self.actor}).data
        return Response({"results": lines, "next_after": found.next, "previous_before": found.previous})


    def file(self, request: Request) -> HttpResponseBase:
        """All tasks of a tab, by the last day, with units, milestones and the newest word on each."""
        rows = self.chosen(request, WorkTask.objects.visible_to(self.actor))
        return task_file(asked(request, "kind", FILE_KINDS, "csv"), rows, moment())

    @staticmethod
    def chosen(request: Request, seen: QuerySet[WorkTask]) -> QuerySet[WorkTask]:
        """Those of a tab, and of one plan with ``plan``."""
        rows, plan = of_tab(asked(request, "tab", TABS, "open"), seen, moment()), request.query_params.get("plan", "")
        if not plan:
            return rows
        return rows.filter(plan_id=int(plan)) if plan.isdecimal() and len(plan) < 19 else rows.none()


_WHICH = [text("tab", ", ".join(TABS)), text("plan", "id of a work plan")]
_FILE: dict[str, Any] = {**FILE, "parameters": [*_WHICH, *FILE["parameters"]]}
_LIST: dict[str, Any] = {
    "parameters": [*_WHICH, *PLACES],
    "responses": page_of(shapes.TaskOut),
}


def _reach(row: WorkTask, by: Actor, now: datetime, values: dict[str, Any]) -> None:
    step = row.milestones.filter(pk=values["milestone"]).first()
    if step is None:
        raise ValidationError({"milestone": [_("The task has no such milestone.")]})
    domain.reach_milestone(milestone=step, reached_on=values["reached_on"], by=by, now=now)


#: what the responsible unit does, and the units that take part
WORKING = (
    Call("start", inputs.Seen, verb("task", domain.start_task), "Begins the task."),
    Call("note", inputs.TextIn, verb("task", domain.note_progress), "Notes the progress, for good."),
    Call("milestone", reads.ReachedIn, _reach, "Records the day on which a milestone was reached."),
    Call("finish", inputs.SeenTextIn, verb("task", domain.finish_task),
         "Reports the task done, once every milestone is reached."),
)  # fmt: skip
#: what the head of review of the authority does that gave it
STEERING = (
    Call("move", reads.MoveIn, verb("task", domain.move_task), "Sets another last day, with a reason."),
    Call("drop", inputs.SeenReasonIn, verb("task", domain.drop_task), "Drops the task, with a reason."),
    Call("reopen", inputs.SeenReasonIn, verb("task", domain.reopen_task), "Opens a closed task again."),
)  # fmt: skip


# --- the authority ---------------------------------------------------------------------------------------


class TaskRow(AuthorityCall, _TaskRow):
    """Finds and shows a task of the region."""


class OneTask(TaskRow):
    """A task with units, milestones and progress."""

    @extend_schema(operation_id="authority_task", responses=shapes.TaskDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class Tasks(TaskRow):
    """Tasks of the region, the most urgent first."""

    @extend_schema(operation_id="authority_tasks", **_LIST)
    def get(self, request: Request) -> Response:
        return self.listed(request)

    @extend_schema(
        operation_id="authority_task_give", request=reads.TaskIn, parameters=[KEY],
        responses={201: shapes.TaskDetailOut},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Gives a task; the units that it names are told."""
        values, actor = self.read(reads.TaskIn, request), self.actor
        wanted, plan = values.pop("plan"), None
        if wanted is not None:
            plan = WorkPlan.objects.visible_to(actor).filter(pk=wanted).first()
            if plan is None:
                raise ValidationError({"plan": [_("There is no such plan.")]})
        values["responsible"] = reads.named_units([values["responsible"]], "responsible")[0]
        values["sharing"] = reads.named_units(values["sharing"], "sharing")
        made = self.once(request, lambda: domain.give_task(plan=plan, by=actor, now=moment(), **values))
        return self.detail(made, status=201)


class TaskFile(GivesFile, TaskRow):
    """The region's ledger of tasks as a table."""

    @extend_schema(operation_id="authority_task_file", **_FILE)
    def get(self, request: Request) -> HttpResponseBase:
        return self.file(request)


TASK_ACTS = act_urls(TaskRow, "tasks", "authority_task", (*WORKING, *STEERING))


class OneWorkPlan(AuthorityCall):
    """A work plan."""

    shown = shapes.WorkPlanOut

    def rows(self) -> QuerySet[Any]:
        return WorkPlan.objects.visible_to(self.actor).select_related("authority")

    @extend_schema(operation_id="authority_work_plan", responses=shapes.WorkPlanOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class WorkPlans(OneWorkPlan):
    """Work plans, newest first."""

    @extend_schema(operation_id="authority_work_plans", parameters=PLACES, responses=page_of(shapes.WorkPlanOut))
    def get(self, request: Request) -> Response:  # type: ignore[override]
        return self.page(request, self.rows(), "made_at", shapes.WorkPlanOut, down=True)

    @extend_schema(
        operation_id="authority_work_plan_make", request=reads.WorkPlanIn, parameters=[KEY],
        responses={201: shapes.WorkPlanOut},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Draws up a plan of work: what is to be reached, by which way, with which safeguards."""
        values = self.read(reads.WorkPlanIn, request)
        made = self.once(request, lambda: domain.make_work_plan(by=self.actor, now=moment(), **values))
        return self.detail(made, status=201)


# --- partner departments and institutions ----------------------------------------------------------------


class PartnerTaskRow(PartnerCall, _TaskRow):
    """Finds and shows a task that names the department."""


class PartnerTask(PartnerTaskRow):
    """A task that names the department."""

    @extend_schema(operation_id="partner_task", responses=shapes.TaskDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class PartnerTasks(PartnerTaskRow):
    """Tasks that name the department, the most urgent first."""

    @extend_schema(operation_id="partner_tasks", **_LIST)
    def get(self, request: Request) -> Response:
        return self.listed(request)


class PartnerTaskFile(GivesFile, PartnerTaskRow):
    """The tasks that name the reader's unit, as a table."""

    @extend_schema(operation_id="partner_task_file", **_FILE)
    def get(self, request: Request) -> HttpResponseBase:
        return self.file(request)


PARTNER_TASK_ACTS = act_urls(PartnerTaskRow, "tasks", "partner_task", WORKING)


class InstitutionTaskRow(InstitutionCall, _TaskRow):
    """Finds and shows a task that names the institution."""


class InstitutionTask(InstitutionTaskRow):
    """A task that names the institution."""

    @extend_schema(operation_id="institution_task", responses=shapes.TaskDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class InstitutionTasks(InstitutionTaskRow):
    """Tasks that name the institution, the most urgent first."""

    @extend_schema(operation_id="institution_tasks", **_LIST)
    def get(self, request: Request) -> Response:
        return self.listed(request)


class InstitutionTaskFile(GivesFile, InstitutionTaskRow):
    """The tasks that name the reader's unit, as a table."""

    @extend_schema(operation_id="institution_task_file", **_FILE)
    def get(self, request: Request) -> HttpResponseBase:
        return self.file(request)


INSTITUTION_TASK_ACTS = act_urls(InstitutionTaskRow, "tasks", "institution_task", WORKING)
