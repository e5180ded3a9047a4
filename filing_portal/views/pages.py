"""Pages of text: guide, accessibility, personal information, open data, contact.

Their prose is written once in each language (``templates/pages/<name>.<language>.html``) and not
translated string by string, so that either reads as if it were the original.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

PAGES: dict[str, str | Promise] = {
    "guide": _("Guide"),
    "accessibility": _("Accessibility"),
    "privacy": _("Personal information"),
    "opendata": _("Open data and interfaces"),
    "contact": _("Contact"),
}


def prose_language() -> str:
    """The language of the prose for this request: ``zh-hans`` or ``en``."""
    return "zh-hans" if (get_language() or "zh").startswith("zh") else "en"


def text_page(name: str) -> Callable[[HttpRequest], HttpResponse]:
    """A view that shows one page of text in the reader's language. It reads no database."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        prose = f"pages/{name}.{prose_language()}.html"
        return render(request, "pages/page.html", {"page_title": PAGES[name], "prose": prose, "name": name})

    view.__name__ = name
    return view


guide = text_page("guide")
accessibility = text_page("accessibility")
privacy = text_page("privacy")
opendata = text_page("opendata")
contact = text_page("contact")

urlpatterns = [
    path("guide/", guide, name="guide"),
    path("accessibility/", accessibility, name="accessibility"),
    path("privacy/", privacy, name="privacy"),
    path("open-data/", opendata, name="opendata"),
    path("contact/", contact, name="contact"),
]
