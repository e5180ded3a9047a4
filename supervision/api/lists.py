"""Lines of the authority's negative and exit lists, and dated editions of every list, verified against the ledger."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Level
from accounts.models import Unit
from blacklist import domain as blacklist
from blacklist.enums import ListItemState, ListKind
from blacklist.models import ListEdition, ListItem
from rulebook.time import now as moment
from supervision import domain
from supervision.api import governance_inputs as reads
from supervision.api import governance_shapes as shapes
from supervision.api import inputs
from supervision.api.base import (
    KEY,
    PLACES,
    AuthorityCall,
    Call,
    act_urls,
    asked,
    page_of,
    searched,
    text,
    verb,
)
from supervision.api.shapes import ListLineOut

KEPT = (ListKind.NEGATIVE.value, ListKind.EXIT.value)


class OneLine(AuthorityCall):
    """A line of a negative or exit list."""

    shown = ListLineOut

    def rows(self) -> QuerySet[Any]:
        return ListItem.objects.visible_to(self.actor).select_related("authority")

    @extend_schema(operation_id="authority_list_line", responses=ListLineOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class Lines(OneLine):
    """Lines of the authority's own lists, newest first; ``authority``: those of another one."""

    @extend_schema(
        operation_id="authority_list_lines",
        parameters=[
            text("kind", ", ".join(KEPT)), text("state", ", ".join(ListItemState.values)),
            text("authority", "key of an authority; without it: one's own"), *PLACES,
        ],
        responses=page_of(ListLineOut),
    )  # fmt: skip
    def get(self, request: Request) -> Response:  # type: ignore[override]
        kind, state = asked(request, "kind", KEPT, ""), asked(request, "state", ListItemState.values, "")
        whose = searched(request, "authority")
        rows = self.rows()
        rows = rows.filter(authority__code=whose) if whose else rows.filter(authority_id=self.actor.unit_id)
        if kind:
            rows = rows.filter(kind=kind)
        return self.page(request, rows.filter(state=state) if state else rows, "listed_at", ListLineOut, down=True)

    @extend_schema(
        operation_id="authority_list_line_add", request=inputs.LineIn, parameters=[KEY], responses={201: ListLineOut}
    )
    def post(self, request: Request) -> Response:
        """Puts a line on one of the authority's own lists; it is public at once."""
        values, actor = self.read(inputs.LineIn, request), self.actor
        own = Unit.objects.get(pk=actor.unit_id)
        made = self.once(request, lambda: blacklist.add_line(authority=own, by=actor, now=moment(), **values))
        return self.detail(made, status=201)


LINE_ACTS = act_urls(
    OneLine, "list-lines", "authority_list_line",
    (
        Call("remove", inputs.SeenReasonIn, verb("item", blacklist.remove_line),
             "Takes the line off its list; it stays readable with both reasons."),
    ),
)  # fmt: skip


class Editions(AuthorityCall):
    """Dated editions of the lists, newest first."""

    shown = shapes.ListEditionOut

    def rows(self) -> QuerySet[Any]:
        return ListEdition.objects.visible_to(self.actor).select_related("authority")

    @extend_schema(
        operation_id="authority_editions", parameters=[text("kind", ", ".join(ListKind.values)), *PLACES],
        responses=page_of(shapes.ListEditionOut),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        kind = asked(request, "kind", ListKind.values, "")
        rows = self.rows().filter(kind=kind) if kind else self.rows()
        return self.page(request, rows, "published_at", shapes.ListEditionOut, down=True)

    @extend_schema(
        operation_id="authority_edition_publish", request=reads.EditionIn, parameters=[KEY],
        responses={201: shapes.ListEditionOut},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Publishes an edition of the authority's list as it stands now; the same day again gives the first one."""
        values, actor = self.read(reads.EditionIn, request), self.actor
        own = Unit.objects.get(pk=actor.unit_id)
        whose = None if own.level == Level.MINISTRY else own
        made = self.once(request, lambda: domain.publish_list(authority=whose, by=actor, now=moment(), **values))
        return self.detail(made, status=201)


class EditionChecked(Editions):
    """An edition's file, compared now with what the ledger recorded."""

    http_method_names = ["get", "head", "options"]

    @extend_schema(operation_id="authority_edition_verify", responses=shapes.VerifiedOut)
    def get(self, request: Request, pk: int) -> Response:  # type: ignore[override]
        return Response(shapes.VerifiedOut(shapes.verified(blacklist.verify_edition(self.row(pk)))).data)


class OneEdition(Editions):
    """An edition; its file is public under ``/api/v1/registry/editions/<id>/file/``."""

    http_method_names = ["get", "head", "options"]

    @extend_schema(operation_id="authority_edition", responses=shapes.ListEditionOut)
    def get(self, request: Request, pk: int) -> Response:  # type: ignore[override]
        return self.detail(pk)
