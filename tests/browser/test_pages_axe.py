"""Public pages, sign-in and workspaces: accessible, no script errors, within the content policy, in both languages.

The fixture ``new_page`` fails a test in which any page had a script error or broke the policy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from filing_portal.demo.accounts import ACCOUNTS, PASSWORD
from tests.browser import steps

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PUBLIC = [
    "/", "/?q=阅读", "/?q=没有这个应用", "/lists/", "/lists/filed/", "/lists/revoked/", "/v/", "/v/教APP备1100001号",
    "/v/教APP备110213号", "/v/京ICP备14035507号-25A", "/articles/", "/articles/me-13/", "/guide/", "/accessibility/",
    "/privacy/", "/opendata/", "/contact/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/",
    "/complaints/new/?kind=complaint", "/lists/blacklist/", "/lists/editions/", "/circulars/", "/no-such-page/",
]  # fmt: skip
ACCOUNT = ["/account/", "/account/tokens/", "/account/members/", "/notices/", "/notices/preferences/",
           "/accounts/password/change/", "/accounts/sessions/", "/accounts/2fa/"]  # fmt: skip
WORK = {
    "provider@demo.test": ["/provider/", "/provider/apps/", "/provider/unit/", "/provider/start/",
                           "/provider/supervision/"],
    "reviewer.bj@demo.test": ["/review/queue/", "/supervision/", "/supervision/campaigns/new/"],
    "lead.bj@demo.test": ["/review/queue/", "/review/hand-over/", "/account/invitations/", "/supervision/listings/"],
    "ministry@demo.test": ["/review/queue/"],
    "partner.bj@demo.test": ["/supervision/partner/"],
    "newcomer@demo.test": ["/account/unit/new/", "/account/unit/join/"],
    "school@demo.test": [
        "/account/", "/institution/", "/institution/uses/", "/institution/select/?q=阅读", "/institution/select/own/",
        "/institution/unit/",
    ],
    "university@demo.test": ["/institution/"],
}
WIDE, NARROW = 1280, 390
LANGUAGES = {"zh": ("zh-CN", "zh-hans"), "en": ("en-GB", "en")}


def known(addresses: list[str]) -> list[str]:
    """Those that the portal has; a page of another room may not stand yet."""
    from django.urls import Resolver404, resolve

    found = []
    for address in addresses:
        try:
            resolve(address.split("?")[0])
        except Resolver404:
            if address != "/no-such-page/":
                continue
        found.append(address)
    return found


def test_pages_are_accessible(
    running_stack: Any, new_page: Callable[..., Any], assert_accessible: Callable[..., None]
) -> None:
    """Every page wide and narrow, in Chinese and in English, on one set of demonstration data."""
    running_stack.manage("seed_demo")
    url = running_stack.url
    wrong: list[str] = []
    looked = 0
    for language, (locale, code) in LANGUAGES.items():

        def opened(locale: str = locale, code: str = code) -> Any:
            page = new_page(width=WIDE, language=locale)
            page.context.add_cookies([{"name": "django_language", "value": code, "url": url}])
            return page

        page = opened()
        visits = [(page, address) for address in known(PUBLIC)]
        for email, addresses in WORK.items():
            page = opened()
            steps.sign_in(page, url, email)
            own = ACCOUNT if email == "provider@demo.test" else []
            visits += [(page, address) for address in known([*own, *addresses])]
        for page, address in visits:
            page.goto(url + address)
            for width in (WIDE, NARROW):  # the same page, as a window that is made narrow
                looked += 1
                page.set_viewport_size({"width": width, "height": 900})
                try:
                    assert (page.locator("html").get_attribute("lang") or "").lower().startswith(language)
                    expect(page.locator("h1")).to_have_count(1)
                    assert_accessible(page)
                except AssertionError as error:
                    wrong.append(f"{address} ({language}, {width}): {error}")
            page.set_viewport_size({"width": WIDE, "height": 900})
            if address == "/accounts/login/":
                wrong += missing_accounts(page.locator("main").inner_text())
    assert not wrong, "\n\n".join(wrong)
    assert looked >= 4 * 25


def missing_accounts(text: str) -> list[str]:
    """What the sign-in page of a demonstration does not say of its accounts."""
    said = [PASSWORD, *(account.email for account in ACCOUNTS if account.email != "newcomer@demo.test")]
    return [f"the sign-in page lacks {one}" for one in said if one not in text]
