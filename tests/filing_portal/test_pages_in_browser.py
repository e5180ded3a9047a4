"""Sign-in in a browser. How pages of text look is seen by tests/browser/test_pages_axe.py."""

from __future__ import annotations


def test_sign_in_with_a_wrong_password_moves_the_focus_to_the_summary(live_server, page, assert_accessible):
    page.goto(f"{live_server.url}/accounts/login/")
    page.fill("#id_login", "nobody@portal.test")
    page.fill("#id_password", "not-the-password")
    page.click("form.p-form button.btn-primary")
    page.wait_for_selector(".p-err")
    assert page.evaluate("document.activeElement.classList.contains('p-err')")
    assert_accessible(page)
