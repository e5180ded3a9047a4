"""The articles: texts, citations, pages."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from rulebook import articles as texts
from rulebook.domain.seeds import seed_articles
from rulebook.models import Article

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R171")
def test_articles_of_all_three_texts_are_there(articles):
    keys = set(Article.objects.values_list("key", flat=True))
    assert {f"me-{n}" for n in range(1, 28)} <= keys
    assert {f"me-n{n}" for n in range(1, 6)} <= keys
    assert {f"op-{n}" for n in range(4, 17)} <= keys
    assert {"bj-2-1", "bj-2-2", "bj-2-3", *(f"bj-3-{n}" for n in range(1, 7)), "bj-3", "bj-4", "bj-5"} <= keys


def test_seed_again_restores_the_texts(articles):
    before = Article.objects.count()
    Article.objects.filter(key="me-13").update(text_zh="")
    assert seed_articles() == before == Article.objects.count()
    assert "10个工作日" in texts.get("me-13").text_zh


def test_every_article_has_both_languages_and_no_traditional_characters(articles):
    for article in Article.objects.all():
        assert all([article.title_zh, article.title_en, article.text_zh, article.text_en]), article.key
        assert not set(article.text_zh) & set("學應備號術機關網務員發條"), article.key
        assert not set(article.text_en) & set("。，的"), article.key


def test_traps_of_the_english_file_are_corrected(articles):
    assert "revoked" in texts.get("me-24").text_en
    assert "required by its superior" in texts.get("me-17").text_en
    assert "withdrawn" in texts.get("op-16").text_en
    assert "platform" in texts.get("me-10").note_en


def test_measures_say_that_their_chinese_is_a_rendering(articles):
    assert set(Article.objects.values_list("source", "zh_is_rendering").distinct().order_by("source")) == {
        ("beijing", False),
        ("measures", True),
        ("opinions", False),
    }


@pytest.mark.parametrize(
    ("key", "chinese", "english"),
    [
        ("me-13", "《管理办法》第十三条", "Measures, Art. 13"),
        ("me-20", "《管理办法》第二十条", "Measures, Art. 20"),
        ("me-9", "《管理办法》第九条", "Measures, Art. 9"),
        ("me-n3", "《管理办法》印发通知第三条", "Notice of the Measures, item 3"),
        ("op-4", "《意见》（四）", "Opinions (4)"),
        ("bj-3-4", "《北京通知》三（四）", "Beijing notice III(4)"),
        ("bj-5", "《北京通知》五", "Beijing notice V"),
        ("bj-9", "《北京通知》九", "Beijing notice 9"),
        ("zz-1", "zz-1", "zz-1"),
    ],
)
def test_cite_in_both_languages(key, chinese, english, queries):
    with queries() as seen:
        assert texts.cite(key, "zh-hans") == chinese
        assert texts.cite(key, "en") == english
    assert len(seen) == 0


def test_unknown_article_is_an_error(articles):
    with pytest.raises(texts.ArticleUnknown):
        texts.get("me-99")


def test_no_person_of_the_notice_is_named(articles):
    for article in Article.objects.filter(key__startswith="me-n"):
        assert "010-" not in article.text_zh + article.text_en


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_list_shows_every_article_with_few_queries(articles, client, language, queries):
    with translation.override(language), queries() as seen:
        page = client.get(reverse("articles"), headers={"accept-language": language})
    text = page.content.decode()
    assert page.status_code == 200
    for key in Article.objects.values_list("key", flat=True):
        assert reverse("article", args=[key]) in text
    assert len([q for q in seen if "rulebook_article" in q["sql"]]) == 1


def test_list_without_articles_says_so(db, client):
    assert client.get(reverse("articles"), headers={"accept-language": "en"}).status_code == 200


def test_article_page_shows_both_languages_and_its_neighbours(articles, client):
    text = client.get(reverse("article", args=["me-13"]), headers={"accept-language": "en"}).content.decode()
    assert "within 10 working days" in text
    assert "视为放弃备案" in text
    assert "not the official wording" in text
    assert reverse("article", args=["me-12"]) in text
    assert reverse("article", args=["me-14"]) in text
    first = client.get(reverse("article", args=["bj-1"]), headers={"accept-language": "en"}).content.decode()
    assert 'rel="prev"' not in first
    assert "not the official wording" not in first
    last = client.get(
        reverse("article", args=["bj-5"]), headers={"accept-language": "zh-hans"}
    ).content.decode()
    assert 'rel="next"' not in last


def test_unknown_article_page_is_404(articles, client):
    assert client.get(reverse("article", args=["me-99"])).status_code == 404
