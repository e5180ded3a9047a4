"""Public lists and their feeds (Measures, Article 22; Beijing notice, 5)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.sheets import csv_response
from registry import queries, tally
from registry.models import Entry
from registry.numbers import PREFIXES, digits_of
from registry.views.home import line, words
from rulebook.time import local_date

#: lines of one file; a longer list goes on under the address in its Link header
FILE_LINES = 10_000
_CHUNK = 1000
_PAGE = 50

TITLES = {
    "filed": (gettext_lazy("Filed apps"), gettext_lazy("In force in the whole country.")),
    "revoked": (
        gettext_lazy("Revoked filings"),
        gettext_lazy("The number is no longer valid; schools may not select the app."),
    ),
    "offline": (
        gettext_lazy("Temporarily offline"),
        gettext_lazy(
            "Cannot be selected here at present; this does not mean that app stores have removed the app."
        ),
    ),
    "rectifying": (
        gettext_lazy("Under rectification"),
        gettext_lazy("Still in force; shortcomings must be mended by a date."),
    ),
    "cancelled": (gettext_lazy("Cancelled filings"), gettext_lazy("Ended at the provider's own request.")),
}


def _province(request: HttpRequest) -> str:
    value = request.GET.get("province", "")
    return value if value in PREFIXES else ""


@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """Which lists there are, with their counts."""
    figures = tally.current()
    cards = [
        {
            "url": reverse("list", args=[name]),
            "title": title,
            "text": text,
            "count": f"{sum(figures.by_state.get(state, 0) for state in queries.LISTS[name]):,}",
        }
        for name, (title, text) in TITLES.items()
    ]
    return render(request, "registry/lists.html", {"cards": cards})


@require_safe
def one_list(request: HttpRequest, name: str) -> HttpResponse:
    """A list as a page, newest first."""
    if name not in queries.LISTS:
        raise Http404(name)
    province = _province(request)
    after = request.GET.get("after", "")
    try:
        before = queries.read_place(after) if after else None
    except ValueError:
        before = None
    rows = queries.public_list(name, province=province, before=before, limit=_PAGE + 1)
    shown = rows[:_PAGE]
    following = ""
    if len(rows) > _PAGE:
        following = f"?province={province}&after={queries.place(name, shown[-1])}"
    title, text = TITLES[name]
    context = {
        "name": name,
        "title": title,
        "text": text,
        "lines": [
            {**line(_hit(row)), "reason": row.status_reason or row.status_public_text} for row in shown
        ],
        "with_reason": name not in ("filed",),
        "province": province,
        "provinces": words().provinces.items(),
        "next": following,
        "first": f"?province={province}" if before else "",
        "shown": _("%(count)d on this page") % {"count": len(shown)},
        "query": f"?province={province}" if province else "",
    }
    return render(request, "registry/list.html", context)


def _hit(row: Entry) -> queries.Hit:
    return queries.Hit(*(getattr(row, column) for column in queries.COLUMNS))


def _rows(name: str, province: str, before: Any, limit: int) -> Iterator[Entry]:
    """Up to ``limit`` rows, read in stretches, so that a long file holds no memory."""
    left = limit
    while left > 0:
        rows = queries.public_list(name, province=province, before=before, limit=min(_CHUNK, left))
        yield from rows
        if len(rows) < min(_CHUNK, left):
            return
        left -= len(rows)
        last = rows[-1]
        before = (last.published_at if name == "filed" else last.status_since, last.pk)


def record(row: Entry) -> dict[str, Any]:
    """A line of a file: the app and its provider, what holds, since when, and why."""
    return {
        "number": row.number,
        "status": row.state,
        "app_name": row.app_name,
        "provider_name": row.provider_name,
        "uscc": row.uscc,
        "province_code": row.province_code,
        "authority": row.public.get("authority_name", ""),
        "type": "discipline_training" if row.is_discipline else "non_discipline",
        "stages": " ".join(row.stages),
        "published": local_date(row.published_at).isoformat(),
        "status_since": local_date(row.status_since).isoformat(),
        "reason": row.status_reason,
        "public_text": row.status_public_text,
        "url": reverse("entry", args=[digits_of(row.number)]),
    }


COLUMNS = (
    "number", "status", "app_name", "provider_name", "uscc", "province_code", "authority", "type", "stages",
    "published", "status_since", "reason", "public_text", "url",
)  # fmt: skip


@require_safe
def list_file(request: HttpRequest, name: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """A list as CSV (UTF-8 with BOM), JSON, or an Atom feed of its newest lines."""
    if name not in queries.LISTS:
        raise Http404(name)
    province = _province(request)
    after = request.GET.get("after", "")
    try:
        before = queries.read_place(after) if after else None
    except ValueError as error:
        raise Http404(after) from error
    response: HttpResponse | StreamingHttpResponse
    if kind == "atom":
        response = HttpResponse(
            _atom(request, name, province), content_type="application/atom+xml; charset=utf-8"
        )
    elif kind == "csv":
        response = csv_response(f"{name}-{province}" if province else name, _table(name, province, before))
    else:
        response = StreamingHttpResponse(_json(name, province, before), content_type="application/json")
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"
    following = _beyond(name, province, before) if kind != "atom" else ""
    if following:
        terms = f"province={province}&after={following}" if province else f"after={following}"
        response["Link"] = f'<{request.path}?{terms}>; rel="next"'
    return response


def _beyond(name: str, province: str, before: Any) -> str:
    """The place at which a file ends that is longer than ``FILE_LINES``, or ""."""
    rows = queries.list_places(name, province=province, before=before, skip=FILE_LINES - 1)
    return queries.place_text(*rows[0]) if len(rows) > 1 else ""


def _table(name: str, province: str, before: Any) -> Iterator[Sequence[Any]]:
    yield COLUMNS
    for row in _rows(name, province, before, FILE_LINES):
        line_of = record(row)
        yield [line_of[column] for column in COLUMNS]


def _json(name: str, province: str, before: Any) -> Iterator[str]:
    yield f'{{"list":"{name}","province":"{province}","entries":['
    comma = ""
    for row in _rows(name, province, before, FILE_LINES):
        yield comma + json.dumps(record(row), ensure_ascii=False)
        comma = ","
    yield "]}"


def _atom(request: HttpRequest, name: str, province: str) -> str:
    """The newest lines as a feed, for the column of an authority's website (Beijing notice, 5)."""
    title, text = TITLES[name]
    where = words().provinces.get(province, "")
    feed = Atom1Feed(
        title=f"{title} {where}".strip(),
        link=request.build_absolute_uri(reverse("list", args=[name])),
        description=str(text),
        feed_url=request.build_absolute_uri(),
    )
    for row in queries.public_list(name, province=province, limit=_PAGE):
        url = request.build_absolute_uri(reverse("entry", args=[digits_of(row.number)]))
        moment = row.published_at if name == "filed" else row.status_since
        feed.add_item(
            title=f"{row.number} {row.app_name}",
            link=url,
            description=f"{row.provider_name} {row.status_reason}".strip(),
            updateddate=moment,
            unique_id=f"{url}#{row.state}-{local_date(moment)}",
        )
    return feed.writeString("utf-8")
