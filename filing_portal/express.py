"""The express lane: "is this number filed?" answered in front of Django.

App stores ask this question far more often than anything else. The WSGI callable below answers
``GET /api/v1/registry/verify/<number>/`` with one SQL read of the stored answer, without sessions,
cookies, middleware or serializers, and hands everything else on. Answers and errors are those of
``registry.api.public.VerifyOne``, which stays behind it for the schema and for other servers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.utils import translation
from rest_framework.exceptions import Throttled

from registry import answers, lookup
from registry.throttles import VERIFY, client_address

PREFIX = "/api/v1/registry/verify/"
Start = Callable[[str, list[tuple[str, str]]], Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]

_STATUS = {code: f"{code} {HTTPStatus(code).phrase}" for code in (200, 304, 400, 429)}


def express(application: Wsgi) -> Wsgi:
    """Put the express lane in front of a WSGI application."""

    def serve(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX) or environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            return application(environ, start_response)
        # WSGI hands the unescaped bytes of the path over as latin-1
        text = path[len(PREFIX) :].encode("latin-1").decode("utf-8", "replace").strip("/")
        if not text:
            return application(environ, start_response)
        return _answer(environ, start_response, text)

    return serve


def _answer(environ: dict[str, Any], start_response: Start, text: str) -> list[bytes]:
    wait = VERIFY.take(
        client_address(environ.get("HTTP_X_FORWARDED_FOR", ""), environ.get("REMOTE_ADDR", ""))
    )
    if wait:
        return _throttled(environ, start_response, wait)
    answer = lookup.verify(text)
    if answer.status >= 400:
        # the message is for a person to read: said again in the caller's language
        with _language_of(environ):
            answer = lookup.verify(text)
    headers = [*lookup.OPEN_HEADERS]
    if answer.tag:
        headers += [("ETag", answer.tag), ("Cache-Control", answers.CACHE_CONTROL)]
        if answers.not_modified(environ.get("HTTP_IF_NONE_MATCH", ""), answer.tag):
            start_response(_STATUS[304], headers)
            return [b""]
    body = answer.body.encode()
    headers += [("Content-Type", answer.content_type), ("Content-Length", str(len(body)))]
    start_response(_STATUS[answer.status], headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _throttled(environ: dict[str, Any], start_response: Start, wait: float) -> list[bytes]:
    """What Django REST framework would have said, in the caller's language."""
    with _language_of(environ):
        refusal = Throttled(wait)
        document = {
            "type": "throttled",
            "title": str(refusal.default_detail),
            "status": refusal.status_code,
            "detail": str(refusal.detail),
        }
    body = answers.dumps(document).encode()
    headers = [
        *lookup.OPEN_HEADERS,
        ("Retry-After", str(refusal.wait)),
        ("Content-Type", lookup.PROBLEM_JSON),
        ("Content-Length", str(len(body))),
    ]
    start_response(_STATUS[429], headers)
    return [body]


def _language_of(environ: dict[str, Any]) -> Any:
    """The caller's language, as Django's middleware would find it."""
    return translation.override(translation.get_language_from_request(WSGIRequest(dict(environ))))
