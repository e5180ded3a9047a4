"""How rows of supervision look to authorities and partners. Nothing here says who complained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from blacklist.enums import ListingState, ObjectionState
from blacklist.models import Listing, ListingObjection, ListItem
from supervision.enums import (
    ComplaintState,
    ForwardingState,
    OrderState,
    ReferralState,
    TakedownState,
)
from supervision.models import (
    Complaint,
    ComplaintAttachment,
    ComplaintMessage,
    Forwarding,
    JointMeasure,
    OrderStep,
    RectificationOrder,
    Referral,
    Takedown,
)


def word_of(values: Sequence[str], **more: Any) -> Any:
    """A word out of some, as the row says it."""
    return serializers.CharField(read_only=True, help_text=", ".join(values), **more)


def code_of(path: str = "authority.code") -> Any:
    return serializers.CharField(source=path, read_only=True, default=None)


def mark() -> Any:
    return serializers.CharField(
        read_only=True, help_text="A mark of the text as it stands; send it back with a change"
    )


class Out(serializers.ModelSerializer):
    """Base: reading only."""

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for one in fields.values():
            one.read_only = True
        return fields


# --- complaints ------------------------------------------------------------------------------------------


class ComplaintOut(Out):
    """A complaint as the queue lists it: neither its text nor who made it."""

    state = word_of(ComplaintState.values)
    kind = serializers.CharField()
    category = serializers.CharField(source="category.key")
    authority = code_of()
    number = code_of("entry.number")
    handler = serializers.IntegerField(source="handler_id", allow_null=True, help_text="Id of a person")

    class Meta:
        model = Complaint
        fields = [
            "id", "case_no", "kind", "state", "category", "authority", "number", "app_name", "provider_name",
            "anonymous", "received_at", "accepted_at", "closed_at", "due_day", "overdue_since", "handler",
            "waiting_for_answer",
        ]  # fmt: skip


class MessageOut(Out):
    kind = serializers.CharField()

    class Meta:
        model = ComplaintMessage
        fields = ["kind", "text", "at"]


class SentOut(Out):
    """What was sent to a provider, and its reply."""

    state = word_of(ForwardingState.values)
    provider = serializers.CharField(source="unit.name")

    class Meta:
        model = Forwarding
        fields = ["id", "ref_no", "state", "provider", "text", "sent_at", "due_day", "reply", "replied_at"]


class ScreenshotOut(Out):
    class Meta:
        model = ComplaintAttachment
        fields = ["id", "name", "content_type", "size", "sha256"]


class ComplaintDetailOut(ComplaintOut):
    """With what was reported and what came of it. Who complained is asked for by ``identity/`` alone."""

    messages = MessageOut(many=True)
    forwardings = SentOut(many=True)
    screenshots = serializers.SerializerMethodField(help_text="For who handles the case, and the head of review")
    merged_into = serializers.IntegerField(source="merged_into_id", allow_null=True)
    outcome = serializers.CharField()

    class Meta(ComplaintOut.Meta):
        fields = [
            *ComplaintOut.Meta.fields, "text", "where_found", "happened_on", "asked_operator", "messages",
            "forwardings", "screenshots", "decision_reason", "elsewhere", "outcome", "reply", "merged_into",
            "public_title", "public_reply", "published_at",
        ]  # fmt: skip

    def get_screenshots(self, row: Complaint) -> list[dict[str, Any]]:
        seen = ComplaintAttachment.objects.visible_to(self.context["actor"]).filter(complaint=row).order_by("pk")
        return list(ScreenshotOut(seen, many=True).data)


class IdentityOut(serializers.Serializer):
    """Who complained; empty where nothing was given."""

    given = serializers.BooleanField()
    name = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)


# --- orders and listings ---------------------------------------------------------------------------------


class FileOut(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="material.name")
    content_type = serializers.CharField(source="material.content_type")
    size = serializers.IntegerField(source="material.size")
    sha256 = serializers.CharField(source="material.sha256")


class StepOut(Out):
    kind = serializers.CharField()
    files = FileOut(many=True)

    class Meta:
        model = OrderStep
        fields = ["kind", "text", "at", "files"]


class OrderOut(Out):
    """A rectification order as the list shows it."""

    state = word_of(OrderState.values)
    authority = code_of()
    number = code_of("entry.number")
    app_name = code_of("entry.app_name")
    provider = serializers.CharField(source="unit.name")
    uscc = serializers.CharField(source="unit.uscc")
    listing = serializers.IntegerField(source="listing_id", allow_null=True)

    class Meta:
        model = RectificationOrder
        fields = [
            "id", "case_no", "state", "authority", "provider", "uscc", "number", "app_name", "issued_at", "days",
            "due_day", "due_at", "extended_days", "overdue_at", "closed_at", "listing",
        ]  # fmt: skip


class OrderDetailOut(OrderOut):
    """With findings and file; the complaint behind it is named to authorities alone."""

    steps = StepOut(many=True)
    complaint = serializers.IntegerField(source="complaint_id", allow_null=True)
    findings = serializers.JSONField()
    articles = serializers.ListField(child=serializers.CharField())

    class Meta(OrderOut.Meta):
        fields = [
            *OrderOut.Meta.fields, "findings", "articles", "public_text", "extension_reason", "complaint", "steps",
        ]  # fmt: skip


class ListingOut(Out):
    """A provider on the blacklist."""

    state = word_of(ListingState.values)
    authority = code_of()
    ground = serializers.CharField()
    numbers = serializers.ListField(child=serializers.CharField(), help_text="Filings revoked with it")
    articles = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Listing
        fields = [
            "id", "state", "unit_name", "uscc", "authority", "ground", "reason", "articles", "numbers", "bar_months",
            "listed_at", "bar_last_day", "ended_at", "lift_reason",
        ]  # fmt: skip


class ObjectionOut(Out):
    state = word_of(ObjectionState.values)

    class Meta:
        model = ListingObjection
        fields = ["id", "state", "text", "filed_at", "decision", "decided_at"]


class MeasureOut(Out):
    """What a department did against a provider."""

    department = serializers.CharField()
    provider = serializers.CharField(source="unit.name")
    uscc = serializers.CharField(source="unit.uscc")
    authority = code_of()
    referral = serializers.IntegerField(source="referral_id", allow_null=True)
    listing = serializers.IntegerField(source="listing_id", allow_null=True)

    class Meta:
        model = JointMeasure
        fields = [
            "id", "department", "provider", "uscc", "authority", "measure", "decided_on", "until", "referral",
            "listing", "recorded_at",
        ]  # fmt: skip


class ListingDetailOut(ListingOut):
    """With the objections and measures that the reader may see."""

    objections = serializers.SerializerMethodField()
    measures = serializers.SerializerMethodField()

    class Meta(ListingOut.Meta):
        fields = [*ListingOut.Meta.fields, "objections", "measures"]

    def get_objections(self, row: Listing) -> list[dict[str, Any]]:
        seen = ListingObjection.objects.visible_to(self.context["actor"]).filter(listing=row).order_by("pk")
        return list(ObjectionOut(seen, many=True).data)

    def get_measures(self, row: Listing) -> list[dict[str, Any]]:
        seen = JointMeasure.objects.visible_to(self.context["actor"]).filter(listing=row)
        return list(MeasureOut(seen.select_related("unit", "authority"), many=True).data)


class ListLineOut(Out):
    """A line of a negative or exit list."""

    kind = serializers.CharField()
    state = serializers.CharField()
    subject = serializers.CharField()
    authority = code_of()
    articles = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = ListItem
        fields = [
            "id", "kind", "state", "authority", "subject", "title_zh", "title_en", "number", "uscc", "reason",
            "articles", "listed_at", "removed_at", "removal_reason",
        ]  # fmt: skip


# --- partners --------------------------------------------------------------------------------------------


class ReferralOut(Out):
    """A case handed to a department."""

    state = word_of(ReferralState.values)
    authority = code_of()
    subject = serializers.CharField()
    department = serializers.CharField()
    number = code_of("entry.number")

    class Meta:
        model = Referral
        fields = [
            "id", "case_no", "state", "authority", "department", "subject", "title", "number", "sent_at", "due_day",
            "overdue_since", "answered_at", "closed_at",
        ]  # fmt: skip


class ReferralDetailOut(ReferralOut):
    """With the case file as it was frozen at the sending."""

    case_file = serializers.JSONField()
    articles = serializers.ListField(child=serializers.CharField())
    measures = serializers.SerializerMethodField()

    class Meta(ReferralOut.Meta):
        fields = [*ReferralOut.Meta.fields, "text", "articles", "case_file", "answer", "measures"]

    def get_measures(self, row: Referral) -> list[dict[str, Any]]:
        seen = JointMeasure.objects.visible_to(self.context["actor"]).filter(referral=row)
        return list(MeasureOut(seen.select_related("unit", "authority"), many=True).data)


class TakedownOut(Out):
    """A request to an app store, and its answer."""

    state = word_of(TakedownState.values)
    authority = code_of()
    number = code_of("entry.number")
    packages = serializers.ListField(child=serializers.CharField())
    duties = serializers.ListField(child=serializers.CharField(), help_text="What the store is to account for")
    shown = serializers.ListField(child=serializers.CharField(), help_text="Of these what it has shown to keep")

    class Meta:
        model = Takedown
        fields = [
            "id", "case_no", "state", "authority", "number", "app_name", "store", "packages", "text", "requested_at",
            "due_day", "overdue_since", "answer", "answered_on", "duties", "shown",
        ]  # fmt: skip


class CreditOut(serializers.Serializer):
    """A listing for the credit information platform."""

    id = serializers.IntegerField()
    unit_name = serializers.CharField()
    uscc = serializers.CharField()
    authority = serializers.CharField()
    authority_code = serializers.CharField()
    ground = serializers.CharField()
    reason = serializers.CharField()
    articles = serializers.ListField(child=serializers.CharField())
    numbers = serializers.ListField(child=serializers.CharField())
    listed_at = serializers.DateTimeField()
    bar_last_day = serializers.DateField(allow_null=True)
    state = word_of(ListingState.values)
    ended_at = serializers.DateTimeField(allow_null=True)
    lift_reason = serializers.CharField(allow_blank=True)
