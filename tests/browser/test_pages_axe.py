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
    looked = 0
    for language, (locale, code, own) in LANGUAGES.items():
        other = NARROW if own == WIDE else WIDE

        def opened(locale: str = locale, code: str = code, width: int = own) -> Any:
            page = new_page(width=width, language=locale)
            page.context.add_cookies([{"name": "django_language", "value": code, "url": url}])
            return page

        page = opened()
        visits = [(page, address) for address in PUBLIC]
        for email, addresses in WORK.items():
            page = opened()
            steps.sign_in(page, url, email)
            everybodys = ACCOUNT if email == "provider@demo.test" else []
            visits += [(page, address) for address in [*everybodys, *addresses]]
        for page, address in visits:
            answer = page.goto(url + address)
            if (answer.status == 404) != (address in MISSING):
                wrong.append(f"{address} ({language}): {answer.status}")
            for width, look in ((own, assert_accessible), (other, assert_fits)):  # one page, its window made another
                looked += 1
                if width == other:
                    page.set_viewport_size({"width": width, "height": 900})
                try:
                    assert page.evaluate("document.documentElement.lang").lower().startswith(language)
                    look(page)
                except AssertionError as error:
                    wrong.append(f"{address} ({language}, {width}): {error}")
            page.set_viewport_size({"width": own, "height": 900})
            if address == "/accounts/login/":
                wrong += missing_accounts(page.locator("main").inner_text())
    assert not wrong, "\n\n".join(wrong)
    assert looked >= 4 * 25


def missing_accounts(text: str) -> list[str]:
    """What the sign-in page of a demonstration does not say of its accounts."""
    said = [PASSWORD, *(account.email for account in ACCOUNTS if account.email != "newcomer@demo.test")]
    return [f"the sign-in page lacks {one}" for one in said if one not in text]
