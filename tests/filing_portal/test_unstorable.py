"""Values that no column can hold, and file-like values that are no files, are turned away or passed over."""

from __future__ import annotations

import base64
import json

import pytest
from django.test import Client

from accounts.enums import Role
from ledger.models import Record
from ledger.text import storable
from providers.queries import files_in
from tests import factories

pytestmark = pytest.mark.django_db


def cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(("text", "good"), [("教育", True), ("a\x00", False), ("\ud800", False), (None, False)])
def test_storable(text: object, good: bool) -> None:
    assert storable(text) is good


@pytest.mark.parametrize("key", ["numbers", "package_ids"])
def test_half_a_character_in_a_bulk_call_is_a_bad_request(client: Client, key: str) -> None:
    body = json.dumps({key: ["\ud800"]})
    assert client.post("/api/v1/registry/verify/", body, content_type="application/json").status_code == 400


@pytest.mark.parametrize("value", [["+", "\ud800", 1], ["+", "2026-01-01T00:00:00", 1], ["+", "x", 1.5]])
def test_junk_cursor_of_the_registry_is_no_error_page(client: Client, value: object) -> None:
    address = f"/api/v1/registry/entries/?sort=name&after={cursor(value)}"
    assert client.get(address).status_code < 500


@pytest.mark.parametrize("value", [["\ud800", 1], ["2026-01-01T00:00:00", 1], [None, 10**30], [None, 1.5]])
def test_junk_cursor_of_the_queue_is_no_error_page(value: object) -> None:
    reviewer = factories.client_for(factories.membership(role=Role.REVIEWER, unit=factories.authority("11")))
    for sort in ("due", "name"):
        assert reviewer.get("/review/", {"after": cursor(value), "sort": sort}).status_code < 500


def test_value_that_only_looks_like_a_file_is_none() -> None:
    real = {"id": 7, "sha256": "a" * 64, "name": "a.pdf"}
    document = {"app": {"ads_description": {"id": [1], "sha256": "y"}, "icon_file": real}}
    assert list(files_in(document)) == [("app.icon_file", real)]


def test_person_amended_by_an_administrator_stands_in_the_ledger() -> None:
    admin = factories.person(is_staff=True, is_superuser=True)
    other = factories.person()
    client = Client()
    client.force_login(admin, backend="accounts.backends.Backend")
    form = {"name": other.name, "language": "zh-hans", "is_staff": "on"}
    assert client.post(f"/admin/accounts/person/{other.pk}/change/", form).status_code == 302
    record = Record.objects.get(subject_type="accounts.person", subject_id=other.pk, verb="amend_person")
    assert record.payload["is_active"] is False
    assert other.name not in record.body
