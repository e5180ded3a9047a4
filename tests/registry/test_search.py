"""Search: what is found by what, pages in both directions, and texts that mean harm."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry import domain, opening, queries, statements
from registry.queries import Filters, search
from registry.search import search_document, tsquery, tsvector

from .conftest import LATER, NOW

pytestmark = pytest.mark.django_db


def names(page: queries.Page) -> list[str]:
    return [hit.app_name for hit in page.hits]


@pytest.mark.requirement("R8", "R89", "R92")
@pytest.mark.parametrize(
    "q",
    [
        "榆", "阅读", "榆荚", "榆荚阅读", "星图教育", "yjyd", "yujiayuedu", "yuedu", "yd", "YuJia", "榆荚 星图",
        "91110108MA01TE5T3U", "91110108ma01te5t3u", "cn.example.yujia", "cn.example.yujia.ios",
        "教APP备1100001号", "1100001", "教app备 １１００００１", "北京", "bjyj", "榆荚，阅读！",
    ],
)  # fmt: skip
def test_search_finds_by(q: str, make_entry: Any) -> None:
    make_entry()
    make_entry(
        app_name="Panda Maths",
        provider_name="成都蕉叶云课信息技术有限公司",
        uscc="52110000MJ01A23XXA",
        editions=[],
    )
    assert names(search(q)) == ["榆荚阅读"]


@pytest.mark.parametrize("q", ["panda", "maths", "Panda Maths", "pan", "蕉叶", "jyyk"])
def test_search_finds_latin_name(q: str, make_entry: Any) -> None:
    make_entry()
    make_entry(app_name="Panda Maths", provider_name="成都蕉叶云课信息技术有限公司")
    assert names(search(q)) == ["Panda Maths"]


@pytest.mark.parametrize("q", ["砚池", "荚榆", "zzz", "榆荚 砚池", "！！", "教APP备1100999号"])
def test_search_finds_nothing(q: str, make_entry: Any) -> None:
    make_entry()
    page = search(q)
    assert (page.hits, page.count, page.capped) == ([], 0, False)


def test_search_exact_number_goes_straight(make_entry: Any) -> None:
    entry = make_entry()
    assert search("教app备1100001").exact.number == entry.number  # type: ignore[union-attr]


def test_search_misread_number_says_so(make_entry: Any) -> None:
    make_entry()
    assert search("教APP备110213号").problem.code == "length"  # type: ignore[union-attr]
    assert search("京ICP备14035507号-25A").problem.code == "icp"  # type: ignore[union-attr]
    assert search("榆荚").problem is None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(max_size=120) | st.text(alphabet="'\\&|!():*<-> 榆a\x00", max_size=40))
def test_search_never_fails(q: str) -> None:
    assert search(q).hits == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(max_size=30),
    package=st.text(alphabet=st.characters(blacklist_characters="\x00"), max_size=40),
)
def test_document_is_always_a_tsvector(name: str, package: str) -> None:
    tokens = search_document(
        app_name=name, provider_name=name, number_digits="1100001", uscc="X", package_ids=[package]
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(%s::tsvector)", [tsvector(tokens)])
        assert cursor.fetchone()[0] == len(tokens)


def test_tsquery_of_signs_is_none() -> None:
    assert tsquery("！？ &|!") is None


def test_filters(make_entry: Any) -> None:
    make_entry(app_name="甲", stages=["primary"], functions=["reading"])
    make_entry(app_name="乙", stages=["junior", "senior"], functions=["homework"], is_discipline=True)
    make_entry(app_name="丙", prefix="51", province_code="51", state="revoked", stages=[])
    assert names(search(filters=Filters(stages=("primary",)))) == ["甲"]
    assert names(search(filters=Filters(stages=("primary", "senior")))) == ["乙", "甲"]
    assert names(search(filters=Filters(functions=("homework",)))) == ["乙"]
    assert names(search(filters=Filters(discipline=True))) == ["乙"]
    assert names(search(filters=Filters(discipline=False))) == ["丙", "甲"]
    assert names(search(filters=Filters(provinces=("51",)))) == ["丙"]
    assert names(search(filters=Filters(states=("published",)))) == ["乙", "甲"]
    assert names(search("榆荚", filters=Filters(states=("revoked",)))) == ["丙"]


@pytest.mark.parametrize("sort", ["newest", "name"])
def test_pages_forth_and_back(sort: str, make_entry: Any) -> None:
    for index in range(7):
        make_entry(app_name=f"榆荚{'甲乙丙丁'[index % 4]}", now=NOW + timedelta(days=index // 2))
    whole = names(search("榆荚", sort=sort, size=50))
    seen: list[list[str]] = []
    page = search("榆荚", sort=sort, size=3)
    assert page.previous is None
    while True:
        seen.append(names(page))
        assert page.count == 7
        if page.next is None:
            break
        page = search("榆荚", sort=sort, size=3, after=page.next)
    assert [name for part in seen for name in part] == whole
    assert [len(part) for part in seen] == [3, 3, 1]
    back = [names(page)]
    while page.previous:
        page = search("榆荚", sort=sort, size=3, after=page.previous)
        back.append(names(page))
    assert back[::-1] == seen
    assert page.next is not None


@pytest.mark.parametrize(
    "after", ["x", "!!!", "eyJ9", "WyIrIiwieCIsMV0", "WyIrIiwiMjAyNi0wMS0wMSIsMV0", "W1tbW1tb", "é"]
)
def test_bad_place_refused(after: str) -> None:
    with pytest.raises(queries.BadCursor):
        search("", after=after)


@pytest.mark.parametrize(("rows", "count", "capped"), [(1, 1, False), (3, 3, False), (4, 3, True), (6, 3, True)])
@pytest.mark.parametrize("sort", ["newest", "name"])
def test_count_is_capped(
    rows: int, count: int, capped: bool, sort: str, make_entry: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "COUNT_CAP", 3)
    monkeypatch.setattr(statements, "COUNT_CAP", 3)
    monkeypatch.setattr(queries, "_many", {})
    made = [make_entry() for _ in range(rows)]
    order = sorted(made, key=lambda row: (row.published_at, row.pk) if sort == "newest" else (row.sort_name, row.pk))
    if sort == "newest":
        order.reverse()
    for _again in range(2):  # the second time it is known to be many, and not counted
        page = search("榆荚", sort=sort, size=2)
        assert (page.count, page.capped) == (count, capped)
        assert [hit.id for hit in page.hits] == [row.pk for row in order[:2]]
        assert (page.next is None) == (rows <= 2)


def test_answer_follows_the_entry(make_entry: Any, reviewer: Any, client: Any) -> None:
    entry = make_entry()
    (before,) = client.get("/api/v1/registry/entries/", {"q": "榆荚"}).json()["results"]
    assert (before["number"], before["status"]) == (entry.number, "published")
    domain.revoke(entry=entry, reason="逾期未整改", by=reviewer, now=LATER)
    (after,) = client.get("/api/v1/registry/entries/", {"q": "榆荚"}).json()["results"]
    assert after == {**before, "status": "revoked", "status_since": after["status_since"]}


@pytest.mark.parametrize("rows", [1, 3, 9])
def test_search_takes_two_statements(rows: int, make_entry: Any, django_assert_max_num_queries: Any) -> None:
    for _ in range(rows):
        make_entry()
    opening.current()  # what the policies say is read once in some seconds
    with django_assert_max_num_queries(2):
        search("阅读", size=2)


def test_lines_show_the_last_day_of_a_rectification_as_soon_as_it_is_moved(
    make_entry: Any, reviewer: Any, client: Any
) -> None:
    entry = make_entry(state="rectifying", app_name="榆荚整改")
    assert entry.rectify_until.isoformat() in client.get("/", {"q": "榆荚整改"}).content.decode()
    assert client.get("/api/v1/registry/entries/", {"q": "榆荚整改"}).json()["results"][0]["rectify_until"]
    until = entry.rectify_until + timedelta(days=9)
    domain.move_rectification(entry=entry, until=until, by=reviewer, now=LATER)
    assert until.isoformat() in client.get("/", {"q": "榆荚整改"}).content.decode()
    found = client.get("/api/v1/registry/entries/", {"q": "榆荚整改"}).json()["results"]
    assert [one["rectify_until"] for one in found] == [until.isoformat()]
