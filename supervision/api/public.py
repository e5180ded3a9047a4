"""Public lists for machines, beside the blacklist: lines of the negative and exit lists, editions, replies, circulars.

What the public pages show and nothing more; cacheable, throttled, without sign-in.
"""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.request import Request

from accounts.enums import Province
from blacklist.enums import ListItemState, ListKind
from blacklist.models import ListEdition, ListItem
from ledger.models import Record
from registry import answers
from registry.api.blacklist import PLACE, EditionLine, edition_line, page_by_key
from registry.api.public import LIST_CACHE, PublicView
from registry.throttles import BulkThrottle
from rulebook.time import local_date
from supervision.models import Circular, Complaint
from supervision.queries import published_replies

FILE_CACHE = "public, max-age=86400"


def _day(moment: Any) -> str | None:
    return local_date(moment).isoformat() if moment else None


class ItemLine(serializers.Serializer):
    """A line of a negative or exit list; one that was removed stays readable, with the reason."""

    id = serializers.IntegerField()
    about = serializers.CharField(help_text="practice, app, unit")
    title_zh = serializers.CharField()
    title_en = serializers.CharField(allow_blank=True)
    number = serializers.CharField(allow_blank=True, help_text="Filing number, for an app")
    uscc = serializers.CharField(allow_blank=True)
    authority = serializers.CharField()
    authority_code = serializers.CharField()
    reason = serializers.CharField()
    articles = serializers.ListField(child=serializers.CharField())
    state = serializers.ChoiceField(choices=ListItemState.values)
    listed = serializers.DateField()
    removed = serializers.DateField(allow_null=True)
    removal_reason = serializers.CharField(allow_blank=True)


class ItemPage(serializers.Serializer):
    next = serializers.CharField(allow_null=True, help_text="Address of the next page")
    results = ItemLine(many=True)


def item_line(row: ListItem) -> dict[str, Any]:
    """A line as everybody may read it."""
    return {
        "id": row.pk, "about": row.subject, "title_zh": row.title_zh, "title_en": row.title_en, "number": row.number,
        "uscc": row.uscc, "authority": row.authority.name, "authority_code": row.authority.code, "reason": row.reason,
        "articles": list(row.articles), "state": row.state, "listed": _day(row.listed_at),
        "removed": _day(row.removed_at), "removal_reason": row.removal_reason,
    }  # fmt: skip


_AUTHORITY = OpenApiParameter("authority", OpenApiTypes.STR, description="Two digits (GB/T 2260), or moe")


class _Items(PublicView):
    kind: ListKind

    def answer(self, request: Request) -> HttpResponse:
        rows = ListItem.objects.visible_to(None).filter(kind=self.kind).select_related("authority")
        where = request.GET.get("authority")
        if where:
            if where != "moe" and where not in Province.values:
                raise ParseError("There is no such authority.")
            rows = rows.filter(authority__code=where)
        return self.raw(answers.dumps(page_by_key(request, rows, item_line)), cache=LIST_CACHE)


class NegativeList(_Items):
    """What educational apps may not offer, or may not do."""

    kind = ListKind.NEGATIVE

    @extend_schema(
        operation_id="registry_negative_list", summary="The negative list", parameters=[_AUTHORITY, PLACE],
        responses={200: ItemPage},
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        return self.answer(request)


class ExitList(_Items):
    """Apps and units that have left, with the reason."""

    kind = ListKind.EXIT

    @extend_schema(
        operation_id="registry_exit_list", summary="The exit list", parameters=[_AUTHORITY, PLACE],
        responses={200: ItemPage},
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        return self.answer(request)


# --- editions --------------------------------------------------------------------------------------------


class EditionDetail(EditionLine):
    """An edition with its record in the ledger: whoever has the file can check it against ``recorded_sha256``."""

    published = serializers.DateTimeField()
    recorded_sha256 = serializers.CharField(allow_blank=True, help_text="As the ledger recorded it")
    record_hash = serializers.CharField(allow_blank=True, help_text="Hash of that record in its chain")
    recorded = serializers.DateTimeField(allow_null=True)


class _OneEdition(PublicView):
    def edition(self, pk: int) -> ListEdition:
        row = ListEdition.objects.visible_to(None).select_related("authority").filter(pk=pk).first()
        if row is None:
            raise NotFound("There is no such edition.")
        return row


class Edition(_OneEdition):
    """One edition with what proves it."""

    @extend_schema(
        operation_id="registry_edition", summary="One edition of a list, and its record in the ledger",
        responses={200: EditionDetail},
    )  # fmt: skip
    def get(self, request: Request, pk: int) -> HttpResponse:
        row = self.edition(pk)
        record = Record.objects.filter(
            subject_type=ListEdition._meta.label_lower, subject_id=row.pk, verb="publish_edition"
        ).first()
        body = edition_line(row) | {
            "published": row.published_at.isoformat(),
            "recorded_sha256": (record.payload or {}).get("sha256", "") if record else "",
            "record_hash": record.hash if record else "",
            "recorded": record.at.isoformat() if record else None,
        }
        return self.raw(answers.dumps(body), cache=LIST_CACHE)


class EditionFile(_OneEdition):
    """The file as it was published; its ETag is its digest."""

    throttle_classes = [BulkThrottle]

    @extend_schema(
        operation_id="registry_edition_file", summary="The file of an edition: a JSON object a line",
        responses={(200, "application/x-ndjson"): OpenApiTypes.BINARY},
    )  # fmt: skip
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        row = self.edition(pk)
        tag = f'"{row.digest}"'
        response: HttpResponseBase
        if answers.not_modified(request.META.get("HTTP_IF_NONE_MATCH", ""), tag):
            response = HttpResponse(status=304)
            del response["Content-Type"]
        else:
            try:
                opened = row.file.open("rb")
            except OSError as error:
                raise NotFound("The file is not here.") from error
            where = row.authority.code if row.authority else "all"
            response = FileResponse(
                opened, as_attachment=True, filename=f"{row.kind}-{where}-{row.as_of}.jsonl",
                content_type="application/x-ndjson",
            )  # fmt: skip
        response["ETag"], response["Cache-Control"] = tag, FILE_CACHE
        return response


# --- replies and circulars -------------------------------------------------------------------------------


class ReplyLine(serializers.Serializer):
    """A reply that concerns many, in the authority's own words; nothing of who wrote."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    category = serializers.CharField(help_text="In Chinese")
    authority = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    published = serializers.DateField()


class ReplyPage(serializers.Serializer):
    next = serializers.CharField(allow_null=True, help_text="Address of the next page")
    results = ReplyLine(many=True)


def reply_line(row: Complaint) -> dict[str, Any]:
    return {
        "id": row.pk, "kind": row.kind, "category": row.category.label_zh, "authority": row.authority.name,
        "title": row.public_title, "text": row.public_reply, "published": _day(row.published_at),
    }  # fmt: skip


class Replies(PublicView):
    """Published replies."""

    @extend_schema(
        operation_id="registry_replies", summary="Published replies to complaints", parameters=[PLACE],
        responses={200: ReplyPage},
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        return self.raw(answers.dumps(page_by_key(request, published_replies(), reply_line)), cache=LIST_CACHE)


class CircularLine(serializers.Serializer):
    """A published circular."""

    id = serializers.IntegerField()
    case_no = serializers.CharField()
    kind = serializers.CharField()
    authority = serializers.CharField()
    title_zh = serializers.CharField()
    title_en = serializers.CharField(allow_blank=True)
    published = serializers.DateField()


class CircularDetail(CircularLine):
    text_zh = serializers.CharField()
    text_en = serializers.CharField(allow_blank=True)
    articles = serializers.ListField(child=serializers.CharField())


class CircularPage(serializers.Serializer):
    next = serializers.CharField(allow_null=True, help_text="Address of the next page")
    results = CircularLine(many=True)


def circular_line(row: Circular) -> dict[str, Any]:
    return {
        "id": row.pk, "case_no": row.case_no, "kind": row.kind, "authority": row.authority.name,
        "title_zh": row.title_zh, "title_en": row.title_en, "published": _day(row.published_at),
    }  # fmt: skip


def _circulars() -> Any:
    return Circular.objects.visible_to(None).filter(published_at__isnull=False).select_related("authority")


class Circulars(PublicView):
    """Circulars to everybody, newest first."""

    @extend_schema(
        operation_id="registry_circulars", summary="Published circulars", parameters=[PLACE],
        responses={200: CircularPage},
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        return self.raw(answers.dumps(page_by_key(request, _circulars(), circular_line)), cache=LIST_CACHE)


class OneCircular(PublicView):
    """One circular with its text."""

    @extend_schema(operation_id="registry_circular", summary="One circular", responses={200: CircularDetail})
    def get(self, request: Request, pk: int) -> HttpResponse:
        row = _circulars().filter(pk=pk).first()
        if row is None:
            raise NotFound("There is no such circular.")
        body = circular_line(row) | {"text_zh": row.body_zh, "text_en": row.body_en, "articles": list(row.articles)}
        return self.raw(answers.dumps(body), cache=LIST_CACHE)
