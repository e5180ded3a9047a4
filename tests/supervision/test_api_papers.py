"""Circulars, interviews, progress reports and outcomes by token: the pages' verbs, checks and refusals."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import KeyedCall
from ledger.models import Record
from notices.models import Notice
from supervision.models import CaseOutcome, Circular, ProgressReport
from tests import factories
from tests import factories_supervision as make
from tests.supervision.api_caller import calls

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(freeze):
    freeze(make.NOW)


def letter(**more: Any) -> dict[str, Any]:
    return {"kind": "interview", "audience": "units", "title_zh": "约谈通知", "body_zh": "请到我厅。", **more}


@pytest.mark.requirement("R164")
def test_letter_is_drafted_changed_published_and_the_interview_recorded():
    unit = factories.unit()
    call, lead = calls(make.reviewer()), calls(make.lead())
    made = call.post("api_authority_circulars", **letter(uscc=[unit.uscc])).json()
    pk = made["id"]
    assert (made["state"], [one["uscc"] for one in made["addressees"]]) == ("draft", [unit.uscc])
    texts = {"title_zh": "约谈通知（改）", "body_zh": "请到我厅一谈。"}
    changed = call.put("api_authority_circular", pk, **texts).json()
    assert (changed["title_zh"], changed["body_en"]) == (texts["title_zh"], "")
    refused = call.post("api_authority_circular_publish", pk, seen_state="draft")
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (403, "not_a_lead")
    assert lead.post("api_authority_circular_publish", pk, seen_state="draft").json()["state"] == "published"
    assert Notice.objects.filter(kind="circular", to_unit=unit).count() == 1
    stale = lead.post("api_authority_circular_publish", pk, seen_state="draft")
    assert (stale.status_code, stale.json()["type"]) == (409, "already-moved")
    late = call.put("api_authority_circular", pk, **texts)
    assert (late.status_code, late.json()["reasons"][0]["code"]) == (403, "published")
    held = call.post("api_authority_circular_interview", pk, held_on="2026-08-31", minutes="已谈")
    assert (held.json()["minutes"], held.json()["held_on"]) == ("已谈", "2026-08-31")
    # the ministry reads what is published, but not what was said; another province knows nothing of it
    assert calls(make.ministry()).get("api_authority_circular", pk).json()["minutes"] == ""
    other = calls(make.reviewer("44"))
    assert other.get("api_authority_circular", pk).status_code == 404
    assert other.post("api_authority_circular_interview", pk, held_on="2026-08-31", minutes="x").status_code == 404
    listed = call.get("api_authority_circulars", kind="interview", state="published").json()["results"]
    assert [one["id"] for one in listed] == [pk]
    assert call.get("api_authority_circulars", state="draft").json()["results"] == []


def test_letter_template_fills_what_is_left_empty_and_a_bad_body_says_where():
    make.seeded()
    call = calls(make.reviewer())
    key = call.get("api_authority_letter_templates").json()[0]["key"]
    made = call.post("api_authority_circulars", kind="circular", audience="system", template=key)
    assert made.status_code == 201
    assert made.json()["title_zh"]
    for bad, pointer, status in (
        (letter(kind="blacklisting"), "/kind", 400), (letter(template="no-such"), "/template", 400),
        (letter(uscc=["91110000000000000X"]), "/uscc", 400), (letter(held_on="soon"), "/held_on", 400),
        (letter(title_zh="", audience="system"), "/title_zh", 422),
    ):  # fmt: skip
        answer = call.post("api_authority_circulars", **bad)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)
    nobody = call.post("api_authority_circulars", **letter())
    assert nobody.json()["reasons"][0]["code"] == "nobody"
    assert Circular.objects.count() == 1


@pytest.mark.requirement("R161")
def test_ministry_generates_edits_and_publishes_its_report():
    make.entry()
    call = calls(make.ministry())
    period = {"first_day": "2026-08-01", "last_day": "2026-08-31"}
    refused = calls(make.lead()).post("api_authority_reports", **period)
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (403, "not_your_authority")
    future = call.post("api_authority_reports", first_day="2026-08-01", last_day="2026-09-01")
    assert (future.status_code, future.json()["errors"][0]["pointer"]) == (422, "/last_day")
    assert call.post("api_authority_reports", first_day="x").status_code == 400
    made = call.post("api_authority_reports", **period).json()
    assert (made["state"], made["tables"]["totals"]["published"]) == ("draft", 1)
    again = call.post("api_authority_reports", **period).json()
    assert again["id"] == made["id"], "the same period renews the draft"
    province = calls(make.reviewer())
    assert province.get("api_authority_report", made["id"]).status_code == 404, "drafts are the ministry's"
    empty = call.post("api_authority_report_publish", made["id"], seen_state="draft")
    assert empty.json()["reasons"][0]["code"] == "text_needed"
    texts = {"title_zh": "八月进展", "body_zh": "总体平稳。", "title_en": "August"}
    assert call.put("api_authority_report", made["id"], **texts).json()["body_zh"] == "总体平稳。"
    done = call.post("api_authority_report_publish", made["id"], seen_state="draft").json()
    assert done["state"] == "published"
    assert call.post("api_authority_report_publish", made["id"], seen_state="draft").status_code == 409
    assert call.put("api_authority_report", made["id"], **texts).status_code == 403
    assert [one["id"] for one in province.get("api_authority_reports").json()["results"]] == [made["id"]]
    assert ProgressReport.objects.count() == 1


@pytest.mark.requirement("R165")
def test_what_followed_for_persons_is_recorded_once_and_each_reading_is_on_record():
    listing = make.listing()
    lead, person = calls(make.lead()), "某副主任"
    values = {"consequence": "talk", "person_name": person, "text": "审核失察", "decided_on": "2026-08-30"}
    made = [
        lead.post("api_authority_listing_outcomes", listing.pk, once="outcome-1", **values) for _ in range(2)
    ]
    assert [one.status_code for one in made] == [201, 201]
    assert made[0].json() == made[1].json() == {"id": CaseOutcome.objects.get().pk}
    other = lead.post("api_authority_listing_outcomes", listing.pk, once="outcome-1", **values | {"text": "另一"})
    assert (other.status_code, other.json()["type"]) == (422, "key-reused")
    assert person not in made[0].content.decode(), "recording is no look"
    looks = Record.objects.filter(verb="look_at_outcomes")
    assert lead.post("api_authority_listing_look", listing.pk).status_code == 400, "a look says why"
    assert not looks.exists()
    for number in (1, 2):
        seen = lead.post("api_authority_listing_look", listing.pk, purpose="核对", once="look")
        assert [one["person_name"] for one in seen.json()] == [person]
        assert "no-store" in seen["Cache-Control"]
        assert looks.count() == number, "a repeated look is a look"
    for by in (make.reviewer(), make.lead("44")):
        for name, body in (("look", {"purpose": "了解"}), ("outcomes", values)):
            refused = calls(by).post(f"api_authority_listing_{name}", listing.pk, **body)
            assert refused.status_code == 403
            assert person not in refused.content.decode()
    late = lead.post("api_authority_listing_outcomes", listing.pk, **values | {"decided_on": "2026-09-01"})
    assert (late.status_code, late.json()["errors"][0]["pointer"]) == (422, "/decided_on")
    wrong = lead.post("api_authority_listing_outcomes", listing.pk, **values | {"consequence": "x"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "/consequence")
    assert (CaseOutcome.objects.count(), KeyedCall.objects.count()) == (1, 1)


@pytest.mark.requirement("R165")
def test_outcome_beside_a_circular_waits_until_it_is_published():
    call = calls(make.lead())
    pk = call.post("api_authority_circulars", **letter(kind="circular", audience="system")).json()["id"]
    values = {"consequence": "none", "text": "未见失职", "decided_on": "2026-08-31"}
    assert call.post("api_authority_circular_outcomes", pk, **values).json()["reasons"][0]["code"] == "draft"
    call.post("api_authority_circular_publish", pk, seen_state="draft")
    assert call.post("api_authority_circular_outcomes", pk, **values).status_code == 201
    assert len(call.post("api_authority_circular_look", pk, purpose="核对").json()) == 1
