"""Public entries and number sequences, to read. What befalls them goes through the verbs of the authority."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ledger.admin import EndlessReadOnlyAdmin, ReadOnlyAdmin, pretty, timeline_of
from ledger.text import storable
from registry.models import Entry, NumberSequence
from registry.numbers import Number, digits_of, read
from registry.search import tsquery


@admin.register(Entry)
class EntryAdmin(EndlessReadOnlyAdmin):
    """Entries by number, credit code or the words of the public search; never counted, never read through."""

    list_display = ("number", "app_name", "provider_name", "state", "authority", "published_at", "open_items_until")
    list_display_links = ("number", "app_name")
    list_filter = ("state",)
    list_select_related = ("authority",)
    # Both orders of the list have an index: by key, and by date within a state.
    ordering = ("-id",)
    sortable_by = ()
    search_fields = ("number",)
    search_help_text = _("A number, a credit code, or words of the app’s or the provider’s name.")
    fields = (
        "number", "state", "change_under_review", "unit", "authority", "app_name", "provider_name", "uscc",
        "province_code", "stages", "user_groups", "functions", "is_discipline", "age_from", "age_to", "package_ids",
        "version", "published_at", "updated_at", "confirmed_at", "status_since", "status_public_text",
        "status_reason", "rectify_until", "open_items", "open_items_until", "public_page", "snapshot", "history",
        "acts",
    )  # fmt: skip
    readonly_fields = ("public_page", "snapshot", "history", "acts")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("search", "verify_json")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        term = search_term.strip()
        if not term or not storable(term):
            return (queryset.none() if term else queryset), False
        number = read(term)
        if isinstance(number, Number):
            return queryset.filter(number=number.text), False
        terms = tsquery(term)
        if terms is None:
            return queryset.none(), False
        # The credit code is a word of the search document too, so one index answers everything.
        where = ["registry_entry.search @@ %s::tsquery"]
        return queryset.extra(where=where, params=[terms]), False  # noqa: S610 - terms are quoted one by one

    @admin.display(description=_("public page"))
    def public_page(self, entry: Entry) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("entry", args=[digits_of(entry.number)]), entry.number)

    @admin.display(description=_("public snapshot"))
    def snapshot(self, entry: Entry) -> SafeString:
        return pretty(entry.public)

    @admin.display(description=_("public history"))
    def history(self, entry: Entry) -> SafeString | str:
        rows = [
            (event.at.isoformat(timespec="minutes"), event.get_kind_display(), event.text_zh)
            for event in entry.events.all()
        ]
        return format_html_join("", "<div>{} <strong>{}</strong> {}</div>", rows) or "–"

    @admin.display(description=_("acts"))
    def acts(self, entry: Entry) -> SafeString | str:
        return timeline_of(entry)


@admin.register(NumberSequence)
class NumberSequenceAdmin(ReadOnlyAdmin):
    """The last serial of each prefix."""

    list_display = ("prefix", "authority_code", "last_serial")
    ordering = ("prefix",)
    fields: Any = ("prefix", "authority_code", "last_serial")
