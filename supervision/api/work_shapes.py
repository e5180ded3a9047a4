"""How campaigns, samples, inspections and warnings look in the interface."""

from __future__ import annotations

from rest_framework import serializers

from supervision.api.shapes import Out, code_of, mark, word_of
from supervision.enums import CampaignState, InspectionState, ItemStatus, PlanState, WarningStatus
from supervision.models import (
    Campaign,
    CampaignItem,
    Inspection,
    InspectionFinding,
    SamplingPlan,
    Warning,  # noqa: A004  the word of the field
)


class CampaignOut(Out):
    """A campaign and how far it has come."""

    state = word_of(CampaignState.values)
    effect = serializers.CharField()
    authority = code_of()

    class Meta:
        model = Campaign
        fields = [
            "id", "case_no", "state", "authority", "title_zh", "title_en", "effect", "drafted_at", "decided_at",
            "finished_at", "total", "done", "skipped", "failed",
        ]  # fmt: skip


class CampaignDetailOut(CampaignOut):
    filter = serializers.JSONField()
    articles = serializers.ListField(child=serializers.CharField())
    drafted_by = serializers.IntegerField(source="drafted_by_id", allow_null=True, help_text="Id of a person")
    decided_by = serializers.IntegerField(source="decided_by_id", allow_null=True, help_text="Id of a person")
    pending = serializers.SerializerMethodField()
    seen = mark()

    class Meta(CampaignOut.Meta):
        fields = [
            *CampaignOut.Meta.fields, "pending", "filter", "reason", "public_text", "text_en", "articles", "drafted_by",
            "decided_by", "seen",
        ]  # fmt: skip

    def get_pending(self, row: Campaign) -> int:
        return row.total - row.done - row.skipped - row.failed


class CampaignItemOut(Out):
    number = serializers.CharField(source="entry.number")
    app_name = serializers.CharField(source="entry.app_name")
    status = word_of(ItemStatus.values)

    class Meta:
        model = CampaignItem
        fields = ["id", "number", "app_name", "status", "note", "attempts", "at"]


class PreviewOut(serializers.Serializer):
    """How many entries a campaign would concern now, where, in which state, and the first of them."""

    count = serializers.IntegerField()
    by_province = serializers.DictField(child=serializers.IntegerField())
    by_state = serializers.DictField(child=serializers.IntegerField())
    sample = serializers.ListField(child=serializers.DictField())


class PlanOut(Out):
    """A sampling plan; whoever knows the seed can repeat the draw."""

    state = word_of(PlanState.values)
    method = serializers.CharField()
    authority = code_of()
    filter = serializers.JSONField()

    class Meta:
        model = SamplingPlan
        fields = [
            "id", "case_no", "state", "authority", "title", "method", "seed", "size", "filter", "population",
            "checklist_label", "created_at", "drawn_at", "closed_at",
        ]  # fmt: skip


class FindingOut(Out):
    class Meta:
        model = InspectionFinding
        fields = ["id", "round", "key", "ok", "text", "article", "evidence_name", "evidence_sha256", "at"]


class InspectionOut(Out):
    state = word_of(InspectionState.values)
    authority = code_of()
    number = serializers.CharField(source="entry.number")
    app_name = serializers.CharField(source="entry.app_name")
    plan = serializers.IntegerField(source="plan_id", allow_null=True)
    order = serializers.IntegerField(source="order_id", allow_null=True)
    inspector = serializers.IntegerField(source="inspector_id", allow_null=True, help_text="Id of a person")

    class Meta:
        model = Inspection
        fields = [
            "id", "state", "authority", "number", "app_name", "plan", "rank", "draw_key", "inspector", "planned_at",
            "inspected_at", "recheck_day", "rechecked_at", "order",
        ]  # fmt: skip


class InspectionDetailOut(InspectionOut):
    """With the checklist as it was on the day of the plan, and every answer."""

    checklist = serializers.JSONField()
    findings = FindingOut(many=True)

    class Meta(InspectionOut.Meta):
        fields = [*InspectionOut.Meta.fields, "checklist_label", "checklist", "findings"]


class WarningOut(Out):
    kind = serializers.CharField()
    status = word_of(WarningStatus.values)
    authority = code_of()
    number = serializers.CharField(source="entry.number")
    app_name = serializers.CharField(source="entry.app_name")

    class Meta:
        model = Warning
        fields = ["id", "kind", "status", "authority", "number", "app_name", "days_left", "raised_at", "closed_at"]
