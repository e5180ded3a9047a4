"""Circulars, letters and interviews; the progress report of the ministry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from ledger.acts import Actor, Reasons
from rulebook.time import local_date
from rulebook.time import now as moment
from supervision import domain, rules
from supervision.enums import CircularKind, PaperState
from supervision.forms import CircularEditForm, CircularForm, InterviewForm, ReportForm, ReportTextForm
from supervision.models import Broadcast, Circular, ProgressReport
from supervision.report_charts import WORDS, charts_of, province_words
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
)
from supervision.views.authority.keyset import keyset
from supervision.views.authority.refusing import attempt

LABEL = gettext_lazy("Circulars and letters")


def _works(by: Actor, row: Any) -> Reasons:
    return rules.works_for(by, row.authority_id)


def _leads(by: Actor, row: Any) -> Reasons:
    return rules.leads(by, row.authority_id)


@require_GET
@authority_view
def circulars(request: HttpRequest) -> HttpResponse:
    """Circulars that the authority may read, the newest first."""
    actor = actor_of(request)
    page = keyset(Circular.objects.visible_to(actor).select_related("authority"), "written_at", request.GET, down=True)
    return list_page(
        request, section="circular", title=LABEL, articles=["me-23", "me-24"], page=page,
        lead=_("Circulars, letters of warning and interviews, from templates."),
        actions=[(_("New circular"), reverse("sv_circular_new"), True)],
        columns=[_("Circular"), _("Kind"), _("Readers"), _("Authority"), _("Written"), _("Status")],
        rows=[
            [
                cell(one.title, url=reverse("sv_circular", args=[one.pk]), sub=one.case_no),
                cell(one.get_kind_display()),
                cell(one.get_audience_display()), cell(one.authority.title),
                cell(local_date(one.written_at).isoformat()), cell(status=("paper", str(one.state))),
            ]
            for one in page.rows
        ],
        empty=_("No circular yet"),
    )  # fmt: skip


@authority_view
def new_circular(request: HttpRequest) -> HttpResponse:
    """A draft, from a template or by hand."""
    actor = actor_of(request)
    form = CircularForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        units = values.pop("uscc")
        values["articles"] = values["articles"] or ["me-23"]
        made = attempt(form, lambda: domain.write_circular(units=units, by=actor, now=moment(), **values))
        if made is not None:
            messages.success(request, _("The draft is kept."))
            return redirect("sv_circular", made.pk)
    return form_page(
        request, section="circular", title=_("New circular"), form=form, button=_("Keep the draft"),
        crumbs=[(LABEL, reverse("sv_circulars"))],
    )  # fmt: skip


def _texts(row: Any) -> dict[str, Any]:
    return {"initial": {name: getattr(row, name) for name in ("title_zh", "body_zh", "title_en", "body_en", "seen")}}


def _publish(row: Circular, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.publish_circular(circular=row, by=by, now=now, seen_state=str(row.state))


def _edit(row: Circular, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.edit_circular(circular=row, by=by, now=now, **data)


def _interview(row: Circular, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.record_interview(circular=row, by=by, now=now, **data)


ACTS = (
    Act("publish", gettext_lazy("Publish"), states=("draft",), rule=_leads, primary=True, do=_publish,
        hint=gettext_lazy("For good; the addressees are told at once."),
        confirm=gettext_lazy("A published circular cannot be taken back. Publish?")),
    Act("edit", gettext_lazy("Change the draft"), form=CircularEditForm, states=("draft",), rule=_works, do=_edit,
        setup=lambda row, _by: _texts(row)),
    Act("interview", gettext_lazy("Record the interview"), form=InterviewForm, rule=_works, do=_interview,
        when=lambda row: row.kind == CircularKind.INTERVIEW),
)  # fmt: skip


def _circular(request: HttpRequest, pk: int) -> tuple[Circular, Actor]:
    actor = actor_of(request)
    return row_of(request, Circular.objects.visible_to(actor).select_related("authority"), "sv_circular", pk=pk), actor


@require_safe
@authority_view
def circular(request: HttpRequest, pk: int) -> HttpResponse:
    """A circular with what became of it."""
    row, actor = _circular(request, pk)
    return _page(request, row, actor)


@require_POST
@authority_view
def circular_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Publish, change, record the interview."""
    row, actor = _circular(request, pk)
    return do_act(request, row, actor, ACTS, act, _page, "sv_circular")


def _page(
    request: HttpRequest, row: Circular, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    own = not _works(actor, row)
    spread = Broadcast.objects.filter(circular=row).first()
    facts: list[tuple[Any, Any]] = [
        (_("Kind"), row.get_kind_display()), (_("Readers"), row.get_audience_display()),
        (_("Addressed to"), "\n".join(one.unit.name for one in row.addressees.select_related("unit"))),
        (_("Published"), local_date(row.published_at).isoformat() if row.published_at else ""),
        (_("Units told"), str(spread.served) if spread is not None else ""),
    ]  # fmt: skip
    sections = [Section(row.title_zh, text=row.body_zh, facts=facts, articles=row.articles)]
    if row.body_en:
        sections.append(Section(row.title_en or _("In English"), text=row.body_en))
    if row.kind == CircularKind.INTERVIEW:
        said: list[tuple[Any, Any]] = [
            (_("Interview held on"), row.held_on.isoformat() if row.held_on else ""),
            (_("Record of the interview"), row.minutes if own else ""),
        ]
        sections.append(Section(_("The interview"), facts=said, empty="" if row.minutes else _("Not recorded yet.")))
    links = []
    if row.state == PaperState.PUBLISHED and not rules.may_look_at_outcomes(actor, row):
        links.append((_("What followed for persons…"), reverse("sv_circular_outcomes", args=[row.pk])))
    return case_page(
        request, section="circular", title=row.title, row=row, kind="paper", crumbs=[(LABEL, reverse("sv_circulars"))],
        meta=[row.case_no, row.authority.title], sections=sections,
        panels=panels(ACTS, row, actor, "sv_circular_act", bound), rest=own or bool(links), records=own,
        side_links=links,
    )  # fmt: skip


# --- progress reports ----------------------------------------------------------------------------------


@authority_view
def reports(request: HttpRequest) -> HttpResponse:
    """Progress reports; the ministry generates them here."""
    actor = actor_of(request)
    ministry = rules.is_ministry(actor)
    form = ReportForm(request.POST if request.method == "POST" and ministry else None)
    if form.is_bound and form.is_valid():
        made = attempt(form, lambda: domain.generate_report(by=actor, now=moment(), **form.cleaned_data))
        if made is not None:
            return redirect("sv_report", made.pk)
    page = keyset(
        ProgressReport.objects.visible_to(actor).select_related("authority"), "generated_at", request.GET, down=True
    )
    return list_page(
        request, section="report", title=_("Progress reports"), articles=["me-23"], page=page,
        lead=_("Figures of a period by province, with the ministry’s text."), new_form=form if ministry else None,
        columns=[_("Report"), _("From"), _("To"), _("Generated"), _("Status")], status=422 if form.errors else 200,
        rows=[
            [
                cell(one.title, url=reverse("sv_report", args=[one.pk])), cell(one.first_day.isoformat()),
                cell(one.last_day.isoformat()), cell(local_date(one.generated_at).isoformat()),
                cell(status=("paper", str(one.state))),
            ]
            for one in page.rows
        ],
        empty=_("No report yet"),
    )  # fmt: skip


def _edit_report(row: ProgressReport, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.edit_report(report=row, by=by, now=now, **data)


def _publish_report(row: ProgressReport, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.publish_report(report=row, by=by, now=now, seen_state=str(row.state))


REPORT_ACTS = (
    Act("edit", gettext_lazy("Edit the text"), form=ReportTextForm, states=("draft",), rule=_works, do=_edit_report,
        setup=lambda row, _by: _texts(row)),
    Act("publish", gettext_lazy("Publish"), states=("draft",), rule=_leads, do=_publish_report,
        confirm=gettext_lazy("A published report cannot be taken back. Publish?")),
)  # fmt: skip


def _report(request: HttpRequest, pk: int) -> tuple[ProgressReport, Actor]:
    actor = actor_of(request)
    return row_of(request, ProgressReport.objects.visible_to(actor).select_related("authority"), "sv_report",
        pk=pk), actor


@require_safe
@authority_view
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A report with its figures."""
    row, actor = _report(request, pk)
    return _report_page(request, row, actor)


@require_POST
@authority_view
def report_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Edit or publish."""
    row, actor = _report(request, pk)
    return do_act(request, row, actor, REPORT_ACTS, act, _report_page, "sv_report")


def _report_page(
    request: HttpRequest, row: ProgressReport, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    english = (get_language() or "").startswith("en")
    columns = [(key, str(WORDS.get(key, key))) for key in row.tables.get("columns", []) if isinstance(key, str)]
    names = province_words()
    rows = [
        [cell(names.get(one.get("code", ""), one.get("code", ""))),
         *[cell(one.get(key, "")) for key, _label in columns if key != "code"]]
        for one in row.tables.get("provinces", [])
    ]  # fmt: skip
    heads = [_("Province"), *[label for key, label in columns if key != "code"]]
    totals = row.tables.get("totals", {})
    return case_page(
        request, section="report", title=row.title, row=row, kind="paper",
        crumbs=[(_("Progress reports"), reverse("sv_reports"))],
        meta=[row.authority.title, f"{row.first_day} – {row.last_day}"],
        sections=[
            Section(_("Text"), text=row.body_en if english and row.body_en else row.body_zh, empty=_("No text yet.")),
            Section(_("Totals"), facts=[(word, f"{totals.get(key, 0):,}") for key, word in columns]),
            Section(_("By province"), columns=heads, rows=rows, empty=_("No figures.")),
        ],
        panels=panels(REPORT_ACTS, row, actor, "sv_report_act", bound), rest=not _works(actor, row),
        charts=charts_of(row.tables),
    )  # fmt: skip
