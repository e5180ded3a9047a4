"""A draft that somebody has changed since it was opened is not written over unseen, on the page or by token."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from supervision import domain
from supervision.models import Campaign, Circular, ProgressReport
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make
from tests.supervision.api_caller import Caller, calls

pytestmark = pytest.mark.django_db

TERMS = {"title_zh": "专项", "effect": "offline", "reason": "违规", "public_text": "已下架。"}
SAID = "Somebody has changed this draft since you opened it."


@pytest.fixture(autouse=True)
def _today(freeze: Any) -> None:
    freeze(make.NOW)
    filings.calendar()


@pytest.fixture
def call() -> Caller:
    return calls(make.ministry())


def circular() -> Circular:
    return domain.write_circular(
        kind="circular", audience="public", title_zh="通报", body_zh="甲。", by=make.ministry(), now=make.NOW
    )


def report() -> ProgressReport:
    day = date(2026, 8, 1)
    return domain.generate_report(first_day=day, last_day=day, by=make.ministry(), now=make.NOW)


def campaign() -> Campaign:
    return domain.draft_campaign(filter={"stages": ["primary"]}, by=make.ministry(), now=make.NOW, **TERMS)


def hidden(answer: HttpResponse) -> str:
    """The mark that the form carries."""
    found = re.search(r'name="seen" value="([0-9a-f]{32})"', answer.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("circular", {"title_zh": "通报（改）", "body_zh": "乙。"}),
        ("report", {"title_zh": "进展（改）", "body_zh": "乙。"}),
        ("campaign", {**TERMS, "title_zh": "专项（改）", "filter": {"stages": ["primary"]}}),
    ],
)
def test_second_writer_by_token_is_told(call: Caller, kind: str, values: dict[str, Any]) -> None:
    row = {"circular": circular, "report": report, "campaign": campaign}[kind]()
    name = f"api_authority_{kind}"
    seen = call.get(name, row.pk).json()["seen"]
    first = call.put(name, row.pk, seen=seen, **values)
    assert first.status_code == 200, first.content
    late = call.put(name, row.pk, seen=seen, **{**values, "title_zh": "别的"})
    assert (late.status_code, late["Content-Type"]) == (409, "application/problem+json")
    assert late.json()["reasons"][0]["code"] == "newer_version"
    assert make.fresh(row).title_zh == values["title_zh"]
    again = call.put(name, row.pk, seen=first.json()["seen"], **{**values, "title_zh": "别的"})
    assert (again.status_code, again.json()["title_zh"]) == (200, "别的")
    assert call.put(name, row.pk, **values).status_code == 200, "who names no mark asks for no guard"


@pytest.mark.parametrize("kind", ["circular", "report", "campaign"])
def test_stale_page_keeps_what_was_typed_and_shows_what_stands(call: Caller, kind: str) -> None:
    row = {"circular": circular, "report": report, "campaign": campaign}[kind]()
    client: Client = factories.client_for(call.member)
    client.cookies["django_language"] = "en"
    page = reverse("sv_campaign_edit" if kind == "campaign" else f"sv_{kind}", args=[row.pk])
    to = page if kind == "campaign" else reverse(f"sv_{kind}_act", args=[row.pk, "edit"])
    typed = {**TERMS, "stages": ["primary"]} if kind == "campaign" else {"title_zh": "标题", "body_zh": "原文"}
    long = "public_text" if kind == "campaign" else "body_zh"
    seen = hidden(client.get(page))
    assert client.post(to, {**typed, long: "同事写的。", "seen": seen}).status_code == 302

    broken = client.post(to, {**typed, "title_zh": "", "seen": seen})
    assert (broken.status_code, hidden(broken)) == (422, seen), "another mistake takes no guard away"
    late = client.post(to, {**typed, long: "我写的。", "seen": seen})
    text = html.unescape(late.content.decode())
    assert late.status_code == 409
    assert SAID in text and "我写的。" in text and "同事写的。" in text
    assert getattr(make.fresh(row), long) == "同事写的。"
    assert client.post(to, {**typed, long: "我写的。", "seen": hidden(late)}).status_code == 302
    assert getattr(make.fresh(row), long) == "我写的。"
