"""Decisions on one entry, for the authority that filed it and the ministry (Measures Art. 15, 24)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from ledger.acts import Actor
from registry.enums import EntryState
from registry.models import Entry
from registry.rules import may_administer
from rulebook.time import local_date
from supervision import domain
from supervision.forms import EntryActForm, RatingForm, ResumeEntryForm
from supervision.models import IndustryRating
from supervision.views.authority.base import (
    Act,
    Section,
    actor_of,
    authority_view,
    case_page,
    cell,
    do_act,
    panels,
    row_of,
)


def _verb(function: Callable[..., Any]) -> Callable[..., None]:
    def do(row: Entry, by: Actor, now: datetime, data: dict[str, Any]) -> None:
        function(entry=row, by=by, now=now, seen_state=str(row.state), **data)

    return do


def _rate(row: Entry, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.record_rating(entry=row, by=by, now=now, **data)


ENTRY_ACTS = (
    Act("offline", gettext_lazy("Take offline for the time being"), form=EntryActForm, rule=may_administer,
        states=(EntryState.PUBLISHED, EntryState.RECTIFYING), do=_verb(domain.take_entry_offline),
        hint=gettext_lazy("Schools that use the app are told at once, and may not select it."),
        confirm=gettext_lazy("The public page and the interface change at once. Take it offline?")),
    Act("resume", gettext_lazy("Bring it back"), form=ResumeEntryForm, rule=may_administer,
        states=(EntryState.OFFLINE,), do=_verb(domain.resume_entry), primary=True),
    Act("revoke", gettext_lazy("Revoke the filing"), form=EntryActForm, rule=may_administer,
        states=(EntryState.PUBLISHED, EntryState.RECTIFYING, EntryState.OFFLINE), do=_verb(domain.revoke_entry),
        hint=gettext_lazy("For good: a revoked number does not come back. No bar follows; that is the blacklist."),
        confirm=gettext_lazy("A revoked filing cannot be restored. Revoke it?")),
    Act("rating", gettext_lazy("Record a rating by a body of the industry"), form=RatingForm, rule=may_administer,
        states=tuple(EntryState.values), do=_rate,
        hint=gettext_lazy("For authorities alone; nothing follows from it, and it is not published here.")),
)  # fmt: skip


def _seen(actor: Actor) -> QuerySet[Entry]:
    return Entry.objects.kept_by(actor).select_related("authority", "unit")


@require_safe
@authority_view
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """The entry as it stands, its history in the ledger, and what can be decided."""
    actor = actor_of(request)
    return _entry_page(request, row_of(request, _seen(actor), "sv_entry", pk=pk), actor)


@require_POST
@authority_view
def entry_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Offline, back, or revoked."""
    actor = actor_of(request)
    row = row_of(request, _seen(actor), "sv_entry", pk=pk)
    return do_act(request, row, actor, ENTRY_ACTS, act, _entry_page, "sv_entry")


def _entry_page(
    request: HttpRequest, row: Entry, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    facts = [
        (_("Provider"), row.provider_name), (_("Authority"), row.authority.title),
        (_("Status since"), local_date(row.status_since).isoformat() if row.status_since else ""),
        (_("Public wording"), row.status_public_text), (_("Reason"), row.status_reason),
        (_("Rectification until"), row.rectify_until.isoformat() if row.rectify_until else ""),
    ]  # fmt: skip
    ratings = IndustryRating.objects.visible_to(actor).filter(entry=row)[:50]
    links = [(_("The public page"), reverse("entry", args=[row.number]))]
    if row.state not in (EntryState.REVOKED, EntryState.CANCELLED):
        links += [
            (_("Inspect the app…"), f"{reverse('sv_inspection_new')}?entry={row.number}"),
            (_("Order rectification…"), f"{reverse('sv_order_new')}?entry={row.number}"),
        ]
    return case_page(
        request, section="", title=row.app_name, row=row, kind="entry", tile=row.app_name,
        crumbs=[(_("Supervision"), reverse("supervision_home"))], meta=[row.number, row.provider_name],
        sections=[
            Section(_("The entry"), facts=facts, articles=["me-15", "me-24"]),
            Section(_("Ratings by bodies of the industry"), articles=["op-13"], empty=_("None is recorded."), rows=[
                [cell(one.body, sub=one.get_kind_display()), cell(one.result), cell(one.rated_on.isoformat()),
                 cell(_("Source"), url=one.source)]
                for one in ratings
            ], columns=[_("Body of the industry"), _("Result"), _("Published on"), _("Source")]),
        ], side_links=links,
        panels=panels(ENTRY_ACTS, row, actor, "sv_entry_act", bound), rest=True,
    )  # fmt: skip
