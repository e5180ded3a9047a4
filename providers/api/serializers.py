"""Shapes of the provider's interface."""

from __future__ import annotations

import json
from typing import Any

from rest_framework import serializers

from providers.enums import FilingKind, FilingState
from providers.models import Filing


class FilingOut(serializers.ModelSerializer):
    """A filing as its provider sees it."""

    authority = serializers.CharField(source="authority.name", read_only=True)
    number = serializers.CharField(source="entry.number", read_only=True, default=None)
    app_id = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = Filing
        fields = [
            "id", "case_no", "kind", "state", "app_id", "app_name", "authority", "version", "number", "submitted_at",
            "last_submitted_at", "returned_at", "closed_at", "due_day", "due_at", "changed_on", "late",
        ]  # fmt: skip
        read_only_fields = fields


class NoteOut(serializers.Serializer):
    """A note on one field, as served with a return."""

    version = serializers.IntegerField()
    field_key = serializers.CharField()
    text = serializers.CharField()
    article = serializers.CharField()
    place = serializers.JSONField(help_text="Where to look: material, name and page of a file, or null")
    created_at = serializers.DateTimeField()


class FilingDetailOut(FilingOut):
    """With the document and the notes on it."""

    document = serializers.SerializerMethodField()
    notes = serializers.SerializerMethodField()

    class Meta(FilingOut.Meta):
        fields = [*FilingOut.Meta.fields, "document", "notes"]
        read_only_fields = fields

    def get_document(self, filing: Filing) -> dict[str, Any]:
        return self.context["document"]

    def get_notes(self, filing: Filing) -> list[dict[str, Any]]:
        return NoteOut(filing.return_notes.order_by("pk"), many=True).data  # type: ignore[return-value]


class StartIn(serializers.Serializer):
    """Begins a filing: for a new app give ``app_name``, for a known one ``app``."""

    kind = serializers.ChoiceField(choices=FilingKind.choices)
    app = serializers.IntegerField(required=False)
    app_name = serializers.CharField(required=False, max_length=120, default="")
    system = serializers.IntegerField(required=False)


class PartIn(serializers.Serializer):
    """Fields of one part of the form by their names without the part; others keep their values."""

    values = serializers.DictField()

    def validate_values(self, values: dict[str, Any]) -> dict[str, Any]:
        if "\\u0000" in json.dumps(values):
            raise serializers.ValidationError("Texts may not contain the character U+0000.")
        return values


class SubmitIn(serializers.Serializer):
    """Hands it in; ``seen_state`` guards against a copy that is out of date."""

    seen_state = serializers.ChoiceField(choices=FilingState.choices, required=False)


class VersionOut(serializers.Serializer):
    """A frozen version."""

    number = serializers.IntegerField()
    digest = serializers.CharField(help_text="SHA-256 of the canonical document, 64 hex digits")
    policy_label = serializers.CharField()
    signed_name = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    data = serializers.JSONField()


class ReceiptOut(serializers.Serializer):
    """Proof of what was handed in, and when."""

    case_no = serializers.CharField()
    version = serializers.IntegerField()
    digest = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    authority = serializers.CharField()
    due_day = serializers.DateField(allow_null=True)
    ledger_hash = serializers.CharField()


class MaterialIn(serializers.Serializer):
    """A file to be kept for the unit."""

    file = serializers.FileField()


class MaterialOut(serializers.Serializer):
    """How a document names a file: put this object where the field asks for one."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    pages = serializers.IntegerField(allow_null=True)
    type = serializers.CharField()
