"""Each thing that the law wants from a provider is asked, and a filing without it is not handed in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from providers import schema
from providers.queries import policy_day, policy_of, working_copy
from rulebook.time import ZONE
from tests import factories_filings as filings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules(freeze: Any) -> None:
    filings.calendar()
    filings.policy()
    freeze(filings.NOW)


def problems_without(key: str, **more: Any) -> set[str]:
    """Fields with an error once the answer to ``key`` is taken away."""
    filing = filings.draft(of=filings.app(**more))
    document = working_copy(filing)
    part, _dot, name = key.partition(".")
    document[part].pop(name, None)
    found = schema.validate(document, policy_of(filing, filings.NOW), filing.kind, policy_day(filing, filings.NOW))
    return {problem.field_key for problem in found if problem.is_error}


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("app.user_groups", marks=pytest.mark.requirement("R1")),
        pytest.param("app.purpose", marks=pytest.mark.requirement("R1")),
        pytest.param("app.stages", marks=pytest.mark.requirement("R9")),
        pytest.param("app.functions", marks=pytest.mark.requirement("R9")),
        pytest.param("unit.department", marks=pytest.mark.requirement("R14")),
        pytest.param("unit.responsible", marks=pytest.mark.requirement("R24")),
        pytest.param("system.mlps_level", marks=pytest.mark.requirement("R45")),
        pytest.param("system.data_protection", marks=pytest.mark.requirement("R57")),
        pytest.param("system.service_agreement_url", marks=pytest.mark.requirement("R68")),
        pytest.param("system.complaint_days", marks=pytest.mark.requirement("R70")),
    ],
)
def test_filing_without_it_is_incomplete(key: str) -> None:
    assert key in problems_without(key)


@pytest.mark.requirement("R25")
@pytest.mark.parametrize("key", ["app.miniprogram_id", "app.official_account"])
def test_mini_programs_and_official_accounts_belong_to_the_inventory(key: str) -> None:
    assert key in {item.key for _section, item in schema.fields("initial")}


@pytest.mark.requirement("R52", "R65")
@pytest.mark.parametrize("key", ["app.school_resources", "system.has_certificates"])
def test_what_is_encouraged_is_asked_and_never_required(key: str) -> None:
    assert key in {item.key for _section, item in schema.fields("initial")}
    assert key not in problems_without(key)


@pytest.mark.requirement("R67")
@pytest.mark.parametrize("key", ["app.staff_content", "app.staff_technical", "app.staff_service"])
def test_staffing_is_declared(key: str) -> None:
    assert key in {item.key for _section, item in schema.fields("initial")}


@pytest.mark.requirement("R7")
def test_entry_page_says_that_the_number_is_valid_in_the_whole_country(client: Any) -> None:
    entry = filings.app_of(filings.approved()).entry
    page = client.get(f"/registry/{entry.number}/", follow=True).content.decode()
    assert "全国" in page


@pytest.mark.requirement("R34")
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 9, 27, 3, 0, tzinfo=ZONE),  # a Sunday, in the night
        datetime(2026, 10, 1, 0, 0, tzinfo=ZONE),  # the National Day
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=ZONE),  # the last second of the year
    ],
)
def test_filing_is_a_standing_service_on_any_day(moment: datetime, freeze: Any, client: Client) -> None:
    filings.calendar()
    filings.policy()
    freeze(moment)
    assert filings.submitted(now=moment).submitted_at == moment
    home = client.get("/").content.decode()
    assert reverse("account_signup") in home or reverse("account_login") in home
