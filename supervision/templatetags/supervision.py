"""What supervision puts into pages of lower rooms."""

from __future__ import annotations

from typing import Any

from django import template

from rulebook.time import now as moment
from supervision.provider_side import owed

register = template.Library()


@register.inclusion_tag("supervision/provider/band.html", takes_context=True)
def supervision_band(context: Any) -> dict[str, Any]:
    """Orders, forwarded complaints and the bar, for the first page of a provider; nothing where there is none."""
    request = context.get("request")
    actor, member = getattr(request, "actor", None), getattr(request, "membership", None)
    if actor is None or member is None or member.unit is None:
        return {"owed": None}
    return {"owed": owed(actor, member.unit, moment()), "request": request}
