"""Editions of the published lists: as of which day one may be published."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from blacklist.models import ListEdition
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make
from tests.supervision.api_caller import calls

pytestmark = pytest.mark.django_db

AHEAD = "2026-09-01"  # the day after NOW


@pytest.fixture(autouse=True)
def _today(freeze: Any) -> None:
    freeze(make.NOW)
    filings.calendar()


@pytest.mark.requirement("R144")
def test_a_list_of_a_day_that_lies_ahead_is_refused_beside_the_field() -> None:
    by = make.lead()
    call = calls(by)
    refused = call.post("api_authority_editions", kind="black", as_of=AHEAD)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/as_of")
    client: Client = factories.client_for(call.member)
    page = client.post(
        reverse("sv_lists_act", args=[by.unit_id, "publish"]), {"kind": "black", "as_of": AHEAD},
        HTTP_ACCEPT_LANGUAGE="en",
    )  # fmt: skip
    field = page.content.decode().partition('id="id_publish_as_of_error"')[2][:600]
    assert page.status_code == 422
    assert "This day lies in the future." in field and AHEAD in field
    assert not ListEdition.objects.exists()
    assert call.post("api_authority_editions", kind="black", as_of="2026-08-31").status_code == 201
