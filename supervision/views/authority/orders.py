"""Rectification orders: list, a new order, the case, and the decision to list the provider with its preview."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.models import Unit
from ledger.acts import Actor, AlreadyMoved, Refused
from providers.views.materials import stream
from registry.enums import LIVE_STATES
from registry.models import Entry
from rulebook import policies
from rulebook.arithmetic import add_months
from rulebook.time import local_date
from rulebook.time import now as moment
from supervision import domain, rules
from supervision.enums import OPEN_ORDERS, PROPOSED_ORDERS, OrderState, StepKind
from supervision.forms import ClearForm, ExtendForm, ListProviderForm, OrderForm, ReasonForm, SendBackForm
from supervision.models import Complaint, OrderFile, OrderStep, RectificationOrder
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
    tabs_of,
)
from supervision.views.authority.keyset import keyset
from supervision.views.authority.refusing import attempt

TABS = (
    ("open", pgettext_lazy("queue", "All open")),
    ("evidence", gettext_lazy("To be checked again")),
    ("proposed", gettext_lazy("Overdue or refused")),
    ("closed", pgettext_lazy("queue", "Closed")),
)
STATES = {
    "open": OPEN_ORDERS,
    "evidence": (OrderState.EVIDENCE_SUBMITTED,),
    "proposed": PROPOSED_ORDERS,
    "closed": (OrderState.CLEARED, OrderState.LISTED),
}
LABEL = gettext_lazy("Rectification orders")


@require_GET
@authority_view
def orders(request: HttpRequest) -> HttpResponse:
    """Orders with their deadlines; the earliest first, closed ones the newest first."""
    actor = actor_of(request)
    tab = request.GET.get("tab", "")
    tab = tab if tab in STATES else "open"
    seen = RectificationOrder.objects.visible_to(actor)
    rows = seen.filter(state__in=STATES[tab]).select_related("unit", "entry", "authority")
    closed = tab == "closed"
    page = keyset(rows, "issued_at" if closed else "due_at", request.GET, down=closed)
    counts = {name: seen.filter(state__in=STATES[name]).count() for name in ("open", "evidence", "proposed")}
    return list_page(
        request, section="order", title=LABEL, articles=["bj-5", "me-24"],
        lead=_("Who does not rectify in time, or refuses, is blacklisted."), tabs=tabs_of(TABS, tab, counts),
        tab_name=tab, page=page, actions=[(_("New order"), reverse("sv_order_new"), True)],
        columns=[_("App and order"), _("Period"), _("Provider"), _("Issued"), _("Findings"), _("Status")],
        rows=[
            [
                cell(one.entry.app_name if one.entry else _("The provider as a whole"),
                     url=reverse("sv_order", args=[one.pk]), sub=one.case_no),
                clock_cell("rectification", one, running=one.state == OrderState.ISSUED),
                cell(one.unit.name, sub=one.entry.number if one.entry else ""),
                cell(local_date(one.issued_at).isoformat()),
                cell(len(one.findings)),
                cell(status=("order", str(one.state))),
            ]
            for one in page.rows
        ],
        empty=_("No order here"), empty_text=_("Nothing waits in this view."),
    )  # fmt: skip


@authority_view
def new_order(request: HttpRequest) -> HttpResponse:
    """An order from an entry (``?entry=number``) or from a complaint (``?complaint=id``)."""
    actor = actor_of(request)
    complaint = None
    if request.GET.get("complaint", "").isdecimal():
        seen = Complaint.objects.visible_to(actor).select_related("entry")
        complaint = seen.filter(pk=int(request.GET["complaint"][:18])).first()
    number = complaint.entry.number if complaint is not None and complaint.entry is not None else None
    form = OrderForm(
        request.POST if request.method == "POST" else None, initial={"number": number or request.GET.get("entry", "")}
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        entry = values["number"]
        unit: Unit = entry.unit if entry else values["uscc"]
        row = attempt(
            form,
            lambda: domain.order(
                unit=unit, entry=entry, findings=values["findings"], public_text=values["public_text"],
                days=values["days"], articles=values["articles"] or ["bj-5"], complaint=complaint, by=actor,
                now=moment(),
            ),
        )  # fmt: skip
        if row is not None:
            messages.success(request, _("The order is issued and served on the provider."))
            return redirect("sv_order", row.pk)
    lead = _("From the complaint %(number)s") % {"number": complaint.case_no} if complaint else ""
    return form_page(
        request, section="order", title=_("Order rectification"), form=form, button=_("Issue the order"), lead=lead,
        crumbs=[(LABEL, reverse("sv_orders"))], confirm=_("The order is served on the provider at once. Issue it?"),
    )  # fmt: skip


# --- the case ------------------------------------------------------------------------------------------


def _verb(verb: Any) -> Any:
    def do(row: RectificationOrder, by: Actor, now: datetime, data: dict[str, Any]) -> None:
        verb(order=row, by=by, now=now, seen_state=str(row.state), **data)

    return do


ACTS = (
    Act("clear", gettext_lazy("Findings are mended"), form=ClearForm, states=OPEN_ORDERS, rule=rules.may_decide_order,
        primary=True, do=_verb(domain.clear), hint=gettext_lazy("The order ends and the entry loses its mark.")),
    Act("send-back", gettext_lazy("Send back"), form=SendBackForm, states=("evidence_submitted",),
        rule=rules.may_decide_order, do=_verb(domain.send_back)),
    Act("extend", gettext_lazy("Extend the period once"), form=ExtendForm, states=("issued",),
        rule=rules.may_decide_order, when=lambda row: not row.extended, do=_verb(domain.extend)),
    Act("refuse", gettext_lazy("Record that the provider refuses"), form=ReasonForm,
        states=("issued", "evidence_submitted"), rule=rules.may_decide_order, do=_verb(domain.refuse)),
)  # fmt: skip


def _order(request: HttpRequest, pk: int) -> tuple[RectificationOrder, Actor]:
    actor = actor_of(request)
    rows = RectificationOrder.objects.visible_to(actor)
    return row_of(request, rows.select_related("unit", "entry", "authority", "complaint"), "sv_order", pk=pk), actor


@require_safe
@authority_view
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """The case of an order."""
    row, actor = _order(request, pk)
    return _page(request, row, actor)


@require_POST
@authority_view
def order_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Clear, send back, extend, or record a refusal."""
    row, actor = _order(request, pk)
    return do_act(request, row, actor, ACTS, act, _page, "sv_order")


def _page(
    request: HttpRequest, row: RectificationOrder, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    links = []
    if row.state in PROPOSED_ORDERS and not rules.may_list(actor, row):
        links.append((_("List this provider…"), reverse("sv_order_list", args=[row.pk])))
    if not rules.may_decide_order(actor, row):
        links.append((_("Refer to a department…"), f"{reverse('sv_referral_new')}?order={row.pk}"))
    title = row.entry.app_name if row.entry else row.unit.name
    running = row.state == OrderState.ISSUED and row.due_day is not None
    return case_page(
        request, section="order", title=title, tile=title, row=row, kind="order",
        crumbs=[(LABEL, reverse("sv_orders"))],
        meta=[row.case_no, row.unit.name, row.authority.title],
        clock=clock_dict("rectification", row) if running else None, clock_title=_("To be rectified by"),
        sections=_sections(row, actor), panels=panels(ACTS, row, actor, "sv_order_act", bound), rest=True,
        side_links=links,
    )  # fmt: skip


def _sections(row: RectificationOrder, actor: Actor) -> list[Section]:
    entry, complaint = row.entry, row.complaint
    facts = [
        (_("Provider"), row.unit.name),
        (_("App"), cell(entry.app_name, url=reverse("entry", args=[entry.number]), sub=entry.number) if entry else ""),
        (_("Complaint"), cell(complaint.case_no, url=reverse("sv_complaint", args=[complaint.pk]))
         if complaint is not None else ""),
        (_("Working days"), str(row.days)), (_("Last day"), row.due_day.isoformat() if row.due_day else ""),
        (_("Extended by working days"), str(row.extended_days) if row.extended else ""),
        (_("Reason of the extension"), row.extension_reason), (_("Public text"), row.public_text),
        (_("Blacklist"), cell(row.unit.name, url=reverse("sv_listing", args=[row.listing_id]))
         if row.listing_id else ""),
    ]  # fmt: skip
    findings = [
        {"title": _("Finding %(number)s") % {"number": number}, "text": one.get("text", ""), "family": "act",
         "article": one.get("article", "")}
        for number, one in enumerate(row.findings, 1)
    ]  # fmt: skip
    family = {StepKind.SENT_BACK: "act", StepKind.CLEARED: "ok", StepKind.OVERDUE: "act", StepKind.REFUSED: "act"}
    steps = [
        {"title": one.get_kind_display(), "at": one.at, "text": one.text, "family": family.get(StepKind(one.kind), ""),
         "who": one.unit.name if one.unit else "",
         "files": [(file.material.name, reverse("sv_order_file", args=[row.pk, file.pk])) for file in one.files.all()]}
        for one in OrderStep.objects.filter(order=row).select_related("unit").prefetch_related("files__material")
    ]  # fmt: skip
    return [
        Section(_("Findings"), lines=findings, articles=row.articles),
        Section(_("The order"), facts=facts),
        Section(_("Evidence and re-checks"), lines=steps, empty=_("Nothing has been handed in yet.")),
    ]


@require_safe
@authority_view
def order_file(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """A file that the provider handed in as evidence."""
    row, _actor = _order(request, pk)
    found = OrderFile.objects.filter(step__order=row, pk=file).select_related("material").first()
    return stream(request, found.material if found is not None else None)


# --- listing -------------------------------------------------------------------------------------------


@authority_view
def list_provider(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision to blacklist, on a page that says what follows from it."""
    row, actor = _order(request, pk)
    reasons = rules.may_list(actor, row)
    if reasons:
        raise Refused(reasons)
    if row.state not in PROPOSED_ORDERS:
        raise AlreadyMoved(state=str(row.state))
    now = moment()
    live = list(Entry.objects.filter(unit_id=row.unit_id, state__in=sorted(LIVE_STATES)).order_by("number"))
    form = ListProviderForm(
        request.POST if request.method == "POST" else None, entries=[one for one in live if one.pk != row.entry_id]
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        chosen = form.chosen()
        if row.entry is not None:
            chosen.append(row.entry)
        made = attempt(
            form,
            lambda: domain.list_provider(
                order=row, reason=values["reason"], articles=values["articles"] or ["me-24"],
                bar_months=values["bar_months"], entries=chosen or None, public_text=values["public_text"],
                text_en=values["text_en"], by=actor, now=now,
                seen_state=request.POST.get("seen_state") or None,
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("The provider is blacklisted; its filings are revoked and everybody is told."))
            return redirect("sv_listing", made.pk)
    policy = policies.in_force(row.authority.policy_codes, on=local_date(now))
    months = int(policy.get("bar_months"))
    follows = [
        (_("Barred from filing until"), add_months(local_date(now), months).isoformat()),
        (_("Revoked at once"), f"{row.entry.app_name} {row.entry.number}" if row.entry else _("What you choose below")),
        (_("Other filings in force"),
         "\n".join(f"{one.app_name} {one.number}" for one in live if one.pk != row.entry_id)),
        (_("Told"), _("The provider, every school that uses the apps, and the whole education system by a circular.")),
        (_("Public"), _("The listing with its reason and dates; the revoked entries stay readable.")),
    ]
    return form_page(
        request, section="order", title=_("List this provider"), form=form, button=_("List the provider"), row=row,
        lead=row.unit.name, crumbs=[(LABEL, reverse("sv_orders")), (row.case_no, reverse("sv_order", args=[row.pk]))],
        sections=[Section(_("What follows"), facts=follows, articles=["me-24", "bj-5"])],
        confirm=_("The listing is published at once. Decide?"),
    )  # fmt: skip
