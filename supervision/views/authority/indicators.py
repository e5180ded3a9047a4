"""Indicators of a region, by authority and by institution; figures kept for an assessment (R162, R163)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.sheets import table_response
from ledger.acts import Actor
from rulebook.time import local_date
from rulebook.time import now as moment
from supervision import domain
from supervision.files import FILE_KINDS
from supervision.files import assessment_file as assessment_file_of
from supervision.forms import AssessmentForm, PeriodForm, VerifyForm
from supervision.indicators import UNIT, Indicator, Line, Period, Table, by_region, by_unit, units_below
from supervision.indicators.definitions import GROUPS
from supervision.indicators.units import CHUNK
from supervision.models import Assessment
from supervision.views.authority.base import (
    Act,
    Section,
    actor_of,
    authority_view,
    case_page,
    cell,
    do_act,
    frame,
    list_page,
    panels,
    row_of,
)
from supervision.views.authority.keyset import keyset
from supervision.views.authority.refusing import attempt
from users import overview

LABEL = gettext_lazy("Indicators")
KEPT_SHOWN = 5
#: figures that tell of something missed
LATE = {"feedback_overdue", "orders_overdue", "use_overdue", "target_missed", "tasks_overdue", "missing"}


# --- what is asked for ---------------------------------------------------------------------------------


def _node(request: HttpRequest, actor: Actor) -> Unit:
    """The authority whose region is looked at: one's own, or one below it; else 404."""
    asked = request.GET.get("unit", "")
    pk = int(asked[:18]) if asked.isascii() and asked.isdecimal() else (0 if asked else actor.unit_id)
    rows = Unit.objects.filter(path__startswith=actor.unit_path or "?", kind=UnitKind.AUTHORITY)
    return get_object_or_404(rows.select_related("parent"), pk=pk)


def _period(request: HttpRequest, now: datetime) -> tuple[PeriodForm, Period]:
    """The period of the address, this year up to today where it gives none that holds."""
    today = local_date(now)
    usual = Period(date(today.year, 1, 1), today)
    if "first_day" not in request.GET and "last_day" not in request.GET:
        return PeriodForm(
            initial={"first_day": usual.first_day, "last_day": usual.last_day}, today=today
        ), usual  # fmt: skip
    form = PeriodForm(request.GET, today=today)
    if not form.is_valid():
        return form, usual
    return form, Period(form.cleaned_data["first_day"], form.cleaned_data["last_day"])


def _address(request: HttpRequest, **more: str) -> str:
    query = QueryDict(mutable=True)
    for key in ("unit", "by", "group", "first_day", "last_day"):
        if request.GET.get(key):
            query[key] = request.GET[key]
    for key, value in more.items():
        query[key] = value
    return f"?{query.urlencode()}"


# --- the page ------------------------------------------------------------------------------------------


@authority_view
def indicators(request: HttpRequest) -> HttpResponseBase:
    """Figures of the region with their definitions; as a file; kept for an assessment."""
    actor, now = actor_of(request), moment()
    node, (form, period) = _node(request, actor), _period(request, now)
    institutions = request.GET.get("by") == "unit"
    keep = AssessmentForm(request.POST if request.method == "POST" else None, auto_id="id_keep_%s")
    if request.method == "POST" and keep.is_valid() and not form.errors:
        made = attempt(
            keep,
            lambda: domain.take_assessment(
                node=node, period=period, purpose=keep.cleaned_data["purpose"], by=actor, now=now,
                by_unit_too=institutions,
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("Kept as it stands, and entered in the ledger."))
            return redirect("sv_assessment", made.pk)
    asked = request.GET.get("format", "")
    if asked and request.method != "POST" and not form.errors:
        return _file(asked, node, period, actor, now, institutions=institutions)
    after = ""
    if institutions:
        start = request.GET.get("after", "")
        rows = units_below(actor, node, now)
        shown, then = overview.page_of(rows, int(start[:18]) if start.isascii() and start.isdecimal() else 0)
        table = by_unit(node=node, units=shown, period=period, now=now)
        after = _address(request, after=str(then)) if then else ""
    else:
        table = by_region(node=node, period=period, now=now)
    groups = groups_of(request, table)
    widest = max(groups, key=lambda one: len(one["rows"]), default=None)  # the first that all parts have figures of
    group = next((one for one in groups if one["current"]), widest)
    context = {
        "title": LABEL, "table": table, "groups": groups, "group": group, "totals": _totals(table),
        "node": node, "period": period,
        "form": form, "keep": keep, "institutions": institutions, "next": after,
        "csv": _address(request, format="csv"), "xlsx": _address(request, format="xlsx"), "here": _address(request),
        "tabs": _tabs(request, institutions=institutions), "above": _above(actor, node),
        "kept": Assessment.objects.visible_to(actor).select_related("authority", "node")[:KEPT_SHOWN],
        **frame(request, "indicators"),
    }  # fmt: skip
    bad = form.errors or (keep.is_bound and keep.errors)
    return render(request, "supervision/authority/indicators.html", context, status=422 if bad else 200)


def _tabs(request: HttpRequest, *, institutions: bool) -> list[dict[str, Any]]:
    return [
        {"label": _("By authority"), "url": _address(request, by="region"), "current": not institutions, "count": None},
        {"label": _("By institution"), "url": _address(request, by="unit"), "current": institutions, "count": None},
    ]


def _above(actor: Actor, node: Unit) -> Unit | None:
    return node.parent if node.parent is not None and node.pk != actor.unit_id else None


def groups_of(request: HttpRequest, table: Table) -> list[dict[str, Any]]:
    """The indicators by group, each with the lines that have figures of it; groups without any are left out.

    Institutions have one table: there are few indicators of each.
    """
    found: list[dict[str, Any]] = []
    if table.indicators is UNIT:
        rows = _rows(request, table.lines, UNIT, table)
        return [{"key": "units", "title": _("Institutions"), "indicators": UNIT, "rows": rows, "current": True}] * bool(
            rows
        )
    for key, title in GROUPS.items():
        ones = [one for one in table.indicators if one.group == key]
        lines = [line for line in table.lines if any(line.value(one) is not None for one in ones)]
        if not ones or not lines:
            continue
        found.append(
            {
                "key": key, "title": title, "indicators": ones, "rows": _rows(request, lines, ones, table),
                "url": _address(request, group=key), "current": request.GET.get("group") == key,
            }
        )  # fmt: skip
    return found


def _rows(
    request: HttpRequest, lines: Sequence[Line], ones: Sequence[Indicator], table: Table
) -> list[dict[str, Any]]:
    """A group that one line has figures of needs no sum; figures of filings are the authority's own."""
    own = all(one.files for one in ones)
    lines = [line for line in lines if line.kind != "total" or len(lines) > 2]
    return [
        {
            "name": line.unit.title if own and line.kind == "rest" else line.name,
            "url": _leads_to(request, line, table), "total": line.kind == "total",
            "cells": [(one.label, shown(line.value(one), one)) for one in ones],
        }
        for line in lines
    ]  # fmt: skip


def _totals(table: Table) -> list[tuple[Any, str, bool]]:
    """Everything together, figure by figure; empty for institutions. The last says that it is worth a look."""
    total = next((line for line in table.lines if line.kind == "total"), None)
    if total is None:
        return []
    return [
        (one.label, shown(total.value(one), one), one.key in LATE and bool(total.value(one)))
        for one in table.indicators
        if total.value(one) is not None
    ]


def _leads_to(request: HttpRequest, line: Line, table: Table) -> str:
    if line.kind == "unit":
        return reverse("use_sheet", args=[line.unit.pk])
    return _address(request, unit=str(line.unit.pk)) if line.kind == "region" else ""


def shown(value: Any, indicator: Indicator) -> str:
    """A figure as people read it."""
    if value is None:
        return "–"
    return f"{number_format(value, 1)} %" if indicator.percent else f"{value:,}"


def _file(
    kind: str, node: Unit, period: Period, actor: Actor, now: datetime, *, institutions: bool
) -> HttpResponseBase:
    """The whole table; of institutions a thousand at a time."""
    name = f"indicators-{node.code}-{period.first_day}-{period.last_day}"
    if not institutions:
        table = by_region(node=node, period=period, now=now)
        return table_response(kind, name, table.columns(), table.rows())
    head = Table(node, period, UNIT, [], now)

    def rows() -> Iterator[list[Any]]:
        found = units_below(actor, node, now).iterator(chunk_size=CHUNK)
        while part := list(islice(found, CHUNK)):
            yield from by_unit(node=node, units=part, period=period, now=now).rows()

    return table_response(kind, name, head.columns(), rows())


# --- figures kept for an assessment --------------------------------------------------------------------


@require_safe
@authority_view
def assessments(request: HttpRequest) -> HttpResponse:
    """Everything that was kept, the newest first."""
    actor = actor_of(request)
    rows = Assessment.objects.visible_to(actor).select_related("authority", "node")
    page = keyset(rows, "taken_at", request.GET, down=True)
    return list_page(
        request, section="indicators", title=_("Figures kept for assessments"), articles=["me-23", "op-16"], page=page,
        lead=_("Each stands as it was counted; its file can be verified against the ledger."),
        columns=[
            _("For which assessment"), _("Region"), pgettext("assessment", "Period"), _("By"), _("Counted"),
            _("Authority"),
        ],
        rows=[
            [
                cell(one.purpose, url=reverse("sv_assessment", args=[one.pk]), sub=one.case_no), cell(one.node.title),
                cell(f"{one.first_day} – {one.last_day}"),
                cell(_("Institutions") if one.by_unit else _("Authorities")),
                cell(local_date(one.taken_at).isoformat()), cell(one.authority.title),
            ]
            for one in page.rows
        ],
        empty=_("Nothing is kept yet"),
    )  # fmt: skip


def _verify(row: Assessment, by: Actor, now: datetime, data: dict[str, Any]) -> str:
    digest = hashlib.sha256()
    for part in data["file"].chunks():
        digest.update(part)
    found = domain.verify_assessment(row, digest.hexdigest())
    return f"{reverse('sv_assessment', args=[row.pk])}?file={'same' if found.ok else 'other'}"


ACTS = (
    Act("verify", gettext_lazy("Verify a file"), form=VerifyForm, do=_verify, primary=True,
        done=gettext_lazy("The file was compared.")),
)  # fmt: skip


def _assessment(request: HttpRequest, pk: int) -> tuple[Assessment, Actor]:
    actor = actor_of(request)
    rows = Assessment.objects.visible_to(actor).select_related("authority", "node")
    return row_of(request, rows, "sv_assessment", pk=pk), actor


@require_safe
@authority_view
def assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """Kept figures, checked now against the ledger."""
    row, actor = _assessment(request, pk)
    return _assessment_page(request, row, actor)


@require_POST
@authority_view
def assessment_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Compares a file with what was kept."""
    row, actor = _assessment(request, pk)
    return do_act(request, row, actor, ACTS, act, _assessment_page, "sv_assessment")


@require_safe
@authority_view
def assessment_file(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The kept figures as CSV, byte for byte what the digest is of, or as a workbook with the definitions."""
    row, _actor = _assessment(request, pk)
    if kind not in FILE_KINDS:
        raise Http404
    return assessment_file_of(row, kind)


def _assessment_page(
    request: HttpRequest, row: Assessment, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    checked = domain.verify_assessment(row)
    table = row.table
    good = _("These figures are the ones that were kept.")
    facts: list[tuple[Any, Any]] = [
        *((label, str(value)) for label, value in table["about"]),
        (_("Verification"), good if checked.ok else _("These figures are not the ones that were kept.")),
        (_("Digest of the CSV file"), cell(row.sha256, mono=True)),
    ]  # fmt: skip
    compared = {"same": _("The file is the one that was exported."),
                "other": _("The file is not the one that was exported.")}.get(request.GET.get("file", ""))  # fmt: skip
    if compared:
        facts.append((_("File compared"), compared))
    links = [
        (_("Figures as CSV"), reverse("sv_assessment_file", args=[row.pk, "csv"])),
        (_("Figures and definitions as XLSX"), reverse("sv_assessment_file", args=[row.pk, "xlsx"])),
    ]
    heads = [_("Indicator"), _("Definition"), _("Article"), _("Stands for")]
    return case_page(
        request, section="indicators", title=row.purpose, row=row, kind="",
        crumbs=[(LABEL, reverse("sv_indicators")), (_("Figures kept for assessments"), reverse("sv_assessments"))],
        meta=[row.case_no, row.node.title, f"{row.first_day} – {row.last_day}"],
        sections=[
            Section(_("What was kept"), facts=facts, articles=["me-23", "op-16"]),
            Section(pgettext("assessment", "Figures"), columns=table["columns"][:1] + table["columns"][2:],
                    rows=[[cell("–" if value == "" else value) for value in [line[0], *line[2:]]]
                          for line in table["rows"][:200]],
                    note=_("The first 200 lines; the files hold all.") if len(table["rows"]) > 200 else ""),
            Section(_("Definitions"), columns=heads, rows=[[cell(text) for text in one]
                                                           for one in table["definitions"]]),
        ],
        panels=panels(ACTS, row, actor, "sv_assessment_act", bound), rest=True, side_links=links,
    )  # fmt: skip
