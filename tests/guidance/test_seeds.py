"""The packaged help: complete in both languages, true to the rulebook, safe to bring in again."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command
from django.urls import Resolver404, resolve

from guidance import domain, markup, queries
from guidance.domain.seeds import packaged_categories, packaged_pages
from guidance.enums import HelpAudience, PageKind, PageState
from guidance.models import HelpPage, PageVersion
from ledger.models import Record
from rulebook.domain.seeds import seed_articles
from tests import factories
from tests.factories import NOW

PAGES = {page["slug"]: page for page in packaged_pages()}
#: what people type, and the page that must be among the first two
NEAREST = {
    "工作日": "working-days", "十个工作日怎么算": "working-days", "退回": "supplement", "投诉": "how-to-complain",
    "黑名单": "rectification-and-bar", "双审核": "dual-review", "备案号 二维码": "number-and-badge",
    "holiday": "working-days", "complain": "how-to-complain", "怎么注销": "pause-resume-cancel",
    "日历导入": "import-the-calendar",
}  # fmt: skip
_LINK = re.compile(r'href="(/[^"#?]*)')


@pytest.mark.requirement("R171", "R172")
def test_there_is_help_for_every_audience() -> None:
    audiences = {row["slug"]: row["audience"] for row in packaged_categories()}
    assert {audiences[page["category"]] for page in PAGES.values()} == set(HelpAudience.values)
    assert {page["kind"] for page in PAGES.values()} == set(PageKind.values)


@pytest.mark.parametrize("slug", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_text_is_complete_and_its_links_lead_somewhere(slug: str, language: str) -> None:
    page, end = PAGES[slug], "zh" if language == "zh-hans" else "en"
    assert page[f"title_{end}"]
    assert page[f"summary_{end}"]
    rendered = markup.render(page[f"body_{end}"], language)
    words = re.sub(r"<code>.*?</code>", "", rendered.html)
    assert "[[" not in words
    assert "](" not in words
    categories = {row["slug"] for row in packaged_categories()}
    for address in _LINK.findall(rendered.html):
        try:
            found = resolve(address)
        except Resolver404:
            pytest.fail(f"{slug}: {address}")
        if found.url_name == "help_section":
            assert found.kwargs["slug"] in PAGES.keys() | categories, address


@pytest.mark.django_db
@pytest.mark.requirement("R171")
def test_seeding_publishes_through_the_ledger_and_can_be_run_again() -> None:
    seed_articles()
    call_command("seed_help", verbosity=0)
    assert set(HelpPage.objects.filter(state=PageState.PUBLISHED).values_list("slug", flat=True)) == set(PAGES)
    assert all(page.articles == PAGES[page.slug]["articles"] for page in HelpPage.objects.all()), "unknown article"
    assert Record.objects.filter(verb="publish_help").count() == len(PAGES)
    call_command("seed_help", verbosity=0)
    assert PageVersion.objects.count() == len(PAGES)
    for q, slug in NEAREST.items():
        found, _exact = queries.search(q)
        assert slug in [one.page.slug for one in found[:2]], q


@pytest.mark.django_db
def test_seeding_leaves_what_people_wrote_and_renews_its_own() -> None:
    call_command("seed_help", verbosity=0)
    keeper = factories.actor("sysadmin")
    edited, withdrawn = HelpPage.objects.get(slug="supplement"), HelpPage.objects.get(slug="working-days")
    domain.publish_page(
        page=domain.edit_page(page=edited, title_en="Ours", by=keeper, now=NOW), by=keeper, now=NOW
    )
    domain.withdraw_page(page=withdrawn, reason="另有通知", by=keeper, now=NOW)
    own = HelpPage.objects.get(slug="first-filing")
    system = domain.edit_page(page=own, title_en="An older wording", by=_system(), now=NOW)
    domain.publish_page(page=system, by=_system(), now=NOW)
    call_command("seed_help", verbosity=0)
    after = {page.slug: page for page in HelpPage.objects.select_related("current")}
    assert after["supplement"].title_en == "Ours"
    assert after["working-days"].state == PageState.WITHDRAWN
    assert after["first-filing"].current.title_en == PAGES["first-filing"]["title_en"]


def _system():
    from ledger.acts import Actor

    return Actor.system()
