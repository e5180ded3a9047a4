"""Entries in the administration: found by the public search's index, never counted, never changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "admin:registry_entry_changelist"


@pytest.fixture
def administrator() -> Client:
    person = factories.person("root@example.test", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(person, backend="accounts.backends.Backend")
    return client


@pytest.mark.parametrize("q", ["教APP备1100001号", "1100001", "榆荚", "91110108MA01TE5T3U"])
def test_entry_is_found_by_number_code_and_words(q: str, administrator: Client, make_entry: Any) -> None:
    entry = make_entry()
    make_entry(app_name="别的", provider_name="别的公司", uscc="52110000MJ01A23XXA")
    page = administrator.get(reverse(LIST), {"q": q}).content.decode()
    assert entry.number in page
    assert "教APP备1100002号" not in page


@pytest.mark.parametrize("q", ["' OR 1=1 --", "& | !", "没有"])
def test_nothing_is_found_and_nothing_breaks(q: str, administrator: Client, make_entry: Callable[..., Entry]) -> None:
    make_entry()
    answer = administrator.get(reverse(LIST), {"q": q})
    assert answer.status_code == 200
    assert "1100001" not in answer.content.decode()


def test_lists_count_no_big_table_and_page_shows_the_whole_entry(administrator: Client, make_entry: Any) -> None:
    entry = make_entry(state="rectifying")
    with CaptureQueriesContext(connection, ) as said:
        assert administrator.get(reverse(LIST)).status_code == 200
        assert administrator.get(reverse(LIST), {"state__exact": "rectifying", "q": "榆荚"}).status_code == 200
    assert not [q["sql"] for q in said if "COUNT(" in q["sql"].upper() and "registry_entry" in q["sql"]]
    page = administrator.get(reverse("admin:registry_entry_change", args=[entry.pk])).content.decode()
    assert "朗读录音" in page
    assert "order_rectification" in page
    assert administrator.get(reverse("admin:registry_numbersequence_changelist")).status_code == 200


def test_entries_and_sequences_cannot_be_changed(administrator: Client, make_entry: Any) -> None:
    entry = make_entry()
    for name in ("entry", "numbersequence"):
        assert administrator.get(reverse(f"admin:registry_{name}_add")).status_code == 403
    change = reverse("admin:registry_entry_change", args=[entry.pk])
    assert administrator.post(change, {"state": "revoked"}).status_code == 403
    delete = reverse("admin:registry_entry_delete", args=[entry.pk])
    assert administrator.post(delete, {"post": "yes"}).status_code == 403
    administrator.post(reverse(LIST), {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    assert Entry.objects.get(pk=entry.pk).state == "published"
