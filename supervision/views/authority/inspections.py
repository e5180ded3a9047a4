"""Sampling plans with their draw, inspections with checklist, findings and re-check; warnings of the monitors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.models import Person
from ledger.acts import Actor
from rulebook.time import local_date
from rulebook.time import now as moment
from supervision import domain, rules
from supervision.desk import colleagues
from supervision.domain.inspection import latest_findings
from supervision.enums import InspectionState, PlanState, WarningKind, WarningStatus
from supervision.forms import AnswersForm, InspectForm, InspectionOrderForm, PlanForm, SettleForm, TakeForm
from supervision.models import Inspection, SamplingPlan, Warning  # noqa: A004  the word of the field
from supervision.views.authority.base import (
    Act,
    Section,
    actor_of,
    attempt,
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

LABEL = gettext_lazy("Inspections")


def _mine(by: Actor, row: Any) -> Any:
    return rules.holds(by, row.authority_id)


# --- plans ---------------------------------------------------------------------------------------------


@require_GET
@authority_view
def plans(request: HttpRequest) -> HttpResponse:
    """Sampling plans, and below them what is inspected now."""
    actor = actor_of(request)
    tab = "inspections" if request.GET.get("tab") == "inspections" else "plans"
    tabs = tabs_of([("plans", _("Sampling plans")), ("inspections", _("Inspections"))], tab)
    actions = [(_("New plan"), reverse("sv_plan_new"), True), (_("Inspect one app"), reverse("sv_inspection_new"),
        False)]
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
    Act("draw", gettext_lazy("Draw the sample"), states=("draft",), rule=_mine, primary=True, do=_verb(domain.draw),
        hint=gettext_lazy("The seed stays on this page, so that everybody can repeat the draw.")),
    Act("close", gettext_lazy("Close the plan"), states=("drawn",), rule=_mine, do=_verb(domain.close_plan)),
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
        (_("Checklist"), f"{row.checklist_label} ({len(row.checklist)})"), *filter_words(row.filter),
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


# --- inspections ---------------------------------------------------------------------------------------


@authority_view
def new_inspection(request: HttpRequest) -> HttpResponse:
    """An inspection of one app, outside any sample."""
    actor = actor_of(request)
    form = InspectForm(
        request.POST if request.method == "POST" else None, initial={"number": request.GET.get("entry", "")}
    )
    if request.method == "POST" and form.is_valid():
        entry = form.cleaned_data["number"]
        made = attempt(form, lambda: domain.plan_inspection(entry=entry, by=actor, now=moment()))
        if made is not None:
            return redirect("sv_inspection", made.pk)
    return form_page(
        request, section="plan", title=_("Inspect one app"), form=form, button=_("Plan the inspection"),
        crumbs=[(LABEL, reverse("sv_plans"))],
    )  # fmt: skip


def _checklist(row: Inspection, _by: Actor) -> dict[str, Any]:
    # the policy may give no checklist yet: then one answer about the whole
    items = row.checklist or [{"key": "overall", "label_zh": _("Overall"), "label_en": _("Overall")}]
    return {"items": items, "english": (get_language() or "").startswith("en")}


def _left(row: Inspection, by: Actor) -> dict[str, Any]:
    bad = {one.key for one in latest_findings(row) if not one.ok}
    found = _checklist(row, by)
    return found | {"items": [item for item in found["items"] if item["key"] in bad]}


def _record(row: Inspection, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    verb = domain.record_findings if row.state == InspectionState.PLANNED else domain.recheck
    verb(
        inspection=row, answers=data["answers"], recheck_day=data["recheck_day"], by=by, now=now,
        seen_state=str(row.state),
    )  # fmt: skip


def _assign(row: Inspection, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.assign_inspection(inspection=row, person=Person.objects.get(pk=data["person"]), by=by, now=now)


def _order(row: Inspection, by: Actor, now: datetime, data: dict[str, Any]) -> str:
    made = domain.order_from_inspection(inspection=row, by=by, now=now, **data)
    return reverse("sv_order", args=[made.pk])


ACTS = (
    Act("findings", gettext_lazy("Record the findings"), form=AnswersForm, states=("planned",), rule=_mine,
        setup=_checklist, do=_record, primary=True, hint=gettext_lazy("Findings are kept for good.")),
    Act("order", gettext_lazy("Order rectification"), form=InspectionOrderForm, states=("findings",), rule=_mine,
        when=lambda row: row.order_id is None, do=_order, primary=True),
    Act("recheck", gettext_lazy("Check again"), form=AnswersForm, states=("findings",), rule=_mine, setup=_left,
        do=_record),
    Act("assign", gettext_lazy("Name the inspector"), form=TakeForm, states=("planned", "findings"), rule=_mine,
        do=_assign, setup=lambda row, _by: {"people": colleagues(row.authority_id)}),
)  # fmt: skip


def _inspection(request: HttpRequest, pk: int) -> tuple[Inspection, Actor]:
    actor = actor_of(request)
    rows = Inspection.objects.visible_to(actor).select_related("entry", "authority", "plan", "inspector", "order")
    return row_of(request, rows, "sv_inspection", pk=pk), actor


@require_safe
@authority_view
def inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """One inspected app."""
    row, actor = _inspection(request, pk)
    return _page(request, row, actor)


@require_POST
@authority_view
def inspection_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Findings, re-check, an order, the inspector."""
    row, actor = _inspection(request, pk)
    return do_act(request, row, actor, ACTS, act, _page, "sv_inspection")


def _page(
    request: HttpRequest, row: Inspection, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    english = (get_language() or "").startswith("en")
    words = {
        item["key"]: (item.get("label_en") if english else "") or item.get("label_zh") or item["key"]
        for item in row.checklist
    } or {"overall": _("Overall")}
    lines = [
        {"title": f"{words.get(one.key, one.key)} · {_('In order') if one.ok else _('Not in order')}", "at": one.at,
         "text": one.text, "family": "ok" if one.ok else "act", "article": one.article,
         "who": _("Round %(number)s") % {"number": one.round}}
        for one in row.findings.order_by("round", "pk")
    ]  # fmt: skip
    facts = [
        (_("App"), cell(row.entry.app_name, url=reverse("entry", args=[row.entry.number]), sub=row.entry.number)),
        (_("Provider"), row.entry.provider_name),
        (_("Plan"), cell(row.plan.title, url=reverse("sv_plan", args=[row.plan.pk])) if row.plan is not None else ""),
        (_("Inspector"), row.inspector.name if row.inspector else ""), (_("Checklist"), row.checklist_label),
        (_("Re-check on"), row.recheck_day.isoformat() if row.recheck_day else ""),
        (_("Rectification order"), cell(row.order.case_no, url=reverse("sv_order", args=[row.order.pk]))
         if row.order is not None else ""),
    ]  # fmt: skip
    return case_page(
        request, section="plan", title=row.entry.app_name, tile=row.entry.app_name, row=row, kind="inspection",
        crumbs=[(LABEL, f"{reverse('sv_plans')}?tab=inspections")], meta=[row.entry.number, row.authority.title],
        sections=[
            Section(_("The inspection"), facts=facts),
            Section(_("Findings"), lines=lines, empty=_("Nothing is recorded yet.")),
        ],
        panels=panels(ACTS, row, actor, "sv_inspection_act", bound), rest=row.state in ("planned", "findings"),
    )  # fmt: skip


# --- warnings ------------------------------------------------------------------------------------------


@require_GET
@authority_view
def warnings(request: HttpRequest) -> HttpResponse:
    """What the monitors found, the newest first."""
    actor = actor_of(request)
    tab = "closed" if request.GET.get("tab") == "closed" else "open"
    kind = request.GET.get("kind", "")
    seen = Warning.objects.visible_to(actor).filter(
        status=WarningStatus.CLOSED if tab == "closed" else WarningStatus.OPEN
    )
    if kind in WarningKind.values:
        seen = seen.filter(kind=kind)
    page = keyset(seen.select_related("entry", "unit", "authority"), "raised_at", request.GET, down=True)
    return list_page(
        request, section="warning", title=_("Warnings"), articles=["op-15"], page=page, tab_name=tab,
        lead=_("Found by the automatic monitors; the provider is told at the same time."),
        tabs=tabs_of([("open", _("Open")), ("closed", _("Settled"))], tab), filters=_WarningFilter(request.GET),
        narrowed=bool(kind), columns=[_("App"), _("Warning"), _("Days left"), _("Raised"), _("Status")],
        rows=[
            [
                cell(one.entry.app_name, url=reverse("sv_warning", args=[one.pk]), sub=one.entry.number),
                cell(one.get_kind_display(), sub=one.unit.name),
                cell("—" if one.days_left is None else one.days_left), cell(local_date(one.raised_at).isoformat()),
                cell(status=("warning", one.status)),
            ]
            for one in page.rows
        ],
        empty=_("No warning here"),
    )  # fmt: skip


class _WarningFilter(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("All kinds")), *WarningKind.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip


def _settle(row: Warning, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.settle_warning(warning=row, note=data["note"], by=by, now=now)


WARNING_ACTS = (
    Act("settle", gettext_lazy("Settle the warning"), form=SettleForm, rule=_mine, do=_settle, primary=True,
        when=lambda row: row.status == WarningStatus.OPEN),
)  # fmt: skip


def _warning(request: HttpRequest, pk: int) -> tuple[Warning, Actor]:
    actor = actor_of(request)
    rows = Warning.objects.visible_to(actor).select_related("entry", "unit", "authority")
    return row_of(request, rows, "sv_warning", pk=pk), actor


@require_safe
@authority_view
def warning(request: HttpRequest, pk: int) -> HttpResponse:
    """A warning."""
    row, actor = _warning(request, pk)
    return _warning_page(request, row, actor)


@require_POST
@authority_view
def warning_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Settle it, with a note."""
    row, actor = _warning(request, pk)
    return do_act(request, row, actor, WARNING_ACTS, act, _warning_page, "sv_warning")


def _warning_page(
    request: HttpRequest, row: Warning, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    facts = [
        (_("App"), cell(row.entry.app_name, url=reverse("entry", args=[row.entry.number]), sub=row.entry.number)),
        (_("Provider"), row.unit.name), (_("Days left"), "" if row.days_left is None else str(row.days_left)),
        (_("Raised"), local_date(row.raised_at).isoformat()),
        (_("Settled"), local_date(row.closed_at).isoformat() if row.closed_at else ""),
        (_("Note"), str(row.params.get("note", ""))),
    ]  # fmt: skip
    links = [] if _mine(actor, row) else [
        (_("Inspect the app…"), f"{reverse('sv_inspection_new')}?entry={row.entry.number}"),
        (_("Order rectification…"), f"{reverse('sv_order_new')}?entry={row.entry.number}"),
    ]
    return case_page(
        request, section="warning", title=row.get_kind_display(), row=row, kind="", tile=row.entry.app_name,
        crumbs=[(_("Warnings"), reverse("sv_warnings"))], meta=[row.entry.app_name, row.entry.number],
        sections=[Section(_("The warning"), facts=facts)], rest=bool(links), side_links=links,
        panels=panels(WARNING_ACTS, row, actor, "sv_warning_act", bound),
    )  # fmt: skip

