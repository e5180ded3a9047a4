"""Circulars, letters and interviews; progress reports of the ministry: every act of their pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from rulebook.time import now as moment
from supervision import domain
from supervision.api import governance_inputs as reads
from supervision.api import governance_shapes as shapes
from supervision.api import inputs
from supervision.api.base import KEY, PLACES, AuthorityCall, Call, act_urls, asked, page_of, text, verb
from supervision.enums import CircularKind, PaperState
from supervision.models import Circular, LetterTemplate, ProgressReport


class Templates(AuthorityCall):
    """Letter templates, for new circulars."""

    @extend_schema(operation_id="authority_letter_templates", responses=shapes.TemplateOut(many=True))
    def get(self, request: Request) -> Response:
        rows = LetterTemplate.objects.filter(active=True).order_by("kind", "key")
        return Response(shapes.TemplateOut(rows, many=True).data)


class CircularRow(AuthorityCall):
    """Finds and shows a circular that the authority may read."""

    shown = shapes.CircularDetailOut

    def rows(self) -> QuerySet[Any]:
        return Circular.objects.visible_to(self.actor).select_related("authority")


class OneCircular(CircularRow):
    """A circular with what became of it."""

    @extend_schema(operation_id="authority_circular", responses=shapes.CircularDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)

    @extend_schema(
        operation_id="authority_circular_edit", request=reads.CircularTextsIn, responses=shapes.CircularDetailOut
    )
    def put(self, request: Request, pk: int) -> Response:
        """Replaces the texts of a draft."""
        row, values = self.row(pk), self.read(reads.CircularTextsIn, request)
        domain.edit_circular(circular=row, by=self.actor, now=moment(), **values)
        return self.detail(pk)


class Circulars(CircularRow):
    """Circulars, letters and interviews that the authority may read, newest first."""

    @extend_schema(
        operation_id="authority_circulars",
        parameters=[text("state", ", ".join(PaperState.values)), text("kind", ", ".join(CircularKind.values)), *PLACES],
        responses=page_of(shapes.CircularLineOut),
    )
    def get(self, request: Request) -> Response:
        state, kind = asked(request, "state", PaperState.values, ""), asked(request, "kind", CircularKind.values, "")
        rows = self.rows().filter(state=state) if state else self.rows()
        return self.page(
            request, rows.filter(kind=kind) if kind else rows, "written_at", shapes.CircularLineOut, down=True
        )

    @extend_schema(
        operation_id="authority_circular_write", request=reads.CircularIn, parameters=[KEY],
        responses={201: shapes.CircularDetailOut},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Drafts a circular, a letter or an invitation to an interview; nobody is told yet."""
        values = self.read(reads.CircularIn, request)
        values["template"] = reads.template_of(values["template"])
        values["units"] = [inputs.unit_of(code) for code in values.pop("uscc") if code.strip()]
        values["articles"] = values["articles"] or ["me-23"]
        made = self.once(request, lambda: domain.write_circular(by=self.actor, now=moment(), **values))
        return self.detail(made, status=201)


CIRCULAR_ACTS = act_urls(
    CircularRow, "circulars", "authority_circular",
    (
        Call("publish", inputs.Seen, verb("circular", domain.publish_circular),
             "Publishes it for good; the addressees are told at once."),
        Call("interview", reads.InterviewIn, verb("circular", domain.record_interview),
             "Records that the interview was held, and what was said."),
    ),
)  # fmt: skip


# --- progress reports ------------------------------------------------------------------------------------


class ReportRow(AuthorityCall):
    """Finds and shows a report."""

    shown = shapes.ReportDetailOut

    def rows(self) -> QuerySet[Any]:
        return ProgressReport.objects.visible_to(self.actor).select_related("authority")


class OneReport(ReportRow):
    """A progress report with its figures."""

    @extend_schema(operation_id="authority_report", responses=shapes.ReportDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)

    @extend_schema(
        operation_id="authority_report_edit", request=reads.ReportTextsIn, responses=shapes.ReportDetailOut
    )
    def put(self, request: Request, pk: int) -> Response:
        """Replaces the text of a draft; the figures are not edited."""
        row, values = self.row(pk), self.read(reads.ReportTextsIn, request)
        domain.edit_report(report=row, by=self.actor, now=moment(), **values)
        return self.detail(pk)


class Reports(ReportRow):
    """Progress reports, the last generated first (Measures Art. 23)."""

    @extend_schema(
        operation_id="authority_reports", parameters=[text("state", ", ".join(PaperState.values)), *PLACES],
        responses=page_of(shapes.ReportOut),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        state = asked(request, "state", PaperState.values, "")
        rows = self.rows().filter(state=state) if state else self.rows()
        return self.page(request, rows, "generated_at", shapes.ReportOut, down=True)

    @extend_schema(
        operation_id="authority_report_generate", request=reads.PeriodIn, parameters=[KEY],
        responses={201: shapes.ReportDetailOut},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Counts a period and drafts the report; the same period again renews the figures of a draft."""
        values = self.read(reads.PeriodIn, request)
        made = self.once(request, lambda: domain.generate_report(by=self.actor, now=moment(), **values))
        return self.detail(made, status=201)


REPORT_ACTS = act_urls(
    ReportRow, "reports", "authority_report",
    (
        Call("publish", inputs.Seen, verb("report", domain.publish_report),
             "Publishes it for good, with its figures as they stand."),
    ),
)  # fmt: skip
