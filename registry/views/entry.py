"""Public pages of one number: the entry, the quick answer for a phone, and what a provider displays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import actor_for
from registry import freshness, marks, opening, queries, usage
from registry.enums import Edition, EntryState, EventKind, UserGroup
from registry.models import Entry, EntryEvent
from registry.numbers import Number, NumberProblem, digits_of, read
from registry.rules import holds
from registry.views.home import words
from rulebook.time import local_date
from rulebook.time import now as moment

FAMILY = {
    EventKind.RECTIFICATION: "act",
    EventKind.OFFLINE: "",
    EventKind.REVOKED: "law",
    EventKind.CANCELLED: "",
}


def address(request: HttpRequest, digits: str) -> str:
    """The absolute address of the quick answer, as it stands in QR codes."""
    base: str = getattr(settings, "PORTAL_BASE_URL", "")
    path = reverse("verify", args=[digits])
    return f"{base}{path}" if base else request.build_absolute_uri(path)


class NotYetOpen(Http404):
    """The number belongs to an authority whose entries are not yet public."""

    def __init__(self, number: Number, day: date) -> None:
        self.number, self.day = number, day
        super().__init__(number.text)


def open_later(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A number that is not yet open gets a page that says from which day it is."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotYetOpen as later:
            context = {"state": "later", "number": later.number.text, "typed": later.number.text, "day": later.day}
            response = render(request, "registry/verify.html", context, status=404)
            response["Cache-Control"] = "no-cache"
            return response

    return wrapped


def found(number: str) -> Entry:
    """The entry of an address; 404 without one, ``NotYetOpen`` before its authority's first public day."""
    reading = read(number)
    day = opening.opens_on(reading.prefix) if isinstance(reading, Number) else None
    if isinstance(reading, Number) and day is not None:
        raise NotYetOpen(reading, day)
    entry = queries.entry_by_number(reading) if isinstance(reading, Number) else None
    if entry is None:
        raise Http404(number)
    return entry


def meaning(entry: Entry) -> tuple[str, str]:
    """Short sentence and explanation of what holds."""
    if entry.state == EntryState.PUBLISHED:
        return _("Valid now, in the whole country."), _(
            "Schools everywhere may select the app on this basis; it is not filed again elsewhere."
        )
    if entry.state == EntryState.RECTIFYING:
        return _("Still valid, but shortcomings must be mended by %(date)s.") % {
            "date": entry.rectify_until
        }, (entry.status_public_text)
    if entry.state == EntryState.OFFLINE:
        return _("Cannot be selected here at present."), _(
            "This does not mean that app stores have removed the app. Filing is suspended until the provider's "
            "application to resume is approved."
        )
    if entry.state == EntryState.REVOKED:
        return _("No longer valid: the filing was revoked."), entry.status_public_text
    return _("No longer valid: cancelled at the provider's request."), entry.status_public_text


@require_safe
@open_later
def entry(request: HttpRequest, number: str) -> HttpResponse:
    """The certificate page. An address with the number written otherwise leads to the canonical one."""
    row = found(number)
    digits = digits_of(row.number)
    if number != digits:
        return HttpResponseRedirect(reverse("entry", args=[digits]), status=301)
    short, explained = meaning(row)
    say = words()
    fresh = freshness.of_entry(row, moment())
    context = {
        "entry": row,
        "digits": digits,
        "short": short,
        "explained": explained,
        "reason": "" if row.status_reason == explained else row.status_reason,
        "own_text": row.status_public_text if row.state == EntryState.OFFLINE else "",
        "authority": authority_name(row),
        "province": say.provinces.get(row.province_code, row.province_code),
        "ages": ages(row),
        "facts": facts(row),
        "personal": row.public.get("personal_information") or [],
        "fresh": fresh,
        "history": [_history_line(event) for event in row.events.all()],
        "qr": marks.qr_path(address(request, digits)),
        "void": row.state in (EntryState.REVOKED, EntryState.CANCELLED),
        "used_by": usage.used_by(row.pk),
        "keeps": _keeps(request, row),
    }
    response = render(request, "registry/entry.html", context)
    stale = "-stale" if fresh is not None and fresh.stale else ""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:  # who is signed in may see a button of his unit
        stamp = f"{row.version}-{row.updated_at.timestamp():.0f}-{context['used_by']}{stale}-{get_language()}"
        response["ETag"] = f'W/"{digits}-{stamp}"'
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def authority_name(row: Entry) -> str:
    english = not (get_language() or "zh").startswith("zh")
    return (row.authority.name_en if english else "") or row.authority.name


def ages(row: Entry) -> str:
    """The age range in words, or ""."""
    if row.age_from is not None and row.age_to is not None:
        return _("%(low)d to %(high)d years") % {"low": row.age_from, "high": row.age_to}
    if row.age_from is not None:
        return _("from %(low)d years") % {"low": row.age_from}
    if row.age_to is not None:
        return _("up to %(high)d years") % {"high": row.age_to}
    return ""


def facts(row: Entry) -> list[dict[str, Any]]:
    """Rows of the information table: label with text, tags, links, or codes; what is not said is left out."""
    public, say = row.public, words()
    groups = [
        str(UserGroup(value).label) if value in UserGroup.values else value for value in row.user_groups
    ]
    comma = _(", ")
    rows: list[dict[str, Any]] = [
        {"label": _("What it is for"), "text": public.get("purpose")},
        {"label": _("Users"), "text": comma.join(groups)},
        {"label": _("Stages"), "tags": [say.stages.get(value, value) for value in row.stages]},
        {"label": _("Function"), "tags": [say.functions.get(value, value) for value in row.functions]},
        {"label": _("Discipline training"), "text": _("Yes") if row.is_discipline else _("No")},
        {"label": _("Charges"), "text": public.get("charges")},
        {"label": _("Advertising"), "text": public.get("advertising")},
        {"label": _("Time limit for minors"), "text": public.get("time_limit")},
        {"label": _("Content control"), "text": public.get("content_control")},
        {"label": _("Version and packages"), "codes": _packages(row)},
        {
            "label": _("ICP filing"),
            "codes": [("", public.get("icp_number"))] if public.get("icp_number") else [],
        },
        {"label": _("Provider's credit code"), "codes": [("", row.uscc)]},
        {
            "label": _("Help and complaints"),
            "text": public.get("consult_phone"),
            "links": _links(public),
        },
    ]
    return [item for item in rows if any(item.get(key) for key in ("text", "tags", "codes", "links"))]


def _packages(row: Entry) -> list[tuple[str, str]]:
    codes = [("", str(row.public["version"]))] if row.public.get("version") else []
    editions = row.public.get("editions") or [{"id": package} for package in row.package_ids]
    for edition in editions:
        kind = edition.get("kind", "")
        codes.append((str(Edition(kind).label) if kind in Edition.values else kind, edition.get("id", "")))
    return [code for code in codes if code[1]]


def _links(public: dict[str, Any]) -> list[tuple[str, str]]:
    """Links that the provider gave; only web addresses are made clickable."""
    links = [
        (_("Complaints in the app"), public.get("complaint_url")),
        (_("Privacy policy"), public.get("privacy_policy_url")),
        (_("Service agreement"), public.get("service_agreement_url")),
    ]
    return [(label, str(url)) for label, url in links if str(url or "").startswith(("https://", "http://"))]


def _history_line(event: EntryEvent) -> dict[str, Any]:
    english = not (get_language() or "zh").startswith("zh")
    text = (event.text_en if english else "") or event.text_zh
    values = event.params.get("values") or {}
    parts = [text] if text else []
    if "version" in values:
        old, new = values["version"]
        parts.append(_("Version %(old)s became %(new)s.") % {"old": old, "new": new})
    if "app_name" in values:
        old, new = values["app_name"]
        parts.append(_("Name: %(old)s became %(new)s.") % {"old": old, "new": new})
    if "provider_name" in values:
        old, new = values["provider_name"]
        parts.append(_("Provider: %(old)s became %(new)s.") % {"old": old, "new": new})
    if event.kind == EventKind.RECTIFICATION and event.params.get("until"):
        parts.append(_("To be mended by %(date)s.") % {"date": event.params["until"]})
    return {
        "day": local_date(event.at).isoformat(),
        "title": event.get_kind_display(),
        "family": FAMILY.get(EventKind(event.kind), "ok"),
        "text": " ".join(parts),
    }


@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """Type a number; leads to its quick answer."""
    number = request.GET.get("n", "").strip()
    if number:
        reading = read(number)
        shown = reading.digits if isinstance(reading, Number) else number[:100]
        return HttpResponseRedirect(reverse("verify", args=[shown]))
    return render(request, "registry/verify.html", {"state": "form"})


@require_safe
@open_later
def verify(request: HttpRequest, number: str) -> HttpResponse:
    """Is this filed? One screen on a phone: filed or not, never issued, or no number at all."""
    reading = read(number)
    if isinstance(reading, NumberProblem):
        context: dict[str, Any] = {"state": "unreadable", "problem": reading, "typed": number[:60]}
        return render(request, "registry/verify.html", context, status=404)
    day = opening.opens_on(reading.prefix)
    if day is not None:
        raise NotYetOpen(reading, day)
    row = queries.entry_by_number(reading)
    if row is None:
        context = {"state": "unknown", "number": reading.text, "typed": reading.text}
        return render(request, "registry/verify.html", context, status=404)
    short, explained = meaning(row)
    context = {
        "state": "found",
        "entry": row,
        "digits": reading.digits,
        "short": short,
        "explained": explained,
        "ages": ages(row),
        "authority": authority_name(row),
        "void": row.state in (EntryState.REVOKED, EntryState.CANCELLED),
    }
    return render(request, "registry/verify.html", context)


def _keeps(request: HttpRequest, row: Entry) -> bool:
    """Whether the reader works for the authority that filed the app, or for the ministry."""
    actor = actor_for(request) if request.user.is_authenticated else None
    return actor is not None and holds(actor, row.authority_id)


def _file(body: str | bytes, kind: str, *, name: str = "") -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Cache-Control"] = "public, max-age=300"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'none'"
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@open_later
def qr(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The QR code of the quick answer, as SVG or PNG."""
    row = found(number)
    digits = digits_of(row.number)
    target = address(request, digits)
    if kind == "png":
        return _file(marks.qr_png(target), "image/png", name=f"{digits}-qr.png")
    return _file(marks.qr_svg(target, row.number), "image/svg+xml", name=f"{digits}-qr.svg")


@require_safe
@open_later
def badge(request: HttpRequest, number: str) -> HttpResponse:
    """The badge: number and present state. It follows the state, so it is embedded by address, not copied."""
    row = found(number)
    return _file(marks.badge_svg(row.number, row.state, words().states[row.state]), "image/svg+xml")


@require_safe
@open_later
def display_kit(request: HttpRequest, number: str) -> HttpResponse:
    """What the provider shows inside the app (Measures, Article 14): text, badge, QR code, link."""
    row = found(number)
    digits = digits_of(row.number)
    context = {
        "entry": row,
        "digits": digits,
        "target": address(request, digits),
        "authority": row.authority.name,
        "qr": marks.qr_path(address(request, digits)),
        "void": row.state in (EntryState.REVOKED, EntryState.CANCELLED),
    }
    return render(request, "registry/display_kit.html", context)
