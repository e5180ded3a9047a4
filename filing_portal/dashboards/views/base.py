"""Who may come in, and which unit is looked at."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.enums import Level
from accounts.models import Unit
from filing_portal.dashboards.figures import Place
from filing_portal.dashboards.national import Country
from ledger.acts import Actor
from review.views.base import actor_of, authority_view
from rulebook.time import now

__all__ = ["actor_of", "at_top", "authority_view", "crumbs", "number_of", "place_of", "unit_of"]


def number_of(text: str) -> int:
    """An id from an address; 0 where it is none."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 19 else 0


def unit_of(actor: Actor, pk: int) -> Unit:
    """A unit of the actor's subtree; 404 for any other, as if it were not there."""
    seen = Unit.objects.visible_to(actor).filter(path__startswith=actor.unit_path or "?")
    return get_object_or_404(seen.select_related("parent"), pk=pk)


def at_top(unit: Unit) -> bool:
    """Whether this is the ministry."""
    return unit.level == Level.MINISTRY


def place_of(request: HttpRequest, pk: int = 0) -> Place:
    """The place of this request: of the unit named, or of the actor's own authority."""
    actor = actor_of(request)
    asked = request.GET.get("unit", "")
    if not pk and asked:
        pk = number_of(asked)
        if not pk:
            raise Http404
    unit = unit_of(actor, pk or actor.unit_id or 0)
    if unit.kind != "authority":
        raise Http404
    return (Country if at_top(unit) else Place)(unit, actor, now(), request.GET)


def crumbs(actor: Actor, unit: Unit) -> list[Unit]:
    """The authorities from the actor's own down to above ``unit``; one query."""
    ids = [int(part) for part in unit.path.split("/") if part][:-1]
    rows = Unit.objects.filter(pk__in=ids, path__startswith=actor.unit_path).order_by("path")
    return sorted(rows, key=lambda row: len(row.path))


def context_of(place: Place, **more: Any) -> dict[str, Any]:
    """What all pages of a place show."""
    return {"place": place, "node": place.node, "crumbs": crumbs(place.actor, place.node), "now": place.now, **more}
