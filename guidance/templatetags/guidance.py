"""``{% load guidance %}{% help "supplement" %}``: a quiet link to the help page of that key."""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from guidance import queries

register = template.Library()


@register.simple_tag
def help(key: str) -> SafeString:  # noqa: A001  the tag's name
    """A link with the page's title; nothing where no such page is published."""
    found = queries.link(key)
    if found is None:
        return mark_safe("")
    slug, title = found
    return mark_safe(  # noqa: S308  a rendered template
        render_to_string("guidance/link.html", {"slug": slug, "title": title})
    )
