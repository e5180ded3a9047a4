"""The register of apps that an institution has admitted, and the units below a school group or another lead."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.enums import AUTHORITY_ROLES, Role, UnitKind
from filing_portal.charts import table_response
from filing_portal.dashboards.views.sheets import reader, seen_units
from ledger.acts import Actor
from rulebook.time import local_date, now
from users.models import UnitStanding
from users.register import Line, admitted
from users.views.public import line as words_of

PAGE = 50


@require_safe
def register(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every app that was admitted, with its days; as of a day where one is asked for. Also as a file."""
    actor = reader(request)
    if not isinstance(actor, Actor):
        return actor
    unit = get_object_or_404(seen_units(actor).select_related("parent"), pk=pk)
    asked = request.GET.get("on", "")
    on, wrong = None, False
    if asked:
        try:
            on = date.fromisoformat(asked[:10])
        except ValueError:
            wrong = True
    lines = admitted(actor, unit, on=on)
    if request.GET.get("format"):
        return _file(request, unit, lines)
    context = {
        "unit": unit, "rows": [{"line": one, **words_of(one.filing)} for one in lines], "on": on, "wrong": wrong,
        "asked": asked[:10], "now": now(), "by_authority": actor.role in AUTHORITY_ROLES,
        "own": actor.unit_id == unit.pk,
    }  # fmt: skip
    return render(request, "dashboards/register.html", context, status=422 if wrong else 200)


def _file(request: HttpRequest, unit: Any, lines: list[Line]) -> HttpResponseBase:
    columns = [
        _("No."), _("App"), _("Number"), _("Provider"), _("Nature of use"), _("Source"), _("Fee"),
        _("Collective decision"), _("Admitted on"), _("Confirmed by"), _("In use from"), _("Last change confirmed"),
        _("Ended on"), _("Reason"), _("Status"), _("How the service is procured"),
    ]  # fmt: skip
    rows = []
    for one in lines:
        filing, said = one.filing, words_of(one.filing)
        rows.append(
            [one.number, said["name"], filing.number, filing.provider_name, said["nature"], said["source"],
             said["fee"], said["decision_on"], one.admitted_on, filing.authority.title, said["start_on"],
             one.changed_on, one.ended_on, filing.withdrawn_reason, filing.get_state_display(),
             one.procurement]
        )  # fmt: skip
    name = f"admitted-{unit.school_code or unit.pk}-{local_date(now()).isoformat()}"
    return table_response(request.GET.get("format", ""), name, columns, rows)


@require_safe
def below(request: HttpRequest) -> HttpResponseBase:
    """What stands below a school group, a university or a district's unit: for its lead, to look at only."""
    actor = reader(request)
    if not isinstance(actor, Actor):
        return actor
    if actor.role != Role.INSTITUTION_LEAD or actor.unit_kind == UnitKind.AUTHORITY:
        raise PermissionDenied
    rows = UnitStanding.objects.visible_to(actor).exclude(unit_id=actor.unit_id).select_related("unit__parent")
    after = request.GET.get("after", "")
    if after.isascii() and after.isdecimal() and len(after) < 19:
        rows = rows.filter(unit_id__gt=int(after))
    found = list(rows.order_by("unit_id")[: PAGE + 1])
    shown = found[:PAGE]
    following = f"?after={shown[-1].unit_id}" if len(found) > PAGE else ""
    context = {"rows": shown, "next": following, "first": "?" if after else ""}
    return render(request, "dashboards/below.html", context)
