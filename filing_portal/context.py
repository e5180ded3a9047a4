"""What every page knows: navigation, the present unit, unread notices, demo mode.

Everything costs nothing until a template uses it; public pages run no query for it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

Entry = tuple[str | Promise, tuple[str, ...]]

# Label, and the url names under which the page may stand. A page that is not there has no entry.
PUBLIC_NAV: tuple[Entry, ...] = (
    (_("Search"), ("home",)),
    (_("Public lists"), ("lists",)),
    (_("Apps that schools use"), ("institutions_public",)),
    (_("Help"), ("help_home",)),
    (_("Rules"), ("articles",)),
)
# Entry pages and verification belong to the search, whose address is the start page.
BELONGS_TO_SEARCH = ("/registry/", "/v/")
BELONGS_TO_HELP = ("/guide/", "/contact/")
WORK_NAV: dict[str, tuple[Entry, ...]] = {
    "provider": (
        (_("My filings"), ("provider_home",)),
        (_("Apps"), ("provider_apps",)),
        (_("Supervision"), ("provider_supervision",)),
        (_("Our unit"), ("provider_unit",)),
        (_("Members"), ("members",)),
    ),
    "authority": (
        (_("Overview"), ("dashboard",)),
        (_("Review of filings"), ("review_home", "review_queue")),
        (_("Use filings"), ("uses_queue",)),
        (_("Supervision"), ("supervision_home",)),
        (_("Units"), ("units",)),
        (_("Providers’ upkeep"), ("oversight",)),
        (_("Appraisals"), ("appraisals",)),
        (_("Members"), ("members",)),
    ),
    "institution": (
        (_("Our use filings"), ("institution_home",)),
        (_("Select an app"), ("institution_search",)),
        (_("Our unit"), ("institution_unit",)),
        (_("Tasks"), ("sv_tasks",)),
        (_("Members"), ("members",)),
    ),
    "partner": ((_("Referrals to us"), ("sv_partner",)), (_("Tasks"), ("sv_tasks",))),
    "other": (),
}
#: The lead of an authority also files what the authority itself uses.
OWN_USES_OF = frozenset({"review_lead", "ministry_reviewer"})
OWN_USES: tuple[Entry, ...] = ((_("Our own uses"), ("institution_home",)),)
WORKSPACES: dict[str, str | Promise] = {
    "provider": _("Provider’s workspace"),
    "authority": _("Review workspace"),
    "institution": _("Institution’s workspace"),
    "partner": _("Partner’s workspace"),
    "other": _("My workspace"),
}
HOMES: dict[str, tuple[str, ...]] = {
    "provider": ("provider_home", "workspace"),
    "authority": ("review_home", "workspace"),
    "institution": ("institution_home", "workspace"),
    "partner": ("sv_partner", "workspace"),
    "other": ("workspace", "account_home", "home"),
}
ROLE_AUDIENCE = {
    "provider_owner": "provider",
    "provider_staff": "provider",
    "reviewer": "authority",
    "review_lead": "authority",
    "ministry_reviewer": "authority",
    "institution_staff": "institution",
    "institution_lead": "institution",
    "unit_admin": "institution",
    "partner": "partner",
}


@lru_cache(maxsize=512)
def _resolve(urlconf: str | None, names: tuple[str, ...]) -> str:
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def first_url(*names: str) -> str:
    """The address of the first of these views that exists; "" where none does."""
    return _resolve(get_urlconf(), names)


def nav(entries: tuple[Entry, ...], path: str) -> list[tuple[str | Promise, str, bool]]:
    """(label, url, is current) of the entries whose page exists; the longest matching address is current."""
    found = [(label, first_url(*names)) for label, names in entries]
    present = [(label, url) for label, url in found if url]
    fitting = [
        url for _label, url in present if (path == url if url == "/" else path == url or path.startswith(url))
    ]
    best = max(fitting, key=len, default=None)
    return [(label, url, url == best) for label, url in present]


def audience(membership: Any) -> str:
    """provider, authority, institution, partner or other, from the role of the membership."""
    return ROLE_AUDIENCE.get(str(getattr(membership, "role", "")), "other")


def _unread(request: HttpRequest) -> int:
    membership = getattr(request, "membership", None)
    if membership is None:
        return 0
    try:
        from notices.queries import unread_count
    except ImportError:
        return 0
    return unread_count(membership)


def _demo_accounts() -> list[dict[str, str]]:
    """The demonstration accounts with what they are for; asked only by the sign-in page of that mode."""
    from accounts.models import Person
    from filing_portal.demo.accounts import ACCOUNTS

    there = set(Person.objects.filter(is_demo=True).values_list("email", flat=True))
    return [
        {"email": account.email, "what": f"{account.label} · {account.hint}"}
        for account in ACCOUNTS
        if account.listed and account.email in there
    ]


def _memberships(request: HttpRequest) -> list[Any]:
    return list(getattr(request, "memberships", None) or ())


@lru_cache(maxsize=64)
def _urls(urlconf: str | None, audience: str) -> dict[str, str]:
    return {
        "home": first_url("home") or "/",
        "work": first_url(*HOMES[audience]),
        "inbox": first_url("inbox"),
        "account": first_url("account_home"),
        "login": first_url("account_login"),
        "logout": first_url("account_logout"),
        "signup": first_url("account_signup"),
        "security": first_url("mfa_index"),
        "sessions": first_url("usersessions_list"),
        "password": first_url("account_change_password"),
        "tokens": first_url("tokens"),
        "switch": first_url("switch_unit"),
        "set_language": first_url("set_language"),
        "accessibility": first_url("accessibility"),
        "privacy": first_url("privacy"),
        "opendata": first_url("opendata"),
        "contact": first_url("contact"),
        "guide": first_url("guide"),
        "help": first_url("help_home"),
        "articles": first_url("articles"),
        "lists": first_url("lists"),
        "schema": first_url("schema"),
    }


class Portal:
    """The ``portal`` of the templates; each part is worked out when it is asked for."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.demo = bool(getattr(settings, "PORTAL_DEMO_ACCOUNTS", False))
        self.demo_password = (
            getattr(settings, "PORTAL_DEMO_PASSWORD", "Portal-demo-2026") if self.demo else ""
        )
        self.demo_accounts = SimpleLazyObject(_demo_accounts)
        self.idle_seconds = int(getattr(settings, "SESSION_IDLE_SECONDS", 0) or 0)
        self.unread = SimpleLazyObject(lambda: _unread(request))
        self.memberships = SimpleLazyObject(lambda: _memberships(request))

    @property
    def signed_in(self) -> bool:
        """Whether somebody is signed in; a visitor without a session cookie costs no look at the session."""
        if settings.SESSION_COOKIE_NAME not in self._request.COOKIES:
            return False
        user = getattr(self._request, "user", None)
        return bool(user is not None and user.is_authenticated)

    @property
    def membership(self) -> Any:
        return getattr(self._request, "membership", None)

    @property
    def unit(self) -> Any:
        return getattr(self.membership, "unit", None)

    @property
    def audience(self) -> str:
        return audience(self.membership)

    @property
    def workspace(self) -> str | Promise:
        return WORKSPACES[self.audience]

    @property
    def public_nav(self) -> list[tuple[str | Promise, str, bool]]:
        path = self._request.path
        if path.startswith(BELONGS_TO_HELP):
            path = first_url("help_home") or path
        return nav(PUBLIC_NAV, "/" if path.startswith(BELONGS_TO_SEARCH) else path)

    @property
    def work_nav(self) -> list[tuple[str | Promise, str, bool]]:
        entries = WORK_NAV[self.audience]
        if str(getattr(self.membership, "role", "")) in OWN_USES_OF:
            entries += OWN_USES
        return nav(entries, self._request.path)

    @property
    def urls(self) -> dict[str, str]:
        """Addresses that the shell links to; "" where the page does not exist."""
        return _urls(get_urlconf(), self.audience)


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``portal`` (see :class:`Portal`)."""
    return {"portal": Portal(request)}
