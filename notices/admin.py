"""The administration of notices: what was served, and the health of the e-mails."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from notices.domain import send_again
from notices.models import EmailDelivery, Notice
from rulebook.time import now


class ReadOnly(ModelAdmin):
    """What was served stays as it was served."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    """Notices with receipt and first reading. Looking here is no reading."""

    list_display = ("kind", "to_unit", "to_person", "legal", "received_at", "first_read_at", "first_read_by")
    list_filter = ("legal", "kind", "received_at")
    search_fields = ("=subject_id", "to_unit__name", "to_person__email")
    list_select_related = ("to_unit", "to_person", "first_read_by")
    ordering = ("-pk",)


@admin.register(EmailDelivery)
class EmailDeliveryAdmin(ReadOnly):
    """E-mails: waiting, sent, given up."""

    list_display = ("address", "status", "attempts", "next_attempt_at", "sent_at", "last_error")
    list_filter = ("status",)
    search_fields = ("=address",)
    ordering = ("-pk",)
    actions = ("again",)

    @admin.action(description=_("Send again"))
    def again(self, request: HttpRequest, queryset: QuerySet[EmailDelivery]) -> None:
        moment, count = now(), 0
        for delivery in queryset:
            send_again(delivery=delivery, now=moment)
            count += 1
        self.message_user(request, f"{_('Put back in the queue')}: {count}", messages.SUCCESS)
