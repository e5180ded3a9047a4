"""Complaints for the authority: queue, case, the recorded look at who complained, and every act of the page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.acts import Actor
from providers.views.materials import stream
from rulebook.time import now as moment
from supervision import desk, domain
from supervision.api import inputs, shapes
from supervision.api.base import PLACES, AuthorityCall, Call, act_urls, asked, page_of, searched, text, verb
from supervision.enums import ComplaintKind
from supervision.models import Complaint, ComplaintAttachment, Forwarding


class OneComplaint(AuthorityCall):
    """A complaint; who made it is not in it."""

    shown = shapes.ComplaintDetailOut

    def rows(self) -> QuerySet[Any]:
        rows = Complaint.objects.visible_to(self.actor).select_related("authority", "category", "entry")
        return rows.prefetch_related("messages", "forwardings__unit")

    @extend_schema(operation_id="authority_complaint", responses=shapes.ComplaintDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class Complaints(AuthorityCall):
    """The queue: the most urgent first, closed ones the newest first."""

    @extend_schema(
        operation_id="authority_complaints",
        parameters=[
            text("tab", ", ".join(desk.TABS)), text("q", "case number or app"),
            text("kind", ", ".join(ComplaintKind.values)), text("category", "key of a category"), *PLACES,
        ],
        responses=page_of(shapes.ComplaintOut, counts=True),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        actor, now = self.actor, moment()
        tab, q = asked(request, "tab", desk.TABS, "open"), searched(request)
        seen = Complaint.objects.visible_to(actor)
        rows = desk.of_tab(seen, tab, actor, now).select_related("authority", "category", "entry")
        if q:
            rows = rows.filter(Q(case_no__iexact=q) | Q(app_name__icontains=q))
        kind, category = searched(request, "kind"), searched(request, "category")
        if kind:
            rows = rows.filter(kind=kind)
        if category:
            rows = rows.filter(category__key=category)
        closed = tab == "closed"
        counts = desk.counts(seen, actor, now)
        key = "received_at" if closed else "due_at"
        return self.page(request, rows, key, shapes.ComplaintOut, down=closed, counts=counts)


class Identity(OneComplaint):
    """Who complained: for who handles the case and the head of review; every look stands in the ledger."""

    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="authority_complaint_identity", request=inputs.PurposeIn, responses=shapes.IdentityOut
    )
    def post(self, request: Request, pk: int) -> Response:
        row, purpose = self.row(pk), self.read(inputs.PurposeIn, request)["purpose"]
        found = domain.look_at_identity(complaint=row, purpose=purpose, by=self.actor, now=moment())
        body = {"given": found is not None} | {
            field: getattr(found, field) if found is not None else "" for field in ("name", "phone", "email")
        }
        response = Response(shapes.IdentityOut(body).data)
        response["Cache-Control"] = "no-store, private"
        return response


class Screenshot(OneComplaint):
    """A screenshot, for who handles the case and the head of review."""

    @extend_schema(
        operation_id="authority_complaint_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, pk: int, file: int) -> HttpResponseBase:  # type: ignore[override]
        seen = ComplaintAttachment.objects.visible_to(self.actor)
        return stream(request._request, seen.filter(complaint=self.row(pk), pk=file).first())


# --- acts ------------------------------------------------------------------------------------------------


def _take(row: Complaint, by: Actor, now: datetime, values: dict[str, Any]) -> None:
    person = inputs.colleague(by, values["person"]) if values["person"] is not None else None
    domain.take(complaint=row, person=person, by=by, now=now)


def _forward(row: Complaint, by: Actor, now: datetime, values: dict[str, Any]) -> None:
    code = values["uscc"].strip()
    unit = inputs.unit_of(code) if code and row.entry_id is None else None
    domain.forward_to_provider(complaint=row, text=values["text"], days=values["days"], unit=unit, by=by, now=now)


def _recall(row: Complaint, by: Actor, now: datetime, values: dict[str, Any]) -> None:
    sent = Forwarding.objects.visible_to(by).filter(pk=values["forwarding"], complaint=row).first()
    if sent is None:
        raise ValidationError({"forwarding": [_("Nothing with this id was forwarded.")]})
    domain.recall(forwarding=sent, reason=values["reason"], by=by, now=now)


def _merge(row: Complaint, by: Actor, now: datetime, values: dict[str, Any]) -> None:
    into = Complaint.objects.visible_to(by).filter(case_no__iexact=values["into"].strip()).first()
    if into is None:
        raise ValidationError({"into": [_("There is no complaint with this number.")]})
    domain.merge(complaint=row, into=into, reply=values["reply"], by=by, now=now)


CALLS = (
    Call("take", inputs.PersonIn, _take, "Takes the case over, or gives it to a colleague."),
    Call("accept", inputs.Seen, verb("complaint", domain.accept), "Accepts the case and handles it."),
    Call("not-accept", inputs.NotAcceptedIn, verb("complaint", domain.do_not_accept),
         "Does not accept it, with the reason and where to go instead."),
    Call("investigate", inputs.Seen, verb("complaint", domain.investigate), "Begins the investigation."),
    Call("ask", inputs.TextIn, verb("complaint", domain.ask_back), "Asks the complainant back."),
    Call("note", inputs.TextIn, verb("complaint", domain.add_note), "Adds a note for colleagues."),
    Call("forward", inputs.ForwardIn, _forward, "Sends the provider a text of the authority's own."),
    Call("recall", inputs.RecallIn, _recall, "Takes back what was sent to a provider by mistake."),
    Call("reply", inputs.ResolveIn, verb("complaint", domain.resolve), "Closes the case with a reply."),
    Call("merge", inputs.MergeIn, _merge, "Ends a duplicate: it is answered with another case."),
    Call("publish", inputs.PublishReplyIn, verb("complaint", domain.publish_reply),
         "Publishes a reply that concerns many."),
)  # fmt: skip
ACTS = act_urls(OneComplaint, "complaints", "authority_complaint", CALLS)
