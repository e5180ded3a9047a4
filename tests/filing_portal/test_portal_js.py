"""The portal's script in a real browser: nothing that was typed is lost, nothing is sent twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

SCRIPT = (Path(settings.BASE_DIR) / "static" / "js" / "portal.js").read_text()
ADDRESS = "http://portal.test/form/"
SIGN_IN = '<body class="p-entrance"><script src="/portal.js" defer></script>sign in'
DONE = '<body class="p-work"><script src="/portal.js" defer></script>done'
FORM = """<!doctype html><body class="p-work"><form id="f" method="post" action="/submit/" data-autosave="/save/"
 data-user="1"><input type="hidden" name="csrfmiddlewaretoken" value="token"><input id="a" name="a">
<div data-field="k"><input type="hidden" name="present" value="k"><input id="k" name="k"></div>
<div data-field="m"><input type="hidden" name="present" value="m"><input id="m" name="m"></div>
<input type="radio" name="r" value="1"><input type="radio" name="r" value="2">
<div id="part" data-shown-when="r=2"><input id="b" name="b"></div>
<span data-saved-line data-saved-text="saved" data-failed-text="failed" data-signin-text="sign in"
 data-signin-url="/accounts/login/"></span><button id="send">send</button></form>
<form method="post" action="/delete/"><button id="delete" data-confirm="Sure?">delete</button></form>
<dialog id="confirm"><p id="confirm-text"></p><form method="dialog"><button value="yes">yes</button>
<button value="no">no</button></form></dialog><script src="/portal.js" defer></script></body>"""


class Site:
    """A few answers in the place of a server."""

    def __init__(self) -> None:
        self.save_status = 200
        self.signed_out = False
        self.saved: list[str] = []
        self.deleted = 0

    def answer(self, route: Any) -> None:
        url, kind = route.request.url, "text/html"
        if url.endswith("portal.js"):
            route.fulfill(body=SCRIPT, content_type="text/javascript")
        elif url.endswith("/save/"):
            assert route.request.headers["x-csrftoken"] == "token"
            self.saved.append(route.request.post_data or "")
            route.fulfill(status=self.save_status, content_type="application/json", body='{"at": "14:32"}')
        elif url.endswith("/delete/"):
            self.deleted += 1
            route.fulfill(content_type=kind, body=DONE)
        elif url.endswith("/submit/"):
            route.fulfill(content_type=kind, body=SIGN_IN if self.signed_out else DONE)
        else:
            route.fulfill(content_type=kind, body=SIGN_IN if "login" in url else FORM)


@pytest.fixture
def site(page: Any) -> Site:
    made = Site()
    page.route("**/*", made.answer)
    page.goto(ADDRESS)
    return made


def kept(page: Any) -> int:
    return page.evaluate("sessionStorage.length")


def test_part_is_shown_and_sent_only_while_it_applies(page, site):
    assert page.is_hidden("#part")
    assert page.is_disabled("#b")
    page.check("input[value='2']")
    assert page.is_visible("#part")
    assert page.is_enabled("#b")


def test_autosave_sends_the_form_and_says_when(page, site):
    page.fill("#a", "hello")
    page.wait_for_function("document.querySelector('[data-saved-line]').textContent === 'saved 14:32'")
    assert "hello" in site.saved[-1]
    assert kept(page) == 0


def test_autosave_sends_only_the_fields_that_were_changed_here(page, site):
    """The same page stays open on another device, with older answers in it: they must not come back."""
    page.fill("#k", "new")
    page.wait_for_function("document.querySelector('[data-saved-line]').textContent === 'saved 14:32'")
    assert site.saved[-1].count('name="present"') == 1
    page.fill("#m", "too")
    page.wait_for_timeout(100)
    page.evaluate("document.querySelector('#m').dispatchEvent(new Event('change', {bubbles: true}))")
    page.wait_for_function("performance.getEntriesByName('http://portal.test/save/').length > 1")
    assert ('"present"\r\n\r\nm' in site.saved[-1], site.saved[-1].count('name="present"')) == (True, 1)


def test_autosave_that_failed_sends_the_field_again(page, site):
    site.save_status = 500
    page.fill("#k", "new")
    page.wait_for_function("document.querySelector('[data-saved-line]').textContent === 'failed'")
    site.save_status = 200
    page.fill("#m", "too")
    page.wait_for_function("document.querySelector('[data-saved-line]').textContent === 'saved 14:32'")
    assert site.saved[-1].count('name="present"') == 2


def test_autosave_refused_keeps_the_text_across_a_sign_in(page, site):
    site.save_status = 403
    page.fill("#a", "not lost")
    page.click("[data-saved-line] a")
    assert page.url.endswith("/accounts/login/?next=%2Fform%2F")
    site.save_status = 200
    page.goto(ADDRESS)
    assert page.input_value("#a") == "not lost"
    page.wait_for_function("document.querySelector('[data-saved-line]').textContent === 'saved 14:32'")
    assert "not lost" in site.saved[-1]


def test_submission_that_meets_the_sign_in_page_keeps_the_text(page, site):
    site.signed_out = True
    page.fill("#a", "typed")
    page.click("#send")
    page.wait_for_selector("text=sign in")
    page.goto(ADDRESS)
    assert page.input_value("#a") == "typed"


def test_submission_that_arrived_leaves_nothing_behind(page, site):
    page.fill("#a", "typed")
    page.click("#send")
    page.wait_for_selector("text=done")
    page.wait_for_function("sessionStorage.length === 0")
    page.goto(ADDRESS)
    assert page.input_value("#a") == ""


def test_confirmation_is_asked_and_a_no_sends_nothing(page, site):
    page.click("#delete")
    assert page.inner_text("#confirm-text") == "Sure?"
    page.click("dialog button[value=no]")
    assert site.deleted == 0
    page.click("#delete")
    page.click("dialog button[value=yes]")
    page.wait_for_selector("text=done")
    assert site.deleted == 1


def test_form_is_sent_once_however_often_the_button_is_pressed(page, site):
    page.evaluate(
        "window.sent = 0; document.addEventListener('submit', (e) => {"
        " if (!e.defaultPrevented) { window.sent += 1; } e.preventDefault(); })"
    )
    for _time in range(3):
        page.click("#send")
    assert page.evaluate("window.sent") == 1
