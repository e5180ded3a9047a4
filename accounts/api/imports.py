"""Units by a table, by program: upload, preview with what is wrong beside each row, start, progress, result."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import serializers as shapes
from accounts.api.members import BEFORE, PeopleView, number_of, page_of
from accounts.api.once import KEY
from accounts.authentication import IsAuthority
from accounts.domain import discard_import, read_table, start_import
from accounts.domain.imports import counts
from accounts.enums import LEAD_ROLES, BatchStatus
from accounts.import_result import result_lines
from accounts.models import ImportBatch
from accounts.sheets import SheetRefused, csv_response
from rulebook.time import now as moment

ROWS = 200


class ImportView(PeopleView):
    """For those who lead an authority's work; one sees the tables of one's own authority."""

    permission_classes = [IsAuthority]

    def rows(self) -> Any:
        if self.actor.role not in LEAD_ROLES:
            raise PermissionDenied
        return ImportBatch.objects.visible_to(self.actor).select_related("unit", "person")

    def batch(self, pk: int) -> ImportBatch:
        return get_object_or_404(self.rows(), pk=pk)

    def shown(self, pk: int, status: int = 200) -> Response:
        row = self.batch(pk)
        return Response(shapes.ImportOut(row, context={"numbers": counts(row)}).data, status=status)


class Imports(ImportView):
    """Tables of units."""

    def get_parsers(self) -> list[Any]:
        return [MultiPartParser()]

    @extend_schema(operation_id="authority_unit_imports", parameters=[BEFORE], responses=shapes.ImportsOut)
    def get(self, request: Request) -> Response:
        rows = self.rows().exclude(status=BatchStatus.DISCARDED)
        found, following = page_of(rows, number_of(request, "before"))
        return Response({"results": shapes.ImportLineOut(found, many=True).data, "next_before": following})

    @extend_schema(
        operation_id="authority_upload_units", parameters=[KEY], request=shapes.TableIn,
        responses={201: shapes.ImportOut},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Reads a table into a preview; nothing is set up before ``start``. The same key again reads nothing."""
        self.rows()
        file = self.read(shapes.TableIn, request)["file"]
        try:
            made = self.once(
                request, lambda: read_table(file=file, file_name=file.name, by=self.actor, now=moment())
            )
        except SheetRefused as refused:
            raise ValidationError({"file": [str(refused)]}) from refused
        return self.shown(made, 201)


class OneImport(ImportView):
    """Where a table stands: preview, progress, result."""

    @extend_schema(operation_id="authority_unit_import", responses=shapes.ImportOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.shown(pk)


class ImportRows(ImportView):
    """Rows of a table with what is wrong with each, and what became of it."""

    @extend_schema(
        operation_id="authority_unit_import_rows",
        parameters=[
            OpenApiParameter("outcome", OpenApiTypes.STR, enum=shapes.OUTCOMES, description="Only rows of it"),
            OpenApiParameter("after", OpenApiTypes.INT, description="Rows after the row of this number"),
        ],
        responses=shapes.ImportRowsOut,
    )  # fmt: skip
    def get(self, request: Request, pk: int) -> Response:
        rows = self.batch(pk).rows.order_by("number")
        outcome = request.query_params.get("outcome", "")
        if outcome:
            if outcome not in shapes.OUTCOMES:
                raise ValidationError({"outcome": [_("This state does not exist.")]})
            rows = rows.filter(outcome=outcome)
        after = number_of(request, "after")
        found = list((rows.filter(number__gt=after) if after is not None else rows)[: ROWS + 1])
        body = {
            "results": shapes.ImportRowOut(found[:ROWS], many=True).data,
            "next_after": found[ROWS - 1].number if len(found) > ROWS else None,
        }
        return Response(body)


class ImportResult(ImportView):
    """The whole table with what became of each row, as CSV: to be corrected and uploaded again."""

    @extend_schema(
        operation_id="authority_unit_import_result",
        parameters=[OpenApiParameter("only", OpenApiTypes.STR, enum=["problems"], description="Only what is wrong")],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        row, only = self.batch(pk), request.query_params.get("only", "")
        if only not in ("", "problems"):
            raise ValidationError({"only": [_("This state does not exist.")]})
        return csv_response(f"units-{row.pk}", result_lines(row, only_problems=bool(only)))


class StartImport(ImportView):
    """Confirms the preview: what can be done is done in the background. A second start is answered with 409."""

    @extend_schema(operation_id="authority_start_unit_import", request=None, responses={202: shapes.ImportOut})
    def post(self, request: Request, pk: int) -> Response:
        start_import(batch=self.batch(pk), by=self.actor, now=moment())
        return self.shown(pk, 202)


class DiscardImport(ImportView):
    """Throws a preview away, with the names in it."""

    @extend_schema(operation_id="authority_discard_unit_import", request=None, responses=shapes.ImportOut)
    def post(self, request: Request, pk: int) -> Response:
        discard_import(batch=self.batch(pk), by=self.actor, now=moment())
        return self.shown(pk)


urls: list[URLPattern] = [
    path("unit-imports/", Imports.as_view(), name="api_authority_unit_imports"),
    path("unit-imports/<int:pk>/", OneImport.as_view(), name="api_authority_unit_import"),
    path("unit-imports/<int:pk>/rows/", ImportRows.as_view(), name="api_authority_unit_import_rows"),
    path("unit-imports/<int:pk>/result/", ImportResult.as_view(), name="api_authority_unit_import_result"),
    path("unit-imports/<int:pk>/start/", StartImport.as_view(), name="api_authority_unit_import_start"),
    path("unit-imports/<int:pk>/discard/", DiscardImport.as_view(), name="api_authority_unit_import_discard"),
]
