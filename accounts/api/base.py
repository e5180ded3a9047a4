"""What the interfaces of units share: the actor, and refusals as problem details."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView, exception_handler, set_rollback

from accounts.actors import actor_for
from accounts.api.once import KeyReused, once
from ledger.acts import ActError, Actor, AlreadyMoved, Refused

Handler = Callable[[Exception, dict[str, Any]], Any]


class ActorView(APIView):
    """A call by somebody who acts for a unit. Verbs decide; a refusal carries every reason."""

    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "token"

    @property
    def actor(self) -> Actor:
        actor = actor_for(self.request)
        if actor is None:
            raise Http404
        return actor

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """What somebody is shown for himself is kept by no cache."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.setdefault("Cache-Control", "private, no-store")
        return answer

    def get_exception_handler(self) -> Handler:
        common = super().get_exception_handler()

        def handle(error: Exception, context: dict[str, Any]) -> Any:
            if isinstance(error, ActError):
                set_rollback()
                return problem_of(error)
            if isinstance(error, KeyReused):
                set_rollback()
                return reused(error)
            return (common or exception_handler)(error, context)

        return handle

    def once(self, request: Request, act: Callable[[], Any], again: Callable[[], Any] | None = None) -> int:
        """Does ``act``, which gives a row, once for the Idempotency-Key of the call; the row's key."""
        found = once(request, self.actor, lambda: int(act().pk), again)
        assert found is not None
        return found

    @staticmethod
    def read(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
        """The validated body."""
        found = serializer(data=request.data)
        found.is_valid(raise_exception=True)
        return found.validated_data


def reused(error: KeyReused) -> Any:
    """422: the Idempotency-Key came before, with another call."""
    from rest_framework.response import Response

    body = {"type": "key-reused", "title": "Key used before", "status": 422, "detail": str(error.message)}
    return Response(body, status=422, content_type="application/problem+json")


def problem_of(error: ActError) -> Any:
    """403 refused, 409 already moved, 422 incomplete: problem details (RFC 9457)."""
    from rest_framework.response import Response

    body: dict[str, Any] = {"status": error.status, "detail": str(error)}
    if isinstance(error, AlreadyMoved):
        body |= {"type": "already-moved", "title": "Already decided", "state": error.state}
        if error.at:
            body |= {"last_verb": error.verb, "last_at": error.at.isoformat()}
    elif isinstance(error, Refused):
        problems = getattr(error, "problems", None)
        stale = "newer_version" in error.reasons.codes
        body |= {
            "type": "incomplete" if problems else "already-moved" if stale else "refused",
            "title": "Incomplete" if problems else "Already decided" if stale else "Refused",
            "status": 409 if stale else error.status,
        }
        if problems:
            body["errors"] = [problem.as_dict() for problem in problems]
        else:
            body["reasons"] = [
                {
                    name: str(value)
                    for name, value in (("code", r.code), ("message", r.message), ("article", r.article))
                    if value
                }
                for r in error.reasons
            ]
    else:
        body |= {"type": str(error.code).replace("_", "-"), "title": "Refused"}
    return Response(body, status=body["status"], content_type="application/problem+json")


class Moment(serializers.DateTimeField):
    """A moment with its offset."""
