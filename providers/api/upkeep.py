"""Calls of the provider on what it keeps up to date: its confirmations, its open items, its branches, its files."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import IsProvider
from accounts.enums import Province
from accounts.models import Unit
from providers import domain, upkeep
from providers.api.base import ActorView
from providers.domain import branches
from providers.enums import BranchState
from providers.models import Branch, Material
from rulebook.time import now as moment


class OwedOut(serializers.Serializer):
    """A published entry with what it owes. ``due_on``: the last day of the confirmation, if there is one."""

    entry = serializers.IntegerField(source="entry.pk")
    number = serializers.CharField(source="entry.number")
    app_name = serializers.CharField(source="entry.app_name")
    confirmed_on = serializers.DateField(source="fresh.confirmed_on", default=None, allow_null=True)
    due_on = serializers.DateField(source="fresh.due_on", default=None, allow_null=True)
    out_of_date = serializers.BooleanField(source="fresh.stale", default=False)
    to_confirm = serializers.BooleanField(source="fresh.asked", default=False)
    open_items = serializers.ListField(source="items", child=serializers.CharField())
    open_items_until = serializers.DateField(source="entry.open_items_until", allow_null=True)


class UpkeepOut(serializers.Serializer):
    """Everything that the unit has to keep up to date."""

    entries = OwedOut(source="rows", many=True)
    unit_confirmed_on = serializers.DateField(source="unit.confirmed_on", default=None, allow_null=True)
    unit_due_on = serializers.DateField(source="unit.due_on", default=None, allow_null=True)
    unreported = serializers.ListField(
        child=serializers.CharField(), help_text="Fields of the unit that differ from what was filed"
    )


class ConfirmIn(serializers.Serializer):
    """What is confirmed: entries by their ids, and whether the unit's own part is."""

    entries = serializers.ListField(child=serializers.IntegerField(), max_length=1000, default=list)
    with_unit = serializers.BooleanField(default=True)


class BranchOut(serializers.Serializer):
    """A declared branch and how it stands."""

    id = serializers.IntegerField()
    head = serializers.CharField(source="head.name")
    head_uscc = serializers.CharField(source="head.uscc")
    uscc = serializers.CharField()
    name = serializers.CharField()
    province = serializers.CharField(source="province_code")
    state = serializers.ChoiceField(choices=BranchState.choices)
    declared_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class BranchIn(serializers.Serializer):
    """A branch or subsidiary of one's own unit."""

    uscc = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    province = serializers.ChoiceField(choices=Province.choices, required=False, default="")


class BranchVerdictIn(serializers.Serializer):
    """A decision on a declared branch; ``refuse`` and ``release`` say why."""

    verb = serializers.ChoiceField(choices=["confirm", "refuse", "release"])
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    seen_state = serializers.ChoiceField(choices=BranchState.choices, required=False)


def decide_branch(row: Branch, values: dict[str, Any], by: Any) -> Response:
    """One verb on a declaration, for whichever side calls."""
    common: dict[str, Any] = {"branch": row, "by": by, "now": moment(), "seen_state": values.get("seen_state")}
    if values["verb"] == "confirm":
        row = branches.confirm_branch(**common)
    elif values["verb"] == "refuse":
        row = branches.refuse_branch(reason=values["reason"], **common)
    else:
        row = branches.release_branch(reason=values["reason"], **common)
    return Response(BranchOut(row).data)


class _Own(ActorView):
    """For provider roles; tokens of the scope ``provider``, or ``read`` for reading."""

    permission_classes = [IsProvider]

    @property
    def unit(self) -> Unit:
        return Unit.objects.get(pk=self.actor.unit_id)


class Upkeep(_Own):
    """What is to be confirmed, and what is still owed."""

    @extend_schema(operation_id="provider_upkeep", responses=UpkeepOut)
    def get(self, request: Request) -> Response:
        return Response(UpkeepOut(upkeep.of_unit(self.unit, moment())).data)

    @extend_schema(operation_id="provider_confirm_information", request=ConfirmIn, responses=UpkeepOut)
    def post(self, request: Request) -> Response:
        """Confirms that what is published is still right: all or nothing."""
        values, unit, now = self.read(ConfirmIn, request), self.unit, moment()
        wanted = set(values["entries"])
        entries = [row for row in upkeep.live_entries(unit.pk).select_related("authority") if row.pk in wanted]
        if len(entries) != len(wanted):
            text = _("One of the chosen entries is not yours, or no longer in force.")
            raise ValidationError({"entries": [text]})
        domain.confirm_information(
            unit=unit, entries=entries, with_unit=values["with_unit"], by=self.actor, now=now
        )
        return self.get(request)


class Branches(_Own):
    """The unit's branches, and whoever claims it as a branch."""

    @extend_schema(operation_id="provider_branches", responses=BranchOut(many=True))
    def get(self, request: Request) -> Response:
        rows = list(Branch.objects.visible_to(self.actor).select_related("head", "unit").order_by("-pk")[:500])
        known = {row.pk for row in rows}
        claims = [row for row in branches.waiting_for(self.unit) if row.pk not in known]
        return Response(BranchOut([*claims, *rows], many=True).data)

    @extend_schema(operation_id="provider_declare_branch", request=BranchIn, responses={201: BranchOut})
    def post(self, request: Request) -> Response:
        """Declares a branch; it counts once it is confirmed."""
        values = self.read(BranchIn, request)
        row = branches.declare_branch(head=self.unit, by=self.actor, now=moment(), **values)
        return Response(BranchOut(row).data, status=201)


class DecideBranch(_Own):
    """The branch's owner agrees or not; the head office takes back."""

    @extend_schema(operation_id="provider_decide_branch", request=BranchVerdictIn, responses=BranchOut)
    def post(self, request: Request, pk: int) -> Response:
        values, by = self.read(BranchVerdictIn, request), self.actor
        row = Branch.objects.visible_to(by).select_related("head", "unit").filter(pk=pk).first()
        row = row or branches.claim_of(self.unit, pk)
        if row is None:
            raise Http404
        return decide_branch(row, values, by)


class MaterialFile(_Own):
    """A file of the unit itself."""

    @extend_schema(
        operation_id="provider_material", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, pk: int) -> FileResponse:
        return attachment(get_object_or_404(Material.objects.visible_to(self.actor), pk=pk))


def attachment(row: Any) -> FileResponse:
    """A stored file to be saved; 404 where it is missing."""
    try:
        stream = row.file.open("rb")
    except OSError:
        raise NotFound from None
    response = FileResponse(stream, as_attachment=True, filename=row.name, content_type="application/octet-stream")
    response["Cache-Control"] = "private, no-store"
    return response
