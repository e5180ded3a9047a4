"""The express lane: the two questions that app stores ask, answered in front of Django's middleware.

``GET /api/v1/registry/verify/<number>/`` ("is this number filed?") and ``GET /api/v1/registry/entries/``
(search) need no session, cookie or serializer. The WSGI callable below answers them by the functions that
the views in ``registry.api.public`` call, and hands everything else on. Answers and errors are the views'
own; the views stay behind it for the schema and for servers without the lane.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.utils import translation
from rest_framework.exceptions import APIException, ParseError, Throttled

from registry import answers, lookup
from registry.throttles import SEARCH, VERIFY, Buckets, client_address

VERIFY_PATH = "/api/v1/registry/verify/"
SEARCH_PATH = "/api/v1/registry/entries/"
Start = Callable[[str, list[tuple[str, str]]], Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]

_STATUS = {code: f"{code} {HTTPStatus(code).phrase}" for code in (200, 304, 400, 429)}


def express(application: Wsgi) -> Wsgi:
    """Put the express lane in front of a WSGI application."""

    def serve(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            return application(environ, start_response)
        if path.startswith(VERIFY_PATH):
            # WSGI hands the unescaped bytes of the path over as latin-1
            text = path[len(VERIFY_PATH) :].encode("latin-1").decode("utf-8", "replace").strip("/")
            if text:
                return _verify(environ, start_response, text)
        elif path == SEARCH_PATH:
            return _search(environ, start_response)
        return application(environ, start_response)

    return serve


def _verify(environ: dict[str, Any], start_response: Start, text: str) -> list[bytes]:
    wait = _wait(environ, VERIFY)
    if wait:
        return _refuse(environ, start_response, lambda: Throttled(wait))
    answer = lookup.verify(text)
    if answer.status >= HTTPStatus.BAD_REQUEST:
        # the message is for a person to read: said again in the caller's language
        with _language_of(environ):
            answer = lookup.verify(text)
        return _send(environ, start_response, answer.status, answer.body, content_type=answer.content_type)
    return _send(environ, start_response, 200, answer.body, tag=answer.tag, cache=answer.cache)


def _search(environ: dict[str, Any], start_response: Start) -> list[bytes]:
    from registry.api import public
    from registry.queries import BadCursor

    wait = _wait(environ, SEARCH)
    if wait:
        return _refuse(environ, start_response, lambda: Throttled(wait))
    try:
        given = QueryDict(environ.get("QUERY_STRING", ""), encoding="utf-8")
        with _language_of(environ):
            body = lookup.on_live_connection(lambda: public.search_answer(given, SEARCH_PATH))
    except BadCursor:
        return _refuse(environ, start_response, lambda: ParseError(public.BAD_PLACE))
    except TooManyFieldsSent:
        return _refuse(environ, start_response, ParseError)
    return _send(environ, start_response, 200, body, tag=answers.etag(body), cache=public.SEARCH_CACHE)


def _wait(environ: dict[str, Any], buckets: Buckets) -> float:
    return buckets.take(
        client_address(environ.get("HTTP_X_FORWARDED_FOR", ""), environ.get("REMOTE_ADDR", ""))
    )


def _send(
    environ: dict[str, Any],
    start_response: Start,
    status: int,
    text: str,
    *,
    content_type: str = lookup.JSON,
    tag: str = "",
    cache: str = "",
    more: tuple[tuple[str, str], ...] = (),
) -> list[bytes]:
    headers = [*lookup.OPEN_HEADERS, *more]
    if tag:
        headers += [("ETag", tag), ("Cache-Control", cache)]
        if answers.not_modified(environ.get("HTTP_IF_NONE_MATCH", ""), tag):
            start_response(_STATUS[304], headers)
            return [b""]
    body = text.encode()
    headers += [("Content-Type", content_type), ("Content-Length", str(len(body)))]
    start_response(_STATUS[status], headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _refuse(
    environ: dict[str, Any], start_response: Start, refusal: Callable[[], APIException]
) -> list[bytes]:
    """What the views' exception handler would have said, in the caller's language."""
    with _language_of(environ):
        error = refusal()
        code = str(error.default_code).replace("_", "-")
        document = {"type": code, "title": str(error.default_detail), "status": error.status_code}
        document["detail"] = str(error.detail)
    more = (("Retry-After", str(error.wait)),) if isinstance(error, Throttled) else ()
    return _send(
        environ,
        start_response,
        error.status_code,
        answers.dumps(document),
        content_type=lookup.PROBLEM_JSON,
        more=more,
    )


def _language_of(environ: dict[str, Any]) -> Any:
    """The caller's language, as Django's middleware would find it."""
    return translation.override(translation.get_language_from_request(WSGIRequest(dict(environ))))
