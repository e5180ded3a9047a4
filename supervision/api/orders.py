"""Rectification orders and listings for the authority: lists, cases, and every decision of their pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from blacklist import domain as blacklist
from blacklist.enums import ListingState, ObjectionState
from blacklist.models import Listing, ListingObjection
from ledger.acts import Actor
from providers.views.materials import stream
from rulebook.time import now as moment
from supervision import domain
from supervision.api import inputs, shapes
from supervision.api.base import KEY, PLACES, AuthorityCall, Call, act_urls, asked, page_of, text, verb
from supervision.enums import OPEN_ORDERS, OrderState
from supervision.models import Complaint, OrderFile, RectificationOrder


class OneOrder(AuthorityCall):
    """An order with its findings, deadline and file."""

    shown = shapes.OrderDetailOut

    def rows(self) -> QuerySet[Any]:
        rows = RectificationOrder.objects.visible_to(self.actor).select_related("unit", "entry", "authority")
        return rows.prefetch_related("steps__files__material")

    @extend_schema(operation_id="authority_order", responses=shapes.OrderDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class Orders(OneOrder):
    """Orders: open ones the earliest deadline first, others the newest first."""

    @extend_schema(
        operation_id="authority_orders",
        parameters=[text("state", f"{', '.join(OrderState.values)}; without it: all open ones"), *PLACES],
        responses=page_of(shapes.OrderOut),
    )
    def get(self, request: Request) -> Response:  # type: ignore[override]
        state = asked(request, "state", OrderState.values, "")
        rows = RectificationOrder.objects.visible_to(self.actor).select_related("unit", "entry", "authority")
        rows = rows.filter(state=state) if state else rows.filter(state__in=OPEN_ORDERS)
        down = state not in ("", OrderState.ISSUED)
        return self.page(request, rows, "issued_at" if down else "due_at", shapes.OrderOut, down=down)

    @extend_schema(
        operation_id="authority_order_issue", request=inputs.OrderIn, parameters=[KEY],
        responses={201: shapes.OrderDetailOut},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Orders rectification; the order is served on the provider at once."""
        values = self.read(inputs.OrderIn, request)
        number, code, wanted = values.pop("number"), values.pop("uscc"), values.pop("complaint")
        entry = inputs.entry_of(number) if number.strip() else None
        unit = inputs.unit_of(code) if code.strip() else None
        if entry is None and unit is None:
            raise ValidationError({"number": [_("Name the app or the provider.")]})
        if entry is not None and unit is not None and entry.unit_id != unit.pk:
            raise ValidationError({"uscc": [_("This filing belongs to another provider.")]})
        complaint = None
        if wanted is not None:
            complaint = Complaint.objects.visible_to(self.actor).filter(pk=wanted).first()
            if complaint is None:
                raise ValidationError({"complaint": [_("There is no such complaint.")]})
        target = unit or (entry.unit if entry is not None else None)
        assert target is not None
        made = self.once(request, lambda: domain.order(
            unit=target, entry=entry, complaint=complaint, by=self.actor, now=moment(), **values
        ))  # fmt: skip
        return self.detail(made, status=201)


class Evidence(OneOrder):
    """A file that the provider handed in."""

    @extend_schema(
        operation_id="authority_order_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, pk: int, file: int) -> HttpResponseBase:  # type: ignore[override]
        found = OrderFile.objects.filter(step__order=self.row(pk), pk=file).select_related("material").first()
        return stream(request._request, found.material if found is not None else None)


def _list_provider(row: RectificationOrder, by: Actor, now: datetime, values: dict[str, Any]) -> None:
    chosen = [inputs.entry_of(number, "numbers") for number in values.pop("numbers")]
    if row.entry is not None and row.entry_id not in {one.pk for one in chosen}:
        chosen.append(row.entry)
    domain.list_provider(order=row, entries=chosen or None, by=by, now=now, **values)


ORDER_ACTS = act_urls(
    OneOrder, "orders", "authority_order",
    (
        Call("clear", inputs.ClearIn, verb("order", domain.clear), "The findings are mended: the order ends."),
        Call("send-back", inputs.SendBackIn, verb("order", domain.send_back),
             "The evidence does not do: the period goes on."),
        Call("extend", inputs.ExtendIn, verb("order", domain.extend), "Extends the period, once, with a reason."),
        Call("refuse", inputs.SeenReasonIn, verb("order", domain.refuse), "Records that the provider refuses."),
        Call("list", inputs.ListProviderIn, _list_provider,
             "Lists the provider: bar, revocation of the filings, circular; ``listing`` names what came of it."),
    ),
)  # fmt: skip


# --- listings --------------------------------------------------------------------------------------------


class OneListing(AuthorityCall):
    """A listing with its objections and measures."""

    shown = shapes.ListingDetailOut

    def rows(self) -> QuerySet[Any]:
        return Listing.objects.visible_to(self.actor).select_related("authority", "unit")

    @extend_schema(operation_id="authority_listing", responses=shapes.ListingDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class Listings(OneListing):
    """The blacklist, newest first; ``show=objections``: those with an objection to decide."""

    @extend_schema(
        operation_id="authority_listings",
        parameters=[text("show", f"{', '.join(ListingState.values)}, objections"), *PLACES],
        responses=page_of(shapes.ListingOut),
    )
    def get(self, request: Request) -> Response:  # type: ignore[override]
        show = asked(request, "show", [*ListingState.values, "objections"], ListingState.ACTIVE)
        rows = self.rows()
        if show == "objections":
            waiting = ListingObjection.objects.visible_to(self.actor).filter(state=ObjectionState.FILED)
            rows = rows.filter(pk__in=waiting.values("listing_id"))
        else:
            rows = rows.filter(state=show)
        return self.page(request, rows, "listed_at", shapes.ListingOut, down=True)


def _decide(row: Listing, by: Actor, now: datetime, values: dict[str, Any]) -> None:
    seen = ListingObjection.objects.visible_to(by).filter(listing=row).select_related("listing")
    found = seen.filter(state=ObjectionState.FILED).first() or seen.order_by("-pk").first()
    if found is None:
        raise ValidationError({"decision": [_("There is no objection to decide.")]})
    blacklist.decide_objection(objection=found, by=by, now=now, **values)


def _measure(row: Listing, by: Actor, now: datetime, values: dict[str, Any]) -> None:
    domain.record_measure(unit=row.unit, listing=row, by=by, now=now, **values)


LISTING_ACTS = act_urls(
    OneListing, "listings", "authority_listing",
    (
        Call("lift", inputs.SeenReasonIn, verb("listing", blacklist.lift), "Lifts the listing early, with a reason."),
        Call("decide-objection", inputs.ObjectionDecisionIn, _decide,
             "Decides the objection; somebody else than who listed does."),
        Call("measure", inputs.MeasureIn, _measure, "Records a joint measure of a department."),
    ),
)  # fmt: skip
