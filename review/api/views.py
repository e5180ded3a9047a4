"""Calls of the authority: queue, case, versions, differences, verdicts, decisions, materials.

The same verbs and the same ``visible_to`` as the pages; tokens of the scope ``authority``.
"""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import IsAuthority
from providers import schema
from providers.api.base import ActorView
from providers.api.serializers import VersionOut
from providers.api.upkeep import attachment
from providers.enums import AUTHORITY_STATES
from providers.models import Filing, Material
from providers.queries import policy_of, published_document, version
from review import casefile, domain, queries, rules
from review.api import serializers as shapes
from review.domain.blockers import blockers
from review.models import Verdict
from review.queries import Filters
from rulebook.time import now as moment


def _text(name: str, text: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=text)


class AuthorityView(ActorView):
    """For reviewers; what one may not see is not found."""

    permission_classes = [IsAuthority]

    def filing(self, pk: int) -> Filing:
        cases = Filing.objects.visible_to(self.actor).select_related("authority", "entry", "unit", "app")
        return get_object_or_404(cases, pk=pk)

    def case(self, pk: int) -> Response:
        """The case in detail."""
        filing, now = self.filing(pk), moment()
        newest = version(filing)
        reasons = rules.may_decide(self.actor, filing)
        if not reasons and filing.state in AUTHORITY_STATES:
            reasons = blockers(filing, self.actor, policy_of(filing, now))
        body = shapes.CaseOut(filing).data | {
            "document": newest.data if newest else None,
            "decisions": shapes.DecisionOut(filing.decisions.order_by("pk"), many=True).data,
            "blockers": [{"code": r.code, "message": str(r.message), "article": r.article} for r in reasons],
        }
        return Response(body)


class Queue(AuthorityView):
    """The queue with the filters of the page."""

    @extend_schema(
        operation_id="authority_queue",
        parameters=[
            _text("tab", "open, mine, unassigned, soon, overdue, waiting, ministry, closed"),
            _text("q", "case number, app or provider"), _text("kind", "kind of filing"), _text("stage", "stage"),
            _text("assignee", "a person's id, or none"), _text("sort", "due, recent, submitted, name"),
            _text("after", "cursor"), _text("before", "cursor"),
        ],
        responses=shapes.QueueOut,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        actor, now = self.actor, moment()
        filters, soon = Filters.of(request.query_params), queries.soon_day(now)
        page = queries.page_of(
            queries.filtered(actor, filters, now, soon).select_related("authority", "entry"), filters.sort,
            after=request.query_params.get("after", ""), before=request.query_params.get("before", ""), size=100,
        )  # fmt: skip
        return Response(
            {
                "results": shapes.CaseOut(page.rows, many=True).data,
                "next_after": page.next,
                "previous_before": page.previous,
                "counts": queries.shown_counts(actor, now, soon),
            }
        )


class Case(AuthorityView):
    @extend_schema(operation_id="authority_case", responses=shapes.CaseDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.case(pk)


class Versions(AuthorityView):
    @extend_schema(operation_id="authority_versions", responses=VersionOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        return Response(VersionOut(self.filing(pk).versions.order_by("number"), many=True).data)


class Diff(AuthorityView):
    """What differs from the last version, an earlier one, or what is published (``against=published``)."""

    @extend_schema(
        operation_id="authority_diff", parameters=[_text("against", "number of an earlier version, or published")],
        responses=OpenApiTypes.OBJECT,
    )  # fmt: skip
    def get(self, request: Request, pk: int) -> Response:
        filing = self.filing(pk)
        versions, wanted = list(filing.versions.order_by("-number")[:2]), request.query_params.get("against", "")
        if not versions:
            raise NotFound
        if wanted.isdecimal() and len(wanted) < 6 and int(wanted) < versions[0].number:
            versions[1:] = filing.versions.filter(number=int(wanted))
        published = wanted == "published" or len(versions) == 1
        old = published_document(filing) if published else versions[1].data
        found = schema.diff(
            casefile.whole(old), casefile.whole(versions[0].data), str(filing.kind), policy_of(filing, moment())
        )
        rows = [
            {"field_key": d.key, "label": str(d.label), "kind": d.kind, "old": d.old, "new": d.new} for d in found
        ]
        return Response({"against": "published" if published else versions[1].number, "changes": rows})


class Verdicts(AuthorityView):
    """The verdicts on the present version: drafts until the return."""

    @extend_schema(operation_id="authority_verdicts", responses=shapes.VerdictOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        filing = self.filing(pk)
        rows = Verdict.objects.filter(filing=filing, version=filing.version).order_by("field_key")
        return Response(shapes.VerdictOut(rows, many=True).data)

    @extend_schema(operation_id="authority_give_verdict", request=shapes.CaseVerdictIn, responses=shapes.VerdictOut)
    def post(self, request: Request, pk: int) -> Response:
        filing, values = self.filing(pk), self.read(shapes.CaseVerdictIn, request)
        values["place"] = casefile.place_in(filing, values.pop("material", None), values.pop("page", None))
        if schema.field(values["field_key"], policy_of(filing, moment())) is None:
            raise ValidationError({"field_key": ["There is no such field."]})
        verdict = domain.give_verdict(filing=filing, by=self.actor, now=moment(), **values)
        return Response(shapes.VerdictOut(verdict).data)


class Claim(AuthorityView):
    @extend_schema(operation_id="authority_claim", request=None, responses=shapes.CaseDetailOut)
    def post(self, request: Request, pk: int) -> Response:
        domain.claim(filing=self.filing(pk), by=self.actor, now=moment())
        return self.case(pk)


class Assign(AuthorityView):
    @extend_schema(operation_id="authority_assign", request=shapes.AssignIn, responses=shapes.CaseDetailOut)
    def post(self, request: Request, pk: int) -> Response:
        filing, wanted = self.filing(pk), self.read(shapes.AssignIn, request)["person"]
        person = next((row for row in queries.colleagues(self.actor) if row.pk == wanted), None)
        if person is None:
            raise ValidationError({"person": ["This person does not review for your authority."]})
        domain.assign(filing=filing, person=person, by=self.actor, now=moment())
        return self.case(pk)


class _Decision(AuthorityView):
    shape: type = shapes.SeenIn

    def decide(self, request: Request, pk: int, verb: Any) -> Response:
        filing, values = self.filing(pk), self.read(self.shape, request)
        verb(filing=filing, by=self.actor, now=moment(), **values)
        return self.case(pk)


class Return(_Decision):
    @extend_schema(operation_id="authority_return", request=shapes.SeenIn, responses=shapes.CaseDetailOut)
    def post(self, request: Request, pk: int) -> Response:
        return self.decide(request, pk, domain.return_for_correction)


class Approve(_Decision):
    @extend_schema(operation_id="authority_approve", request=shapes.SeenIn, responses=shapes.CaseDetailOut)
    def post(self, request: Request, pk: int) -> Response:
        return self.decide(request, pk, domain.approve)


class Decline(_Decision):
    shape = shapes.DeclineIn

    @extend_schema(operation_id="authority_decline", request=shapes.DeclineIn, responses=shapes.CaseDetailOut)
    def post(self, request: Request, pk: int) -> Response:
        return self.decide(request, pk, domain.decline)


class Materials(AuthorityView):
    """The files of the newest version."""

    @extend_schema(operation_id="authority_materials", responses=shapes.CaseMaterialOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        filing = self.filing(pk)
        rows = Material.objects.visible_to(self.actor).filter(uses__filing=filing, uses__version=filing.version)
        return Response(shapes.CaseMaterialOut(rows.distinct().order_by("pk"), many=True).data)


class MaterialFile(AuthorityView):
    """The file itself."""

    @extend_schema(
        operation_id="authority_material", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, pk: int) -> FileResponse:
        return attachment(get_object_or_404(Material.objects.visible_to(self.actor), pk=pk))
