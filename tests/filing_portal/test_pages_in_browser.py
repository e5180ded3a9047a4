"""Pages of text, sign-in and error pages: axe, both languages, desktop and phone."""

from __future__ import annotations

import pytest

ADDRESSES = [
    "/guide/",
    "/accessibility/",
    "/privacy/",
    "/open-data/",
    "/contact/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/no-such-page/",
]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_page_is_accessible(live_server, new_page, assert_accessible, language, width):
    page = new_page(width=width, language=language)
    for address in ADDRESSES:
        page.goto(live_server.url + address)
        assert_accessible(page)


def test_sign_in_with_a_wrong_password_moves_the_focus_to_the_summary(live_server, page, assert_accessible):
    page.goto(f"{live_server.url}/accounts/login/")
    page.fill("#id_login", "nobody@portal.test")
    page.fill("#id_password", "not-the-password")
    page.click("form.p-form button.btn-primary")
    page.wait_for_selector(".p-err")
    assert page.evaluate("document.activeElement.classList.contains('p-err')")
    assert_accessible(page)
