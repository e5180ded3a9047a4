"""Inspections with checklist, findings and re-check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Person
from ledger.acts import Actor
from providers.views.materials import stream
from rulebook.time import now as moment
from supervision import domain
from supervision.desk import colleagues
from supervision.domain.inspection import latest_findings
from supervision.enums import InspectionState
from supervision.forms import AnswersForm, InspectForm, InspectionOrderForm, TakeForm
from supervision.models import Inspection
from supervision.views.authority.base import (
    Act,
    Section,
    actor_of,
    authority_view,
    case_page,
    cell,
    do_act,
    form_page,
    panels,
    row_of,
)
from supervision.views.authority.plans import LABEL, mine
from supervision.views.authority.refusing import attempt


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
    Act("findings", gettext_lazy("Record the findings"), form=AnswersForm, states=("planned",), rule=mine,
        setup=_checklist, do=_record, primary=True, wide=True, hint=gettext_lazy("Findings are kept for good.")),
    Act("order", gettext_lazy("Order rectification"), form=InspectionOrderForm, states=("findings",), rule=mine,
        when=lambda row: row.order_id is None, do=_order, primary=True),
    Act("recheck", gettext_lazy("Check again"), form=AnswersForm, states=("findings",), rule=mine, setup=_left,
        do=_record),
    Act("assign", gettext_lazy("Name the inspector"), form=TakeForm, states=("planned", "findings"), rule=mine,
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
         "who": _("Round %(number)s") % {"number": one.round},
         "files": [(one.evidence_name or _("Evidence"), reverse("sv_inspection_file", args=[row.pk, one.pk]))]
         if one.evidence else []}
        for one in row.findings.order_by("round", "pk")
    ]  # fmt: skip
    facts = [
        (_("App"), cell(row.entry.app_name, url=reverse("entry", args=[row.entry.number]), sub=row.entry.number)),
        (_("Provider"), row.entry.provider_name),
        (_("Plan"), cell(row.plan.title, url=reverse("sv_plan", args=[row.plan.pk])) if row.plan is not None else ""),
        (_("Inspector"), row.inspector.name if row.inspector else ""),
        (_("Checklist of inspections"), row.checklist_label),
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


@require_safe
@authority_view
def inspection_file(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """The evidence of a finding, for who may see the inspection."""
    row, _actor = _inspection(request, pk)
    return stream(request, row.findings.filter(pk=file).exclude(evidence="").first())
