"""Sampling plans, inspections with findings, and warnings of the monitors, for the authority."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.acts import Actor
from providers.views.materials import stream
from rulebook.time import now as moment
from supervision import domain
from supervision.api import inputs, work_shapes
from supervision.api.base import KEY, PLACES, AuthorityCall, Call, act_urls, asked, page_of, text, verb
from supervision.enums import InspectionState, PlanState, WarningKind, WarningStatus
from supervision.models import Inspection, SamplingPlan, Warning  # noqa: A004  the word of the field


class OnePlan(AuthorityCall):
    """A sampling plan; what was drawn is found with ``inspections/?plan=``."""

    shown = work_shapes.PlanOut

    def rows(self) -> QuerySet[Any]:
        return SamplingPlan.objects.visible_to(self.actor).select_related("authority")

    @extend_schema(operation_id="authority_plan", responses=work_shapes.PlanOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class Plans(OnePlan):
    """Sampling plans, newest first."""

    @extend_schema(
        operation_id="authority_plans", parameters=[text("state", ", ".join(PlanState.values)), *PLACES],
        responses=page_of(work_shapes.PlanOut),
    )  # fmt: skip
    def get(self, request: Request) -> Response:  # type: ignore[override]
        state = asked(request, "state", PlanState.values, "")
        rows = self.rows().filter(state=state) if state else self.rows()
        return self.page(request, rows, "created_at", work_shapes.PlanOut, down=True)

    @extend_schema(
        operation_id="authority_plan_make", request=inputs.PlanIn, parameters=[KEY],
        responses={201: work_shapes.PlanOut},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Plans a sample; nothing is drawn yet."""
        values = self.read(inputs.PlanIn, request)
        made = self.once(request, lambda: domain.make_plan(by=self.actor, now=moment(), **values))
        return self.detail(made, status=201)


PLAN_ACTS = act_urls(
    OnePlan, "plans", "authority_plan",
    (
        Call("draw", inputs.Seen, verb("plan", domain.draw), "Draws the sample; the draw can be repeated."),
        Call("close", inputs.Seen, verb("plan", domain.close_plan), "Closes a plan whose sample is inspected."),
    ),
)  # fmt: skip


class OneInspection(AuthorityCall):
    """One inspected app with checklist and findings."""

    shown = work_shapes.InspectionDetailOut

    def rows(self) -> QuerySet[Any]:
        rows = Inspection.objects.visible_to(self.actor).select_related("entry", "authority")
        return rows.prefetch_related("findings")

    @extend_schema(operation_id="authority_inspection", responses=work_shapes.InspectionDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class Inspections(OneInspection):
    """Inspections, the last planned first; of one sample with ``plan``."""

    @extend_schema(
        operation_id="authority_inspections",
        parameters=[text("state", ", ".join(InspectionState.values)), text("plan", "id of a plan"), *PLACES],
        responses=page_of(work_shapes.InspectionOut),
    )
    def get(self, request: Request) -> Response:  # type: ignore[override]
        rows = Inspection.objects.visible_to(self.actor).select_related("entry", "authority")
        state, plan = asked(request, "state", InspectionState.values, ""), request.query_params.get("plan", "")
        if state:
            rows = rows.filter(state=state)
        if plan:
            rows = rows.filter(plan_id=int(plan)) if plan.isdecimal() and len(plan) < 19 else rows.none()
        return self.page(request, rows, "planned_at", work_shapes.InspectionOut, down=True)

    @extend_schema(
        operation_id="authority_inspection_plan", request=inputs.NumberIn, parameters=[KEY],
        responses={201: work_shapes.InspectionDetailOut},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Plans the inspection of one app, outside any sample."""
        entry = inputs.entry_of(self.read(inputs.NumberIn, request)["number"])
        made = self.once(request, lambda: domain.plan_inspection(entry=entry, by=self.actor, now=moment()))
        return self.detail(made, status=201)


def _assign(row: Inspection, by: Actor, now: datetime, values: dict[str, Any]) -> None:
    person = inputs.colleague(by, values["person"], row.authority_id)
    domain.assign_inspection(inspection=row, person=person, by=by, now=now)


class Evidence(OneInspection):
    """The evidence of a finding, for who may see the inspection."""

    @extend_schema(
        operation_id="authority_inspection_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, pk: int, file: int) -> HttpResponseBase:  # type: ignore[override]
        return stream(request._request, self.row(pk).findings.filter(pk=file).exclude(evidence="").first())


INSPECTION_ACTS = act_urls(
    OneInspection, "inspections", "authority_inspection",
    (
        Call("assign", inputs.ColleagueIn, _assign, "Names the inspector."),
        Call("findings", inputs.FindingsIn, verb("inspection", domain.record_findings),
             "Records an answer to every item of the checklist, for good."),
        Call("recheck", inputs.FindingsIn, verb("inspection", domain.recheck),
             "Records the answers to what was not in order."),
        Call("order", inputs.OrderFromInspectionIn, verb("inspection", domain.order_from_inspection),
             "Orders rectification of what was found."),
    ),
)  # fmt: skip


class OneWarning(AuthorityCall):
    """What a monitor found."""

    shown = work_shapes.WarningOut

    def rows(self) -> QuerySet[Any]:
        return Warning.objects.visible_to(self.actor).select_related("entry", "authority")

    @extend_schema(operation_id="authority_warning", responses=work_shapes.WarningOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class Warnings(OneWarning):
    """Warnings of the monitors, newest first."""

    @extend_schema(
        operation_id="authority_warnings",
        parameters=[
            text("status", ", ".join(WarningStatus.values)), text("kind", ", ".join(WarningKind.values)), *PLACES,
        ],
        responses=page_of(work_shapes.WarningOut),
    )  # fmt: skip
    def get(self, request: Request) -> Response:  # type: ignore[override]
        rows = self.rows().filter(status=asked(request, "status", WarningStatus.values, WarningStatus.OPEN))
        kind = asked(request, "kind", WarningKind.values, "")
        return self.page(
            request, rows.filter(kind=kind) if kind else rows, "raised_at", work_shapes.WarningOut, down=True
        )


WARNING_ACTS = act_urls(
    OneWarning, "warnings", "authority_warning",
    (Call("settle", inputs.NoteIn, verb("warning", domain.settle_warning), "Settles a warning with a note."),),
)  # fmt: skip
