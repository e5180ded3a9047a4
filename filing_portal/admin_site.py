"""The administration as a whole: its sidebar by rooms, and the health of the machinery.

The rooms register their own tables; nothing here changes any row.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin import AdminSite
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from filing_portal import health
from ledger.models import Checkpoint
from notices.enums import DeliveryStatus
from notices.models import EmailDelivery
from rulebook import calendar
from rulebook.domain.clocks import handlers
from rulebook.models import Clock
from rulebook.time import ZONE, now

log = logging.getLogger(__name__)

#: Rooms from the top floor down, with the icon of their group; the labels of the tables are their own.
ROOMS: tuple[tuple[str, Any, str], ...] = (
    ("accounts", _("People and units"), "groups"),
    ("rulebook", _("Rulebook"), "menu_book"),
    ("providers", _("Provider filings"), "description"),
    ("review", _("Review"), "fact_check"),
    ("users", _("Uses of institutions"), "school"),
    ("registry", _("Registry"), "workspace_premium"),
    ("supervision", _("Supervision"), "policy"),
    ("blacklist", _("Blacklist"), "block"),
    ("notices", _("Notices"), "mail"),
    ("guidance", _("Help centre"), "help"),
    ("ledger", _("Ledger"), "link"),
)


#: Tables that packages register by themselves, with forms that know no verb and no ledger: rights hang on memberships
#: and not on groups; addresses and second factors are their owners', and what is secret in them is for nobody to see.
FOREIGN = (Group, EmailAddress, Authenticator, UserSession)


@dataclass(frozen=True)
class Line:
    """One line of the health page. ``level`` is ok, warn or bad; ``value`` is already readable."""

    label: Any
    value: Any
    level: str = "ok"


def install(site: AdminSite) -> None:
    """Hooks into unfold's site: titles, the sidebar, the address of the health page."""
    site.site_title = _("Filing portal")
    site.site_header = _("Administration of the filing portal")
    site.index_title = _("Administration")
    site.extra_urls = lambda: _urls(site)  # type: ignore[attr-defined]
    site.extra_context = lambda context, request: _context(site, context, request)  # type: ignore[attr-defined]
    for table in FOREIGN:
        try:
            site.unregister(table)
        except NotRegistered:
            log.debug("%s was not registered", table)


def _urls(site: AdminSite) -> list[URLPattern]:
    return [path("health/", site.admin_view(lambda request: health_page(request, site)), name="portal_health")]


def _context(site: AdminSite, context: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
    if site.has_permission(request):
        context["sidebar_navigation"] = sidebar(site, request)
    return context


def sidebar(site: AdminSite, request: HttpRequest) -> list[dict[str, Any]]:
    """Groups by room, with the tables that the reader may see."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for app in site.get_app_list(request):
        tables[app["app_label"]] = [_item(request, row["name"], row["admin_url"]) for row in app["models"]]
    health_item = _item(request, _("Health"), reverse("admin:portal_health"), icon="monitor_heart")
    overview = _item(request, _("Overview"), reverse("admin:index"), icon="home", exact=True)
    groups = [_group(_("Portal"), [overview, health_item])]
    known = {label for label, _title, _icon in ROOMS}
    for label, title, icon in ROOMS:
        if tables.get(label):
            groups.append(_group(title, [{**item, "icon": icon} for item in tables[label] if item["link"]]))
    rest = [item for label, items in tables.items() if label not in known for item in items if item["link"]]
    if rest:
        groups.append(_group(_("Sign-in"), [{**item, "icon": "key"} for item in rest]))
    return groups


def _item(
    request: HttpRequest, title: Any, link: str | None, *, icon: str = "table", exact: bool = False
) -> dict[str, Any]:
    active = bool(link) and (request.path == link if exact else request.path.startswith(str(link)))
    return {"title": title, "link": link, "icon": icon, "active": active, "has_permission": True}


def _group(title: Any, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "items": items, "separator": True, "collapsible": False}


# --- health ------------------------------------------------------------------------------------------


def health_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """What the machinery has to do and whether it gets it done; reads only, and no counting of long tables."""
    context = {
        **site.each_context(request),
        "title": _("Health"),
        "groups": [
            (_("Work waiting in the queues"), _queue_lines()),
            (_("Clocks"), _clock_lines()),
            (_("E-mails"), _mail_lines()),
            (_("Ledger"), _ledger_lines()),
            (_("Working-day calendar"), _calendar_lines()),
        ],
    }
    request.current_app = site.name  # type: ignore[attr-defined]
    return TemplateResponse(request, "admin/portal_health.html", context)


BACKLOG = 1000  # tasks waiting in one queue from which on the page warns
LATE_SECONDS = 600  # a due clock or e-mail that waits longer than that is a sign of a worker that does not run


def _queue_lines() -> list[Line]:
    try:
        lengths = health._queues()
    except Exception as error:  # noqa: BLE001  any failure is what this page is there to report
        return [Line(_("Valkey"), type(error).__name__, "bad")]
    return [Line(name, length, "warn" if length > BACKLOG else "ok") for name, length in lengths.items()]


def _clock_lines() -> list[Line]:
    moment = now()
    kinds = [kind for kind, handler in handlers().items() if handler.on_due is not None]  # a target runs out by itself
    oldest = Clock.objects.due(moment).filter(kind__in=kinds).order_by("attempts", "due_at", "id").first()
    failing = Clock.objects.running().filter(attempts__gt=0, overdue_at__isnull=True)[:100]
    upcoming = Clock.objects.running().filter(due_at__gt=moment).order_by("due_at").first()
    lines = []
    if oldest is None:
        lines.append(Line(_("Oldest due clock"), _("none waits")))
    else:
        late = (moment - oldest.due_at).total_seconds() > LATE_SECONDS
        text = f"{oldest} ({_at(oldest.due_at)})"
        lines.append(Line(_("Oldest due clock"), text, "bad" if late else "ok"))
    lines.append(Line(_("Next clock"), str(upcoming) if upcoming else "–"))
    count = len(failing)
    lines.append(Line(_("Clocks whose verb failed"), count, "bad" if count else "ok"))
    return lines


def _mail_lines() -> list[Line]:
    moment = now()
    pending = EmailDelivery.objects.filter(status=DeliveryStatus.PENDING)
    waiting = len(pending.values_list("pk", flat=True)[:1001])
    oldest = pending.order_by("next_attempt_at").values_list("next_attempt_at", flat=True).first()
    late = oldest is not None and (moment - oldest).total_seconds() > LATE_SECONDS
    failed = len(EmailDelivery.objects.filter(status=DeliveryStatus.FAILED).values_list("pk", flat=True)[:1001])
    return [
        Line(_("Waiting"), _capped(waiting), "warn" if late else "ok"),
        Line(_("Oldest next try"), _at(oldest) if oldest else "–", "warn" if late else "ok"),
        Line(_("Given up"), _capped(failed), "warn" if failed else "ok"),
    ]


def _at(moment: datetime) -> str:
    """In Beijing time, as the head of the page says."""
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"


def _capped(count: int) -> str:
    return str(count) if count <= 1000 else "> 1000"


def _ledger_lines() -> list[Line]:
    last = Checkpoint.objects.order_by("-id").first()
    if last is None:
        return [Line(_("Last checkpoint"), _("none yet"), "warn")]
    hours = (now() - last.at).total_seconds() / 3600
    level = "warn" if hours > 2 else "ok"
    return [
        Line(_("Last checkpoint"), _at(last.at), level),
        Line(_("Records up to"), last.last_record_id),
        Line(_("Digest"), last.digest[:16]),
    ]


def _calendar_lines() -> list[Line]:
    warning = calendar.warning(now())
    until = calendar.published_until()
    lines = [Line(_("Published until"), until or "–", "bad" if until is None else "ok")]
    if warning is not None:
        lines.append(
            Line(
                _("Warning"),
                _("%(days)s days left; import %(year)s") % {"days": warning.days_left, "year": warning.missing_year},
                "bad" if warning.days_left < 0 else "warn",
            )
        )
    return lines

