"""Listing a provider, its bar in months, lifting, objections: Measures Art. 24."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from accounts.models import Unit
from blacklist import domain
from blacklist.codes import normal
from blacklist.models import Listing
from blacklist.queries import barred
from ledger.acts import AlreadyMoved, Refused
from ledger.domain.verify import verify
from ledger.models import Record
from notices.models import Notice
from providers import rules as provider_rules
from registry.models import Entry
from rulebook import clocks
from rulebook.models import Clock
from rulebook.time import ZONE, end_of_day
from supervision import domain as supervision
from supervision.models import Circular
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make
from tests.races import second_comer

NOW = make.NOW


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.django_db
@pytest.mark.requirement("R137", "R138", "R139", "R140")
def test_listing_revokes_bars_and_tells_in_one_act():
    of = make.entry()
    listed = make.listing(of)
    entry = make.fresh(of)
    assert (listed.state, entry.state) == ("active", "revoked")
    assert entry.status_reason == "拒不整改"
    assert listed.numbers == [of.number]
    assert (listed.bar_last_day, listed.bar_ends_at) == (date(2027, 2, 28), end_of_day(date(2027, 2, 28)))
    clock = Clock.objects.running().get(subject_type="blacklist.listing", subject_id=listed.pk)
    assert (clock.kind, clock.months, clock.due_at) == ("bar", 6, listed.bar_ends_at)
    record = Record.objects.get(subject_type="blacklist.listing", verb="list_provider")
    assert (record.audience, record.payload["uscc"]) == ("public", of.unit.uscc)
    assert Notice.objects.filter(kind="provider_listed", to_unit=of.unit).count() == 1
    circular = Circular.objects.get(listing=listed)
    assert (circular.state, circular.audience) == ("published", "public")
    assert of.number in circular.body_zh
    assert circular.broadcast.entry_ids == [of.pk]
    assert list(verify()) == []


@pytest.mark.django_db
@pytest.mark.requirement("R140")
@pytest.mark.parametrize(
    ("listed_at", "months", "last"),
    [
        ("2026-08-31T10:00", 6, "2027-02-28"),
        ("2027-08-31T10:00", 6, "2028-02-29"),
        ("2027-08-30T23:59", 6, "2028-02-29"),
        ("2028-02-29T09:00", 6, "2028-08-29"),
        ("2028-02-29T09:00", 12, "2029-02-28"),
        ("2026-12-31T23:30", 6, "2027-06-30"),
        ("2026-10-31T00:00", 24, "2028-10-31"),
    ],
)  # fmt: skip
def test_bar_runs_in_calendar_months(listed_at, months, last):
    now = moment(listed_at)
    listed = make.listing(make.entry(now=now), now=now, bar_months=months)
    end = end_of_day(date.fromisoformat(last))
    assert (listed.bar_last_day.isoformat(), listed.bar_ends_at) == (last, end)
    assert barred(listed.unit, end - timedelta(seconds=1)) == listed
    assert barred(listed.unit, end) is None


@pytest.mark.django_db
@pytest.mark.requirement("R140")
def test_clock_ends_a_bar_late_twice_and_whatever_the_calendar():
    listed = make.listing()
    assert clocks.sweep(now=listed.bar_ends_at - timedelta(seconds=1)).done == 0
    filings.calendar()  # a calendar is imported while the bar runs: months do not move
    late = listed.bar_ends_at + timedelta(days=3)
    assert clocks.sweep(now=late).expired == 1
    assert clocks.sweep(now=late).expired == 0
    row = make.fresh(listed)
    assert (row.state, row.ended_at, row.bar_last_day) == ("cooled_off", late, date(2027, 2, 28))
    assert Notice.objects.filter(kind="bar_ended").count() == 1
    assert Record.objects.filter(verb="cool_off").count() == 1
    assert make.fresh(Entry.objects.get(number=listed.numbers[0])).state == "revoked"


@pytest.mark.django_db
def test_bar_ends_on_time_even_where_the_sweep_is_late():
    listed = make.listing()
    assert barred(listed.unit, listed.bar_ends_at) is None
    assert make.fresh(listed).state == "active"


@pytest.mark.django_db
@pytest.mark.requirement("R140")
def test_barred_unit_is_told_why_and_until_when_at_the_first_step():
    listed = make.listing()
    reasons = provider_rules.unit_may_file(listed.unit, NOW)
    assert reasons.codes == ["barred"]
    assert "拒不整改" in str(reasons[0])
    assert "2027" in str(reasons[0])
    assert reasons[0].article == "me-24"
    by = make.provider(listed.unit)
    with pytest.raises(Refused) as refused:
        filings.provider_verbs.start(unit=listed.unit, kind="initial", app_name="新应用", by=by, now=NOW)
    assert "barred" in refused.value.reasons.codes


@pytest.mark.django_db
@pytest.mark.requirement("R140")
def test_nothing_gets_round_a_bar():
    head = factories.unit()
    branch = factories.unit()
    Unit.objects.filter(pk=branch.pk).update(head_office=head)
    listed = make.listing(make.entry(head))
    Unit.objects.filter(pk=head.pk).update(name="改名以后")
    Unit.objects.filter(pk=branch.pk).update(head_office=None)
    second = factories.unit(uscc=f" {head.uscc[:8].lower()}-{head.uscc[8:].lower()}"[:18])
    later_branch = factories.unit()
    Unit.objects.filter(pk=later_branch.pk).update(head_office=head)
    for unit in (head, branch, later_branch):
        assert barred(Unit.objects.get(pk=unit.pk), NOW) == listed, unit.name
    assert normal(second.uscc)[:14] == head.uscc[:14]  # the column holds 18 characters
    assert Listing.objects.barring(uscc=f"{head.uscc[:9]} {head.uscc[9:].lower()}", at=NOW).get() == listed
    assert barred(factories.unit(), NOW) is None


@pytest.mark.django_db
def test_head_office_is_barred_with_its_branch():
    head, branch = factories.unit(), factories.unit()
    Unit.objects.filter(pk=branch.pk).update(head_office=head)
    listed = make.listing(make.entry(Unit.objects.get(pk=branch.pk)))
    assert barred(head, NOW) == listed


@pytest.mark.django_db
def test_branches_named_on_the_form_are_barred_too():
    of, code = make.entry(), factories.uscc()
    filings.ProviderProfile.objects.create(unit=of.unit, data={"branches": [{"name": "分公司", "uscc": code.lower()}]})
    listed = make.listing(of)
    assert barred(factories.unit(uscc=code), NOW) == listed


@pytest.mark.django_db
def test_bar_costs_one_query(django_assert_num_queries):
    listed = make.listing()
    with django_assert_num_queries(1):
        assert barred(listed.unit, NOW) is not None


@pytest.mark.django_db
def test_no_number_for_a_barred_unit_even_by_the_system():
    listed = make.listing()
    with pytest.raises(Refused) as refused:
        make.entry(listed.unit)
    assert refused.value.reasons.codes == ["barred"]


@pytest.mark.django_db
def test_policy_may_say_more_than_six_months_and_a_decision_not_less():
    filings.policy("moe", bar_months=8)
    assert make.listing().bar_last_day == date(2027, 4, 30)
    row = make.order_in("refused")
    with pytest.raises(Refused) as refused:
        supervision.list_provider(order=row, reason="拒不整改", bar_months=7, by=make.lead_of(row), now=NOW)
    assert refused.value.reasons.codes == ["bar_too_short"]
    assert make.fresh(row).state == "refused"


@pytest.mark.django_db
def test_listing_needs_a_reason_and_the_head_of_review():
    row = make.order_in("overdue")
    for by, code in ((make.people(row.authority, "reviewer"), "not_a_lead"), (make.lead("44"), "not_your_authority"),
                     (make.provider(row.unit), "not_your_authority")):  # fmt: skip
        with pytest.raises(Refused) as refused:
            supervision.list_provider(order=row, reason="逾期", by=by, now=make.later(row))
        assert code in refused.value.reasons.codes
    with pytest.raises(Refused) as refused:
        supervision.list_provider(order=row, reason=" ", by=make.lead_of(row), now=make.later(row))
    assert refused.value.reasons.codes == ["reason_needed"]
    assert not Listing.objects.exists()


@pytest.mark.django_db
def test_lift_ends_it_early_with_a_reason_and_leaves_the_revocation():
    listed = make.listing()
    by = make.people(listed.authority, "review_lead")
    with pytest.raises(Refused):
        domain.lift(listing=listed, reason="", by=by, now=NOW)
    with pytest.raises(Refused):
        domain.lift(listing=listed, reason="x", by=make.provider(listed.unit), now=NOW)
    row = domain.lift(listing=listed, reason="列入有误", by=by, now=NOW)
    assert (row.state, row.lift_reason) == ("lifted", "列入有误")
    assert barred(listed.unit, NOW) is None
    assert clocks.running(row, "bar") is None
    assert Entry.objects.get(number=listed.numbers[0]).state == "revoked"
    with pytest.raises(AlreadyMoved):
        domain.lift(listing=listed, reason="再次", by=by, now=NOW)


@pytest.mark.django_db
def test_objection_is_decided_by_somebody_else():
    listed = make.listing()
    by = make.provider(listed.unit)
    objection = domain.object_to_listing(listing=listed, text="证据有误", by=by, now=NOW)
    with pytest.raises(Refused) as refused:
        domain.object_to_listing(listing=listed, text="再次", by=by, now=NOW)
    assert refused.value.reasons.codes == ["objection_open"]
    lister = make.people(listed.authority, "review_lead")
    with pytest.raises(Refused) as refused:
        domain.decide_objection(objection=objection, grant=True, decision="同意", by=lister, now=NOW)
    assert refused.value.reasons.codes == ["same_person"]
    assert make.fresh(listed).state == "active"
    other = make.lead(another=True)
    row = domain.decide_objection(objection=objection, grant=True, decision="证据不足", by=other, now=NOW)
    assert row.state == "granted"
    assert make.fresh(listed).state == "lifted"
    assert make.fresh(listed).lift_reason == "证据不足"


@pytest.mark.django_db
def test_rejected_objection_leaves_the_bar_and_the_ministry_may_decide():
    listed = make.listing()
    objection = domain.object_to_listing(listing=listed, text="证据有误", by=make.provider(listed.unit), now=NOW)
    domain.decide_objection(objection=objection, grant=False, decision="事实清楚", by=make.ministry(), now=NOW)
    assert make.fresh(objection).state == "rejected"
    assert barred(listed.unit, NOW) == listed
    assert Notice.objects.filter(kind="objection_rejected", to_unit=listed.unit).exists()


@pytest.mark.django_db
def test_database_refuses_a_second_active_listing_for_the_cause_and_raw_states():
    listed = make.listing()
    row = make.fresh(listed)
    row.pk = None
    row._state.adding = True
    with pytest.raises(IntegrityError, match="listing_active_once_per_cause"), transaction.atomic():
        row.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Listing.objects.filter(pk=listed.pk).update(state="lifted", lift_reason="x")


def together(*acts: Any) -> list[Any]:
    """Runs the acts at the same moment, each on its own connection."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Any) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(20)
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True)
def test_two_heads_list_once():
    row = make.order_in("refused")
    heads = [make.lead(), make.lead(another=True)]
    results = together(
        *(lambda by=by: supervision.list_provider(order=row, reason="拒不整改", by=by, now=NOW) for by in heads)
    )
    assert sorted(type(one).__name__ for one in results) == ["AlreadyMoved", "Listing"]
    assert Listing.objects.count() == 1
    assert Record.objects.filter(verb="revoke").count() == 1


@pytest.mark.django_db(transaction=True)
def test_lift_and_clock_end_it_once():
    listed = make.listing()
    after, by = listed.bar_ends_at + timedelta(minutes=1), make.people(listed.authority, "review_lead")
    together(
        lambda: domain.lift(listing=listed, reason="列入有误", by=by, now=after), lambda: clocks.sweep(now=after)
    )
    clocks.sweep(now=after)  # the sweep passes over what somebody holds, and finds it again
    assert Record.objects.filter(subject_type="blacklist.listing", verb__in=["lift", "cool_off"]).count() == 1
    assert make.fresh(listed).state in ("lifted", "cooled_off")
    assert clocks.running(listed, "bar") is None
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
def test_number_and_listing_never_pass_each_other():
    of = make.entry()
    row = make.order_in("refused", of)
    by = make.lead_of(row)
    together(
        lambda: supervision.list_provider(order=row, reason="拒不整改", by=by, now=NOW), lambda: make.entry(of.unit)
    )
    listed = Listing.objects.get()
    records = Record.objects.filter(subject_type="registry.entry", verb="publish").order_by("id")
    listing_record = Record.objects.get(verb="list_provider", subject_type="blacklist.listing")
    assert all(record.id < listing_record.id for record in records)
    assert not Entry.objects.filter(number__in=listed.numbers).valid().exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("R140")
@pytest.mark.parametrize("listed_is_head", [True, False])
def test_listing_waits_for_a_number_of_the_family_and_a_number_for_the_listing(listed_is_head: bool):
    head = factories.unit()
    branch = factories.unit(head_office=head)
    listed, other = (head, branch) if listed_is_head else (branch, head)
    authority = factories.authority("11")
    by = make.people(authority, "review_lead")

    def put_on_the_list():
        domain.list_unit(unit=listed, authority=authority, ground="other", reason="拒不整改", by=by, now=NOW)

    assert second_comer(lambda: make.entry(other), put_on_the_list) is None, "the listing comes after the number"
    assert barred(other, NOW) is not None
    domain.lift(listing=Listing.objects.get(), reason="列入有误", by=by, now=NOW)
    met = second_comer(put_on_the_list, lambda: make.entry(other))
    assert met is not None
    assert "barred" in met.reasons.codes
    assert Entry.objects.filter(unit=other).count() == 1


@pytest.mark.django_db(transaction=True)
def test_listing_does_not_wait_for_what_only_names_the_unit():
    """A campaign that tells the unit holds no number back, and may want a row that the listing holds."""
    unit, authority = factories.unit(), factories.authority("11")
    by, beside = make.people(authority, "review_lead"), connection.copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute("BEGIN; SELECT 1 FROM accounts_unit WHERE id = %s FOR KEY SHARE", [unit.pk])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        listed = domain.list_unit(unit=unit, authority=authority, ground="other", reason="拒不整改", by=by, now=NOW)
    finally:
        beside.close()
        connection.close()
    assert barred(unit, NOW) == listed


@pytest.mark.django_db
@pytest.mark.requirement("R140")
def test_sweep_ends_many_bars_together_and_one_that_cannot_end_holds_up_no_other():
    listed = [make.listing() for _time in range(4)]
    domain.lift(listing=listed[1], reason="列入有误", by=make.people(listed[1].authority, "review_lead"), now=NOW)
    Clock.objects.filter(subject_type="blacklist.listing", subject_id=listed[1].pk).update(
        status="running", ended_at=None
    )
    result = clocks.sweep(now=listed[0].bar_ends_at)
    assert (result.expired, result.failed) == (4, [])
    assert [make.fresh(row).state for row in listed] == ["cooled_off", "lifted", "cooled_off", "cooled_off"]
    assert Notice.objects.filter(kind="bar_ended").count() == 3
    assert list(verify()) == []


@pytest.mark.django_db
def test_authority_that_provides_apps_reads_of_its_listing_as_a_provider():
    of = make.entry(factories.authority("110108"), province="11")
    make.listing(of)
    notice = Notice.objects.get(kind="provider_listed")
    assert notice.side == "provider"
