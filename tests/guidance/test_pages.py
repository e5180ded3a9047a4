"""Help pages: who may do what in which state, versions that stay, what readers see of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from guidance import domain, queries
from guidance.enums import PageState
from guidance.models import HelpPage, PageVersion
from ledger.acts import AlreadyMoved, Refused
from ledger.models import Record
from tests import factories
from tests import factories_guidance as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

KEEPERS = {Role.SYSADMIN, Role.MINISTRY_REVIEWER}
VERBS: dict[str, Callable[..., Any]] = {
    "edit": lambda page, by: domain.edit_page(page=page, title_en="Anew", by=by, now=NOW),
    "publish": lambda page, by: domain.publish_page(page=page, by=by, now=NOW),
    "withdraw": lambda page, by: domain.withdraw_page(page=page, reason="过时", by=by, now=NOW),
}
POSSIBLE = {
    ("draft", "edit"), ("draft", "publish"), ("published", "edit"), ("published", "publish"),
    ("published", "withdraw"), ("withdrawn", "edit"), ("withdrawn", "publish"),
}  # fmt: skip


def in_state(state: str) -> HelpPage:
    page = make.draft()
    if state != "draft":
        page = domain.publish_page(page=page, by=make.SYSTEM, now=NOW)
    if state == "withdrawn":
        page = domain.withdraw_page(page=page, reason="过时", by=make.SYSTEM, now=NOW)
    else:  # so that there is something new to publish
        page = domain.edit_page(page=page, title_en="Second wording", by=make.SYSTEM, now=NOW)
    return page


@pytest.mark.requirement("R171")
@pytest.mark.parametrize("role", list(Role))
def test_state_verb_role_matrix(role: Role) -> None:
    by = factories.actor(role)
    wrong = []
    for state in PageState.values:
        for verb, act in VERBS.items():
            page = in_state(state)
            records = Record.objects.count()
            before = HelpPage.objects.values().get(pk=page.pk), page.versions.count()
            try:
                act(page, by)
                done = True
            except (Refused, AlreadyMoved):
                done = False
            expected = role in KEEPERS and (state, verb) in POSSIBLE
            if done != expected:
                wrong.append((state, verb, done))
            if not done:
                after = HelpPage.objects.values().get(pk=page.pk), page.versions.count()
                assert after == before
                assert Record.objects.count() == records
    assert wrong == []


def test_only_keepers_begin_a_page() -> None:
    for role in set(Role) - KEEPERS:
        with pytest.raises(Refused):
            domain.create_page(slug="x", category=make.category(), title_zh="x", by=factories.actor(role), now=NOW)
    assert not HelpPage.objects.filter(slug="x").exists()


def test_a_page_is_complete_in_both_languages_before_it_is_published() -> None:
    page = make.draft(body_en="")
    with pytest.raises(Refused) as refused:
        domain.publish_page(page=page, by=make.SYSTEM, now=NOW)
    assert refused.value.reasons.codes == ["incomplete"]
    with pytest.raises(Refused) as refused:
        domain.publish_page(page=make.published(), by=make.SYSTEM, now=NOW)
    assert refused.value.reasons.codes == ["nothing_new"]


@pytest.mark.parametrize("slug", ["contacts", "training", "files", "drafts", "filing"])
def test_addresses_of_the_help_centre_are_no_page_s(slug: str) -> None:
    make.category("filing")
    with pytest.raises(domain.Invalid) as invalid:
        make.draft(slug)
    assert "slug" in invalid.value.errors


def test_unknown_article_and_endless_text_are_refused_beside_their_field() -> None:
    with pytest.raises(domain.Invalid) as invalid:
        make.draft(articles=["me-999"], body_zh="x" * 40_001)
    assert set(invalid.value.errors) == {"articles", "body_zh"}


def test_two_editors_do_not_overwrite_each_other() -> None:
    page = make.draft()
    domain.edit_page(page=page, title_en="One", by=make.SYSTEM, now=NOW, seen_revision=page.revision)
    with pytest.raises(domain.EditedMeanwhile):
        domain.edit_page(page=page, title_en="Two", by=make.SYSTEM, now=NOW, seen_revision=page.revision)
    assert HelpPage.objects.get(pk=page.pk).title_en == "One"


@pytest.mark.requirement("R171")
def test_each_publication_is_a_version_that_cannot_be_changed(client: Client) -> None:
    keeper = factories.actor(Role.SYSADMIN)
    page = make.published("supplement")
    page = domain.edit_page(page=page, title_en="Second title", by=keeper, now=NOW)
    address = reverse("help_section", args=["supplement"])
    client.cookies["django_language"] = "en"
    assert "How to supplement" in client.get(address).content.decode(), "an edit is not read before it is published"
    domain.publish_page(page=page, note="clearer", by=keeper, now=NOW)
    text = client.get(address).content.decode()
    assert "Second title" in text
    first, second = PageVersion.objects.filter(page=page).order_by("number")
    assert (first.number, second.number) == (1, 2)
    assert second.published_by_id == keeper.person_id
    assert second.note == "clearer"
    old = client.get(reverse("help_version", args=["supplement", 1])).content.decode()
    assert "How to supplement" in old
    assert "noindex" in old
    for statement in ("UPDATE guidance_pageversion SET note = 'x'", "DELETE FROM guidance_pageversion",
                      "UPDATE guidance_helppage SET state = 'draft'"):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    record = Record.objects.filter(verb="publish_help", subject_id=page.pk).latest("seq")
    assert (record.actor_id, record.payload["version"]) == (keeper.person_id, 2)


def test_drafts_are_hidden_and_withdrawn_pages_say_so(client: Client) -> None:
    draft, gone = make.draft(title_zh="草稿标题"), make.published("gone", title_zh="撤下的标题")
    domain.withdraw_page(page=gone, reason="办法已修订", by=make.SYSTEM, now=NOW)
    assert client.get(reverse("help_section", args=[draft.slug])).status_code == 404
    answer = client.get(reverse("help_section", args=["gone"]))
    assert answer.status_code == 410
    assert "办法已修订" in answer.content.decode()
    assert client.get(reverse("help_version", args=["gone", 1])).status_code == 404
    home = client.get(reverse("help_home")).content.decode()
    assert "草稿标题" not in home
    assert "撤下的标题" not in home
    assert queries.search("标题")[0] == []
    assert set(HelpPage.objects.visible_to(None)) == set()
    assert set(HelpPage.objects.visible_to(factories.actor(Role.REVIEW_LEAD))) == set()
    assert set(HelpPage.objects.visible_to(factories.actor(Role.SYSADMIN))) == {draft, gone}


def test_preview_shows_the_working_copy_in_both_languages_under_the_strict_policy() -> None:
    page = make.published(title_zh="旧标题")
    domain.edit_page(page=page, title_zh="新标题", body_zh="<script>x</script>**粗**", by=make.SYSTEM, now=NOW)
    client = factories.client_for(factories.membership(Role.MINISTRY_REVIEWER))
    answer = client.get(reverse("help_draft", args=[page.pk]) + "?in=zh")
    text = answer.content.decode()
    assert "新标题" in text
    assert "<strong>粗</strong>" in text
    assert "<script>x" not in text
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "How to supplement" in client.get(reverse("help_draft", args=[page.pk]) + "?in=en").content.decode()


@pytest.mark.parametrize("bad", ["%00", "a" * 5000, "'\"<>&|!:*()", "；；；", "\\", "教" * 300, "%E4%BD", "& | !"])
def test_no_search_fails(client: Client, bad: str) -> None:
    make.published()
    assert client.get(reverse("help_home") + f"?q={bad}").status_code in (200, 400)


@pytest.mark.requirement("R171")
def test_search_finds_chinese_english_and_what_is_only_a_keyword(client: Client) -> None:
    supplement = make.published("supplement")
    other = make.published(
        "clocks", title_zh="期限", title_en="Periods", body_zh="收到后十个工作日内补正材料。",
        body_en="Ten working days.", keywords="调休",
    )  # fmt: skip
    assert [one.page for one in queries.search("补正")[0]] == [supplement, other], "titles before texts"
    assert [one.page for one in queries.search("工作日")[0]] == [other]
    assert [one.page for one in queries.search("work")[0]] == [other]
    assert [one.page for one in queries.search("调休")[0]] == [other]
    found, exact = queries.search("怎样补正火星材料")
    assert not exact
    assert {one.page for one in found} == {supplement, other}
    page = client.get(reverse("help_home"), {"q": "工作日"}).content.decode()
    assert "<mark>工作日</mark>" in page


def test_pages_cost_the_same_however_much_there_is(client: Client) -> None:
    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    make.published("first")
    addresses = [reverse("help_home"), "/help/filing/", "/help/first/", "/help/?q=补正"]
    before = [cost(address) for address in addresses]
    for _number in range(6):
        make.published()
    assert [cost(address) for address in addresses] == before
    assert max(before) <= 8


def test_contextual_link_stands_where_the_page_exists(client: Client) -> None:
    from django.template import Context, Template

    template = Template('{% load guidance %}{% help "supplement" %}')
    assert template.render(Context()).strip() == ""
    make.published("supplement", title_zh="<b>怎么补正")
    shown = template.render(Context())
    assert 'href="/help/supplement/"' in shown
    assert "&lt;b&gt;怎么补正" in shown
    with CaptureQueriesContext(connection) as found:
        template.render(Context())
    assert len(found) == 0, "its title is kept"


@pytest.mark.django_db(transaction=True)
def test_title_of_a_link_follows_the_page_and_is_asked_once() -> None:
    page = make.published("how-it-goes")
    assert queries.link("how-it-goes") == ("how-it-goes", page.title_zh)
    with CaptureQueriesContext(connection) as asked:
        queries.link("how-it-goes")
    assert len(asked) == 0
    renamed = domain.edit_page(page=page, by=make.SYSTEM, now=NOW, title_zh="怎么办")
    assert queries.link("how-it-goes") == ("how-it-goes", page.title_zh), "not yet published"
    domain.publish_page(page=renamed, by=make.SYSTEM, now=NOW)
    assert queries.link("how-it-goes") == ("how-it-goes", "怎么办")
    domain.withdraw_page(page=HelpPage.objects.get(pk=page.pk), reason="过时", by=make.SYSTEM, now=NOW)
    assert queries.link("how-it-goes") is None
    assert queries.link("how-it-goes") is None, "that there is none is kept as well"
