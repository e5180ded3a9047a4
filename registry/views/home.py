"""The home page: search the registry."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.enums import Province
from registry import queries, tally
from registry.enums import EntryState, Function, Stage
from rulebook.time import local_date

VOID = frozenset({EntryState.REVOKED, EntryState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Words:
    """The words of codes in one language, looked up once per worker instead of once per line."""

    states: dict[str, str]
    stages: dict[str, str]
    functions: dict[str, str]
    provinces: dict[str, str]


def words() -> Words:
    return _words(get_language() or "")


@lru_cache(maxsize=8)
def _words(language: str) -> Words:
    return Words(
        {value: str(label) for value, label in EntryState.choices},
        {value: str(label) for value, label in Stage.choices},
        {value: str(label) for value, label in Function.choices},
        {"00": _("Ministry"), **{value: str(label) for value, label in Province.choices}},
    )


def line(hit: queries.Hit) -> dict[str, Any]:
    """What a page shows of a result."""
    return _line(hit)


_LINES_KEPT = 5_000
_lines: dict[tuple[Any, ...], SafeString] = {}


def line_html(hit: queries.Hit) -> SafeString:
    """A result as HTML; kept per version of the entry and language, since most of a page's cost is here."""
    stamp = (*hit.stamp, get_language())
    kept = _lines.get(stamp)
    if kept is None:
        if len(_lines) >= _LINES_KEPT:
            _lines.clear()
        kept = _lines[stamp] = render_to_string("registry/hit.html", {"line": _line(hit)})
    return kept


def _line(hit: queries.Hit) -> dict[str, Any]:
    say = words()
    since = local_date(hit.status_since).isoformat()
    if hit.state == EntryState.RECTIFYING:
        when = _("to be rectified by %(date)s") % {"date": hit.rectify_until}
    elif hit.state == EntryState.OFFLINE:
        when = _("not selectable since %(date)s") % {"date": since}
    elif hit.state in VOID:
        when = _("no longer valid since %(date)s") % {"date": since}
    else:
        when = _("published %(date)s") % {"date": local_date(hit.published_at).isoformat()}
    tags = [say.stages.get(stage, stage) for stage in hit.stages]
    tags += [say.functions.get(function, function) for function in hit.functions]
    return {
        "url": reverse("entry", args=[hit.digits]),
        "name": hit.app_name,
        "provider": hit.provider_name,
        "province": say.provinces.get(hit.province_code, hit.province_code),
        "tags": tags,
        "discipline": hit.is_discipline,
        "number": hit.number,
        "state": hit.state,
        "review": hit.change_under_review,
        "void": hit.state in VOID,
        "when": when,
    }


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search form, figures, filters and a page of results. All of it stands in the address."""
    given = request.GET
    q = given.get("q", "").strip()
    filters = queries.Filters.from_query(given)
    sort = given.get("sort", "newest")
    sort = sort if sort in queries.SORTS else "newest"
    after = given.get("after", "")
    lost = False
    try:
        page = queries.search(q, filters, sort, after)
    except queries.BadCursor:
        lost = True
        page = queries.search(q, filters, sort)
    if page.exact is not None and not filters:
        return HttpResponseRedirect(reverse("entry", args=[page.exact.digits]))
    figures = tally.current()
    context = {
        "q": q,
        "searched": bool(q or filters or after),
        "filters": filters,
        "sort": sort,
        "problem": page.problem,
        "lost": lost,
        "hits": page.hits,
        "example": page.hits[0] if page.hits else None,
        "results": mark_safe("".join(map(line_html, page.hits))),  # noqa: S308 - rendered by templates
        "count": count_text(page),
        "chips": _chips(given, filters),
        "clear": _address(given, drop=("status", "stage", "province", "function", "discipline", "after")),
        "previous": _address(given, after=page.previous) if page.previous else "",
        "next": _address(given, after=page.next) if page.next else "",
        "shown": _("%(count)d on this page") % {"count": len(page.hits)},
        **_parts(figures, filters),
    }
    response = render(request, "registry/home.html", context)
    response["Vary"] = "Cookie, Accept-Language"
    return response


def count_text(page: queries.Page) -> str:
    """The count in words; above the cap only that there are more."""
    if page.capped:
        return _("more than %(count)s entries") % {"count": _grouped(queries.COUNT_CAP)}
    if page.count == 1:
        return _("1 entry")
    return _("%(count)s entries") % {"count": _grouped(page.count)}


def _address(given: QueryDict, *, drop: tuple[str, ...] = (), **change: str | None) -> str:
    """This page's address with parts changed or left out, and the results in view."""
    terms = given.copy()
    for name in drop:
        terms.pop(name, None)
    for name, value in change.items():
        if value is None:
            terms.pop(name, None)
        else:
            terms[name] = value
    for name in list(terms):
        if not any(terms.getlist(name)):
            del terms[name]
    return f"?{terms.urlencode()}#results" if terms else f"{reverse('home')}#results"


def _chips(given: QueryDict, filters: queries.Filters) -> list[tuple[str, str]]:
    """(word, address without it) of each chosen filter."""
    say = words()
    chosen = [("status", value, say.states[value]) for value in filters.states]
    chosen += [("stage", value, say.stages[value]) for value in filters.stages]
    chosen += [("province", value, say.provinces[value]) for value in filters.provinces]
    chosen += [("function", value, say.functions[value]) for value in filters.functions]
    if filters.discipline is not None:
        word = _("Discipline training") if filters.discipline else _("Not discipline training")
        chosen.append(("discipline", given.get("discipline", ""), word))
    chips = []
    for name, value, word in chosen:
        terms = given.copy()
        terms.setlist(name, [kept for kept in terms.getlist(name) if kept != value])
        chips.append((word, _address(terms, drop=("after",))))
    return chips


def _grouped(number: int) -> str:
    # thousands in both languages, as figures are printed in China too
    return f"{number:,}"


def _figures(figures: tally.Tally) -> list[tuple[str, str, str]]:
    """(label, figure, remark) of the band."""
    return [
        (_("Apps with a valid filing"), _grouped(figures.valid), ""),
        (_("Providers"), _grouped(figures.providers), ""),
        (_("New this month"), _grouped(figures.this_month), ""),
        (_("Under rectification"), _grouped(figures.rectifying), ""),
        (
            _("Revoked so far"),
            _grouped(figures.revoked),
            _("as of %(time)s") % {"time": figures.day.strftime("%H:%M")},
        ),
    ]


_PARTS_KEPT = 500
_kept_parts: dict[tuple[Any, ...], dict[str, SafeString]] = {}


def _parts(figures: tally.Tally, filters: queries.Filters) -> dict[str, SafeString]:
    """The parts of the page that change with the tally and the filters alone, as HTML."""
    stamp = (figures.made_at, filters, get_language())
    kept = _kept_parts.get(stamp)
    if kept is None:
        if len(_kept_parts) >= _PARTS_KEPT:
            _kept_parts.clear()
        options = _build_options(figures, filters)
        kept = _kept_parts[stamp] = {
            "doors": render_to_string("registry/doors.html"),
            "band": render_to_string("registry/band.html", {"figures": _figures(figures)}),
            "choices": render_to_string("registry/choices.html", options),
            "chosen": render_to_string("registry/chosen.html", {"filters": filters, **options}),
        }
    return kept


def _build_options(figures: tally.Tally, filters: queries.Filters) -> dict[str, Any]:
    say = words()
    return {
        "states": [
            (value, word, _grouped(figures.by_state.get(value, 0)), value in filters.states)
            for value, word in say.states.items()
        ],
        "stages": [
            (value, word, _grouped(figures.by_stage.get(value, 0)), value in filters.stages)
            for value, word in say.stages.items()
        ],
        "provinces": [
            (value, word, _grouped(figures.by_province.get(value, 0)), value in filters.provinces)
            for value, word in say.provinces.items()
        ],
        "functions": [
            (value, word, _grouped(figures.by_function.get(value, 0)), value in filters.functions)
            for value, word in say.functions.items()
        ],
        "types": [
            ("yes", _("Discipline training"), _grouped(figures.discipline), filters.discipline is True),
            ("no", _("Not discipline training"), _grouped(figures.other_type), filters.discipline is False),
        ],
    }
