"""Listings and bars, to read. Listing, lifting and cooling off are acts of supervision, not of a form."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from blacklist.models import Listing
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
