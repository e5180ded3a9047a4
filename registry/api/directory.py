"""The filed apps as a directory for an online learning space, to be taken over whole (Opinions, 12).

One app a line with the address of its entry page, by stage, province and function; read in stretches, so that a file
of any length holds no memory. What is not in force does not stand in it: who keeps a copy takes it anew every day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ParseError, ValidationError
from rest_framework.request import Request

from accounts.sheets.writing import CSV, csv_lines
from registry import answers, opening
from registry.answers import DISCIPLINE, OTHER_TYPE, age_range, dumps
from registry.api.public import LIST_CACHE, PublicView, _parameter
from registry.enums import EntryState, Function, Stage
from registry.models import Entry
from registry.numbers import PREFIXES, digits_of
from registry.throttles import BulkThrottle
from rulebook.time import local_date

FILE_LINES = 10_000  # of one answer; a longer one goes on under the address in its Link header
_CHUNK = 1_000
FORMAT = 1  # goes up when a line says something else of the same entry, so that nobody keeps the old file
JSON_LINES = "application/x-ndjson"
KINDS = ("jsonl", "csv")
_READ = (
    "number", "state", "app_name", "provider_name", "province_code", "stages", "user_groups", "functions",
    "is_discipline", "age_from", "age_to", "package_ids", "published_at", "updated_at", "version",
)  # fmt: skip


class DirectoryLine(serializers.Serializer):
    """One app of the directory; ``url`` is the whole address of its entry page."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=EntryState.choices)
    app_name = serializers.CharField()
    provider_name = serializers.CharField()
    province_code = serializers.CharField()
    stages = serializers.ListField(child=serializers.CharField())
    user_groups = serializers.ListField(child=serializers.CharField())
    functions = serializers.ListField(child=serializers.CharField())
    type = serializers.ChoiceField(choices=[DISCIPLINE, OTHER_TYPE])
    age_range = serializers.DictField(child=serializers.IntegerField(allow_null=True), allow_null=True)
    package_ids = serializers.ListField(child=serializers.CharField())
    published = serializers.DateField()
    updated = serializers.DateField()
    version = serializers.IntegerField()
    url = serializers.CharField()


def _among(given: QueryDict, name: str, known: Any) -> list[str]:
    """The values of a parameter that may be repeated. A slip must not deliver the whole country."""
    values = [value for value in given.getlist(name) if value]
    unknown = [value for value in values if value not in known]
    if unknown:
        raise ValidationError({name: [f"There is no such value; take one of {', '.join(sorted(known))}."]})
    return values


def _wanted(given: QueryDict) -> QuerySet[Entry]:
    """The entries in force that are asked for and open to the public, by id."""
    rows = Entry.objects.valid().order_by("pk").only(*_READ)
    if opening.closed():
        rows = rows.exclude(prefix__in=list(opening.closed()))
    for name, column, known in (
        ("stage", "stages__overlap", Stage.values),
        ("function", "functions__overlap", Function.values),
        ("province", "province_code__in", PREFIXES),
    ):
        values = _among(given, name, known)
        if values:
            rows = rows.filter(**{column: values})
    return rows


def _stretches(rows: QuerySet[Entry], after: int, limit: int) -> Iterator[Entry]:
    left = limit
    while left > 0:
        found = list(rows.filter(pk__gt=after)[: min(_CHUNK, left)])
        yield from found
        if len(found) < min(_CHUNK, left):
            return
        left, after = left - len(found), found[-1].pk


def record(row: Entry, address: Callable[[str], str]) -> dict[str, Any]:
    """A ``DirectoryLine``; ``address`` makes a path a whole address."""
    return {
        "number": row.number,
        "status": str(row.state),
        "app_name": row.app_name,
        "provider_name": row.provider_name,
        "province_code": row.province_code,
        "stages": list(row.stages),
        "user_groups": list(row.user_groups),
        "functions": list(row.functions),
        "type": DISCIPLINE if row.is_discipline else OTHER_TYPE,
        "age_range": age_range(row.age_from, row.age_to),
        "package_ids": list(row.package_ids),
        "published": local_date(row.published_at).isoformat(),
        "updated": local_date(row.updated_at).isoformat(),
        "version": row.version,
        "url": address(reverse("entry", args=[digits_of(row.number)])),
    }


def _json_lines(records: Iterator[dict[str, Any]]) -> Iterator[str]:
    for one in records:
        yield dumps(one) + "\n"


def _table(records: Iterator[dict[str, Any]]) -> Iterator[list[Any]]:
    """Lists stand in one cell, parted by spaces; an age range as ``8-15``."""
    names = list(DirectoryLine().fields)
    yield names
    for one in records:
        yield [_plain(one[name]) for name in names]


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, Mapping):
        return "-".join("" if end is None else str(end) for end in (value.get("from"), value.get("to")))
    return value


class Directory(PublicView):
    """Every app in force that fits, for a learning space that links to them."""

    throttle_classes = [BulkThrottle]

    @extend_schema(
        operation_id="registry_directory",
        summary="The directory of filed apps as a file",
        description="For an online learning space: number, names, functions, stages and the address of the entry page "
        "of every app in force, one a line, as JSON lines or CSV, oldest filing first. An answer ends after 10,000 "
        "lines; its Link header with rel=next then names the address at which it goes on. With If-None-Match and the "
        "ETag of the file that you have: 304 where nothing has changed. Filed is not recommended.",
        parameters=[
            OpenApiParameter("kind", OpenApiTypes.STR, OpenApiParameter.PATH, enum=list(KINDS)),
            _parameter("stage", "May be repeated (any of them)", many=True, enum=Stage.values),
            _parameter("province", "Two digits (GB/T 2260); may be repeated", many=True),
            _parameter("function", "May be repeated (any of them)", many=True, enum=Function.values),
            _parameter("after", "Place from the Link header of another answer"),
        ],
        responses={
            (200, JSON_LINES): DirectoryLine,
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "The same fields as columns"),
        },
    )
    def get(self, request: Request, kind: str) -> HttpResponseBase:
        if kind not in KINDS:
            raise NotFound("The directory is given as jsonl or csv.")
        rows, after = _wanted(request.GET), _place(request.GET.get("after", ""))
        tag, following = _tag(kind, request.build_absolute_uri("/"), rows.filter(pk__gt=after))
        if answers.not_modified(request.META.get("HTTP_IF_NONE_MATCH", ""), tag.removeprefix("W/")):
            kept = HttpResponse(status=304)
            del kept["Content-Type"]
            kept["ETag"], kept["Cache-Control"] = tag, LIST_CACHE
            return kept
        records = (record(row, request.build_absolute_uri) for row in _stretches(rows, after, FILE_LINES))
        if kind == "csv":
            response = StreamingHttpResponse(csv_lines(_table(records)), content_type=CSV)
            response["Content-Disposition"] = 'attachment; filename="directory.csv"'
        else:
            response = StreamingHttpResponse(_json_lines(records), content_type=f"{JSON_LINES}; charset=utf-8")
        response["ETag"], response["Cache-Control"] = tag, LIST_CACHE
        if following is not None:
            terms = request.GET.copy()
            terms["after"] = str(following)
            response["Link"] = f'<{request.path}?{terms.urlencode()}>; rel="next"'
        return response


def _tag(kind: str, base: str, rows: QuerySet[Entry]) -> tuple[str, int | None]:
    """The ETag of a file of these rows, without reading them, and the place from which a longer one goes on.

    Every act on an entry renews its ``updated_at``. Weak, since a row may be renewed between the ETag and the file; the
    next question then gets the new file.
    """
    parts = rows.values("id", "version", "state", "updated_at")[: FILE_LINES + 1]
    query, values = parts.query.sql_with_params()
    ends = "count(*), (array_agg(r.id ORDER BY r.id DESC))[2], md5(string_agg(md5(r::text), '' ORDER BY r.id))"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {ends} FROM ({query}) r", values)  # noqa: S608
        count, last, digest = cursor.fetchone()
    said = "|".join(map(str, (FORMAT, kind, base, count, digest)))
    return f'W/"{hashlib.sha256(said.encode()).hexdigest()[:24]}"', last if count > FILE_LINES else None


def _place(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise ParseError("“after” is no place in the directory; start from its beginning.")
    return int(text)
