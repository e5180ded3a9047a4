"""Calls of the authority on its providers beside the review: reminders, branches, platform operators."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import IsAuthority
from accounts.domain.units import normalise_uscc
from accounts.models import Unit
from providers import domain, upkeep
from providers.api.base import ActorView
from providers.api.upkeep import BranchOut, BranchVerdictIn, decide_branch
from providers.domain import platforms
from providers.models import Branch, PlatformOperator
from rulebook.time import now as moment


class RemindEntryIn(serializers.Serializer):
    """The entry whose provider is reminded of what it owes."""

    entry = serializers.IntegerField()


class RemindedOut(serializers.Serializer):
    entry = serializers.IntegerField()
    number = serializers.CharField()


class OperatorIn(serializers.Serializer):
    """A registered unit by its credit code, and the name of its platform."""

    uscc = serializers.CharField(max_length=40)
    platform = serializers.CharField(max_length=200)


class OperatorOut(serializers.Serializer):
    """Who runs a platform, and since when."""

    id = serializers.IntegerField()
    unit = serializers.CharField(source="unit.name")
    uscc = serializers.CharField(source="unit.uscc")
    platform = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)


class _Oversight(ActorView):
    """For people of authorities; tokens of the scope ``authority``, or ``read`` for reading."""

    permission_classes = [IsAuthority]


class Remind(_Oversight):
    """Reminds a provider of an entry's open items or of its confirmation: once a day."""

    @extend_schema(operation_id="authority_remind_provider", request=RemindEntryIn, responses=RemindedOut)
    def post(self, request: Request) -> Response:
        wanted = self.read(RemindEntryIn, request)["entry"]
        entry = get_object_or_404(upkeep.overseen(self.actor), pk=wanted)
        done = domain.remind(entry=entry, by=self.actor, now=moment())
        return Response(RemindedOut({"entry": done.pk, "number": done.number}).data)


class Branches(_Oversight):
    """Declared branches that are registered in the authority's province."""

    @extend_schema(operation_id="authority_branches", responses=BranchOut(many=True))
    def get(self, request: Request) -> Response:
        rows = Branch.objects.visible_to(self.actor).select_related("head", "unit").order_by("-pk")[:500]
        return Response(BranchOut(rows, many=True).data)


class DecideBranch(_Oversight):
    """The authority of the branch's province decides."""

    @extend_schema(operation_id="authority_decide_branch", request=BranchVerdictIn, responses=BranchOut)
    def post(self, request: Request, pk: int) -> Response:
        values, rows = self.read(BranchVerdictIn, request), Branch.objects.visible_to(self.actor)
        return decide_branch(get_object_or_404(rows.select_related("head", "unit"), pk=pk), values, self.actor)


class Operators(_Oversight):
    """Who runs a platform with third parties' applications, as the ministry named them."""

    @extend_schema(operation_id="authority_operators", responses=OperatorOut(many=True))
    def get(self, request: Request) -> Response:
        rows = PlatformOperator.objects.select_related("unit").order_by("ended_at", "-pk")
        return Response(OperatorOut(rows, many=True).data)

    @extend_schema(operation_id="authority_designate_operator", request=OperatorIn, responses={201: OperatorOut})
    def post(self, request: Request) -> Response:
        """The ministry names one."""
        values = self.read(OperatorIn, request)
        unit = Unit.objects.filter(uscc=normalise_uscc(values["uscc"])).exclude(uscc="").first()
        if unit is None and not platforms.may_designate(self.actor):
            raise ValidationError({"uscc": [_("No unit with this code is registered here.")]})
        row = platforms.designate_operator(
            unit=unit or Unit(), platform=values["platform"], by=self.actor, now=moment()
        )
        return Response(OperatorOut(row).data, status=201)


class EndOperator(_Oversight):
    """The ministry ends a naming; the records stay."""

    @extend_schema(operation_id="authority_end_operator", request=None, responses=OperatorOut)
    def post(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(PlatformOperator.objects.select_related("unit"), pk=pk)
        return Response(OperatorOut(platforms.end_operator(operator=row, by=self.actor, now=moment())).data)
