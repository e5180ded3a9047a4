"""Shapes of the authority's interface; none is shared with the provider's."""

from __future__ import annotations

from rest_framework import serializers

from providers.models import Filing


class CaseOut(serializers.ModelSerializer):
    """A case as the queue lists it."""

    provider = serializers.CharField(source="provider_name", read_only=True)
    authority = serializers.CharField(source="authority.code", read_only=True)
    number = serializers.CharField(source="entry.number", read_only=True, default=None)

    class Meta:
        model = Filing
        fields = [
            "id", "case_no", "kind", "state", "app_name", "provider", "authority", "version", "number", "stages",
            "is_discipline", "second_level", "submitted_at", "last_submitted_at", "returned_at", "closed_at", "due_day",
            "due_at", "overdue_since", "changed_on", "late",
        ]  # fmt: skip
        read_only_fields = fields


class PageOut(serializers.Serializer):
    """What a page of either queue carries beside its rows: cursors of its neighbours, counts of the tabs."""

    next_after = serializers.CharField(allow_blank=True)
    previous_before = serializers.CharField(allow_blank=True)
    counts = serializers.DictField(child=serializers.IntegerField())


class QueueOut(PageOut):
    """A page of the queue."""

    results = CaseOut(many=True)


class ReasonOut(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()
    article = serializers.CharField(allow_null=True)


class DecidedOut(serializers.Serializer):
    """What a decision on either kind of filing says."""

    verb = serializers.CharField()
    version = serializers.IntegerField()
    comment = serializers.CharField()
    article = serializers.CharField()
    notes = serializers.IntegerField()
    decided_at = serializers.DateTimeField()


class DecisionOut(DecidedOut):
    """A decision on a provider's filing: the law gives it a period."""

    on_time = serializers.BooleanField()


class CaseDetailOut(CaseOut):
    """With the newest document, the decisions, and what stands against an approval."""

    document = serializers.JSONField(read_only=True)
    decisions = DecisionOut(many=True, read_only=True)
    blockers = ReasonOut(many=True, read_only=True)

    class Meta(CaseOut.Meta):
        fields = [*CaseOut.Meta.fields, "document", "decisions", "blockers"]
        read_only_fields = fields


class PlaceOut(serializers.Serializer):
    """Where in a file to look; ``page`` from 1."""

    material = serializers.IntegerField()
    name = serializers.CharField()
    page = serializers.IntegerField()


class VerdictOut(serializers.Serializer):
    field_key = serializers.CharField()
    ok = serializers.BooleanField()
    note = serializers.CharField()
    article = serializers.CharField()
    place = PlaceOut(default=None, allow_null=True)
    updated_at = serializers.DateTimeField()


class VerdictIn(serializers.Serializer):
    """A verdict on one field; against it, a note says what is wrong."""

    field_key = serializers.CharField(max_length=80)
    ok = serializers.BooleanField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")
    article = serializers.CharField(required=False, allow_blank=True, max_length=20, default="")
    version = serializers.IntegerField(min_value=1, help_text="The version that was looked at.")

    def validate(self, attrs: dict) -> dict:
        if not attrs["ok"] and not attrs["note"].strip():
            raise serializers.ValidationError({"note": "A verdict against a field says what is wrong."})
        return attrs


class CaseVerdictIn(VerdictIn):
    """With the place in a file of the version where the provider should look, if there is one."""

    material = serializers.IntegerField(required=False, min_value=1)
    page = serializers.IntegerField(required=False, min_value=1, max_value=2000)


class SeenIn(serializers.Serializer):
    """What the caller saw; a case that has moved on since is not decided (409)."""

    comment = serializers.CharField(required=False, allow_blank=True, max_length=4000, default="")
    seen_state = serializers.CharField(max_length=20)
    seen_version = serializers.IntegerField(min_value=1)


class DeclineIn(SeenIn):
    article = serializers.CharField(max_length=20)


class AssignIn(serializers.Serializer):
    person = serializers.IntegerField()


class FieldIn(serializers.Serializer):
    """The field whose verdict is taken back."""

    field_key = serializers.CharField(max_length=80)
    version = serializers.IntegerField(min_value=1, help_text="The version that was looked at.")


class AnswerIn(serializers.Serializer):
    """An answer to one item of the checklist."""

    key = serializers.CharField(max_length=40)
    ok = serializers.BooleanField()
    comment = serializers.CharField(required=False, allow_blank=True, max_length=1000, default="")
    version = serializers.IntegerField(min_value=1, help_text="The version that was looked at.")


class AnswerOut(serializers.Serializer):
    """An item of the policy's checklist; ``ok`` is null until it is answered for this version."""

    key = serializers.CharField()
    label_zh = serializers.CharField(allow_blank=True)
    label_en = serializers.CharField(allow_blank=True)
    ok = serializers.BooleanField(allow_null=True)
    comment = serializers.CharField(allow_blank=True)


class OverrideIn(serializers.Serializer):
    """Lets a failed check pass: why, and what was seen."""

    reason = serializers.CharField(max_length=1000)
    seen_version = serializers.IntegerField(min_value=1)
    seen_finding = serializers.CharField(
        required=False, max_length=64, help_text="``finding`` of the check as it was read; it refuses a newer one."
    )


class HandOverIn(serializers.Serializer):
    """Whose open cases go to whom."""

    absent = serializers.IntegerField(help_text="Id of the person who is away")
    to = serializers.IntegerField(help_text="Id of the colleague who takes the cases")
    kind = serializers.ChoiceField(choices=["filings", "uses"], default="filings")


class HandedOverOut(serializers.Serializer):
    handed_over = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of the cases")


class CheckOut(serializers.Serializer):
    code = serializers.CharField()
    result = serializers.CharField()
    text = serializers.CharField()
    article = serializers.CharField()
    overridden = serializers.BooleanField()
    finding = serializers.CharField(help_text="Names this finding; give it back when the check is overridden.")


class CaseMaterialOut(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    scan = serializers.CharField()
