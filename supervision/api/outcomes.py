"""What followed for persons in a case: for leads, after they have said what for; each look is on record (R165)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from blacklist.models import Listing
from ledger.acts import Refused
from rulebook.time import now as moment
from supervision import domain, rules
from supervision.api import governance_inputs as reads
from supervision.api import governance_shapes as shapes
from supervision.api import inputs
from supervision.api.base import KEY, AuthorityCall
from supervision.models import Circular


class _Outcomes(AuthorityCall):
    """Records an outcome; it is read by a look of its own alone."""

    http_method_names = ["post", "options"]

    def case(self, pk: int) -> Any:
        """The case, for who may know what followed; others are refused before they have said anything."""
        found = self.row(pk)
        reasons = rules.may_look_at_outcomes(self.actor, found)
        if reasons:
            raise Refused(reasons)
        return found

    def record(self, request: Request, pk: int) -> Response:
        case, values = self.case(pk), self.read(reads.OutcomeIn, request)
        made = self.once(request, lambda: domain.record_outcome(case=case, by=self.actor, now=moment(), **values))
        return Response(shapes.RecordedOut({"id": made}).data, status=201)

    def look(self, request: Request, pk: int) -> Response:
        """Never kept under a key: every answer is a look, and stands in the ledger."""
        case, purpose = self.case(pk), self.read(inputs.PurposeIn, request)["purpose"]
        found = domain.look_at_outcomes(case=case, purpose=purpose, by=self.actor, now=moment())
        response = Response(shapes.OutcomeOut(found, many=True).data)
        response["Cache-Control"] = "no-store, private"
        return response


class _OfCirculars(_Outcomes):
    def rows(self) -> QuerySet[Any]:
        return Circular.objects.visible_to(self.actor).select_related("authority")


class _OfListings(_Outcomes):
    def rows(self) -> QuerySet[Any]:
        return Listing.objects.visible_to(self.actor).select_related("authority")


_RECORD: dict[str, Any] = {"request": reads.OutcomeIn, "responses": {201: shapes.RecordedOut}, "parameters": [KEY]}
_LOOK: dict[str, Any] = {"request": inputs.PurposeIn, "responses": shapes.OutcomeOut(many=True)}


class CircularOutcomes(_OfCirculars):
    """Records what followed for a person beside a circular or an interview."""

    @extend_schema(operation_id="authority_circular_outcome_record", **_RECORD)
    def post(self, request: Request, pk: int) -> Response:
        return self.record(request, pk)


class CircularLook(_OfCirculars):
    """What followed for persons beside a circular, with the purpose of the look."""

    @extend_schema(operation_id="authority_circular_outcomes_look", **_LOOK)
    def post(self, request: Request, pk: int) -> Response:
        return self.look(request, pk)


class ListingOutcomes(_OfListings):
    """Records what followed for a person beside a listing."""

    @extend_schema(operation_id="authority_listing_outcome_record", **_RECORD)
    def post(self, request: Request, pk: int) -> Response:
        return self.record(request, pk)


class ListingLook(_OfListings):
    """What followed for persons beside a listing, with the purpose of the look."""

    @extend_schema(operation_id="authority_listing_outcomes_look", **_LOOK)
    def post(self, request: Request, pk: int) -> Response:
        return self.look(request, pk)
