"""The first page of an institution, and the list of its uses."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rulebook.time import now as moment
from users import presentation, queries, rules
from users.enums import UseState
from users.forms import ListFilter
from users.models import UserFiling
from users.views.base import DESK, actor_of, institution_view, number_of, own_uses, unit_of

NEWEST = 15  # uses on the first page
PAGE = 50
#: the boxes of the first page: what they count, and the state that the list shows for them
BOXES = (
    (UseState.CONFIRMED, "ok"),
    (UseState.SUBMITTED, "auth"),
    (UseState.UNIT_REVIEW, "auth"),
    (UseState.RETURNED, "act"),
    (UseState.SUSPENDED, "act"),
    (UseState.DRAFT, ""),
)
_WAITING = (UseState.DRAFT, UseState.RETURNED, UseState.UNIT_REVIEW, UseState.SUSPENDED, UseState.CONFIRMED)


@institution_view
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What needs doing now, the uses by state, what the unit has on record."""
    unit, actor, uses = unit_of(request), actor_of(request), own_uses(request)
    counts = dict(uses.values_list("state").annotate(n=Count("pk")).values_list("state", "n"))
    system = queries.current_system(unit)
    todo = presentation.missing(unit, system)
    held = uses.filter(state__in=_WAITING).select_related("authority").order_by("-withdrawal_proposed_at", "pk")
    held = held.exclude(state=UseState.CONFIRMED, withdrawal_proposed_at=None, check_since=None)[:PAGE]
    own = (presentation.waiting(filing, actor.person_id) for filing in held)
    todo += sorted((one for one in own if one), key=lambda one: ("act", "auth", "new").index(one.family))
    policy = queries.policy_of_unit(unit, moment())
    rows = uses.select_related("authority", "entry").order_by("-pk")[:NEWEST]
    return render(
        request,
        "users/home.html",
        {
            "desk": DESK,
            "unit": unit,
            "authority": queries.confirming_authority(unit),
            "blocked": rules.unit_may_use(unit),
            "todo": todo,
            "boxes": [(state, UseState(state).label, counts.get(state, 0), family) for state, family in BOXES],
            "ended": counts.get(UseState.WITHDRAWN, 0),
            "total": sum(counts.values()),
            "rows": [_row(filing) for filing in rows],
            "system": system,
            "leads_others": queries.leads_others(actor),
            "limit": queries.limit_of(unit, policy),
            "live": sum(n for state, n in counts.items() if state != UseState.WITHDRAWN),
        },
    )


def _row(filing: UserFiling) -> dict[str, Any]:
    at = filing.closed_at or filing.confirmed_at or filing.handed_in_at or filing.created_at
    return {"filing": filing, "holder": presentation.holder(filing), "at": at}


@institution_view
@require_safe
def uses(request: HttpRequest) -> HttpResponse:
    """All uses of the unit, by state and nature, newest first."""
    form = ListFilter(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    rows = own_uses(request).select_related("authority", "entry").order_by("-pk")
    if asked.get("state"):
        rows = rows.filter(state=asked["state"])
    if asked.get("nature"):
        rows = rows.filter(nature=asked["nature"])
    if asked.get("q"):
        rows = rows.filter(app_name__icontains=asked["q"])
    before = number_of(request.GET.get("before"))
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    terms = {name: value for name, value in asked.items() if value}
    following = f"?{urlencode({**terms, 'before': shown[-1].pk})}" if len(found) > PAGE else ""
    context = {
        "desk": DESK,
        "unit": unit_of(request),
        "form": form,
        "asked": asked,
        "filtered": bool(terms or before),
        "rows": [_row(filing) for filing in shown],
        "next": following,
        "first": f"?{urlencode(terms)}" if before else "",
        "shown": _("%(count)d on this page") % {"count": len(shown)},
    }
    return render(request, "users/uses.html", context)
