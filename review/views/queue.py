"""The queue of cases: tabs, filters in the address, saved views, keyset pages, export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.enums import LEAD_ROLES
from accounts.sheets import csv_response
from ledger.acts import Actor
from providers.enums import FilingKind, FilingState
from providers.models import Filing
from registry.enums import Stage
from review import queries, use_queries
from review.forms import SavedViewForm
from review.models import SavedView
from review.queries import Filters
from review.views.base import actor_of, authority_view
from review.views.rows import lines, rows_of
from review.views.shapes import options, stage_words
from rulebook.display import today_of
from rulebook.time import ZONE, local_date
from rulebook.time import now as moment

EXPORT_LIMIT = 20_000
MAX_VIEWS = 20
TAB_WORDS = {
    "open": pgettext_lazy("queue", "All open"),
    "mine": pgettext_lazy("queue", "Mine"),
    "unassigned": pgettext_lazy("queue", "Unassigned"),
    "soon": pgettext_lazy("queue", "Due in three days"),
    "overdue": pgettext_lazy("queue", "Overdue"),
    "waiting": pgettext_lazy("queue", "Waiting for the provider"),
    "ministry": pgettext_lazy("queue", "At the ministry"),
    "closed": pgettext_lazy("queue", "Closed"),
}
SORT_WORDS = {
    "due": pgettext_lazy("queue", "Due first"),
    "recent": pgettext_lazy("queue", "Submitted last"),
    "submitted": pgettext_lazy("queue", "Submitted first"),
    "name": pgettext_lazy("queue", "By name"),
}


@require_GET
@authority_view
def queue(request: HttpRequest) -> HttpResponse:
    """The queue. Constant number of queries whatever is in it."""
    actor = actor_of(request)
    now, days = today_of(request)
    filters = Filters.of(request.GET)
    soon = queries.soon_day(now, days)
    page = queries.page_of(
        queries.filtered(actor, filters, now, soon).only(*queries.ROW),
        filters.sort,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        last="last" in request.GET,
    )
    counts = queries.shown_counts(actor, now, soon)
    tabs = [
        {
            "name": name,
            "label": TAB_WORDS[name],
            "count": counts.get(name),
            "url": "?" + filters.query(tab=name) if filters.query(tab=name) else reverse("review_home"),
            "current": name == filters.tab,
        }
        for name in queries.TABS
        if not (name == "ministry" and not counts["ministry"] and filters.tab != "ministry")
    ]
    base, rows, people = filters.query(), rows_of(page.rows, actor), queries.colleague_names(actor)
    context: dict[str, Any] = {
        "filters": filters,
        "tabs": tabs,
        "tab_label": TAB_WORDS[filters.tab],
        "total": None if filters.narrowed else counts.get(filters.tab),
        "rows": rows,
        "lines": lines(request, rows, base),
        "kinds": options(FilingKind.choices, filters.kind),
        "stages": options(Stage.choices, filters.stage),
        "sorts": options(SORT_WORDS.items(), filters.sort),
        "people": options(people, filters.assignee),
        "colleagues": options(people, ""),
        "is_lead": actor.role in LEAD_ROLES,
        "today": local_date(now),
        "query": base,
        "here": request.get_full_path(),
        "prev": address_of("review_home", base, before=page.previous) if page.previous else "",
        "next": address_of("review_home", base, after=page.next) if page.next else "",
        "first": address_of("review_home", base) if page.previous else "",
        "last": address_of("review_home", base, last="1") if page.next else "",
        "views": [
            {
                "view": view,
                "url": "?" + view.query if view.query else reverse("review_home"),
                "current": view.query == base,
            }
            for view in views_of(actor, SavedView.Queue.FILINGS)
        ],
    }
    return render(request, "review/queue.html", context)


def address_of(name: str, base: str, **more: str) -> str:
    """A queue's address with the present filters and more."""
    query = QueryDict(base, mutable=True)
    for key, value in more.items():
        query[key] = value
    return "?" + query.urlencode() if query else reverse(name)


# --- saved views, of either queue ------------------------------------------------------------------

_QUEUES: dict[str, tuple[Any, str]] = {
    SavedView.Queue.FILINGS: (Filters, "review_home"),
    SavedView.Queue.USES: (use_queries.Filters, "uses_queue"),
}


def views_of(actor: Actor, queue: str) -> Any:
    """A person's own views of a queue, by name."""
    return SavedView.objects.filter(person_id=actor.person_id, unit_id=actor.unit_id, queue=queue).order_by("name")


@require_POST
@authority_view
def save_view(request: HttpRequest, queue: str = SavedView.Queue.FILINGS) -> HttpResponse:
    """Keeps the present filters under a name; the same name again replaces them."""
    actor = actor_of(request)
    form = SavedViewForm(request.POST)
    reading, home = _QUEUES[queue]
    query = reading.of(QueryDict(request.POST.get("query", "")[:400])).query()
    if form.is_valid():
        mine = views_of(actor, queue)
        if mine.count() < MAX_VIEWS or mine.filter(name=form.cleaned_data["name"]).exists():
            SavedView.objects.update_or_create(
                person_id=actor.person_id,
                unit_id=actor.unit_id,
                queue=queue,
                name=form.cleaned_data["name"],
                defaults={"query": query[:400]},
            )
    return redirect(reverse(home) + (f"?{query}" if query else ""))


@require_POST
@authority_view
def remove_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Forgets one's own view, of whichever queue."""
    actor = actor_of(request)
    view = SavedView.objects.filter(pk=pk, person_id=actor.person_id, unit_id=actor.unit_id).first()
    if view is None:
        return redirect("review_home")
    view.delete()
    return redirect(_QUEUES[view.queue][1])


# --- export ----------------------------------------------------------------------------------------

COLUMNS = (
    gettext_lazy("Case number"),
    gettext_lazy("App"),
    gettext_lazy("Provider"),
    gettext_lazy("Kind"),
    gettext_lazy("Version"),
    gettext_lazy("Stages"),
    gettext_lazy("First submitted"),
    gettext_lazy("Last submitted"),
    gettext_lazy("Last day"),
    gettext_lazy("Worked on by"),
    gettext_lazy("Status"),
)


def cases_file(cases: Any, actor: Actor) -> StreamingHttpResponse:
    """The cases as a file, read in chunks."""
    states = dict(FilingState.choices)
    kinds = dict(FilingKind.choices)

    def table() -> Iterator[list[object]]:
        yield [str(name) for name in COLUMNS]
        chunk: list[Filing] = []
        for filing in cases[:EXPORT_LIMIT].iterator(chunk_size=500):
            chunk.append(filing)
            if len(chunk) == 500:
                yield from of(chunk)
                chunk = []
        yield from of(chunk)

    def of(chunk: list[Filing]) -> Iterator[list[object]]:
        workers = queries.workers_of(chunk, actor)
        for filing in chunk:
            yield [
                filing.case_no,
                filing.app_name,
                filing.provider_name,
                kinds.get(filing.kind, filing.kind),
                filing.version,
                "、".join(stage_words(filing.stages)),
                day_text(filing.submitted_at),
                day_text(filing.last_submitted_at),
                filing.due_day or "",
                workers.get(filing.pk, ""),
                states.get(str(filing.state), filing.state),
            ]

    return csv_file("cases", table())


def csv_file(name: str, table: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """Lines as a file that carries the day in its name."""
    return csv_response(f"{name}-{local_date(moment()).isoformat()}", table)


def day_text(value: Any) -> str:
    return value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if value else ""


@require_GET
@authority_view
def export(request: HttpRequest) -> Any:
    """Everything that the filters leave, as CSV."""
    actor, now = actor_of(request), moment()
    filters = Filters.of(request.GET)
    cases = queries.filtered(actor, filters, now, queries.soon_day(now)).order_by("due_at", "pk")
    return cases_file(cases, actor)


__all__ = ["cases_file", "export", "queue", "remove_view", "rows_of", "save_view", "stage_words"]
