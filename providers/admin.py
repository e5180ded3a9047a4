"""Filings and what belongs to them, to read.

Nothing here has a form: a filing's state moves through ``ledger.acts.perform`` alone, a version is
frozen, and a working copy belongs to the provider. So there is no field to forge and no action to call.
"""

from __future__ import annotations

import re
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ledger.admin import EndlessReadOnlyAdmin, ReadOnlyAdmin, pretty, timeline_of
from providers.models import (
    App,
    Branch,
    BusinessSystem,
    Filing,
    FilingVersion,
    Material,
    PlatformBatch,
    PlatformOperator,
    PlatformRecord,
)

_CASE_NO = re.compile(r"^[A-Za-z0-9]{2,20}-\d{4}-\d+$")


@admin.register(Filing)
class FilingAdmin(EndlessReadOnlyAdmin):
    list_display = (
        "case_no", "app_name", "provider_name", "kind", "state", "authority", "due_day", "last_submitted_at",
    )  # fmt: skip
    list_display_links = ("case_no", "app_name")
    list_filter = ("state", "kind")
    list_select_related = ("authority",)
    ordering = ("-id",)
    search_fields = ("case_no",)
    search_help_text = _("A case number, or how the name of an app or a provider begins.")
    fields = (
        "case_no", "kind", "state", "unit", "app", "authority", "entry", "version", "app_name", "provider_name",
        "is_discipline", "second_level", "policy_label", "changed_on", "late", "submitted_at", "last_submitted_at",
        "returned_at", "closed_at", "due_day", "overdue_since", "versions_list", "acts", "ledger_link",
    )  # fmt: skip
    readonly_fields = ("versions_list", "acts", "ledger_link")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        if _CASE_NO.match(term):
            return queryset.filter(case_no=term.upper()), False
        return queryset.filter(Q(app_name__startswith=term) | Q(provider_name__startswith=term)), False

    @admin.display(description=_("versions"))
    def versions_list(self, filing: Filing) -> SafeString | str:
        rows = [
            (reverse("admin:providers_filingversion_change", args=[pk]), number, at.isoformat(timespec="minutes"))
            for pk, number, at in filing.versions.order_by("number").values_list("pk", "number", "submitted_at")
        ]
        return format_html_join(" · ", '<a href="{}">v{} {}</a>', rows) if rows else "–"

    @admin.display(description=_("acts"))
    def acts(self, filing: Filing) -> Any:
        return timeline_of(filing)

    @admin.display(description=_("ledger"))
    def ledger_link(self, filing: Filing) -> SafeString:
        address = reverse("admin:ledger_record_changelist")
        text = _("All records of this filing")
        return format_html('<a href="{}?q=providers.filing+{}">{}</a>', address, filing.pk, text)


@admin.register(FilingVersion)
class FilingVersionAdmin(EndlessReadOnlyAdmin):
    list_display = ("id", "filing", "number", "submitted_at", "policy_label", "digest")
    list_select_related = ("filing",)
    ordering = ("-id",)
    fields = ("filing", "number", "submitted_at", "signed_name", "policy_label", "digest", "document")
    readonly_fields = ("document",)

    @admin.display(description=_("content"))
    def document(self, row: FilingVersion) -> SafeString:
        return pretty(row.data)


@admin.register(App)
class AppAdmin(EndlessReadOnlyAdmin):
    list_display = ("name", "unit", "system", "entry", "updated_at")
    list_select_related = ("unit", "system", "entry")
    ordering = ("-id",)
    search_fields = ("name__startswith",)
    fields = ("name", "unit", "system", "entry", "created_at", "updated_at")


@admin.register(BusinessSystem)
class BusinessSystemAdmin(EndlessReadOnlyAdmin):
    list_display = ("name", "unit", "updated_at")
    list_select_related = ("unit",)
    ordering = ("-id",)
    search_fields = ("name__startswith",)
    fields = ("name", "unit", "created_at", "updated_at")


@admin.register(Material)
class MaterialAdmin(EndlessReadOnlyAdmin):
    """Names and digests only: the file itself is read through the scoped view of who may see the filing."""

    list_display = ("name", "unit", "content_type", "size", "scan", "uploaded_at")
    list_select_related = ("unit",)
    list_filter = ("content_type",)
    ordering = ("-id",)
    search_fields = ("=sha256", "name__startswith")
    fields = ("name", "unit", "content_type", "size", "pages", "sha256", "scan", "uploaded_by", "uploaded_at")




@admin.register(PlatformOperator)
class PlatformOperatorAdmin(ReadOnlyAdmin):
    """Who shares records; named and ended by the ministry on its own page."""

    list_display = ("platform", "unit", "designated_at", "ended_at")
    list_select_related = ("unit",)
    ordering = ("-id",)


@admin.register(PlatformBatch)
class PlatformBatchAdmin(EndlessReadOnlyAdmin):
    """What came in at one time."""

    list_display = ("id", "operator", "source", "name", "right", "wrong", "created_at", "taken_at")
    list_select_related = ("operator__unit",)
    ordering = ("-id",)
    exclude = ("rows",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("rows")


@admin.register(PlatformRecord)
class PlatformRecordAdmin(EndlessReadOnlyAdmin):
    """Records of third parties, searched by their identifier or credit code."""

    list_display = ("mini_program_id", "name", "provider_name", "operator", "updated_at")
    list_select_related = ("operator__unit",)
    ordering = ("-id",)
    search_fields = ("=mini_program_id",)
    exclude = ("search",)


@admin.register(Branch)
class BranchAdmin(EndlessReadOnlyAdmin):
    """Declared branches; decided by their owners and authorities."""

    list_display = ("name", "uscc", "head", "state", "declared_at", "decided_at")
    list_filter = ("state",)
    list_select_related = ("head",)
    ordering = ("-id",)
    search_fields = ("=uscc",)
