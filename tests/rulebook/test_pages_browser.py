"""The pages of the law in a browser: readable, accessible, in both languages and on a phone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from rulebook.domain.seeds import seed_articles

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en", 390)])
def test_law_pages_are_accessible(live_server, new_page, assert_accessible, language, width, tmp_path):
    seed_articles()
    page = new_page(width=width, language=language)
    page.goto(live_server.url + reverse("articles"))
    assert_accessible(page)
    page.screenshot(path=tmp_path / f"articles-{language}.png", full_page=True)
    page.locator(f'a[href="{reverse("article", args=["me-24"])}"]').click()
    page.locator("h1").wait_for()
    assert_accessible(page)
    page.screenshot(path=tmp_path / f"article-{language}.png", full_page=True)
    page.locator('a[rel="next"]').click()
    assert page.url.endswith(reverse("article", args=["me-25"]))
