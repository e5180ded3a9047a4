"""Calls of a reviewer's work on a case before the decision: checklist, automatic checks, proposal, who has it.

The same verbs and the same ``visible_to`` as the pages; tokens of the scope ``authority``.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import LEAD_ROLES
from accounts.models import Person
from providers.enums import OPEN_STATES
from providers.models import Filing
from providers.queries import policy_of
from review import autochecks, domain, queries, rules
from review.api import serializers as shapes
from review.api import use_serializers as use_shapes
from review.api.uses import UseView
from review.api.views import AuthorityView
from review.desks import FILINGS, USES
from review.models import Check, ChecklistAnswer
from rulebook.time import now as moment


class Checklist(AuthorityView):
    """The items of the policy's checklist with the answers for the present version."""

    def items(self, filing: Filing) -> Response:
        """Every item in the policy's order."""
        given = {row.key: row for row in ChecklistAnswer.objects.filter(filing=filing, version=filing.version)}
        rows = [
            {
                "key": item["key"], "label_zh": item.get("label_zh", ""), "label_en": item.get("label_en", ""),
                "ok": given[item["key"]].ok if item["key"] in given else None,
                "comment": given[item["key"]].comment if item["key"] in given else "",
            }
            for item in policy_of(filing, moment()).get("checklist") or []
        ]  # fmt: skip
        return Response(shapes.AnswerOut(rows, many=True).data)

    @extend_schema(operation_id="authority_checklist", responses=shapes.AnswerOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        return self.items(self.filing(pk))

    @extend_schema(
        operation_id="authority_answer_checklist", request=shapes.AnswerIn, responses=shapes.AnswerOut(many=True)
    )
    def post(self, request: Request, pk: int) -> Response:
        """Answers one item; answered again, the newer answer stands."""
        filing, values = self.filing(pk), self.read(shapes.AnswerIn, request)
        if values["key"] not in {item["key"] for item in policy_of(filing, moment()).get("checklist") or []}:
            raise ValidationError({"key": ["The policy's checklist has no such item."]})
        domain.answer_checklist(filing=filing, by=self.actor, now=moment(), **values)
        return self.items(filing)


class Checks(AuthorityView):
    """The automatic checks on the present version."""

    def found(self, filing: Filing) -> Response:
        """Every check with what it found."""
        rows = autochecks.shown(list(Check.objects.filter(filing=filing, version=filing.version)))
        body = [
            {
                "code": row.code, "result": row.check.result, "text": row.text, "article": row.article,
                "overridden": row.check.overridden_by_id is not None, "finding": row.token,
            }
            for row in rows
        ]  # fmt: skip
        return Response(shapes.CheckOut(body, many=True).data)

    @extend_schema(operation_id="authority_checks", responses=shapes.CheckOut(many=True))
    def get(self, request: Request, pk: int) -> Response:
        return self.found(self.filing(pk))

    @extend_schema(operation_id="authority_run_checks", request=None, responses=shapes.CheckOut(many=True))
    def post(self, request: Request, pk: int) -> Response:
        """Makes them once more, where the case is open and the caller may work on it; else they stay as they are."""
        filing = self.filing(pk)
        if filing.state in OPEN_STATES and not rules.may_work_on(self.actor, filing):
            autochecks.run_checks(filing=filing, now=moment())
        return self.found(filing)


class Override(Checks):
    """Lets a failed check pass, with a reason."""

    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="authority_override_check", request=shapes.OverrideIn, responses=shapes.CheckOut(many=True)
    )
    def post(self, request: Request, pk: int, code: str = "") -> Response:
        filing, values = self.filing(pk), self.read(shapes.OverrideIn, request)
        domain.override_check(filing=filing, code=code, by=self.actor, now=moment(), **values)
        return self.found(filing)


class Propose(AuthorityView):
    """The first of two persons proposes approval; a second one decides."""

    @extend_schema(operation_id="authority_propose", request=shapes.SeenIn, responses=shapes.CaseDetailOut)
    def post(self, request: Request, pk: int) -> Response:
        filing, values = self.filing(pk), self.read(shapes.SeenIn, request)
        domain.propose(filing=filing, by=self.actor, now=moment(), **values)
        return self.case(pk)


class ClearVerdict(AuthorityView):
    """Takes a verdict back: nothing is said of the field any more."""

    @extend_schema(operation_id="authority_clear_verdict", request=shapes.FieldIn, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        domain.clear_verdict(filing=self.filing(pk), by=self.actor, **self.read(shapes.FieldIn, request))
        return Response(status=204)


class Release(AuthorityView):
    """Gives the case back to the pool."""

    @extend_schema(operation_id="authority_release", request=None, responses=shapes.CaseDetailOut)
    def post(self, request: Request, pk: int) -> Response:
        domain.release(filing=self.filing(pk), by=self.actor, now=moment())
        return self.case(pk)


class UseClearVerdict(UseView):
    """Takes a verdict on a use back."""

    @extend_schema(operation_id="authority_use_clear_verdict", request=shapes.FieldIn, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        domain.clear_verdict(filing=self.use(pk), by=self.actor, **self.read(shapes.FieldIn, request))
        return Response(status=204)


class UseRelease(UseView):
    """Gives the use back to the pool."""

    @extend_schema(operation_id="authority_use_release", request=None, responses=use_shapes.UseCaseDetailOut)
    def post(self, request: Request, pk: int) -> Response:
        domain.release(filing=self.use(pk), by=self.actor, now=moment())
        return self.detail(pk)


class HandOver(AuthorityView):
    """Hands the open cases of an absent colleague to another one; heads of review only."""

    @extend_schema(
        operation_id="authority_hand_over", request=shapes.HandOverIn, responses=shapes.HandedOverOut
    )
    def post(self, request: Request) -> Response:
        actor, values = self.actor, self.read(shapes.HandOverIn, request)
        if actor.role not in LEAD_ROLES:
            raise PermissionDenied
        desk: Any = USES if values["kind"] == "uses" else FILINGS
        held = desk.assignments.objects.filter(unit_id=actor.unit_id, filing__state__in=desk.in_hand)
        absent = Person.objects.filter(pk=values["absent"], pk__in=held.values("person_id")).first()
        to = next((row for row in queries.colleagues(actor) if row.pk == values["to"]), None)
        if absent is None:
            raise ValidationError({"absent": ["This person has no open case of your authority."]})
        if to is None:
            raise ValidationError({"to": ["This person does not review for your authority."]})
        done = domain.hand_over(absent=absent, to=to, by=actor, now=moment(), desk=desk)
        return Response({"handed_over": [row.pk for row in done]})
