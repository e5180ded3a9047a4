"""The directory of filed apps for an online learning space (Opinions, 12)."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from registry import domain as registry
from registry.api.directory import DirectoryLine
from registry.throttles import Buckets, BulkThrottle
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R118")]
BASE = "/api/v1/registry/directory"


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    return [json.loads(line) for line in b"".join(answer.streaming_content).decode().splitlines()]


def test_directory_names_every_app_in_force_with_its_page(client: Client, make_entry: Any) -> None:
    make_entry()
    make_entry(state="rectifying", app_name="整改应用")
    for state in ("offline", "revoked", "cancelled"):
        make_entry(state=state)
    answer = client.get(f"{BASE}.jsonl")
    assert answer["Content-Type"].startswith("application/x-ndjson")
    assert (answer["Cache-Control"], answer["Access-Control-Allow-Origin"]) == ("public, max-age=300", "*")
    found = lines(answer)
    assert [one["status"] for one in found] == ["published", "rectifying"]
    assert set(found[0]) == set(DirectoryLine().fields)
    assert (found[0]["number"], found[0]["app_name"]) == ("教APP备1100001号", "榆荚阅读")
    assert (found[0]["functions"], found[0]["stages"]) == (["reading"], ["primary", "junior"])
    assert found[0]["url"] == "http://testserver/registry/1100001/"
    assert client.get(found[0]["url"]).status_code == 200


def test_directory_by_stage_province_and_function(client: Client, make_entry: Any) -> None:
    make_entry()
    make_entry(stages=["higher"], functions=["exams"])
    make_entry(prefix="51", province_code="51", stages=["senior"])

    def numbers(**query: Any) -> list[str]:
        return [one["number"][5:12] for one in lines(client.get(f"{BASE}.jsonl", query))]

    assert numbers(stage="primary") == ["1100001"]
    assert numbers(stage=["higher", "senior"]) == ["1100002", "5100001"]
    assert numbers(province="51") == ["5100001"]
    assert numbers(province="11", function="exams") == ["1100002"]
    assert numbers(province="44") == []
    for query in ({"stage": "kindergarten"}, {"province": "99"}, {"function": "x\x00"}, {"after": "x"}):
        answer = client.get(f"{BASE}.jsonl", query)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json"), query
    assert client.get(f"{BASE}.xml").status_code == 404


def test_file_for_spreadsheets_is_safe_and_a_long_one_goes_on(
    client: Client, make_entry: Any, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr("registry.api.directory.FILE_LINES", 2)
    for name in ("=HYPERLINK(1)", "二", "三", "四"):
        make_entry(app_name=name)
    found: list[str] = []
    address = f"{BASE}.csv?stage=primary"
    for _part in range(2):
        with django_assert_max_num_queries(3):
            answer = client.get(address)
            text = b"".join(answer.streaming_content).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert {row["age_range"] for row in rows} == {"8-15"}
        assert {row["stages"] for row in rows} == {"primary junior"}
        found += [row["app_name"] for row in rows]
        address = answer["Link"].split(">")[0].strip("<") if "Link" in answer else ""
    assert found == ["'=HYPERLINK(1)", "二", "三", "四"]
    assert not address


def test_directory_is_throttled_as_other_bulk_calls(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BulkThrottle, "buckets", Buckets(2.0))
    answers = [client.get(f"{BASE}.jsonl") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0


def test_who_has_the_file_is_told_that_it_is_the_same(client: Client, make_entry: Any) -> None:
    first = make_entry()
    make_entry(app_name="二")
    by = factories.actor(Role.REVIEWER, first.authority)
    answer = client.get(f"{BASE}.jsonl")
    tag = answer["ETag"]
    kept = client.get(f"{BASE}.jsonl", HTTP_IF_NONE_MATCH=tag)
    assert (kept.status_code, kept.content, kept["ETag"]) == (304, b"", tag)
    assert kept["Cache-Control"] == answer["Cache-Control"]
    for other in (f"{BASE}.csv", f"{BASE}.jsonl?after={first.pk}", f"{BASE}.jsonl?province=51"):
        assert client.get(other, HTTP_IF_NONE_MATCH=tag).status_code == 200, other
    registry.order_rectification(
        entry=first, public_text="限期整改", until=date(2026, 10, 30), by=by, now=NOW + timedelta(days=1)
    )
    anew = client.get(f"{BASE}.jsonl", HTTP_IF_NONE_MATCH=tag)
    assert [one["status"] for one in lines(anew)] == ["rectifying", "published"]
    assert anew["ETag"] != tag
