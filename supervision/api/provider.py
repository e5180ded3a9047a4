"""Supervision for the provider: its orders with evidence, what was forwarded to it, its listings, its warnings.

Nothing of a complaint is here but the authority's own words: neither its number, nor its id, nor its text.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Unit
from blacklist import domain as blacklist
from blacklist.models import Listing, ListingObjection
from blacklist.queries import barred
from ledger.acts import Actor
from providers.models import Material
from rulebook.time import now as moment
from supervision import domain, provider_side
from supervision.api import inputs, shapes, work_shapes
from supervision.api.base import PLACES, Call, ProviderCall, act_urls, asked, page_of, text, verb
from supervision.enums import OPEN_ORDERS, ForwardingState, OrderState
from supervision.models import Forwarding, RectificationOrder


class OwnOrderOut(shapes.OrderOut):
    """An order as its provider reads it."""

    steps = shapes.StepOut(many=True)
    findings = serializers.JSONField()
    articles = serializers.ListField(child=serializers.CharField())

    class Meta(shapes.OrderOut.Meta):
        fields = [*shapes.OrderOut.Meta.fields, "findings", "articles", "public_text", "extension_reason", "steps"]


class OwnForwardingOut(shapes.Out):
    """What an authority wrote about a complaint, and our answer."""

    state = shapes.word_of([state for state in ForwardingState.values if state != ForwardingState.RECALLED])
    authority = shapes.code_of()
    number = shapes.code_of("entry.number")

    class Meta:
        model = Forwarding
        fields = [
            "id", "ref_no", "state", "authority", "number", "app_name", "text", "sent_at", "due_day", "due_at", "reply",
            "replied_at",
        ]  # fmt: skip


class OwnListingOut(shapes.ListingOut):
    """A listing of the unit, or one whose bar reaches it through its head office or branch."""

    own = serializers.SerializerMethodField()
    objections = serializers.SerializerMethodField()

    class Meta(shapes.ListingOut.Meta):
        fields = [*shapes.ListingOut.Meta.fields, "own", "objections"]

    def get_own(self, row: Listing) -> bool:
        return bool(row.unit_id == self.context["actor"].unit_id)

    def get_objections(self, row: Listing) -> list[dict[str, Any]]:
        seen = ListingObjection.objects.visible_to(self.context["actor"]).filter(listing=row).order_by("pk")
        return list(shapes.ObjectionOut(seen, many=True).data)


class OwnStandingOut(serializers.Serializer):
    """Whether the unit may file, and what waits for it."""

    barred_until = serializers.DateField(allow_null=True, help_text="Last day of the bar, 24:00 Beijing time")
    barred_by = serializers.IntegerField(allow_null=True, help_text="Id of the listing")
    open_orders = serializers.IntegerField()
    complaints_to_answer = serializers.IntegerField()
    open_warnings = serializers.IntegerField()


class Standing(ProviderCall):
    """How the unit stands in supervision."""

    @extend_schema(operation_id="provider_supervision", responses=OwnStandingOut)
    def get(self, request: Request) -> Response:
        actor = self.actor
        bar = barred(Unit.objects.get(pk=actor.unit_id), moment())
        body = {
            "barred_until": bar.bar_last_day if bar is not None else None,
            "barred_by": bar.pk if bar is not None else None,
            "open_orders": provider_side.open_orders(actor).count(),
            "complaints_to_answer": provider_side.waiting_complaints(actor).count(),
            "open_warnings": provider_side.warnings(actor).count(),
        }
        return Response(OwnStandingOut(body).data)


# --- orders ----------------------------------------------------------------------------------------------


class OwnOrder(ProviderCall):
    """An order with its findings and its deadline."""

    shown = OwnOrderOut

    def rows(self) -> QuerySet[Any]:
        rows = RectificationOrder.objects.visible_to(self.actor).select_related("unit", "entry", "authority")
        return rows.prefetch_related("steps__files__material")

    @extend_schema(operation_id="provider_order", responses=OwnOrderOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class OwnOrders(ProviderCall):
    """Orders against the unit: open ones the earliest deadline first, others the newest first."""

    @extend_schema(
        operation_id="provider_orders",
        parameters=[text("state", f"{', '.join(OrderState.values)}; without it: all open ones"), *PLACES],
        responses=page_of(shapes.OrderOut),
    )
    def get(self, request: Request) -> Response:
        state = asked(request, "state", OrderState.values, "")
        rows = RectificationOrder.objects.visible_to(self.actor).select_related("unit", "entry", "authority")
        rows = rows.filter(state=state) if state else rows.filter(state__in=OPEN_ORDERS)
        down = state not in ("", OrderState.ISSUED)
        return self.page(request, rows, "issued_at" if down else "due_at", shapes.OrderOut, down=down)


def _evidence(row: RectificationOrder, by: Actor, now: datetime, values: dict[str, Any]) -> None:
    wanted = set(values.pop("materials"))
    found = list(Material.objects.visible_to(by).filter(pk__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        raise ValidationError({"materials": [_("Upload the file first and give its id.")]})
    domain.submit_evidence(order=row, materials=found, by=by, now=now, **values)


ORDER_ACTS = act_urls(
    OwnOrder, "orders", "provider_order",
    (
        Call("evidence", inputs.EvidenceIn, _evidence, "Hands in what was mended; the authority checks again."),
        Call("refuse", inputs.SeenReasonIn, verb("order", domain.refuse),
             "Says that the provider will not rectify, and why; the authority then decides on the listing."),
    ),
)  # fmt: skip


# --- complaints ------------------------------------------------------------------------------------------


class OwnForwarding(ProviderCall):
    """What an authority wrote about a complaint."""

    shown = OwnForwardingOut

    def rows(self) -> QuerySet[Any]:
        return Forwarding.objects.visible_to(self.actor).select_related("authority", "entry")

    @extend_schema(operation_id="provider_complaint", responses=OwnForwardingOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class OwnForwardings(OwnForwarding):
    """Complaints that were forwarded: those to answer the earliest deadline first; ``state=replied`` the others."""

    @extend_schema(
        operation_id="provider_complaints", parameters=[text("state", "waiting, replied"), *PLACES],
        responses=page_of(OwnForwardingOut),
    )  # fmt: skip
    def get(self, request: Request) -> Response:  # type: ignore[override]
        over = asked(request, "state", ("waiting", "replied"), "waiting") == "replied"
        rows = self.rows()
        waiting = list(provider_side.WAITING)
        rows = rows.exclude(state__in=waiting) if over else rows.filter(state__in=waiting)
        return self.page(request, rows, "sent_at" if over else "due_at", OwnForwardingOut, down=over)


FORWARDING_ACTS = act_urls(
    OwnForwarding, "complaints", "provider_complaint",
    (Call("answer", inputs.SeenTextIn, verb("forwarding", domain.provider_reply), "Answers the authority."),),
)


# --- listings and warnings -------------------------------------------------------------------------------


class OwnListing(ProviderCall):
    """Why the unit is blacklisted, and until when."""

    shown = OwnListingOut

    def rows(self) -> QuerySet[Any]:
        return provider_side.listings(Unit.objects.get(pk=self.actor.unit_id))

    @extend_schema(operation_id="provider_listing", responses=OwnListingOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class OwnListings(OwnListing):
    """Listings of the unit, newest first."""

    @extend_schema(operation_id="provider_listings", parameters=PLACES, responses=page_of(OwnListingOut))
    def get(self, request: Request) -> Response:  # type: ignore[override]
        return self.page(request, self.rows(), "listed_at", OwnListingOut, down=True)


LISTING_ACTS = act_urls(
    OwnListing, "listings", "provider_listing",
    (Call("object", inputs.TextIn, verb("listing", blacklist.object_to_listing),
          "Objects to the listing; until it is decided the listing stays in force."),),
)  # fmt: skip


class OwnWarnings(ProviderCall):
    """Open warnings of the monitors about one's own apps."""

    @extend_schema(operation_id="provider_warnings", parameters=PLACES, responses=page_of(work_shapes.WarningOut))
    def get(self, request: Request) -> Response:
        return self.page(request, provider_side.warnings(self.actor), "raised_at", work_shapes.WarningOut, down=True)
