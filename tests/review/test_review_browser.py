"""The review in a real browser: accessible, narrow and wide, in both languages; verdicts without reloading."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from providers import domain as provider_verbs
from review import domain as review_verbs
from rulebook.domain.seeds import seed_articles, seed_policies
from tests import factories
from tests import factories_filings as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(freeze, settings):
    """A queue with some of everything, and a resubmitted case with one note."""
    freeze(make.NOW)
    make.calendar()
    seed_policies(now=make.NOW)
    seed_articles()
    lead = factories.membership(role=Role.REVIEW_LEAD, unit=factories.authority("11"))
    by = make.actor_in(lead.unit, Role.REVIEW_LEAD)
    unit = factories.unit(name="北京算筹启明信息技术有限公司")
    make.material(unit, "营业执照.pdf", stored=True)
    extra = {"extra.staffing": "专职8人"}
    filing = make.submitted(of=make.app(unit, name="算筹口算", **extra))
    make.submitted(of=make.app(unit, name="日晷课表", **extra), now=make.NOW - timedelta(days=15))
    make.returned(of=make.app(unit, name="雁书家校", **extra))
    review_verbs.give_verdict(filing=filing, field_key="app.version", ok=False, note="请核对", by=by, now=make.NOW)
    filing = review_verbs.return_for_correction(filing=filing, by=by, now=make.NOW)
    owner = make.actor_in(unit)
    values = {"version": "2.0.1", "age_to": 18}
    provider_verbs.save_part(filing=filing, part="app", values=values, by=owner, now=make.NOW)
    filing = provider_verbs.submit(filing=filing, by=owner, now=make.NOW)
    return lead, filing


def signed_in(page, live_server, member, language: str = "zh-hans"):
    cookie = factories.client_for(member).cookies["sessionid"].value
    page.context.add_cookies(
        [
            {"name": "sessionid", "value": cookie, "url": live_server.url},
            {"name": "django_language", "value": language, "url": live_server.url},
        ]
    )
    return page


@pytest.mark.parametrize(("width", "language"), [(1280, "zh-hans"), (390, "en")])
def test_pages_are_accessible(world, live_server, new_page, assert_accessible, width, language):
    lead, filing = world
    page = signed_in(new_page(width=width), live_server, lead, language)
    case = reverse("case", args=[filing.pk])
    for address in (
        reverse("review_home"), case, case + "?note=app.version", case + "?tab=content", case + "?tab=provider",
        case + "?tab=ledger", case + "?tab=materials", reverse("review_hand_over"),
        reverse("case_assign", args=[filing.pk]),
    ):  # fmt: skip
        page.goto(live_server.url + address)
        assert_accessible(page, leave_out=["iframe"])


def test_case_is_verified_and_returned_in_the_browser(world, live_server, new_page):
    lead, filing = world
    page = signed_in(new_page(), live_server, lead, "en")
    page.goto(live_server.url + reverse("case", args=[filing.pk]))
    page.click("#ok-f-app-version")
    page.wait_for_selector("#ok-f-app-version[aria-pressed=true]")
    page.click("#note-f-app-age_to")
    page.fill("#n-f-app-age_to", "Say why the range was widened.")
    page.click("text=Save note")
    page.wait_for_selector(".is-note >> text=Say why the range was widened.")
    page.click("text=See the notice first")
    assert "Say why the range was widened." in page.inner_text(".rv-letter")
    page.click("text=Send and return")
    page.wait_for_selector(".p-st--act.p-st--lg")
    assert make.fresh(filing).state == "returned"
    assert filing.return_notes.get(version=2).field_key == "app.age_to"


def test_file_is_shown_in_place(world, live_server, new_page):
    lead, filing = world
    page = signed_in(new_page(), live_server, lead)
    with page.expect_response(lambda answer: "/materials/" in answer.url) as shown:
        page.goto(live_server.url + reverse("case", args=[filing.pk]) + "?tab=materials")
    assert shown.value.status == 200
    assert shown.value.headers["content-type"] == "application/pdf"


def test_stale_tab_in_the_browser_is_told(world, live_server, new_page):
    lead, filing = world
    page = signed_in(new_page(), live_server, lead, "en")
    page.goto(live_server.url + reverse("case", args=[filing.pk]))
    colleague = make.actor_in(lead.unit, Role.REVIEWER)
    review_verbs.return_for_correction(filing=filing, by=colleague, now=make.NOW, comment="请补正")
    page.fill("#id_comment", "late")
    page.click("text=See the notice first")
    assert colleague.person_name in page.inner_text("main")
