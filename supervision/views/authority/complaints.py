"""Complaints: the queue, the case with everything that can be done, and the recorded look at who complained."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.enums import LEAD_ROLES
from accounts.models import Person
from ledger.acts import Actor, Reason, Reasons, Refused
from providers.views.materials import stream
from rulebook.display import today_of
from rulebook.time import local_date
from rulebook.time import now as moment
from supervision import desk, domain, rules
from supervision.desk import colleagues
from supervision.domain.errors import Invalid
from supervision.enums import (
    OPEN_COMPLAINTS,
    ComplaintState,
    ForwardingState,
    MessageKind,
    Outcome,
)
from supervision.forms import (
    AskForm,
    ComplaintFilter,
    ForwardForm,
    IdentityForm,
    MergeForm,
    NotAcceptedForm,
    NoteForm,
    PublishReplyForm,
    RecallForm,
    ResolveForm,
    TakeForm,
)
from supervision.models import Complaint, ComplaintAttachment, Forwarding
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
    list_page,
    panels,
    row_of,
    tabs_of,
    word,
)
from supervision.views.authority.keyset import keyset
from supervision.views.authority.refusing import add_errors

TABS = (
    ("open", pgettext_lazy("queue", "All open")),
    ("mine", pgettext_lazy("queue", "Mine")),
    ("overdue", gettext_lazy("Service target missed")),
    ("forwarded", gettext_lazy("With the provider")),
    ("closed", pgettext_lazy("queue", "Closed")),
)
CRUMBS = [(gettext_lazy("Complaints"), "supervision_home")]


@require_GET
@authority_view
def queue(request: HttpRequest) -> HttpResponse:
    """The queue of the authority; the ministry reads all. Constant number of queries."""
    actor, (now, _days) = actor_of(request), today_of(request)
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(TABS) else "open"
    form = ComplaintFilter(request.GET)
    values: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    seen = Complaint.objects.visible_to(actor)
    rows = desk.of_tab(seen, tab, actor, now).select_related("authority", "category", "entry", "handler")
    if values.get("q"):
        rows = rows.filter(Q(case_no__iexact=values["q"]) | Q(app_name__icontains=values["q"]))
    for name in ("kind", "category"):
        if values.get(name):
            rows = rows.filter(**{name: values[name]})
    closed = tab == "closed"
    page = keyset(rows, "received_at" if closed else "due_at", request.GET, down=closed)
    counts = desk.counts(seen, actor, now)
    return list_page(
        request, section="complaint", title=_("Complaints and suggestions"),
        lead=_("Decided by the authority of the app’s province; periods are promises of service."),
        articles=["op-15", "bj-4"], tabs=tabs_of(TABS, tab, counts), tab_name=tab, filters=form,
        narrowed=any(values.values()), page=page, rows=[_row(one, closed) for one in page.rows],
        columns=[_("App and case number"), _("Service target"), _("Kind"), _("Provider"), _("Received"),
        _("Handled by"),
                 _("Status")],
        empty=_("No complaint here"), empty_text=_("Nothing waits in this view."),
    )  # fmt: skip


def _row(row: Complaint, closed: bool) -> list[dict[str, Any]]:
    provider = row.entry.provider_name if row.entry is not None else row.provider_name
    handler = (row.handler.name or row.handler.email) if row.handler is not None else _("Nobody yet")
    return [
        cell(row.app_name or row.category.label, url=reverse("sv_complaint", args=[row.pk]), sub=row.case_no),
        clock_cell(_clock_kind(row), row, running=not closed),
        cell(row.get_kind_display(), sub=row.category.label),
        cell(provider or "—", sub=row.entry.number if row.entry is not None else ""),
        cell(local_date(row.received_at).isoformat()),
        cell(handler, sub=_("Waits for the complainant") if row.waiting_for_answer else ""),
        cell(status=("complaint", str(row.state))),
    ]


def _clock_kind(row: Complaint) -> str:
    return "complaint_acceptance" if row.state == ComplaintState.RECEIVED else "complaint_reply"


# --- acts ----------------------------------------------------------------------------------------------


def _take_over(row: Complaint, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.take(complaint=row, by=by, now=now)


def _assign(row: Complaint, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.take(complaint=row, person=Person.objects.get(pk=data["person"]), by=by, now=now)


def _forward(row: Complaint, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    unit = None if row.entry_id is not None else data["uscc"]
    domain.forward_to_provider(complaint=row, text=data["text"], days=data["days"], unit=unit, by=by, now=now)


def _recall(row: Complaint, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    sent = Forwarding.objects.visible_to(by).get(pk=data["forwarding"], complaint=row)
    domain.recall(forwarding=sent, reason=data["reason"], by=by, now=now)


def _merge(row: Complaint, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    into = Complaint.objects.visible_to(by).filter(case_no__iexact=data["into"].strip()).first()
    if into is None:
        raise Invalid({"into": _("There is no complaint with this number.")})
    domain.merge(complaint=row, into=into, reply=data["reply"], by=by, now=now)


def _open_forwardings(row: Complaint, _by: Actor) -> dict[str, Any]:
    sent = row.forwardings.filter(state__in=[ForwardingState.SENT, ForwardingState.OVERDUE]).select_related("unit")
    return {"sent": [(one.pk, f"{one.ref_no} {one.unit}") for one in sent]}


def _leads(by: Actor, row: Complaint) -> Reasons:
    reasons = rules.may_handle(by, row)
    return reasons if reasons or by.role in LEAD_ROLES else Reasons.of(rules.NOT_A_LEAD)


def _not_handler(by: Actor, row: Complaint) -> Reasons:
    reasons = rules.may_handle(by, row)
    mine = row.handler_id == by.person_id
    return reasons if reasons or not mine else Reasons.of(Reason("handles", _("You handle this case.")))


IN_WORK = ("accepted", "investigating")
ACTS = (
    Act("accept", gettext_lazy("Accept"), states=("received",), rule=rules.may_handle, primary=True,
        hint=gettext_lazy("You handle the case from then on, and the target for the reply starts."),
        do=lambda row, by, now, _data: domain.accept(complaint=row, by=by, now=now)),
    Act("resolve", gettext_lazy("Close with a reply"), form=ResolveForm, states=IN_WORK, rule=rules.may_handle,
        primary=True, hint=gettext_lazy("The complainant reads the reply under the query code."),
        do=lambda row, by, now, data: domain.resolve(complaint=row, by=by, now=now, **data)),
    Act("take", gettext_lazy("Take over"), do=_take_over, states=OPEN_COMPLAINTS, rule=_not_handler),
    Act("assign", gettext_lazy("Assign to a colleague"), form=TakeForm, states=OPEN_COMPLAINTS, rule=_leads, do=_assign,
        setup=lambda _row, by: {"people": colleagues(by.unit_id)}),
    Act("not-accepted", gettext_lazy("Do not accept"), form=NotAcceptedForm, states=("received",),
        rule=rules.may_handle, setup=lambda row, _by: {"elsewhere": row.category.elsewhere},
        do=lambda row, by, now, data: domain.do_not_accept(complaint=row, by=by, now=now, **data)),
    Act("investigate", gettext_lazy("Investigate"), states=("accepted",), rule=rules.may_handle,
        do=lambda row, by, now, _data: domain.investigate(complaint=row, by=by, now=now)),
    Act("ask", gettext_lazy("Ask the complainant"), form=AskForm, states=OPEN_COMPLAINTS, rule=rules.may_handle,
        do=lambda row, by, now, data: domain.ask_back(complaint=row, by=by, now=now, **data)),
    Act("forward", gettext_lazy("Forward to the provider"), form=ForwardForm, states=IN_WORK, rule=rules.may_handle,
        hint=gettext_lazy("The provider reads this text and nothing else."), do=_forward),
    Act("recall", gettext_lazy("Recall what was forwarded"), form=RecallForm, do=_recall, rule=rules.may_handle,
        setup=_open_forwardings, when=lambda row: bool(_open_forwardings(row, Actor.system())["sent"])),
    Act("merge", gettext_lazy("Merge a duplicate"), form=MergeForm, states=OPEN_COMPLAINTS, rule=rules.may_handle,
        do=_merge),
    Act("note", gettext_lazy("Add a note"), form=NoteForm, rule=rules.may_handle,
        do=lambda row, by, now, data: domain.add_note(complaint=row, by=by, now=now, **data)),
    Act("publish", gettext_lazy("Publish a reply"), form=PublishReplyForm, states=("resolved",),
        rule=rules.may_handle, when=lambda row: row.published_at is None and row.merged_into_id is None,
        do=lambda row, by, now, data: domain.publish_reply(complaint=row, by=by, now=now, **data)),
)  # fmt: skip


# --- the case ------------------------------------------------------------------------------------------


def _complaint(request: HttpRequest, pk: int) -> tuple[Complaint, Actor]:
    actor = actor_of(request)
    rows = Complaint.objects.visible_to(actor).select_related("authority", "category", "entry", "handler",
        "merged_into")
    return row_of(request, rows, "sv_complaint", pk=pk), actor


@require_safe
@authority_view
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """The case."""
    row, actor = _complaint(request, pk)
    return _page(request, row, actor)


@require_POST
@authority_view
def complaint_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Anything that can be done with the case."""
    row, actor = _complaint(request, pk)
    return do_act(request, row, actor, ACTS, act, _page, "sv_complaint")


def _page(
    request: HttpRequest, row: Complaint, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    running = row.due_day is not None and row.state in OPEN_COMPLAINTS
    links = []
    if not rules.may_look(actor, row):
        links.append((_("See who complained…"), reverse("sv_identity", args=[row.pk])))
    if row.state in IN_WORK and row.entry is not None and not rules.may_handle(actor, row):
        links.append((_("Order rectification…"), f"{reverse('sv_order_new')}?complaint={row.pk}"))
    if row.state in IN_WORK and not rules.may_handle(actor, row):
        links.append((_("Refer to a department…"), f"{reverse('sv_referral_new')}?complaint={row.pk}"))
    found = panels(ACTS, row, actor, "sv_complaint_act", bound)
    return case_page(
        request, section="complaint", title=row.app_name or row.category.label, row=row, kind="complaint",
        crumbs=[(label, reverse(name)) for label, name in CRUMBS], tile=row.app_name,
        meta=[row.case_no, row.get_kind_display(), row.category.label, row.authority.title,
              _("Handled by %(who)s") % {"who": row.handler.name or row.handler.email} if row.handler else
              _("Nobody handles this case yet")],
        sections=_sections(request, row, actor), panels=found, rest=True, side_links=links,
        clock=clock_dict(_clock_kind(row), row) if running else None, clock_title=_("Service target"),
        marks=[_("Waits for the complainant")] if row.waiting_for_answer else [],
    )  # fmt: skip


def _sections(request: HttpRequest, row: Complaint, actor: Actor) -> list[Section]:
    asked = {True: _("Yes"), False: _("No"), None: ""}[row.asked_operator]
    entry = row.entry
    facts: list[tuple[Any, Any]] = [
        (_("Filed app"), cell(entry.app_name, url=reverse("entry", args=[entry.number]), sub=entry.number)
         if entry is not None else ""),
        (_("Provider"), entry.provider_name if entry is not None else row.provider_name),
        (_("Where it was found"), row.where_found),
        (_("When it happened"), row.happened_on.isoformat() if row.happened_on else ""),
        (_("Complained to the operator first"), asked),
        (_("Received"), local_date(row.received_at).isoformat()),
        (_("Name given"), _("No") if row.anonymous else _("Yes; seen by who handles the case alone")),
    ]  # fmt: skip
    seen = ComplaintAttachment.objects.visible_to(actor).filter(complaint=row).order_by("pk")
    files = [(one.name, reverse("sv_complaint_file", args=[row.pk, one.pk]), one.size) for one in seen]
    found = [
        Section(_("What was reported"), text=row.text, facts=facts, files=files,
                note=_("Not for the provider: it may name people."))
    ]  # fmt: skip
    family = {MessageKind.QUESTION: "act", MessageKind.ANSWER: "", MessageKind.REPLY: "ok", MessageKind.NOTE: "end"}
    lines = [
        {"title": one.get_kind_display(), "at": one.at, "text": one.text, "family": family[MessageKind(one.kind)],
         "who": (one.author.name if one.author is not None else "")}
        for one in row.messages.select_related("author")
    ]  # fmt: skip
    if lines:
        found.append(Section(_("Correspondence and notes"), lines=lines))
    sent = [
        {"title": f"{one.ref_no} · {one.get_state_display()} · {one.unit}", "at": one.sent_at,
         "text": one.text + (f"\n\n{_('Reply of the provider')}: {one.reply}" if one.reply else ""), "family": ""}
        for one in row.forwardings.select_related("unit").order_by("sent_at", "pk")
    ]  # fmt: skip
    if sent:
        found.append(Section(_("Forwarded to the provider"), lines=sent))
    outcome = [
        (_("Outcome"), word(Outcome.choices, row.outcome) if row.outcome else ""), (_("Reason"), row.decision_reason),
        (_("Where to go instead"), row.elsewhere), (_("Reply"), row.reply),
        (_("Merged into"), cell(row.merged_into.case_no, url=reverse("sv_complaint", args=[row.merged_into.pk]))
         if row.merged_into is not None else ""),
        (_("Published reply"), f"{row.public_title}\n{row.public_reply}" if row.published_at else ""),
    ]  # fmt: skip
    if any(value for _label, value in outcome):
        found.append(Section(_("How it ended"), facts=outcome))
    followed = [
        [cell(one.case_no, url=reverse("sv_order", args=[one.pk])), cell(_("Rectification order")),
         cell(status=("order", str(one.state)))]
        for one in row.rectification_orders.order_by("pk")
    ] + [
        [cell(one.case_no, url=reverse("sv_referral", args=[one.pk])), cell(one.get_department_display()),
         cell(status=("referral", str(one.state)))]
        for one in row.referrals.order_by("pk")
    ] + [
        [cell(one.case_no, url=reverse("sv_complaint", args=[one.pk])), cell(_("Merged duplicate")),
         cell(status=("complaint", str(one.state)))]
        for one in row.duplicates.order_by("pk")
    ]  # fmt: skip
    if followed:
        found.append(Section(_("What followed"), columns=[_("Number"), _("Kind"), _("Status")], rows=followed))
    return found


@authority_view
def identity(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the purpose, then shows who complained, once: the look stands in the ledger."""
    row, actor = _complaint(request, pk)
    reasons = rules.may_look(actor, row)
    if reasons:
        raise Refused(reasons)
    form = IdentityForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"row": row, "form": form, "title": _("Who complained"), "shown": False,
                               "crumbs": [(CRUMBS[0][0], reverse("supervision_home")),
                                          (row.case_no, reverse("sv_complaint", args=[row.pk]))]}  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            found = domain.look_at_identity(
                complaint=row, purpose=form.cleaned_data["purpose"], by=actor, now=moment()
            )
            context |= {"shown": True, "identity": found}
        except Invalid as invalid:
            add_errors(form, invalid)
    response = render(
        request, "supervision/authority/identity.html", context, status=422 if form.is_bound and form.errors else 200
    )
    response["Cache-Control"] = "no-store, private"
    return response


@require_safe
@authority_view
def complaint_file(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """A screenshot, for who handles the case and the head of review."""
    row, actor = _complaint(request, pk)
    return stream(request, ComplaintAttachment.objects.visible_to(actor).filter(complaint=row, pk=file).first())


def home(request: HttpRequest) -> HttpResponse:
    """The room's address for everybody: partners have a page of their own."""
    from accounts.actors import actor_for
    from accounts.enums import Role

    actor = actor_for(request) if request.user.is_authenticated else None
    if actor is not None and actor.role == Role.PARTNER:
        return redirect("sv_partner")
    return queue(request)  # type: ignore[return-value]
