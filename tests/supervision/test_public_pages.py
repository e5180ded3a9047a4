"""What everybody sees: the complaint form and its code, the lists with their editions, circulars."""

from __future__ import annotations

import logging
import re
import struct
import zlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from blacklist import domain as blacklist
from ledger.models import Record
from rulebook.time import now as moment
from supervision import domain
from supervision.domain import publish_list
from supervision.models import Circular, ComplainantIdentity, Complaint
from tests import factories
from tests import factories_supervision as make

NOW = make.NOW


def picture() -> bytes:
    """A PNG of one pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00\xff\xff\xff")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


PNG = picture()
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clean(freeze) -> None:
    cache.clear()
    make.seeded()
    factories.authority("moe")
    freeze(NOW)


def opened(freeze, **query: str) -> dict[str, str]:
    """The token of a form that was opened a minute ago, with the sum worked out."""
    page = Client().get(reverse("complain_new"), query, headers={"accept-language": "en"})
    words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    text = page.content.decode()
    first, second = re.search(r"What is (\w+) plus (\w+)\?", text).groups()
    token = re.search(r'name="token" value="([^"]+)"', text)[1]
    freeze(moment() + timedelta(minutes=1))
    return {"token": token, "answer": str(words.index(first) + words.index(second))}


def send(given: dict[str, Any], **more: Any):
    return Client().post(reverse("complain_new"), {**given, **more}, headers={"accept-language": "en"})


@pytest.mark.requirement("R130")
def test_notice_and_categories_stand_before_the_form() -> None:
    page = Client().get(reverse("complain")).content.decode()
    assert "受理范围" in page
    assert make.category("ads_games").label_zh in page
    assert make.category("commercial").elsewhere_zh in page
    assert "<form" not in page.split("<main")[1]
    of = make.entry()
    page = Client().get(reverse("complain"), {"number": of.number}).content.decode()
    assert of.app_name in page and "number=" in page
    assert of.app_name in Client().get(reverse("complain_new"), {"number": of.number}).content.decode()
    assert reverse("complain") in Client().get(reverse("entry", args=[of.number]), follow=True).content.decode()


@pytest.mark.requirement("R129")
def test_complaint_is_sent_and_followed_by_its_code(freeze, caplog) -> None:
    of = make.entry(province="44")
    given = opened(freeze, number=of.number)
    with caplog.at_level(logging.DEBUG):
        page = send(
            given, kind="complaint", category="ads_games", number=of.number, text="应用内有游戏广告", name="甄别名",
            phone="13912345678", asked_operator="yes", screenshots=SimpleUploadedFile("zhen.png", PNG),
        )  # fmt: skip
    assert page.status_code == 200, page.context["form"].errors
    row = Complaint.objects.get()
    assert (row.authority.code, row.entry, row.asked_operator) == ("44", of, True)
    assert row.attachments.get().name == f"{row.case_no}-1.png"
    assert ComplainantIdentity.objects.get().phone == "13912345678"
    code = page.context["code"]
    assert code in page.content.decode() and "no-store" in page["Cache-Control"]
    assert code not in caplog.text and "13912345678" not in caplog.text
    follow = Client().post(reverse("complain_follow"), {"code": code.lower().replace("-", " ")})
    assert row.case_no in follow.content.decode() and "13912345678" not in follow.content.decode()
    assert Client().get(reverse("complain_follow"), {"code": code}).context.get("case") is None
    assert Client().post(reverse("complain_follow"), {"code": "AAAA-BBBB-CCCC-DDDD"}).status_code == 422
    again = send(given, kind="complaint", category="ads_games", number=of.number, text="again")
    assert again.status_code == 422 and Complaint.objects.count() == 1


@pytest.mark.requirement("R129")
def test_form_that_the_database_did_not_take_in_may_be_sent_again(freeze) -> None:
    of = make.entry()
    given = opened(freeze, number=of.number)
    said = {"kind": "complaint", "category": "ads_games", "number": of.number, "text": "应用内有游戏广告"}
    broken = "BEGIN RAISE EXCEPTION 'again' USING ERRCODE = 'deadlock_detected'; END"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ {broken} $$")
        cursor.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON supervision_complaint FOR EACH ROW EXECUTE FUNCTION broken()"
        )
    assert send(given, **said).status_code == 503
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION broken CASCADE")
    assert (send(given, **said).status_code, Complaint.objects.count()) == (200, 1)
    assert (send(given, **said).status_code, Complaint.objects.count()) == (422, 1)


@pytest.mark.requirement("R129")
def test_question_is_answered_under_the_code() -> None:
    received = make.received()
    by = make.people(received.complaint.authority, "reviewer")
    domain.accept(complaint=received.complaint, by=by, now=NOW)
    domain.ask_back(complaint=received.complaint, text="请问是哪个版本？", by=by, now=NOW)
    client, code = Client(), received.query_code
    assert "请问是哪个版本？" in client.post(reverse("complain_follow"), {"code": code}).content.decode()
    empty = client.post(reverse("complain_answer"), {"code": code, "text": " "})
    assert empty.status_code == 422
    done = client.post(reverse("complain_answer"), {"code": code, "text": "3.2版"})
    assert done.status_code == 200 and "3.2版" in done.content.decode()
    late = client.post(reverse("complain_answer"), {"code": code, "text": "又及"})
    assert late.status_code == 422
    domain.resolve(complaint=received.complaint, outcome="substantiated", reply="已责令整改。", by=by, now=NOW)
    assert "已责令整改。" in client.post(reverse("complain_follow"), {"code": code}).content.decode()


@pytest.mark.requirement("R130")
def test_mistakes_stand_at_their_fields_and_nothing_typed_is_lost(freeze) -> None:
    given = opened(freeze)
    wrong = {
        "kind": "complaint", "category": "commercial", "number": "教APP备9912345号", "provider_name": "某公司",
        "text": "退费纠纷的经过", "happened_on": "2030-01-01", "email": "nobody", "province": "44",
        "screenshots": SimpleUploadedFile("x.png", b"<html>"),
    }  # fmt: skip
    page = send(given, **wrong)
    assert page.status_code == 422 and Complaint.objects.count() == 0
    form = page.context["form"]
    assert {"category", "number", "happened_on", "email"} <= set(form.errors)
    assert "12315" in str(form.errors["category"])
    for text in ("退费纠纷的经过", "某公司", "nobody", given["token"]):
        assert text in page.content.decode()
    right = {"kind": "complaint", "category": "ads_games", "text": "经过", "app_name": "某应用"}
    page = send(given, **right, screenshots=SimpleUploadedFile("x.png", b"<html>"))
    assert list(page.context["form"].errors) == ["screenshots"] and page.context["pictures_lost"]
    page = send({**given, "answer": "99"}, **right)
    assert list(page.context["form"].errors) == ["answer"]
    assert send(given, **right, website="http://x").status_code == 422
    assert send({**given, "token": "forged"}, **right).status_code == 422
    assert send(given, kind="complaint", category="ads_games", text="经过").context["form"].errors["app_name"]
    assert send(given, kind="complaint", text="\x00", category="x" * 5000).status_code == 422
    assert Complaint.objects.count() == 0
    assert send(given, **right).status_code == 200


@pytest.mark.requirement("R32", "R131", "R132")
def test_suggestions_and_reports_of_unfiled_apps_have_the_same_door(freeze) -> None:
    factories.authority("51")
    given = opened(freeze, kind="suggestion")
    assert send(given, kind="suggestion", category="suggestion", text="建议公示", province="51").status_code == 200
    given = opened(freeze, kind="unfiled")
    bad = send(given, kind="unfiled", category="unfiled_in_school", text="学校要求安装")
    assert list(bad.context["form"].errors) == ["app_name"]
    done = send(
        given, kind="unfiled", category="unfiled_in_school", text="学校要求安装", app_name="某应用", where_found="小学",
    )  # fmt: skip
    assert done.status_code == 200
    found = sorted(Complaint.objects.values_list("kind", "authority__code"))
    assert found == [("suggestion", "51"), ("unfiled", "moe")]


def test_floods_and_tries_of_codes_are_held_off(freeze) -> None:
    values = {"kind": "suggestion", "category": "suggestion", "text": "建议"}
    codes = [send(opened(freeze, kind="suggestion"), **values).status_code for _time in range(6)]
    assert codes == [200] * 5 + [429]
    tries = [Client().post(reverse("complain_follow"), {"code": "AAAA-BBBB-CCCC-DDDD"}).status_code for _t in range(31)]
    assert set(tries[:30]) == {422} and tries[30] == 429


@pytest.mark.requirement("R131")
def test_published_replies_say_nothing_of_the_complainant() -> None:
    row = make.complaint(state="resolved")
    by = make.people(row.authority, "reviewer")
    assert row.reply not in Client().get(reverse("complain_replies")).content.decode()
    domain.publish_reply(complaint=row, title="关于应用内广告", text="已开展专项检查。", by=by, now=NOW)
    page = Client().get(reverse("complain_replies")).content.decode()
    assert "已开展专项检查。" in page
    for secret in ("甄别名", "13912345678", row.text, row.case_no, row.app_name):
        assert secret not in page


@pytest.mark.requirement("R137", "R140", "R144")
def test_blacklist_is_public_with_dates_reason_and_bar(client: Client) -> None:
    row = make.listing()
    page = client.get(reverse("blacklist")).content.decode()
    for text in (row.unit_name, row.uscc, row.reason, "2026-08-31", "2027-02-28", row.numbers[0]):
        assert text in page
    csv = b"".join(client.get(reverse("blacklist_file", args=["csv"])).streaming_content).decode()
    assert f"{row.unit_name},{row.uscc}" in csv and "2027-02-28" in csv
    answer = client.get(reverse("api_registry_blacklist"), {"uscc": row.uscc.lower()}).json()
    assert [one["bar_until"] for one in answer["results"]] == ["2027-02-28"]
    assert answer["results"][0]["revoked"][0]["number"] == row.numbers[0]
    blacklist.lift(listing=row, reason="复核后撤销决定", by=make.ministry(), now=NOW)
    assert row.unit_name not in client.get(reverse("blacklist")).content.decode()
    assert "复核后撤销决定" in client.get(reverse("blacklist"), {"show": "ended"}).content.decode()
    assert client.get(reverse("api_registry_blacklist")).json()["results"] == []
    assert client.get(reverse("api_registry_blacklist"), {"state": "lifted"}).json()["results"]
    for query in ({"state": "x"}, {"after": "x"}, {"after": "9" * 30}):
        assert client.get(reverse("api_registry_blacklist"), query).status_code == 400
    for query in ({"q": "\x00"}, {"page": "x"}, {"province": "zz", "show": "?"}, {"q": "无"}):
        assert client.get(reverse("blacklist"), query).status_code == 200


@pytest.mark.requirement("R141")
def test_negative_and_exit_list_stand_beside_it(client: Client) -> None:
    values: dict[str, Any] = {"authority": factories.authority("11"), "by": make.lead(), "now": NOW}
    row = blacklist.add_line(kind="negative", subject="practice", title_zh="拍照搜题", reason="不得提供", **values)
    blacklist.add_line(kind="exit", subject="unit", title_zh="某公司退出", reason="主动退出", **values)
    assert "拍照搜题" in client.get(reverse("negative_list")).content.decode()
    exits = client.get(reverse("exit_list")).content.decode()
    assert "某公司退出" in exits and "拍照搜题" not in exits and reverse("list_revoked") in exits
    blacklist.remove_line(item=row, reason="规定调整", by=make.lead(), now=NOW)
    assert "规定调整" in client.get(reverse("negative_list")).content.decode()


@pytest.mark.requirement("R144")
def test_editions_are_verified_against_the_ledger(client: Client) -> None:
    row = make.listing()
    made = publish_list(kind="black", authority=None, as_of=NOW.date(), by=make.ministry(), now=NOW)
    assert made.digest[:12] not in client.get(reverse("editions")).content.decode()
    page = client.get(reverse("edition", args=[made.pk])).content.decode()
    assert made.digest in page and Record.objects.get(verb="publish_edition").hash in page
    assert client.get(reverse("edition", args=[made.pk]), {"check": "1"}).context["result"]["ok"] is True
    file = b"".join(client.get(reverse("edition_file", args=[made.pk])).streaming_content).decode()
    assert row.uscc in file
    assert client.get(reverse("api_registry_editions")).json()["results"][0]["sha256"] == made.digest
    cache.clear()
    with made.file.storage.open(made.file.name, "ab") as stored:
        stored.write(b"{}\n")
    assert client.get(reverse("edition", args=[made.pk]), {"check": "1"}).context["result"]["ok"] is False
    assert client.get(reverse("edition", args=[10**9])).status_code == 404
    assert reverse("editions") in client.get(reverse("lists")).content.decode()


@pytest.mark.requirement("R138")
def test_circular_of_a_blacklisting_is_public_and_a_letter_is_not(client: Client) -> None:
    row = make.listing()
    public = Circular.objects.get(listing=row)
    assert reverse("circular", args=[public.pk]) in client.get(reverse("circulars")).content.decode()
    assert row.unit_name in client.get(reverse("circular", args=[public.pk])).content.decode()
    letter = domain.write_circular(
        kind="warning", audience="units", title_zh="提醒函", body_zh="请核实", units=[row.unit], by=make.lead(), now=NOW
    )
    domain.publish_circular(circular=letter, by=make.lead(), now=NOW)
    assert client.get(reverse("circular", args=[letter.pk])).status_code == 404
    reader = factories.client_for(factories.membership("provider_owner", unit=row.unit))
    assert "请核实" in reader.get(reverse("circular", args=[letter.pk])).content.decode()


@pytest.mark.requirement("R161")
def test_published_report_stands_with_its_figures(client: Client) -> None:
    of = make.entry(province="44")
    day, by = NOW.date(), make.ministry()
    row = domain.generate_report(first_day=day, last_day=day, by=by, now=NOW)
    domain.edit_report(report=row, body_zh="总体进展平稳。", by=by, now=NOW)
    url = reverse("progress_report", args=[row.pk])
    assert client.get(url).status_code == 404
    assert url not in client.get(reverse("progress_reports")).content.decode()
    domain.publish_report(report=row, by=by, now=NOW)
    assert url in client.get(reverse("progress_reports")).content.decode()
    page = client.get(url).content.decode()
    assert "总体进展平稳。" in page and "广东" in page
    assert "广东" in client.get(url, {"format": "csv"}).getvalue().decode() and of.pk
