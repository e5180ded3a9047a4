"""The inbox by token: one's own, in one's language, read once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import actor_for_membership
from accounts.domain import issue_token
from accounts.enums import Role
from accounts.models import Membership
from notices.domain import serve
from notices.models import Notice
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(freeze: Any) -> None:
    freeze(NOW)


def headers(member: Membership, scope: str = "provider") -> dict[str, str]:
    by = actor_for_membership(member)
    _token, secret = issue_token(membership=member, label="x", scope=scope, days=30, by=by, now=NOW)
    return {"authorization": f"Bearer {secret}"}


def served(member: Membership, number: int = 1, **more: Any) -> Notice:
    return serve(
        kind="filing_declined", to_unit=member.unit, subject=None, now=NOW + timedelta(seconds=number),
        params={"app_name": f"应用{number}", "reason": "不属于备案范围"}, **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "scope"),
    [(Role.PROVIDER_OWNER, "provider"), (Role.REVIEWER, "authority"), (Role.INSTITUTION_STAFF, "read")],
)
def test_inbox_is_read_by_tokens_of_any_scope(role: str, scope: str) -> None:
    member = factories.membership(role)
    own, others = served(member), served(factories.membership(Role.PROVIDER_OWNER))
    token = headers(member, scope)
    body = Client().get(reverse("api_notices"), headers=token).json()
    assert (body["unread"], body["next"], [row["id"] for row in body["results"]]) == (1, None, [own.pk])
    assert "应用1" in body["results"][0]["title"]
    assert Client().get(reverse("api_notice", args=[own.pk]), headers=token).json()["first_read_at"] is None
    for pk in (others.pk, 2**70):
        assert Client().get(f"{reverse('api_notices')}{pk}/", headers=token).status_code == 404
    assert Client().get(reverse("api_notices")).status_code == 401


def test_notice_is_marked_as_read_once_and_not_by_a_reading_token() -> None:
    member = factories.membership(Role.PROVIDER_OWNER)
    row = served(member)
    address = reverse("api_notice_read", args=[row.pk])
    assert Client().post(address, headers=headers(member, "read")).status_code == 403
    token = headers(member)
    first = Client().post(address, headers=token).json()["first_read_at"]
    assert first is not None
    assert Client().post(address, headers=token).json()["first_read_at"] == first
    other = headers(factories.membership(Role.PROVIDER_OWNER))
    assert Client().post(address, headers=other).status_code == 404
    assert Notice.objects.get(pk=row.pk).first_read_by_id == member.person_id


def test_inbox_is_paged_by_key_and_filtered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notices.api.PAGE", 2)
    member = factories.membership(Role.PROVIDER_OWNER)
    rows = [served(member, number, legal=number != 2) for number in range(1, 4)]
    token = headers(member)
    first = Client().get(reverse("api_notices"), headers=token).json()
    assert [row["id"] for row in first["results"]] == [rows[2].pk, rows[1].pk]
    second = Client().get(reverse("api_notices"), {"before": first["next"]}, headers=token).json()
    assert ([row["id"] for row in second["results"]], second["next"]) == ([rows[0].pk], None)
    legal = Client().get(reverse("api_notices"), {"show": "legal"}, headers=token).json()
    assert [row["id"] for row in legal["results"]] == [rows[2].pk, rows[0].pk]
    assert Client().get(reverse("api_notices"), {"before": "x" * 40}, headers=token).status_code == 200
    english = Client().get(reverse("api_notices"), headers={**token, "accept-language": "en"}).json()
    assert english["results"][0]["title"].startswith("Declined")
