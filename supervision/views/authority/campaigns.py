"""Category campaigns: draft with filter and preview, the second person's decision, progress and failures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.enums import Province
from accounts.models import Unit
from ledger.acts import Actor, AlreadyMoved, Refused
from registry.enums import EntryState, Function, Stage
from rulebook import policies
from rulebook.time import local_date
from rulebook.time import now as moment
from supervision import domain, rules
from supervision.enums import CampaignState, ItemStatus
from supervision.forms import CampaignForm, campaign_initial
from supervision.models import Campaign
from supervision.queries import FilterInvalid, campaign_preview
from supervision.views.authority.base import (
    Act,
    Section,
    actor_of,
    authority_view,
    case_page,
    cell,
    do_act,
    form_page,
    list_page,
    panels,
    row_of,
    word,
)
from supervision.views.authority.keyset import keyset
from supervision.views.authority.refusing import attempt, renew, stale

LABEL = gettext_lazy("Campaigns")
WORDS = {
    "stages": gettext_lazy("Stages"), "functions": gettext_lazy("Functions"), "provinces": gettext_lazy("Provinces"),
    "states": gettext_lazy("States"), "numbers": gettext_lazy("Filing numbers"), "lacks": gettext_lazy("Lacks"),
    "training": gettext_lazy("Offers preschool or subject training"), "photo_search": gettext_lazy("Photo search"),
    "discipline": gettext_lazy("Discipline training"), "buffer": gettext_lazy("Buffer window"),
    "open_items_before": gettext_lazy("Open items due before"),
}  # fmt: skip
CHOICES = {
    "stages": Stage.choices, "functions": Function.choices, "provinces": Province.choices,
    "states": EntryState.choices, "lacks": [("icp", gettext_lazy("ICP filing")), ("mlps", gettext_lazy("MLPS filing"))],
}  # fmt: skip
PROBLEMS = 200


def filter_words(wanted: dict[str, Any]) -> list[tuple[Any, str]]:
    """A filter, in words."""
    found = []
    for key, value in wanted.items():
        if isinstance(value, bool):
            said = _("Yes") if value else _("No")
        elif isinstance(value, list):
            said = "、".join(word(CHOICES.get(key, ()), one) for one in value[:50])
        else:
            said = str(value)
        found.append((WORDS.get(key, key), said))
    return found


@require_GET
@authority_view
def campaigns(request: HttpRequest) -> HttpResponse:
    """Campaigns, the newest first."""
    actor = actor_of(request)
    seen = Campaign.objects.visible_to(actor)
    page = keyset(seen.select_related("authority"), "drafted_at", request.GET, down=True)
    new = (_("New category campaign"), reverse("sv_campaign_new"), True)
    actions = [] if rules.may_draft_campaign(actor) else [new]
    return list_page(
        request, section="campaign", title=LABEL, page=page, actions=actions,
        lead=_("One decision over every app of a category; a second person decides."),
        columns=[_("Category campaign"), pgettext("campaign", "Effect"), _("Authority"), _("Drafted"), _("Carried out"),
        _("Status")],
        rows=[
            [
                cell(one.title, url=reverse("sv_campaign", args=[one.pk]), sub=one.case_no),
                cell(one.get_effect_display()), cell(one.authority.title),
                cell(local_date(one.drafted_at).isoformat()), cell(f"{one.done} / {one.total}"),
                cell(status=("campaign", str(one.state))),
            ]
            for one in page.rows
        ],
        empty=_("No campaign yet"),
    )  # fmt: skip


def _preview(wanted: dict[str, Any], actor: Actor) -> Section:
    """How many entries, where, and the first of them. Raises ``FilterInvalid``."""
    found = campaign_preview(wanted, Unit.objects.get(pk=actor.unit_id), sample=20)
    where = "、".join(f"{word(Province.choices, code)} {count}" for code, count in found.by_province)
    states = "、".join(f"{word(EntryState.choices, state)} {count}" for state, count in found.by_state)
    return Section(
        _("What it concerns now"),
        facts=[(_("Entries"), str(found.count)), (_("By province"), where), (_("By state"), states)],
        columns=[_("App"), _("Number"), _("Provider"), _("Status")],
        rows=[
            [cell(one.app_name, url=reverse("entry", args=[one.number])), cell(one.number, number=True),
             cell(one.provider_name), cell(status=("entry", str(one.state)))]
            for one in found.sample
        ],
        note=_("The first of them"),
    )  # fmt: skip


def _windows(actor: Actor) -> list[str]:
    policy = policies.in_force(["moe"], on=local_date(moment()))
    return [str(one["key"]) for one in policy.get("buffer_windows")]


def _edit(request: HttpRequest, actor: Actor, row: Campaign | None) -> HttpResponse:
    """The form of a draft; "preview" counts and lists without saving."""
    initial = None
    if row is not None:
        initial = campaign_initial({name: getattr(row, name) for name in (*CampaignForm.TERMS, "seen")}, row.filter)
    form = CampaignForm(request.POST if request.method == "POST" else None, initial=initial, windows=_windows(actor))
    sections: list[Section] = []
    if request.method == "POST" and form.is_valid():
        try:
            sections = [_preview(form.filter(), actor)]
        except FilterInvalid as invalid:
            form.add_error(invalid.key if invalid.key in form.fields else None, str(invalid.message))
    if sections and "preview" not in request.POST:
        now, terms = moment(), form.terms()
        if row is None:
            made = attempt(form, lambda: domain.draft_campaign(by=actor, now=now, **terms))
        else:
            terms["seen"] = form.cleaned_data["seen"]
            made = attempt(form, lambda: domain.edit_campaign(campaign=row, by=actor, now=now, **terms))
            renew(form, row)
            if stale(form):
                sections.insert(0, _said(row))
        if made is not None:
            messages.success(request, _("The draft is kept; a second person decides it."))
            return redirect("sv_campaign", made.pk)
    return form_page(
        request, section="campaign", title=_("New category campaign") if row is None else row.title, form=form,
        button=_("Keep the draft"), preview_button=_("Count and list"), crumbs=[(LABEL, reverse("sv_campaigns"))],
        sections=sections, lead=_("Nothing happens to any app before a second person decides."),
    )  # fmt: skip


@authority_view
def new_campaign(request: HttpRequest) -> HttpResponse:
    """A new draft."""
    actor = actor_of(request)
    reasons = rules.may_draft_campaign(actor)
    if reasons:
        raise Refused(reasons)
    return _edit(request, actor, None)


def _campaign(request: HttpRequest, pk: int) -> tuple[Campaign, Actor]:
    actor = actor_of(request)
    seen = Campaign.objects.visible_to(actor)
    return row_of(request, seen.select_related("authority", "drafted_by", "decided_by"), "sv_campaign", pk=pk), actor


@authority_view
def edit_campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes a draft."""
    row, actor = _campaign(request, pk)
    reasons = rules.may_edit_campaign(actor, row)
    if reasons:
        raise Refused(reasons)
    if row.state != CampaignState.DRAFT:
        raise AlreadyMoved(state=str(row.state))
    return _edit(request, actor, row)


def _verb(verb: Any) -> Any:
    def do(row: Campaign, by: Actor, now: datetime, data: dict[str, Any]) -> None:
        verb(campaign=row, by=by, now=now, seen_state=str(row.state))

    return do


ACTS = (
    Act("decide", gettext_lazy("Decide and carry out"), states=("draft",), rule=rules.may_decide_campaign, primary=True,
        do=_verb(domain.decide_campaign), confirm=gettext_lazy("Every app that fits now is affected. Decide?"),
        hint=gettext_lazy("The entries that fit now are frozen, and work on them begins at once."),
        done=gettext_lazy("Decided. The work goes on in the background.")),
    Act("withdraw", gettext_lazy("Withdraw the draft"), states=("draft",), rule=rules.may_edit_campaign,
        do=_verb(domain.withdraw_campaign)),
)  # fmt: skip


@require_safe
@authority_view
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """A campaign with its preview, or its progress."""
    row, actor = _campaign(request, pk)
    return _page(request, row, actor)


@require_POST
@authority_view
def campaign_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Decide or withdraw."""
    row, actor = _campaign(request, pk)
    return do_act(request, row, actor, ACTS, act, _page, "sv_campaign")


def _page(
    request: HttpRequest, row: Campaign, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    sections = [_said(row)]
    links = []
    if row.state == CampaignState.DRAFT:
        try:
            sections.append(_preview(row.filter, actor))
        except FilterInvalid as invalid:
            sections.append(Section(_("What it concerns now"), text=str(invalid.message)))
        if not rules.may_edit_campaign(actor, row):
            links.append((_("Change the draft"), reverse("sv_campaign_edit", args=[row.pk])))
    elif row.state != CampaignState.WITHDRAWN:
        sections += _progress(row)
    reasons = rules.may_decide_campaign(actor, row) if row.state == CampaignState.DRAFT else ()
    if reasons:
        sections.append(Section(_("Why you cannot decide it"), text="\n".join(str(one.message) for one in reasons)))
    return case_page(
        request, section="campaign", title=row.title, row=row, kind="campaign",
        crumbs=[(LABEL, reverse("sv_campaigns"))], meta=[row.case_no, row.authority.title], sections=sections,
        panels=panels(ACTS, row, actor, "sv_campaign_act", bound), rest=True, side_links=links,
    )  # fmt: skip


def _said(row: Campaign) -> Section:
    facts = [
        (pgettext("campaign", "Effect"), row.get_effect_display()), (_("Reason"), row.reason),
        (_("Public text in Chinese"), row.public_text), (_("Public text in English"), row.text_en),
        (_("Drafted by"), row.drafted_by.name if row.drafted_by else ""),
        (_("Decided by"), row.decided_by.name if row.decided_by else ""),
        *filter_words(row.filter),
    ]  # fmt: skip
    return Section(_("The campaign"), facts=facts, articles=row.articles)


def _progress(row: Campaign) -> list[Section]:
    left = row.total - row.done - row.skipped - row.failed
    facts = [
        (_("Entries"), str(row.total)), (_("Done"), str(row.done)), (_("Skipped"), str(row.skipped)),
        (_("Failed"), str(row.failed)), (_("Still to do"), str(left)),
        (_("Finished"), local_date(row.finished_at).isoformat() if row.finished_at else ""),
    ]  # fmt: skip
    problems = row.items.filter(status__in=[ItemStatus.FAILED, ItemStatus.SKIPPED]).select_related("entry")
    rows = [
        [cell(one.entry.app_name, url=reverse("entry", args=[one.entry.number]), sub=one.entry.number),
         cell(status=("campaign_item", str(one.status))), cell(one.note), cell(one.attempts)]
        for one in problems.order_by("status", "pk")[:PROBLEMS]
    ]  # fmt: skip
    return [
        Section(_("Progress"), facts=facts, note=_("Reload the page to see how far the work has come.")),
        Section(_("Failed and skipped"), rows=rows, empty=_("None"),
                columns=[_("App"), _("Status"), _("Note"), _("Tries")]),
    ]  # fmt: skip
