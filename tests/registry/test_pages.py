# ruff: noqa: E501
"""The public pages: what they show, to whom, and what they never do."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from accounts.sheets import safe_cell
from registry import domain, tally

from .conftest import LATER, SNAPSHOT

pytestmark = pytest.mark.django_db
LANGUAGES = ["zh-hans", "en"]


@pytest.fixture(autouse=True)
def _fresh_tally() -> None:
    tally.forget()


@pytest.fixture(params=LANGUAGES)
def visitor(request: pytest.FixtureRequest) -> Client:
    return Client(headers={"accept-language": request.param})


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.requirement("R8", "R89")
@pytest.mark.parametrize("state", ["published", "rectifying", "offline", "revoked", "cancelled"])
def test_home_and_entry_in_each_state(state: str, visitor: Client, make_entry: Any) -> None:
    entry = make_entry(state=state)
    home = visitor.get("/")
    assert home.status_code == 200
    assert "榆荚阅读" in text(home)
    page = visitor.get(reverse("entry", args=["1100001"]))
    assert page.status_code == 200
    for part in (
        entry.number,
        "北京榆荚星图教育科技有限公司",
        "91110108MA01TE5T3U",
        "朗读录音",
        "cn.example.yujia.ios",
    ):
        assert part in text(page)
    assert ("p-cert--void" in text(page)) == (state in ("revoked", "cancelled"))
    assert ("p-cert--warn" in text(page)) == (state in ("rectifying", "offline"))
    quick = visitor.get("/v/1100001")
    assert quick.status_code == 200
    assert entry.number in text(quick)


@pytest.mark.parametrize(
    "path", ["/", "/?q=zzz", "/?stage=primary", "/?after=x", "/lists/", "/lists/filed/", "/v/"]
)
def test_page_without_any_entry(path: str, visitor: Client) -> None:
    assert visitor.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/?q=阅读", "/?q=yjyd&sort=name", "/?stage=primary&stage=junior&province=11&function=reading&discipline=no",
        "/?status=published&q=榆", "/?status=nonsense&stage='&sort=;&province=99", "/lists/revoked/", "/lists/filed/?province=11",
        "/lists/filed/?after=x", "/registry/1100001/display/", "/registry/1100001/badge.svg", "/registry/1100001/qr.svg",
        "/registry/1100001/qr.png", "/lists/filed.csv", "/lists/filed.json", "/lists/filed.atom?province=11",
    ],
)  # fmt: skip
def test_public_address_answers(path: str, visitor: Client, make_entry: Any) -> None:
    make_entry(app_name="榆荚伴读")
    make_entry()
    response = visitor.get(path)
    assert response.status_code == 200, path


def test_search_by_number_leads_to_entry(client: Client, make_entry: Any) -> None:
    make_entry()
    response = client.get("/", {"q": "教app备 1100001"})
    assert (response.status_code, response["Location"]) == (302, "/registry/1100001/")


@pytest.mark.parametrize("typed", ["教APP备1100001号", "教app备1100001", "１１００００１"])
def test_entry_address_written_otherwise_leads_to_canonical(
    typed: str, client: Client, make_entry: Any
) -> None:
    make_entry()
    response = client.get(f"/registry/{quote(typed)}/")
    assert (response.status_code, response["Location"]) == (301, "/registry/1100001/")
    assert client.get(f"/v/{quote(typed)}").status_code == 200


@pytest.mark.parametrize("typed", ["1199999", "nonsense", "京ICP备14035507号"])
def test_entry_unknown_is_404(typed: str, client: Client) -> None:
    assert client.get(f"/registry/{quote(typed)}/").status_code == 404


def test_verify_says_what_the_text_is(visitor: Client) -> None:
    unknown = visitor.get("/v/1199999")
    assert unknown.status_code == 404
    assert "教APP备1199999号" in text(unknown)
    icp = visitor.get("/v/" + quote("京ICP备14035507号-25A"))
    assert icp.status_code == 404
    assert "京ICP备14035507号-25A" in text(icp)
    assert "<script>" not in text(visitor.get("/v/" + quote("<script>alert(1)</script>")))


def test_verify_form_leads_on(client: Client) -> None:
    assert client.get("/v/", {"n": "教app备1100871"})["Location"] == "/v/1100871"


def test_entry_page_shows_what_the_snapshot_says_as_text(client: Client, make_entry: Any) -> None:
    make_entry(app_name="<b>x</b>", purpose="<img src=x>", complaint_url="javascript:alert(1)")
    page = text(client.get("/registry/1100001/"))
    assert "<b>x</b>" not in page
    assert "<img src=x>" not in page
    assert "javascript:" not in page


def test_change_under_review_is_marked_and_content_stays(
    client: Client, make_entry: Any, reviewer: Any
) -> None:
    entry = make_entry()
    before = text(client.get("/registry/1100001/")).count("p-st--auth")
    domain.mark_change_under_review(entry=entry, on=True, by=reviewer, now=LATER)
    page = text(client.get("/registry/1100001/"))
    assert page.count("p-st--auth") == before + 1
    assert "榆荚阅读" in page


def test_history_names_old_and_new_version(client: Client, make_entry: Any, reviewer: Any) -> None:
    domain.republish(entry=make_entry(), snapshot={**SNAPSHOT, "version": "5.0.0"}, by=reviewer, now=LATER)
    page = text(client.get("/registry/1100001/"))
    assert "4.2.0" in page
    assert "5.0.0" in page


@pytest.mark.requirement("R90")
def test_display_kit_has_text_badge_and_qr(client: Client, make_entry: Any) -> None:
    make_entry()
    page = text(client.get("/registry/1100001/display/"))
    assert "教APP备1100001号" in page
    assert "/v/1100001" in page
    badge = text(client.get("/registry/1100001/badge.svg"))
    assert badge.startswith("<svg")
    assert "教APP备1100001号" in badge


@pytest.mark.requirement("R94")
def test_list_files_hold_app_and_provider(client: Client, make_entry: Any) -> None:
    make_entry(app_name="=HYPERLINK(1)")
    make_entry(prefix="51", province_code="51", app_name="蕉叶课堂")
    body = b"".join(client.get("/lists/filed.csv", {"province": "11"}).streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))
    assert [row["app_name"] for row in rows] == ["'=HYPERLINK(1)"]
    assert rows[0]["provider_name"] == "北京榆荚星图教育科技有限公司"
    whole = json.loads(b"".join(client.get("/lists/filed.json").streaming_content))
    assert [entry["number"] for entry in whole["entries"]] == ["教APP备5100001号", "教APP备1100001号"]
    feed = text(client.get("/lists/filed.atom", {"province": "51"}))
    assert "蕉叶课堂" in feed
    assert "HYPERLINK" not in feed


def test_long_file_names_where_it_goes_on(
    client: Client, make_entry: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.views.lists.FILE_LINES", 2)
    for _ in range(3):
        make_entry()
    first = client.get("/lists/filed.json")
    numbers = [line["number"] for line in json.loads(b"".join(first.streaming_content))["entries"]]
    address = first["Link"].split(">")[0].strip("<")
    second = client.get(address)
    numbers += [line["number"] for line in json.loads(b"".join(second.streaming_content))["entries"]]
    assert numbers == ["教APP备1100003号", "教APP备1100002号", "教APP备1100001号"]
    assert "Link" not in second


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1", " =1"])
def test_formula_cell_is_defused(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


def test_plain_cell_stays() -> None:
    assert safe_cell("榆荚-阅读") == "榆荚-阅读"


def test_lists_hold_their_states(client: Client, make_entry: Any) -> None:
    for state in ("published", "rectifying", "offline", "revoked", "cancelled"):
        make_entry(state=state, app_name=f"甲{state}")
    shown = {name: text(client.get(f"/lists/{name}/")) for name in ("filed", "revoked", "offline")}
    assert "甲published" in shown["filed"]
    assert "甲rectifying" in shown["filed"]
    assert "甲revoked" not in shown["filed"]
    assert "甲revoked" in shown["revoked"]
    assert "逾期未整改" in shown["revoked"]
    assert "甲offline" in shown["offline"]
    assert "甲published" not in shown["offline"]


@pytest.mark.parametrize("rows", [1, 3, 15])
def test_home_takes_constant_statements(
    rows: int, client: Client, make_entry: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(rows):
        make_entry()
    tally.renew(now=LATER)
    with django_assert_max_num_queries(2):
        client.get("/", {"q": "阅读"})


def test_entry_takes_three_statements(
    client: Client, make_entry: Any, django_assert_max_num_queries: Any
) -> None:
    make_entry()
    client.get("/registry/1100001/")  # what the policies say is read once in some seconds
    with django_assert_max_num_queries(3):
        client.get("/registry/1100001/")


def test_tally_counts(make_entry: Any, authority: Any, provider: Any) -> None:
    for state in ("published", "published", "rectifying", "offline", "revoked"):
        make_entry(state=state)
    figures = tally.count(now=LATER)
    assert (figures.total, figures.valid, figures.rectifying, figures.revoked) == (5, 3, 1, 1)
    assert figures.by_stage == {"primary": 5, "junior": 5}
    assert figures.providers == 1
    assert figures.this_month == 0
    assert tally.count(now=make_entry().published_at).this_month == 4


def test_tally_is_kept_and_renewed(make_entry: Any, client: Client) -> None:
    make_entry()
    assert tally.renew(now=LATER).total == 1
    make_entry()
    assert tally.current().total == 1
    from registry.tasks import renew_tally

    assert renew_tally() == 2
    assert tally.current().total == 2
