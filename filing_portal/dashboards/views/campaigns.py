"""Campaigns of filing: what is to be done by when, how far each region is, and where it is late."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Unit
from filing_portal.charts import Link, Series, Table, stacked, table_response
from filing_portal.charts.figure import Figure
from filing_portal.dashboards.forms import CampaignForm
from filing_portal.dashboards.views.base import actor_of, authority_view
from ledger.acts import Actor, AlreadyMoved, Refused
from rulebook import calendar
from rulebook.time import local_date, now
from users import domain, overview
from users.enums import CampaignGoal
from users.models import FilingCampaign

#: which list of units holds those that a goal still waits for
WAITING = {
    CampaignGoal.FILED: "missing", CampaignGoal.USED: "missing", CampaignGoal.SYSTEM: "no_system",
    CampaignGoal.NAMED: "unnamed",
}  # fmt: skip
SHOWN = 60


def _node(campaign: FilingCampaign, own: Unit) -> Unit:
    """Where somebody of ``own`` looks at a campaign: its whole region, or his own part of it."""
    return campaign.authority if campaign.authority.path.startswith(own.path) else own


def _campaign(request: HttpRequest, pk: int) -> tuple[Actor, FilingCampaign]:
    actor = actor_of(request)
    rows = FilingCampaign.objects.visible_to(actor).select_related("authority")
    return actor, get_object_or_404(rows, pk=pk)


@require_safe
@authority_view
def campaigns(request: HttpRequest) -> HttpResponse:
    """All campaigns that concern the actor's region, those under way first."""
    actor, moment = actor_of(request), now()
    own = get_object_or_404(Unit, pk=actor.unit_id)
    rows = FilingCampaign.objects.visible_to(actor).select_related("authority").order_by("-ends_on", "-pk")[:SHOWN]
    pairs = [(row, _node(row, own)) for row in rows]
    made: list[dict[str, Any]] = [
        {"campaign": row, "progress": progress}
        for (row, _place), progress in zip(pairs, overview.progress_of(pairs, own, moment), strict=True)
    ]
    order = {"running": 0, "coming": 1, "missed": 2, "reached": 3, "closed": 4}
    made.sort(key=lambda item: order[item["progress"].state])
    may = not domain.may_run_campaigns(actor)
    return render(request, "dashboards/campaigns.html", {"rows": made, "may_run": may, "now": moment})


@require_safe
@authority_view
def campaign(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One campaign with the progress of each region."""
    actor, row = _campaign(request, pk)
    moment, node = now(), _node(row, get_object_or_404(Unit, pk=actor.unit_id))
    figure = _regions(row, actor, node, moment)
    if request.GET.get("format"):
        lines = ([cell.text if isinstance(cell, Link) else cell for cell in line] for line in figure.table.rows)
        name = f"campaign-{row.pk}-{local_date(moment).isoformat()}"
        return table_response(request.GET["format"], name, figure.table.columns, lines)
    waiting = WAITING.get(CampaignGoal(row.goal), "")
    address = f"{reverse('dashboard_list', args=[waiting])}?unit={node.pk}&campaign={row.pk}" if waiting else ""
    if address and len(row.unit_kinds) == 1:
        address += f"&kind={row.unit_kinds[0]}"
    context = {
        "campaign": row,
        "node": node,
        "progress": overview.progress(row, moment, node=node),
        "regions": figure,
        "waiting": address,
        "may_run": not domain.may_run_campaigns(actor, row),
        "kinds": [word for kind, word in CampaignForm.base_fields["unit_kinds"].choices if kind in row.unit_kinds],  # type: ignore[attr-defined]
        "now": moment,
    }
    return render(request, "dashboards/campaign.html", context)


def _regions(row: FilingCampaign, actor: Actor, node: Unit, moment: Any) -> Figure:
    lines, days = [], calendar.current()
    for unit, done, base in overview.parts(row, actor, node):
        judged = overview.judged(row, done, base, moment, days)
        direct = unit.pk == node.pk
        label = Link(
            _("Directly under %(unit)s") % {"unit": unit.title} if direct else unit.title,
            "" if direct else reverse("dashboard_unit", args=[unit.pk]),
        )
        lines.append((label, base, done, base - done, round(judged.rate, 1), _("Behind") if judged.warning else ""))
    picture, legend = stacked(
        "parts", [line[0] for line in lines],
        [Series(_("Done"), [line[2] for line in lines]), Series(_("Open"), [line[3] for line in lines])],
    )  # fmt: skip
    return Figure(
        "parts", _("Progress by region"),
        Table(
            [_("Region"), _("Institutions"), _("Done"), _("Open"), _("Share done"), _("Warning")], lines, frozenset({4})
        ), picture, legend, export=reverse("filing_campaign", args=[row.pk]), empty=not lines,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@authority_view
def edit(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Sets up a campaign, or changes one's own."""
    actor = actor_of(request)
    row = _campaign(request, pk)[1] if pk else None
    reasons = domain.may_run_campaigns(actor, row)
    if reasons:
        raise Refused(reasons)
    initial = {name: getattr(row, name) for name in CampaignForm.base_fields} if row else {}
    form = CampaignForm(request.POST or None, initial=initial)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen", "")
        try:
            made = domain.set_up_campaign(**form.cleaned_data, campaign=row, seen=seen, by=actor, now=now())
        except AlreadyMoved as moved:
            form.add_error(None, _("A colleague has changed this meanwhile. Look at it before you save over it."))
            row, status = _campaign(request, pk)[1], moved.status
        else:
            messages.success(request, _("The campaign has been saved."))
            return redirect("filing_campaign", pk=made.pk)
    # What is corrected still stands on what was read when the page was opened.
    mark = request.POST.get("seen", "") if status == 422 else domain.campaign_mark(row) if row else ""
    context = {"form": form, "campaign": row, "mark": mark}
    return render(request, "dashboards/campaign_form.html", context, status=status)


@require_POST
@authority_view
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends one's own campaign."""
    actor, row = _campaign(request, pk)
    domain.close_campaign(campaign=row, by=actor, now=now())
    messages.success(request, _("The campaign has been closed."))
    return redirect("filing_campaign", pk=row.pk)
