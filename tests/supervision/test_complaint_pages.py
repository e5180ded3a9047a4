"""Complaints as the authority works on them: the queue, the case in its states, who complained."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from ledger.models import Record
from supervision.models import (
    Complaint,
)
from tests import factories
from tests import factories_supervision as make
from tests.supervision.desk import *  # noqa: F403
from tests.supervision.desk import post

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R131")
@pytest.mark.parametrize("state", ["received", "accepted", "investigating", "resolved", "not_accepted"])
def test_case_shows_what_was_reported_and_never_who_reported_it(client, state):
    row = make.complaint(state=state)
    text = client.get(reverse("sv_complaint", args=[row.pk])).content.decode()
    assert row.text in text and row.case_no in text
    assert "甄别名" not in text and "13912345678" not in text and "parent-zhen" not in text


@pytest.mark.requirement("R131")
def test_complaint_goes_its_way_from_the_page(client, lead):
    row = make.complaint()
    assert post(client, "sv_complaint_act", row.pk, "accept", seen_state="received").status_code == 302
    assert make.fresh(row).handler_id == lead.person_id
    assert post(client, "sv_complaint_act", row.pk, "forward", text="请说明广告来源。", days="5").status_code == 302
    sent = row.forwardings.get()
    recalled = post(client, "sv_complaint_act", row.pk, "recall", forwarding=sent.pk, reason="写错了")
    assert recalled.status_code == 302 and make.fresh(sent).state == "recalled"
    post(client, "sv_complaint_act", row.pk, "ask", text="请问是哪一天？")
    post(client, "sv_complaint_act", row.pk, "note", text="已电话核实")
    assert {line.kind for line in row.messages.all()} == {"question", "note"}
    post(client, "sv_complaint_act", row.pk, "investigate")
    post(client, "sv_complaint_act", row.pk, "resolve", outcome="substantiated", reply="已责令整改。")
    post(client, "sv_complaint_act", row.pk, "publish", title="关于广告", text="已统一整改。")
    row = make.fresh(row)
    assert (row.state, row.outcome, row.public_title) == ("resolved", "substantiated", "关于广告")
    page = client.get(reverse("sv_complaint", args=[row.pk])).content.decode()
    assert "已电话核实" in page and "已统一整改。" in page


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(client):
    row = make.complaint(state="accepted")
    answer = post(client, "sv_complaint_act", row.pk, "forward", text="甄别名说孩子误点广告", days="5")
    text = answer.content.decode()
    assert answer.status_code == 422 and "甄别名说孩子误点广告" in text and 'aria-invalid="true"' in text
    assert not row.forwardings.exists()
    answer = post(client, "sv_complaint_act", row.pk, "not-accepted", reason="不属于", elsewhere="")
    assert answer.status_code == 422 and "不属于" in answer.content.decode()


def test_stale_page_gets_409(client):
    row = make.complaint(state="accepted")
    answer = post(client, "sv_complaint_act", row.pk, "accept", seen_state="received")
    assert answer.status_code == 409 and row.case_no in answer.content.decode()
    assert client.post(reverse("sv_complaint_act", args=[row.pk, "accept"])).status_code == 409
    assert client.post(reverse("sv_complaint_act", args=[row.pk, "no-such-act"])).status_code == 404


def test_duplicate_is_merged_by_its_number(client):
    first, second = make.complaint(state="accepted"), make.complaint()
    assert post(client, "sv_complaint_act", second.pk, "merge", into="TS-XX").status_code == 422
    assert post(client, "sv_complaint_act", second.pk, "merge", into=first.case_no.lower()).status_code == 302
    assert make.fresh(second).merged_into_id == first.pk
    assert second.case_no in client.get(reverse("sv_complaint", args=[first.pk])).content.decode()


@pytest.mark.requirement("R131")
def test_look_at_the_identity_asks_for_a_purpose_and_is_recorded(client, lead):
    row = make.complaint()
    address = reverse("sv_identity", args=[row.pk])
    assert "13912345678" not in client.get(address).content.decode()
    assert client.post(address, {"purpose": " "}).status_code == 422
    assert not Record.objects.filter(verb="look_at_identity").exists()
    shown = client.post(address, {"purpose": "电话核实"})
    assert "13912345678" in shown.content.decode() and "no-store" in shown["Cache-Control"]
    record = Record.objects.get(verb="look_at_identity")
    assert record.actor_id == lead.person_id and record.payload == {"purpose": "电话核实"}


def test_identity_is_for_who_handles_the_case_alone(ministry):
    row = make.complaint()
    plain = factories.client_for(factories.membership(role=Role.REVIEWER, unit=row.authority))
    for other in (plain, ministry):
        assert other.post(reverse("sv_identity", args=[row.pk]), {"purpose": "看看"}).status_code == 403
    assert not Record.objects.filter(verb="look_at_identity").exists()


def test_ministry_reads_along_and_other_provinces_see_nothing(ministry):
    row = make.complaint()
    assert ministry.get(reverse("sv_complaint", args=[row.pk])).status_code == 200
    assert post(ministry, "sv_complaint_act", row.pk, "accept").status_code in (403, 422)
    other = factories.client_for(factories.membership(role=Role.REVIEWER, unit=factories.authority("44")))
    assert other.get(reverse("sv_complaint", args=[row.pk])).status_code == 404
    assert make.fresh(row).state == "received"


def copied(row: Complaint) -> Complaint:
    again = Complaint.objects.get(pk=row.pk)
    again.pk, again.case_no, again.query_code_digest = None, f"{row.case_no[:14]}x{Complaint.objects.count()}", ""
    again.query_code_digest = f"d{Complaint.objects.count()}"
    again.save()
    return again


def test_queue_costs_the_same_at_1_3_and_100_rows(client, lead):
    row, costs = make.complaint(state="accepted"), {}
    client.get(reverse("supervision_home"))
    for count in (1, 3, 100):
        while Complaint.objects.count() < count:
            copied(row)
        for address in ("", "?tab=forwarded", "?tab=overdue&kind=complaint"):
            with CaptureQueriesContext(connection) as caught:
                response = client.get(reverse("supervision_home") + address)
            assert len(caught) <= 15, "\n".join(query["sql"] for query in caught)
            costs.setdefault(address, []).append([query["sql"] for query in caught])
    for address, asked in costs.items():
        assert len({len(queries) for queries in asked}) == 1, "\n".join([address, *max(asked, key=len)])
    assert response.status_code == 200


@pytest.mark.parametrize("tab", ["open", "closed"])
def test_every_row_is_on_one_page(client, tab, monkeypatch):
    monkeypatch.setattr("supervision.views.authority.keyset.keyset.__kwdefaults__", {"down": False, "size": 3})
    row = make.complaint(state="accepted" if tab == "open" else "resolved")
    for number in range(7):
        Complaint.objects.filter(pk=copied(row).pk).update(
            due_at=None if number > 4 else row.received_at + timedelta(days=number % 3)
        )
    found, address = [], f"?tab={tab}"
    for _page in range(5):
        page = client.get(reverse("supervision_home") + address)
        found += [cells[0]["sub"] for cells in page.context["rows"]]
        if not page.context["next"]:
            break
        address = page.context["next"]
    assert len(found) == len(set(found)) == 8
    back = client.get(reverse("supervision_home") + page.context["prev"])
    assert [cells[0]["sub"] for cells in back.context["rows"]] == found[3:6]
    assert client.get(reverse("supervision_home") + "?after=x_y&before=_z").status_code == 200
