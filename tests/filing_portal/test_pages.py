"""Pages of text and error pages, and what holds for every template."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve
from django.utils import translation

from filing_portal.views import pages

ROOT = Path(django_settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PROSE = sorted(pages.PAGES)
ERRORS = ["400", "403", "404", "429", "500", "503", "403_csrf"]


def visit(client, path: str, language: str):
    return client.get(path, HTTP_ACCEPT_LANGUAGE=language)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", PROSE)
def test_page_of_text_is_served_in_both_languages(client, name, language):
    url = next(f"/{p.pattern}" for p in pages.urlpatterns if p.name == name)
    response = visit(client, url, language)
    html = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}">' in html
    assert html.count("<h1") == 1


@pytest.mark.parametrize("name", PROSE)
def test_page_of_text_has_the_same_places_in_both_languages(name):
    found = []
    for language in ("zh-hans", "en"):
        source = (ROOT / "templates" / "pages" / f"{name}.{language}.html").read_text()
        found.append(
            (re.findall(r'<h[23] id="([^"]+)"', source), sorted(re.findall(r'article "([^"]+)"', source)))
        )
    assert found[0] == found[1]


@pytest.mark.django_db
@pytest.mark.parametrize("name", PROSE)
def test_page_of_text_links_only_to_addresses_that_exist(client, name):
    url = next(f"/{p.pattern}" for p in pages.urlpatterns if p.name == name)
    html = visit(client, url, "en").content.decode()
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    for href in re.findall(r'<a [^>]*href="([^"]+)"', html):
        if href.startswith("#"):
            assert href[1:] in ids, href
        else:
            resolve(href.split("?")[0])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ERRORS)
def test_error_page_needs_neither_request_nor_database(name, language):
    with translation.override(language):
        html = render_to_string(f"{name}.html")  # no request, and no database is allowed here
    assert html.count("<h1") == 1
    assert 'class="p-other" lang="' in html
    assert 'href="/"' in html


@pytest.mark.django_db
def test_missing_page_answers_with_the_error_page(client):
    response = visit(client, "/no-such-page/", "en")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


@pytest.mark.django_db
def test_forged_form_answers_with_what_to_do(client):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/i18n/setlang/", {"language": "en"}, HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 403
    assert "no longer valid" in response.content.decode()


@pytest.mark.django_db
def test_language_switch_keeps_the_page(client):
    response = client.post("/i18n/setlang/", {"language": "en", "next": "/guide/?a=1"})
    assert response.status_code == 302
    assert response["Location"] == "/guide/?a=1"
    assert '<html lang="en">' in client.get("/guide/").content.decode()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_has_no_inline_script_or_style(template):
    if "mail" in template.parts or "admin" in template.parts:
        pytest.skip("e-mails and the administration are not under the strict policy")
    source = template.read_text()
    assert not re.search(r"<style\b", source)
    assert not re.search(r"<[a-z][^>]*\sstyle\s*=", source)
    assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=", source)
    assert "javascript:" not in source
    for attributes in re.findall(r"<script\b([^>]*)>", source):
        assert "src=" in attributes or "application/json" in attributes, attributes


@pytest.mark.django_db
def test_first_visit_of_a_public_page_stays_below_250_kilobytes(client):
    html = visit(client, "/guide/", "zh-hans").content.decode()
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', html)) | {"/static/img/icons.svg"}
    assert all(not link.startswith("http") for link in re.findall(r'(?:src|href)="([^"]+)"', html))
    total = len(gzip.compress(html.encode()))
    for address in addresses:
        total += len(gzip.compress((ROOT / "static" / address.removeprefix("/static/")).read_bytes()))
    assert total < 250_000, total


def test_stylesheet_loads_nothing_from_elsewhere():
    for sheet in (ROOT / "static").rglob("*.css"):
        assert not re.search(r"url\((?!['\"]?data:)", sheet.read_text()), sheet.name
        assert "@import" not in sheet.read_text()


def test_navigation_has_no_entry_for_a_page_that_is_not_there():
    from filing_portal.context import first_url, nav

    entries = (("There", ("guide",)), ("Not there", ("no-such-page",)))
    assert nav(entries, "/guide/") == [("There", "/guide/", True)]
    assert first_url("no-such-page") == ""


@pytest.mark.django_db
def test_public_page_asks_nothing_of_the_database(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        client.get("/guide/")


def test_context_gives_nothing_to_a_visitor():
    from filing_portal.context import portal

    seen = portal(RequestFactory().get("/"))["portal"]
    assert not seen.signed_in
    assert seen.membership is None
    assert seen.audience == "other"
    assert seen.unread == 0


def test_entry_pages_belong_to_the_search_in_the_navigation():
    from filing_portal.context import portal

    for path in ("/registry/x/", "/v/x"):
        entries = portal(RequestFactory().get(path))["portal"].public_nav
        assert [url for _label, url, current in entries if current] == ["/"]


def test_every_name_in_the_navigation_is_a_page():
    from filing_portal.context import HOMES, PUBLIC_NAV, WORK_NAV, first_url

    for _label, names in PUBLIC_NAV:
        assert first_url(*names), names
    for audience in ("provider", "authority"):
        assert first_url(*HOMES[audience])
        for _label, names in WORK_NAV[audience]:
            assert first_url(*names), names
