"""Uses and what belongs to them, to read: a state moves through ``ledger.acts.perform`` alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ledger.admin import EndlessReadOnlyAdmin, ReadOnlyAdmin, pretty, timeline_of
from users.models import SelectionSystem, UseReroute, UserFiling, UserFilingVersion, UseSweep


@admin.register(UserFiling)
class UserFilingAdmin(EndlessReadOnlyAdmin):
    list_display = ("case_no", "app_name", "unit", "state", "nature", "authority", "due_day", "last_submitted_at")
    list_display_links = ("case_no", "app_name")
    list_filter = ("state", "nature", "self_use")
    list_select_related = ("unit", "authority")
    ordering = ("-id",)
    search_fields = ("=case_no", "app_name__startswith")
    fields = (
        "case_no", "state", "unit", "entry", "self_use", "app_name", "number", "source", "nature", "responsibility",
        "authority", "version", "confirmed_version", "decision_on", "needs_unit_review", "authority_review_waived_by",
        "policy_label", "changed_on", "late", "submitted_at", "last_submitted_at", "returned_at", "confirmed_at",
        "suspended_from", "suspended_at", "withdrawal_cause", "withdrawal_proposed_at", "withdrawn_reason", "closed_at",
        "due_day", "acts", "ledger_link",
    )  # fmt: skip
    readonly_fields = ("acts", "ledger_link")

    @admin.display(description=_("acts"))
    def acts(self, filing: UserFiling) -> Any:
        return timeline_of(filing)

    @admin.display(description=_("ledger"))
    def ledger_link(self, filing: UserFiling) -> SafeString:
        from django.urls import reverse

        address = reverse("admin:ledger_record_changelist")
        text = _("All records of this filing")
        return format_html('<a href="{}?q=users.userfiling+{}">{}</a>', address, filing.pk, text)


@admin.register(UserFilingVersion)
class UserFilingVersionAdmin(EndlessReadOnlyAdmin):
    list_display = ("id", "filing", "number", "submitted_at", "policy_label", "digest")
    list_select_related = ("filing",)
    ordering = ("-id",)
    fields = ("filing", "number", "submitted_at", "signed_name", "policy_label", "digest", "document")
    readonly_fields = ("document",)

    @admin.display(description=_("content"))
    def document(self, row: UserFilingVersion) -> SafeString:
        return pretty(row.data)


@admin.register(SelectionSystem)
class SelectionSystemAdmin(EndlessReadOnlyAdmin):
    list_display = ("unit", "number", "title", "effective_on", "uploaded_at")
    list_select_related = ("unit",)
    ordering = ("-id",)
    fields = ("unit", "number", "title", "effective_on", "note", "uploaded_at", "uploaded_by")


@admin.register(UseSweep)
class UseSweepAdmin(ReadOnlyAdmin):
    """Jobs that tell everybody who uses an app what befell its entry; an open one with failures wants a look."""

    list_display = ("id", "entry", "move", "total", "done", "failed", "moved_at", "finished_at")
    list_select_related = ("entry",)
    ordering = ("-id",)
    fields = (
        "entry", "move", "text", "total", "done", "failed", "attempts", "moved_at", "started_at", "finished_at",
        "last_error",
    )  # fmt: skip


@admin.register(UseReroute)
class UseRerouteAdmin(ReadOnlyAdmin):
    """Jobs that put filings with another authority; an open one with failures wants a look."""

    list_display = ("id", "unit", "total", "done", "failed", "moved_at", "finished_at")
    list_select_related = ("unit",)
    ordering = ("-id",)
    fields = ("unit", "held", "total", "done", "failed", "attempts", "moved_at", "finished_at", "last_error")
