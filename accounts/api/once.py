"""Idempotency-Key: the same call again gives the same answer and has no second effect.

The key stands in the transaction of its act: a call that was refused leaves none and may be tried again, and of two
at the same moment the second waits for the first. Keys belong to a person at a unit, and are kept for some days.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from accounts.models import KeyedCall
from ledger.acts import Actor
from rulebook.time import now as moment

KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER,
    description="The same key again has no second effect; with another body it is refused (422)",
)  # fmt: skip


class KeyReused(Exception):
    """The key came before, with another address or body."""

    message = _("This key was used for another call.")


def once(
    request: Request, by: Actor, act: Callable[[], int | None], again: Callable[[], Any] | None = None
) -> int | None:
    """What ``act`` gives (the key of the row it made or changed), done once for a key; without a key simply done.

    ``again`` is called in place of ``act`` where the call is repeated, and may refuse. Raises ``KeyReused``, and what
    ``act`` or ``again`` raises.
    """
    header = request.headers.get("Idempotency-Key", "").strip()
    if not header or by.person_id is None or by.unit_id is None:
        return act()
    digest = _digest(request)
    with transaction.atomic():
        call, fresh = KeyedCall.objects.get_or_create(
            person_id=by.person_id, unit_id=by.unit_id, key=hashlib.sha256(header.encode()).hexdigest(),
            defaults={"digest": digest, "at": moment()},
        )  # fmt: skip
        if not fresh:
            if call.digest != digest:
                raise KeyReused
            if again is not None:
                again()
            return call.result
        call.result = act()
        call.save(update_fields=["result"])
    return call.result


def _digest(request: Request) -> str:
    """Of method, address and body, whatever the order of its names."""
    body: Any = request.data
    if hasattr(body, "lists"):
        body = dict(body.lists())
    said = json.dumps([request.method, request.path, body], sort_keys=True, default=_plain)
    return hashlib.sha256(said.encode()).hexdigest()


def _plain(value: Any) -> str:
    """A file by its content."""
    if not hasattr(value, "chunks"):
        return str(value)
    sha = hashlib.sha256()
    for part in value.chunks():
        sha.update(part)
    value.seek(0)
    return sha.hexdigest()


def describe(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Adds to the description of every call that takes a key how a key is answered that was used for another call."""
    text = {"type": "string"}
    result["components"]["schemas"]["KeyReused"] = {
        "type": "object", "description": "The Idempotency-Key came before, with another address or body",
        "properties": {
            "type": {**text, "enum": ["key-reused"]}, "title": text, "status": {"type": "integer", "enum": [422]},
            "detail": text,
        },
        "required": ["type", "title", "status", "detail"],
    }  # fmt: skip
    answer = {
        "description": "The key was used for another call (key-reused), or what was sent is incomplete or not valid",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/KeyReused"}}},
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            if any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", [])):
                operation["responses"].setdefault("422", answer)
    return result
