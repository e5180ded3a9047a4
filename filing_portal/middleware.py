"""Middleware of the whole portal."""

from __future__ import annotations

import logging
from collections.abc import Callable

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.defaults import bad_request

log = logging.getLogger(__name__)

#: The administration's own front end evaluates expressions and sets styles; no other page may.
ADMIN_PREFIX = "/admin/"


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Sends the strict policy of the settings; loosened for the administration alone."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path.startswith(ADMIN_PREFIX):
            response._csp_update = {  # type: ignore[attr-defined]
                "script-src": [UNSAFE_EVAL, UNSAFE_INLINE],
                "style-src": [UNSAFE_INLINE],
            }
        return super().process_response(request, response)


class RequestSizeMiddleware:
    """Refuses what is larger than any form of the portal, before a byte of it is read.

    Who may file is found out after the body was taken in, and a body goes to the disk: without a bound anybody
    could fill it. Before CsrfViewMiddleware, which reads the body.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        return self.get_response(request) if length <= settings.PORTAL_MAX_REQUEST_BYTES else self._refuse(request)

    def _refuse(self, request: HttpRequest) -> HttpResponse:
        said = _("What was sent is larger than the portal takes in. A file may have 20 MB.")
        if request.path.startswith("/api/") or request.headers.get("x-requested-with") == "XMLHttpRequest":
            body = {"type": "too-large", "title": "Content Too Large", "status": 413, "detail": said, "error": said}
            return JsonResponse(body, status=413, content_type="application/problem+json")
        return render(request, "413.html", status=413)


class UnstorableInputMiddleware:
    """What the database cannot hold was never good input: 400 in place of an error page.

    The NUL character (also as ``\\u0000`` in JSON) and numbers out of every range reach the database only
    where no form has looked at them before.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        unstorable = isinstance(exception, DataError | UnicodeEncodeError | RecursionError) or (
            isinstance(exception, ValueError) and "NUL (0x00)" in str(exception)
        )
        if not unstorable:
            return None
        log.warning("unstorable input at %s: %s", request.path, exception)
        if request.path.startswith("/api/"):
            body = {"type": "unstorable", "title": "The input holds a character or number that cannot be stored",
                    "status": 400}  # fmt: skip
            return JsonResponse(body, status=400, content_type="application/problem+json")
        return bad_request(request, BadRequest(str(exception)))
