"""Membership of the request, idle time-out, and the second factor for authorities."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import actors, rules
from accounts.models import Membership
from ledger.acts import Actor
from rulebook.time import now as moment

GetResponse = Callable[[HttpRequest], HttpResponseBase]

SEEN_KEY = "seen_at"  # epoch seconds of the last request that counted
SLIDE_SECONDS = 60  # the session is written at most once in this time
DEFAULT_IDLE_SECONDS = 1800

TRACKED_KEY = "tracked"  # which session, address and browser were noted in the list of sessions, and when
TRACK_SECONDS = 300  # "last seen" in the list of one's sessions is at most so old


class _WithMembership:
    """``request.membership``, ``.memberships`` and ``.actor``, read when first asked for.

    Properties instead of lazy objects: ``request.actor is None`` has to be true where there is none,
    and a public page that never asks must run no query and touch no session.
    """

    @property
    def membership(self) -> Membership | None:
        return actors.membership_for(self)  # type: ignore[arg-type]

    @property
    def memberships(self) -> list[Membership]:
        return actors.memberships_for(self)  # type: ignore[arg-type]

    @property
    def actor(self) -> Actor | None:
        return actors.actor_for(self)  # type: ignore[arg-type]


@cache
def _with_membership(kind: type) -> type:
    return type(kind.__name__, (_WithMembership, kind), {})


class MembershipMiddleware:
    """Gives every request ``membership``, ``memberships`` and ``actor``. After AuthenticationMiddleware."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not isinstance(request, _WithMembership):
            request.__class__ = _with_membership(type(request))  # type: ignore[arg-type]  # type: ignore[arg-type]
        return self.get_response(request)


def has_session(request: HttpRequest) -> bool:
    """Whether the browser brought a session cookie; without touching the session."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def wants_json(request: HttpRequest) -> bool:
    """Autosave and other calls by script, which must not be answered with a sign-in page."""
    accept = request.headers.get("accept", "")
    return (
        request.headers.get("x-requested-with") == "XMLHttpRequest"
        or request.headers.get("hx-request") == "true"
        or ("application/json" in accept and "text/html" not in accept)
    )


def idle_seconds() -> int:
    """Seconds without a request after which one is signed out; 0 switches it off."""
    minutes = getattr(settings, "PORTAL_IDLE_MINUTES", None)
    if minutes is not None:
        return int(minutes) * 60
    return int(getattr(settings, "SESSION_IDLE_SECONDS", DEFAULT_IDLE_SECONDS))


def login_url(request: HttpRequest) -> str:
    """The sign-in page that leads back to where one was (for a script: to its page)."""
    back = request.headers.get("hx-current-url") or request.headers.get("referer") or ""
    if back:
        from urllib.parse import urlsplit

        parts = urlsplit(back)
        back = parts.path + (f"?{parts.query}" if parts.query else "")
    else:
        back = request.get_full_path() if request.method == "GET" else "/"
    return f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': back})}"


class IdleMiddleware:
    """Signs out who has not asked for anything for a while. After AuthenticationMiddleware.

    Browsers go to the sign-in page and come back to where they were; scripts get 401 with
    ``{"login_url": …}`` and keep what was typed.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        limit = idle_seconds()
        if not limit or not has_session(request) or not _counts(request):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return self._signed_out(request) if _left_behind(request) else self.get_response(request)
        at = int(moment().timestamp())
        seen = request.session.get(SEEN_KEY)
        if seen is not None and at - int(seen) > limit:
            logout(request)
            return self._signed_out(request)
        if seen is None or at - int(seen) >= min(SLIDE_SECONDS, limit):
            request.session[SEEN_KEY] = at
        return self.get_response(request)

    def _signed_out(self, request: HttpRequest) -> HttpResponseBase:
        if wants_json(request):
            return unauthorised(request)
        if request.method in ("GET", "HEAD"):
            return redirect_to_login(request.get_full_path())
        return redirect(login_url(request))


class SessionTrackingMiddleware:
    """Notes in the list of one's sessions where and when a session was last used. After IdleMiddleware.

    Written when the session, its address or its browser is a new one, and otherwise at most every few
    minutes; in between it costs no query (the package's own middleware writes on every request).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if has_session(request) and _counts(request) and request.user.is_authenticated:
            mark, at = self._mark(request), int(moment().timestamp())
            noted = request.session.get(TRACKED_KEY)
            if not noted or noted[0] != mark or not 0 <= at - noted[1] < TRACK_SECONDS:
                UserSession.objects.create_from_request(request)
                request.session[TRACKED_KEY] = [self._mark(request), at]
        return self.get_response(request)

    @staticmethod
    def _mark(request: HttpRequest) -> str:
        parts = (
            request.session.session_key or "",
            str(get_adapter().get_client_ip(request)),
            request.headers.get("user-agent", ""),
        )
        return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:24]


def _counts(request: HttpRequest) -> bool:
    """Public pages of somebody who happens to be signed in slide the session as well; files do not."""
    return not request.path.startswith((settings.STATIC_URL, "/healthz"))


def _left_behind(request: HttpRequest) -> bool:
    """A script whose session has gone: the page it belongs to is still open in the browser."""
    return wants_json(request) and request.method not in ("GET", "HEAD", "OPTIONS") and not _is_api(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def unauthorised(request: HttpRequest) -> HttpResponse:
    """401 for scripts, with where to sign in again."""
    target = login_url(request)
    response = JsonResponse(
        {
            "type": "about:blank",
            "title": _("You have been signed out"),
            "status": 401,
            "detail": _("Sign in again; what you have typed is kept on this page."),
            "login_url": target,
        },
        status=401,
        content_type="application/problem+json",
    )
    response["X-Login-Url"] = target
    return response


#: Where one may go before the second factor stands: sign-in, set-up, sign-out, language, switching.
_MFA_FREE = ("/accounts/", "/account/switch/", "/i18n/", "/healthz")


class MfaRequiredMiddleware:
    """Sends authorities and administrators to set up their second factor. After MembershipMiddleware.

    Works where ``settings.PORTAL_MFA_REQUIRED`` is on. What has been set up is remembered in the
    session, so that it costs no query on later requests.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (
            not getattr(settings, "PORTAL_MFA_REQUIRED", False)
            or not has_session(request)
            or request.path.startswith((*_MFA_FREE, settings.STATIC_URL))
            or not request.user.is_authenticated
            or request.session.get("mfa_ready")
        ):
            return self.get_response(request)
        membership = request.membership  # type: ignore[attr-defined]
        staff = request.user.is_staff or request.user.is_superuser
        if not rules.needs_mfa(membership.role if membership else "", is_staff=staff):
            return self.get_response(request)
        if rules.has_mfa(request.user):  # type: ignore[arg-type]
            request.session["mfa_ready"] = True
            return self.get_response(request)
        if wants_json(request) or _is_api(request):
            return JsonResponse(
                {
                    "type": "about:blank",
                    "title": _("Two-step sign-in is missing"),
                    "status": 403,
                    "detail": _("Set up two-step sign-in first; your role may not work without it."),
                    "login_url": reverse("mfa_index"),
                },
                status=403,
                content_type="application/problem+json",
            )
        return redirect("mfa_index")
