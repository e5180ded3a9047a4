"""The queue of user filings: tabs, filters in the address, saved views, keyset pages, export; acts on several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.enums import LEAD_ROLES, UnitKind
from accounts.models import title_of
from ledger.acts import Actor, Reasons
from registry.enums import Stage
from review import domain, keyset, queries, use_queries
from review.domain.uses import notes_left
from review.forms import UseBulkForm
from review.models import SavedView
from review.use_queries import Filters
from review.views.base import USE, actor_of, authority_view
from review.views.bulk import chosen, seen_of
from review.views.queue import EXPORT_LIMIT, address_of, csv_file, day_text, views_of
from review.views.shapes import options, stage_words
from review.views.use_rows import lines
from rulebook.display import today_of
from rulebook.time import local_date
from rulebook.time import now as moment
from users import queries as uses
from users import rules as use_rules
from users.enums import AUTHORITY_STATES, Nature, UseState
from users.models import UserFiling
from users.register import procurement_word

TAB_WORDS = {
    "open": pgettext_lazy("queue", "All open"),
    "mine": pgettext_lazy("queue", "Mine"),
    "unassigned": pgettext_lazy("queue", "Unassigned"),
    "beyond": pgettext_lazy("queue", "Beyond the service target"),
    "waiting": pgettext_lazy("queue", "Waiting for the school"),
    "confirmed": pgettext_lazy("queue", "Confirmed"),
    "suspended": pgettext_lazy("queue", "Suspended"),
}
SORT_WORDS = {
    "due": pgettext_lazy("queue", "Service target first"),
    "recent": pgettext_lazy("queue", "Submitted last"),
    "submitted": pgettext_lazy("queue", "Submitted first"),
    "name": pgettext_lazy("queue", "By name"),
}


@require_GET
@authority_view
def queue(request: HttpRequest) -> HttpResponse:
    """The queue. Constant number of queries whatever is in it."""
    actor = actor_of(request)
    now, _days = today_of(request)
    filters = Filters.of(request.GET)
    below = use_queries.areas(actor)
    cases = use_queries.scope(actor, filters.area, below)
    keys = use_queries.filtered(use_queries.keys(actor, filters.area, cases), actor, filters, now)
    page = keyset.page_of(
        keys.only(*use_queries.PLACES),
        use_queries.SORTS[filters.sort],
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        last="last" in request.GET,
    )
    counts = use_queries.shown_counts(cases, actor, filters.area, now)
    base, people = filters.query(), queries.colleague_names(actor)
    rows = use_queries.read_lines(page, cases, actor)
    context: dict[str, Any] = {
        "face": USE,
        "filters": filters,
        "tabs": [
            {
                "label": TAB_WORDS[name], "count": counts[name], "current": name == filters.tab,
                "url": "?" + filters.query(tab=name) if filters.query(tab=name) else reverse("uses_queue"),
            }
            for name in use_queries.TABS
        ],
        "tab_label": TAB_WORDS[filters.tab],
        "total": None if filters.narrowed else counts[filters.tab],
        "rows": rows,
        "lines": lines(request, rows, actor, base),
        "kinds": options(((kind.value, kind.label) for kind in use_queries.KINDS), filters.kind),
        "natures": options(Nature.choices, filters.nature),
        "stages": options(Stage.choices, filters.stage),
        "areas": options(((area.pk, title_of(area.name, area.name_en)) for area in below), filters.area),
        "sorts": options(SORT_WORDS.items(), filters.sort),
        "people": options(people, filters.assignee),
        "colleagues": options(people, ""),
        "is_lead": actor.role in LEAD_ROLES,
        "today": local_date(now),
        "query": base,
        "prev": address_of("uses_queue", base, before=page.previous) if page.previous else "",
        "next": address_of("uses_queue", base, after=page.next) if page.next else "",
        "first": address_of("uses_queue", base) if page.previous else "",
        "last": address_of("uses_queue", base, last="1") if page.next else "",
        "views": [
            {"view": view, "url": "?" + view.query if view.query else reverse("uses_queue"),
             "current": view.query == base}
            for view in views_of(actor, SavedView.Queue.USES)
        ],
    }  # fmt: skip
    return render(request, "review/uses.html", context)


# --- export ----------------------------------------------------------------------------------------

COLUMNS = (
    gettext_lazy("Case number"), gettext_lazy("App"), gettext_lazy("Number"), gettext_lazy("Unit"),
    gettext_lazy("School code"), gettext_lazy("Kind"), gettext_lazy("Nature of use"), gettext_lazy("Stages"),
    gettext_lazy("Version"), gettext_lazy("First submitted"), gettext_lazy("Last submitted"),
    gettext_lazy("Service target"), gettext_lazy("Confirmed"), gettext_lazy("Confirming authority"),
    gettext_lazy("Worked on by"), gettext_lazy("Status"), gettext_lazy("How the service is procured"),
)  # fmt: skip


def _csv(cases: Any, actor: Actor) -> HttpResponseBase:
    states, natures, kinds = dict(UseState.choices), dict(Nature.choices), dict(UnitKind.choices)

    def lines() -> Iterator[list[object]]:
        yield [str(name) for name in COLUMNS]
        chunk: list[UserFiling] = []
        said = cases.annotate(procurement=uses.procurement_of(actor=actor)).select_related("unit", "authority")
        for use in said.defer("data", "public")[:EXPORT_LIMIT].iterator(chunk_size=500):
            chunk.append(use)
            if len(chunk) == 500:
                yield from of(chunk)
                chunk = []
        yield from of(chunk)

    def of(chunk: list[UserFiling]) -> Iterator[list[object]]:
        workers = use_queries.workers_of([use.pk for use in chunk], actor)
        for use in chunk:
            yield [
                use.case_no, use.app_name, use.number, use.unit.name, use.unit.school_code, kinds.get(use.unit.kind),
                natures.get(use.nature, ""), "、".join(stage_words(use.stages)), use.version,
                day_text(use.submitted_at), day_text(use.last_submitted_at), use.due_day or "",
                day_text(use.confirmed_at), use.authority.name, workers.get(use.pk, ""),
                states.get(str(use.state), use.state), procurement_word(use),
            ]  # fmt: skip

    return csv_file("uses", lines())


@require_GET
@authority_view
def export(request: HttpRequest) -> HttpResponseBase:
    """Everything that the filters leave, as CSV."""
    actor, now = actor_of(request), moment()
    filters = Filters.of(request.GET)
    cases = use_queries.scope(actor, filters.area, use_queries.areas(actor) if filters.area else ())
    return _csv(use_queries.filtered(cases, actor, filters, now).order_by("due_at", "pk"), actor)


# --- several at once -------------------------------------------------------------------------------


@require_POST
@authority_view
def bulk(request: HttpRequest) -> HttpResponseBase:
    """Does the chosen act on the chosen rows, each through its verb. Confirmation is shown before it is done."""
    actor, now = actor_of(request), moment()
    form = UseBulkForm(request.POST, colleagues=queries.colleagues(actor))
    cases = [use for use in chosen(request, actor, UserFiling) if use.submitted_at]
    if not cases or not form.is_valid():
        text = str(form.errors["person"][0]) if form.errors.get("person") else _("Choose cases first.")
        messages.warning(request, text)
        return redirect("uses_queue")
    action, values = form.cleaned_data["action"], form.cleaned_data
    if action == "export":
        ids = [use.pk for use in cases]
        return _csv(UserFiling.objects.visible_to(actor).filter(pk__in=ids).order_by("due_at", "pk"), actor)
    if action == "confirm" and not values["confirmed"]:
        return _ask(request, actor, cases)
    if action == "remind" and not values["confirmed"]:
        return render(request, "review/uses_remind.html", {"rows": cases, "face": USE})
    verbs = {
        "claim": lambda use: domain.claim(filing=use, by=actor, now=now),
        "assign": lambda use: domain.assign(filing=use, person=values["person"], by=actor, now=now),
        "release": lambda use: domain.release(filing=use, by=actor, now=now),
        "remind": lambda use: domain.remind_unit(filing=use, by=actor, now=now, text=values["text"]),
        "confirm": lambda use: domain.confirm_use(filing=use, by=actor, now=now, **seen_of(request, use)),
    }
    outcomes = domain.in_bulk(cases, verbs[action])
    context = {
        "outcomes": outcomes,
        "done": sum(outcome.done for outcome in outcomes),
        "failed": sum(not outcome.done for outcome in outcomes),
        "action": dict(UseBulkForm.ACTIONS)[action],
        "face": USE,
    }
    return render(request, "review/bulk_result.html", context)


def against(use: UserFiling, actor: Actor, now: Any) -> Reasons:
    """What stands against confirming this use now."""
    reasons = use_rules.may_decide(actor, use)
    if not reasons:
        reasons = Reasons.of(use_rules.entry_selectable(use.entry, now), notes_left(use))
    return reasons


def _ask(request: HttpRequest, actor: Actor, cases: list[UserFiling]) -> HttpResponse:
    """Which of the rows can be confirmed, and what stands against the others."""
    now, rows = moment(), []
    for use in cases:
        closed = use.state not in AUTHORITY_STATES
        rows.append({"filing": use, "reasons": Reasons() if closed else against(use, actor, now), "closed": closed})
    possible = sum(not row["reasons"] and not row["closed"] for row in rows)
    return render(request, "review/uses_confirm.html", {"rows": rows, "possible": possible, "face": USE})
