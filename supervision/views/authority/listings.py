"""The blacklist for the authority: listings, lifting, objections; editions and lines of the published lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.enums import LEAD_ROLES, Level
from accounts.models import Unit
from blacklist import domain as blacklist
from blacklist import rules
from blacklist.enums import ListingState, ListItemState, ObjectionState
from blacklist.models import ListEdition, Listing, ListingObjection, ListItem
from ledger.acts import Actor, Reason, Reasons
from rulebook.time import local_date
from rulebook.time import now as moment
from supervision import domain
from supervision.forms import (
    DecideObjectionForm,
    EditionForm,
    LineForm,
    MeasureForm,
    ReasonForm,
    RemoveLineForm,
)
from supervision.models import JointMeasure
from supervision.rules import holds, may_look_at_outcomes
from supervision.views.authority.base import (
    Act,
    Section,
    actor_of,
    authority_view,
    case_page,
    cell,
    do_act,
    list_page,
    panels,
    row_of,
    tabs_of,
)
from supervision.views.authority.keyset import keyset

TABS = (
    ("active", pgettext_lazy("listings", "In force")),
    ("objections", gettext_lazy("Objections to decide")),
    ("ended", pgettext_lazy("listings", "Ended")),
)
LABEL = gettext_lazy("Blacklist")


@require_GET
@authority_view
def listings(request: HttpRequest) -> HttpResponse:
    """Listings of the whole country: the blacklist is public."""
    actor = actor_of(request)
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(TABS) else "active"
    waiting = ListingObjection.objects.visible_to(actor).filter(state=ObjectionState.FILED)
    rows = Listing.objects.visible_to(actor).select_related("authority")
    if tab == "objections":
        rows = rows.filter(pk__in=waiting.values("listing_id"))
    else:
        active = rows.filter(state=ListingState.ACTIVE)
        rows = active if tab == "active" else rows.exclude(state=ListingState.ACTIVE)
    page = keyset(rows, "listed_at", request.GET, down=True)
    return list_page(
        request, section="listing", title=LABEL, articles=["me-24", "bj-5"],
        lead=_("A listed provider may not file until the bar ends by its clock, or the listing is lifted."),
        tabs=tabs_of(TABS, tab, {"objections": waiting.count()}), tab_name=tab, page=page,
        columns=[_("Provider"), _("Listed"), _("Barred until"), _("Authority"), _("Revoked"), _("Status")],
        rows=[
            [
                cell(one.unit_name or _("Unit"), url=reverse("sv_listing", args=[one.pk]), sub=one.uscc),
                cell(local_date(one.listed_at).isoformat()),
                cell(one.bar_last_day.isoformat() if one.bar_last_day else "—"),
                cell(one.authority.title), cell(len(one.affected)), cell(status=("listing", str(one.state))),
            ]
            for one in page.rows
        ],
        empty=_("No listing here"),
    )  # fmt: skip


def _objection(row: Listing) -> ListingObjection | None:
    return row.objections.filter(state=ObjectionState.FILED).select_related("listing").first()


def _may_decide(by: Actor, row: Listing) -> Reasons:
    found = _objection(row)
    if found is None:
        return Reasons.of(Reason("nothing", _("There is no objection to decide.")))
    return rules.may_decide_objection(by, found)


def _decide(row: Listing, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    found = _objection(row) or row.objections.order_by("-pk").first()
    if found is not None:
        blacklist.decide_objection(
            objection=found, grant=data["grant"] == "yes", decision=data["decision"], by=by, now=now
        )


def _lift(row: Listing, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    blacklist.lift(listing=row, by=by, now=now, seen_state=str(row.state), **data)


def _measure(row: Listing, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    domain.record_measure(unit=row.unit, listing=row, by=by, now=now, **data)


ACTS = (
    Act("decide", gettext_lazy("Decide the objection"), form=DecideObjectionForm, rule=_may_decide, do=_decide,
        primary=True, hint=gettext_lazy("Somebody else than who listed decides.")),
    Act("lift", gettext_lazy("Lift the listing"), form=ReasonForm, states=("active",), rule=rules.may_lift, do=_lift,
        hint=gettext_lazy("The reason is published, and the provider may file again at once.")),
    Act("measure", gettext_lazy("Record a joint measure"), form=MeasureForm, do=_measure,
        rule=lambda by, row: holds(by, row.authority_id)),
)  # fmt: skip


def _listing(request: HttpRequest, pk: int) -> tuple[Listing, Actor]:
    actor = actor_of(request)
    return row_of(request, Listing.objects.visible_to(actor).select_related("unit", "authority"), "sv_listing",
        pk=pk), actor


@require_safe
@authority_view
def listing(request: HttpRequest, pk: int) -> HttpResponse:
    """A listing with its objections and measures."""
    row, actor = _listing(request, pk)
    return _page(request, row, actor)


@require_POST
@authority_view
def listing_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Lift, decide an objection, record a measure."""
    row, actor = _listing(request, pk)
    return do_act(request, row, actor, ACTS, act, _page, "sv_listing")


def _page(
    request: HttpRequest, row: Listing, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    order = row.orders.order_by("pk").first()
    seen = order is not None and not holds(actor, row.authority_id)
    facts: list[tuple[Any, Any]] = [
        (_("Unified social credit code"), cell(row.uscc, mono=True)),
        (_("Reason"), row.reason), (_("Ground"), row.get_ground_display()),
        (_("Listed"), local_date(row.listed_at).isoformat()),
        (_("Months of the bar"), str(row.bar_months)),
        (_("Barred until"), row.bar_last_day.isoformat() if row.bar_last_day else ""),
        (_("Ended"), local_date(row.ended_at).isoformat() if row.ended_at else ""),
        (_("Reason of the lifting"), row.lift_reason),
        (_("Rectification order"), cell(order.case_no, url=reverse("sv_order", args=[order.pk]))
         if order is not None and seen else ""),
    ]  # fmt: skip
    objections = ListingObjection.objects.visible_to(actor).filter(listing=row).select_related("unit").order_by("pk")
    lines = [
        {"title": f"{one.get_state_display()} · {one.unit}", "at": one.filed_at,
         "family": "act" if not one.decision else "",
         "text": one.text + (f"\n\n{_('Decision')}: {one.decision}" if one.decision else "")}
        for one in objections
    ]  # fmt: skip
    measures = [
        {"title": one.get_department_display(), "text": one.measure,
         "who": f"{one.decided_on}{' – ' + one.until.isoformat() if one.until else ''}"}
        for one in JointMeasure.objects.visible_to(actor).filter(listing=row)
    ]  # fmt: skip
    sections = [
        Section(_("The listing"), facts=facts, articles=row.articles),
        Section(_("Revoked with it"), columns=[_("App"), _("Number")], empty=_("None"),
                rows=[[cell(one.get("app_name", ""), url=reverse("entry", args=[one["number"]])),
                       cell(one["number"], number=True)] for one in row.affected if one.get("number")]),
        Section(_("Objections"), lines=lines, empty=_("Nobody has objected.")),
        Section(_("Joint measures"), lines=measures, empty=_("No department has recorded a measure.")),
    ]  # fmt: skip
    links = []
    if not holds(actor, row.authority_id):
        links += [
            (_("Refer to a department…"), f"{reverse('sv_referral_new')}?listing={row.pk}"),
            (_("Ask a store to take the app down…"), f"{reverse('sv_takedown_new')}?listing={row.pk}"),
        ]
    if not may_look_at_outcomes(actor, row):
        links.append((_("What followed for persons…"), reverse("sv_listing_outcomes", args=[row.pk])))
    return case_page(
        request, section="listing", title=row.unit_name or str(row.unit), tile=row.unit_name, row=row, kind="listing",
        crumbs=[(LABEL, reverse("sv_listings"))], meta=[row.authority.title], sections=sections,
        panels=panels(ACTS, row, actor, "sv_listing_act", bound), rest=True, side_links=links,
    )  # fmt: skip


# --- the published lists -------------------------------------------------------------------------------


class _Lists:
    """What the acts on the lists are about: the authority's own lists."""

    def __init__(self, unit: Unit) -> None:
        self.unit, self.pk = unit, unit.pk


def _publish(row: _Lists, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    whole = None if row.unit.level == Level.MINISTRY else row.unit
    domain.publish_list(kind=data["kind"], authority=whole, as_of=data["as_of"], by=by, now=now)


def _add_line(row: _Lists, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    blacklist.add_line(authority=row.unit, by=by, now=now, **data)


def _remove_line(row: _Lists, by: Actor, now: datetime, data: dict[str, Any]) -> None:
    item = ListItem.objects.get(pk=data["item"], authority=row.unit)
    blacklist.remove_line(item=item, reason=data["reason"], by=by, now=now)


def _lines_of(row: _Lists, _by: Actor) -> dict[str, Any]:
    lines = ListItem.objects.filter(authority=row.unit, state=ListItemState.LISTED)
    return {"items": [(one.pk, f"{one.get_kind_display()}: {one.title_zh}") for one in lines[:500]]}


def _lead(by: Actor, row: _Lists) -> Reasons:
    return rules.may_keep_list(by, row.pk)


LIST_ACTS = (
    Act("publish", gettext_lazy("Publish an edition"), form=EditionForm, rule=_lead, do=_publish),
    Act("add", gettext_lazy("Add a line"), form=LineForm, rule=_lead, do=_add_line),
    Act("remove", gettext_lazy("Remove a line"), form=RemoveLineForm, rule=_lead, setup=_lines_of, do=_remove_line),
)


def _lists_page(
    request: HttpRequest, row: _Lists, actor: Actor, bound: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    page = keyset(ListEdition.objects.visible_to(actor).select_related("authority"), "published_at", request.GET,
        down=True)
    lines = [
        [cell(one.title_zh, sub=one.number or one.uscc), cell(one.get_kind_display()), cell(one.reason),
         cell(local_date(one.listed_at).isoformat()), cell(status=("list_item", str(one.state)))]
        for one in ListItem.objects.filter(authority=row.unit).order_by("state", "-listed_at", "-pk")[:200]
    ]  # fmt: skip
    sections = [Section(_("Lines of the authority’s own lists"), rows=lines, empty=_("No line yet"),
                        columns=[_("Line"), _("List"), _("Reason"), _("Listed"), _("Status")])]  # fmt: skip
    return list_page(
        request, section="lists", title=_("Published lists"), articles=["bj-5", "op-16"],
        lead=_("Dated editions stay retrievable, and can be verified against the ledger."), page=page,
        sections=sections, rest=actor.role in LEAD_ROLES,
        panels=panels(LIST_ACTS, row, actor, "sv_lists_act", bound),
        columns=[_("Edition"), _("As of"), _("Lines"), _("Digest"), _("Verification")],
        rows=[
            [
                cell(one.get_kind_display(), sub=one.authority.title if one.authority else _("The whole country")),
                cell(one.as_of.isoformat()), cell(one.rows), cell(one.digest[:12] + "…", mono=True),
                cell(_("Verify"), url=reverse("sv_edition", args=[one.pk])),
            ]
            for one in page.rows
        ],
        empty=_("No edition yet"),
    )  # fmt: skip


@require_safe
@authority_view
def lists(request: HttpRequest) -> HttpResponse:
    """Editions of the lists, and the authority's own lines."""
    actor = actor_of(request)
    return _lists_page(request, _Lists(Unit.objects.get(pk=actor.unit_id)), actor)


@require_POST
@authority_view
def lists_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Publish an edition, add or remove a line of one's own lists."""
    actor = actor_of(request)
    if pk != actor.unit_id:
        return redirect("sv_lists")
    row = _Lists(Unit.objects.get(pk=actor.unit_id))
    return do_act(request, row, actor, LIST_ACTS, act, _lists_page, "sv_lists_back")


@require_GET
@authority_view
def lists_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Where an act on the lists goes back to."""
    return redirect("sv_lists")


@require_safe
@authority_view
def edition(request: HttpRequest, pk: int) -> HttpResponse:
    """An edition, checked now against the ledger."""
    actor = actor_of(request)
    row = row_of(request, ListEdition.objects.visible_to(actor).select_related("authority"), "sv_edition", pk=pk)
    checked = blacklist.verify_edition(row)
    good = _("The file is the one that was published.")
    found = good if checked.ok else _("The file is not the one that was published.")
    facts = [
        (_("Result"), found), (_("As of"), row.as_of.isoformat()), (_("Lines"), str(row.rows)),
        (_("Digest of the file"), cell(checked.digest, mono=True)), (_("Digest in the ledger"), cell(row.digest,
         mono=True)),
        (_("Published"), local_date(row.published_at).isoformat()),
    ]  # fmt: skip
    return case_page(
        request, section="lists", title=f"{row.get_kind_display()} {row.as_of}", row=row, kind="",
        crumbs=[(_("Published lists"), reverse("sv_lists"))],
        meta=[row.authority.title if row.authority else _("The whole country")],
        sections=[Section(_("Verification"), facts=facts)], verified_at=moment(),
    )  # fmt: skip



