"""The authority's view of what its providers keep up to date: open items, and information out of date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import AUTHORITY_ROLES
from accounts.sheets import csv_response
from ledger.acts import ActError, Actor
from providers import domain, upkeep
from registry import freshness
from registry.models import Entry, EntryQuerySet
from rulebook.time import local_date
from rulebook.time import now as moment

PAGE = 50
EXPORTED = 20_000
CAP = 1000  # counted up to here: a count of a very long list costs more than the page
MOST_CHOSEN = 200
VIEWS = ("over", "open", "stale")


def oversight_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For people who act for an education authority."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor_of(request)
        return view(request, *args, **kwargs)

    return guarded


def actor_of(request: HttpRequest) -> Actor:
    """Who acts for the authority. Raises ``PermissionDenied`` for anybody else."""
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    if actor is None or actor.unit_id is None or actor.role not in AUTHORITY_ROLES:
        raise PermissionDenied
    return actor


@dataclass
class Line:
    """An entry with what it owes."""

    entry: Entry
    fresh: freshness.Freshness | None
    items: list[str]
    change: Any = None


def _rows(view: str, actor: Actor, now: datetime) -> EntryQuerySet:
    """The entries of a view in its order."""
    mine = upkeep.overseen(actor)
    if view == "stale":
        return freshness.stale(mine, now)
    return upkeep.entries_with_open_items(mine, due_before=local_date(now) if view == "over" else None)


def _after(view: str, rows: Any, text: str) -> Any:
    """The rows behind a place such as ``2026-10-31.17``; a place that is none means from the start."""
    first, _dot, key = text.rpartition(".")
    if not (key.isascii() and key.isdecimal() and len(key) < 18):
        return rows
    column = "confirmed_at" if view == "stale" else "open_items_until"
    try:
        value: Any = datetime.fromisoformat(first) if view == "stale" else date.fromisoformat(first)
    except ValueError:
        return rows
    if view == "stale" and value.tzinfo is None:
        return rows
    return rows.extra(where=[f"({column}, registry_entry.id) > (%s, %s)"], params=[value, int(key)])  # noqa: S610


def _place(view: str, entry: Entry) -> str:
    first = entry.confirmed_at if view == "stale" else entry.open_items_until
    return f"{first.isoformat() if first else ''}.{entry.pk}"


@oversight_view
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Tabs with their counts, and the rows of one of them."""
    actor, now = actor_of(request), moment()
    counts = {view: _rows(view, actor, now).order_by()[: CAP + 1].count() for view in VIEWS}
    default = next((view for view in VIEWS if counts[view]), "open")
    view = request.GET.get("view", default)
    view = view if view in VIEWS else default
    rows = _rows(view, actor, now).select_related("unit", "authority").defer("search", "verify_json", "public")
    if request.GET.get("as") == "csv":
        return _csv(view, rows, now)
    page = list(_after(view, rows, request.GET.get("after", ""))[: PAGE + 1])
    shown = page[:PAGE]
    months = freshness.months(local_date(now))
    changes = upkeep.supplied_by_open_change(shown)
    lines = [
        Line(
            entry,
            freshness.of_entry(entry, now, months),
            [str(upkeep.ITEM_NAMES[item]) for item in entry.open_items or [] if item in upkeep.ITEM_NAMES],
            changes.get(entry.pk),
        )
        for entry in shown
    ]
    more = f"?view={view}&after={_place(view, shown[-1])}" if len(page) > PAGE else ""
    tabs = [
        {"key": key, "label": label, "count": f"{CAP:,}+" if counts[key] > CAP else counts[key]}
        for key, label in (
            ("over", _("Open items overdue")),
            ("open", _("Open items")),
            ("stale", _("Information out of date")),
        )
    ]
    context = {"tabs": tabs, "view": view, "lines": lines, "next": more.replace("+", "%2B"), "today": local_date(now)}
    return render(request, "providers/oversight.html", context)


@oversight_view
@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """Reminds the providers of the chosen entries, one by one through the one door."""
    actor, now = actor_of(request), moment()
    sent = request.POST.getlist("entry")[:MOST_CHOSEN]
    wanted = [int(pk) for pk in sent if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    done = 0
    for entry in upkeep.overseen(actor).filter(pk__in=wanted).order_by("pk"):
        try:
            domain.remind(entry=entry, by=actor, now=now)
        except ActError as error:
            messages.error(request, f"{entry.number}: {error}")
        else:
            done += 1
    if done:
        text = ngettext("%(n)s provider’s entry was reminded of.", "%(n)s entries were reminded of.", done)
        messages.success(request, text % {"n": done})
    elif not wanted:
        messages.error(request, _("Choose at least one entry."))
    view = request.POST.get("view", "")
    return redirect(reverse("oversight") + (f"?view={view}" if view in VIEWS else ""))


def _csv(view: str, rows: EntryQuerySet, now: datetime) -> StreamingHttpResponse:
    """The whole view as a table for spreadsheets."""
    months = freshness.months(local_date(now))

    def lines() -> Iterator[list[Any]]:
        yield [_("Number"), _("App"), _("Provider"), _("Unified social credit code"), _("Lacks"), _("Last day"),
               _("Confirmed on"), _("Due")]  # fmt: skip
        for entry in rows[:EXPORTED].iterator(chunk_size=500):
            fresh = freshness.of_entry(entry, now, months)
            lacks = "、".join(str(upkeep.ITEM_NAMES.get(item, item)) for item in entry.open_items or [])
            yield [entry.number, entry.app_name, entry.provider_name, entry.uscc, lacks,
                   entry.open_items_until or "", fresh.confirmed_on if fresh else "",
                   fresh.due_on if fresh else ""]  # fmt: skip

    return csv_response(f"{view}-{local_date(now).isoformat()}", lines())
