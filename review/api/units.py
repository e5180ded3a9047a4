"""Calls of an authority on the units below it: who has joined, setting one up, invitations again or withdrawn."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import listing
from accounts.authentication import IsAuthority
from accounts.domain import resend_invitation, set_up_unit, withdraw_invitation
from accounts.enums import KINDS_FROM_ABOVE, LEAD_ROLES
from accounts.models import Invitation, Unit
from ledger.acts import Actor
from providers.api.base import ActorView
from review.api.views import _text
from rulebook.time import now as moment


class UnitOut(serializers.Serializer):
    """A unit below one's own. ``status``: joined, open, run_out, withdrawn, none; ``invitation``: its id, if any."""

    id = serializers.IntegerField(source="unit.pk")
    name = serializers.CharField(source="unit.name")
    kind = serializers.CharField(source="unit.kind")
    school_code = serializers.CharField(source="unit.school_code")
    uscc = serializers.CharField(source="unit.uscc")
    superior = serializers.IntegerField(source="unit.parent_id")
    status = serializers.CharField(source="look")
    invitation = serializers.IntegerField(source="invitation.pk", default=None, allow_null=True)


class UnitsOut(serializers.Serializer):
    """A page of units, the newest first, and the counts of the tabs."""

    results = UnitOut(many=True)
    next_before = serializers.IntegerField(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField())


class UnitIn(serializers.Serializer):
    """A school or affiliated unit with whoever is to be in charge of it; ``superior`` is the id of a unit."""

    superior = serializers.IntegerField(required=False, allow_null=True, default=None)
    kind = serializers.ChoiceField(choices=[kind.value for kind in KINDS_FROM_ABOVE])
    name = serializers.CharField(max_length=120)
    school_code = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    uscc = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    person = serializers.CharField(max_length=80)
    email = serializers.EmailField()


class LeadView(ActorView):
    """For those who answer for an authority's work."""

    permission_classes = [IsAuthority]

    @property
    def lead(self) -> Actor:
        if self.actor.role not in LEAD_ROLES:
            raise PermissionDenied
        return self.actor


class Units(LeadView):
    """Schools and affiliated units of one's own subtree."""

    @extend_schema(
        operation_id="authority_units",
        parameters=[
            _text("tab", "all, joined, open, missing"), _text("q", "name or code"), _text("kind", "kind of unit"),
            _text("before", "the key from which the next page goes on"),
        ],
        responses=UnitsOut,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        actor, now = self.lead, moment()
        filters = listing.Filters.of(request.query_params)
        rows, following = listing.page(
            listing.filtered(actor, filters, now), before=request.query_params.get("before"), size=100
        )
        body = {
            "results": UnitOut(listing.lines(rows, now), many=True).data,
            "next_before": following,
            "counts": listing.tab_counts(actor, now),
        }
        return Response(body)

    @extend_schema(operation_id="authority_set_up_unit", request=UnitIn, responses={201: UnitOut})
    def post(self, request: Request) -> Response:
        actor, now, values = self.lead, moment(), self.read(UnitIn, request)
        wanted = values.pop("superior") or actor.unit_id
        parent = Unit.objects.visible_to(actor).filter(pk=wanted).first()
        if parent is None:
            raise ValidationError({"superior": ["There is no such unit in your own subtree."]})
        unit, _invitation = set_up_unit(parent=parent, by=actor, now=now, **values)
        return Response(UnitOut(listing.lines([unit], now)[0]).data, status=201)


class _OnInvitation(LeadView):
    def invitation(self, pk: int) -> Any:
        return get_object_or_404(Invitation.objects.visible_to(self.lead).select_related("unit"), pk=pk)


class Resend(_OnInvitation):
    @extend_schema(operation_id="authority_resend_invitation", request=None, responses=UnitOut)
    def post(self, request: Request, pk: int) -> Response:
        now = moment()
        renewed = resend_invitation(invitation=self.invitation(pk), by=self.lead, now=now)
        return Response(UnitOut(listing.lines([renewed.unit], now)[0]).data)


class Withdraw(_OnInvitation):
    @extend_schema(operation_id="authority_withdraw_invitation", request=None, responses=UnitOut)
    def post(self, request: Request, pk: int) -> Response:
        now, row = moment(), self.invitation(pk)
        withdraw_invitation(invitation=row, by=self.lead, now=now)
        return Response(UnitOut(listing.lines([row.unit], now)[0]).data)
