"""Supervision in the administration: matters to read; categories, guides, templates and partners to edit."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from ledger.admin import EndlessReadOnlyAdmin, ReadOnlyAdmin, timeline_of
from supervision.models import (
    Assessment,
    Campaign,
    Circular,
    Complaint,
    ComplaintCategory,
    ComplaintGuide,
    Inspection,
    LetterTemplate,
    MonitorRun,
    Partner,
    ProgressReport,
    RectificationOrder,
    Referral,
    SamplingPlan,
    Takedown,
    TrainingInstitution,
    Warning,  # noqa: A004
    WorkTask,
)


class _WithActs(EndlessReadOnlyAdmin):
    """A matter with its acts."""

    readonly_fields = ("acts",)

    @admin.display(description=_("acts"))
    def acts(self, row: Any) -> Any:
        return timeline_of(row)


@admin.register(Complaint)
class ComplaintAdmin(_WithActs):
    """Without text and identity: who runs the portal handles no complaint."""

    list_display = ("case_no", "kind", "state", "authority", "received_at", "due_day")
    list_filter = ("kind", "state")
    list_select_related = ("authority",)
    search_fields = ("=case_no",)
    ordering = ("-received_at",)
    fields = (
        "case_no", "kind", "category", "state", "authority", "app_name", "received_at", "due_day", "closed_at", "acts",
    )  # fmt: skip


@admin.register(RectificationOrder)
class RectificationOrderAdmin(_WithActs):
    list_display = ("case_no", "unit", "state", "authority", "issued_at", "due_day")
    list_filter = ("state",)
    list_select_related = ("unit", "authority")
    search_fields = ("=case_no", "unit__name__startswith")
    ordering = ("-issued_at",)
    fields = (
        "case_no", "unit", "entry", "state", "authority", "findings", "articles", "public_text", "issued_at", "due_day",
        "closed_at", "listing", "acts",
    )  # fmt: skip


@admin.register(Campaign)
class CampaignAdmin(_WithActs):
    list_display = ("case_no", "title_zh", "state", "effect", "total", "done", "skipped", "failed")
    list_filter = ("state", "effect")
    ordering = ("-drafted_at",)
    fields = (
        "case_no", "title_zh", "state", "effect", "filter", "reason", "public_text", "articles", "drafted_at",
        "decided_at", "finished_at", "total", "done", "skipped", "failed", "acts",
    )  # fmt: skip


@admin.register(SamplingPlan)
class SamplingPlanAdmin(ReadOnlyAdmin):
    list_display = ("case_no", "title", "state", "authority", "method", "size", "drawn_at")
    list_filter = ("state", "method")
    list_select_related = ("authority",)


@admin.register(Inspection)
class InspectionAdmin(EndlessReadOnlyAdmin):
    list_display = ("entry", "state", "authority", "planned_at", "inspected_at")
    list_filter = ("state",)
    list_select_related = ("entry", "authority")


@admin.register(Warning)
class WarningAdmin(EndlessReadOnlyAdmin):
    list_display = ("kind", "entry", "status", "authority", "raised_at")
    list_filter = ("kind", "status")
    list_select_related = ("entry", "authority")


@admin.register(MonitorRun)
class MonitorRunAdmin(ReadOnlyAdmin):
    list_display = ("monitor", "started_at", "finished_at", "checked", "raised", "settled", "unanswered")
    list_filter = ("monitor",)


@admin.register(Referral)
class ReferralAdmin(_WithActs):
    list_display = ("case_no", "title", "state", "department", "authority", "sent_at", "due_day")
    list_filter = ("state", "department")
    list_select_related = ("authority",)
    fields = (
        "case_no", "title", "state", "department", "subject", "authority", "partner", "sent_at", "due_day", "acts",
    )  # fmt: skip


@admin.register(Takedown)
class TakedownAdmin(_WithActs):
    list_display = ("case_no", "app_name", "store", "state", "authority", "requested_at", "due_day")
    list_filter = ("state",)
    list_select_related = ("authority",)
    fields = ("case_no", "app_name", "store", "packages", "state", "authority", "text", "answer", "due_day", "acts")


@admin.register(Circular)
class CircularAdmin(_WithActs):
    list_display = ("case_no", "title_zh", "kind", "state", "audience", "authority", "published_at")
    list_filter = ("kind", "state")
    list_select_related = ("authority",)
    fields = ("case_no", "kind", "state", "audience", "authority", "title_zh", "body_zh", "published_at", "acts")


@admin.register(ProgressReport)
class ProgressReportAdmin(ReadOnlyAdmin):
    list_display = ("title_zh", "first_day", "last_day", "state", "published_at")
    list_filter = ("state",)


@admin.register(ComplaintCategory)
class ComplaintCategoryAdmin(ModelAdmin):
    list_display = ("key", "kind", "label_zh", "label_en", "order", "active")
    list_filter = ("kind", "active")
    ordering = ("order", "id")


@admin.register(ComplaintGuide)
class ComplaintGuideAdmin(ModelAdmin):
    """A new text from a day on; what was in force stays as it was."""

    list_display = ("effective_from", "text_zh")

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@admin.register(LetterTemplate)
class LetterTemplateAdmin(ModelAdmin):
    list_display = ("key", "kind", "title_zh", "active")
    list_filter = ("kind", "active")


@admin.register(Partner)
class PartnerAdmin(ModelAdmin):
    list_display = ("unit", "department", "province_code")
    list_filter = ("department",)
    list_select_related = ("unit",)


@admin.register(TrainingInstitution)
class TrainingInstitutionAdmin(ModelAdmin):
    """The provinces' lists of licensed off-campus training institutions, as cases name them."""

    list_display = ("name", "province_code", "licence_number", "licence_until", "listed_on")
    list_filter = ("province_code",)
    search_fields = ("=licence_number", "=uscc", "name__startswith")


@admin.register(WorkTask)
class WorkTaskAdmin(_WithActs):
    list_display = ("case_no", "title", "state", "authority", "responsible", "due_day")
    list_filter = ("state",)
    list_select_related = ("authority", "responsible")
    search_fields = ("=case_no",)
    fields = ("case_no", "title", "state", "authority", "responsible", "text", "due_day", "closed_at", "acts")


@admin.register(Assessment)
class AssessmentAdmin(_WithActs):
    list_display = ("case_no", "purpose", "node", "by_unit", "first_day", "last_day", "taken_at")
    list_select_related = ("node",)
    search_fields = ("=case_no",)
    fields = ("case_no", "purpose", "node", "by_unit", "first_day", "last_day", "sha256", "taken_at", "acts")
