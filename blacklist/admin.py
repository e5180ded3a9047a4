"""Listings and bars, to read. Listing, lifting and cooling off are acts of supervision, not of a form."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from blacklist.models import ListEdition, Listing, ListingObjection, ListItem
from ledger.admin import ReadOnlyAdmin, timeline_of


@admin.register(Listing)
class ListingAdmin(ReadOnlyAdmin):
    list_display = ("unit", "uscc", "state", "authority", "listed_at", "bar_ends_at")
    list_filter = ("state",)
    list_select_related = ("unit", "authority")
    search_fields = ("=uscc", "unit__name__startswith")
    ordering = ("-listed_at",)
    fields = (
        "unit", "uscc", "state", "authority", "reason", "articles", "listed_at", "bar_ends_at", "ended_at", "acts",
    )  # fmt: skip
    readonly_fields = ("acts",)

    @admin.display(description=_("acts"))
    def acts(self, listing: Listing) -> Any:
        return timeline_of(listing)


@admin.register(ListingObjection)
class ListingObjectionAdmin(ReadOnlyAdmin):
    list_display = ("listing", "unit", "state", "filed_at", "decided_at")
    list_filter = ("state",)
    list_select_related = ("listing", "unit")
    ordering = ("-filed_at",)
    fields = ("listing", "unit", "state", "text", "filed_at", "decision", "decided_at", "acts")
    readonly_fields = ("acts",)

    @admin.display(description=_("acts"))
    def acts(self, objection: ListingObjection) -> Any:
        return timeline_of(objection)


@admin.register(ListItem)
class ListItemAdmin(ReadOnlyAdmin):
    list_display = ("title_zh", "kind", "state", "authority", "listed_at", "removed_at")
    list_filter = ("kind", "state")
    list_select_related = ("authority",)
    search_fields = ("title_zh", "=number", "=uscc")
    ordering = ("-listed_at",)


@admin.register(ListEdition)
class ListEditionAdmin(ReadOnlyAdmin):
    list_display = ("kind", "authority", "as_of", "rows", "digest", "published_at")
    list_filter = ("kind",)
    list_select_related = ("authority",)
