"""Where two acts wait for each other the database ends one of them; it is done again, and nobody sees an error page."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, RawPostDataException
from django.shortcuts import render

log = logging.getLogger(__name__)

DEADLOCK = "40P01"
MOST_TRIES = 3
PAUSE = 0.05  # seconds; the other act must get the rows that were let go before they are asked for again


def is_deadlock(error: BaseException | None) -> bool:
    """Whether the database ended the transaction because it and another one waited for each other."""
    while error is not None:
        if getattr(error, "sqlstate", None) == DEADLOCK or getattr(error, "pgcode", None) == DEADLOCK:
            return True
        error = error.__cause__
    return False


class _Again(HttpResponse):
    """Stands for an answer that the database prevented; it never leaves the portal."""


class DeadlockMiddleware:
    """Answers a request anew where its transaction was ended by a deadlock: nothing of it has stayed.

    Another try goes the way of the first, through resolving and through what answers errors, so whatever befalls
    it is answered as if it had been the only one. What was sent is read anew from where it was kept. A body that went
    by as a stream and is gone, or a third deadlock, is answered with 503 and ``Retry-After``.

    The last of the middleware: what stands below it would be passed again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        _keep_body(request)
        for number in range(MOST_TRIES):
            if number:
                time.sleep(PAUSE * number)
                log.warning("deadlock at %s: once more", request.path)
                request._tried = True  # type: ignore[attr-defined]
            answer = self.get_response(request)
            if not isinstance(answer, _Again):
                return answer
            if not _files_again(request):
                break
        return _later(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if is_deadlock(exception):
            return _later(request) if connection.in_atomic_block else _Again()
        if isinstance(exception, RawPostDataException) and getattr(request, "_tried", False):
            return _later(request)
        return None


def _keep_body(request: HttpRequest) -> None:
    """Reads a body of the interface into memory, from which it can be read twice; forms and files keep theirs."""
    if request.content_type in ("", "multipart/form-data", "application/x-www-form-urlencoded"):
        return
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return
    if 0 < length <= (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0):
        request.body  # noqa: B018 -- read here, it stays


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
