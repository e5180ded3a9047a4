"""Half-yearly editions of the lists that are published (R144; Beijing notice 5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from blacklist.domain.editions import publish_edition
from blacklist.enums import ListKind
from blacklist.models import ListEdition, Listing, ListItem
from ledger.acts import Actor
from registry.enums import VALID_STATES, EntryState
from registry.models import Entry
from rulebook.time import local_date
from supervision.domain.errors import Invalid


def half_year(day: date) -> date:
    """The first day of the half-year that the day lies in: 1 January or 1 July."""
    return date(day.year, 1 if day.month <= 6 else 7, 1)


def publish_list(*, kind: str, authority: Unit | None, as_of: date, by: Actor, now: datetime) -> ListEdition:
    """Publishes a dated edition of a list as it stands now; the same day again gives the first one.

    White list: what is published and in force. Blacklist: active listings. Exit list: revoked and cancelled
    entries beside the lines that the authority keeps. ``authority`` None: the whole country. Raises ``Invalid``
    where the day lies in the future: nobody knows yet how the list will stand then.
    """
    if as_of > local_date(now):
        raise Invalid({"as_of": _("This day lies in the future.")})
    return publish_edition(
        kind=kind, authority=authority, as_of=as_of, lines=lines_of(kind, authority), by=by, now=now
    )


def publish_due_editions(*, now: datetime, by: Actor | None = None) -> list[ListEdition]:
    """Publishes the editions of the present half-year that are missing, of the country and of every province
    that has filed anything; safe to run every day."""
    as_of = half_year(local_date(now))
    there = set(ListEdition.objects.filter(as_of=as_of).values_list("kind", "authority_id"))
    filers = Unit.objects.filter(pk__in=Entry.objects.order_by().values("authority_id").distinct()).order_by("pk")
    return [
        publish_list(kind=kind, authority=authority, as_of=as_of, by=by or Actor.system(), now=now)
        for authority in [None, *filers]
        for kind in (ListKind.WHITE, ListKind.BLACK)
        if (str(kind), authority.pk if authority else None) not in there
    ]


def lines_of(kind: str, authority: Unit | None) -> Iterator[dict[str, Any]]:
    """The lines of a list, in a fixed order; nothing that is not public."""
    if kind == ListKind.BLACK:
        yield from _listings(authority)
    elif kind == ListKind.WHITE:
        yield from _entries(authority, sorted(VALID_STATES))
    else:
        items = ListItem.objects.listed().filter(kind=kind).order_by("listed_at", "pk")
        for item in items if authority is None else items.filter(authority=authority):
            yield {
                "title": item.title_zh, "number": item.number, "uscc": item.uscc, "reason": item.reason,
                "since": local_date(item.listed_at).isoformat(),
            }  # fmt: skip
        if kind == ListKind.EXIT:
            yield from _entries(authority, [EntryState.REVOKED, EntryState.CANCELLED])


def _listings(authority: Unit | None) -> Iterator[dict[str, Any]]:
    rows = Listing.objects.active().order_by("listed_at", "pk")
    for row in (rows if authority is None else rows.filter(authority=authority)).iterator(chunk_size=1000):
        yield {
            "unit": row.unit_name, "uscc": row.uscc, "reason": row.reason, "numbers": row.numbers,
            "since": local_date(row.listed_at).isoformat(),
            "until": row.bar_last_day.isoformat() if row.bar_last_day else None,
        }  # fmt: skip


def _entries(authority: Unit | None, states: list[str]) -> Iterator[dict[str, Any]]:
    rows = Entry.objects.filter(state__in=states)
    if authority is not None:
        rows = rows.filter(authority=authority)
    fields = ("number", "app_name", "provider_name", "uscc", "state", "status_since", "published_at")
    for row in rows.order_by("prefix", "serial").values(*fields).iterator(chunk_size=2000):
        yield {
            "number": row["number"], "app": row["app_name"], "provider": row["provider_name"], "uscc": row["uscc"],
            "state": row["state"], "since": local_date(row["status_since"]).isoformat(),
            "published": local_date(row["published_at"]).isoformat(),
        }  # fmt: skip
