# ruff: noqa: E501, F811 - fixtures come in as arguments
"""The public interface: answers, errors, caching, throttling, and the express lane beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client, RequestFactory

from filing_portal.express import express
from registry import opening, throttles
from registry.models import Entry
from tests.registry.conftest import authority, make_entry, owner, provider, reviewer  # noqa: F401

pytestmark = pytest.mark.django_db
BASE = "/api/v1/registry/"


@pytest.fixture(autouse=True)
def _full_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    for buckets in (throttles.VERIFY, throttles.SEARCH, throttles.BULK):
        buckets._levels.clear()


def wire(path: str) -> str:
    """A path as a server hands it over: unescaped, its bytes read as latin-1."""
    return unquote_to_bytes(path).decode("latin-1")


def call(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """What the express lane answers; ``passed on`` where it hands the call to Django."""
    got: dict[str, Any] = {}

    def behind(environ: Any, start_response: Any) -> list[bytes]:
        start_response("418 passed on", [])
        return [b"passed on"]

    def start(status: str, response_headers: list[tuple[str, str]]) -> None:
        got["status"], got["headers"] = int(status.split(maxsplit=1)[0]), dict(response_headers)

    environ = {**RequestFactory().generic(method, "/", **headers).environ, "PATH_INFO": wire(path)}
    body = b"".join(express(behind)(environ, start))
    return got["status"], got["headers"], body


@pytest.mark.requirement("R155", "R157")
def test_verify_one_says_filed_with_age_range_and_type(
    client: Client, make_entry: Callable[..., Entry]
) -> None:
    make_entry()
    response = client.get(f"{BASE}verify/{quote('教app备 1100001')}/")
    answer = response.json()
    assert response.status_code == 200
    assert (answer["filed"], answer["status"]) == (True, "published")
    assert answer["age_range"] == {"from": 8, "to": 15}
    assert answer["type"] == "non_discipline"
    assert response["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("state", ["offline", "revoked", "cancelled"])
def test_verify_one_not_in_force(state: str, client: Client, make_entry: Callable[..., Entry]) -> None:
    make_entry(state=state)
    answer = client.get(f"{BASE}verify/1100001/").json()
    assert (answer["filed"], answer["status"]) == (False, state)


CASES = [
    "1100001", "教APP备1100001号", "教app备１１００００１", "1199999", "教APP备110213号", "京ICP备14035507号-25A", "x", "a/b",
    "教APP备9900001号", "%25", "\x00",
]  # fmt: skip


@pytest.mark.parametrize("typed", CASES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_express_lane_answers_like_the_view(
    typed: str, language: str, client: Client, make_entry: Callable[..., Entry]
) -> None:
    make_entry()
    path = f"{BASE}verify/{quote(typed, safe='/')}/"
    view = client.get(path, headers={"accept-language": language})
    status, headers, body = call(path, HTTP_ACCEPT_LANGUAGE=language)
    assert (status, body) == (view.status_code, view.content)
    for name in (
        "Content-Type",
        "ETag",
        "Cache-Control",
        "Access-Control-Allow-Origin",
        "X-Content-Type-Options",
    ):
        assert headers.get(name) == view.headers.get(name), name


@pytest.mark.parametrize(
    "query", ["", "?q=%E9%98%85%E8%AF%BB&size=1", "?after=x", "?q=%E6%95%99APP%E5%A4%87110213%E5%8F%B7"]
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_express_lane_searches_like_the_view(
    query: str, language: str, client: Client, make_entry: Callable[..., Entry]
) -> None:
    make_entry()
    make_entry()
    view = client.get(f"{BASE}entries/{query}", headers={"accept-language": language})
    status, headers, body = call(f"{BASE}entries/", HTTP_ACCEPT_LANGUAGE=language, QUERY_STRING=query[1:])
    assert (status, body) == (view.status_code, view.content)
    for name in ("Content-Type", "ETag", "Cache-Control", "Access-Control-Allow-Origin"):
        assert headers.get(name) == view.headers.get(name), name


@pytest.mark.django_db(transaction=True)
def test_express_lane_survives_a_lost_connection(make_entry: Callable[..., Entry]) -> None:
    make_entry()
    for path in (f"{BASE}verify/1100001/", f"{BASE}entries/"):
        connection.ensure_connection()
        connection.connection.close()
        assert call(path)[0] == 200


def test_etag_spares_the_body(client: Client, make_entry: Callable[..., Entry]) -> None:
    make_entry()
    path = f"{BASE}verify/1100001/"
    tag = client.get(path)["ETag"]
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    status, _, body = call(path, HTTP_IF_NONE_MATCH=f'"other", W/{tag}')
    assert (status, body) == (304, b"")
    assert call(path, HTTP_IF_NONE_MATCH='"other"')[0] == 200


def test_answer_changes_with_the_act(make_entry: Callable[..., Entry], reviewer: Any) -> None:  # noqa: F811
    from registry import domain
    from tests.registry.conftest import LATER

    entry = make_entry()
    _, before, _ = call(f"{BASE}verify/1100001/")
    domain.revoke(entry=entry, reason="逾期未整改", by=reviewer, now=LATER)
    _, after, body = call(f"{BASE}verify/1100001/")
    assert json.loads(body)["filed"] is False
    assert before["ETag"] != after["ETag"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{BASE}verify/1100001/"),
        ("GET", f"{BASE}verify/"),
        ("GET", f"{BASE}entries/1100001/"),
        ("GET", "/"),
    ],
)
def test_express_lane_hands_the_rest_on(method: str, path: str) -> None:
    assert call(path, method)[2] == b"passed on"


def test_express_lane_head_has_no_body(make_entry: Callable[..., Entry]) -> None:
    make_entry()
    status, headers, body = call(f"{BASE}verify/1100001/", "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 100


def test_express_lane_in_front_of_django(make_entry: Callable[..., Entry]) -> None:
    make_entry()
    started: list[str] = []
    application = express(WSGIHandler())
    environ = RequestFactory().get(f"{BASE}verify/1100001").environ
    assert b"".join(application(environ, lambda status, headers: started.append(status)))
    assert started == ["200 OK"]


@pytest.mark.parametrize(("name", "path"), [("VERIFY", "verify/1100001/"), ("SEARCH", "entries/")])
def test_throttled_with_problem_details(
    name: str, path: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    buckets = getattr(throttles, name)
    monkeypatch.setattr(buckets, "size", 2.0)
    monkeypatch.setattr(buckets, "rate", 0.1)
    answers = [client.get(BASE + path) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["Content-Type"].startswith("application/problem+json")
    assert int(answers[2]["Retry-After"]) >= 1
    if name == "VERIFY":
        status, headers, body = call(BASE + path)
        assert status == 429
        assert json.loads(body) == answers[2].json()
        assert headers["Retry-After"] == answers[2]["Retry-After"]


def test_bucket_fills_again() -> None:
    buckets = throttles.Buckets(60)
    assert all(buckets.take("a", moment=0.0) == 0.0 for _ in range(60))
    assert buckets.take("a", moment=0.0) == pytest.approx(1.0)
    assert buckets.take("b", moment=0.0) == 0.0
    assert buckets.take("a", moment=1.5) == 0.0


def test_client_address_trusts_only_its_proxies(settings: Any) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 0}
    assert throttles.client_address("9.9.9.9", "127.0.0.1") == "127.0.0.1"
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    assert throttles.client_address("6.6.6.6, 9.9.9.9", "127.0.0.1") == "9.9.9.9"


@pytest.mark.requirement("R155")
def test_bulk_verify_in_order(client: Client, make_entry: Callable[..., Entry]) -> None:
    make_entry()
    make_entry(state="revoked", editions=[{"kind": "android", "id": "cn.example.gone"}])
    asked = {
        "numbers": ["教APP备1100002号", "1199999", "京ICP备14035507号", "１１００００１"],
        "package_ids": ["cn.example.yujia", "cn.example.none", "cn.example.gone"],
    }
    response = client.post(f"{BASE}verify/", asked, content_type="application/json")
    assert response.status_code == 200
    numbers, packages = response.json()["numbers"], response.json()["package_ids"]
    assert [line["query"] for line in numbers] == asked["numbers"]
    assert [line.get("result", {}).get("status") for line in numbers] == [
        "revoked",
        "unknown",
        None,
        "published",
    ]
    assert numbers[2]["problem"]["type"] == "number-icp"
    assert [line["result"] and line["result"]["status"] for line in packages] == [
        "published",
        None,
        "revoked",
    ]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"numbers": []},
        {"numbers": "x"},
        {"numbers": [1]},
        [],
        {"numbers": ["1"] * 1001},
        {"numbers": ["x" * 201]},
    ],
)
def test_bulk_verify_refused(asked: Any, client: Client) -> None:
    response = client.post(f"{BASE}verify/", json.dumps(asked), content_type="application/json")
    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/problem+json")


def test_bulk_verify_thousand_takes_one_statement(
    client: Client, make_entry: Callable[..., Entry], django_assert_num_queries: Any
) -> None:
    make_entry()
    asked = {"numbers": [f"教APP备11{serial:05d}号" for serial in range(1, 1001)]}
    opening.current()  # what the policies say is read once in some seconds
    with django_assert_num_queries(1):
        response = client.post(f"{BASE}verify/", asked, content_type="application/json")
    assert len(response.json()["numbers"]) == 1000


def test_package_of_two_entries_gives_the_one_in_force(
    client: Client, make_entry: Callable[..., Entry]
) -> None:
    make_entry()
    make_entry(state="revoked")
    response = client.post(
        f"{BASE}verify/", {"package_ids": ["cn.example.yujia"]}, content_type="application/json"
    )
    assert response.json()["package_ids"][0]["result"]["number"] == "教APP备1100001号"


def test_entries_pages(client: Client, make_entry: Callable[..., Entry]) -> None:
    for _ in range(3):
        make_entry()
    first = client.get(f"{BASE}entries/", {"q": "阅读", "size": 2, "stage": "primary"}).json()
    assert (first["count"], first["capped"], first["previous"]) == (3, False, None)
    second = client.get(first["next"]).json()
    assert [line["number"] for line in first["results"] + second["results"]] == [
        "教APP备1100003号", "教APP备1100002号", "教APP备1100001号",
    ]  # fmt: skip
    assert second["next"] is None
    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_entries_bad_place_refused(client: Client) -> None:
    response = client.get(f"{BASE}entries/", {"after": "x"})
    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/problem+json")


def test_entries_etag(client: Client, make_entry: Callable[..., Entry]) -> None:
    make_entry()
    tag = client.get(f"{BASE}entries/")["ETag"]
    assert client.get(f"{BASE}entries/", headers={"if-none-match": tag}).status_code == 304


def test_entries_says_what_a_misread_number_is(client: Client) -> None:
    assert (
        client.get(f"{BASE}entries/", {"q": "教APP备110213号"}).json()["problem"]["type"] == "number-length"
    )


def test_one_entry_with_history(client: Client, make_entry: Callable[..., Entry]) -> None:
    make_entry(state="revoked")
    body = client.get(f"{BASE}entries/1100001/").json()
    assert [event["kind"] for event in body["history"]] == ["revoked", "published"]
    assert body["public"]["purpose"] == "分级阅读与读书记录"


@pytest.mark.parametrize(("typed", "status"), [("1199999", 404), ("x", 400)])
def test_one_entry_unknown(typed: str, status: int, client: Client) -> None:
    response = client.get(f"{BASE}entries/{typed}/")
    assert response.status_code == status
    assert response["Content-Type"].startswith("application/problem+json")


def test_lists(client: Client, make_entry: Callable[..., Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.queries.MAX_PAGE_SIZE", 2)
    for _ in range(3):
        make_entry(state="revoked")
    make_entry()
    first = client.get(f"{BASE}lists/revoked/", {"province": "11"}).json()
    second = client.get(first["next"]).json()
    assert [line["number"] for line in first["results"] + second["results"]] == [
        "教APP备1100003号", "教APP备1100002号", "教APP备1100001号",
    ]  # fmt: skip
    assert client.get(f"{BASE}lists/nonsense/").status_code == 404
    assert client.get(f"{BASE}lists/revoked/", {"after": "x"}).status_code == 400


def test_schema_holds_all_calls(client: Client) -> None:
    response = client.get("/api/v1/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    paths = [path for path in json.loads(response.content)["paths"] if path.startswith(BASE)]
    assert sorted(paths) == [
        f"{BASE}blacklist/",
        f"{BASE}circulars/",
        f"{BASE}circulars/{{id}}/",
        f"{BASE}directory.{{kind}}",
        f"{BASE}editions/",
        f"{BASE}editions/{{id}}/",
        f"{BASE}editions/{{id}}/file/",
        f"{BASE}entries/",
        f"{BASE}entries/{{number}}/",
        f"{BASE}exit-list/",
        f"{BASE}institutions/",
        f"{BASE}institutions/{{id}}/",
        f"{BASE}lists/{{name}}/",
        f"{BASE}negative-list/",
        f"{BASE}progress-reports/",
        f"{BASE}progress-reports/{{id}}/",
        f"{BASE}replies/",
        f"{BASE}users/{{number}}/",
        f"{BASE}verify/",
        f"{BASE}verify/{{number}}/",
    ]  # fmt: skip


def test_search_with_thousands_of_terms_is_a_bad_request_on_both_ways(client: Client) -> None:
    many = "&".join(["q=a"] * (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))
    assert client.get(f"{BASE}entries/?{many}").status_code == 400
    assert call(f"{BASE}entries/", QUERY_STRING=many)[0] == 400
