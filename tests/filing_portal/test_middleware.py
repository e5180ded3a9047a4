"""Input that no database can hold is answered with 400 and a reason, in pages and interfaces."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from accounts.enums import Role
from tests import factories
from tests import factories_filings as filings

pytestmark = pytest.mark.django_db


def test_nul_in_a_saved_field_is_a_bad_request(freeze) -> None:  # type: ignore[no-untyped-def]
    filings.calendar()
    filings.policy()
    freeze(filings.NOW)
    filing = filings.draft()
    from providers import domain

    client = factories.client_for(factories.membership(role=Role.PROVIDER_OWNER, unit=filing.unit))
    answer = client.post(reverse("provider_home") + "start/", {"kind": "initial", "name": "a\x00b", "system": "1"})
    assert answer.status_code == 302
    with pytest.raises(Exception, match="0000|NUL"):
        domain.save_part(
            filing=filing, part="app", values={"purpose": "\x00"}, by=filings.actor_in(filing.unit), now=filings.NOW
        )


@pytest.mark.parametrize("path", ["/?q=%00", "/v/%00", "/registry/%00/", "/lists/revoked/?after=%00"])
def test_nul_in_an_address_gives_no_error_page(client, path: str) -> None:  # type: ignore[no-untyped-def]
    assert client.get(path).status_code < 500


def test_nul_in_an_interface_gives_a_problem(client) -> None:  # type: ignore[no-untyped-def]
    answer = client.post(
        "/api/v1/registry/verify/", json.dumps({"numbers": ["\x00"]}), content_type="application/json"
    )
    assert answer.status_code < 500
