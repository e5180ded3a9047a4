"""Work plans and the ledger of the region's tasks: for authorities and the units that it names (R166, R167)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import AUTHORITY_ROLES
from ledger.acts import Actor
from review.keyset import page_of
from rulebook.time import local_date
from rulebook.time import now as moment
from supervision import domain, rules
from supervision.enums import OPEN_TASKS, TaskState
from supervision.files import task_file
from supervision.forms import (
    FinishForm,
    MilestoneForm,
    MoveForm,
    ProgressForm,
    ReasonForm,
    TaskForm,
    WorkPlanForm,
)
from supervision.models import WorkPlan, WorkTask
from supervision.models.work import READERS
from supervision.task_desk import BY_DAY, of_tab
from supervision.views.authority.base import (
    Act,
    Section,
    actor_of,
    authority_view,
    case_page,
    cell,
    clock_cell,
    do_act,
    form_page,
    guard,
    list_page,
    panels,
    row_of,
    tabs_of,
)
from supervision.views.authority.keyset import keyset
from supervision.views.authority.refusing import attempt

LABEL = gettext_lazy("Task ledger")
TABS = (
    ("open", pgettext_lazy("tasks", "Open")),
    ("overdue", gettext_lazy("Overdue")),
    ("closed", gettext_lazy("Closed")),
    ("plans", gettext_lazy("Work plans")),
)
task_view = guard(READERS)


# --- lists ---------------------------------------------------------------------------------------------


@require_safe
@task_view
def tasks(request: HttpRequest) -> HttpResponseBase:
    """Tasks that the reader may see, the most urgent first; or the work plans; or the ledger as a file."""
    actor, now = actor_of(request, READERS), moment()
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(TABS) else "open"
    seen = WorkTask.objects.visible_to(actor)
    if tab == "plans":
        return _plans(request, actor)
    if request.GET.get("format"):
        return task_file(request.GET["format"], of_tab(tab, seen, now), now)
    shown = of_tab(tab, seen, now).select_related("authority", "responsible").annotate(
        steps=Count("milestones"), reached=Count("milestones", filter=Q(milestones__reached_on__isnull=False))
    )
    page = page_of(
        shown, BY_DAY, after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=50
    )
    counts = {
        "open": of_tab("open", seen, now).count(), "overdue": of_tab("overdue", seen, now).count(),
    }  # fmt: skip
    return list_page(
        request, section="work", title=LABEL, articles=["op-17"], page=page, tab_name=tab,
        lead=_("The region’s tasks: who answers for them, who takes part, until when, how far they are."),
        tabs=tabs_of(TABS, tab, counts), actions=_actions(request, actor, tab),
        columns=[_("Task"), _("Last day"), _("Days left"), _("Responsible"), _("Milestones"),
                 pgettext("task", "Given by"), _("Status")],
        rows=[
            [
                cell(one.title, url=reverse("sv_task", args=[one.pk]), sub=one.case_no), cell(one.due_day.isoformat()),
                clock_cell("work_task", one, running=one.state in OPEN_TASKS), cell(one.responsible.title),
                cell(f"{one.reached} / {one.steps}" if one.steps else "—"), cell(one.authority.title),
                cell(status=("work_task", str(one.state))),
            ]
            for one in page.rows
        ],
        empty=_("No task here"),
    )  # fmt: skip


def _actions(request: HttpRequest, actor: Actor, tab: str) -> list[Any]:
    query = QueryDict(mutable=True)
    query.update({"tab": tab, "format": "xlsx"})
    found: list[Any] = [] if tab == "plans" else [(_("Export"), f"?{query.urlencode()}", False)]
    if actor.role in AUTHORITY_ROLES:
        new = (_("New plan"), reverse("sv_work_plan_new"), True)
        found.append(new if tab == "plans" else (_("New task"), reverse("sv_task_new"), True))
    return found


def _plans(request: HttpRequest, actor: Actor) -> HttpResponse:
    seen = Q(tasks__in=WorkTask.objects.visible_to(actor))
    rows = WorkPlan.objects.visible_to(actor).select_related("authority").annotate(
        open=Count("tasks", filter=seen & Q(tasks__state__in=OPEN_TASKS)), given=Count("tasks", filter=seen)
    )
    page = keyset(rows, "made_at", request.GET, down=True)
    return list_page(
        request, section="work", title=LABEL, articles=["op-17"], page=page, tab_name="plans",
        lead=_("What is to be reached, by which way, with which safeguards."), tabs=tabs_of(TABS, "plans"),
        actions=_actions(request, actor, "plans"),
        columns=[_("Plan"), _("Period"), _("Tasks open"), _("Authority")],
        rows=[
            [
                cell(one.title, url=reverse("sv_work_plan", args=[one.pk]), sub=one.case_no),
                cell(f"{one.first_day} – {one.last_day}"), cell(f"{one.open} / {one.given}"), cell(one.authority.title),
            ]
            for one in page.rows
        ],
        empty=_("No plan yet"),
    )  # fmt: skip


# --- new -----------------------------------------------------------------------------------------------


@authority_view
def new_task(request: HttpRequest) -> HttpResponse:
    """Gives a task."""
    actor = actor_of(request)
    plans = list(WorkPlan.objects.filter(authority_id=actor.unit_id).order_by("-pk")[:50])
    asked = request.GET.get("plan", "")
    form = TaskForm(
        request.POST if request.method == "POST" else None, plans=[(one.pk, str(one)) for one in plans],
        initial={"plan": asked if asked.isdecimal() else ""},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        wanted = values.pop("plan")
        plan = next((one for one in plans if one.pk == wanted), None)
        made = attempt(form, lambda: domain.give_task(plan=plan, by=actor, now=moment(), **values))
        if made is not None:
            messages.success(request, _("The task is given; the units are told."))
            return redirect("sv_task", made.pk)
    return form_page(
        request, section="work", title=_("New task"), form=form, button=_("Give the task"),
        crumbs=[(LABEL, reverse("sv_tasks"))],
    )  # fmt: skip


@authority_view
def new_plan(request: HttpRequest) -> HttpResponse:
    """Draws up a plan of work."""
    actor = actor_of(request)
    form = WorkPlanForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: domain.make_work_plan(by=actor, now=moment(), **form.cleaned_data))
        if made is not None:
            return redirect("sv_work_plan", made.pk)
    return form_page(
        request, section="work", title=_("New plan"), form=form, button=_("Draw up the plan"),
        crumbs=[(LABEL, f"{reverse('sv_tasks')}?tab=plans")],
    )  # fmt: skip


# --- a plan, a task ------------------------------------------------------------------------------------


@require_safe
@task_view
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """A plan with its tasks."""
    actor = actor_of(request, READERS)
    row = row_of(request, WorkPlan.objects.visible_to(actor).select_related("authority"), "sv_work_plan", pk=pk)
    given = WorkTask.objects.visible_to(actor).filter(plan=row).select_related("responsible")[:500]
    facts = [(_("Aim"), row.aim), (_("Way"), row.way), (_("Safeguards"), row.safeguards)]
    links = [] if rules.works_for(actor, row.authority_id) else [
        (_("New task of this plan…"), f"{reverse('sv_task_new')}?plan={row.pk}")
    ]  # fmt: skip
    return case_page(
        request, section="work", title=row.title, row=row, kind="",
        crumbs=[(LABEL, f"{reverse('sv_tasks')}?tab=plans")],
        meta=[row.case_no, row.authority.title, f"{row.first_day} – {row.last_day}"],
        sections=[
            Section(_("The plan"), facts=facts, articles=["op-17"]),
            Section(_("Tasks"), columns=[_("Task"), _("Days left"), _("Responsible"), _("Status")], rows=[
                [cell(one.title, url=reverse("sv_task", args=[one.pk]), sub=one.case_no),
                 clock_cell("work_task", one, running=one.state in OPEN_TASKS), cell(one.responsible.title),
                 cell(status=("work_task", str(one.state)))]
                for one in given
            ], empty=_("No task yet.")),
        ],
        rest=bool(links), side_links=links, records=actor.role in AUTHORITY_ROLES,
    )  # fmt: skip


def _start(row: WorkTask, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.start_task(task=row, by=by, now=now, seen_state=str(row.state))


def _finish(row: WorkTask, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.finish_task(task=row, text=data["text"], by=by, now=now, seen_state=str(row.state))


def _note(row: WorkTask, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.note_progress(task=row, text=data["text"], by=by, now=now)


def _reach(row: WorkTask, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    step = row.milestones.get(pk=data["milestone"])
    domain.reach_milestone(milestone=step, reached_on=data["reached_on"], by=by, now=now)


def _move(row: WorkTask, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.move_task(task=row, by=by, now=now, **data)


def _drop(row: WorkTask, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.drop_task(task=row, reason=data["reason"], by=by, now=now, seen_state=str(row.state))


def _reopen(row: WorkTask, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.reopen_task(task=row, reason=data["reason"], by=by, now=now, seen_state=str(row.state))


def _open_steps(row: WorkTask) -> list[tuple[int, str]]:
    return [(one.pk, f"{one.due_day} {one.title}") for one in row.milestones.all() if one.reached_on is None]


_OPEN = tuple(str(state.value) for state in OPEN_TASKS)
ACTS = (
    Act("start", gettext_lazy("Begin the task"), states=(TaskState.OPEN,), rule=rules.may_work_on_task, do=_start,
        primary=True),
    Act("finish", gettext_lazy("Report the task done"), form=FinishForm, states=(TaskState.IN_PROGRESS,),
        rule=rules.may_work_on_task, do=_finish, when=lambda row: not _open_steps(row), primary=True),
    Act("milestone", gettext_lazy("Milestone reached"), form=MilestoneForm, states=_OPEN, do=_reach,
        rule=rules.may_work_on_task, when=lambda row: bool(_open_steps(row)),
        setup=lambda row, _by: {"items": _open_steps(row)}),
    Act("note", gettext_lazy("Note the progress"), form=ProgressForm, states=_OPEN, rule=rules.may_note_on_task,
        do=_note),
    Act("move", gettext_lazy("Set another last day"), form=MoveForm, states=_OPEN, rule=rules.may_steer_task, do=_move),
    Act("drop", gettext_lazy("Drop the task"), form=ReasonForm, states=_OPEN, rule=rules.may_steer_task, do=_drop),
    Act("reopen", gettext_lazy("Open it again"), form=ReasonForm, states=("done", "dropped"), do=_reopen,
        rule=rules.may_steer_task),
)  # fmt: skip


def _task(request: HttpRequest, pk: int) -> tuple[WorkTask, Actor]:
    actor = actor_of(request, READERS)
    rows = WorkTask.objects.visible_to(actor).select_related("authority", "responsible", "plan")
    return row_of(request, rows, "sv_task", pk=pk), actor


@require_safe
@task_view
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """A task: units, milestones, progress."""
    row, actor = _task(request, pk)
    return _page(request, row, actor)


@require_POST
@task_view
def task_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Begin, note, reach a milestone, finish, move, drop, open again."""
    row, actor = _task(request, pk)
    return do_act(request, row, actor, ACTS, act, _page, "sv_task")


def _page(
    request: HttpRequest, row: WorkTask, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    open_ = row.state in OPEN_TASKS
    facts: list[tuple[Any, Any]] = [
        (_("Responsible unit"), row.responsible.title),
        (_("Cooperating units"), "\n".join(one.unit.title for one in row.sharing.select_related("unit"))),
        (_("Last day"), row.due_day.isoformat()),
        (_("Work plan"), cell(row.plan.title, url=reverse("sv_work_plan", args=[row.plan.pk])) if row.plan else ""),
        (_("Closed"), local_date(row.closed_at).isoformat() if row.closed_at else ""),
    ]  # fmt: skip
    steps = [
        [cell(one.title), cell(one.due_day.isoformat()),
         cell(_("Reached on %(day)s") % {"day": one.reached_on.isoformat()}) if one.reached_on
         else clock_cell("work_task", one, running=open_)]
        for one in row.milestones.all()
    ]  # fmt: skip
    lines = [
        {"title": one.unit.title if one.unit else "", "at": one.at, "text": one.text}
        for one in row.notes.select_related("unit").order_by("-at", "-pk")
    ]
    found = panels(ACTS, row, actor, "sv_task_act", bound)
    clock = {"kind": "work_task", "status": "running", "due_day": row.due_day, "provisional": False} if open_ else None
    return case_page(
        request, section="work", title=row.title, row=row, kind="work_task", crumbs=[(LABEL, reverse("sv_tasks"))],
        meta=[row.case_no, row.authority.title],
        sections=[
            Section(_("The task"), text=row.text, facts=facts, articles=["op-17"]),
            Section(_("Milestones"), columns=[_("Milestone"), _("Last day"), _("State")], rows=steps,
                    empty=_("None is set.")),
            Section(_("Progress"), lines=lines, empty=_("Nothing is noted yet.")),
        ],
        panels=found, rest=any(not one.act.primary and not one.open for one in found), clock=clock,
        clock_title=_("Last day of the task"), records=actor.role in AUTHORITY_ROLES,
    )  # fmt: skip
