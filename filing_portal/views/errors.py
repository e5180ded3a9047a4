"""What is answered where no view was reached, or one failed: a page for people, problem details for programs."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from filing_portal.api import PROBLEM_JSON

API_PREFIX = "/api/"


def _handler(status: int, page: Callable[..., HttpResponse], detail: str) -> Callable[..., HttpResponse]:
    """Problem details (RFC 9457) under the interfaces' prefix, ``page`` everywhere else."""

    def handle(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.path.startswith(API_PREFIX):
            return page(request, *args, **kwargs)
        title = HTTPStatus(status).phrase
        body = {"type": title.lower().replace(" ", "-"), "title": title, "status": status, "detail": detail}
        response = JsonResponse(body, status=status, content_type=PROBLEM_JSON)
        response["Cache-Control"] = "no-store"
        return response

    return handle


bad_request = _handler(400, defaults.bad_request, "The request cannot be read.")
permission_denied = _handler(403, defaults.permission_denied, "This is not allowed.")
page_not_found = _handler(404, defaults.page_not_found, "There is nothing at this address; see /api/v1/schema/.")
server_error = _handler(500, defaults.server_error, "Something failed here; it has been noted. Try again later.")
