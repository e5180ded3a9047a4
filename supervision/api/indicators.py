"""Indicators of a region, by authority or institution; figures kept for an assessment, and whether a file is theirs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from rulebook.time import local_date
from rulebook.time import now as moment
from supervision import domain
from supervision.api import governance_inputs as reads
from supervision.api import governance_shapes as shapes
from supervision.api.base import FILE, KEY, PLACES, AuthorityCall, GivesFile, asked, page_of, searched, text
from supervision.files import FILE_KINDS, assessment_file
from supervision.forms import PeriodForm
from supervision.indicators import Line, Period, Table, by_region, by_unit, units_below
from supervision.models import Assessment
from users import overview

WAYS = ("region", "unit")


class Indicators(AuthorityCall):
    """Figures of one's own region, or of an authority below."""

    @extend_schema(
        operation_id="authority_indicators",
        parameters=[
            text("unit", "key of an authority of the region; without it: one's own"),
            text("by", "region: the authorities below; unit: institutions, a page at a time"),
            text("first_day", "without both days: this year up to today"), text("last_day", "not after today"),
            OpenApiParameter("after", int, description="of institutions: the id to go on from"),
        ],
        responses=shapes.IndicatorsOut,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        actor, now = self.actor, moment()
        node = reads.region_of(actor, searched(request, "unit"))
        period, then = _period(request), None
        if asked(request, "by", WAYS, "region") == "unit":
            start = request.query_params.get("after", "")
            after = int(start[:18]) if start.isascii() and start.isdecimal() else 0
            rows, then = overview.page_of(units_below(actor, node, now), after)
            table = by_unit(node=node, units=rows, period=period, now=now)
        else:
            table = by_region(node=node, period=period, now=now)
        response = Response(shapes.IndicatorsOut(_body(table) | {"next_after": then}).data)
        response["Cache-Control"] = "private, no-store"
        return response


def _period(request: Request) -> Period:
    """The period of the address, this year up to today where it gives none. 400 with what is wrong."""
    today, given = local_date(moment()), request.query_params
    if "first_day" not in given and "last_day" not in given:
        return Period(date(today.year, 1, 1), today)
    form = PeriodForm(given, today=today)
    if not form.is_valid():
        raise ValidationError({field: [str(message) for message in found] for field, found in form.errors.items()})
    return Period(form.cleaned_data["first_day"], form.cleaned_data["last_day"])


def _body(table: Table) -> dict[str, Any]:
    def line(one: Line) -> dict[str, Any]:
        code = "" if one.kind == "total" else one.unit.code or one.unit.school_code or one.unit.uscc
        return {
            "kind": one.kind, "unit": one.unit.pk, "code": code, "name": one.name,
            "figures": {which.key: one.value(which) for which in table.indicators},
        }  # fmt: skip

    return {
        "unit": table.node.code, "first_day": table.period.first_day, "last_day": table.period.last_day,
        "counted_at": table.counted_at, "indicators": table.indicators, "lines": [line(one) for one in table.lines],
    }  # fmt: skip


# --- figures kept for an assessment ----------------------------------------------------------------------


class OneAssessment(AuthorityCall):
    """Figures as they were kept."""

    shown = shapes.AssessmentDetailOut

    def rows(self) -> QuerySet[Any]:
        return Assessment.objects.visible_to(self.actor).select_related("authority", "node")

    @extend_schema(operation_id="authority_assessment", responses=shapes.AssessmentDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class Assessments(OneAssessment):
    """Everything that was kept, newest first."""

    @extend_schema(operation_id="authority_assessments", parameters=PLACES, responses=page_of(shapes.AssessmentOut))
    def get(self, request: Request) -> Response:  # type: ignore[override]
        rows = self.rows().defer("table")
        return self.page(request, rows, "taken_at", shapes.AssessmentOut, down=True)

    @extend_schema(
        operation_id="authority_assessment_take", request=reads.AssessmentIn, parameters=[KEY],
        responses={201: shapes.AssessmentDetailOut},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Counts a region and keeps the figures for good, with a digest in the ledger."""
        values, actor = self.read(reads.AssessmentIn, request), self.actor
        node = reads.region_of(actor, values["unit"].strip())
        made = self.once(request, lambda: domain.take_assessment(
            node=node, period=Period(values["first_day"], values["last_day"]), purpose=values["purpose"],
            by_unit_too=values["by"] == "unit", by=actor, now=moment(),
        ))  # fmt: skip
        return self.detail(made, status=201)


class AssessmentChecked(OneAssessment):
    """Whether the figures, the ledger and somebody's file are the same."""

    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="authority_assessment_verify", request=reads.DigestIn, responses=shapes.VerifiedOut
    )
    def post(self, request: Request, pk: int) -> Response:
        """Compares the digest of a file; without one: the figures that are kept. Nothing changes."""
        given = self.read(reads.DigestIn, request)["sha256"].lower()
        found = domain.verify_assessment(self.row(pk), given or None)
        return Response(shapes.VerifiedOut(shapes.verified(found)).data)


class AssessmentFile(GivesFile, OneAssessment):
    """The kept figures as CSV, byte for byte what the digest is of; or as a workbook with the definitions."""

    @extend_schema(operation_id="authority_assessment_file", **FILE)
    def get(self, request: Request, pk: int) -> HttpResponseBase:  # type: ignore[override]
        return assessment_file(self.row(pk), asked(request, "kind", FILE_KINDS, "csv"))
