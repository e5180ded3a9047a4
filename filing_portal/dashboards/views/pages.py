"""The overview of an authority, drilling down, and the tables of its charts as files."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.enums import Level, Province
from filing_portal.charts import Figure, Link, table_response
from filing_portal.dashboards import figures, national
from filing_portal.dashboards.figures import Place, line_figure
from filing_portal.dashboards.national import Country
from filing_portal.dashboards.providers import Quarter, Row, months, quarters, standing
from filing_portal.dashboards.views.base import actor_of, authority_view, context_of, place_of, unit_of
from rulebook.time import local_date
from users import overview
from users.models import FilingCampaign

RUNNING_SHOWN = 5
SCHOOLS_SHOWN = 12


def running(place: Place) -> list[dict[str, Any]]:
    """The campaigns that run now in this place, with their progress."""
    today = local_date(place.now)
    above = [int(part) for part in place.node.path.split("/") if part]
    rows = FilingCampaign.objects.visible_to(place.actor).filter(
        authority_id__in=above, closed_at=None, starts_on__lte=today, ends_on__gte=today
    )
    shown = list(rows.select_related("authority").order_by("ends_on")[:RUNNING_SHOWN])
    made = overview.progress_of([(row, place.node) for row in shown], place.node, place.now)
    return [{"campaign": row, "progress": progress} for row, progress in zip(shown, made, strict=True)]


@require_safe
@authority_view
def overview_page(request: HttpRequest) -> HttpResponse:
    """The overview of the actor's own authority."""
    return _page(request, place_of(request))


@require_safe
@authority_view
def unit_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The overview of an authority below; an institution leads to its sheet."""
    actor = actor_of(request)
    unit = unit_of(actor, pk)
    if unit.kind != "authority":
        return redirect("use_sheet", pk=unit.pk)
    return _page(request, place_of(request, unit.pk))


def _page(request: HttpRequest, place: Place) -> HttpResponse:
    shared = {
        "attention": figures.attention(place),
        "running": running(place),
        "counts": place.counts,
        "charts": [figures.FIGURES[name](place) for name in ("states", "stages", "natures", "functions")],
        "flow": figures.flow(place),
        "apps": figures.apps(place),
        "is_own": place.node.pk == place.actor.unit_id,
        "past_target": place.counts.before("due", local_date(place.now)),
    }
    if isinstance(place, Country):
        return render(request, "dashboards/national.html", context_of(place, **shared, **_national(place)))
    shared["regions"] = figures.regions(place)
    if not place.children:
        rows = overview.units(place.actor, place.node, "all", place.now)
        shared["schools"] = rows.order_by("use_standing__handed_in", "pk")[:SCHOOLS_SHOWN]
    if place.node.level == Level.PROVINCE:
        shared |= _province(place)
    return render(request, "dashboards/unit.html", context_of(place, **shared))


def _national(place: Country) -> dict[str, Any]:
    table = national.provinces(place)
    by_name = {row.name: row for row in place.standing.rows.values() if row.code in Province.values}
    first = [
        {"head": line[0], "row": by_name[str(line[0])], "dot": national.dot(by_name[str(line[0])].rate)}
        for line in table.table.rows
    ]
    whole = place.standing.whole()
    return {
        "whole": whole,
        "late_provinces": sum(1 for row in place.standing.rows.values() if row.overdue),
        "tiles": national.tiles(place),
        "indicators": [(key, word, key == place.indicator) for key, word in national.INDICATORS.items()],
        "quarters": [(quarter, quarter == place.quarter) for quarter in quarters(local_date(place.now))],
        "provinces": table,
        "first_provinces": first[:11],
        "cases": national.cases(place),
        "entry_charts": [national.entry_states(place), national.entry_stages(place)],
        "needs": national.needs(place),
        "export": f"{reverse('dashboard_export', args=['provinces'])}?quarter={place.quarter.text}",
    }


def _province(place: Place) -> dict[str, Any]:
    """A province's own provider filings."""
    quarter = Quarter.of(local_date(place.now))
    made = standing(quarter, place.now)
    code, labels = place.node.province_code, months(local_date(place.now))
    came, closed = made.months("came", labels, [code]), made.months("closed", labels, [code])
    return {
        "row": made.rows.get(code, Row(code)),
        "quarter": quarter,
        "cases": cases_figure(place, labels, came, closed),
    }


def cases_figure(place: Place, labels: list[str], came: list[int], closed: list[int]) -> Figure:
    """Provider filings of one province by month."""
    from django.utils.translation import gettext as _

    return line_figure(
        "cases", _("Provider filings submitted and closed, by month"), list(zip(labels, came, closed, strict=True)),
        _("Submitted"), _("Closed"), place.export("province_cases"),
    )  # fmt: skip


def _province_cases(place: Place) -> Figure:
    return _province(place)["cases"]


@require_safe
@authority_view
def export(request: HttpRequest, figure: str) -> HttpResponseBase:
    """The table of a chart as CSV or XLSX."""
    place = place_of(request)
    made: Figure
    if figure in figures.FIGURES:
        made = figures.FIGURES[figure](place)
    elif figure in national.NATIONAL and isinstance(place, Country):
        made = national.NATIONAL[figure](place)
    elif figure == "province_cases" and place.node.level == Level.PROVINCE:
        made = _province_cases(place)
    else:
        raise Http404
    name = f"{figure}-{place.node.code or place.node.pk}-{local_date(place.now).isoformat()}"
    rows = (
        [cell.text if isinstance(cell, Link) else round(cell, 2) if isinstance(cell, float) else cell for cell in row]
        for row in made.table.rows
    )
    return table_response(request.GET.get("format", "csv"), name, made.table.columns, rows)
