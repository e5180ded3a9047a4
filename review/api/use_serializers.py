"""Shapes of the authority's interface to user filings; none is shared with the institution's."""

from __future__ import annotations

from rest_framework import serializers

from review.api.serializers import DecidedOut, PageOut, ReasonOut
from users.models import UserFiling


class UseCaseOut(serializers.ModelSerializer):
    """A user filing as the queue lists it. ``due_day`` is the service target, no legal period."""

    unit = serializers.CharField(source="unit.name", read_only=True)
    unit_kind = serializers.CharField(source="unit.kind", read_only=True)
    school_code = serializers.CharField(source="unit.school_code", read_only=True)
    authority = serializers.CharField(source="authority.code", read_only=True)
    state = serializers.CharField(read_only=True)
    source = serializers.CharField(read_only=True)
    nature = serializers.CharField(read_only=True)

    class Meta:
        model = UserFiling
        fields = [
            "id", "case_no", "state", "app_name", "number", "self_use", "unit", "unit_kind", "school_code", "authority",
            "source", "nature", "stages", "functions", "users_count", "decision_on", "version", "confirmed_version",
            "submitted_at", "last_submitted_at", "returned_at", "confirmed_at", "suspended_at", "due_day", "changed_on",
            "late",
        ]  # fmt: skip
        read_only_fields = fields


class UseCaseQueueOut(PageOut):
    """A page of the queue."""

    results = UseCaseOut(many=True)


class UseCaseDecisionOut(DecidedOut):
    """A decision on a use: no legal period, but a target."""

    within_target = serializers.BooleanField()


class UseCaseDetailOut(UseCaseOut):
    """With the newest document, the decisions, and what stands against a confirmation."""

    document = serializers.JSONField(read_only=True)
    decisions = UseCaseDecisionOut(many=True, read_only=True)
    blockers = ReasonOut(many=True, read_only=True)
    withdrawal_cause = serializers.CharField(read_only=True, help_text="Why the end of the use is proposed, if it is")

    class Meta(UseCaseOut.Meta):
        fields = [*UseCaseOut.Meta.fields, "document", "decisions", "blockers", "withdrawal_cause"]
        read_only_fields = fields


class AdviseIn(serializers.Serializer):
    text = serializers.CharField(max_length=1000, help_text="Why the use should end; the unit reads it")


class UseFileOut(serializers.Serializer):
    """A file of the newest version that the authority may see."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class RemindIn(serializers.Serializer):
    text = serializers.CharField(required=False, allow_blank=True, max_length=1000, default="")
