"""Indicators by region and by institution: they agree with an independent count, and are kept for good."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from accounts.models import Unit
from ledger.acts import Refused
from ledger.models import Record
from registry import domain as registry
from registry.models import Entry
from supervision import domain
from supervision.domain import Invalid
from supervision.domain.assessments import assessment_lines
from supervision.indicators import Period, by_region, by_unit, units_below
from supervision.models import Assessment, Complaint, RectificationOrder
from tests import factories, factories_uses
from tests import factories_filings as filings
from tests import factories_supervision as make

pytestmark = pytest.mark.django_db
NOW = make.NOW
AUGUST = Period(date(2026, 8, 1), date(2026, 8, 31))
LATER = NOW + timedelta(days=60)


def lines(table: Any) -> dict[str, Any]:
    return {line.unit.code + ("*" if line.kind == "total" else ""): line for line in table.lines}


def world() -> None:
    """Beijing: an app in force, one revoked with its listing, two orders; Guangdong: complaints, three apps."""
    filings.calendar()
    make.entry(now=NOW - timedelta(days=60))
    make.listing(make.entry())
    make.order(make.entry(), days=1)
    make.order_in("cleared")
    make.complaint(make.entry(province="44"))
    make.complaint(make.entry(province="44"), state="resolved")
    make.entry(province="44")


def september() -> None:
    """An order runs out, an app is taken offline."""
    make.overdue(RectificationOrder.objects.get(state="issued"))
    off = Entry.objects.filter(authority=factories.authority("44")).order_by("-pk")[0]
    registry.take_offline(
        entry=off, reason="核查", public_text="暂时下线", by=make.lead("44"), now=NOW + timedelta(days=3)
    )


@pytest.mark.requirement("R162")
def test_figures_of_provinces_agree_with_an_independent_count() -> None:
    world()
    september()
    moment = NOW + timedelta(days=40)
    period = Period(date(2026, 8, 1), moment.date())
    found = lines(by_region(node=factories.authority("moe"), period=period, now=moment))
    for code in ("11", "44"):
        counts, authority = found[code].counts, factories.authority(code)
        entries = list(Entry.objects.filter(authority=authority))
        assert counts.get("in_force", 0) == sum(one.state in ("published", "rectifying") for one in entries)
        for state in ("rectifying", "offline", "revoked"):
            assert counts.get(state, 0) == sum(one.state == state for one in entries), (code, state)
        assert counts.get("published", 0) == sum(period.since <= one.published_at < period.until for one in entries)
        assert counts.get("complaints", 0) == Complaint.objects.filter(authority=authority).count()
        orders = list(RectificationOrder.objects.filter(authority=authority))
        assert counts.get("orders", 0) == len(orders)
        assert counts.get("orders_cleared", 0) == sum(one.state == "cleared" for one in orders)
        assert counts.get("orders_overdue", 0) == sum(one.state == "overdue" for one in orders)
    assert found["11"].counts["listings"] == 1 and found["44"].counts["complaints_open"] == 1
    # both had to be accepted or not within the period: one was
    assert (found["44"].counts["complaint_targets"], found["44"].counts["complaint_targets_met"]) == (2, 1)
    total = found["moe*"].counts
    assert total["in_force"] == sum(found[code].counts.get("in_force", 0) for code in ("11", "44"))


@pytest.mark.requirement("R162")
def test_state_at_the_end_of_a_day_that_is_over_follows_the_history() -> None:
    world()
    same = lines(by_region(node=factories.authority("moe"), period=AUGUST, now=NOW))
    september()
    moment = NOW + timedelta(days=40)
    then = lines(by_region(node=factories.authority("moe"), period=AUGUST, now=moment))
    assert (then["44"].counts["in_force"], then["44"].counts.get("offline", 0)) == (3, 0)
    assert (then["11"].counts["in_force"], then["11"].counts["rectifying"]) == (3, 1)
    assert then["11"].counts.get("orders_overdue", 0) == 0  # the period ran out in September
    now = lines(by_region(node=factories.authority("moe"), period=Period(AUGUST.first_day, moment.date()), now=moment))
    assert (now["44"].counts["in_force"], now["44"].counts["offline"]) == (2, 1)
    for code in ("11", "44"):
        for key in ("in_force", "rectifying", "published", "revoked"):
            assert same[code].counts.get(key, 0) == then[code].counts.get(key, 0), (code, key)


@pytest.mark.requirement("R162")
def test_feedback_counts_in_time_late_and_overdue() -> None:
    filings.policy()
    filings.calendar()
    filings.approved(factories.unit(province="11"), now=NOW)
    filings.submitted(factories.unit(province="11"), now=NOW)
    period = Period(AUGUST.first_day, LATER.date())
    line = lines(by_region(node=factories.authority("moe"), period=period, now=LATER))["11"]
    assert (line.counts["decided"], line.counts["on_time"], line.counts["feedback_overdue"]) == (1, 1, 1)
    rate = next(one for one in by_region.__globals__["REGION"] if one.key == "feedback_rate")
    assert line.value(rate) == 50.0
    early = lines(by_region(node=factories.authority("moe"), period=AUGUST, now=LATER))["11"]
    assert early.counts.get("feedback_overdue", 0) == 0 and early.value(rate) == 100.0


@pytest.mark.requirement("R163")
def test_uses_by_district_and_by_institution_agree_with_the_filings() -> None:
    filings.calendar()
    district = factories.authority("110108")
    used, idle = (factories_uses.school(parent=district) for _time in range(2))
    factories_uses.confirmed(unit=used, entry=factories_uses.entry())
    factories_uses.returned(unit=used, entry=factories_uses.entry())
    province = factories.authority("11")
    period = Period(AUGUST.first_day, LATER.date())
    line = lines(by_region(node=province, period=period, now=LATER))["110108"]
    counts = line.counts
    assert (counts["institutions"], counts["filed"], counts["missing"], counts["in_use"]) == (2, 1, 1, 1)
    assert counts["use_overdue"] == 1 and line.files is False
    by = make.reviewer()
    units = list(units_below(by, province, LATER))
    table = by_unit(node=province, units=units, period=period, now=LATER)
    rows = {line.unit.pk: line.counts for line in table.lines}
    assert set(rows) == {used.pk, idle.pk}
    assert (rows[used.pk]["handed_in"], rows[used.pk]["in_use"], rows[used.pk]["returned_overdue"]) == (2, 1, 1)
    assert rows[idle.pk]["handed_in"] == 0


@pytest.mark.requirement("R162", "R163")
def test_number_of_queries_does_not_grow_with_the_region() -> None:
    """1, 3 and 100 districts and schools."""
    filings.calendar()
    province = factories.authority("11")
    by = make.reviewer()
    costs, of_units = [], []
    done = 0
    for size in (1, 3, 100):
        for number in range(done, size):
            district = factories._save(
                Unit(kind="authority", level="district", code=f"1199{number:02d}", name=f"区{number}",
                     province_code="11"), province,
            )  # fmt: skip
            factories_uses.school(parent=district)
        done = size
        units = list(units_below(by, province, NOW))
        for kept, call in (
            (costs, lambda: by_region(node=province, period=AUGUST, now=NOW)),
            (of_units, lambda: by_unit(node=province, units=units, period=AUGUST, now=NOW)),  # noqa: B023
        ):
            with CaptureQueriesContext(connection) as queries:
                table = call()
            kept.append(len(queries))
            assert len(table.lines) >= size
    assert len(set(costs)) == 1 and costs[0] <= 25, costs
    assert len(set(of_units)) == 1 and of_units[0] <= 5, of_units


@pytest.mark.requirement("R162")
def test_assessment_is_kept_as_it_was_and_its_file_can_be_verified() -> None:
    world()
    ministry, node = make.ministry(), factories.authority("moe")
    row = domain.take_assessment(node=node, period=AUGUST, purpose="网络安全责任制考核", by=ministry, now=NOW)
    file = "".join(assessment_lines(make.fresh(row).table)).encode()
    assert hashlib.sha256(file).hexdigest() == row.sha256
    record = Record.objects.get(verb="take_assessment")
    assert record.payload["sha256"] == row.sha256 and row.case_no.startswith("KH-")
    make.entry()  # what happens later changes nothing
    assert domain.verify_assessment(make.fresh(row)).ok
    assert domain.verify_assessment(row, hashlib.sha256(file).hexdigest()).ok
    assert not domain.verify_assessment(row, hashlib.sha256(file + b" ").hexdigest()).ok
    for statement in ("UPDATE supervision_assessment SET purpose = 'x'", "DELETE FROM supervision_assessment"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    tampered = make.fresh(row)
    tampered.table["rows"][0][2] = 99
    assert not domain.verify_assessment(tampered).ok


@pytest.mark.requirement("R163")
def test_assessment_is_of_ones_own_region_and_read_by_those_above() -> None:
    filings.calendar()
    factories_uses.school(parent=factories.authority("110108"))
    beijing, district = make.reviewer(), factories.authority("110108")
    row = domain.take_assessment(
        node=district, period=AUGUST, purpose="教育督导", by=beijing, now=NOW, by_unit_too=True
    )
    assert len(row.table["rows"]) == 1 and row.by_unit
    seen = {
        name for name, by in {
            "reviewer": beijing, "ministry": make.ministry(), "district": make.people(district, Role.REVIEWER),
            "elsewhere": make.reviewer("44"), "provider": make.provider(factories.unit()),
        }.items() if Assessment.objects.visible_to(by).exists()
    }  # fmt: skip
    assert seen == {"reviewer", "ministry"}
    for node in (factories.authority("44"), factories.authority("moe")):
        with pytest.raises(Refused):
            domain.take_assessment(node=node, period=AUGUST, purpose="x", by=beijing, now=NOW)
    with pytest.raises(Refused):
        domain.take_assessment(node=district, period=AUGUST, purpose="x", by=make.provider(factories.unit()), now=NOW)
    for period, purpose in (
        (Period(date(2026, 9, 1), date(2026, 8, 1)), "x"), (Period(date(2026, 8, 1), date(2026, 9, 1)), "x"),
        (AUGUST, " "),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            domain.take_assessment(node=district, period=period, purpose=purpose, by=beijing, now=NOW)
