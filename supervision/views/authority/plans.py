"""Sampling plans with their draw."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from ledger.acts import Actor
from rulebook.time import local_date
from rulebook.time import now as moment
from supervision import domain, rules
from supervision.enums import InspectionState, PlanState
from supervision.forms import PlanForm
from supervision.models import Inspection, SamplingPlan
from supervision.views.authority.base import (
    Act,
    Section,
    actor_of,
    authority_view,
    case_page,
    cell,
    do_act,
    form_page,
    list_page,
    panels,
    row_of,
    tabs_of,
)
from supervision.views.authority.campaigns import filter_words
from supervision.views.authority.keyset import keyset
from supervision.views.authority.refusing import attempt

LABEL = gettext_lazy("Inspections")


def mine(by: Actor, row: Any) -> Any:
    """The authority of the row, and the ministry."""
    return rules.holds(by, row.authority_id)


@require_GET
@authority_view
def plans(request: HttpRequest) -> HttpResponse:
    """Sampling plans, and below them what is inspected now."""
    actor = actor_of(request)
    tab = "inspections" if request.GET.get("tab") == "inspections" else "plans"
    tabs = tabs_of([("plans", _("Sampling plans")), ("inspections", _("Inspections"))], tab)
    actions = [
        (_("New plan"), reverse("sv_plan_new"), True), (_("Inspect one app"), reverse("sv_inspection_new"), False),
        (_("Checklist"), reverse("sv_checklist"), False),
    ]  # fmt: skip
    common: dict[str, Any] = {
        "section": "plan", "title": LABEL, "tabs": tabs, "tab_name": tab, "actions": actions, "articles": ["me-23"],
        "lead": _("Drawn at random, by risk or by complaints; every draw can be repeated from its seed."),
    }
    if tab == "inspections":
        rows = Inspection.objects.visible_to(actor).select_related("entry", "inspector", "authority")
        page = keyset(rows, "planned_at", request.GET, down=True)
        return list_page(
            request, page=page, columns=[_("App"), _("Inspector"), _("Authority"), _("Re-check on"), _("Status")],
            rows=[
                [
                    cell(one.entry.app_name, url=reverse("sv_inspection", args=[one.pk]), sub=one.entry.number),
                    cell((one.inspector.name or one.inspector.email) if one.inspector else _("Nobody yet")),
                    cell(one.authority.title), cell(one.recheck_day.isoformat() if one.recheck_day else "—"),
                    cell(status=("inspection", str(one.state))),
                ]
                for one in page.rows
            ],
            empty=_("Nothing is inspected yet"), **common,
        )  # fmt: skip
    found = SamplingPlan.objects.visible_to(actor).select_related("authority").annotate(
        drawn=Count("inspections"), open=Count("inspections", filter=Q(inspections__state=InspectionState.PLANNED))
    )
    page = keyset(found, "created_at", request.GET, down=True)
    return list_page(
        request, page=page, columns=[_("Plan"), _("How it is drawn"), _("Size"), _("To be inspected"), _("Status")],
        rows=[
            [
                cell(one.title, url=reverse("sv_plan", args=[one.pk]), sub=one.case_no), cell(one.get_method_display()),
                cell(one.size), cell(f"{one.open} / {one.drawn}" if one.drawn else "—"),
                cell(status=("plan", str(one.state))),
            ]
            for one in page.rows
        ],
        empty=_("No plan yet"), **common,
    )  # fmt: skip


@authority_view
def new_plan(request: HttpRequest) -> HttpResponse:
    """A new plan."""
    actor = actor_of(request)
    form = PlanForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        made = attempt(
            form,
            lambda: domain.make_plan(
                title=values["title"], method=values["method"], size=values["size"], seed=values["seed"],
                filter=form.filter(), by=actor, now=moment(),
            ),
        )  # fmt: skip
        if made is not None:
            return redirect("sv_plan", made.pk)
    return form_page(
        request, section="plan", title=_("New plan"), form=form, button=_("Plan"), crumbs=[(LABEL, reverse("sv_plans"))]
    )


def _verb(verb: Any) -> Any:
    def do(row: SamplingPlan, by: Actor, now: datetime, data: dict[str, Any]) -> None:
        verb(plan=row, by=by, now=now, seen_state=str(row.state))

    return do


PLAN_ACTS = (
    Act("draw", gettext_lazy("Draw the sample"), states=("draft",), rule=mine, primary=True, do=_verb(domain.draw),
        hint=gettext_lazy("The seed stays on this page, so that everybody can repeat the draw.")),
    Act("close", gettext_lazy("Close the plan"), states=("drawn",), rule=mine, do=_verb(domain.close_plan)),
)  # fmt: skip


def _plan(request: HttpRequest, pk: int) -> tuple[SamplingPlan, Actor]:
    actor = actor_of(request)
    return row_of(request, SamplingPlan.objects.visible_to(actor).select_related("authority"), "sv_plan", pk=pk), actor


@require_safe
@authority_view
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """A plan, its seed, and what was drawn."""
    row, actor = _plan(request, pk)
    return _plan_page(request, row, actor)


@require_POST
@authority_view
def plan_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Draw or close."""
    row, actor = _plan(request, pk)
    return do_act(request, row, actor, PLAN_ACTS, act, _plan_page, "sv_plan")


def _plan_page(
    request: HttpRequest, row: SamplingPlan, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    facts = [
        (_("How it is drawn"), row.get_method_display()), (_("Seed"), cell(row.seed, mono=True)),
        (_("Size"), str(row.size)), (_("Drawn from"), str(row.population) if row.drawn_at else ""),
        (_("Drawn"), local_date(row.drawn_at).isoformat() if row.drawn_at else ""),
        (_("Checklist of inspections"), f"{row.checklist_label} ({len(row.checklist)})"), *filter_words(row.filter),
    ]  # fmt: skip
    drawn = row.inspections.select_related("entry", "inspector").order_by("rank", "pk")[:500]
    rows = [
        [cell(one.entry.app_name, url=reverse("sv_inspection", args=[one.pk]), sub=one.entry.number), cell(one.rank),
         cell(one.draw_key[:12] + "…", mono=True),
         cell((one.inspector.name or one.inspector.email) if one.inspector else _("Nobody yet")),
         cell(status=("inspection", str(one.state)))]
        for one in drawn
    ]  # fmt: skip
    how = _(
        "Ranked by SHA-256 of the seed, a colon and the filing number; by risk and by complaints, weight comes first."
    )
    return case_page(
        request, section="plan", title=row.title, row=row, kind="plan", crumbs=[(LABEL, reverse("sv_plans"))],
        meta=[row.case_no, row.authority.title],
        sections=[
            Section(_("The plan"), facts=facts, text=how, articles=["me-23"]),
            Section(_("The sample"), rows=rows, empty=_("Nothing is drawn yet."),
                    columns=[_("App"), _("Rank"), _("Key"), _("Inspector"), _("Status")]),
        ],
        panels=panels(PLAN_ACTS, row, actor, "sv_plan_act", bound), rest=row.state == PlanState.DRAWN,
    )  # fmt: skip
