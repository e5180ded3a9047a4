"""What every page of supervision shares: who may come in, keyset pages, acts with their forms, refusals and races."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.actors import actor_for
from accounts.enums import AUTHORITY_ROLES, Role
from accounts.models import Person, Unit
from ledger.acts import Actor, AlreadyMoved, Reasons, Refused
from ledger.models import ActorKind
from ledger.queries import timeline
from rulebook.time import now as moment
from supervision.domain.errors import Invalid
from supervision.views.authority.keyset import Page
from supervision.views.authority.refusing import add_errors, add_reasons, renew, stale

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
View = Callable[..., HttpResponseBase]
Text = str | Promise
Row = TypeVar("Row", bound=Model)

#: the pages of the room, in the order of the navigation
SECTIONS: tuple[tuple[Text, str, str], ...] = (
    (gettext_lazy("Complaints"), "supervision_home", "complaint"),
    (gettext_lazy("Rectification"), "sv_orders", "order"),
    (gettext_lazy("Blacklist"), "sv_listings", "listing"),
    (gettext_lazy("Campaigns"), "sv_campaigns", "campaign"),
    (gettext_lazy("Inspections"), "sv_plans", "plan"),
    (gettext_lazy("Warnings"), "sv_warnings", "warning"),
    (gettext_lazy("Referrals"), "sv_referrals", "referral"),
    (gettext_lazy("Take-downs"), "sv_takedowns", "takedown"),
    (gettext_lazy("Circulars"), "sv_circulars", "circular"),
    (gettext_lazy("Reports"), "sv_reports", "report"),
    (gettext_lazy("Indicators"), "sv_indicators", "indicators"),
    (gettext_lazy("Task ledger"), "sv_tasks", "work"),
    (gettext_lazy("Published lists"), "sv_lists", "lists"),
)


# --- who may come in -----------------------------------------------------------------------------------


def actor_of(request: HttpRequest, roles: Collection[str] = AUTHORITY_ROLES) -> Actor:
    """Who asks, in one of these roles. Raises ``PermissionDenied`` for anybody else."""
    actor = actor_for(request)
    if actor is None or actor.role not in roles or actor.unit_id is None:
        raise PermissionDenied
    return actor


def guard(roles: Collection[str]) -> Callable[[View], View]:
    """A page for these roles; refusals and races become pages of their own."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            actor_of(request, roles)
            try:
                return view(request, *args, **kwargs)
            except AlreadyMoved:
                return moved_page(request)
            except Refused as refused:
                return refused_page(request, refused.reasons)

        return guarded

    return wrap


#: for reviewers, heads of review and the ministry
authority_view = guard(AUTHORITY_ROLES)
#: for partner departments
partner_view = guard({Role.PARTNER})


def row_of(request: HttpRequest, rows: QuerySet[Row], back: str, **lookup: Any) -> Row:
    """The row, if the reader may see it; else 404. ``back``: the url name of its page, for refusals and races."""
    found = rows.filter(**lookup).first()
    if found is None:
        raise Http404
    request.sv_row, request.sv_back = found, back  # type: ignore[attr-defined]
    return found


def _place(request: HttpRequest) -> dict[str, Any]:
    row, back = getattr(request, "sv_row", None), getattr(request, "sv_back", "")
    url = reverse("supervision_home")
    if row is not None and back:
        try:
            url = reverse(back, args=[row.pk])
        except NoReverseMatch:
            url = reverse(back)
    return {"row": row, "row_url": url, "row_name": getattr(row, "case_no", "") or (str(row) if row else "")}


def refused_page(request: HttpRequest, reasons: Reasons) -> HttpResponse:
    """403 with every reason and its article."""
    return render(request, "supervision/authority/refused.html", {"reasons": reasons, **_place(request)}, status=403)


def moved_page(request: HttpRequest) -> HttpResponse:
    """409: somebody was first; who and when, read from the ledger."""
    place = _place(request)
    return render(request, "supervision/authority/moved.html", {**place, "last": last_act(place["row"])}, status=409)


def last_act(row: Model | None) -> dict[str, Any] | None:
    """The last record about the row, as ``{"at", "who", "unit", "system"}``."""
    record = timeline(row, audience="authority").order_by("-seq").first() if row is not None else None
    if record is None:
        return None
    if record.actor_kind == ActorKind.SYSTEM:
        return {"at": record.at, "who": "", "unit": "", "system": True}
    person = Person.objects.filter(pk=record.actor_id).values_list("name", flat=True).first()
    unit = Unit.objects.filter(pk=record.actor_unit_id).values_list("name", flat=True).first()
    return {"at": record.at, "who": person or "", "unit": unit or "", "system": False}


# --- what a list and a case consist of -----------------------------------------------------------------


def cell(text: Any = "", *, url: str = "", sub: Any = "", mono: bool = False, status: tuple[str, str] | None = None,
         clock: dict[str, Any] | None = None, number: bool = False) -> dict[str, Any]:  # fmt: skip
    """A cell of a table: a text with its address and second line, a state ``(kind, state)``, or a clock.

    A day (2026-10-16) is not broken between two lines.
    """
    day = isinstance(text, str) and _DAY.fullmatch(text) is not None
    found = {"text": text, "url": url, "sub": sub, "mono": mono, "status": status, "clock": clock, "number": number}
    return {**found, "day": day}


def clock_cell(kind: str, row: Any, *, running: bool = True) -> dict[str, Any]:
    """The days left of a row that repeats ``due_day`` of its clock; nothing where none runs."""
    if row.due_day is None or not running:
        return cell("—")
    return cell(clock=clock_dict(kind, row))


def clock_dict(kind: str, row: Any) -> dict[str, Any]:
    return {"kind": kind, "status": "running", "due_day": row.due_day, "provisional": False}


def labelled(columns: Sequence[Text], rows: list[list[dict[str, Any]]]) -> None:
    """Gives each cell the label that stands beside it on a phone."""
    for cells in rows:
        for column, one in zip(columns, cells, strict=False):
            one["label"] = column


@dataclass
class Section:
    """A card of a case page: facts, paragraphs, a table, lines of a correspondence, files."""

    title: Text
    facts: Sequence[tuple[Any, Any]] = ()
    text: str = ""
    lines: list[dict[str, Any]] = field(default_factory=list)
    columns: Sequence[Text] = ()
    rows: list[list[dict[str, Any]]] = field(default_factory=list)
    files: list[tuple[str, str, Any]] = field(default_factory=list)
    articles: Sequence[str] = ()
    note: Text = ""
    empty: Text = ""
    more: str = ""

    def __post_init__(self) -> None:
        self.facts = [(label, value) for label, value in self.facts if value not in (None, "")]
        labelled(self.columns, self.rows)


# --- acts ----------------------------------------------------------------------------------------------


DONE = gettext_lazy("Done, and entered in the ledger.")


class Nothing(forms.Form):
    """An act that asks nothing."""


@dataclass(frozen=True)
class Act:
    """Something that can be done with a row: offered in ``states``, asked by ``form``, done by ``do``.

    ``do(row, by, now, data, **seen)`` calls the verb; its answer may be an address to go to. ``rule`` keeps
    from offering what would be refused anyway; the verb alone decides. ``setup`` gives the form its choices.
    ``primary`` stands open, at the side, or above the case where it is ``wide``.
    """

    name: str
    label: Text
    do: Callable[..., Any]
    form: type[forms.Form] = Nothing
    states: Collection[str] = ()
    rule: Callable[[Actor, Any], Any] | None = None
    when: Callable[[Any], bool] | None = None
    setup: Callable[[Any, Actor], dict[str, Any]] | None = None
    hint: Text = ""
    primary: bool = False
    wide: bool = False
    done: Text = DONE
    confirm: Text = ""

    def offered(self, row: Any, actor: Actor) -> bool:
        if self.states and str(row.state) not in self.states:
            return False
        if self.when is not None and not self.when(row):
            return False
        return self.rule is None or not self.rule(actor, row)

    def empty_form(self, row: Any, actor: Actor, data: Any = None, files: Any = None) -> forms.Form:
        more = self.setup(row, actor) if self.setup else {}
        return self.form(data, files, auto_id=f"id_{self.name}_%s", **more)


@dataclass
class Panel:
    """An act as the page offers it."""

    act: Act
    form: forms.Form
    url: str
    open: bool = False

    @property
    def plain(self) -> bool:
        return not self.form.fields


def panels(
    acts: Sequence[Act], row: Any, actor: Actor, url_name: str, bound: tuple[str, forms.Form] | None = None
) -> list[Panel]:
    """The acts that are offered now; the one that was sent with something wrong stands open with what was typed."""
    found = []
    for act in acts:
        sent = bound is not None and bound[0] == act.name
        if not sent and not act.offered(row, actor):
            continue
        form = bound[1] if bound is not None and sent else act.empty_form(row, actor)
        found.append(Panel(act, form, reverse(url_name, args=[row.pk, act.name]), open=sent))
    return found


def seen(request: HttpRequest) -> dict[str, Any]:
    """The state that the page showed."""
    return {"seen_state": request.POST.get("seen_state") or None}


def do_act(
    request: HttpRequest, row: Any, actor: Actor, acts: Sequence[Act], name: str, page: Callable[..., HttpResponse],
    back: str,
) -> HttpResponse:  # fmt: skip
    """Carries an act out and goes back to the row; what is wrong stands beside its field, with nothing lost.

    ``page(request, row, actor, bound)`` shows the row with the form as it was sent. A page that showed
    another state than the row has now gets 409, and so does a form whose text was changed since, with both texts.
    """
    act = next((one for one in acts if one.name == name), None)
    if act is None:
        raise Http404
    shown = seen(request)["seen_state"]
    if shown is not None and hasattr(row, "state") and shown != str(row.state):
        return moved_page(request)
    form = act.empty_form(row, actor, request.POST, request.FILES)
    target = None
    if form.is_valid():
        try:
            target = act.do(row, actor, moment(), form.cleaned_data)
        except Invalid as invalid:
            add_errors(form, invalid)
        except Refused as refused:
            if not act.offered(row, actor):
                raise
            add_reasons(form, refused)
    if form.errors:
        renew(form, row)
        response = page(request, row, actor, (act.name, form))
        response.status_code = 409 if stale(form) else 422
        return response
    messages.success(request, str(act.done))
    return redirect(target if isinstance(target, str) else reverse(back, args=[row.pk]))


# --- pages ---------------------------------------------------------------------------------------------


def frame(request: HttpRequest, section: str) -> dict[str, Any]:
    """The navigation of the room; others have their own."""
    actor = actor_for(request)
    if actor is not None and actor.role not in AUTHORITY_ROLES:
        return {"section_nav": []}
    nav = []
    for label, name, key in SECTIONS:
        try:
            nav.append((label, reverse(name), key == section))
        except NoReverseMatch:
            continue
    return {"section_nav": nav}


def list_page(
    request: HttpRequest, *, section: str, title: Text, columns: Sequence[Text], rows: list[list[dict[str, Any]]],
    page: Page | None = None, status: int = 200, **more: Any,
) -> HttpResponse:  # fmt: skip
    """A list: tabs, filters, table, pages. ``rows``: cells in the order of ``columns``, the first its head."""
    labelled(columns, rows)
    query = request.GET.copy()
    for key in ("after", "before"):
        query.pop(key, None)
    links = {}
    if page is not None:
        for key, mark in (("before", page.previous), ("after", page.next)):
            if mark:
                own = query.copy()
                own[key] = mark
                links[key] = "?" + own.urlencode()
    context = {
        "title": title, "columns": columns, "rows": rows, "prev": links.get("before", ""),
        "next": links.get("after", ""), **frame(request, section), **more,
    }  # fmt: skip
    return render(request, "supervision/authority/list.html", context, status=status)


def tabs_of(tabs: Sequence[tuple[str, Text]], current: str, counts: Mapping[str, int] | None = None) -> list[Any]:
    """Tabs as ``{"label", "url", "current", "count"}``; the first is the page without ``?tab=``."""
    return [
        {"label": label, "url": f"?tab={name}", "current": name == current, "count": (counts or {}).get(name)}
        for name, label in tabs
    ]


def case_page(
    request: HttpRequest, *, section: str, title: Text, row: Any, kind: str, sections: list[Section],
    crumbs: list[tuple[Text, str]], panels: list[Panel] = (), meta: Sequence[Any] = (),  # type: ignore[assignment]
    clock: dict[str, Any] | None = None, records: bool = True, **more: Any,
) -> HttpResponse:  # fmt: skip
    """A case: its head, its cards, the ledger, and at the side what can be done."""
    context = {
        "title": title, "row": row, "status_kind": kind, "sections": sections, "crumbs": crumbs,
        "panels": panels, "meta": [part for part in meta if part], "clock": clock,
        "records": list(timeline(row, audience="authority")) if records else None,
        **frame(request, section), **more,
    }  # fmt: skip
    return render(request, "supervision/authority/case.html", context)


def form_page(
    request: HttpRequest, *, section: str, title: Text, form: forms.Form, crumbs: list[tuple[Text, str]],
    button: Text, lead: Text = "", sections: list[Section] | None = None, **more: Any,
) -> HttpResponse:  # fmt: skip
    """A form of its own; 422 where something sent is wrong, 409 where it is about what has been changed since."""
    context = {
        "title": title, "form": form, "crumbs": crumbs, "button": button, "lead": lead, "sections": sections or [],
        **frame(request, section), **more,
    }  # fmt: skip
    status = 409 if stale(form) else 422 if form.is_bound and form.errors else 200
    return render(request, "supervision/authority/form.html", context, status=status)


def word(choices: Any, value: Any) -> str:
    """The word of a choice."""
    return str(dict(cast(Any, choices)).get(value, value))
