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


class Unread:
    """A body of which nothing may be read."""

    def read(self, *_size: int) -> bytes:
        raise AssertionError("the body was read")

    readline = read


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/accounts/login/", "text/html"), ("/api/v1/registry/verify/", "application/problem+json")],
)
def test_what_is_larger_than_any_form_is_refused_before_it_is_read(client, path: str, kind: str) -> None:  # type: ignore[no-untyped-def]
    answer = client.generic(
        "POST", path, content_type="multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": str(10**12), "wsgi.input": Unread()},
    )  # fmt: skip
    assert answer.status_code == 413
    assert answer["Content-Type"].startswith(kind)


def test_upload_by_script_gets_the_reason_as_json(client, settings) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_MAX_REQUEST_BYTES = 10
    answer = client.post("/accounts/login/", {"login": "x" * 50}, headers={"x-requested-with": "XMLHttpRequest"})
    assert answer.status_code == 413
    assert answer.json()["error"]


def test_usual_form_passes(client) -> None:  # type: ignore[no-untyped-def]
    assert client.post("/accounts/login/", {"login": "x", "password": "y"}).status_code == 200
