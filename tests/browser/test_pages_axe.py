"""Public pages, sign-in and workspaces: accessible, no script errors, within the content policy, in both languages.

The fixture ``new_page`` fails a test in which any page had a script error or broke the policy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from filing_portal.demo.accounts import ACCOUNTS, PASSWORD
from tests.browser import steps
from tests.browser_fixtures import assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PUBLIC = [
    "/", "/?q=阅读", "/?q=没有这个应用", "/lists/", "/lists/filed/", "/lists/revoked/", "/v/", "/v/教APP备1100001号",
    "/v/教APP备110213号", "/v/京ICP备14035507号-25A", "/articles/", "/articles/me-13/", "/guide/", "/accessibility/",
    "/privacy/", "/open-data/", "/contact/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/",
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
#: by e-mail, "" for nobody signed in: what is looked at
VISITS = {"": PUBLIC, **WORK, "provider@demo.test": [*ACCOUNT, *WORK["provider@demo.test"]]}
WIDE, NARROW = 1280, 390
#: the beginning of the page's language: the browser's, the portal's, and the width at which axe looks
LANGUAGES = {"zh": ("zh-CN", "zh-hans", WIDE), "en": ("en-GB", "en", NARROW)}
MISSING = ["/v/教APP备110213号", "/v/京ICP备14035507号-25A", "/no-such-page/"]  # neither is the number of an entry


def test_pages_are_accessible(
    running_stack: Any, new_page: Callable[..., Any], assert_accessible: Callable[..., None]
) -> None:
    """Every page wide and narrow, in Chinese and in English, on one set of demonstration data.

    The same elements stand in both languages: axe looks at them wide in Chinese and narrow in English.
    """
    running_stack.manage("seed_demo")
    url = running_stack.url
    wrong: list[str] = []
    signed_in: dict[str, list[Any]] = {}  # by e-mail: the cookies of who has signed in by the form
    looked = 0
    for language, (locale, code, own) in LANGUAGES.items():
        page = new_page(width=own, language=locale)  # one window: a new one takes longer than many a page
        for email, addresses in VISITS.items():
            page.context.clear_cookies()
            if email in signed_in:
                page.context.add_cookies(signed_in[email])
            elif email:
                steps.sign_in(page, url, email)
                signed_in[email] = page.context.cookies()
            page.context.add_cookies([{"name": "django_language", "value": code, "url": url}])
            for address in addresses:
                answer = page.goto(url + address)
                if (answer.status == 404) != (address in MISSING):
                    wrong.append(f"{address} ({language}): {answer.status}")
                # The window is made the other width on one page, and left so for the beginning of the next.
                now = page.viewport_size["width"]
                for width in (now, WIDE + NARROW - now):
                    looked += 1
                    if width != now:
                        page.set_viewport_size({"width": width, "height": 900})
                    try:
                        assert page.evaluate("document.documentElement.lang").lower().startswith(language)
                        (assert_accessible if width == own else assert_fits)(page)
                    except AssertionError as error:
                        wrong.append(f"{email} {address} ({language}, {width}): {error}")
                if address == "/accounts/login/":
                    wrong += missing_accounts(page.locator("main").inner_text())
    assert not wrong, "\n\n".join(wrong)
    assert looked == 4 * sum(map(len, VISITS.values()))


def missing_accounts(text: str) -> list[str]:
    """What the sign-in page of a demonstration does not say of its accounts."""
    said = [PASSWORD, *(account.email for account in ACCOUNTS if account.email != "newcomer@demo.test")]
    return [f"the sign-in page lacks {one}" for one in said if one not in text]
