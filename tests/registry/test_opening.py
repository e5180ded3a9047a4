"""Publication starts on the day that the authority's policy names: not a second before, on every way in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registry import opening, tally, throttles
from registry.models import Entry
from registry.numbers import PREFIXES
from rulebook.domain.policies import publish_policy
from rulebook.time import ZONE
from tests import factories_filings as filings
from tests.api.test_registry_api import BASE, call

from .conftest import LATER

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R93")]

OPENS = date(2026, 10, 1)
BEFORE, AFTER = datetime(2026, 9, 30, 23, 59, 59, tzinfo=ZONE), datetime(2026, 10, 1, 0, 0, 0, tzinfo=ZONE)
SECRET = "榆荚阅读"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    tally.forget()
    opening.forget()
    for buckets in (throttles.VERIFY, throttles.SEARCH, throttles.BULK):
        buckets._levels.clear()
    yield
    opening.forget()


@pytest.fixture
def closed(make_entry: Callable[..., Entry], freeze: Any) -> Entry:
    """An entry of Beijing, which opens on 1 October, and one of Guangdong, which is open."""
    filings.policy()
    filings.policy("11", public_from=OPENS.isoformat())
    entry = make_entry(state="rectifying")
    make_entry(prefix="44", app_name="开放应用", package_ids=["cn.example.open"])
    freeze(BEFORE)
    return entry


def everywhere(client: Client) -> dict[str, str]:
    """What each public way in says, by its name."""
    pages = {
        "home": "/", "search": "/?q=榆荚", "number": "/?q=1100001", "entry": "/registry/1100001/",
        "verify page": "/v/1100001", "badge": "/registry/1100001/badge.svg", "kit": "/registry/1100001/display/",
        "list": reverse("list", args=["rectifying"]), "csv": reverse("list_file", args=["rectifying", "csv"]),
        "json": reverse("list_file", args=["rectifying", "json"]),
        "atom": reverse("list_file", args=["rectifying", "atom"]),
        "api search": f"{BASE}entries/?q=榆荚", "api entry": f"{BASE}entries/1100001/",
        "api verify": f"{BASE}verify/1100001/", "api list": f"{BASE}lists/rectifying/",
        "directory": f"{BASE}directory.jsonl", "directory csv": f"{BASE}directory.csv?province=11",
    }  # fmt: skip
    said = {}
    for name, path in pages.items():
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if getattr(answer, "streaming", False) else answer.content
        said[name] = body.decode()
    many = client.post(
        f"{BASE}verify/", json.dumps({"numbers": ["教APP备1100001号", "1100001"], "package_ids": ["cn.example.yujia"]}),
        content_type="application/json",
    )  # fmt: skip
    said["api verify many"] = many.content.decode()
    said["express verify"] = call(f"{BASE}verify/1100001/")[2].decode()
    said["express search"] = call(f"{BASE}entries/", QUERY_STRING="q=%E6%A6%86%E8%8D%9A")[2].decode()
    return said


def test_nothing_is_shown_a_second_before_and_everything_a_second_after(closed: Entry, freeze: Any) -> None:
    for name, text in everywhere(Client()).items():
        assert SECRET not in text, name
    freeze(AFTER)
    tally.forget()
    without_name = {"badge", "number"}  # the badge shows number and state; the number leads on to its page
    for name, text in everywhere(Client()).items():
        assert SECRET in text or name in without_name, name


def test_closed_answers_say_from_which_day_and_not_whether_the_number_exists(closed: Entry) -> None:
    for digits in ("1100001", "1199999"):
        answer = {"number": f"教APP备{digits}号", "filed": None, "status": "not_open", "open_from": "2026-10-01"}
        status, headers, body = call(f"{BASE}verify/{digits}/")
        assert (status, json.loads(body)) == (200, answer)
        assert headers["Cache-Control"] == "public, max-age=1"  # not to be kept beyond the day's beginning
        view = Client().get(f"{BASE}verify/{digits}/")
        assert (view.json(), view["Cache-Control"]) == (answer, "public, max-age=1")
        for path in (f"/v/{digits}", f"/registry/{digits}/", f"/registry/{digits}/badge.svg"):
            page = Client().get(path)
            assert page.status_code == 404
            assert "2026-10-01" in page.content.decode()
        assert "2026-10-01" in Client().get(f"{BASE}entries/{digits}/").content.decode()


def test_other_authorities_and_figures_are_as_they_are(closed: Entry) -> None:
    assert "开放应用" in Client().get("/").content.decode()
    assert Client().get("/v/4400001").status_code == 200
    assert tally.count(now=BEFORE).total == 1
    assert tally.count(now=AFTER).total == 2
    pages = [Client().get(f"{BASE}entries/").json(), json.loads(call(f"{BASE}entries/")[2])]
    assert [[row["app_name"] for row in page["results"]] for page in pages] == [["开放应用"]] * 2


def test_parties_see_their_own_entry_all_the_same(closed: Entry, owner: Any) -> None:
    assert Entry.objects.visible_to(owner).filter(pk=closed.pk).exists()


def test_publishing_a_policy_takes_effect_at_once_in_its_process(
    make_entry: Callable[..., Entry], freeze: Any, django_capture_on_commit_callbacks: Any
) -> None:
    make_entry()
    filings.policy()
    freeze(LATER)
    assert Client().get("/v/1100001").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        publish_policy(
            authority_code="moe", effective_from=LATER.date(), data={"public_from": "2027-01-01"},
            by=filings.ministry_reviewer(), now=LATER,
        )  # fmt: skip
    assert Client().get("/v/1100001").status_code == 404
    assert opening.closed()["00"] == opening.closed()["66"] == date(2027, 1, 1)


def test_national_day_is_inherited_and_an_authority_may_open_earlier(db: None) -> None:
    filings.policy(public_from="2027-01-01")
    filings.policy("44", public_from="2026-01-01")
    now = BEFORE - timedelta(days=3)
    assert set(opening.read(now.date()).opens) == set(PREFIXES)
    closed = opening.closed(now)
    assert "44" not in closed
    assert closed["11"] == date(2027, 1, 1)
