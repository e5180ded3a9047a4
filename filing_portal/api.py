"""What all APIs share: errors as problem details (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from ledger.acts import AlreadyMoved, Refused

PROBLEM_JSON = "application/problem+json"


def problem(
    status_code: int,
    title: str,
    *,
    detail: str = "",
    code: str = "about:blank",
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    """A problem-details response; ``more`` are extension members such as ``errors`` or ``reasons``."""
    body: dict[str, Any] = {"type": code, "title": title, "status": status_code}
    if detail:
        body["detail"] = detail
    body.update(more)
    return Response(body, status=status_code, headers=headers, content_type=PROBLEM_JSON)


def _flat(detail: Any, pointer: str = "") -> list[dict[str, str]]:
    """Validation errors as a list of {pointer, detail, code}; pointers are JSON pointers."""
    if isinstance(detail, dict):
        return [item for key, value in detail.items() for item in _flat(value, f"{pointer}/{key}")]
    if isinstance(detail, list | tuple):
        nested = any(isinstance(value, dict | list) for value in detail)
        return [
            item
            for index, value in enumerate(detail)
            for item in _flat(value, f"{pointer}/{index}" if nested else pointer)
        ]
    return [{"pointer": pointer or "/", "detail": str(detail), "code": getattr(detail, "code", "invalid")}]


def problem_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Unknown errors return None, so that Django answers 500 and logs them."""
    if isinstance(exc, Refused):
        set_rollback()
        reasons = [
            {key: str(value) for key, value in vars_of(reason).items() if value} for reason in exc.reasons
        ]
        return problem(exc.status, "Refused", detail=str(exc), code="refused", reasons=reasons)
    if isinstance(exc, AlreadyMoved):
        set_rollback()
        return problem(status.HTTP_409_CONFLICT, "Already decided", detail=str(exc), code="already-moved")
    if isinstance(exc, DjangoValidationError):
        exc = exceptions.ValidationError(exc.message_dict if hasattr(exc, "error_dict") else exc.messages)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    response = exception_handler(exc, context)
    if response is None or not isinstance(exc, exceptions.APIException):
        return None
    headers = {key: response[key] for key in ("WWW-Authenticate", "Retry-After") if response.has_header(key)}
    if isinstance(exc, exceptions.ValidationError):
        return problem(
            response.status_code, "Not valid", code="not-valid", headers=headers, errors=_flat(exc.detail)
        )
    return problem(
        response.status_code,
        _title(exc, response.status_code),
        detail=str(exc.detail),
        code=str(exc.default_code).replace("_", "-"),
        headers=headers,
    )


def _title(exc: exceptions.APIException, status_code: int) -> str:
    """What kind of error it is, the same at every occurrence (RFC 9457, 3.1.3); never a text with open places."""
    title = str(exc.default_detail)
    return HTTPStatus(status_code).phrase if "{" in title else title


def vars_of(reason: Any) -> dict[str, Any]:
    """The public members of a reason."""
    return {name: getattr(reason, name, None) for name in ("code", "message", "article", "url")}
