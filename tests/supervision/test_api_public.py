"""The public lists for machines: lines, editions with their record, replies, circulars; ETag and pages."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from django.urls import reverse

from blacklist import domain as blacklist
from supervision import domain
from tests import factories
from tests import factories_supervision as make

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R141")
def test_lines_of_the_lists_are_public_and_cacheable(client):
    by, where = make.lead(), factories.authority("11")
    values = {"subject": "practice", "title_zh": "拍照搜题", "reason": "不利于学习", "by": by, "now": make.NOW}
    row = blacklist.add_line(kind="negative", authority=where, **values)
    gone = blacklist.add_line(kind="negative", authority=where, **{**values, "title_zh": "抽奖"})
    blacklist.remove_line(item=gone, reason="已整改", by=by, now=make.NOW)
    answer = client.get(reverse("api_registry_negative_list"))
    lines = {one["id"]: one for one in answer.json()["results"]}
    assert (lines[row.pk]["title_zh"], lines[row.pk]["listed"], lines[row.pk]["state"]) == (
        "拍照搜题", "2026-08-31", "listed",
    )  # fmt: skip
    assert (lines[gone.pk]["removed"], lines[gone.pk]["removal_reason"]) == ("2026-08-31", "已整改")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in answer["Cache-Control"]
    again = client.get(reverse("api_registry_negative_list"), HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(reverse("api_registry_exit_list")).json()["results"] == []
    assert client.get(reverse("api_registry_negative_list"), {"authority": "44"}).json()["results"] == []
    for query in ({"authority": "\x00"}, {"after": "x"}):
        assert client.get(reverse("api_registry_negative_list"), query).status_code == 400


@pytest.mark.requirement("R144")
def test_edition_can_be_fetched_and_checked_against_the_ledger(client):
    make.listing()
    row = domain.publish_list(
        kind="black", authority=None, as_of=date(2026, 8, 31), by=make.ministry(), now=make.NOW
    )
    listed = client.get(reverse("api_registry_editions")).json()["results"][0]
    body = client.get(reverse("api_registry_edition", args=[row.pk])).json()
    assert {key: body[key] for key in listed} == listed
    assert body["recorded_sha256"] == body["sha256"] == row.digest
    assert len(body["record_hash"]) == 64
    file = client.get(reverse("api_registry_edition_file", args=[row.pk]))
    assert hashlib.sha256(file.getvalue()).hexdigest() == body["sha256"]
    assert file["ETag"] == f'"{row.digest}"'
    kept = client.get(reverse("api_registry_edition_file", args=[row.pk]), HTTP_IF_NONE_MATCH=file["ETag"])
    assert kept.status_code == 304
    assert client.get(reverse("api_registry_edition", args=[row.pk + 1])).status_code == 404


@pytest.mark.requirement("R131")
def test_replies_and_circulars_say_what_the_pages_say(client):
    row = make.complaint(state="resolved")
    domain.publish_reply(complaint=row, title="关于广告", text="已整改。", by=make.reviewer(), now=make.NOW)
    lines = client.get(reverse("api_registry_replies")).json()["results"]
    assert [(one["title"], one["text"], one["published"]) for one in lines] == [("关于广告", "已整改。", "2026-08-31")]
    assert set(lines[0]) == {"id", "kind", "category", "authority", "title", "text", "published"}
    listing = make.listing()
    circulars = client.get(reverse("api_registry_circulars")).json()["results"]
    assert listing.unit_name in circulars[0]["title_zh"]
    one = client.get(reverse("api_registry_circular", args=[circulars[0]["id"]])).json()
    assert listing.reason in one["text_zh"]
    letter = domain.write_circular(
        kind="circular", audience="units", title_zh="函", body_zh="正文", by=make.lead(), now=make.NOW,
        units=[factories.unit()],
    )  # fmt: skip
    domain.publish_circular(circular=letter, by=make.lead(), now=make.NOW)
    assert client.get(reverse("api_registry_circular", args=[letter.pk])).status_code == 404
