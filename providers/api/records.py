"""The interface of platform operators, and the public's look-up of what they shared."""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import IsProvider
from accounts.sheets import CellProblem, SheetRow
from ledger.text import storable
from providers import records
from providers.api.base import ActorView
from providers.domain import platforms
from providers.enums import BatchSource, PlatformKind
from providers.models import PlatformRecord
from registry.throttles import SearchThrottle
from rulebook.time import now as moment

MOST = 1_000


class SharedRecord(serializers.Serializer):
    """One third-party application as its platform operator shares it."""

    mini_program_id = serializers.CharField(help_text="Identifier on the platform; the same again is a change")
    name = serializers.CharField()
    provider_name = serializers.CharField()
    provider_uscc = serializers.CharField(help_text="Unified social credit code, 18 characters")
    submitted_on = serializers.CharField(help_text="Day of submission to the operator, e.g. 2026-09-24")
    kind = serializers.CharField(required=False, help_text=", ".join(PlatformKind.values))
    category = serializers.CharField(required=False)
    removed = serializers.BooleanField(required=False, help_text="No longer on the platform")


class Share(serializers.Serializer):
    """Up to 1,000 records; the right ones are taken in, the wrong ones come back with what is wrong."""

    records = SharedRecord(many=True)


class RowError(serializers.Serializer):
    """What is wrong with a record; rows are counted from 1."""

    row = serializers.IntegerField()
    field = serializers.CharField()
    message = serializers.CharField()


class Taken(serializers.Serializer):
    """What became of a call's records."""

    batch = serializers.IntegerField()
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField()
    errors = RowError(many=True)


class PublicRecord(serializers.Serializer):
    """What the public is told of a third-party application. It has no filing number of this portal."""

    mini_program_id = serializers.CharField()
    platform = serializers.CharField(source="operator.platform")
    kind = serializers.ChoiceField(choices=PlatformKind.choices)
    name = serializers.CharField()
    provider_name = serializers.CharField()
    provider_uscc = serializers.CharField()
    submitted_on = serializers.DateField()
    removed = serializers.BooleanField()
    shared_at = serializers.DateTimeField(source="updated_at")


class PublicRecordList(serializers.Serializer):
    """The answer of the look-up, at most 20 records."""

    open_from = serializers.DateField(required=False, help_text="Where the query is not open yet: from which day")
    results = PublicRecord(many=True)


def _rows(body: Any) -> list[SheetRow]:
    """The records of a call as rows, each value as a text; what is no record is an error of its row."""
    given = body.get("records") if isinstance(body, dict) else None
    if not isinstance(given, list) or not 1 <= len(given) <= MOST:
        raise serializers.ValidationError({"records": [f"Give a list of 1 to {MOST} records."]})
    rows = []
    for number, one in enumerate(given, start=1):
        row = SheetRow(number, {column.key: "" for column in platforms.COLUMNS})
        rows.append(row)
        if not isinstance(one, dict):
            row.errors.append(CellProblem("", "This is no record."))
            continue
        for column in platforms.COLUMNS:
            value = one.get(column.key)
            text = json.dumps(value) if isinstance(value, bool) else "" if value is None else value
            if not isinstance(text, str) or not storable(text) or len(text) > column.longest:
                row.errors.append(CellProblem(column.key, f"A text of at most {column.longest} characters is needed."))
            else:
                row.values[column.key] = text.strip()
            if column.required and not row.values[column.key] and not row.errors:
                row.errors.append(CellProblem(column.key, "This is missing."))
    return rows


class OwnRecords(ActorView):
    """A platform operator shares records, and reads those it shared."""

    permission_classes = [IsProvider]

    @extend_schema(
        operation_id="platform_records_share", summary="Share third parties' filings", request=Share,
        responses={200: Taken},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        by, now = self.actor, moment()
        platforms.operator_of(by)  # refused before anything is read
        batch = platforms.prepare(rows=_rows(request.data), name="", source=BatchSource.API, by=by, now=now)
        if batch.right:
            batch = platforms.take(batch=batch, by=by, now=now)
        errors = [{"row": row["row"], **error} for row in batch.rows for error in row["errors"]]
        body = {"batch": batch.pk, "new": batch.fresh, "changed": batch.changed, "same": batch.same, "errors": errors}
        return Response(body, status=200 if batch.right else 422)

    @extend_schema(
        operation_id="platform_records_own", summary="Records that one's unit shared",
        parameters=[OpenApiParameter("q", str), OpenApiParameter("after", int)],
        responses={200: PublicRecord(many=True)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        rows = records.found(PlatformRecord.objects.visible_to(self.actor), request.GET.get("q", "")[:100])
        after = request.GET.get("after", "")
        if after.isascii() and after.isdecimal() and len(after) < 18:
            rows = rows.filter(pk__gt=int(after))
        page = rows.select_related("operator").defer("search").order_by("pk")[:100]
        return Response(PublicRecord(page, many=True).data)


class PublicRecords(APIView):
    """Was a mini-program submitted to the operator of its platform?"""

    authentication_classes: list[type] = []
    permission_classes = [AllowAny]
    throttle_classes: list[type] = [SearchThrottle]

    @extend_schema(
        operation_id="platform_records_lookup",
        summary="Look up what platform operators shared",
        description="Records of third-party applications (Measures, Article 10), kept apart from numbered entries: "
        "being found here is no filing number. An identifier, a credit code, or words.",
        parameters=[OpenApiParameter("q", str, required=True)],
        responses={200: PublicRecordList},
    )
    def get(self, request: Request) -> Response:
        later = records.opens_later()
        if later is not None:
            return Response({"open_from": later.isoformat(), "results": []})
        q = request.GET.get("q", "").strip()[:100]
        if not q:
            raise serializers.ValidationError({"q": ["Say what you look for."]})
        answer = Response({"results": PublicRecord(records.public(q), many=True).data})
        answer["Cache-Control"] = "public, max-age=60"
        answer["Access-Control-Allow-Origin"] = "*"
        return answer
