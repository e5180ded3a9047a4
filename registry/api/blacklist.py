"""The blacklist and the dated editions for machines, under ``/api/v1/registry/`` (Beijing notice, 5)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from blacklist.codes import normal
from blacklist.enums import ListingState, ListKind
from blacklist.models import ListEdition, Listing
from registry import answers
from registry.api.public import LIST_CACHE, PublicView
from rulebook.time import local_date

PAGE = 100
_LARGEST = 2**63 - 1


class RevokedWith(serializers.Serializer):
    """An entry that was revoked by the listing."""

    number = serializers.CharField()
    app_name = serializers.CharField()


class BlacklistLine(serializers.Serializer):
    """A listing: who, why, since when, and until which day the unit may not file. Nothing of any person."""

    id = serializers.IntegerField()
    unit_name = serializers.CharField(help_text="Name on the day of the listing, in Chinese")
    uscc = serializers.CharField(help_text="Unified social credit code")
    authority = serializers.CharField(help_text="Education authority that listed it")
    authority_code = serializers.CharField(help_text="GB/T 2260, first two digits; moe for the ministry")
    reason = serializers.CharField(help_text="In Chinese")
    articles = serializers.ListField(child=serializers.CharField())
    revoked = RevokedWith(many=True)
    listed = serializers.DateField()
    bar_until = serializers.DateField(allow_null=True, help_text="Last day of the bar, 24:00 Beijing time")
    state = serializers.ChoiceField(choices=ListingState.values)
    ended = serializers.DateField(allow_null=True)
    lift_reason = serializers.CharField(allow_blank=True)


class BlacklistPage(serializers.Serializer):
    next = serializers.CharField(allow_null=True, help_text="Address of the next page")
    results = BlacklistLine(many=True)


class EditionLine(serializers.Serializer):
    """A dated edition of a list; ``sha256`` is that of its file, as the ledger recorded it."""

    id = serializers.IntegerField()
    list = serializers.ChoiceField(choices=ListKind.values)
    authority_code = serializers.CharField(allow_null=True, help_text="null: the whole country")
    as_of = serializers.DateField()
    lines = serializers.IntegerField()
    sha256 = serializers.CharField()
    file = serializers.CharField(help_text="Address of the file: a JSON object a line")


class EditionPage(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    results = EditionLine(many=True)


def line(row: Listing) -> dict[str, Any]:
    """A listing as everybody may read it."""
    return {
        "id": row.pk,
        "unit_name": row.unit_name,
        "uscc": row.uscc,
        "authority": row.authority.name,
        "authority_code": row.authority.code,
        "reason": row.reason,
        "articles": list(row.articles),
        "revoked": [
            {"number": one["number"], "app_name": one.get("app_name", "")} for one in row.affected if one.get("number")
        ],
        "listed": local_date(row.listed_at).isoformat(),
        "bar_until": row.bar_last_day.isoformat() if row.bar_last_day else None,
        "state": row.state,
        "ended": local_date(row.ended_at).isoformat() if row.ended_at else None,
        "lift_reason": row.lift_reason,
    }


def _after(request: Request) -> int | None:
    text = request.GET.get("after", "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and int(text[:20]) <= _LARGEST and len(text) <= 19):
        raise ParseError("“after” is no place in this list; start from its beginning.")
    return int(text)


def page_by_key(request: Request, rows: Any, shown_as: Any) -> dict[str, Any]:
    """Newest first by key; ``next`` goes on after the last."""
    after = _after(request)
    found = list((rows.filter(pk__lt=after) if after is not None else rows).order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    following = None
    if len(found) > PAGE:
        terms = {key: value for key, value in request.GET.items() if key != "after"}
        following = f"{request.path}?{urlencode({**terms, 'after': shown[-1].pk})}"
    return {"next": following, "results": [shown_as(row) for row in shown]}


PLACE = OpenApiParameter("after", OpenApiTypes.STR, description="Place from next of another page")


class Blacklist(PublicView):
    """The blacklist, newest first."""

    @extend_schema(
        operation_id="registry_blacklist",
        summary="The blacklist",
        parameters=[
            OpenApiParameter("uscc", OpenApiTypes.STR, description="Credit code; finds bars of the head office too"),
            OpenApiParameter("authority", OpenApiTypes.STR, description="Two digits (GB/T 2260), or moe"),
            OpenApiParameter(
                "state", OpenApiTypes.STR, enum=ListingState.values, description="Without it: active ones"
            ),
            PLACE,
        ],
        responses={200: BlacklistPage},
    )
    def get(self, request: Request) -> HttpResponse:
        wanted = request.GET.get("state", ListingState.ACTIVE)
        if wanted not in ListingState.values:
            raise ParseError("There is no such state.")
        rows = Listing.objects.visible_to(None).filter(state=wanted).select_related("authority")
        if request.GET.get("authority"):
            rows = rows.filter(authority__code=request.GET["authority"].replace("\x00", "")[:20])
        if request.GET.get("uscc"):
            rows = rows.filter(barred_codes__contains=[normal(request.GET["uscc"].replace("\x00", ""))])
        return self.raw(answers.dumps(page_by_key(request, rows, line)), cache=LIST_CACHE)


class Editions(PublicView):
    """Dated editions of the lists, newest first."""

    @extend_schema(
        operation_id="registry_editions",
        summary="Dated editions of the lists",
        parameters=[OpenApiParameter("list", OpenApiTypes.STR, enum=ListKind.values), PLACE],
        responses={200: EditionPage},
    )
    def get(self, request: Request) -> HttpResponse:
        rows = ListEdition.objects.visible_to(None).select_related("authority")
        wanted = request.GET.get("list")
        if wanted:
            if wanted not in ListKind.values:
                raise ParseError("There is no such list.")
            rows = rows.filter(kind=wanted)
        return self.raw(answers.dumps(page_by_key(request, rows, edition_line)), cache=LIST_CACHE)


def edition_line(row: ListEdition) -> dict[str, Any]:
    """An edition as the list of editions shows it."""
    try:
        address = reverse("edition_file", args=[row.pk])
    except NoReverseMatch:
        address = ""
    return {
        "id": row.pk,
        "list": row.kind,
        "authority_code": row.authority.code if row.authority else None,
        "as_of": row.as_of.isoformat(),
        "lines": row.rows,
        "sha256": row.digest,
        "file": address,
    }
