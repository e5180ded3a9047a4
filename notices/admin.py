"""The administration of notices: what was served, and the health of the e-mails."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Unit
from ledger.admin import EndlessReadOnlyAdmin
from ledger.text import storable
from notices.domain import send_again
from notices.models import EmailDelivery, Notice
from rulebook.time import now

MOST_UNITS = 200  # that a search by a name looks at


@admin.register(Notice)
class NoticeAdmin(EndlessReadOnlyAdmin):
    """Notices with receipt and first reading. Looking here is no reading."""

    list_display = ("kind", "to_unit", "to_person", "legal", "received_at", "first_read_at", "first_read_by")
    list_filter = ("legal", "kind", "received_at")
    search_fields = ("kind",)
    search_help_text = _(
        "A unit’s name or code, a person’s e-mail address, or a subject such as “providers.filing 17”."
    )
    list_select_related = ("to_unit", "to_person", "first_read_by")
    ordering = ("-pk",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Notice], search_term: str
    ) -> tuple[QuerySet[Notice], bool]:
        """By what has an index: whom it was served on, or what it is about. The table is never read through."""
        term = search_term.strip()
        if not term or not storable(term):
            return (queryset.none() if term else queryset), False
        kind, _space, number = term.replace("#", " ").replace(":", " ").partition(" ")
        if "." in kind and number.strip().isdecimal() and len(number) < 19:
            return queryset.filter(subject_type=kind.lower(), subject_id=int(number)), False
        if "@" in term:
            return queryset.filter(to_person__in=list(Person.objects.filter(email=term.lower()))), False
        units = Unit.objects.filter(Q(name__icontains=term) | Q(code=term) | Q(uscc=term.upper()))
        return queryset.filter(to_unit__in=list(units.order_by("pk")[:MOST_UNITS])), False


@admin.register(EmailDelivery)
class EmailDeliveryAdmin(EndlessReadOnlyAdmin):
    """E-mails: waiting, sent, given up."""

    list_display = ("address", "status", "attempts", "next_attempt_at", "sent_at", "last_error")
    list_filter = ("status",)
    search_fields = ("=address",)
    ordering = ("-pk",)
    actions: Any = ("again",)

    @admin.action(description=_("Send again"))
    def again(self, request: HttpRequest, queryset: QuerySet[EmailDelivery]) -> None:
        moment, count = now(), 0
        for delivery in queryset:
            send_again(delivery=delivery, now=moment)
            count += 1
        self.message_user(request, f"{_('Put back in the queue')}: {count}", messages.SUCCESS)
