"""Shapes of the authority's interface to recommended lists and appraisals."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from review.domain.appraisals import criteria_reasons, terms_mark
from review.enums import AppraisalState, ReportKind
from review.models import Appraisal
from users.models import RecommendedList


class ListOut(serializers.ModelSerializer):
    """A list with its newest published edition."""

    authority = serializers.CharField(source="authority.code", read_only=True)
    edition = serializers.IntegerField(source="newest_number", allow_null=True, read_only=True)
    effective_from = serializers.DateField(source="newest_day", allow_null=True, read_only=True)
    size = serializers.IntegerField(allow_null=True, read_only=True)

    class Meta:
        model = RecommendedList
        fields = ["id", "authority", "name", "name_en", "edition", "effective_from", "size"]
        read_only_fields = fields


class ListItemOut(serializers.Serializer):
    number = serializers.CharField(source="entry.number")
    app_name = serializers.CharField(source="entry.app_name")
    provider = serializers.CharField(source="entry.provider_name")
    state = serializers.CharField(source="entry.state")
    entered_on = serializers.DateField()
    score = serializers.DecimalField(max_digits=6, decimal_places=2, allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class ListDetailOut(ListOut):
    """With what stands on it, and when each app was admitted."""

    items = serializers.SerializerMethodField()

    class Meta(ListOut.Meta):
        fields = [*ListOut.Meta.fields, "items"]
        read_only_fields = fields

    def get_items(self, row: RecommendedList) -> list[dict[str, Any]]:
        return ListItemOut(self.context["items"], many=True).data  # type: ignore[return-value]


class ListIn(serializers.Serializer):
    name = serializers.CharField(max_length=160)
    name_en = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ReasonIn(serializers.Serializer):
    reason = serializers.CharField(max_length=1000)


class LeaveIn(ReasonIn):
    """Which app leaves a list, and why."""

    number = serializers.CharField(max_length=60)


class CriterionShape(serializers.Serializer):
    """A criterion; the weights of all add up to 100."""

    key = serializers.SlugField(max_length=20)
    label_zh = serializers.CharField(max_length=80)
    label_en = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    weight = serializers.IntegerField(min_value=1, max_value=100)


class TermsIn(serializers.Serializer):
    """The terms of a call."""

    title = serializers.CharField(max_length=160)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    call = serializers.CharField(max_length=8000)
    call_en = serializers.CharField(max_length=8000, required=False, allow_blank=True, default="")
    partners = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    criteria = CriterionShape(many=True)
    minimum = serializers.IntegerField(min_value=1, max_value=100, default=60)
    experts_needed = serializers.IntegerField(min_value=1, max_value=50, default=3)
    notice_days = serializers.IntegerField(min_value=1, max_value=60, default=5, help_text="Working days")
    nominations_until = serializers.DateField()

    def validate_criteria(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        criteria = [dict(row) for row in rows]
        reasons = criteria_reasons(criteria)
        if reasons:
            raise serializers.ValidationError([str(reason.message) for reason in reasons])
        return criteria


class TermsChangeIn(TermsIn):
    """With what the caller looked at; terms that a colleague has changed since are left alone (409)."""

    seen = serializers.CharField(max_length=16, required=False, allow_blank=True, help_text="`mark` of the appraisal")


class DraftIn(TermsIn):
    """With the list that the appraisal is for."""

    list = serializers.IntegerField()


class StepIn(serializers.Serializer):
    """What the caller saw; an appraisal that has moved on since is left alone (409)."""

    seen_state = serializers.ChoiceField(choices=AppraisalState.choices, required=False)


class CallIn(StepIn):
    """Of a call also the terms that the caller saw (409 where they were changed since)."""

    seen = serializers.CharField(max_length=16, required=False, allow_blank=True, help_text="`mark` of the appraisal")


class CancelIn(StepIn):
    reason = serializers.CharField(max_length=2000)


class NominateIn(serializers.Serializer):
    number = serializers.CharField(max_length=60)
    grounds = serializers.CharField(max_length=2000)


class AppointIn(serializers.Serializer):
    email = serializers.EmailField()
    organisation = serializers.CharField(max_length=120)


class ObjectionIn(serializers.Serializer):
    upheld = serializers.BooleanField()
    decision = serializers.CharField(max_length=2000, help_text="The reasons; they are published")
    outcome = serializers.ChoiceField(
        choices=["recommended", "not_recommended"], required=False,
        help_text="Of the app, where the objection is upheld; without it, not recommended",
    )  # fmt: skip


class ReportIn(serializers.Serializer):
    kind = serializers.ChoiceField(choices=ReportKind.choices)
    body = serializers.CharField(max_length=120)
    issued_on = serializers.DateField()
    file = serializers.FileField()


class AppraisalOut(serializers.ModelSerializer):
    """An appraisal as the list of them shows it."""

    authority = serializers.CharField(source="authority.code", read_only=True)
    list = serializers.IntegerField(source="target_id", read_only=True)
    state = serializers.CharField(read_only=True)
    mark = serializers.SerializerMethodField(help_text="Of the terms as they stand")

    class Meta:
        model = Appraisal
        fields = [
            "id", "mark", "authority", "list", "state", "title", "title_en", "call", "call_en", "partners", "criteria",
            "minimum", "experts_needed", "notice_days", "nominations_until", "notice_until", "cancel_reason",
            "created_at", "called_at", "noticed_at", "concluded_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_mark(self, row: Appraisal) -> str:
        return terms_mark(row)


class CandidateOut(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.CharField(source="entry.number")
    app_name = serializers.CharField(source="entry.app_name")
    provider = serializers.CharField(source="entry.provider_name")
    grounds = serializers.CharField()
    score = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    outcome = serializers.CharField(allow_blank=True)


class NominationOut(serializers.Serializer):
    """A nomination as its unit made it."""

    id = serializers.IntegerField()
    number = serializers.CharField(source="entry.number")
    app_name = serializers.CharField(source="entry.app_name")
    grounds = serializers.CharField()


class ExpertOut(serializers.Serializer):
    id = serializers.IntegerField()
    person = serializers.CharField(source="person.name")
    organisation = serializers.CharField()
    interests = serializers.CharField(allow_blank=True)
    declared_at = serializers.DateTimeField(allow_null=True)
    dismissed_at = serializers.DateTimeField(allow_null=True)


class ResultObjectionOut(serializers.Serializer):
    """An objection to a result, for the authority that decides on it."""

    id = serializers.IntegerField()
    state = serializers.CharField()
    candidate = serializers.IntegerField(source="candidate_id", allow_null=True)
    name = serializers.CharField()
    contact = serializers.CharField()
    text = serializers.CharField()
    filed_at = serializers.DateTimeField()
    decision = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class AppraisalDetailOut(AppraisalOut):
    """With candidates, experts, and for the authority's own heads the objections."""

    candidates = serializers.SerializerMethodField()
    experts = serializers.SerializerMethodField()
    objections = serializers.SerializerMethodField()

    class Meta(AppraisalOut.Meta):
        fields = [*AppraisalOut.Meta.fields, "candidates", "experts", "objections"]
        read_only_fields = fields

    def get_candidates(self, row: Appraisal) -> list[dict[str, Any]]:
        return CandidateOut([line.candidate for line in self.context["sheet"].lines], many=True).data  # type: ignore[return-value]

    def get_experts(self, row: Appraisal) -> list[dict[str, Any]]:
        return ExpertOut(self.context["sheet"].experts, many=True).data  # type: ignore[return-value]

    def get_objections(self, row: Appraisal) -> list[dict[str, Any]]:
        return ResultObjectionOut(self.context["objections"], many=True).data  # type: ignore[return-value]
