"""The ledger in the administration: to read, never to write."""

from __future__ import annotations

import json
import re
from typing import Any

from django.contrib import admin
from django.db import connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from ledger.models import Audience, Checkpoint, Record
from ledger.queries import timeline

_SUBJECT = re.compile(r"^(?P<type>[a-z_]+\.[a-z_]+)[ :#]+(?P<id>\d+)$")


class ReadOnlyAdmin(ModelAdmin):
    """A list and a page to read. No form, no deletion, no action: what happens goes through verbs.

    Long tables are paged without counting them, and no list counts its unfiltered rows.
    """

    actions = None
    show_full_result_count = False
    list_per_page = 50
    view_on_site = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class EndlessReadOnlyAdmin(ReadOnlyAdmin):
    """For tables that may be huge: pages without any count."""

    paginator = InfinitePaginator


def pretty(value: Any) -> SafeString:
    """JSON as a block of text."""
    return format_html("<pre>{}</pre>", json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True))


def timeline_of(subject: Model | None) -> SafeString | str:
    """The acts on a row, newest last, each linked to its ledger record."""
    if subject is None or subject.pk is None:
        return "–"
    rows = [
        (
            reverse("admin:ledger_record_change", args=[record.pk]),
            record.seq,
            record.at.isoformat(timespec="seconds"),
            record.verb,
            f"{record.from_state or '–'} → {record.to_state or '–'}",
            record.actor_role,
        )
        for record in timeline(subject, audience=Audience.AUTHORITY)
    ]
    if not rows:
        return "–"
    lines = format_html_join("", '<li><a href="{}">#{} {} <strong>{}</strong></a> {} ({})</li>', rows)
    return format_html("<ol>{}</ol>", lines)


class VerbFilter(admin.SimpleListFilter):
    """Verbs that occur, found by hopping through the index instead of reading the table."""

    title = _("verb")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH RECURSIVE hop(verb) AS ("
                " SELECT min(verb) FROM ledger_record"
                " UNION ALL"
                " SELECT (SELECT min(verb) FROM ledger_record r WHERE r.verb > hop.verb) FROM hop"
                " WHERE hop.verb IS NOT NULL)"
                " SELECT verb FROM hop WHERE verb IS NOT NULL"
            )
            return [(verb, verb) for (verb,) in cursor.fetchall()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(verb=self.value()) if self.value() else queryset


@admin.register(Record)
class RecordAdmin(EndlessReadOnlyAdmin):
    list_display = ("id", "at", "subject", "seq", "verb", "from_state", "to_state", "actor_role", "short_hash")
    list_display_links = ("id",)
    list_filter = (VerbFilter,)
    ordering = ("-id",)
    search_fields = ("subject_id",)
    search_help_text = _("A subject such as “providers.filing 17”, a subject’s id, or a verb.")
    fields = (
        "at", "subject_type", "subject_id", "seq", "verb", "from_state", "to_state", "actor_kind", "actor_id",
        "actor_role", "actor_unit_id", "basis", "payload_text", "audience", "previous", "hash",
    )  # fmt: skip

    @admin.display(description=_("subject"))
    def subject(self, record: Record) -> str:
        return f"{record.subject_type} {record.subject_id}"

    @admin.display(description=_("hash"))
    def short_hash(self, record: Record) -> str:
        return record.hash[:12]

    @admin.display(description=_("payload"))
    def payload_text(self, record: Record) -> SafeString:
        return pretty(record.payload)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """By what has an index: subject, or verb."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = _SUBJECT.match(term.lower())
        if found:
            # the order of the chain's own index
            rows = queryset.filter(subject_type=found["type"], subject_id=int(found["id"][:18]))
            return rows.order_by("subject_type", "subject_id", "seq"), False
        if term.isdecimal() and len(term) < 19:
            types = ["providers.filing", "registry.entry", "accounts.unit", "accounts.membership"]
            return queryset.filter(subject_type__in=types, subject_id=int(term)), False
        return queryset.filter(verb=term.lower().replace(" ", "_")), False


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnlyAdmin):
    list_display = ("id", "at", "last_record_id", "records", "digest")
    ordering = ("-id",)
