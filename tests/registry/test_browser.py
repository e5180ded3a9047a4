# ruff: noqa: E501
"""The public pages in a browser, wide and narrow, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from registry import tally
from tests.browser_fixtures import assert_fits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("width", "language"), [(1280, "zh-CN"), (390, "en")])
def test_public_pages_are_accessible(
    width: int, language: str, live_server: Any, new_page: Callable[..., Any], make_entry: Any,
    assert_accessible: Callable[..., None],
) -> None:  # fmt: skip
    tally.forget()
    for state in ("published", "rectifying", "offline", "revoked"):
        make_entry(state=state)
    page = new_page(width=width, language=language)
    for path in ("/", "/?q=zzz", "/registry/1100001/", "/registry/1100004/", "/v/1100002", "/v/1199999", "/lists/revoked/"):
        page.goto(live_server.url + path)
        assert_accessible(page)
        page.set_viewport_size({"width": 1670 - width, "height": 900})  # the other of both widths
        assert_fits(page)
        page.set_viewport_size({"width": width, "height": 900})


def test_choosing_a_filter_narrows_the_results(live_server: Any, page: Any, make_entry: Any) -> None:
    tally.forget()
    make_entry(app_name="榆荚小学", stages=["primary"])
    make_entry(app_name="榆荚高中", stages=["senior"])
    page.goto(live_server.url + "/")
    assert page.locator(".p-hit").count() == 2
    page.check('input[name="stage"][value="senior"]')
    page.wait_for_url("**/?stage=senior#results")
    assert page.locator(".p-hit h3").all_inner_texts() == ["榆荚高中"]
    page.locator(".p-chip").click()
    page.wait_for_url("**/#results")
    assert page.locator(".p-hit").count() == 2
