"""Published progress reports of the ministry for machines, with the figures behind them (Measures Art. 23)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from registry import answers
from registry.api.blacklist import PLACE, page_by_key
from registry.api.public import LIST_CACHE, PublicView
from rulebook.time import local_date
from supervision.models import ProgressReport


class ProgressReportLine(serializers.Serializer):
    """A published report and the period that it counts."""

    id = serializers.IntegerField()
    authority = serializers.CharField()
    title_zh = serializers.CharField()
    title_en = serializers.CharField(allow_blank=True)
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    published = serializers.DateField()


class ProgressReportDetail(ProgressReportLine):
    """With its text, and the figures as they were counted."""

    text_zh = serializers.CharField()
    text_en = serializers.CharField(allow_blank=True)
    columns = serializers.ListField(child=serializers.CharField())
    provinces = serializers.ListField(child=serializers.DictField(), help_text="A line for each, with its code")
    totals = serializers.DictField(child=serializers.IntegerField())


class ProgressReportPage(serializers.Serializer):
    next = serializers.CharField(allow_null=True, help_text="Address of the next page")
    results = ProgressReportLine(many=True)


def report_line(row: ProgressReport) -> dict[str, Any]:
    return {
        "id": row.pk, "authority": row.authority.name, "title_zh": row.title_zh, "title_en": row.title_en,
        "first_day": row.first_day.isoformat(), "last_day": row.last_day.isoformat(),
        "published": local_date(row.published_at).isoformat() if row.published_at else None,
    }  # fmt: skip


def _published() -> Any:
    return ProgressReport.objects.visible_to(None).filter(published_at__isnull=False).select_related("authority")


class Reports(PublicView):
    """Published progress reports, newest first."""

    @extend_schema(
        operation_id="registry_progress_reports", summary="Published progress reports", parameters=[PLACE],
        responses={200: ProgressReportPage},
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        return self.raw(answers.dumps(page_by_key(request, _published(), report_line)), cache=LIST_CACHE)


class OneReport(PublicView):
    """One report with its text and figures."""

    @extend_schema(
        operation_id="registry_progress_report", summary="One progress report", responses={200: ProgressReportDetail}
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        row = _published().filter(pk=pk).first()
        if row is None:
            raise NotFound("There is no such report.")
        body = report_line(row) | {
            "text_zh": row.body_zh, "text_en": row.body_en, "columns": row.tables.get("columns", []),
            "provinces": row.tables.get("provinces", []), "totals": row.tables.get("totals", {}),
        }  # fmt: skip
        return self.raw(answers.dumps(body), cache=LIST_CACHE)
