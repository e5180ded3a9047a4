"""How papers, lists, kept figures and tasks look in the interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from blacklist.enums import ListKind
from blacklist.models import ListEdition
from rulebook.time import local_date
from rulebook.time import now as moment
from supervision import rules
from supervision.api.shapes import Out, code_of, mark, word_of
from supervision.enums import OPEN_TASKS, Consequence, PaperState, TaskState
from supervision.models import (
    Assessment,
    Broadcast,
    CaseOutcome,
    ChecklistComment,
    Circular,
    LetterTemplate,
    Milestone,
    ProgressReport,
    TaskNote,
    WorkPlan,
    WorkTask,
)


class UnitNameOut(serializers.Serializer):
    """A unit that is named."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    code = serializers.CharField(help_text="Key of an authority")
    uscc = serializers.CharField()


# --- papers ----------------------------------------------------------------------------------------------


class TemplateOut(Out):
    """The wording of a letter, with ``%(name)s`` places."""

    kind = serializers.CharField()

    class Meta:
        model = LetterTemplate
        fields = ["key", "kind", "title_zh", "title_en", "body_zh", "body_en"]


class CircularLineOut(Out):
    """A circular, a letter or an interview, as the list shows it."""

    state = word_of(PaperState.values)
    kind = serializers.CharField()
    audience = serializers.CharField()
    authority = code_of()
    listing = serializers.IntegerField(source="listing_id", allow_null=True)
    campaign = serializers.IntegerField(source="campaign_id", allow_null=True)

    class Meta:
        model = Circular
        fields = [
            "id", "case_no", "state", "kind", "audience", "authority", "title_zh", "title_en", "listing", "campaign",
            "held_on", "written_at", "published_at",
        ]  # fmt: skip


class CircularDetailOut(CircularLineOut):
    """With the texts; the record of an interview is for the authority that held it."""

    articles = serializers.ListField(child=serializers.CharField())
    addressees = serializers.SerializerMethodField()
    units_told = serializers.SerializerMethodField()
    minutes = serializers.SerializerMethodField(help_text="Empty for others than the authority")
    seen = mark()

    class Meta(CircularLineOut.Meta):
        fields = [
            *CircularLineOut.Meta.fields, "body_zh", "body_en", "articles", "addressees", "units_told", "minutes",
            "seen",
        ]  # fmt: skip

    def get_addressees(self, row: Circular) -> list[dict[str, Any]]:
        units = [one.unit for one in row.addressees.select_related("unit").order_by("pk")]
        return list(UnitNameOut(units, many=True).data)

    def get_units_told(self, row: Circular) -> int | None:
        return Broadcast.objects.filter(circular=row).values_list("served", flat=True).first()

    def get_minutes(self, row: Circular) -> str:
        return "" if rules.works_for(self.context["actor"], row.authority_id) else row.minutes


class ReportOut(Out):
    """A progress report."""

    state = word_of(PaperState.values)
    authority = code_of()

    class Meta:
        model = ProgressReport
        fields = [
            "id", "state", "authority", "first_day", "last_day", "title_zh", "title_en", "generated_at", "published_at",
        ]  # fmt: skip


class ReportDetailOut(ReportOut):
    """With text and figures: ``columns``, ``provinces`` (a line each), ``totals``, ``states``."""

    tables = serializers.JSONField()
    seen = mark()

    class Meta(ReportOut.Meta):
        fields = [*ReportOut.Meta.fields, "body_zh", "body_en", "tables", "seen"]


# --- lists -----------------------------------------------------------------------------------------------


class ListEditionOut(Out):
    """A dated edition of a list; ``authority`` null: the whole country."""

    kind = word_of(ListKind.values)
    authority = code_of()

    class Meta:
        model = ListEdition
        fields = ["id", "kind", "authority", "as_of", "rows", "digest", "published_at"]


class VerifiedOut(serializers.Serializer):
    """Whether the file is the one that the ledger recorded; ``digest``: SHA-256 of what was compared."""

    ok = serializers.BooleanField()
    digest = serializers.CharField()
    recorded = serializers.CharField(allow_blank=True, help_text="Digest in the ledger")
    record_hash = serializers.CharField(allow_blank=True, help_text="Hash of that record in its chain")


def verified(found: Any) -> dict[str, Any]:
    """What a verification found, for ``VerifiedOut``."""
    record = found.record
    return {
        "ok": found.ok, "digest": found.digest, "recorded": (record.payload or {}).get("sha256", "") if record else "",
        "record_hash": record.hash if record else "",
    }  # fmt: skip


# --- figures ---------------------------------------------------------------------------------------------


class IndicatorOut(serializers.Serializer):
    """What a figure counts, and on which article it rests."""

    key = serializers.CharField()
    group = serializers.CharField()
    label = serializers.CharField()
    definition = serializers.CharField()
    article = serializers.CharField()
    percent = serializers.BooleanField()
    now = serializers.BooleanField(help_text="Stands as it is counted; else it follows the period")


class FiguresOut(serializers.Serializer):
    """A line of figures; a figure that does not exist for the unit is null."""

    kind = serializers.CharField(help_text="region, rest (directly under the authority), total, unit")
    unit = serializers.IntegerField(help_text="Id of the unit")
    code = serializers.CharField()
    name = serializers.CharField()
    figures = serializers.DictField(child=serializers.FloatField(allow_null=True))


class IndicatorsOut(serializers.Serializer):
    """The table of a region."""

    unit = serializers.CharField(help_text="Key of the authority")
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    counted_at = serializers.DateTimeField()
    indicators = IndicatorOut(many=True)
    lines = FiguresOut(many=True)
    next_after = serializers.IntegerField(allow_null=True, help_text="Of institutions: the id to go on from")


class AssessmentOut(Out):
    """Figures that were kept for an assessment."""

    authority = code_of()
    unit = code_of("node.code")

    class Meta:
        model = Assessment
        fields = [
            "id", "case_no", "authority", "unit", "by_unit", "purpose", "first_day", "last_day", "sha256", "taken_at",
        ]  # fmt: skip


class AssessmentDetailOut(AssessmentOut):
    """With the figures as they stood, and their definitions."""

    table = serializers.JSONField()

    class Meta(AssessmentOut.Meta):
        fields = [*AssessmentOut.Meta.fields, "table"]


# --- tasks -----------------------------------------------------------------------------------------------


class WorkPlanOut(Out):
    """A plan of work; its tasks are found with ``tasks/?plan=``."""

    authority = code_of()

    class Meta:
        model = WorkPlan
        fields = [
            "id", "case_no", "authority", "title", "aim", "way", "safeguards", "first_day", "last_day", "made_at",
        ]  # fmt: skip


class MilestoneOut(Out):
    class Meta:
        model = Milestone
        fields = ["id", "title", "due_day", "reached_on"]


class TaskNoteOut(Out):
    unit = serializers.CharField(source="unit.name", default="")

    class Meta:
        model = TaskNote
        fields = ["text", "unit", "at"]


class TaskOut(Out):
    """A task of the region's ledger."""

    state = word_of(TaskState.values)
    authority = code_of()
    responsible = UnitNameOut()
    plan = serializers.IntegerField(source="plan_id", allow_null=True)
    overdue = serializers.SerializerMethodField()

    class Meta:
        model = WorkTask
        fields = [
            "id", "case_no", "state", "authority", "plan", "title", "responsible", "due_day", "overdue", "made_at",
            "closed_at",
        ]  # fmt: skip

    def get_overdue(self, row: WorkTask) -> bool:
        return row.state in OPEN_TASKS and row.due_day < local_date(moment())


class TaskDetailOut(TaskOut):
    """With who takes part, the milestones and what was noted."""

    sharing = serializers.SerializerMethodField()
    milestones = MilestoneOut(many=True)
    notes = TaskNoteOut(many=True)

    class Meta(TaskOut.Meta):
        fields = [*TaskOut.Meta.fields, "text", "sharing", "milestones", "notes"]

    def get_sharing(self, row: WorkTask) -> list[dict[str, Any]]:
        return list(UnitNameOut([one.unit for one in row.sharing.all()], many=True).data)


# --- persons, checklists ---------------------------------------------------------------------------------


class OutcomeOut(Out):
    """What followed for a person."""

    consequence = word_of(Consequence.values)

    class Meta:
        model = CaseOutcome
        fields = ["id", "consequence", "person_name", "text", "decided_on", "recorded_at"]


class RecordedOut(serializers.Serializer):
    """That it was recorded; reading it again is a look of its own."""

    id = serializers.IntegerField()


class CommentOut(Out):
    unit = serializers.CharField(source="unit.name")

    class Meta:
        model = ChecklistComment
        fields = ["id", "key", "label", "text", "unit", "at"]


class ChecklistOut(serializers.Serializer):
    """The checklist of inspections in force, with the newest comments that the reader may see."""

    label = serializers.CharField(help_text="Version of the rulebook")
    items = serializers.ListField(child=serializers.DictField())
    comments = CommentOut(many=True)
