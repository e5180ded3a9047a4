"""An appraisal's expert by program: what is asked of him, his interests, his points (Opinions, 9).

An expert acts as a person, in no unit's name; a token is bound to one all the same, and must be one for the review of
an authority or the use filings of an institution. Nobody sees another expert's declaration or points.
"""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import IsAuthority, IsInstitution
from providers.api.base import ActorView
from review import domain
from review.api.appraisal_serializers import CriterionShape
from review.enums import AppraisalState
from review.models import Candidate, Expert, Score
from rulebook.time import now as moment

MOST = 100  # appraisals that a person is an expert of, the newest


class DutyOut(serializers.Serializer):
    """An appraisal in which one is an expert."""

    appraisal = serializers.IntegerField(source="appraisal_id")
    title = serializers.CharField(source="appraisal.title")
    authority = serializers.CharField(source="appraisal.authority.name")
    state = serializers.ChoiceField(source="appraisal.state", choices=AppraisalState.choices)
    declared_at = serializers.DateTimeField(allow_null=True)


class OwnScoreOut(serializers.Serializer):
    """A candidate with one's own points by criterion; empty where one has given none."""

    id = serializers.IntegerField(source="candidate.pk")
    number = serializers.CharField(source="candidate.entry.number")
    app_name = serializers.CharField(source="candidate.entry.app_name")
    provider = serializers.CharField(source="candidate.entry.provider_name")
    recused = serializers.BooleanField()
    points = serializers.DictField(child=serializers.IntegerField())
    comment = serializers.CharField(allow_blank=True)


class DutyDetailOut(DutyOut):
    """With one's declaration, the criteria, and the candidates."""

    interests = serializers.CharField(allow_blank=True)
    criteria = CriterionShape(many=True, source="appraisal.criteria")
    candidates = serializers.SerializerMethodField()

    def get_candidates(self, expert: Expert) -> list[dict[str, Any]]:
        return OwnScoreOut(self.context["candidates"], many=True).data  # type: ignore[return-value]


class InterestsIn(serializers.Serializer):
    """One's interests in words (also that there are none), and the candidates from which one is recused."""

    interests = serializers.CharField(max_length=2000)
    recused_from = serializers.ListField(child=serializers.IntegerField(), required=False, default=list, max_length=500)


class PointsIn(serializers.Serializer):
    """Whole numbers from 0 to 100, one for every criterion."""

    points = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=100))
    comment = serializers.CharField(required=False, default="", allow_blank=True, max_length=2000)


class ExpertView(ActorView):
    """For the appointed person himself; who was dismissed, and a cancelled appraisal, are not found."""

    permission_classes = [IsAuthority | IsInstitution]

    def duties(self) -> Any:
        rows = Expert.objects.filter(person_id=self.actor.person_id, dismissed_at=None)
        return rows.exclude(appraisal__state=AppraisalState.CANCELLED).select_related("appraisal__authority")

    def duty(self, pk: int) -> Expert:
        return get_object_or_404(self.duties(), appraisal_id=pk)

    def detail(self, pk: int) -> Response:
        """The appraisal as this expert sees it; four queries however many candidates."""
        expert = self.duty(pk)
        recused = set(expert.recused_from.values_list("pk", flat=True))
        given: dict[int, dict[str, Any]] = {}
        for score in Score.objects.filter(expert=expert):
            kept = given.setdefault(score.candidate_id, {"points": {}, "comment": score.comment})
            kept["points"][score.criterion] = score.points
        rows = expert.appraisal.candidates.select_related("entry").order_by("pk")
        candidates = [
            {"candidate": one, "recused": one.pk in recused, **given.get(one.pk, {"points": {}, "comment": ""})}
            for one in rows
        ]
        response = Response(DutyDetailOut(expert, context={"candidates": candidates}).data)
        response["Cache-Control"] = "private, no-store"
        return response


class Duties(ExpertView):
    """The appraisals in which one is an expert, the newest first."""

    @extend_schema(operation_id="expert_appraisals", responses=DutyOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(DutyOut(self.duties().order_by("-pk")[:MOST], many=True).data)


class OneDuty(ExpertView):
    """What is asked of the expert, and what he has said."""

    @extend_schema(operation_id="expert_appraisal", responses=DutyDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.detail(pk)


class Declare(ExpertView):
    """Declares interests; points for an app from which one is recused then go."""

    @extend_schema(operation_id="expert_declare", request=InterestsIn, responses=DutyDetailOut)
    def post(self, request: Request, pk: int) -> Response:
        expert, values = self.duty(pk), self.read(InterestsIn, request)
        wanted = set(values["recused_from"])
        recused = list(Candidate.objects.filter(appraisal_id=pk, pk__in=wanted))
        if len(recused) != len(wanted):
            raise ValidationError({"recused_from": ["This app is not among the candidates."]})
        domain.declare_interests(
            expert=expert, interests=values["interests"], recused_from=recused, by=self.actor, now=moment()
        )
        return self.detail(pk)


class GivePoints(ExpertView):
    """Gives points to a candidate on every criterion; given again they replace the earlier ones."""

    @extend_schema(operation_id="expert_score", request=PointsIn, responses=DutyDetailOut)
    def post(self, request: Request, pk: int, candidate: int) -> Response:
        expert = self.duty(pk)
        one = get_object_or_404(Candidate.objects.select_related("entry"), pk=candidate, appraisal_id=pk)
        values = self.read(PointsIn, request)
        domain.give_scores(expert=expert, candidate=one, by=self.actor, now=moment(), **values)
        return self.detail(pk)
