"""Shapes of the calls on members, invitations and tables of units. No shape shows a link or its secret."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.enums import Role, RowOutcome
from accounts.models import ImportBatch, ImportRow, Invitation, Membership

OUTCOMES = tuple(RowOutcome.values)
LOOKS = ("open", "accepted", "withdrawn", "run_out")


class MemberOut(serializers.ModelSerializer):
    """Somebody who works for a unit, or waits to be let in."""

    person = serializers.CharField(source="person.name")
    email = serializers.EmailField(source="person.email")
    unit_name = serializers.CharField(source="unit.name")

    class Meta:
        model = Membership
        fields = ["id", "person", "email", "unit", "unit_name", "role", "status", "created_at"]
        read_only_fields = fields


class MembersOut(serializers.Serializer):
    """A page of members, the newest first."""

    results = MemberOut(many=True)
    next_before = serializers.IntegerField(allow_null=True)


class RoleIn(serializers.Serializer):
    """Another role in the same unit."""

    role = serializers.ChoiceField(choices=Role.choices)


class InvitationOut(serializers.ModelSerializer):
    """An invitation and what became of it. The link is in the e-mail alone."""

    unit_name = serializers.CharField(source="unit.name")
    status = serializers.SerializerMethodField()

    class Meta:
        model = Invitation
        fields = ["id", "unit", "unit_name", "email", "name", "role", "status", "created_at", "expires_at"]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=LOOKS))
    def get_status(self, row: Invitation) -> str:
        return look_of(row, self.context["now"])


def look_of(row: Invitation, now: datetime) -> str:
    """One of ``LOOKS``."""
    if row.accepted_at:
        return "accepted"
    if row.withdrawn_at:
        return "withdrawn"
    return "run_out" if now >= row.expires_at else "open"


class InvitationsOut(serializers.Serializer):
    """A page of invitations, the newest first."""

    results = InvitationOut(many=True)
    next_before = serializers.IntegerField(allow_null=True)


class InvitationIn(serializers.Serializer):
    """Whom to invite into which unit (an id; left out: one's own) and as what."""

    unit = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=80)
    role = serializers.ChoiceField(choices=Role.choices)


class TableIn(serializers.Serializer):
    """A table of units, XLSX or CSV, at most 5,000 rows and 5 MB; headings as in the template of the page."""

    file = serializers.FileField(allow_empty_file=False)


class ImportOut(serializers.ModelSerializer):
    """A table of units: ``numbers`` counts its rows by outcome, ``worked`` of ``work`` are done with."""

    person = serializers.CharField(source="person.name")
    numbers = serializers.SerializerMethodField()
    worked = serializers.SerializerMethodField()
    work = serializers.SerializerMethodField()

    class Meta:
        model = ImportBatch
        fields = [
            "id", "file_name", "digest", "status", "person", "total", "numbers", "worked", "work", "created_at",
            "started_at", "finished_at", "stopped_why",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_numbers(self, row: ImportBatch) -> dict[str, int]:
        return self.context["numbers"]

    def get_worked(self, row: ImportBatch) -> int:
        return self.context["numbers"]["done"] + self.context["numbers"]["failed"]

    def get_work(self, row: ImportBatch) -> int:
        numbers = self.context["numbers"]
        return self.get_worked(row) + numbers["create"] + numbers["invite"]


class ImportLineOut(serializers.ModelSerializer):
    """A table of units in the list of them."""

    class Meta:
        model = ImportBatch
        fields = ["id", "file_name", "status", "total", "created_at", "started_at", "finished_at"]
        read_only_fields = fields


class ImportsOut(serializers.Serializer):
    """A page of tables, the newest first."""

    results = ImportLineOut(many=True)
    next_before = serializers.IntegerField(allow_null=True)


class RowProblemOut(serializers.Serializer):
    """What is wrong in a column; an empty ``key`` means the whole row."""

    key = serializers.CharField(allow_blank=True)
    text = serializers.CharField()


class ImportRowOut(serializers.ModelSerializer):
    """A row as it was read, what is wrong with it, what is to become or became of it, and the unit that it is."""

    problems = RowProblemOut(many=True)
    values = serializers.SerializerMethodField()

    class Meta:
        model = ImportRow
        fields = ["number", "outcome", "values", "problems", "unit"]
        read_only_fields = fields

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_values(self, row: ImportRow) -> dict[str, Any]:
        return row.values


class ImportRowsOut(serializers.Serializer):
    """A page of rows in their order."""

    results = ImportRowOut(many=True)
    next_after = serializers.IntegerField(allow_null=True)
