"""What an adversary found and was mended: limits, proxies, deep documents, unrecorded changes."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client, RequestFactory
from django.urls import reverse
from rest_framework.throttling import ScopedRateThrottle

from accounts.actors import actor_for_membership
from accounts.domain import issue_token
from accounts.enums import Role
from accounts.models import Membership
from ledger.acts import Refused
from ledger.queries import timeline
from providers import domain
from providers.domain.errors import FileRefused
from tests import factories
from tests import factories_filings as filings
from tests.api.test_registry_api import BASE, call

pytestmark = pytest.mark.django_db
DEEP = "[" * 100_000


def token_of(member: Membership, scope: str = "provider") -> dict[str, str]:
    by = actor_for_membership(member)
    _row, secret = issue_token(membership=member, label="x", scope=scope, days=30, by=by, now=filings.NOW)
    return {"authorization": f"Bearer {secret}"}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "10.0.0.1"),  # nobody stands in front: what the caller says of himself counts for nothing
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # what was there before our proxy is the caller's word
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
    ],
)
def test_sign_in_limits_go_by_the_address_that_our_own_proxies_saw(
    settings: Any, proxies: int, forwarded: str, address: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert get_adapter().get_client_ip(request) == address


def test_number_of_proxies_comes_from_the_environment() -> None:
    import subprocess
    import sys

    code = "from filing_portal.settings import base; print(base.ALLAUTH_TRUSTED_PROXY_COUNT)"
    for value, said in (("", "0"), ("2", "2")):
        environment = {"PATH": "/usr/bin:/bin", **({"PORTAL_PROXIES": value} if value else {})}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == said


@pytest.mark.parametrize("role", [Role.PROVIDER_OWNER, Role.REVIEWER])
def test_interfaces_are_throttled(role: str, monkeypatch: pytest.MonkeyPatch, freeze: Any) -> None:
    freeze(filings.NOW)
    cache.clear()
    monkeypatch.setitem(ScopedRateThrottle.THROTTLE_RATES, "token", "2/min")
    scope = "provider" if role == Role.PROVIDER_OWNER else "authority"
    name = "api_provider_filings" if role == Role.PROVIDER_OWNER else "api_authority_queue"
    headers = token_of(factories.membership(role), scope)
    answers = [Client().get(reverse(name), headers=headers).status_code for _time in range(3)]
    assert answers == [200, 200, 429]
    cache.clear()


def test_files_of_a_unit_are_limited_in_the_verb_that_pages_and_interface_share() -> None:
    filings.policy(limits={"materials_per_filing": 1})
    unit = factories.unit()
    for _file in range(20):
        filings.material(unit)
    with pytest.raises(FileRefused):
        domain.add_material(
            unit=unit, upload=ContentFile(b"x"), name="x.pdf", content_type="application/pdf", sha256="0" * 64,
            pages=1, scan="clean", by=filings.actor_in(unit), now=filings.NOW,
        )  # fmt: skip
    assert unit.materials.count() == 20


@pytest.mark.parametrize(
    ("limit", "code"), [("drafts_per_unit", "too_many_drafts"), ("apps_per_unit", "too_many_apps")]
)
def test_apps_and_drafts_of_a_unit_are_limited_by_the_policy(limit: str, code: str) -> None:
    filings.calendar()
    filings.policy(limits={limit: 1})
    filing = filings.draft()
    by, unit = filings.actor_in(filing.unit), filing.unit
    more: dict[str, Any] = {"unit": unit, "kind": "initial", "by": by, "now": filings.NOW}
    again = domain.start(app=filings.app_of(filing), **more)
    assert again.pk == filing.pk, "going on with what was begun is no second draft"
    with pytest.raises(Refused) as refused:
        domain.start(app_name="另一个应用", **more)
    assert refused.value.reasons.codes == [code]
    assert unit.apps.count() == 1


def test_what_an_administrator_changes_of_a_unit_stands_in_the_ledger() -> None:
    root = factories.person(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(root, backend="accounts.backends.Backend")
    unit = factories.unit()
    address = reverse("admin:accounts_unit_change", args=[unit.pk])
    form = {
        "name": "更正后的名称", "name_en": "", "school_code": "", "province_code": "44", "parent": "",
        "head_office": "", "functional_department": "", "responsible_persons": "[]", "active": "on",
    }  # fmt: skip
    answer = client.post(address, form)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    record = timeline(unit, audience="authority").get()
    assert (record.verb, record.actor_id) == ("amend_unit", root.pk)
    assert {"name", "province_code"} <= set(record.payload["fields"])
    assert (record.payload["name"], record.payload["province_code"]) == ("更正后的名称", "44")
    unit.refresh_from_db()
    assert (unit.name, unit.province_code) == ("更正后的名称", "44")


def test_deep_documents_are_bad_requests_everywhere(freeze: Any) -> None:
    freeze(filings.NOW)
    headers = token_of(factories.membership(Role.PROVIDER_OWNER))
    for path, who in (
        (f"{BASE}verify/", {}),
        (reverse("api_provider_filings"), headers),
    ):
        for body in (DEEP, '{"numbers":' + DEEP):
            answer = Client().post(path, body, content_type="application/json", headers=who)
            assert answer.status_code == 400, path
    place = base64.urlsafe_b64encode(DEEP.encode()).decode().rstrip("=")
    assert call(f"{BASE}entries/", QUERY_STRING=f"after={place}")[0] == 400  # the express lane
    assert Client().get(f"{BASE}entries/", {"after": place}).status_code == 400
    assert Client().get("/", {"after": place}).status_code == 200
