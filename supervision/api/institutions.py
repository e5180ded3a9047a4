"""The province's list of licensed training institutions: looking it up, renewing it from a table (Opinions 17)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.sheets import SheetRefused, read_rows
from ledger.acts import Refused
from rulebook.time import now as moment
from supervision import rules
from supervision.api.base import (
    KEY,
    PAGE,
    PLACES,
    AuthorityCall,
    Call,
    act_urls,
    page_of,
    searched,
    text,
    verb,
)
from supervision.api.shapes import Out, code_of
from supervision.domain import institutions as domain
from supervision.models import InstitutionBatch, TrainingInstitution


class InstitutionTableIn(serializers.Serializer):
    """A table, XLSX or CSV, of at most 5,000 rows; headings as in the template of the page."""

    file = serializers.FileField(allow_empty_file=False)


class TrainingInstitutionOut(Out):
    """A line of the list."""

    province_code = serializers.CharField()

    class Meta:
        model = TrainingInstitution
        fields = [
            "id", "province_code", "name", "uscc", "licence_number", "licence_until", "licensed_by", "listed_on",
            "source",
        ]  # fmt: skip


class TrainingInstitutionsOut(serializers.Serializer):
    results = TrainingInstitutionOut(many=True)
    next_after = serializers.IntegerField(allow_null=True)


class InstitutionTableOut(Out):
    """A table that was uploaded; ``taken_at`` null: nothing of it is in the list yet."""

    authority = code_of()

    class Meta:
        model = InstitutionBatch
        fields = [
            "id", "authority", "name", "sha256", "right", "wrong", "fresh", "changed", "same", "created_at", "taken_at",
        ]  # fmt: skip


class InstitutionTableDetailOut(InstitutionTableOut):
    """With its rows: what came, what is wrong, and what a right row would do (``new``, ``changed``, ``same``)."""

    rows = serializers.SerializerMethodField()

    class Meta(InstitutionTableOut.Meta):
        fields = [*InstitutionTableOut.Meta.fields, "rows"]

    def get_rows(self, row: InstitutionBatch) -> list[dict[str, Any]]:
        right = [one for one in row.rows if not one["errors"]]
        said = domain.compare_institutions(row, right) if row.taken_at is None else {}
        return [
            {
                "row": one["row"], "values": one["original"] if one["errors"] else one["values"],
                "errors": one["errors"], "does": said.get(one["row"], ""),
            }
            for one in row.rows
        ]  # fmt: skip


class Institutions(AuthorityCall):
    """Lines of the province's list, of all provinces for the ministry."""

    @extend_schema(
        operation_id="authority_training_institutions", responses=TrainingInstitutionsOut,
        parameters=[
            text("q", "part of a name, a licence number or a credit code"),
            OpenApiParameter("after", OpenApiTypes.INT, description="the id to go on from"),
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        q, after = searched(request), request.query_params.get("after", "")
        rows = TrainingInstitution.objects.order_by("pk")
        if self.actor.province_code:
            rows = rows.filter(province_code=self.actor.province_code)
        if q:
            rows = rows.filter(Q(name__icontains=q) | Q(licence_number=q) | Q(uscc=q.upper()))
        if after.isascii() and after.isdecimal():
            rows = rows.filter(pk__gt=int(after[:18]))
        found = list(rows[: PAGE + 1])
        body = {"results": found[:PAGE], "next_after": found[PAGE - 1].pk if len(found) > PAGE else None}
        return Response(TrainingInstitutionsOut(body).data)


class TableRow(AuthorityCall):
    """Finds and shows a table of the authority."""

    shown = InstitutionTableDetailOut

    def rows(self) -> QuerySet[Any]:
        return InstitutionBatch.objects.visible_to(self.actor).select_related("authority")


class OneTable(TableRow):
    """A table before it is taken in, and after."""

    @extend_schema(operation_id="authority_institution_table", responses=InstitutionTableDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class Tables(TableRow):
    """Tables that the authority uploaded, newest first."""

    def get_parsers(self) -> list[Any]:
        return [MultiPartParser()]

    @extend_schema(
        operation_id="authority_institution_tables", parameters=PLACES, responses=page_of(InstitutionTableOut)
    )
    def get(self, request: Request) -> Response:
        return self.page(request, self.rows().defer("rows"), "created_at", InstitutionTableOut, down=True)

    @extend_schema(
        operation_id="authority_institution_table_upload", request=InstitutionTableIn, parameters=[KEY],
        responses={201: InstitutionTableDetailOut},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Reads a table; nothing is taken in before ``take``."""
        reasons = rules.keeps_institutions(self.actor)
        if reasons:
            raise Refused(reasons)
        file = self.read(InstitutionTableIn, request)["file"]

        def prepare() -> InstitutionBatch:
            try:
                rows = read_rows(file, domain.COLUMNS, domain.LIMITS)
                return domain.prepare_institutions(rows=rows, name=file.name or "", by=self.actor, now=moment())
            except SheetRefused as refused:
                raise ValidationError({"file": [str(refused)]}) from refused

        return self.detail(self.once(request, prepare), status=201)


TABLE_ACTS = act_urls(
    TableRow, "training-institutions/tables", "authority_institution_table",
    (
        Call("take", None, verb("batch", domain.take_institutions),
             "Takes the right rows in, once; what the table does not name stays as it was."),
    ),
)  # fmt: skip
