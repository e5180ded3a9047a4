"""What supervision puts into pages of lower rooms."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from blacklist.queries import barred
from rulebook.time import now as moment
from supervision.provider_side import owed

register = template.Library()


@register.inclusion_tag("supervision/provider/band.html", takes_context=True)
def supervision_band(context: Any) -> dict[str, Any]:
    """Orders and forwarded complaints, for the first page of a provider; nothing where there is none."""
    request = context.get("request")
    actor = getattr(request, "actor", None)
    return {"owed": owed(actor) if actor is not None else None, "request": request}


@register.simple_tag(takes_context=True)
def bar_link(context: Any) -> SafeString:
    """Beside "you may not file until": the page of the listing, with the reason and the objection."""
    member = getattr(context.get("request"), "membership", None)
    listing = barred(member.unit, moment()) if member is not None and member.unit is not None else None
    if listing is None:
        return mark_safe("")
    return format_html(
        '<a href="{}">{}</a>', reverse("provider_listing", args=[listing.pk]), _("Why, and how to object")
    )
