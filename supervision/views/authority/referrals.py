"""Referrals to partner departments, and their read-only workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.enums import Role
from blacklist.models import Listing
from ledger.acts import Actor, Reasons
from rulebook.time import local_date
from rulebook.time import now as moment
from supervision import domain, rules
from supervision.enums import ReferralState
from supervision.forms import AnswerForm, MeasureForm, ReferForm
from supervision.models import Complaint, JointMeasure, Partner, RectificationOrder, Referral
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
    partner_view,
    row_of,
    tabs_of,
)
from supervision.views.authority.case_files import section_of
from supervision.views.authority.keyset import keyset
from supervision.views.authority.refusing import attempt

LABEL = gettext_lazy("Referrals")
PARTNERS = {Role.PARTNER}
TABS = (
    ("open", gettext_lazy("Awaiting the answer")),
    ("answered", gettext_lazy("Answered")),
    ("closed", gettext_lazy("Closed")),
)
STATES = {"open": ReferralState.SENT, "answered": ReferralState.ANSWERED, "closed": ReferralState.CLOSED}


def _tab(request: HttpRequest) -> str:
    tab = request.GET.get("tab", "")
    return tab if tab in STATES else "open"


def _list(request: HttpRequest, actor: Actor, page_name: str, **more: Any) -> HttpResponse:
    tab = _tab(request)
    seen = Referral.objects.visible_to(actor)
    rows = seen.filter(state=STATES[tab]).select_related("authority", "entry")
    page = keyset(rows, "due_at" if tab == "open" else "sent_at", request.GET, down=tab != "open")
    return list_page(
        request, section="referral", articles=["op-14", "bj-4"], page=page, tab_name=tab,
        tabs=tabs_of(TABS, tab, {"open": seen.filter(state=ReferralState.SENT).count()}),
        columns=[_("Case"), _("Period"), _("Subject"), _("Department"), _("Handed over by"), _("Status")],
        rows=[
            [
                cell(one.title, url=reverse(page_name, args=[one.pk]), sub=one.case_no),
                clock_cell("referral", one, running=tab == "open"), cell(one.get_subject_display()),
                cell(one.get_department_display()), cell(one.authority.title),
                cell(status=("referral", str(one.state))),
            ]
            for one in page.rows
        ],
        empty=_("No referral here"), empty_text=_("Nothing waits in this view."), **more,
    )  # fmt: skip


@require_GET
@authority_view
def referrals(request: HttpRequest) -> HttpResponse:
    """What was handed to partner departments."""
    return _list(
        request, actor_of(request), "sv_referral", title=LABEL,
        lead=_("Cases that belong to another department, with a file and a period for the answer."),
        actions=[(_("Licensed training institutions"), reverse("sv_institutions"), False),
                 (_("New referral"), reverse("sv_referral_new"), True)],
    )  # fmt: skip


def source_of(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """What the referral is about, from the address: a complaint, an order, or a listing."""
    kinds: dict[str, Any] = {
        "complaint": Complaint.objects.visible_to(actor).select_related("entry"),
        "order": RectificationOrder.objects.visible_to(actor).select_related("entry"),
        "listing": Listing.objects.visible_to(actor),
    }
    for name, rows in kinds.items():
        asked = request.GET.get(name, "")
        if asked.isdecimal():
            found = rows.filter(pk=int(asked[:18])).first()
            if found is not None:
                return {name: found}
    return {}


@authority_view
def new_referral(request: HttpRequest) -> HttpResponse:
    """Hands a case to a department."""
    actor = actor_of(request)
    source = source_of(request, actor)
    of = next(iter(source.values()), None)
    entry = getattr(of, "entry", None)
    form = ReferForm(
        request.POST if request.method == "POST" else None, initial={"number": entry.number if entry else ""}
    )
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        chosen = values.pop("number") or entry
        values["department"] = values["department"] or None
        made = attempt(form, lambda: domain.refer(entry=chosen, by=actor, now=moment(), **values, **source))
        if made is not None:
            messages.success(request, _("The case is handed over."))
            return redirect("sv_referral", made.pk)
    return form_page(
        request, section="referral", title=_("Refer to a department"), form=form, button=_("Hand over"),
        lead=getattr(of, "case_no", "") or (str(of) if of is not None else ""),
        crumbs=[(LABEL, reverse("sv_referrals"))],
    )  # fmt: skip


# --- the case ------------------------------------------------------------------------------------------


def _answer(row: Referral, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.answer_referral(referral=row, answer=data["answer"], by=by, now=now, seen_state=str(row.state))


def _close(row: Referral, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.close_referral(referral=row, by=by, now=now, seen_state=str(row.state))


def _holds(by: Actor, row: Any) -> Reasons:
    return rules.holds(by, row.authority_id)


def _subject_unit(row: Referral) -> Any:
    for of in (row.entry, row.order, row.listing):
        if of is not None:
            return of.unit
    return None


def _measure(row: Referral, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    unit = _subject_unit(row)
    department = data.get("department") or row.department
    domain.record_measure(
        unit=unit, referral=row, listing=row.listing, by=by, now=now, **{**data, "department": department}
    )


class PartnerMeasureForm(MeasureForm):
    """A department records its own measures."""

    department = None  # type: ignore[assignment]


ACTS = (
    Act("answer", gettext_lazy("Record the answer"), form=AnswerForm, states=("sent",), rule=_holds, do=_answer,
        hint=gettext_lazy("For an answer that came by post.")),
    Act("close", gettext_lazy("Close the referral"), states=("sent", "answered"), rule=_holds, do=_close),
    Act("measure", gettext_lazy("Record a joint measure"), form=MeasureForm, rule=_holds, do=_measure,
        when=lambda row: _subject_unit(row) is not None),
)  # fmt: skip
PARTNER_ACTS = (
    Act("answer", gettext_lazy("Answer"), form=AnswerForm, states=("sent",), rule=rules.may_answer_referral,
        do=_answer, primary=True),
    Act("measure", gettext_lazy("Record a measure of ours"), form=PartnerMeasureForm,
        rule=rules.may_answer_referral, do=_measure, when=lambda row: _subject_unit(row) is not None),
)  # fmt: skip


def _referral(request: HttpRequest, pk: int, roles: Any, page: str) -> tuple[Referral, Actor]:
    actor = actor_of(request, roles)
    rows = Referral.objects.visible_to(actor).select_related(
        "authority", "partner", "entry__unit", "order__unit", "listing__unit", "complaint"
    )
    return row_of(request, rows, page, pk=pk), actor


def _authority_referral(request: HttpRequest, pk: int) -> tuple[Referral, Actor]:
    from accounts.enums import AUTHORITY_ROLES

    return _referral(request, pk, AUTHORITY_ROLES, "sv_referral")


@require_safe
@authority_view
def referral(request: HttpRequest, pk: int) -> HttpResponse:
    """A referral as the authority sees it."""
    row, actor = _authority_referral(request, pk)
    return _page(request, row, actor)


@require_POST
@authority_view
def referral_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Record an answer or a measure, close."""
    row, actor = _authority_referral(request, pk)
    return do_act(request, row, actor, ACTS, act, _page, "sv_referral")


def _file(row: Referral) -> list[Section]:
    """The frozen case file that the partner reads."""
    found = []
    words = {
        "licence": _("Training licence"), "entry": _("Filing"), "complaint": _("Complaint"),
        "order": _("Rectification order"), "listing": _("Blacklist"),
    }  # fmt: skip
    for key, part in row.case_file.items():
        if isinstance(part, dict):
            found.append(section_of(key, words.get(key, key), part))
    return found


def _common(row: Referral, actor: Actor) -> list[Section]:
    measures = [
        {"title": one.get_department_display(), "text": one.measure, "who": one.decided_on.isoformat()}
        for one in JointMeasure.objects.visible_to(actor).filter(referral=row)
    ]
    facts = [
        (_("Subject"), row.get_subject_display()), (_("Department"), row.get_department_display()),
        (_("Sent"), local_date(row.sent_at).isoformat()), (_("Last day"),
         row.due_day.isoformat() if row.due_day else ""),
        (_("Account here"), "" if row.partner_id else _("None: the letter goes by post")),
    ]  # fmt: skip
    found = [Section(_("The referral"), text=row.text, facts=facts, articles=row.articles), *_file(row)]
    if row.answer:
        found.append(Section(_("Answer"), text=row.answer,
                             note=local_date(row.answered_at).isoformat() if row.answered_at else ""))  # fmt: skip
    if measures:
        found.append(Section(_("Joint measures"), lines=measures))
    return found


def _clock(row: Referral) -> dict[str, Any] | None:
    return clock_dict("referral", row) if row.state == ReferralState.SENT and row.due_day else None


def _page(
    request: HttpRequest, row: Referral, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    return case_page(
        request, section="referral", title=row.title, row=row, kind="referral",
        crumbs=[(LABEL, reverse("sv_referrals"))], meta=[row.case_no, row.get_department_display(),
        row.authority.title],
        sections=_common(row, actor), panels=panels(ACTS, row, actor, "sv_referral_act", bound), rest=True,
        clock=_clock(row), clock_title=_("Answer due"),
    )  # fmt: skip


# --- the partner's workspace ---------------------------------------------------------------------------


@require_GET
@partner_view
def partner_home(request: HttpRequest) -> HttpResponse:
    """Referrals that are addressed to the department."""
    actor = actor_of(request, PARTNERS)
    which = Partner.objects.filter(unit_id=actor.unit_id).first()
    lead = which.get_department_display() if which is not None else ""
    actions = [(_("Checklist of inspections"), reverse("sv_checklist"), False)]
    return _list(request, actor, "sv_partner_referral", title=_("Referrals to us"), lead=lead, actions=actions)


@require_safe
@partner_view
def partner_referral(request: HttpRequest, pk: int) -> HttpResponse:
    """A referral with its file, as the partner reads it."""
    row, actor = _referral(request, pk, PARTNERS, "sv_partner_referral")
    return _partner_page(request, row, actor)


@require_POST
@partner_view
def partner_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """The partner answers, or records its measure."""
    row, actor = _referral(request, pk, PARTNERS, "sv_partner_referral")
    return do_act(request, row, actor, PARTNER_ACTS, act, _partner_page, "sv_partner_referral")


def _partner_page(
    request: HttpRequest, row: Referral, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    return case_page(
        request, section="referral", title=row.title, row=row, kind="referral",
        crumbs=[(_("Referrals to us"), reverse("sv_partner"))], meta=[row.case_no, row.authority.title],
        sections=_common(row, actor), panels=panels(PARTNER_ACTS, row, actor, "sv_partner_act", bound),
        rest=_subject_unit(row) is not None, clock=_clock(row), clock_title=_("Answer due"), records=False,
    )  # fmt: skip
