"""Warnings of the monitors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from ledger.acts import Actor
from rulebook.time import local_date
from supervision import domain
from supervision.enums import WarningKind, WarningStatus
from supervision.forms import SettleForm
from supervision.models import Warning  # noqa: A004  the word of the field
from supervision.views.authority.base import (
    Act,
    Section,
    actor_of,
    authority_view,
    case_page,
    cell,
    do_act,
    list_page,
    panels,
    row_of,
    tabs_of,
)
from supervision.views.authority.keyset import keyset
from supervision.views.authority.plans import mine


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
        tabs=tabs_of([("open", WarningStatus.OPEN.label), ("closed", _("Settled"))], tab),
        filters=_WarningFilter(request.GET), narrowed=bool(kind),
        columns=[_("App"), _("Warning"), _("Days left"), _("Raised"), _("Status")],
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
    Act("settle", gettext_lazy("Settle the warning"), form=SettleForm, rule=mine, do=_settle, primary=True,
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
    links = [] if mine(actor, row) else [
        (_("Inspect the app…"), f"{reverse('sv_inspection_new')}?entry={row.entry.number}"),
        (_("Order rectification…"), f"{reverse('sv_order_new')}?entry={row.entry.number}"),
    ]
    return case_page(
        request, section="warning", title=row.get_kind_display(), row=row, kind="", tile=row.entry.app_name,
        crumbs=[(_("Warnings"), reverse("sv_warnings"))], meta=[row.entry.app_name, row.entry.number],
        sections=[Section(_("The warning"), facts=facts)], rest=bool(links), side_links=links,
        panels=panels(WARNING_ACTS, row, actor, "sv_warning_act", bound),
    )  # fmt: skip
