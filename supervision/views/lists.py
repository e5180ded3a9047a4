"""The lists beside the registry's: blacklist, negative and exit list, dated editions, circulars (Beijing notice 5)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.cache import cache
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.enums import Province
from accounts.sheets import csv_response
from blacklist.domain import verify_edition
from blacklist.enums import ListingState, ListKind
from blacklist.models import ListEdition, Listing, ListItem
from ledger.models import Record
from ledger.text import storable
from registry.throttles import Buckets, client_address
from rulebook.time import local_date
from supervision.models import Circular

PAGE = 50
COLUMNS = ("unit", "uscc", "authority", "reason", "articles", "numbers", "listed", "bar_until", "state", "ended",
           "lift_reason")  # fmt: skip
#: checks of an edition's file from one address in a minute; a file may be large
CHECKS = Buckets(rate=10)
KEPT = 300  # seconds that the result of a check is kept

TITLES = {
    ListKind.NEGATIVE: (_("Negative list"), _("What educational apps may not offer, or may not do.")),
    ListKind.EXIT: (_("Exit list"), _("Apps and units that have left, with the reason.")),
}
EDITIONS = {
    ListKind.WHITE: _("White list: filed apps in force"),
    ListKind.BLACK: _("Blacklist"),
    ListKind.NEGATIVE: _("Negative list"),
    ListKind.EXIT: _("Exit list"),
}


def _province(request: HttpRequest) -> str:
    value = request.GET.get("province", "")
    return value if value in Province.values or value == "moe" else ""


def _provinces() -> list[Any]:
    return [("moe", _("Ministry")), *Province.choices]


def _listings(request: HttpRequest) -> tuple[QuerySet[Listing], dict[str, Any]]:
    """The listings that the filter asks for, newest first, and the filter."""
    which = request.GET.get("show", "")
    which = which if which in ("ended", "all") else "active"
    province, q = _province(request), request.GET.get("q", "").strip()[:60]
    q = q if storable(q) else ""
    rows = Listing.objects.visible_to(None).select_related("authority").order_by("-listed_at", "-id")
    if which == "active":
        rows = rows.filter(state=ListingState.ACTIVE)
    elif which == "ended":
        rows = rows.exclude(state=ListingState.ACTIVE)
    if province:
        rows = rows.filter(authority__code=province)
    if q:
        rows = rows.filter(uscc=q.upper()) if len(q) == 18 and q.isascii() else rows.filter(unit_name__icontains=q)
    return rows, {"show": which, "province": province, "q": q}


@require_safe
def blacklist(request: HttpRequest) -> HttpResponse:
    """Blacklisted providers with dates, reason, and the day until which they may not file (Measures Art. 24)."""
    rows, given = _listings(request)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    terms = request.GET.copy()
    terms.pop("page", None)
    tabs = (("active", _("In force")), ("ended", _("Ended")), ("all", _("All")))
    context = {
        **given, "page": page, "provinces": _provinces(), "tabs": tabs, "terms": terms.urlencode(),
        "filtered": bool(given["province"] or given["q"]),
    }  # fmt: skip
    return render(request, "supervision/public/blacklist.html", context)


def line(row: Listing) -> dict[str, Any]:
    """A line of the public file."""
    return {
        "unit": row.unit_name,
        "uscc": row.uscc,
        "authority": row.authority.name,
        "reason": row.reason,
        "articles": list(row.articles),
        "numbers": row.numbers,
        "listed": local_date(row.listed_at).isoformat(),
        "bar_until": row.bar_last_day.isoformat() if row.bar_last_day else None,
        "state": row.state,
        "ended": local_date(row.ended_at).isoformat() if row.ended_at else None,
        "lift_reason": row.lift_reason,
    }


@require_safe
def blacklist_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The blacklist as CSV (UTF-8 with BOM) or JSON lines of the same fields."""
    rows, _given = _listings(request)
    lines = (line(row) for row in rows.iterator(chunk_size=1000))
    response: StreamingHttpResponse
    if kind == "csv":
        response = csv_response("blacklist", _table(lines))
    else:
        texts = (json.dumps(one, ensure_ascii=False) + "\n" for one in lines)
        response = StreamingHttpResponse(texts, content_type="application/x-ndjson")
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _table(lines: Iterator[dict[str, Any]]) -> Iterator[Sequence[Any]]:
    yield COLUMNS
    for one in lines:
        cells = {**one, "articles": " ".join(one["articles"]), "numbers": " ".join(one["numbers"])}
        yield [cells[column] or "" for column in COLUMNS]


@require_safe
def items(request: HttpRequest, kind: str) -> HttpResponse:
    """The negative list or the exit list of the authorities (Opinions 16)."""
    province = _province(request)
    rows = ListItem.objects.visible_to(None).filter(kind=kind).select_related("authority")
    rows = rows.order_by("state", "-listed_at", "-id")
    if province:
        rows = rows.filter(authority__code=province)
    title, text = TITLES[ListKind(kind)]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "kind": kind, "title": title, "text": text, "page": page, "province": province, "provinces": _provinces(),
        "terms": f"province={province}" if province else "",
    }  # fmt: skip
    return render(request, "supervision/public/items.html", context)


# --- editions --------------------------------------------------------------------------------------------


@require_safe
def editions(request: HttpRequest) -> HttpResponse:
    """All dated editions, newest first; they stay retrievable (Beijing notice 5)."""
    wanted = request.GET.get("list", "")
    province = _province(request)
    rows = ListEdition.objects.visible_to(None).select_related("authority").order_by("-as_of", "kind", "authority_id")
    if wanted in ListKind.values:
        rows = rows.filter(kind=wanted)
    if province:
        rows = rows.filter(authority__code=province)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    terms = request.GET.copy()
    terms.pop("page", None)
    context = {
        "page": page, "lists": EDITIONS.items(), "wanted": wanted, "province": province, "provinces": _provinces(),
        "titles": EDITIONS, "terms": terms.urlencode(), "rows": [(row, EDITIONS[ListKind(row.kind)]) for row in page],
    }  # fmt: skip
    return render(request, "supervision/public/editions.html", context)


def _edition(pk: int) -> ListEdition:
    return get_object_or_404(ListEdition.objects.visible_to(None).select_related("authority"), pk=pk)


@require_safe
def edition(request: HttpRequest, pk: int) -> HttpResponse:
    """One edition with its digest and the ledger's record of it; ``?check=1`` reads the file now."""
    row = _edition(pk)
    record = Record.objects.filter(
        subject_type=ListEdition._meta.label_lower, subject_id=row.pk, verb="publish_edition"
    ).first()
    result, wait = None, False
    if request.GET.get("check"):
        result = cache.get(f"edition-check:{row.pk}")
        if result is None:
            address = client_address(request.META.get("HTTP_X_FORWARDED_FOR", ""), request.META.get("REMOTE_ADDR", ""))
            wait = bool(CHECKS.take(address))
            if not wait:
                found = verify_edition(row)
                result = {"ok": found.ok, "digest": found.digest}
                cache.set(f"edition-check:{row.pk}", result, KEPT)
    context = {
        "edition": row, "title": EDITIONS[ListKind(row.kind)], "record": record, "result": result, "wait": wait,
        "recorded": (record.payload or {}).get("sha256", "") if record else "",
    }  # fmt: skip
    return render(request, "supervision/public/edition.html", context, status=429 if wait else 200)


@require_safe
def edition_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as it was published: a JSON object a line."""
    row = _edition(pk)
    try:
        opened = row.file.open("rb")
    except OSError as error:
        raise Http404 from error
    where = row.authority.code if row.authority else "all"
    response = FileResponse(
        opened, as_attachment=True, filename=f"{row.kind}-{where}-{row.as_of}.jsonl",
        content_type="application/x-ndjson",
    )  # fmt: skip
    response["Cache-Control"] = "public, max-age=86400"
    response["Access-Control-Allow-Origin"] = "*"
    return response


# --- circulars -------------------------------------------------------------------------------------------


def _circulars(request: HttpRequest) -> QuerySet[Circular]:
    """What the reader may see; without a session cookie nobody asks who it is."""
    actor = getattr(request, "actor", None) if request.COOKIES else None
    return Circular.objects.visible_to(actor).filter(published_at__isnull=False).select_related("authority")


@require_safe
def circulars(request: HttpRequest) -> HttpResponse:
    """Published circulars, newest first (Measures Art. 23, 24)."""
    page = Paginator(_circulars(request).order_by("-published_at", "-id"), PAGE).get_page(request.GET.get("page"))
    return render(request, "supervision/public/circulars.html", {"page": page})


@require_safe
def circular(request: HttpRequest, pk: int) -> HttpResponse:
    """A circular or letter, for who may read it."""
    row = get_object_or_404(_circulars(request).select_related("authority", "listing"), pk=pk)
    return render(request, "supervision/public/circular.html", {"circular": row})
