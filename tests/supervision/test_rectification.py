"""Rectification orders: every verb in every state by every role, the clock, extension, evidence (Beijing notice 5)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from ledger.acts import ActError, Actor, AlreadyMoved, Refused
from ledger.domain.verify import verify
from ledger.models import Record
from notices.models import Notice
from registry import domain as registry
from rulebook import clocks
from rulebook.models import Clock
from supervision import domain
from supervision.domain import Invalid
from supervision.enums import OrderState
from supervision.models import OrderStep, RectificationOrder
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make

NOW = make.NOW
STATES = [str(state) for state in OrderState]


@pytest.mark.django_db
@pytest.mark.requirement("R136")
def test_order_marks_the_entry_starts_the_clock_and_is_served():
    filings.calendar()
    of = make.entry()
    row = make.order(of, days=15)
    assert (row.state, row.due_day) == ("issued", date(2026, 9, 20))  # a Sunday on which people work
    entry = make.fresh(of)
    assert (entry.state, entry.rectify_until, entry.status_public_text) == (
        "rectifying", row.due_day, "含商业广告，限期整改。",
    )  # fmt: skip
    clock = Clock.objects.running().get(subject_type="supervision.rectificationorder", subject_id=row.pk)
    assert (clock.kind, clock.days, clock.due_at) == ("rectification", 15, row.due_at)
    notice = Notice.objects.get(kind="rectification_ordered", to_unit=of.unit)
    assert "含游戏广告" in notice.params["findings"]
    with pytest.raises(Refused) as refused:
        make.order(entry)
    assert refused.value.reasons.codes == ["order_open"]


@pytest.mark.django_db
def test_order_takes_its_days_from_the_policy_and_refuses_nonsense():
    filings.policy("11", rectification_days=7)
    of = make.entry()
    assert make.order(of, days=None).days == 7
    other = make.entry()
    for values, field in (({"days": 0}, "days"), ({"days": 999}, "days"), ({"findings": [{"text": " "}]}, "findings"),
                          ({"public_text": ""}, "public_text")):  # fmt: skip
        with pytest.raises(Invalid) as invalid:
            make.order(other, **values)
        assert field in invalid.value.errors
    assert not RectificationOrder.objects.filter(entry=other).exists()


@pytest.mark.django_db
@pytest.mark.requirement("R136")
def test_evidence_holds_the_clock_and_a_second_check_sends_back_or_clears():
    row = make.order(days=10)
    them, by = make.provider(row.unit), make.people(row.authority, "reviewer")
    file = filings.material(row.unit)
    day5 = NOW + timedelta(days=7)  # five working days later
    row = domain.submit_evidence(order=row, text="已删除", materials=[file], by=them, now=day5)
    assert clocks.running(row, "rectification") is None
    assert OrderStep.objects.get(kind="evidence").files.get().material == file
    assert clocks.sweep(now=NOW + timedelta(days=90)).done == 0
    day8 = NOW + timedelta(days=10)
    row = make.fresh(domain.send_back(order=row, reason="仍有广告", by=by, now=day8))
    clock = clocks.running(row, "rectification")
    assert (row.state, clock.days, clock.day0) == ("issued", 5, date(2026, 9, 10))
    assert make.fresh(row.entry).rectify_until == row.due_day == clock.due_day
    row = domain.submit_evidence(order=row, text="全部删除", by=them, now=day8)
    row = domain.clear(order=row, by=by, now=day8)
    assert (row.state, make.fresh(row.entry).state) == ("cleared", "published")
    assert not Clock.objects.running().filter(subject_id=row.pk, kind="rectification").exists()
    assert list(verify()) == []


@pytest.mark.django_db
def test_evidence_with_another_units_file_or_too_late_is_refused():
    row = make.order()
    them = make.provider(row.unit)
    with pytest.raises(Refused) as refused:
        domain.submit_evidence(
            order=row, text="x", materials=[filings.material(factories.unit())], by=them, now=NOW
        )
    assert refused.value.reasons.codes == ["not_your_files"]
    with pytest.raises(Refused) as refused:
        domain.submit_evidence(order=row, text="x", by=them, now=row.due_at)
    assert refused.value.reasons.codes == ["too_late"]


@pytest.mark.django_db
@pytest.mark.requirement("R136")
def test_order_is_extended_once_with_a_reason():
    row = make.order(days=10)
    by, before = make.people(row.authority, "reviewer"), row.due_day
    with pytest.raises(Invalid):
        domain.extend(order=row, days=5, reason="", by=by, now=NOW)
    row = make.fresh(domain.extend(order=row, days=5, reason="应用商店审核需要时间", by=by, now=NOW))
    assert row.due_day == before + timedelta(days=7)
    assert make.fresh(row.entry).rectify_until == row.due_day
    with pytest.raises(Refused) as refused:
        domain.extend(order=row, days=5, reason="再次", by=by, now=NOW)
    assert refused.value.reasons.codes == ["extended_already"]


@pytest.mark.django_db
@pytest.mark.requirement("R137")
def test_clock_makes_it_overdue_late_and_twice_and_a_person_decides():
    row = make.order(days=5)
    assert clocks.sweep(now=row.due_at - timedelta(seconds=1)).done == 0
    late = row.due_at + timedelta(days=2)
    assert (clocks.sweep(now=late).expired, clocks.sweep(now=late).expired) == (1, 0)
    row = make.fresh(row)
    assert (row.state, row.overdue_at) == ("overdue", row.due_at)
    assert RectificationOrder.objects.proposed().get() == row
    told = set(Notice.objects.filter(kind="rectification_overdue").values_list("to_unit__code", flat=True))
    assert told == {"", "11", "moe"}
    assert make.fresh(row.entry).state == "rectifying"  # nothing is revoked by a clock
    with pytest.raises(Refused) as refused:
        domain.clear(order=row, by=make.people(row.authority, "reviewer"), now=late)
    assert refused.value.reasons.codes == ["reason_needed"]


@pytest.mark.django_db
def test_imported_calendar_moves_the_order_and_the_date_on_the_entry():
    of = make.entry()
    row = make.order(of, days=15)  # counted Monday to Friday: nothing is published yet
    assert (row.due_day, make.fresh(of).rectify_until) == (date(2026, 9, 21), date(2026, 9, 21))
    filings.calendar()
    clocks.sweep(now=NOW + timedelta(days=1))
    row = make.fresh(row)
    assert row.due_day == make.fresh(of).rectify_until == clocks.running(row, "rectification").due_day
    assert row.due_day == date(2026, 9, 20)


@pytest.mark.django_db
def test_order_on_an_offline_entry_leaves_it_offline():
    of = make.entry()
    registry.take_offline(entry=of, reason="账号迁移", by=Actor.system(), now=NOW)
    row = make.order(of)
    assert make.fresh(of).state == "offline"
    domain.clear(order=row, reason="已核实", by=make.people(row.authority, "reviewer"), now=NOW)
    assert make.fresh(of).state == "offline"


# --- every verb in every state by every role ---------------------------------------------------------

Verb = Callable[[RectificationOrder, Actor], Any]
VERBS: dict[str, Verb] = {
    "submit_evidence": lambda row, by: domain.submit_evidence(order=row, text="证据", by=by, now=NOW),
    "send_back": lambda row, by: domain.send_back(order=row, reason="不足", by=by, now=NOW),
    "extend": lambda row, by: domain.extend(order=row, days=3, reason="理由", by=by, now=NOW),
    "clear": lambda row, by: domain.clear(order=row, reason="已核实", by=by, now=NOW),
    "refuse": lambda row, by: domain.refuse(order=row, reason="拒绝", by=by, now=NOW),
    "list_provider": lambda row, by: domain.list_provider(order=row, reason="逾期", by=by, now=NOW),
}
FROM = {
    "submit_evidence": {"issued": "evidence_submitted"},
    "send_back": {"evidence_submitted": "issued"},
    "extend": {"issued": "issued"},
    "clear": dict.fromkeys(["issued", "evidence_submitted", "overdue", "refused"], "cleared"),
    "refuse": dict.fromkeys(["issued", "evidence_submitted"], "refused"),
    "list_provider": dict.fromkeys(["overdue", "refused"], "listed"),
}
AUTHORITY = {"reviewer", "review_lead", "ministry_reviewer"}
MAY = {
    "submit_evidence": {"provider_owner", "provider_staff"},
    "send_back": AUTHORITY, "extend": AUTHORITY, "clear": AUTHORITY,
    "refuse": AUTHORITY | {"provider_owner", "provider_staff"},
    "list_provider": {"review_lead", "ministry_reviewer"},
}  # fmt: skip
ROLES = ["provider_owner", "provider_staff", "other_provider", "reviewer", "review_lead", "other_reviewer",
         "ministry_reviewer", "institution_lead", "partner", "sysadmin"]  # fmt: skip


def person(role: str, row: RectificationOrder) -> Actor:
    if role in ("provider_owner", "provider_staff"):
        return make.people(row.unit, role)
    if role in ("reviewer", "review_lead"):
        return make.people(row.authority, role)
    if role == "other_provider":
        return factories.actor("provider_owner")
    if role == "other_reviewer":
        return make.people(factories.authority("44"), "review_lead")
    return factories.actor(role)


@pytest.mark.django_db
@pytest.mark.requirement("R136", "R137")
@pytest.mark.parametrize("state", STATES)
def test_every_verb_by_every_role(state):
    row = make.order_in(state)
    for verb, act in VERBS.items():
        for role in ROLES:
            by, before = person(role, row), Record.objects.count()
            try:
                with transaction.atomic():
                    act(make.fresh(row), by)
                    reached = make.fresh(row).state
                    raise _Undo
            except _Undo:
                assert role in MAY[verb] and FROM[verb].get(state) == reached, (state, verb, role)
            except ActError:
                allowed = role in MAY[verb] and state in FROM[verb]
                assert not allowed, (state, verb, role)
                assert Record.objects.count() == before


class _Undo(Exception):
    pass


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_who_sees_an_order(role):
    row = make.order()
    seen = RectificationOrder.objects.visible_to(person(role, row)).filter(pk=row.pk).exists()
    assert seen == (role in {"provider_owner", "provider_staff", "reviewer", "review_lead", "ministry_reviewer"})


@pytest.mark.django_db
def test_steps_are_append_only_and_states_are_guarded():
    row = make.order_in("evidence_submitted")
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderStep.objects.filter(order=row).update(text="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        RectificationOrder.objects.filter(pk=row.pk).update(state="cleared")


@pytest.mark.django_db(transaction=True)
def test_clear_and_the_clock_at_the_same_moment():
    row = make.order(days=5)
    by, at = make.people(row.authority, "reviewer"), row.due_at + timedelta(minutes=1)
    barrier, results = threading.Barrier(2), []

    def run(act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(20)
            results.append(act())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    acts = [
        lambda: domain.clear(order=row, reason="已核实", by=by, now=at, seen_state="issued"),
        lambda: clocks.sweep(now=at),
    ]
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    clocks.sweep(now=at)
    verbs = list(Record.objects.filter(subject_type="supervision.rectificationorder").values_list("verb", flat=True))
    assert sorted(verbs) in (["clear", "order"], ["order", "run_out"])
    refused = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, AlreadyMoved) for one in refused), refused
    assert (make.fresh(row).state == "overdue") == bool(refused)
    assert list(verify()) == []
