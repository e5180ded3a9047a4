"""Tasks and work plans by token: who gives, who works on them, who knows nothing; keys against repeated calls."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.enums import Role
from accounts.models import KeyedCall
from accounts.tasks import bulk_forget_calls
from ledger.models import Record
from notices.models import Notice
from supervision import domain
from supervision.models import TaskNote, WorkPlan, WorkTask
from tests import factories
from tests import factories_supervision as make
from tests.providers.test_materials import image
from tests.races import second_comer
from tests.supervision.api_caller import Caller, calls

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(freeze):
    freeze(make.NOW)
    factories.authority("110108")


@pytest.fixture
def school() -> Any:
    return factories.unit(kind="school", parent=factories.authority("110108"), province="11", school_code="3111000001")


@pytest.fixture
def partner() -> Any:
    return factories.membership(role=Role.PARTNER, unit=factories.unit(kind="partner"))


def task(**more: Any) -> dict[str, Any]:
    return {
        "title": "秋季抽查", "text": "抽查辖区应用。", "responsible": "110108", "due_day": "2026-09-30",
        "milestones": [{"title": "抽样", "due_day": "2026-09-10"}], **more,
    }  # fmt: skip


@pytest.mark.requirement("R166", "R167")
def test_task_from_the_plan_to_its_end(school, partner):
    reviewer, lead = calls(make.reviewer()), calls(make.lead())
    plan = reviewer.post(
        "api_authority_work_plans", title="年度计划", aim="全覆盖", first_day="2026-09-01", last_day="2026-12-31"
    ).json()
    made = reviewer.post("api_authority_tasks", **task(plan=plan["id"], sharing=[school.school_code]))
    assert made.status_code == 201
    row = made.json()
    assert (row["state"], row["responsible"]["code"], row["sharing"][0]["name"]) == ("open", "110108", school.name)
    pk, step = row["id"], row["milestones"][0]["id"]
    district = calls(make.people(factories.authority("110108"), Role.REVIEWER))
    assert Notice.objects.filter(kind="task_given").count() == 2
    assert district.post("api_authority_task_start", pk, seen_state="open").json()["state"] == "in_progress"
    stale = district.post("api_authority_task_start", pk, seen_state="open")
    assert (stale.status_code, stale.json()["type"]) == (409, "already-moved")
    early = district.post("api_authority_task_finish", pk, text="完成", seen_state="in_progress")
    assert early.json()["reasons"][0]["code"] == "milestones_open"
    unknown = district.post("api_authority_task_milestone", pk, milestone=step + 1, reached_on="2026-08-31")
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (400, "/milestone")
    future = district.post("api_authority_task_milestone", pk, milestone=step, reached_on="2026-09-02")
    assert (future.status_code, future.json()["errors"][0]["pointer"]) == (422, "/reached_on")
    reached = district.post("api_authority_task_milestone", pk, milestone=step, reached_on="2026-08-31").json()
    assert reached["milestones"][0]["reached_on"] == "2026-08-31"
    # the school takes part: it notes, and does not decide
    own = Caller(factories.membership(Role.INSTITUTION_STAFF, unit=school), "institution")
    assert [one["id"] for one in own.get("api_institution_tasks").json()["results"]] == [pk]
    assert own.post("api_institution_task_note", pk, text="已配合").json()["notes"][0]["text"] == "已配合"
    assert own.post("api_institution_task_start", pk, seen_state="in_progress").status_code in (403, 409)
    assert own.post("api_institution_task_finish", pk, text="x", seen_state="in_progress").status_code == 403
    other = calls(partner_actor(partner), "partner")
    assert other.get("api_partner_task", pk).status_code == 404, "it does not name the department"
    # steering is for the head of review of the authority that gave it
    moved = {"due_day": "2026-10-15", "reason": "延期"}
    assert reviewer.post("api_authority_task_move", pk, **moved).json()["reasons"][0]["code"] == "not_a_lead"
    assert lead.post("api_authority_task_move", pk, **moved).json()["due_day"] == "2026-10-15"
    done = district.post("api_authority_task_finish", pk, text="完成", seen_state="in_progress").json()
    assert (done["state"], done["overdue"]) == ("done", False)
    opened = lead.post("api_authority_task_reopen", pk, reason="复查", seen_state="done").json()
    assert (opened["state"], opened["closed_at"]) == ("open", None)
    dropped = lead.post("api_authority_task_drop", pk, reason="取消", seen_state="open").json()
    assert dropped["state"] == "dropped"
    closed = reviewer.get("api_authority_tasks", tab="closed", plan=plan["id"]).json()["results"]
    assert [one["id"] for one in closed] == [pk]
    assert reviewer.get("api_authority_tasks").json()["results"] == []
    guangdong = calls(make.reviewer("44"))
    assert guangdong.get("api_authority_task", pk).status_code == 404
    assert guangdong.get("api_authority_work_plan", plan["id"]).status_code == 404
    assert guangdong.post("api_authority_task_note", pk, text="x").status_code == 404
    assert reviewer.get("api_authority_work_plan", plan["id"]).json()["title"] == "年度计划"


def test_the_ledger_of_tasks_is_given_as_a_table(school, partner):
    reviewer = calls(make.reviewer())
    for title, sharing in (("=1+1", [school.school_code]), ("联合检查", [partner.unit.name])):
        reviewer.post("api_authority_tasks", **task(title=title, sharing=sharing))
    callers = {
        "authority": reviewer, "partner": calls(partner_actor(partner), "partner"),
        "institution": Caller(factories.membership(Role.INSTITUTION_STAFF, unit=school), "institution"),
    }  # fmt: skip
    found = {}
    for who, call in callers.items():
        answer = call.client.get(reverse(f"api_{who}_task_file"), HTTP_ACCEPT="text/csv", **call.head)
        assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (200, "text/csv")
        assert "no-store" in answer["Cache-Control"]
        rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
        found[who] = [row[2] for row in rows[1:]]
    assert found == {"authority": ["'=1+1", "联合检查"], "partner": ["联合检查"], "institution": ["'=1+1"]}
    book = reviewer.get("api_authority_task_file", kind="xlsx", tab="open")
    sheet = load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    assert [row[2] for row in sheet.values][1:] == ["'=1+1", "联合检查"]
    empty = reviewer.get("api_authority_task_file", tab="closed")
    assert len(b"".join(empty.streaming_content).decode().splitlines()) == 1


def partner_actor(member: Any) -> Any:
    return make.people(member.unit, Role.PARTNER)


def test_partner_notes_on_a_task_that_names_it(partner):
    reviewer = calls(make.reviewer())
    pk = reviewer.post("api_authority_tasks", **task(sharing=[partner.unit.name])).json()["id"]
    call = calls(partner_actor(partner), "partner")
    assert [one["id"] for one in call.get("api_partner_tasks").json()["results"]] == [pk]
    assert call.post("api_partner_task_note", pk, text="已协查").json()["notes"][0]["text"] == "已协查"
    assert call.post("api_partner_task_milestone", pk, milestone=1, reached_on="2026-08-31").status_code in (400, 403)
    reading = calls(partner_actor(partner), "read")
    assert reading.get("api_partner_task", pk).status_code == 200
    assert reading.post("api_partner_task_note", pk, text="x").status_code == 403, "a token for reading writes nothing"


def test_wrong_bodies_say_where_and_give_nothing():
    call, elsewhere = calls(make.reviewer()), calls(make.reviewer("44"))
    plan = elsewhere.post(
        "api_authority_work_plans", title="计划", aim="目标", first_day="2026-09-01", last_day="2026-12-31"
    ).json()
    for bad, pointer, status in (
        (task(responsible="无此单位"), "/responsible", 400), (task(sharing=["无"]), "/sharing", 400),
        (task(responsible="44"), "/responsible", 422), (task(due_day="2026-08-30"), "/due_day", 422),
        (task(milestones=[{"title": "晚", "due_day": "2026-10-10"}]), "/milestones", 422),
        (task(milestones="x"), "/milestones", 400), (task(plan=plan["id"]), "/plan", 400),
        (task(title=""), "/title", 400),
    ):  # fmt: skip
        answer = call.post("api_authority_tasks", **bad)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)
    back = call.post("api_authority_work_plans", title="x", aim="y", first_day="2026-09-02", last_day="2026-09-01")
    assert (back.status_code, back.json()["errors"][0]["pointer"]) == (422, "/last_day")
    assert not WorkTask.objects.exists()
    assert WorkPlan.objects.count() == 1
    assert calls(make.provider(factories.unit()), "provider").get("api_authority_tasks").status_code == 403


def test_a_repeated_call_has_no_second_effect(freeze):
    call = calls(make.reviewer())
    first = call.post("api_authority_tasks", once="t-1", **task()).json()
    again = call.post("api_authority_tasks", once="t-1", **task())
    assert (again.status_code, again.json()["id"]) == (201, first["id"])
    assert WorkTask.objects.count() == 1
    pk = first["id"]
    for _ in range(3):
        assert len(call.post("api_authority_task_note", pk, once="n-1", text="进行中").json()["notes"]) == 1
    assert len(call.post("api_authority_task_note", pk, once="n-2", text="进行中").json()["notes"]) == 2
    reused = call.post("api_authority_task_note", pk, once="n-1", text="另一条")
    assert (reused.status_code, reused.json()["type"]) == (422, "key-reused")
    assert reused["Content-Type"].startswith("application/problem+json")
    started = [call.post("api_authority_task_start", pk, once="s", seen_state="open") for _ in range(2)]
    assert [(one.status_code, one.json()["state"]) for one in started] == [(200, "in_progress")] * 2
    assert call.post("api_authority_task_start", pk, seen_state="open").status_code == 409, "without a key"
    # a refused call leaves no key, and another person's key is another one
    early = call.post("api_authority_task_finish", pk, once="f", text="完成", seen_state="in_progress")
    assert early.status_code == 403
    step = first["milestones"][0]["id"]
    call.post("api_authority_task_milestone", pk, milestone=step, reached_on="2026-08-31")
    done = call.post("api_authority_task_finish", pk, once="f", text="完成", seen_state="in_progress")
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert calls(make.lead()).post("api_authority_tasks", once="t-1", **task()).json()["id"] != pk
    assert TaskNote.objects.filter(task_id=pk).count() == 3
    assert Record.objects.filter(verb="note_progress", subject_id=pk).count() == 2
    assert set(KeyedCall.objects.values_list("result", flat=True)) == set(WorkTask.objects.values_list("pk", flat=True))
    assert not KeyedCall.objects.filter(key="n-1").exists(), "the key itself is not kept"
    freeze(make.NOW + timedelta(days=6))
    assert bulk_forget_calls() == 0
    freeze(make.NOW + timedelta(days=8))
    assert bulk_forget_calls() == 6


def test_list_asks_the_same_number_of_queries_however_long_it_is():
    call = calls(make.reviewer())
    counts = []
    for _ in range(3):
        call.post("api_authority_tasks", **task(sharing=["11"]))
        with CaptureQueriesContext(connection) as seen:
            assert call.get("api_authority_tasks").status_code == 200
        counts.append(len(seen))
    assert counts[1] == counts[2], counts


def test_measures_with_a_key_are_recorded_once():
    listing = make.listing()
    call = calls(make.lead())
    values = {"department": "police", "measure": "立案", "decided_on": "2026-08-31"}
    for _ in range(2):
        shown = call.post("api_authority_listing_measure", listing.pk, once="m", **values).json()
    assert [one["measure"] for one in shown["measures"]] == ["立案"]


@pytest.mark.django_db(transaction=True)
def test_of_two_same_calls_at_once_one_has_an_effect():
    call = calls(make.reviewer())
    answers: list[Any] = []

    def send() -> None:
        answers.append(call.post("api_authority_tasks", once="t", **task()))

    assert second_comer(send, send) is None
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert WorkTask.objects.count() == 1


def test_another_file_of_the_same_name_under_the_same_key_is_another_call() -> None:
    row = domain.plan_inspection(entry=make.entry(), by=make.reviewer(), now=make.NOW)
    call = calls(make.reviewer())
    keys = [item["key"] for item in row.checklist] or ["overall"]

    def send(content: bytes) -> Any:
        fields: dict[str, Any] = {"seen_state": "planned"}
        for place, key in enumerate(keys):
            fields |= {f"answers[{place}]key": key, f"answers[{place}]ok": "true"}
        fields["answers[0]evidence"] = SimpleUploadedFile("照片.png", content, "image/png")
        name = reverse("api_authority_inspection_findings", args=[row.pk])
        return call.client.post(name, fields, HTTP_IDEMPOTENCY_KEY="f-1", **call.head)

    assert send(image()).status_code == 200
    assert send(image()).status_code == 200, "the same call"
    other = send(image(size=(65, 48)))
    assert (other.status_code, other.json()["type"]) == (422, "key-reused")
