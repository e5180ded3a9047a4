"""Calls of the interface with a personal token."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.actors import actor_for_membership
from accounts.domain import tokens
from accounts.models import Membership
from ledger.acts import Actor
from tests import factories_supervision as make


class Caller:
    """Calls in the name of a membership."""

    def __init__(self, member: Membership, scope: str) -> None:
        _token, secret = tokens.issue_token(
            membership=member, scope=scope, label="test", days=30, by=actor_for_membership(member), now=make.NOW
        )
        self.member = member
        self.head: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
        self.client = Client()

    def get(self, name: str, *args: Any, **query: Any) -> Any:
        return self.client.get(reverse(name, args=args), query, **self.head)

    def post(self, name: str, *args: Any, once: str = "", **body: Any) -> Any:
        """``once``: the Idempotency-Key."""
        more = {"HTTP_IDEMPOTENCY_KEY": once} if once else {}
        return self.client.post(
            reverse(name, args=args), json.dumps(body), content_type="application/json", **self.head, **more
        )

    def put(self, name: str, *args: Any, **body: Any) -> Any:
        return self.client.put(
            reverse(name, args=args), json.dumps(body), content_type="application/json", **self.head
        )


def calls(actor: Actor, scope: str = "authority") -> Caller:
    """The caller of an actor that the factories made."""
    member = Membership.objects.select_related("unit", "person").get(
        person_id=actor.person_id, unit_id=actor.unit_id, role=actor.role
    )
    return Caller(member, scope)
