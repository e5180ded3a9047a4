"""The public interface under ``/api/v1/registry/``: no sign-in, throttled, cacheable."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ParseError, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.text import storable
from registry import answers, lookup, opening, queries
from registry.api import serializers as shapes
from registry.enums import EntryState, Function, Stage
from registry.numbers import Number, NumberProblem, read
from registry.throttles import BulkThrottle, SearchThrottle, VerifyThrottle
from rulebook.time import local_date

LIST_CACHE = "public, max-age=300"
SEARCH_CACHE = "public, max-age=30"
BAD_PLACE = "“after” is no place in these results; start from the first page."


def _parameter(
    name: str, text: str, *, many: bool = False, enum: list[str] | None = None
) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=text, many=many, enum=enum)


class PublicView(APIView):
    """What all public calls share."""

    authentication_classes: list[type] = []
    permission_classes = [AllowAny]
    throttle_classes: list[type] = [SearchThrottle]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Who takes anything, or JSON, is not asked further."""
        if request.META.get("HTTP_ACCEPT", "*/*") in ("*/*", lookup.JSON) and "format" not in request.GET:
            first = self.get_renderers()[0]
            return first, first.media_type
        return super().perform_content_negotiation(request, force)

    def raw(
        self,
        body: str,
        *,
        status: int = 200,
        content_type: str = lookup.JSON,
        cache: str = answers.CACHE_CONTROL,
    ) -> HttpResponse:
        """JSON text with its ETag, or 304 where the caller has it already."""
        if status != 200:
            return HttpResponse(body, status=status, content_type=content_type)
        tag = answers.etag(body)
        if answers.not_modified(self.request.META.get("HTTP_IF_NONE_MATCH", ""), tag):
            response = HttpResponse(status=304)
            del response["Content-Type"]
        else:
            response = HttpResponse(body, content_type=content_type)
        response["ETag"] = tag
        response["Cache-Control"] = cache
        return response

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> Any:
        for name, value in lookup.OPEN_HEADERS:
            response[name] = value
        return super().finalize_response(request, response, *args, **kwargs)


class VerifyOne(PublicView):
    """Is this number filed?"""

    throttle_classes = [VerifyThrottle]

    @extend_schema(
        operation_id="registry_verify",
        summary="Verify one number",
        description="Reads the number as people type it (full width, lower case, spaces, 号 missing), never guesses "
        "digits. 200 also where the number was never issued: filed is false, status is unknown. "
        "400 where the text is no number; the problem's type says why, e.g. number-icp.",
        responses={200: shapes.Verification, 400: shapes.ProblemOfOne},
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        answer = lookup.verify(number.strip("/"))
        return self.raw(answer.body, status=answer.status, content_type=answer.content_type, cache=answer.cache)


class VerifyMany(PublicView):
    """Are these filed? Up to 1,000 numbers or package ids in one call."""

    throttle_classes = [BulkThrottle]

    @extend_schema(
        operation_id="registry_verify_many",
        summary="Verify up to 1,000 numbers or package ids",
        request=shapes.BulkQuestion,
        responses={200: shapes.BulkAnswer},
    )
    def post(self, request: Request) -> HttpResponse:
        numbers, packages = _asked(request.data)
        return HttpResponse(bulk_answer(numbers, packages), content_type=lookup.JSON)


def _asked(data: Any) -> tuple[list[str], list[str]]:
    """The two lists of a bulk call. Checked by hand where all is well: a serializer would cost more than the SQL."""
    if isinstance(data, dict):
        lists = [data.get("numbers") or [], data.get("package_ids") or []]
        well = all(isinstance(items, list) for items in lists) and all(
            type(item) is str and len(item) <= 200 and storable(item) for items in lists for item in items
        )
        if well and 1 <= len(lists[0]) + len(lists[1]) <= shapes.BULK_LIMIT:
            return lists[0], lists[1]
    shapes.BulkQuestion(data=data).is_valid(raise_exception=True)
    raise ValidationError("Give numbers and package_ids as lists of texts.")


def bulk_answer(numbers: list[str], packages: list[str]) -> str:
    """The JSON text of a bulk answer, in the order of the questions, from the stored answers."""
    # most callers send the official form: those need no reading at all
    found = queries.verify_texts(numbers) if numbers else {}
    readings = {text: read(text) for text in numbers if text not in found}
    others = {reading.text for text, reading in readings.items() if isinstance(reading, Number)}.difference(
        readings
    )
    if others:
        found |= queries.verify_texts(list(others))
    quote = json.encoder.encode_basestring
    lines = []
    for text in numbers:
        body = found.get(text)
        if body is None:
            reading = readings[text]
            if isinstance(reading, NumberProblem):
                lines.append(
                    f'{{"query":{quote(text)},"problem":{answers.dumps(answers.problem_body(reading))}}}'
                )
                continue
            body = found.get(reading.text) or lookup.absent(reading)
        lines.append(f'{{"query":{quote(text)},"result":{body}}}')
    by_package = queries.verify_texts_by_package(packages) if packages else {}
    package_lines = [
        f'{{"query":{quote(package)},"result":{by_package.get(package.strip(), "null")}}}'
        for package in packages
    ]
    return f'{{"numbers":[{",".join(lines)}],"package_ids":[{",".join(package_lines)}]}}'


class Entries(PublicView):
    """Search."""

    @extend_schema(
        operation_id="registry_search",
        summary="Search entries",
        parameters=[
            _parameter("q", "App, provider, number, USCC, package id, pinyin or initials"),
            _parameter("status", "May be repeated", many=True, enum=EntryState.values),
            _parameter("stage", "May be repeated", many=True, enum=Stage.values),
            _parameter("province", "Two digits (GB/T 2260); may be repeated", many=True),
            _parameter("function", "May be repeated", many=True, enum=Function.values),
            _parameter("discipline", "Discipline training", enum=["yes", "no"]),
            _parameter("sort", "Order", enum=list(queries.SORTS)),
            _parameter("after", "Place from next or previous of another page"),
            OpenApiParameter("size", OpenApiTypes.INT, description="Entries on a page, at most 100"),
        ],
        responses={200: shapes.EntryPage},
    )
    def get(self, request: Request) -> HttpResponse:
        try:
            body = search_answer(request.GET, request.path)
        except queries.BadCursor as error:
            raise ParseError(BAD_PLACE) from error
        return self.raw(body, cache=SEARCH_CACHE)


def search_answer(given: QueryDict, path: str) -> str:
    """The JSON text of a search. Raises ``BadCursor``."""
    size = given.get("size", "")
    page = queries.search(
        given.get("q", ""),
        queries.Filters.from_query(given),
        given.get("sort", "newest"),
        given.get("after", ""),
        size=int(size) if size.isascii() and size.isdigit() and len(size) < 5 else queries.PAGE_SIZE,
    )
    head = answers.dumps(
        {
            "count": page.count,
            "capped": page.capped,
            "next": _with(given, path, page.next),
            "previous": _with(given, path, page.previous),
            "problem": answers.problem_body(page.problem) if page.problem else None,
        }
    )
    return f'{head[:-1]},"results":[{",".join(map(shapes.line_text, page.hits))}]}}'


def _with(given: QueryDict, path: str, after: str | None) -> str | None:
    """This address with another place in the results."""
    if after is None:
        return None
    terms = given.copy()
    terms["after"] = after
    return f"{path}?{terms.urlencode()}"


class OneEntry(PublicView):
    """The whole public entry of a number."""

    @extend_schema(
        operation_id="registry_entry",
        summary="One entry with its history",
        responses={200: shapes.EntryDetail},
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        reading = read(number)
        if isinstance(reading, NumberProblem):
            return self.raw(
                answers.dumps(answers.problem_body(reading)), status=400, content_type=lookup.PROBLEM_JSON
            )
        day = opening.opens_on(reading.prefix)
        if day is not None:
            raise NotFound(f"Entries of this authority are not yet open to query; they open on {day.isoformat()}.")
        entry = queries.entry_by_number(reading)
        if entry is None:
            raise NotFound("This number was never issued.")
        body = json.loads(entry.verify_json)
        body["confirmed"] = local_date(entry.confirmed_at).isoformat()
        body["public"] = entry.public
        body["history"] = [shapes.event(row) for row in entry.events.all()]
        return self.raw(answers.dumps(body))


class PublicList(PublicView):
    """A public list, newest first."""

    @extend_schema(
        operation_id="registry_list",
        summary="A public list",
        parameters=[
            OpenApiParameter("name", OpenApiTypes.STR, OpenApiParameter.PATH, enum=list(queries.LISTS)),
            _parameter("province", "Two digits (GB/T 2260)"),
            _parameter("after", "Place from next of another page"),
        ],
        responses={200: shapes.ListPage},
    )
    def get(self, request: Request, name: str) -> Response | HttpResponse:
        if name not in queries.LISTS:
            raise NotFound("There is no such list.")
        after = request.GET.get("after", "")
        try:
            before = queries.read_place(after) if after else None
        except ValueError as error:
            raise ParseError("“after” is no place in this list; start from its beginning.") from error
        province = request.GET.get("province", "")
        rows = queries.public_list(name, province=province, before=before, limit=queries.MAX_PAGE_SIZE + 1)
        shown = rows[: queries.MAX_PAGE_SIZE]
        following = None
        if len(rows) > len(shown):
            terms = {"province": province} if province else {}
            following = f"{request.path}?{urlencode({**terms, 'after': queries.place(name, shown[-1])})}"
        body = {"name": name, "next": following, "results": [shapes.line(row) for row in shown]}
        return self.raw(answers.dumps(body), cache=LIST_CACHE)
