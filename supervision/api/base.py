"""What the calls of supervision share: refusals as problem details, keyset pages, and acts on a row.

A call reads its body by a serializer, finds the row by ``visible_to``, and calls the verb that the page calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from accounts.api.once import KEY, once
from accounts.authentication import IsAuthority, IsPartner, IsProvider
from accounts.sheets.writing import XLSX
from ledger.acts import Actor
from ledger.text import storable
from providers.api.base import ActorView, Handler
from rulebook.time import now as moment
from supervision.domain.errors import Invalid
from supervision.files import FILE_KINDS
from supervision.keyset import keyset
from supervision.queries import FilterInvalid

PAGE = 100
Do = Callable[[Any, Actor, datetime, dict[str, Any]], Any]


def text(name: str, description: str) -> OpenApiParameter:
    """A parameter of the address."""
    return OpenApiParameter(name, OpenApiTypes.STR, description=description)


#: the parameters of every list
PLACES = [text("after", "cursor"), text("before", "cursor")]


def not_valid(errors: Mapping[str, Any]) -> Response:
    """422 with what is wrong beside each field, as problem details (RFC 9457)."""
    found = [{"pointer": f"/{field}", "detail": str(message), "code": "invalid"} for field, message in errors.items()]
    body = {"type": "not-valid", "title": "Not valid", "status": 422, "errors": found}
    return Response(body, status=422, content_type="application/problem+json")


class SupervisionView(ActorView):
    """Base of the calls; ``rows`` says which rows the caller may know of, ``shown`` how one of them looks."""

    shown: type[serializers.Serializer]

    def get_exception_handler(self) -> Handler:
        inner = super().get_exception_handler()

        def handle(error: Exception, context: dict[str, Any]) -> Any:
            if isinstance(error, Invalid):
                set_rollback()
                return not_valid(error.errors)
            if isinstance(error, FilterInvalid):
                return not_valid({f"filter/{error.key}" if error.key != "filter" else "filter": error.message})
            return inner(error, context)

        return handle

    def rows(self) -> QuerySet[Any]:
        """Rows that the caller may see, with what one of them shows."""
        raise NotImplementedError

    def row(self, pk: int) -> Any:
        return get_object_or_404(self.rows(), pk=pk)

    def detail(self, pk: int, status: int = 200) -> Response:
        """The row as it is now."""
        body = self.shown(self.row(pk), context={"actor": self.actor}).data
        response = Response(body, status=status)
        response["Cache-Control"] = "private, no-store"
        return response

    def page(
        self, request: Request, rows: QuerySet[Any], key: str, shape: type[serializers.Serializer], *,
        down: bool = False, **more: Any,
    ) -> Response:  # fmt: skip
        """A page of rows in the order of a moment, with the cursors of its neighbours."""
        found = keyset(rows, key, request.query_params, down=down, size=PAGE)
        body = {
            "results": shape(found.rows, many=True, context={"actor": self.actor}).data, "next_after": found.next,
            "previous_before": found.previous, **more,
        }  # fmt: skip
        return Response(body)


class GivesFile:
    """A call whose answer is a file: whatever the caller says that he accepts, he gets what he asks for."""

    http_method_names = ["get", "head", "options"]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        first = self.get_renderers()[0]  # type: ignore[attr-defined]
        return first, first.media_type


#: how a table is asked for, and what is answered
FILE: dict[str, Any] = {
    "parameters": [OpenApiParameter("kind", OpenApiTypes.STR, enum=list(FILE_KINDS), description="csv where not said")],
    "responses": {(200, "text/csv"): OpenApiTypes.BINARY, (200, XLSX): OpenApiTypes.BINARY},
}


class AuthorityCall(SupervisionView):
    """For reviewers, heads of review and the ministry; tokens of the scope ``authority``."""

    permission_classes = [IsAuthority]


class PartnerCall(SupervisionView):
    """For partner departments; tokens of the scope ``partner``, or ``read`` for reading."""

    permission_classes = [IsPartner]


class ProviderCall(SupervisionView):
    """For providers; tokens of the scope ``provider``, or ``read`` for reading."""

    permission_classes = [IsProvider]


@cache
def page_of(shape: type[serializers.Serializer], *, counts: bool = False) -> Any:
    """The description of a page of rows."""
    fields: dict[str, Any] = {
        "results": shape(many=True),
        "next_after": serializers.CharField(allow_blank=True, help_text="Empty on the last page"),
        "previous_before": serializers.CharField(allow_blank=True, help_text="Empty on the first page"),
    }
    if counts:
        fields["counts"] = serializers.DictField(child=serializers.IntegerField())
    return inline_serializer(shape.__name__.removesuffix("Out") + "Page", fields)


def asked(request: Request, name: str, among: Sequence[str], default: str) -> str:
    """A choice of the address; what is none of them is the default."""
    given = request.query_params.get(name, "")
    return given if given in among else default


def searched(request: Request, name: str = "q") -> str:
    """A text to look for; "" where it is none that could be stored."""
    given = request.query_params.get(name, "").strip()[:60]
    return given if storable(given) else ""


@dataclass(frozen=True)
class Call:
    """An act with a row: the last part of its address, what it reads, what it does.

    ``do(row, by, now, values)`` calls the verb; the answer is the row as it is then. A body with ``seen_state``
    says what the caller looked at: what has moved on since is not decided (409).
    """

    name: str
    shape: type[serializers.Serializer] | None
    do: Do
    text: str


def _view(base: type[SupervisionView], call: Call, operation: str) -> type[SupervisionView]:
    @extend_schema(
        operation_id=operation, description=call.text, request=call.shape, responses=base.shown, parameters=[KEY]
    )
    def post(self: SupervisionView, request: Request, pk: int) -> Response:
        row = self.row(pk)
        values = self.read(call.shape, request) if call.shape is not None else {}

        def act() -> int:
            call.do(row, self.actor, moment(), values)
            return pk

        once(request, self.actor, act)
        return self.detail(pk)

    members = {"post": post, "http_method_names": ["post", "options"], "__doc__": call.text}
    return type(f"{base.__name__}{call.name.title().replace('-', '')}", (base,), members)


def act_urls(base: type[SupervisionView], route: str, prefix: str, calls: Sequence[Call]) -> list[URLPattern]:
    """Addresses of the acts on a row: ``<route>/<pk>/<act>/``, named ``api_<prefix>_<act>``.

    ``base`` finds and shows the row; nothing but the act is offered at these addresses.
    """
    found = []
    for call in calls:
        name = f"{prefix}_{call.name.replace('-', '_')}"
        found.append(path(f"{route}/<int:pk>/{call.name}/", _view(base, call, name).as_view(), name=f"api_{name}"))
    return found


def verb(name: str, function: Callable[..., Any]) -> Do:
    """``do`` of a verb that takes the row under ``name`` and the values as they are."""

    def do(row: Any, by: Actor, now: datetime, values: dict[str, Any]) -> Any:
        return function(**{name: row}, by=by, now=now, **values)

    return do
