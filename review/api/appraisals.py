"""Calls of the authority on recommended lists and their appraisals (Opinions, 9): the same verbs as the pages."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import LEAD_ROLES
from accounts.models import Person, Unit
from providers import materials
from registry.models import Entry
from registry.queries import NumberUnknown, entry_as_typed
from review import appraisal_queries as queries
from review import domain
from review.api import appraisal_serializers as shapes
from review.api.views import AuthorityView
from review.models import Appraisal, Candidate, Expert, ResultObjection
from rulebook.time import now as moment
from users.models import RecommendedList


def entry_of(number: str, *, closed_too: bool = True) -> Entry:
    """The entry of a number however it is typed; a 400 says what is wrong with it."""
    try:
        return entry_as_typed(number, closed_too=closed_too)
    except NumberUnknown as unknown:
        raise ValidationError({"number": [str(unknown.message)]}) from unknown


class AppraisalView(AuthorityView):
    """For reviewers; what one may not see is not found."""

    def list_(self, pk: int) -> RecommendedList:
        return get_object_or_404(queries.lists_of(self.actor), pk=pk)

    def appraisal(self, pk: int) -> Appraisal:
        rows = Appraisal.objects.visible_to(self.actor).select_related("authority", "target", "edition")
        return get_object_or_404(rows, pk=pk)

    def detail(self, pk: int, status: int = 200) -> Response:
        """The appraisal with candidates, experts and, for its own authority's heads, objections."""
        row, actor = self.appraisal(pk), self.actor
        own = actor.role in LEAD_ROLES and actor.unit_id == row.authority_id
        context = {
            "sheet": queries.score_sheet(row),
            "objections": row.objections.order_by("pk") if own else [],
        }
        return Response(shapes.AppraisalDetailOut(row, context=context).data, status=status)


class Lists(AppraisalView):
    """Recommended lists that the authority sees."""

    @extend_schema(operation_id="authority_lists", responses=shapes.ListOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(shapes.ListOut(queries.lists_of(self.actor), many=True).data)

    @extend_schema(operation_id="authority_create_list", request=shapes.ListIn, responses={201: shapes.ListOut})
    def post(self, request: Request) -> Response:
        """Sets up a list of one's own authority."""
        authority, values = get_object_or_404(Unit, pk=self.actor.unit_id), self.read(shapes.ListIn, request)
        made = domain.create_list(authority=authority, by=self.actor, now=moment(), **values)
        return Response(shapes.ListOut(self.list_(made.pk)).data, status=201)


class OneList(AppraisalView):
    @extend_schema(operation_id="authority_list", responses=shapes.ListDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        row = self.list_(pk)
        return Response(shapes.ListDetailOut(row, context={"items": queries.current_items(row)}).data)


class RemoveFromList(OneList):
    """An app leaves the list: a new edition without it."""

    http_method_names = ["post", "options"]

    @extend_schema(operation_id="authority_remove_from_list", request=shapes.LeaveIn, responses=shapes.ListDetailOut)
    def post(self, request: Request, pk: int) -> Response:
        row, values = self.list_(pk), self.read(shapes.LeaveIn, request)
        domain.remove_from_list(
            target=row, entry=entry_of(values["number"]), reason=values["reason"], by=self.actor, now=moment()
        )
        return self.get(request, pk)


class Appraisals(AppraisalView):
    """Appraisals that the authority sees, the newest first."""

    @extend_schema(operation_id="authority_appraisals", responses=shapes.AppraisalOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(shapes.AppraisalOut(queries.appraisals_of(self.actor), many=True).data)

    @extend_schema(
        operation_id="authority_draft_appraisal", request=shapes.DraftIn, responses={201: shapes.AppraisalDetailOut}
    )
    def post(self, request: Request) -> Response:
        """Drafts an appraisal for one of the authority's lists."""
        values = self.read(shapes.DraftIn, request)
        target = self.list_(values.pop("list"))
        row = domain.draft_appraisal(target=target, by=self.actor, now=moment(), **values)
        return self.detail(row.pk, status=201)


class OneAppraisal(AppraisalView):
    @extend_schema(operation_id="authority_appraisal", responses=shapes.AppraisalDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)

    @extend_schema(
        operation_id="authority_edit_appraisal", request=shapes.TermsChangeIn, responses=shapes.AppraisalDetailOut
    )
    def put(self, request: Request, pk: int) -> Response:
        """The terms of a draft."""
        row, values = self.appraisal(pk), self.read(shapes.TermsChangeIn, request)
        domain.edit_appraisal(appraisal=row, by=self.actor, now=moment(), **values)
        return self.detail(pk)


class _Step(AppraisalView):
    """One step of an appraisal; ``seen_state`` guards against a copy that is out of date."""

    def step(self, request: Request, pk: int, verb: Any) -> Response:
        row, values = self.appraisal(pk), self.read(shapes.StepIn, request)
        verb(appraisal=row, by=self.actor, now=moment(), seen_state=values.get("seen_state"))
        return self.detail(pk)


class Call(_Step):
    """Publishes the call."""

    @extend_schema(
        operation_id="authority_call_appraisal", request=shapes.CallIn, responses=shapes.AppraisalDetailOut
    )
    def post(self, request: Request, pk: int) -> Response:
        row, values = self.appraisal(pk), self.read(shapes.CallIn, request)
        domain.call_for_nominations(
            appraisal=row, by=self.actor, now=moment(), seen_state=values.get("seen_state"), seen=values.get("seen")
        )
        return self.detail(pk)


class OpenScoring(_Step):
    """Closes nominations and opens the scoring."""

    @extend_schema(
        operation_id="authority_open_scoring", request=shapes.StepIn, responses=shapes.AppraisalDetailOut
    )
    def post(self, request: Request, pk: int) -> Response:
        return self.step(request, pk, domain.open_scoring)


class GiveNotice(_Step):
    """Gives public notice of the result."""

    @extend_schema(
        operation_id="authority_give_appraisal_notice", request=shapes.StepIn, responses=shapes.AppraisalDetailOut
    )
    def post(self, request: Request, pk: int) -> Response:
        return self.step(request, pk, domain.give_notice)


class Conclude(_Step):
    """Publishes the list and reports it."""

    @extend_schema(
        operation_id="authority_conclude_appraisal", request=shapes.StepIn, responses=shapes.AppraisalDetailOut
    )
    def post(self, request: Request, pk: int) -> Response:
        return self.step(request, pk, domain.conclude)


class Cancel(AppraisalView):
    @extend_schema(
        operation_id="authority_cancel_appraisal", request=shapes.CancelIn, responses=shapes.AppraisalDetailOut
    )
    def post(self, request: Request, pk: int) -> Response:
        row, values = self.appraisal(pk), self.read(shapes.CancelIn, request)
        domain.cancel_appraisal(appraisal=row, by=self.actor, now=moment(), **values)
        return self.detail(pk)


class Nominate(AppraisalView):
    """The authority itself names a candidate by its number."""

    @extend_schema(
        operation_id="authority_nominate", request=shapes.NominateIn, responses={201: shapes.AppraisalDetailOut}
    )
    def post(self, request: Request, pk: int) -> Response:
        row, values = self.appraisal(pk), self.read(shapes.NominateIn, request)
        domain.nominate(
            appraisal=row, entry=entry_of(values["number"]), grounds=values["grounds"], by=self.actor, now=moment()
        )
        return self.detail(pk, status=201)


class Appoint(AppraisalView):
    """Makes somebody with an account an expert."""

    @extend_schema(
        operation_id="authority_appoint_expert", request=shapes.AppointIn, responses={201: shapes.AppraisalDetailOut}
    )
    def post(self, request: Request, pk: int) -> Response:
        row, values = self.appraisal(pk), self.read(shapes.AppointIn, request)
        person = Person.objects.filter(email=values["email"].strip().lower(), is_active=True).first()
        if person is None:
            raise ValidationError({"email": [_("Nobody with this address has an account.")]})
        domain.appoint_expert(
            appraisal=row, person=person, organisation=values["organisation"], by=self.actor, now=moment()
        )
        return self.detail(pk, status=201)


class Dismiss(AppraisalView):
    """Takes an expert out; points given do not count any more."""

    @extend_schema(
        operation_id="authority_dismiss_expert", request=shapes.ReasonIn, responses=shapes.AppraisalDetailOut
    )
    def post(self, request: Request, pk: int, expert: int) -> Response:
        row, values = self.appraisal(pk), self.read(shapes.ReasonIn, request)
        one = get_object_or_404(Expert.objects.select_related("appraisal__authority"), pk=expert, appraisal=row)
        domain.dismiss_expert(expert=one, reason=values["reason"], by=self.actor, now=moment())
        return self.detail(pk)


class DecideObjection(AppraisalView):
    """Upholds or rejects an objection to the result."""

    @extend_schema(
        operation_id="authority_decide_result_objection", request=shapes.ObjectionIn,
        responses=shapes.AppraisalDetailOut,
    )  # fmt: skip
    def post(self, request: Request, pk: int, objection: int) -> Response:
        row, values = self.appraisal(pk), self.read(shapes.ObjectionIn, request)
        one = get_object_or_404(ResultObjection, pk=objection, appraisal=row)
        domain.decide_result_objection(objection=one, by=self.actor, now=moment(), **values)
        return self.detail(pk)


class Attach(AppraisalView):
    """Attaches a third party's assessment report to a candidate."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="authority_attach_assessment", request=shapes.ReportIn, responses={201: shapes.AppraisalDetailOut}
    )
    def post(self, request: Request, pk: int, candidate: int) -> Response:
        row, values = self.appraisal(pk), self.read(shapes.ReportIn, request)
        one = get_object_or_404(Candidate.objects.select_related("entry", "appraisal"), pk=candidate, appraisal=row)
        try:
            kept = materials.examine(values.pop("file"))
        except materials.Refused as refused:
            raise ValidationError({"file": [str(refused.message)]}) from refused
        taken = {name: kept[name] for name in ("upload", "name", "content_type", "sha256")}
        domain.attach_assessment(candidate=one, by=self.actor, now=moment(), **values, **taken)
        return self.detail(pk, status=201)
