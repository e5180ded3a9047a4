"""By token a provider finds its apps and what can be begun for each, and compares any two versions."""

from __future__ import annotations

import pytest

from accounts.models import Unit
from providers import domain as provider_verbs
from review import domain as review_verbs
from tests import factories
from tests import factories_filings as make
from tests.review.test_api import authority, provider

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(freeze) -> None:
    freeze(make.NOW)
    make.calendar()


def test_apps_say_what_can_be_begun_and_lead_to_a_change() -> None:
    filing = make.approved()
    make.approved(factories.unit(province="44"))  # of somebody else
    caller = provider(filing)
    page = caller.get("api_provider_apps").json()
    (app,) = page["results"]
    assert page["next_after"] is None
    assert (app["id"], app["number"], app["status"], app["open_filing"]) == (
        filing.app_id, make.fresh(filing).entry.number, "published", None,
    )  # fmt: skip
    assert app["possible"] == ["change", "cancel"]
    begun = caller.post("api_provider_filings", body={"kind": "change", "app": app["id"]})
    assert begun.status_code == 201
    (app,) = caller.get("api_provider_apps").json()["results"]
    assert (app["open_filing"], app["possible"]) == (begun.json()["id"], [])
    systems = caller.get("api_provider_systems").json()
    assert [one["id"] for one in systems] == [app["system"]]
    assert authority().get("api_provider_apps").status_code == 403


def supplemented():
    """Three versions whose app version tells them apart."""
    filing = make.submitted()
    for number in ("2", "3"):
        filing = review_verbs.return_for_correction(
            filing=make.fresh(filing), by=make.reviewer_of(filing), now=make.NOW, comment="请补正"
        )
        owner = make.actor_in(Unit.objects.get(pk=filing.unit_id))
        values = {"version": f"{number}.9.9"}
        provider_verbs.save_part(filing=filing, part="app", values=values, by=owner, now=make.NOW)
        filing = provider_verbs.submit(filing=make.fresh(filing), by=owner, now=make.NOW)
    return filing


@pytest.mark.requirement("R37")
def test_any_two_versions_are_compared_by_token() -> None:
    filing = supplemented()
    caller = provider(filing)
    newest = caller.get("api_provider_diff", filing.pk).json()
    assert (newest["old"], newest["new"]) == (2, 3)
    far = caller.get("api_provider_diff", filing.pk, old=1, new=3).json()
    assert (far["old"], far["new"]) == (1, 3)
    (change,) = far["changes"]
    assert (change["field_key"], change["new"]) == ("app.version", "3.9.9")
    assert authority().get("api_authority_diff", filing.pk).json()["against"] == 2
    assert authority().get("api_authority_diff", filing.pk, against="1").json()["against"] == 1
    stranger = provider(make.submitted(factories.unit(province="44")))
    assert stranger.get("api_provider_diff", filing.pk).status_code == 404
