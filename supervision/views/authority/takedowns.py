"""Requests to app stores to take an app down, and what the stores answered (Opinions 7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_POST, require_safe

from ledger.acts import Actor, Reasons
from rulebook.time import local_date
from rulebook.time import now as moment
from supervision import domain, rules
from supervision.enums import StoreDuty, TakedownState
from supervision.forms import StoreAnswerForm, TakedownForm
from supervision.models import Takedown
from supervision.views.authority.base import (
    Act,
    Section,
    actor_of,
    authority_view,
    case_page,
    cell,
    clock_cell,
    clock_dict,
    do_act,
    form_page,
    list_page,
    panels,
    row_of,
)
from supervision.views.authority.keyset import keyset
from supervision.views.authority.referrals import source_of
from supervision.views.authority.refusing import attempt


def _holds(by: Actor, row: Any) -> Reasons:
    return rules.holds(by, row.authority_id)


@require_GET
@authority_view
def takedowns(request: HttpRequest) -> HttpResponse:
    """Requests to app stores."""
    actor = actor_of(request)
    page = keyset(Takedown.objects.visible_to(actor).select_related("authority"), "requested_at", request.GET,
        down=True)
    return list_page(
        request, section="takedown", title=_("Take-down requests"), articles=["op-7"], page=page,
        lead=_("Requests to app stores, and what they answered."),
        actions=[(_("New request"), reverse("sv_takedown_new"), True)],
        columns=[_("App"), _("Store"), _("Period"), _("Authority"), _("Status")],
        rows=[
            [
                cell(one.app_name, url=reverse("sv_takedown", args=[one.pk]), sub=one.case_no), cell(one.store),
                clock_cell("takedown", one, running=one.state == TakedownState.REQUESTED), cell(one.authority.title),
                cell(status=("takedown", str(one.state))),
            ]
            for one in page.rows
        ],
        empty=_("No request yet"),
    )  # fmt: skip


@authority_view
def new_takedown(request: HttpRequest) -> HttpResponse:
    """Asks a store."""
    actor = actor_of(request)
    source = {key: value for key, value in source_of(request, actor).items() if key == "listing"}
    form = TakedownForm(
        request.POST if request.method == "POST" else None, initial={"number": request.GET.get("entry", "")}
    )
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        entry, packages = values.pop("number"), values.pop("packages").split()
        made = attempt(
            form,
            lambda: domain.request_takedown(entry=entry, packages=packages, by=actor, now=moment(), **values, **source),
        )
        if made is not None:
            return redirect("sv_takedown", made.pk)
    return form_page(
        request, section="takedown", title=_("Ask a store to take an app down"), form=form,
        button=_("Send the request"),
        crumbs=[(_("Take-down requests"), reverse("sv_takedowns"))],
    )  # fmt: skip


def _store_answer(row: Takedown, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.answer_takedown(
        takedown=row, removed=data["removed"] == "yes", answer=data["answer"], answered_on=data["answered_on"], by=by,
        now=now, seen_state=str(row.state), shown=data.get("shown", ()),
    )  # fmt: skip


TAKEDOWN_ACTS = (
    Act("answer", gettext_lazy("Record the answer of the store"), form=StoreAnswerForm, states=("requested",),
        rule=_holds, do=_store_answer, primary=True, setup=lambda row, _by: {"duties": row.duties}),
)  # fmt: skip


def _takedown(request: HttpRequest, pk: int) -> tuple[Takedown, Actor]:
    actor = actor_of(request)
    rows = Takedown.objects.visible_to(actor).select_related("authority", "entry", "listing")
    return row_of(request, rows, "sv_takedown", pk=pk), actor


@require_safe
@authority_view
def takedown(request: HttpRequest, pk: int) -> HttpResponse:
    """A request to a store."""
    row, actor = _takedown(request, pk)
    return _takedown_page(request, row, actor)


@require_POST
@authority_view
def takedown_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Record the store's answer."""
    row, actor = _takedown(request, pk)
    return do_act(request, row, actor, TAKEDOWN_ACTS, act, _takedown_page, "sv_takedown")


def _duties(row: Takedown) -> list[Any]:
    """The duties that the store was asked about, and what it showed; nothing is said while the answer is out."""
    waiting = row.state == TakedownState.REQUESTED
    return [
        [cell(StoreDuty(duty).label),
         cell("—" if waiting else _("Shown") if duty in row.shown else pgettext("duty", "Not shown"))]
        for duty in row.duties
    ]  # fmt: skip


def _takedown_page(
    request: HttpRequest, row: Takedown, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    facts: list[tuple[Any, Any]] = [
        (_("Store"), row.store),
        (_("Filing"), cell(row.entry.app_name, url=reverse("entry", args=[row.entry.number]), sub=row.entry.number)
         if row.entry is not None else ""),
        (_("Package names"), "\n".join(row.packages)), (_("Requested"), local_date(row.requested_at).isoformat()),
        (_("Last day"), row.due_day.isoformat() if row.due_day else ""), (_("Answer of the store"), row.answer),
        (_("Answered on"), row.answered_on.isoformat() if row.answered_on else ""),
    ]  # fmt: skip
    running = row.state == TakedownState.REQUESTED and row.due_day is not None
    return case_page(
        request, section="takedown", title=f"{row.app_name} · {row.store}", tile=row.app_name, row=row, kind="takedown",
        crumbs=[(_("Take-down requests"), reverse("sv_takedowns"))], meta=[row.case_no, row.authority.title],
        sections=[
            Section(_("The request"), text=row.text, facts=facts, articles=["op-7"]),
            Section(_("What the store is to account for"), columns=[_("Duty"), _("Answer of the store")],
                    rows=_duties(row), articles=["op-7", "op-13"], empty=_("Nothing was asked.")),
        ],
        panels=panels(TAKEDOWN_ACTS, row, actor, "sv_takedown_act", bound),
        clock=clock_dict("takedown", row) if running else None, clock_title=_("Answer due"),
    )  # fmt: skip
