"""Tags that all pages share. ``{% load portal %}``; the reference stands in docs/components.md."""

from __future__ import annotations

import datetime as dt
import re
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.forms import widgets as w
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from filing_portal import deadlines, statuses, words
from rulebook import articles
from rulebook.display import today_of
from rulebook.models import Clock

register = template.Library()

_SPRITE = Path(__file__).resolve().parents[2] / "static" / "img" / "icons.svg"


@lru_cache(maxsize=1)
def icon_names() -> frozenset[str]:
    """The icons that the sprite holds."""
    return frozenset(re.findall(r'<symbol id="i-([a-z-]+)"', _SPRITE.read_text(encoding="utf-8")))


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, css: str = "") -> SafeString:
    """An icon from the sprite, hidden from assistive technology: a word always stands beside it."""
    if name not in icon_names():
        raise ValueError(f"no icon is called {name!r}")
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {css}" if css else "",
        static("img/icons.svg"),
        name,
    )


_FOOTERS: dict[tuple[str | None, str | None, bool], SafeString] = {}


@register.simple_tag(takes_context=True)
def footer(context: Any) -> SafeString:
    """The foot of every page, which is the same for everybody; made once in each language."""
    portal = context["portal"]
    kept = (get_urlconf(), get_language(), portal.demo)
    if kept not in _FOOTERS:
        _FOOTERS[kept] = render_to_string("components/footer.html", {"portal": portal})
    return _FOOTERS[kept]


@register.simple_tag
def status(kind: str, state: str, size: str = "", quiet: bool = False) -> SafeString:
    """A state with its colour, icon and word. size="lg"; quiet=True leaves out the box in long lists.

    A state that has no look is an error while developing and testing, and plain text in production.
    """
    return _status(kind, str(state), size, quiet, get_language())


@lru_cache(maxsize=512)
def _status(kind: str, state: str, size: str, quiet: bool, language: str | None) -> SafeString:
    # one text per language: a long list asks for a handful of states again and again
    try:
        look = statuses.look(kind, state)
    except KeyError:
        if settings.DEBUG or getattr(settings, "PORTAL_STRICT_TEMPLATES", False):
            raise
        return format_html('<span class="p-st">{}</span>', state)
    extra = (" p-st--lg" if size == "lg" else "") + (" p-st--quiet" if quiet else "")
    return format_html(
        '<span class="p-st p-st--{}{}">{}{}</span>', look.family, extra, icon(look.icon), look.word
    )


def _keeper(context: Any) -> Any:
    """What keeps the moment, the calendar and the pills of a page: its request."""
    return context.get("request") or context.render_context


@register.simple_tag(takes_context=True)
def days_pill(context: Any, clock: Any, mine: bool = True) -> SafeString:
    """Working days left, as a pill; the date is in the title and in hidden text. Nothing for no clock."""
    if not clock:
        return mark_safe("")
    keeper = _keeper(context)
    if not isinstance(clock, Clock):
        return _pill(keeper, clock, mine=mine)
    pills: dict[Any, SafeString] = keeper.__dict__.setdefault("portal_pills", {})
    look = (clock.kind, clock.status, clock.due_day, clock.provisional, mine, get_language())
    if look not in pills:
        pills[look] = _pill(keeper, clock, mine=mine)
    return pills[look]


def _pill(keeper: Any, clock: Any, *, mine: bool) -> SafeString:
    moment, working = today_of(keeper)
    pill = deadlines.pill(clock, now=moment, working=working, mine=mine)
    if pill is None:
        return mark_safe("")
    return format_html(
        '<span class="p-days{}" title="{}">{}<span>{}</span><span class="visually-hidden"> {}</span></span>',
        f" p-days--{pill.family}" if pill.family else "",
        pill.title,
        icon(pill.icon),
        pill.text,
        pill.title,
    )


@register.inclusion_tag("components/deadline.html", takes_context=True)
def deadline_card(
    context: Any, clock: Any, with_calendar: bool = True, heading_id: str = "deadline", **named: str
) -> dict[str, Any]:
    """Date, 24:00, days left, small calendar, what follows, article.

    named: title, consequence, article (a key such as "me-13") replace those of the clock's kind.
    """
    if not clock:
        return {"card": None}
    moment, working = today_of(_keeper(context))
    card = deadlines.card(clock, now=moment, working=working, with_calendar=with_calendar, **named)
    return {"card": card, "heading_id": heading_id}


@register.inclusion_tag("components/baton.html")
def baton(steps: Any) -> dict[str, Any]:
    """The parties in order. Each step: name, text, state ("done", "now", "next")."""
    return {"steps": steps}


def _record(record: Any) -> dict[str, Any]:
    """A line of the timeline from a ledger record, or from a dictionary that a view has prepared."""
    if isinstance(record, dict):
        return record
    text, family = words.verb_words(record.verb)
    basis = [articles.cite(key) for key in record.basis or ()]
    return {
        "at": record.at,
        "title": text,
        "family": family,
        "text": "　".join(part for part in (words.actor_words(record), *basis) if part),
        "mark": f"#{record.seq} {record.hash[:6]}",
    }


@register.inclusion_tag("components/timeline.html")
def timeline(records: Any, marks: bool = False) -> dict[str, Any]:
    """What happened, newest first as given. Dictionaries: at, title, family, text, links, mark."""
    return {"records": [_record(record) for record in records], "marks": marks}


@register.simple_tag
def article(key: str, text: str = "") -> SafeString:
    """A link to an article of the rulebook: ``{% article "me-13" %}``."""
    label = text or articles.cite(key)
    url = url_if("article", key)
    return format_html('<a href="{}">{}</a>', url, label) if url else format_html("{}", label)


@register.simple_tag
def cite(key: str) -> str:
    """The citation alone, for sentences that are no link."""
    return articles.cite(key)


_TILES = ("", " p-app--b", " p-app--c", " p-app--d", " p-app--e")


@register.simple_tag
def app_tile(name: str, size: str = "", src: str = "") -> SafeString:
    """The app's icon, or its first character in a colour that stays the same. size="lg"."""
    css = " p-app--lg" if size == "lg" else ""
    if src:
        return format_html('<img class="p-app{}" src="{}" alt="" loading="lazy">', css, src)
    letter = (name or "?").strip()[:1].upper() or "?"
    tile = _TILES[zlib.crc32(name.encode()) % len(_TILES)]
    return format_html('<span class="p-app{}{}" aria-hidden="true">{}</span>', tile, css, letter)


@register.simple_tag
def number(value: str) -> SafeString:
    """A filing number: kept on one line, no space put between Chinese and Latin."""
    return format_html('<span class="p-no" translate="no">{}</span>', value or "")


@register.simple_tag
def code(value: str) -> SafeString:
    """A code in mono with a marked zero."""
    return format_html('<span class="p-code" translate="no">{}</span>', value or "")


@register.simple_tag
def tag(text: str) -> SafeString:
    """A small neutral label."""
    return format_html('<span class="p-tag">{}</span>', text)


def _shape(widget: Any) -> str:
    """How a widget is laid out: pick, picks, check, select, area, file, date or text."""
    if isinstance(widget, w.CheckboxSelectMultiple):
        return "picks"
    if isinstance(widget, w.RadioSelect):
        return "pick"
    if isinstance(widget, w.CheckboxInput):
        return "check"
    if isinstance(widget, w.Select):
        return "select"
    if isinstance(widget, w.Textarea):
        return "area"
    if isinstance(widget, w.FileInput):
        return "file"
    if isinstance(widget, w.DateInput):
        return "date"
    return "text"


def field_anchor(bound: BoundField) -> str:
    """The id that a link in the error summary goes to."""
    if _shape(bound.field.widget) in ("pick", "picks"):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id


@register.simple_tag
def field(
    bound: BoundField,
    note: Any = None,
    earlier: Any = None,
    fixed: Any = False,
    verified: bool = False,
    article: str = "",
    mono: bool = False,
    shown_when: str = "",
    wide: bool = False,
    rows: int = 3,
) -> SafeString:
    """A form field: label, hint, error, widget, and what stands at its side.

    note: the reviewer's note (text, or an object/dict with text, by, at, url); earlier: the value of the last
    version; fixed: the note has been answered (True, or the moment); verified: the reviewer found it right;
    shown_when="other_field=value" hides the field by script until it applies.
    """
    widget = bound.field.widget
    shape = _shape(widget)
    ident = bound.auto_id or bound.html_name
    described = []
    if bound.help_text:
        described.append(f"{ident}_hint")
    if bound.errors:
        described.append(f"{ident}_error")
    if note:
        described.append(f"{ident}_note")
    attrs: dict[str, Any] = {}
    if shape not in ("pick", "picks", "check"):
        css = "form-select" if shape == "select" else "form-control"
        attrs["class"] = f"{widget.attrs.get('class', '')} {css}{' p-code' if mono else ''}".strip()
    if shape == "area":
        attrs["rows"] = widget.attrs.get("rows") if widget.attrs.get("rows") not in (None, "10", 10) else rows
    if shape == "check":
        attrs["class"] = "form-check-input"
    if described and shape not in ("pick", "picks"):
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if shape == "date" and "type" not in widget.attrs and getattr(widget, "input_type", "") == "text":
        attrs.setdefault("inputmode", "numeric")
        attrs.setdefault("placeholder", "2026-10-12")
    context = {
        "field": bound,
        "shape": shape,
        "ident": ident,
        "html": bound.as_widget(attrs=attrs) if shape not in ("pick", "picks") else "",
        "described": " ".join(described),
        "note": {"text": note} if isinstance(note, str | Promise) else note,
        "fixed": fixed,
        "fixed_at": fixed if isinstance(fixed, dt.datetime) else None,
        "earlier": earlier,
        "verified": verified,
        "article": article,
        "mono": mono,
        "shown_when": shown_when,
        "wide": wide,
        "optional": not bound.field.required,
    }
    return render_to_string("components/field.html", context)


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm, title: str = "", lead: str = "") -> dict[str, Any]:
    """All errors of a form at its top, each a link to its field. Nothing while there are none."""
    rows = []
    if form is not None and form.is_bound:
        rows = [{"text": str(error), "href": ""} for error in form.non_field_errors()]
        for bound in form:
            rows += [
                {"label": str(bound.label), "text": str(error), "href": f"#{field_anchor(bound)}"}
                for error in bound.errors
            ]
    return {"rows": rows, "title": title, "lead": lead, "count": len(rows)}


@register.inclusion_tag("components/pager.html")
def pager(text: str = "", prev: str = "", next: str = "") -> dict[str, Any]:  # noqa: A002 (reads well in a page)
    """Keyset pages: what is shown in words, and the addresses of the neighbours."""
    return {"text": text, "prev": prev, "next": next}


@register.inclusion_tag("components/empty.html")
def empty_state(
    icon: str = "inbox", title: str = "", text: str = "", url: str = "", link: str = ""
) -> dict[str, Any]:
    """A page or list with nothing in it says why, and what one can do."""
    return {"icon": icon, "title": title, "text": text, "url": url, "link": link}


@register.simple_tag
def url_if(*names_and_args: str) -> str:
    """The address of a view, or "" where this build has no such page: never a dead link."""
    name, *args = names_and_args
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag
def html_lang() -> str:
    """The language of the page as HTML names it."""
    return "zh-Hans" if (get_language() or "zh").startswith("zh") else "en"


@register.filter
def filesize(size: int | None) -> str:
    """1.2 MB, 340 KB."""
    if not size:
        return "0 KB"
    return f"{size / 1_048_576:.1f} MB" if size >= 1_048_576 else f"{max(1, round(size / 1024))} KB"


@register.filter
def yes_no(value: Any) -> str:
    """A yes or no in words; nothing where there is no answer."""
    if value is None or value == "":
        return ""
    return _("Yes") if value else _("No")


@register.simple_tag
def other_language(html: bool = False) -> str:
    """The language that is not the present one: its code, or its name in HTML."""
    if (get_language() or "zh").startswith("zh"):
        return "en"
    return "zh-Hans" if html else "zh-hans"


_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def device(user_agent: str) -> str:
    """Browser and system of a user agent in a few words; the beginning of it where it is not known."""
    browser = next((name for part, name in _BROWSERS if part in user_agent), "")
    system = next((name for part, name in _SYSTEMS if part in user_agent), "")
    return " · ".join(part for part in (browser, system) if part) or user_agent[:60] or "—"
