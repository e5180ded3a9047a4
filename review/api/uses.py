"""Calls of the confirming authority on user filings: the same verbs and the same ``visible_to`` as the pages."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import IsAuthority
from ledger.acts import Reasons
from providers.api.base import ActorView
from providers.api.upkeep import attachment
from review import casefile, domain, keyset, queries, use_queries
from review.api import serializers as shapes
from review.api import use_serializers as use_shapes
from review.api.views import _text
from review.domain.uses import notes_left
from review.use_queries import Filters
from rulebook.time import now as moment
from users import queries as uses
from users import rules as use_rules
from users.enums import AUTHORITY_STATES, DecisionVerb
from users.models import UseMaterial, UserFiling


class UseView(ActorView):
    """For reviewers; what one may not see is not found."""

    permission_classes = [IsAuthority]

    def use(self, pk: int) -> UserFiling:
        rows = UserFiling.objects.visible_to(self.actor).filter(submitted_at__isnull=False)
        return get_object_or_404(rows.select_related("unit", "authority", "entry"), pk=pk)

    def detail(self, pk: int) -> Response:
        """The filing in detail."""
        use = self.use(pk)
        newest = uses.latest_visible_version(use, self.actor)
        reasons = use_rules.may_decide(self.actor, use)
        if not reasons and use.state in AUTHORITY_STATES:
            reasons = Reasons.of(use_rules.entry_selectable(use.entry, moment()), notes_left(use))
        # What a school sent back within its own review is its own affair.
        decisions = use.decisions.exclude(verb=DecisionVerb.UNIT_SEND_BACK).order_by("pk")
        body = use_shapes.UseCaseOut(use).data | {
            "document": newest.data if newest else None,
            "decisions": use_shapes.UseCaseDecisionOut(decisions, many=True).data,
            "withdrawal_cause": use.withdrawal_cause,
            "blockers": [{"code": r.code, "message": str(r.message), "article": r.article} for r in reasons],
        }
        return Response(body)


class UseQueue(UseView):
    """The queue with the filters of the page."""

    @extend_schema(
        operation_id="authority_uses",
        parameters=[
            _text("tab", "open, mine, unassigned, beyond, waiting, confirmed, suspended"),
            _text("q", "case number, app or unit"), _text("kind", "kind of unit"), _text("nature", "nature of use"),
            _text("stage", "stage"), _text("area", "empty: ours to confirm; all: the subtree; an authority's id"),
            _text("assignee", "a person's id, or none"), _text("sort", "due, recent, submitted, name"),
            _text("after", "cursor"), _text("before", "cursor"),
        ],
        responses=use_shapes.UseCaseQueueOut,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        actor, now = self.actor, moment()
        filters = Filters.of(request.query_params)
        cases = use_queries.scope(actor, filters.area, use_queries.areas(actor) if filters.area else ())
        page = keyset.page_of(
            use_queries.filtered(use_queries.keys(actor, filters.area, cases), actor, filters, now).only(
                *use_queries.PLACES
            ),
            use_queries.SORTS[filters.sort],
            after=request.query_params.get("after", ""), before=request.query_params.get("before", ""), size=100,
        )  # fmt: skip
        return Response(
            {
                "results": use_shapes.UseCaseOut(use_queries.read_page(page, cases), many=True).data,
                "next_after": page.next,
                "previous_before": page.previous,
                "counts": use_queries.shown_counts(cases, actor, filters.area, now),
            }
        )


class UseCase(UseView):
    @extend_schema(operation_id="authority_use", responses=use_shapes.UseCaseDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class UseVerdicts(UseView):
    """The verdicts on the present version: drafts until the return."""

    @extend_schema(operation_id="authority_use_verdicts", responses=shapes.VerdictOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        use = self.use(pk)
        rows = use_queries.verdicts_on(use, self.actor).order_by("field_key")
        return Response(shapes.VerdictOut(rows, many=True).data)

    @extend_schema(operation_id="authority_use_give_verdict", request=shapes.VerdictIn, responses=shapes.VerdictOut)
    def post(self, request: Request, pk: int) -> Response:
        use, values = self.use(pk), self.read(shapes.VerdictIn, request)
        if casefile.form_of(use).field(values["field_key"], uses.policy_of(use, moment())) is None:
            raise ValidationError({"field_key": ["There is no such field."]})
        verdict = domain.give_verdict(filing=use, by=self.actor, now=moment(), **values)
        return Response(shapes.VerdictOut(verdict).data)


class UseClaim(UseView):
    @extend_schema(operation_id="authority_use_claim", request=None, responses=use_shapes.UseCaseDetailOut)
    def post(self, request: Request, pk: int) -> Response:
        domain.claim(filing=self.use(pk), by=self.actor, now=moment())
        return self.detail(pk)


class UseAssign(UseView):
    @extend_schema(operation_id="authority_use_assign", request=shapes.AssignIn, responses=use_shapes.UseCaseDetailOut)
    def post(self, request: Request, pk: int) -> Response:
        use, wanted = self.use(pk), self.read(shapes.AssignIn, request)["person"]
        person = next((row for row in queries.colleagues(self.actor) if row.pk == wanted), None)
        if person is None:
            raise ValidationError({"person": ["This person does not review for your authority."]})
        domain.assign(filing=use, person=person, by=self.actor, now=moment())
        return self.detail(pk)


class _Decision(UseView):
    def decide(self, request: Request, pk: int, verb: Any) -> Response:
        use, values = self.use(pk), self.read(shapes.SeenIn, request)
        verb(filing=use, by=self.actor, now=moment(), **values)
        return self.detail(pk)


class UseReturn(_Decision):
    """Gives the filing back with the drafted notes, or with the comment."""

    @extend_schema(operation_id="authority_use_return", request=shapes.SeenIn, responses=use_shapes.UseCaseDetailOut)
    def post(self, request: Request, pk: int) -> Response:
        return self.decide(request, pk, domain.return_use)


class UseConfirm(_Decision):
    @extend_schema(operation_id="authority_use_confirm", request=shapes.SeenIn, responses=use_shapes.UseCaseDetailOut)
    def post(self, request: Request, pk: int) -> Response:
        return self.decide(request, pk, domain.confirm_use)


class UseRemind(UseView):
    @extend_schema(
        operation_id="authority_use_remind", request=use_shapes.RemindIn, responses=use_shapes.UseCaseDetailOut
    )
    def post(self, request: Request, pk: int) -> Response:
        text = self.read(use_shapes.RemindIn, request)["text"]
        domain.remind_unit(filing=self.use(pk), by=self.actor, now=moment(), text=text)
        return self.detail(pk)


class UseAdvise(UseView):
    """Advises the unit to end a confirmed use; the unit decides."""

    @extend_schema(
        operation_id="authority_use_advise", request=use_shapes.AdviseIn, responses=use_shapes.UseCaseDetailOut
    )
    def post(self, request: Request, pk: int) -> Response:
        text = self.read(use_shapes.AdviseIn, request)["text"]
        domain.advise_end(filing=self.use(pk), by=self.actor, now=moment(), text=text)
        return self.detail(pk)


class UseFiles(UseView):
    """The files of the newest version that has reached the authority."""

    @extend_schema(operation_id="authority_use_files", responses=use_shapes.UseFileOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        use = self.use(pk)
        newest = uses.latest_visible_version(use, self.actor)
        rows = UseMaterial.objects.visible_to(self.actor).filter(
            uses__filing=use, uses__version=newest.number if newest else 0
        )
        return Response(use_shapes.UseFileOut(rows.distinct().order_by("pk"), many=True).data)


class UseFile(UseView):
    """The file itself: of a version that one may see, or a selection system."""

    @extend_schema(
        operation_id="authority_use_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, pk: int) -> FileResponse:
        return attachment(get_object_or_404(UseMaterial.objects.visible_to(self.actor), pk=pk))
