"""The ledger of a case, as its page shows it to the authority."""

from __future__ import annotations

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.models import Record
from ledger.queries import timeline
from supervision import rules
from supervision.api.base import AuthorityCall
from supervision.api.campaigns import OneCampaign
from supervision.api.complaints import OneComplaint
from supervision.api.entries import OneEntry
from supervision.api.indicators import OneAssessment
from supervision.api.inspections import OneInspection, OnePlan, OneWarning
from supervision.api.lists import Editions
from supervision.api.orders import OneListing, OneOrder
from supervision.api.papers import CircularRow, ReportRow
from supervision.api.referrals import OneReferral, OneTakedown
from supervision.api.shapes import Out
from supervision.api.work import OneWorkPlan, TaskRow

#: the calls that find the rows, by the first part of their address
CASES: dict[str, type[AuthorityCall]] = {
    "complaints": OneComplaint, "orders": OneOrder, "listings": OneListing, "campaigns": OneCampaign,
    "plans": OnePlan, "inspections": OneInspection, "warnings": OneWarning, "referrals": OneReferral,
    "takedowns": OneTakedown, "entries": OneEntry, "circulars": CircularRow, "reports": ReportRow,
    "editions": Editions, "tasks": TaskRow, "work-plans": OneWorkPlan, "assessments": OneAssessment,
}  # fmt: skip


class RecordOut(Out):
    """An act, with its place in the chain. Who acted is named by role and unit; texts stand in the case itself."""

    unit = serializers.IntegerField(source="actor_unit_id", allow_null=True, help_text="Id of the unit that acted")
    role = serializers.CharField(source="actor_role", help_text="system: the portal by its clocks")
    basis = serializers.ListField(child=serializers.CharField(), help_text="Articles")

    class Meta:
        model = Record
        fields = ["seq", "at", "verb", "from_state", "to_state", "role", "unit", "basis", "previous", "hash"]


class Records(AuthorityCall):
    """What happened to a case, oldest first, chained by its hashes."""

    @extend_schema(
        operation_id="authority_records", responses=RecordOut(many=True),
        parameters=[OpenApiParameter("kind", str, OpenApiParameter.PATH, description=", ".join(CASES))],
    )  # fmt: skip
    def get(self, request: Request, kind: str, pk: int) -> Response:
        if kind not in CASES:
            raise Http404
        finder = CASES[kind]()
        finder.request = request
        row = finder.row(pk)
        if kind == "circulars" and rules.works_for(self.actor, row.authority_id):
            raise Http404  # its readers have no part in how it was written
        response = Response(RecordOut(timeline(row, audience="authority"), many=True).data)
        response["Cache-Control"] = "private, no-store"
        return response
