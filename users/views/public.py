"""Pages for everybody: institutions by name, the apps of one, the institutions that use an app."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.enums import Province
from ledger.text import storable
from registry import usage
from registry.numbers import digits_of
from registry.views.entry import found, open_later
from registry.views.home import words
from users import public
from users.enums import Nature, Source
from users.models import UserFiling
from users.schema import choices

_FEES = dict(choices.FEES)


def _asked(request: HttpRequest) -> tuple[str, str, int]:
    q, province = request.GET.get("q", "").strip()[:60], request.GET.get("province", "")
    after = request.GET.get("after", "")
    number = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    return (q if storable(q) else ""), (province if province in Province.values else ""), number


def _next(request: HttpRequest, after: int | None) -> str:
    if not after:
        return ""
    query = request.GET.copy()
    query["after"] = str(after)
    return f"?{query.urlencode()}"


def _tagged(request: HttpRequest, response: HttpResponse, tag: str) -> HttpResponse:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:  # who is signed in sees the way to his desk
        response["ETag"] = tag
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def line(filing: UserFiling) -> dict[str, Any]:
    """A use as the pages show it: from the public snapshot alone."""
    kept = filing.public if isinstance(filing.public, dict) else {}
    return {
        "filing": filing,
        "name": public.name_of(filing),
        "url": reverse("entry", args=[digits_of(filing.entry.number)]) if filing.entry_id and filing.entry else "",
        "nature": dict(Nature.choices).get(kept.get("nature", ""), ""),
        "source": dict(Source.choices).get(kept.get("source", ""), ""),
        "fee": _FEES.get(kept.get("fee", ""), ""),
        "fee_note": kept.get("fee_note", ""),
        "decision_on": kept.get("decision_on", ""),
        "start_on": kept.get("start_on", ""),
        "stages": [words().stages.get(value, value) for value in kept.get("stages", [])],
        "functions": [words().functions.get(value, value) for value in kept.get("functions", [])],
    }


@require_safe
def institutions(request: HttpRequest) -> HttpResponse:
    """Search for an institution by its name or school code; without words, nothing is listed."""
    q, province, after = _asked(request)
    rows, following = public.page_of(public.institutions(q, province), after) if len(q) > 1 else ([], None)
    context = {
        "q": q, "province": province, "provinces": Province.choices, "rows": rows, "next": _next(request, following),
        "asked": len(q) > 1, "short": len(q) == 1,
    }  # fmt: skip
    return render(request, "users/public/institutions.html", context)


@require_safe
def institution(request: HttpRequest, pk: int) -> HttpResponse:
    """Which apps an institution uses, with nature of use, fee and day of the decision (Opinions, item 15)."""
    unit = public.institution(pk)
    if unit is None:
        raise Http404
    rows, ended = public.uses_of(unit), public.ended_of(unit)
    context = {"unit": unit, "rows": [line(row) for row in rows if not row.self_use],
               "own": [line(row) for row in rows if row.self_use], "ended": [line(row) for row in ended]}  # fmt: skip
    response = render(request, "users/public/institution.html", context)
    return _tagged(request, response, public.tag(unit.pk, unit.name, get_language(), rows=[*rows, *ended]))


@require_safe
@open_later
def entry_users(request: HttpRequest, number: str) -> HttpResponse:
    """The institutions that use an app, a page at a time, by province and name."""
    entry = found(number)
    digits = digits_of(entry.number)
    if number != digits:
        return HttpResponseRedirect(reverse("entry_users", args=[digits]), status=301)
    q, province, after = _asked(request)
    rows, following = public.page_of(public.users_of(entry, province=province, q=q), after)
    for row in rows:
        row.entry = entry
    context = {
        "entry": entry, "digits": digits, "q": q, "province": province, "provinces": Province.choices,
        "rows": [line(row) for row in rows], "next": _next(request, following), "first": bool(after),
        "total": usage.used_by(entry.pk),
    }  # fmt: skip
    response = render(request, "users/public/entry_users.html", context)
    stamp = public.tag(digits, entry.version, context["total"], q, province, after, get_language(), rows=rows)
    return _tagged(request, response, stamp)
