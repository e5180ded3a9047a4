"""What supervision refuses in cases, orders, inspections and complaints; rare ways in which a matter goes on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.enums import Role
from ledger.acts import Actor
from ledger.models import Record
from notices.models import Notice
from registry import domain as registry
from rulebook import clocks
from rulebook.enums import ClockKind
from rulebook.models import Clock
from supervision import domain
from supervision.domain import (
    complaints,
    forwarding,
    rectification,
    referrals,
)
from supervision.models import Complaint, OrderStep, Takedown
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make
from tests.supervision.refusing import DAY, NOBODY, NOW, refused, wrong
from tests.trace import trace

pytestmark = pytest.mark.django_db


# --- referrals, measures, stores ---------------------------------------------------------------------


@pytest.mark.requirement("R143")
def test_cases_measures_and_requests_belong_to_an_authority_and_are_whole():
    of, by, theirs = make.entry(), make.reviewer(), make.reviewer("44")

    def refer(who: Actor) -> Any:
        return domain.refer(subject="icp", title="移送", text="请核查", entry=of, by=who, now=NOW)

    def measure(**more: Any) -> Any:
        values = {"unit": of.unit, "department": "press", "measure": "约谈", "decided_on": DAY, "by": by, **more}
        return domain.record_measure(now=NOW, **values)

    def takedown(**more: Any) -> Any:
        return domain.request_takedown(**{"store": "某商店", "text": "请下架", "entry": of, "by": by, **more}, now=NOW)

    assert refused(lambda: refer(NOBODY)) == refused(lambda: refer(theirs)) == ["not_your_authority"]
    assert wrong(lambda: measure(department="astronomy")) == ["department"]
    assert wrong(lambda: measure(until=DAY - timedelta(days=1))) == ["until"]
    assert wrong(lambda: takedown(entry=None, app_name=" ")) == ["app_name"]
    assert refused(lambda: takedown(by=NOBODY)) == refused(lambda: takedown(by=theirs)) == ["not_your_authority"]
    row = takedown(entry=None, app_name="未备案应用", packages=["cn.example.unfiled"])
    assert (row.app_name, row.packages) == ("未备案应用", ["cn.example.unfiled"])


def test_clocks_of_cases_follow_the_calendar_and_leave_what_has_ended():
    by = make.reviewer()
    sent = domain.refer(subject="icp", title="移送", text="请核查", by=by, now=NOW)
    asked = domain.request_takedown(store="某商店", text="请下架", entry=make.entry(), by=by, now=NOW)
    days = {row: clocks.running(row).get() for row in (sent, asked)}
    filings.calendar()
    clocks.sweep(now=NOW + timedelta(days=1))
    for row, clock in days.items():
        moved = Clock.objects.get(pk=clock.pk)
        assert (make.fresh(row).due_at, make.fresh(row).due_day) == (moved.due_at, moved.due_day)
    for moved_by, row in ((referrals.referral_moved, sent), (referrals.takedown_moved, asked)):
        clock = Clock.objects.get(pk=days[row].pk)
        clock.due_day = date(2026, 12, 31)
        moved_by(clock)
        assert make.fresh(row).due_day == date(2026, 12, 31)
    domain.close_referral(referral=sent, by=by, now=NOW)
    domain.answer_takedown(takedown=asked, removed=False, answer="不予下架", answered_on=DAY, by=by, now=NOW)
    before = trace()
    referrals.referral_overdue(days[sent], NOW + timedelta(days=90))
    referrals.takedown_overdue(days[asked], NOW + timedelta(days=90))
    assert trace() == before
    assert Takedown.objects.get().state == "declined"


def test_case_file_says_what_the_order_found_and_why_the_provider_is_listed():
    order = make.order_in("refused")
    listing = domain.list_provider(order=order, reason="拒不整改", by=make.lead_of(order), now=NOW)
    row = domain.refer(
        subject="icp", title="移送", text="请核查", order=make.fresh(order), listing=listing, by=make.reviewer(),
        now=NOW,
    )  # fmt: skip
    assert row.case_file["order"]["case_no"] == order.case_no
    assert row.case_file["order"]["findings"] == order.findings
    assert row.case_file["listing"]["reason"] == "拒不整改"


# --- orders ------------------------------------------------------------------------------------------


@pytest.mark.requirement("R136")
def test_orders_are_refused_without_competence_and_with_findings_that_nobody_can_read():
    of, other = make.entry(), make.entry()
    nowhere = factories.unit(province="")
    assert refused(lambda: make.order(of, by=NOBODY)) == ["not_your_authority"]
    assert refused(lambda: make.order(of, unit=other.unit)) == ["other_unit"]
    assert refused(lambda: make.order(of, unit=nowhere, entry=None)) == ["no_authority"]
    for findings in ([{"text": "广告"}] * 51, [{"text": "长" * 2001}]):
        assert wrong(lambda findings=findings: make.order(of, findings=findings)) == ["findings"]


@pytest.mark.requirement("R136")
def test_periods_that_nobody_can_mean_are_refused_and_a_clock_ends_an_order_on_its_day_alone():
    row = make.order()
    by = make.reviewer()
    more: dict[str, Any] = {"order": row, "reason": "未完成", "by": by, "now": NOW}
    for days in (0, 251):
        assert wrong(lambda days=days: domain.extend(days=days, **more)) == ["days"]
        assert wrong(lambda days=days: domain.send_back(days=days, **more)) == ["days"]
    assert refused(lambda: rectification.run_out(order=row, now=NOW)) == ["not_due"]
    (clock,) = clocks.running(row)
    domain.clear(order=row, reason="已整改", by=by, now=NOW)
    before = trace()
    rectification.run_out_when_due(clock, make.later(row))
    clock.subject_id = 0
    rectification.follow_calendar(clock, DAY, NOW)
    assert trace() == before


def test_order_of_the_ministry_runs_out_with_nobody_above_it():
    row = make.overdue(make.order(by=make.ministry()))
    told = set(Notice.objects.filter(kind="rectification_overdue").values_list("to_unit_id", flat=True))
    assert told == {row.unit_id, row.authority_id}


def test_order_on_an_app_that_is_marked_already_moves_the_date():
    of = make.entry()
    until = DAY + timedelta(days=2)
    registry.order_rectification(entry=of, until=until, public_text="限期整改", by=make.reviewer(), now=NOW)
    row = make.order(make.fresh(of))
    assert make.fresh(of).rectify_until == row.due_day > until


def test_order_about_the_whole_provider_is_sent_back_extended_and_listed_with_named_apps():
    of, foreign = make.entry(), make.entry()
    row = make.order(of, entry=None)
    by, lead = make.reviewer(), make.lead()
    domain.submit_evidence(order=row, text="已整改", by=make.provider(of.unit), now=NOW)
    domain.send_back(order=row, reason="未完成", days=3, by=by, now=NOW)
    row = domain.extend(order=row, days=2, reason="春节", by=by, now=NOW)
    assert make.fresh(of).rectify_until is None, "no app carries the mark"
    assert clocks.running(row, ClockKind.RECTIFICATION).days == 5
    row = domain.refuse(order=row, reason="拒绝", by=make.provider(of.unit), now=NOW)

    def put(**more: Any) -> Any:
        return domain.list_provider(order=row, reason="拒不整改", by=lead, now=NOW, **more)

    assert refused(put) == ["entries_needed"]
    assert refused(lambda: put(entries=[foreign])) == ["other_unit"]
    assert put(entries=[of]).numbers == [of.number]
    assert make.fresh(of).state == "revoked"


def test_provider_without_apps_is_listed_without_naming_any():
    row = make.order(make.entry(), entry=None, unit=factories.unit())
    row = domain.refuse(order=row, reason="拒绝", by=make.reviewer(), now=NOW)
    listing = domain.list_provider(order=row, reason="拒不整改", by=make.lead(), now=NOW)
    assert listing.numbers == []
    assert OrderStep.objects.filter(order=row).count() == 1


# --- samples and inspections -------------------------------------------------------------------------


@pytest.mark.requirement("R160")
def test_samples_are_planned_by_an_authority_in_a_way_that_means_something():
    by = make.reviewer()

    def plan(**more: Any) -> Any:
        values = {"title": "抽查", "method": "random", "size": 3, "by": by, **more}
        return domain.make_plan(now=NOW, **values)

    assert wrong(lambda: plan(method="by_feel")) == ["method"]
    assert wrong(lambda: plan(size=0)) == wrong(lambda: plan(size=10_001)) == ["size"]
    assert wrong(lambda: plan(filter={"colour": "red"})) == ["filter"]
    assert refused(lambda: plan(by=NOBODY)) == ["not_your_authority"]
    near, far = make.entry(functions=["homework"]), make.entry(functions=["homework"], province="44")
    make.entry()
    row = domain.draw(plan=plan(by=make.ministry(), filter={"functions": ["homework"]}), by=make.ministry(), now=NOW)
    assert {one.entry_id for one in row.inspections.all()} == {near.pk, far.pk}, "the ministry draws from the country"


def test_inspections_are_a_colleagues_answered_once_and_not_with_nothing():
    by = make.reviewer()
    row = domain.plan_inspection(entry=make.entry(), by=by, now=NOW)
    stranger = factories.person()
    assert refused(
        lambda: domain.assign_inspection(inspection=row, person=stranger, by=by, now=NOW)
    ) == ["not_a_colleague"]
    keys = [item["key"] for item in row.checklist] or ["free"]

    def find(answers: Any) -> Any:
        return domain.record_findings(inspection=row, answers=answers, by=by, now=NOW)

    assert "answers" in wrong(lambda: find([]))
    bad = [{"key": key, "ok": False, "text": "有广告"} for key in keys]
    assert find(bad).state == "findings"
    assert refused(lambda: find(bad)) == ["wrong_round"]


# --- complaints --------------------------------------------------------------------------------------


@pytest.mark.requirement("R131")
def test_what_was_typed_wrongly_is_said_field_by_field():
    make.seeded()
    of = make.entry()
    for values, fields in (
        ({"kind": "praise"}, ["category", "kind"]),
        ({"category": make.ComplaintCategory(kind="complaint", active=False)}, ["category"]),
        ({"screenshots": [None] * 6}, ["screenshots"]),
        ({"happened_on": DAY + timedelta(days=1)}, ["happened_on"]),
    ):  # fmt: skip
        assert wrong(lambda values=values: make.received(of, **values)) == fields
    assert not Complaint.objects.exists()
    assert refused(
        lambda: domain.answer_question(query_code="AAAA-BBBB-CCCC-DDDD", text="补充", now=NOW)
    ) == ["unknown_code"]


def test_a_case_is_given_to_a_colleague_by_the_head_and_resolved_with_an_outcome():
    row = make.complaint(state="accepted")
    by = make.reviewer()
    colleague = factories.membership(role=Role.REVIEWER, unit=row.authority).person
    assert refused(lambda: domain.take(complaint=row, person=colleague, by=by, now=NOW)) == ["not_a_lead"]
    assert domain.take(complaint=row, person=colleague, by=make.lead(), now=NOW).handler_id == colleague.pk
    assert wrong(lambda: domain.resolve(complaint=row, outcome="so_so", reply="已办", by=by, now=NOW)) == ["outcome"]


def test_targets_follow_the_calendar_end_with_the_case_and_reach_who_is_above():
    row = make.complaint(state="accepted")
    (clock,) = clocks.running(row)
    clock.due_day = date(2026, 12, 31)
    complaints.target_moved(clock)
    assert make.fresh(row).due_day == date(2026, 12, 31)
    domain.resolve(complaint=row, outcome="noted", reply="已办", by=make.reviewer(), now=NOW)
    before = trace()
    complaints.target_missed(clock, NOW + timedelta(days=90))
    assert trace() == before
    factories.authority("moe")
    unfiled = make.complaint(entry=None, app_name="未备案应用")
    assert unfiled.authority.code == "moe"
    (clock,) = clocks.running(unfiled)
    complaints.target_missed(clock, clock.due_at)
    told = Notice.objects.filter(kind="complaint_overdue").values_list("to_unit__code", flat=True)
    assert list(told) == ["moe"], "nobody is above the ministry"


def test_forwarding_needs_a_provider_goes_once_follows_the_calendar_and_ends():
    by = make.reviewer()
    unfiled = make.complaint(entry=None, app_name="未备案应用", province="11", state="accepted")
    row = make.complaint(state="accepted")

    def forward(complaint: Complaint) -> Any:
        return domain.forward_to_provider(complaint=complaint, text="请说明", by=by, now=NOW)

    assert refused(lambda: forward(unfiled)) == ["no_provider"]
    sent = forward(row)
    assert refused(lambda: forward(row)) == ["sent_already"]
    (clock,) = clocks.running(sent)
    clock.due_day = date(2026, 12, 31)
    forwarding.forwarding_moved(clock)
    assert make.fresh(sent).due_day == date(2026, 12, 31)
    domain.recall(forwarding=sent, reason="误发", by=by, now=NOW)
    before = trace()
    forwarding.forwarding_due(clock, clock.due_at)
    assert trace() == before


def test_case_is_not_given_to_somebody_of_another_authority():
    row = make.complaint(state="accepted")
    stranger = factories.membership(role=Role.REVIEWER, unit=factories.authority("44")).person
    assert refused(
        lambda: domain.take(complaint=row, person=stranger, by=make.lead(), now=NOW)
    ) == ["not_a_colleague"]


@pytest.mark.requirement("R136")
def test_number_that_has_ended_is_neither_ordered_to_be_rectified_nor_revoked_again():
    of = make.entry()
    row = make.order_in("refused", of)
    registry.revoke(entry=make.fresh(of), reason="另案", by=make.reviewer(), now=NOW)
    assert refused(lambda: make.order(make.fresh(of))) == ["entry_ended"]
    listing = domain.list_provider(order=row, reason="拒不整改", by=make.lead_of(row), now=NOW)
    assert listing.unit_id == row.unit_id
    assert Record.objects.filter(verb="revoke", subject_id=of.pk).count() == 1


def test_rating_of_a_kind_that_nobody_knows_is_refused():
    of = make.entry()
    said = {"body": "示例协会", "result": "AA", "rated_on": DAY, "source": "https://body.example.test/1"}
    assert wrong(
        lambda: domain.record_rating(entry=of, kind="x", by=make.reviewer(), now=NOW, **said)
    ) == ["kind"]
