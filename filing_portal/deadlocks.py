"""Where two acts wait for each other the database ends one of them; it is done again, and nobody sees an error page."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, RawPostDataException
from django.shortcuts import render

log = logging.getLogger(__name__)

DEADLOCK = "40P01"
MOST_TRIES = 3


def is_deadlock(error: BaseException | None) -> bool:
    """Whether the database ended the transaction because it and another one waited for each other."""
    while error is not None:
        if getattr(error, "sqlstate", None) == DEADLOCK or getattr(error, "pgcode", None) == DEADLOCK:
            return True
        error = error.__cause__
    return False


class DeadlockMiddleware:
    """Calls the view again where its transaction was ended by a deadlock: nothing of it has stayed.

    What was sent is read anew from where it was kept. A body that went by as a stream and is gone, or a third
    deadlock, is answered with 503 and ``Retry-After``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not is_deadlock(exception):
            return None
        match = request.resolver_match
        for _try in range(MOST_TRIES - 1):
            if match is None or connection.in_atomic_block:
                break
            log.warning("deadlock at %s: once more", request.path)
            if not _files_again(request):
                break
            try:
                answer = match.func(request, *match.args, **match.kwargs)
                return answer.render() if hasattr(answer, "render") and callable(answer.render) else answer
            except RawPostDataException:
                break
            except OperationalError as again:
                if not is_deadlock(again):
                    raise
        return _later(request)


def _files_again(request: HttpRequest) -> bool:
    """Whether every file that was sent can be read anew from its beginning; a store may have closed or moved it."""
    sent = [file for _key, files in request.FILES.lists() for file in files] if hasattr(request, "_files") else []
    for file in sent:
        if file.closed or (hasattr(file, "temporary_file_path") and not os.path.exists(file.temporary_file_path())):
            return False
        file.seek(0)
    return True


def _later(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        body = {"type": "busy", "title": "Others are changing the same rows at this moment; send it again",
                "status": 503}  # fmt: skip
        answer: HttpResponse = JsonResponse(body, status=503, content_type="application/problem+json")
    else:
        answer = render(request, "503.html", status=503)
    answer["Retry-After"] = "1"
    return answer
