"""The account pages and the inbox in Chromium: axe, width, keyboard-free flows, at 1280 and 390 pixels."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.actors import SESSION_KEY, actor_for_membership
from accounts.domain import invite, issue_token
from accounts.enums import MembershipStatus, Role
from accounts.models import Membership
from notices.domain import serve
from rulebook.time import now
from tests import factories
from tests.browser_fixtures import assert_fits

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[1280, 390])
def browse(
    request: pytest.FixtureRequest, new_page: Callable[..., Any], live_server: Any
) -> Callable[..., Any]:
    """``browse(member, path)``: the page at this width, signed in as the member."""

    pages: dict[int | None, Any] = {}

    def opened(member: Membership | None, language: str) -> Any:
        """The member's window: one for all his pages, since opening one takes longer than many a page."""
        key = member.pk if member else None
        if key in pages:
            pages[key].set_viewport_size({"width": request.param, "height": 900})
            return pages[key]
        page = pages[key] = new_page(width=request.param, language=language)
        if member is not None:
            client = Client()
            client.force_login(member.person, backend=settings.AUTHENTICATION_BACKENDS[0])
            session = client.session
            session[SESSION_KEY] = member.pk
            session.save()
            cookie = {
                "name": settings.SESSION_COOKIE_NAME,
                "value": session.session_key,
                "url": live_server.url,
            }
            page.context.add_cookies([cookie])
        return page

    def go(member: Membership | None, path: str, language: str = "zh-CN") -> Any:
        page = opened(member, language)
        answer = page.goto(live_server.url + path)
        assert answer.status < 400, (path, answer.status)
        folder = os.environ.get("PORTAL_SCREENSHOTS")
        if folder:
            name = path.strip("/").replace("/", "-").split("?")[0] or "home"
            page.screenshot(path=f"{folder}/{name[:40]}-{language}-{request.param}.png", full_page=True)
        return page

    return go


@pytest.mark.parametrize(("browse", "language"), [(1280, "zh-CN"), (390, "en")], indirect=["browse"])
def test_account_pages_are_accessible_and_fit(
    browse: Callable[..., Any], assert_accessible: Callable[..., None], language: str
) -> None:
    lead = factories.membership(Role.REVIEW_LEAD, unit=factories.authority("11"))
    factories.membership(Role.REVIEWER, unit=lead.unit)
    factories.membership(Role.REVIEWER, unit=lead.unit, status=MembershipStatus.REQUESTED)
    factories.membership(Role.PROVIDER_OWNER, person=lead.person)
    by = actor_for_membership(lead)
    _row, secret = invite(
        unit=factories.authority("110108"), email="long.address.of.somebody@example.test", role=Role.REVIEWER,
        by=by, now=now(), name="赵示例",
    )  # fmt: skip
    issue_token(membership=lead, label="统计程序", scope="authority", days=30, by=by, now=now())
    notice = serve(
        kind="filing_submitted",
        to_unit=lead.unit,
        subject=None,
        params={"app_name": "榆荚阅读", "case_no": "BJ-2026-000001", "provider_name": "示例公司",
                "due_day": "2026-10-15",
                "authority": lead.unit.name},
        now=now(),
    )  # fmt: skip
    names = ["account_home", "members", "invitations", "tokens", "register_unit", "join_unit", "inbox",
             "notice_preferences"]  # fmt: skip
    visits = [(lead, reverse(name)) for name in names]
    visits += [(lead, reverse("notice", args=[notice.pk])), (None, reverse("accept_invitation", args=[secret]))]
    for member, path in visits:
        page = browse(member, path, language)
        assert_accessible(page)
        page.set_viewport_size({"width": 1670 - page.viewport_size["width"], "height": 900})  # the other of both
        assert_fits(page)


def test_registering_names_the_authority_as_the_province_is_chosen(
    browse: Callable[..., Any], assert_accessible: Callable[..., None]
) -> None:
    factories.authority("44")
    person = factories.person()
    waiting = factories.membership(person=person, status=MembershipStatus.REQUESTED)
    page = browse(waiting, reverse("register_unit"))
    page.select_option("[name=province]", "44")
    page.wait_for_selector("#competence b")
    assert page.text_content("#competence b") in ("广东省教育厅", "Department of Education of Guangdong")
    page.fill("[name=name]", "示例公司")
    page.fill("[name=uscc]", "91110108MA01TE5T3X")
    page.check("[name=kind][value=enterprise]")
    page.click("main form button.btn-primary")
    page.wait_for_selector(".p-err")
    assert page.locator(".p-err a").first.get_attribute("href") == "#id_uscc"
    assert page.input_value("[name=name]") == "示例公司"
    assert_accessible(page)
    page.fill("[name=uscc]", "91110108MA01TE5T3U")
    page.click("main form button.btn-primary")
    page.wait_for_url(lambda url: "/unit/new" not in url)
    assert Membership.objects.filter(unit__uscc="91110108MA01TE5T3U", person=person).exists()
