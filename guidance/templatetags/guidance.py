"""Quiet links to help pages.

``{% help "supplement" %}``: to the page of that key. ``{% help_here %}``: to the one that belongs to the page shown,
once at its end, where no ``help`` stands on it already.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from guidance import places, queries

register = template.Library()
_NOTHING = mark_safe("")


@register.simple_tag(takes_context=True)
def help(context: Any, key: str) -> SafeString:  # noqa: A001  the tag's name
    """A link with the page's title; nothing where no such page is published."""
    request = context.get("request")
    if request is not None:
        request.has_help = True  # its own place is not asked for as well
    found = queries.link(key)
    if found is None:
        return _NOTHING
    slug, title = found
    return mark_safe(  # noqa: S308  a rendered template
        render_to_string("guidance/link.html", {"slug": slug, "title": title})
    )


@register.simple_tag(takes_context=True)
def help_here(context: Any) -> SafeString:
    """The link for the page that is shown, from ``guidance.places``; nothing where the page has one, or none fits."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    if request is None or match is None or getattr(request, "has_help", False):
        return _NOTHING
    key = places.place(str(match.url_name or ""), str(getattr(context.get("portal"), "audience", "")))
    link = help(context, key) if key else _NOTHING
    if not link:
        return _NOTHING
    return mark_safe(f'<p class="p-wrap p-herehelp">{link}</p>')  # noqa: S308  made above
