"""The quiet link at the end of a workspace page, and what the help centre says where the portal only informs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import Resolver404, resolve, reverse

from accounts.enums import Role
from guidance import places
from guidance.domain.seeds import packaged_pages
from tests import factories
from tests import factories_filings as filings
from tests import factories_guidance as make

PAGES = {page["slug"]: page for page in packaged_pages()}
LINK = re.compile(r'class="p-helplink" href="/help/([^/]+)/"')


def test_the_longest_beginning_of_a_name_says_the_page() -> None:
    assert places.place("filing_check", "provider") == places.PLACES["filing"]
    assert places.place("filing_done", "provider") == places.PLACES["filing_done"]
    assert places.place("inbox", "authority") == places.STARTS["authority"]
    assert places.place("inbox", "other") == ""


@pytest.mark.django_db
def test_page_without_a_link_of_its_own_ends_with_one_and_no_page_with_two(freeze: Any) -> None:
    freeze(filings.NOW)
    filings.calendar()
    filings.policy()
    for slug in ("first-filing", "review-queue", "working-days"):
        make.published(slug)
    filing = filings.submitted()
    reviewer = factories.client_for(
        factories.membership(unit=filing.authority, role=Role.REVIEWER)
    )
    provider = factories.client_for(filing.unit.memberships.get(role=Role.PROVIDER_OWNER))
    case, inbox = reverse("case", args=[filing.pk]), reverse("inbox")
    assert LINK.findall(reviewer.get(case).content.decode()) == ["review-queue"]
    assert LINK.findall(reviewer.get(inbox).content.decode()) == ["review-queue"]
    assert LINK.findall(provider.get(inbox).content.decode()) == ["first-filing"]
    draft = filings.draft(filing.unit)
    check = provider.get(reverse("filing_check", args=[draft.pk])).content.decode()
    assert LINK.findall(check) == ["working-days"], "the page says it itself"


@pytest.mark.django_db
def test_no_link_where_the_page_is_not_published() -> None:
    request = RequestFactory().get("/")
    request.resolver_match = resolve(reverse("inbox"))
    template = Template("{% load guidance %}{% help_here %}")

    class Portal:
        audience = "provider"

    assert template.render(Context({"request": request, "portal": Portal()})) == ""
    assert template.render(Context({})) == ""


@pytest.mark.requirement("R173")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_point_of_contact_with_the_national_systems_exists(language: str) -> None:
    named = re.findall(r"`(/[^`]+)`", PAGES["national-services"][f"body_{language}"])
    assert len(named) >= 10
    for address in named:
        try:
            resolve(address)
        except Resolver404:
            pytest.fail(address)


@pytest.mark.django_db
@pytest.mark.requirement("R158")
def test_parents_find_what_devices_can_do_for_them(client: Any) -> None:
    page = PAGES["parental-control"]
    make.published("parental-control", **{
        name: page[name] for name in ("title_zh", "title_en", "body_zh", "body_en", "keywords", "summary_zh",
                                      "summary_en")
    })  # fmt: skip
    found = client.get(reverse("help_home"), {"q": "家长控制"}).content.decode()
    assert reverse("help_section", args=["parental-control"]) in found
    shown = client.get(reverse("help_section", args=["parental-control"])).content.decode()
    assert reverse("article", args=["op-13"]) in shown


def test_every_place_names_a_page_that_is_packaged() -> None:
    assert set(places.PLACES.values()) | set(places.STARTS.values()) <= PAGES.keys()
