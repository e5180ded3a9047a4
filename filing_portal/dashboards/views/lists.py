"""Lists of units: who has filed, who is missing, who owes something; export, and reminders to a selection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Level, UnitKind
from accounts.models import Unit
from accounts.querysets import OUTSIDE_THE_TREE
from filing_portal.charts import table_response
from filing_portal.dashboards.figures import LIST_WORDS, Place
from filing_portal.dashboards.views.base import (
    actor_of,
    authority_view,
    context_of,
    number_of,
    place_of,
    unit_of,
)  # fmt: skip
from ledger.text import storable
from providers.enums import AUTHORITY_STATES, FilingState
from providers.models import Filing
from registry.models import Entry
from review.views.base import back_to
from rulebook.time import local_date, now
from users import domain, overview
from users.models import FilingCampaign

KINDS = ((UnitKind.SCHOOL, UnitKind.SCHOOL.label), (UnitKind.UNIVERSITY, UnitKind.UNIVERSITY.label),
         (UnitKind.AFFILIATED, UnitKind.AFFILIATED.label))  # fmt: skip
#: lists whose units owe something to which an authority may remind
REMIND = {name for name in LIST_WORDS if name in domain.MATTERS}


def _asked(request: HttpRequest) -> tuple[str, str]:
    """Search words and kind of an address; unknown values count as not given."""
    q, kind = request.GET.get("q", "").strip()[:60], request.GET.get("kind", "")
    return (q if storable(q) else ""), (kind if kind in {value for value, _label in KINDS} else "")


def _total(place: Place, name: str) -> int | None:
    """How many units a list has, where the totals know it."""
    counts = place.counts
    known = {
        "all": counts.institutions, "filed": counts.filed, "missing": counts.missing, "no_system": counts.no_system,
        "unnamed": counts.unnamed,
    }  # fmt: skip
    return known.get(name)


@require_safe
@authority_view
def units(request: HttpRequest, name: str) -> HttpResponseBase:
    """One list of units, a page at a time, or as a file."""
    if name not in overview.LISTS:
        raise Http404
    place = place_of(request)
    q, kind = _asked(request)
    rows = overview.units(place.actor, place.node, name, place.now, q=q, kind=kind)
    if request.GET.get("format"):
        return _file(request, place, name, rows)
    shown, after = overview.page_of(rows, number_of(request.GET.get("after", "")))
    campaign = _campaign(request, place)
    context = context_of(
        place, name=name, title=LIST_WORDS[name], rows=shown, q=q, kind=kind, kinds=KINDS,
        total=None if q or kind else _total(place, name), lists=[(key, LIST_WORDS[key]) for key in overview.LISTS],
        next=_address(request, after=str(after)) if after else "", first=bool(request.GET.get("after")),
        csv=_address(request, format="csv"), xlsx=_address(request, format="xlsx"), base=_address(request),
        may_remind=name in REMIND, waits=name in overview._SINCE, campaign=campaign,
        here=request.get_full_path(),
    )  # fmt: skip
    return render(request, "dashboards/list.html", context)


def _campaign(request: HttpRequest, place: Place) -> FilingCampaign | None:
    pk = number_of(request.GET.get("campaign", ""))
    return FilingCampaign.objects.visible_to(place.actor).filter(pk=pk, closed_at=None).first() if pk else None


def _address(request: HttpRequest, **more: str) -> str:
    query = QueryDict(mutable=True)
    for key in ("unit", "q", "kind", "campaign", "tab"):
        if request.GET.get(key):
            query[key] = request.GET[key]
    for key, value in more.items():
        query[key] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _file(request: HttpRequest, place: Place, name: str, rows: QuerySet[Any]) -> HttpResponseBase:
    columns = [
        _("Institution"), _("School code"), _("Kind"), _("Superior"), _("Filed uses"), _("In use"),
        _("Selected, not filed"), _("Selection system"), _("Department and persons named"),
    ]  # fmt: skip
    waits = name in overview._SINCE
    if waits:
        columns += [_("Concerned"), _("Since")]

    def lines() -> Iterator[list[Any]]:
        for unit in rows.iterator(chunk_size=1000):
            standing = unit.use_standing
            line = [
                unit.name, unit.school_code, unit.get_kind_display(), unit.parent.name if unit.parent else "",
                standing.handed_in, standing.in_use, standing.selected, standing.systems,
                _("Yes") if standing.named else _("No"),
            ]  # fmt: skip
            yield [*line, unit.waiting, unit.since] if waits else line

    title = f"{name}-{place.node.code or place.node.pk}-{local_date(place.now).isoformat()}"
    return table_response(request.GET.get("format", ""), title, columns, lines())


@require_POST
@authority_view
def remind(request: HttpRequest, name: str) -> HttpResponse:
    """Reminds the chosen units, or every unit of the list, of what the list is about."""
    if name not in REMIND:
        raise Http404
    actor, moment = actor_of(request), now()
    node = unit_of(actor, number_of(request.POST.get("unit", "")) or actor.unit_id or 0)
    q, kind = _asked(request)
    rows = overview.units(actor, node, name, moment, q=q, kind=kind)  # as the page was filtered that was looked at
    everybody = request.POST.get("everybody") == "1"
    if not everybody:
        chosen = [number_of(value) for value in request.POST.getlist("id")[: domain.campaigns.MOST_REMINDED + 1]]
        rows = rows.filter(pk__in=[pk for pk in chosen if pk])
    found = list(rows[: domain.campaigns.MOST_REMINDED + 1])
    text = request.POST.get("text", "")
    pk = number_of(request.POST.get("campaign", ""))
    campaign = get_object_or_404(FilingCampaign.objects.visible_to(actor), pk=pk) if pk else None
    if not found:
        messages.warning(request, _("No unit was chosen."))
    elif not storable(text):
        messages.error(request, _("The text has characters that cannot be stored."))
    else:
        done = domain.remind(
            units=found, matter="campaign" if campaign else name, by=actor, now=moment, text=text, campaign=campaign
        )
        said = ngettext("%(n)d unit has been reminded.", "%(n)d units have been reminded.", done.now) % {"n": done.now}
        if done.before:
            said += " " + _("%(n)d had been reminded today already.") % {"n": done.before}
        messages.success(request, said)
    return back_to(request, reverse("dashboard_list", args=[name]))


# --- providers of a province (Measures notice 1, Art. 6) ------------------------------------------------

TABS = {
    "all": gettext_lazy("All providers"),
    "filed": gettext_lazy("Has apps filed"),
    "under_way": gettext_lazy("Filing under way"),
    "missing": gettext_lazy("Nothing filed"),
}


def providers_of(place: Place) -> QuerySet[Unit]:
    """The providers registered in the province, with what they have filed and what is under way."""
    seen = Unit.objects.visible_to(place.actor).filter(OUTSIDE_THE_TREE, active=True).exclude(kind=UnitKind.PARTNER)
    if place.node.level != Level.MINISTRY:
        seen = seen.filter(province_code=place.node.province_code)
    valid = Entry.objects.valid().filter(unit_id=OuterRef("pk"))
    open_ones = Filing.objects.filter(unit_id=OuterRef("pk"), state__in=[*AUTHORITY_STATES, FilingState.RETURNED])
    return seen.annotate(has_entry=Exists(valid), under_way=Exists(open_ones)).order_by("pk")


def of_tab(rows: QuerySet[Any], tab: str) -> QuerySet[Unit]:
    """The providers that belong to a tab."""
    if tab == "filed":
        return rows.filter(has_entry=True)
    if tab == "under_way":
        return rows.filter(under_way=True)
    return rows.filter(has_entry=False, under_way=False) if tab == "missing" else rows


@require_safe
@authority_view
def providers(request: HttpRequest) -> HttpResponseBase:
    """Which providers of the province have filed, which are on the way, which have nothing filed."""
    place = place_of(request)
    if place.node.level not in (Level.PROVINCE, Level.MINISTRY):
        raise Http404
    tab, (q, _kind) = request.GET.get("tab", "all"), _asked(request)
    tab = tab if tab in TABS else "all"
    rows = of_tab(providers_of(place), tab)
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(uscc=q))
    if request.GET.get("format"):
        return _providers_file(request, place, tab, rows)
    shown, after = overview.page_of(rows, number_of(request.GET.get("after", "")))
    counted = _counted(shown)
    context = context_of(
        place, tab=tab,
        tabs=[(key, word, f"{request.path}?unit={place.node.pk}&tab={key}") for key, word in TABS.items()],
        rows=[(unit, *counted.get(unit.pk, (0, 0))) for unit in shown], q=q,
        next=_address(request, after=str(after)) if after else "", first=bool(request.GET.get("after")),
        csv=_address(request, format="csv"), xlsx=_address(request, format="xlsx"), base=_address(request),
    )  # fmt: skip
    return render(request, "dashboards/providers.html", context)


def _counted(units: list[Unit]) -> dict[int, tuple[int, int]]:
    """(apps in force, filings under way) of these providers; two queries."""
    ids = [unit.pk for unit in units]
    valid = dict(Entry.objects.valid().filter(unit_id__in=ids).values_list("unit_id").annotate(Count("pk")))
    states = [*AUTHORITY_STATES, FilingState.RETURNED]
    under_way = dict(
        Filing.objects.filter(unit_id__in=ids, state__in=states).values_list("unit_id").annotate(Count("pk"))
    )
    return {pk: (valid.get(pk, 0), under_way.get(pk, 0)) for pk in ids}


def _providers_file(request: HttpRequest, place: Place, tab: str, rows: QuerySet[Any]) -> HttpResponseBase:
    columns = [
        _("Provider"),
        _("Credit code"),
        _("Kind"),
        _("Registered here"),
        _("Has apps filed"),
        _("Filing under way"),
    ]
    lines = (
        [unit.name, unit.uscc, unit.get_kind_display(), local_date(unit.created_at),
         _("Yes") if unit.has_entry else _("No"), _("Yes") if unit.under_way else _("No")]
        for unit in rows.iterator(chunk_size=1000)
    )  # fmt: skip
    title = f"providers-{tab}-{place.node.code}-{local_date(place.now).isoformat()}"
    return table_response(request.GET.get("format", ""), title, columns, lines)
