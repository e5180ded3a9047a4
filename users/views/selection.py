"""Choosing an app: search of the registry inside the workspace, beginning a use, beginning an own app."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ledger.acts import Refused
from registry import queries as registry
from registry.enums import VALID_STATES, Function, Stage
from registry.models import Entry
from registry.numbers import Number, read
from registry.views.home import count_text, line
from rulebook.time import local_date
from rulebook.time import now as moment
from users import domain, queries, rules
from users.forms import OwnAppForm
from users.models import UserFiling
from users.views.base import DESK, actor_of, institution_view, own_uses, unit_of


@institution_view
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The registry, with what the unit uses already, and why an app cannot be selected."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    filters = registry.Filters.from_query(request.GET)
    try:
        page = registry.search(q, filters, "newest", request.GET.get("after", ""))
    except registry.BadCursor:
        page = registry.search(q, filters, "newest")
    hits = page.hits or ([page.exact] if page.exact is not None else [])
    terms = request.GET.copy()
    context = {
        "desk": DESK,
        "q": q,
        "filters": filters,
        "stages": Stage.choices,
        "functions": Function.choices,
        "problem": page.problem,
        "rows": _rows(request, hits),
        "count": count_text(page),
        "previous": _address(terms, page.previous),
        "next": _address(terms, page.next),
        "blocked": rules.unit_may_use(unit_of(request)),
    }
    return render(request, "users/search.html", context)


def _address(terms: Any, cursor: str | None) -> str:
    if not cursor:
        return ""
    terms["after"] = cursor
    return f"?{terms.urlencode()}"


def _rows(request: HttpRequest, hits: list[Any]) -> list[dict[str, Any]]:
    """Hits with the unit's own use of each, and the reasons against those that cannot be selected."""
    now = moment()
    ids = [hit.id for hit in hits]
    used = {use.entry_id: use for use in own_uses(request).live().filter(entry_id__in=ids)}
    gone = Entry.objects.filter(pk__in=[hit.id for hit in hits if hit.state not in VALID_STATES])
    reasons = {entry.pk: rules.entry_selectable(entry, now) for entry in gone}
    return [
        {"hit": hit, "line": line(hit), "use": used.get(hit.id), "reasons": reasons.get(hit.id, ())} for hit in hits
    ]


def _entry(number: str) -> Entry:
    reading = read(number)
    entry = registry.entry_by_number(reading) if isinstance(reading, Number) else None
    if entry is None:
        raise Http404(number)
    return entry


@institution_view
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, number: str) -> HttpResponse:
    """Before a use begins: which app it is, whether it may be selected, what speaks against it."""
    entry, unit, now = _entry(number), unit_of(request), moment()
    reasons = [*rules.unit_may_use(unit), *rules.entry_selectable(entry, now)]
    if request.method == "POST":
        try:
            filing = domain.start_use(unit=unit, entry=entry, by=actor_of(request), now=now)
        except Refused as refused:
            reasons = list(refused.reasons)
        else:
            return redirect("use", pk=filing.pk)
    authority = queries.confirming_authority(unit)
    probe = UserFiling(unit=unit, entry=entry, functions=list(entry.functions), authority=authority)
    context = {
        "desk": DESK,
        "entry": entry,
        "unit": unit,
        "authority": authority,
        "use": queries.live_use(unit, entry),
        "reasons": reasons,
        "warnings": [] if reasons else queries.warnings(probe, now),
        "edition": queries.on_recommended_list(queries.policy_codes(authority), entry, local_date(now)),
        "unit_review": queries.needs_unit_review(probe, queries.policy_of_unit(unit, now)),
        "meta": line(_hit(entry)),
    }
    return render(request, "users/start.html", context, status=422 if request.method == "POST" else 200)


def _hit(entry: Entry) -> Any:
    """The entry as a line of the results."""
    return registry.search(entry.number).exact


@institution_view
@require_http_methods(["GET", "HEAD", "POST"])
def start_own(request: HttpRequest) -> HttpResponse:
    """Begins the filing of an app that the unit developed for itself (自研自用)."""
    form = OwnAppForm(request.POST if request.method == "POST" else None)
    unit = unit_of(request)
    if request.method == "POST" and form.is_valid():
        try:
            filing = domain.start_self_use(
                unit=unit, app_name=form.cleaned_data["app_name"], by=actor_of(request), now=moment()
            )
        except Refused as refused:
            for reason in refused.reasons:
                form.add_error(None, str(reason.message))
        else:
            return redirect("use", pk=filing.pk)
    context = {
        "desk": DESK,
        "form": form,
        "unit": unit,
        "authority": queries.confirming_authority(unit),
        "blocked": rules.unit_may_use(unit),
    }
    return render(request, "users/start_own.html", context, status=422 if form.is_bound else 200)
