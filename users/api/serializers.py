"""Shapes of the institution's interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from providers.api.serializers import MaterialIn, MaterialOut, PartIn, VersionOut
from registry.models import Entry
from users.enums import UseState
from users.models import UserFiling
from users.public import name_of
from users.register import Line


class UseOut(serializers.ModelSerializer):
    """A filing of use as its unit sees it."""

    authority = serializers.CharField(source="authority.name", read_only=True)

    class Meta:
        model = UserFiling
        fields = [
            "id", "case_no", "state", "self_use", "app_name", "provider_name", "number", "source", "nature",
            "responsibility", "authority", "version", "confirmed_version", "decision_on", "users_count",
            "needs_unit_review", "submitted_at", "handed_in_at", "confirmed_at", "returned_at", "closed_at", "due_day",
            "changed_on", "late", "withdrawal_proposed_at", "withdrawal_cause", "withdrawal_text", "withdrawn_reason",
            "check_since", "check_fields",
        ]  # fmt: skip
        read_only_fields = fields


class UseNoteOut(serializers.Serializer):
    """A note on a field, from the authority or from the school's own review."""

    version = serializers.IntegerField()
    field_key = serializers.CharField()
    text = serializers.CharField()
    article = serializers.CharField()
    within_unit = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class UseDetailOut(UseOut):
    """With the document, the notes on it, and what speaks against the selection without barring it."""

    document = serializers.SerializerMethodField()
    notes = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()

    class Meta(UseOut.Meta):
        fields = [*UseOut.Meta.fields, "document", "notes", "warnings"]
        read_only_fields = fields

    def get_document(self, filing: UserFiling) -> dict[str, Any]:
        return self.context["document"]

    def get_notes(self, filing: UserFiling) -> list[dict[str, Any]]:
        return UseNoteOut(filing.return_notes.order_by("pk"), many=True).data  # type: ignore[return-value]

    def get_warnings(self, filing: UserFiling) -> list[dict[str, Any]]:
        return [
            {"code": reason.code, "message": str(reason.message), "article": reason.article or ""}
            for reason in self.context["warnings"]
        ]


class UseStartIn(serializers.Serializer):
    """Selects an app by its filing number, or names an app that the unit developed for itself (自研自用)."""

    number = serializers.CharField(required=False, max_length=60, default="")
    own_app_name = serializers.CharField(required=False, max_length=120, default="")


class UsePartIn(PartIn):
    """Fields of one part of the form by their names without the part; others keep their values."""


class UseSubmitIn(serializers.Serializer):
    """Hands it in; ``seen_state`` guards against a copy that is out of date."""

    seen_state = serializers.ChoiceField(choices=UseState.choices, required=False)


class UseNoteIn(serializers.Serializer):
    """A note on one field."""

    field_key = serializers.CharField(required=False, default="", allow_blank=True, max_length=80)
    text = serializers.CharField(max_length=2000)


class UseReviewIn(UseSubmitIn):
    """The school's own review: ``approve``, or ``send_back`` with a comment or notes."""

    verdict = serializers.ChoiceField(choices=["approve", "send_back"])
    comment = serializers.CharField(required=False, default="", allow_blank=True, max_length=2000)
    notes = UseNoteIn(many=True, required=False)
    seen_version = serializers.IntegerField(required=False, min_value=1)


class UseCheckedIn(serializers.Serializer):
    """What was looked at, if anything is to be said of it."""

    comment = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)
    seen_since = serializers.DateTimeField(required=False, help_text="`check_since` as you saw it; a later mark stays")


class UseWithdrawIn(UseSubmitIn):
    """Why the use ends, and what those concerned are told."""

    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=1000)
    notice_text = serializers.CharField(required=False, default="", allow_blank=True, max_length=2000)


class UseVersionOut(VersionOut):
    """A frozen version."""

    for_unit_review = serializers.BooleanField()


class UseReceiptOut(serializers.Serializer):
    """Proof of what was handed in, and when."""

    case_no = serializers.CharField()
    version = serializers.IntegerField()
    digest = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    authority = serializers.CharField()
    due_day = serializers.DateField(allow_null=True, help_text="Service target of the confirmation, no legal period")


class UseMaterialIn(MaterialIn):
    """A file to be kept for the unit."""


class UseMaterialOut(MaterialOut):
    """How a document names a file: put this object where the field asks for one."""


class SystemIn(serializers.Serializer):
    """A new version of the selection system; upload its file first."""

    title = serializers.CharField(max_length=160)
    effective_on = serializers.DateField()
    material = serializers.IntegerField(help_text="Id of an uploaded file of the unit")
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class SystemOut(serializers.Serializer):
    """A version of the selection system; the highest number holds."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    effective_on = serializers.DateField()
    note = serializers.CharField()
    uploaded_at = serializers.DateTimeField()
    material = serializers.IntegerField(source="material_id")
    sha256 = serializers.CharField(source="material.sha256")


class ResponsiblePerson(serializers.Serializer):
    """Somebody who answers for the unit's apps."""

    name = serializers.CharField(max_length=60)
    position = serializers.CharField(max_length=60)
    duty = serializers.CharField(required=False, default="", allow_blank=True, max_length=80)
    phone = serializers.CharField(required=False, default="", allow_blank=True, max_length=30)


class NamingIn(serializers.Serializer):
    """The department in charge and the responsible persons."""

    department = serializers.CharField(max_length=120)
    persons = ResponsiblePerson(many=True)


class InstitutionOut(serializers.Serializer):
    """The unit and what it has on record."""

    name = serializers.CharField()
    kind = serializers.CharField()
    school_code = serializers.CharField()
    authority = serializers.CharField(help_text="Who confirms the unit's filings of use")
    functional_department = serializers.CharField()
    responsible_persons = ResponsiblePerson(many=True)
    selection_system = serializers.IntegerField(allow_null=True, help_text="Number of the version in force")


class SelectableOut(serializers.ModelSerializer):
    """An entry of the registry, with the reasons against its selection (none: it may be selected)."""

    reasons = serializers.SerializerMethodField()
    use = serializers.SerializerMethodField(help_text="Id of the unit's own filing of use")

    class Meta:
        model = Entry
        fields = ["number", "app_name", "provider_name", "state", "stages", "functions", "reasons", "use"]
        read_only_fields = fields

    def get_reasons(self, entry: Entry) -> list[dict[str, str]]:
        return [
            {"code": reason.code, "message": str(reason.message), "article": reason.article or ""}
            for reason in self.context["reasons"]
        ]

    def get_use(self, entry: Entry) -> int | None:
        return self.context["use"]


class RegisterLineOut(serializers.Serializer):
    """An admitted app: as it was confirmed last."""

    number = serializers.IntegerField(help_text="Counts from the first admission")
    use = serializers.IntegerField(source="filing.pk")
    app_name = serializers.SerializerMethodField(help_text="As it was confirmed")
    filing_number = serializers.CharField(source="filing.number")
    state = serializers.CharField(source="filing.state")
    admitted_on = serializers.DateField()
    changed_on = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    said = serializers.JSONField(help_text="What was confirmed and is public")

    def get_app_name(self, line: Line) -> str:
        return name_of(line.filing)
