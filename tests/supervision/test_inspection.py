"""Samples, inspections, monitors and their warnings (Measures Art. 23; Opinions 15; notice of the Measures 2, 5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from ledger.acts import Refused
from ledger.models import Record
from notices.models import Notice
from registry.models import Entry
from review.models import ExchangeRow
from rulebook.time import ZONE
from supervision import domain, monitors
from supervision.domain import Invalid
from supervision.domain.inspection import draw_key, ranked
from supervision.models import Inspection, SamplingPlan, Warning  # noqa: A004
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make

NOW = make.NOW
ITEMS = [
    {"key": "number_shown", "label_zh": "显示备案号", "label_en": "Number shown", "article": "me-14"},
    {"key": "no_ads", "label_zh": "无广告", "label_en": "No advertisements", "article": "bj-3"},
]


def plan(**more: Any) -> SamplingPlan:
    values: dict[str, Any] = {"title": "秋季抽查", "method": "random", "size": 3, "seed": "2026-08-31/7", **more}
    return domain.make_plan(**values, by=make.reviewer(), now=NOW)


@pytest.mark.django_db
@pytest.mark.requirement("R160")
def test_draw_can_be_repeated_from_its_seed():
    numbers = [make.entry().number for _time in range(8)]
    make.entry(province="44")  # filed elsewhere
    drawn = domain.draw(plan=plan(), by=make.reviewer(), now=NOW)
    assert (drawn.state, drawn.population) == ("drawn", 8)
    expected = sorted(numbers, key=lambda number: draw_key("2026-08-31/7", number))[:3]
    rows = Inspection.objects.filter(plan=drawn).order_by("rank").select_related("entry")
    assert [row.entry.number for row in rows] == expected
    assert [row.rank for row in rows] == [1, 2, 3]
    again = domain.draw(plan=plan(), by=make.reviewer(), now=NOW)
    assert list(again.inspections.order_by("rank").values_list("entry__number", flat=True)) == expected
    other = domain.draw(plan=plan(seed="anders"), by=make.reviewer(), now=NOW)
    assert len(set(other.inspections.values_list("entry_id", flat=True))) == 3
    record = Record.objects.filter(verb="draw").first()
    assert (record.payload["population"], len(record.payload["sha256"])) == (8, 64)


@pytest.mark.django_db
def test_draw_by_complaints_and_by_risk_takes_the_heavy_ones_first():
    plain = [make.entry() for _time in range(3)]
    heavy = make.entry()
    make.complaint(heavy, state="accepted")
    by_complaints = plan(method="complaints", size=1)
    assert ranked(by_complaints, NOW)[0][0] == heavy.pk
    make.order(plain[0])
    assert ranked(plan(method="risk", size=1), NOW)[0][0] == plain[0].pk
    assert len(ranked(by_complaints, NOW)) == 4


@pytest.mark.django_db
@pytest.mark.requirement("R160", "R168")
def test_inspection_answers_the_checklist_of_its_day_and_leads_to_an_order_and_a_recheck():
    filings.policy("moe", inspection_checklist=ITEMS)
    of = make.entry()
    by = make.reviewer()
    row = domain.plan_inspection(entry=of, by=by, now=NOW)
    filings.policy("moe", inspection_checklist=[])  # a later version does not touch it
    assert [item["key"] for item in row.checklist] == ["number_shown", "no_ads"]
    assert row.checklist_label
    for answers, field in (
        ([{"key": "no_ads", "ok": True}], "number_shown"),
        ([{"key": "no_ads", "ok": False, "text": ""}, {"key": "number_shown", "ok": True}], "no_ads"),
        ([{"key": "x", "ok": True}, {"key": "no_ads", "ok": True}, {"key": "number_shown", "ok": True}], "x"),
    ):
        with pytest.raises(Invalid) as invalid:
            domain.record_findings(inspection=row, answers=answers, by=by, now=NOW)
        assert field in invalid.value.errors
    answers = [
        {"key": "no_ads", "ok": True},
        {"key": "number_shown", "ok": False, "text": "未显示", "article": "me-14"},
    ]
    row = domain.record_findings(inspection=row, answers=answers, by=by, now=NOW)
    assert row.state == "findings"
    order = domain.order_from_inspection(inspection=row, public_text="未显示备案号，限期整改。", by=by, now=NOW)
    assert (order.findings, make.fresh(of).state) == ([{"text": "未显示", "article": "me-14"}], "rectifying")
    with pytest.raises(Refused):
        domain.order_from_inspection(inspection=row, public_text="再次", by=by, now=NOW)
    again = [{"key": "number_shown", "ok": True}]
    row = domain.recheck(inspection=make.fresh(row), answers=again, by=by, now=NOW + timedelta(days=20))
    assert row.state == "rechecked"
    with pytest.raises(Refused):
        domain.plan_inspection(entry=of, by=make.reviewer("44"), now=NOW)


@pytest.mark.django_db
def test_plan_is_closed_once_everything_is_inspected():
    make.entry()
    by = make.reviewer()
    drawn = domain.draw(plan=plan(), by=by, now=NOW)
    with pytest.raises(Refused) as refused:
        domain.close_plan(plan=drawn, by=by, now=NOW)
    assert refused.value.reasons.codes == ["not_inspected"]
    one = drawn.inspections.get()
    domain.record_findings(inspection=one, answers=[{"key": "general", "ok": True}], by=by, now=NOW)
    assert domain.close_plan(plan=drawn, by=by, now=NOW).state == "closed"


# --- monitors ----------------------------------------------------------------------------------------


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(hour=2, tzinfo=ZONE)


def copy(of: Entry, *, app: dict[str, Any] | None = None, **system: Any) -> None:
    """The working copy of an entry's app and system, as that of one carried over."""
    from providers.models import BusinessSystem

    of.app.system = BusinessSystem.objects.create(unit=of.unit, name="平台", data=system)
    of.app.data = app or {}
    of.app.save()


@pytest.mark.django_db
@pytest.mark.requirement("R133", "R134", "R135")
def test_test_report_is_warned_of_at_60_30_and_0_days_once_each():
    of = make.entry()
    copy(of, mlps_report_until="2026-12-31", has_mlps_report=True)
    open_days = []
    for day in ("2026-10-31", "2026-11-01", "2026-11-01", "2026-12-01", "2026-12-31", "2027-01-05"):
        monitors.run(key="papers", now=at(day))
        open_days.append(
            [row.key.rpartition(":")[2] for row in Warning.objects.filter(kind="mlps_report", status="open")]
        )
    assert open_days == [[], ["60"], ["60"], ["30"], ["0"], ["0"]]
    assert Warning.objects.count() == 3
    told = Notice.objects.filter(kind="warning_raised", subject_id=Warning.objects.order_by("pk").first().pk)
    assert set(told.values_list("to_unit__code", flat=True)) == {"", "11", "moe"}
    copy(of, mlps_report_until="2028-12-31", has_mlps_report=True)
    monitors.run(key="papers", now=at("2027-01-06"))
    assert not Warning.objects.filter(status="open").exists()


@pytest.mark.django_db
@pytest.mark.requirement("R36")
def test_information_that_is_not_confirmed_for_a_year_is_stale():
    of = make.entry()
    monitors.run(key="stale", now=at("2027-08-31"))
    assert not Warning.objects.exists()
    monitors.run(key="stale", now=at("2027-09-01"))
    assert Warning.objects.get().entry == of


@pytest.mark.django_db
@pytest.mark.requirement("R90", "R154")
def test_outside_sources_are_asked_and_a_silent_one_changes_nothing():
    shown, hidden, newer, gone = (make.entry() for _time in range(4))
    run = monitors.run(key="number", now=NOW)
    assert (run.unanswered, Warning.objects.count()) == (4, 0)  # no table was uploaded
    for kind, key, data in (
        ("app_number", shown.package_ids[0], {"number": shown.number}),
        ("app_number", hidden.package_ids[0], {"number": ""}),
        ("store_version", newer.package_ids[0], {"version": "1.0.10"}),
        ("store_version", shown.package_ids[0], {"version": "1.0.0"}),
        ("icp", gone.public["icp_number"], {"status": "注销"}),
    ):
        ExchangeRow.objects.create(kind=kind, key=key, data=data, uploaded_at=NOW)
    for key in monitors.names():
        monitors.run(key=key, now=NOW)
    found = {(row.kind, row.entry_id) for row in Warning.objects.filter(status="open")}
    assert found == {("number_not_shown", hidden.pk), ("version_newer", newer.pk), ("icp_gone", gone.pk)}
    assert Warning.objects.visible_to(make.provider(hidden.unit)).get().kind == "number_not_shown"
    assert Warning.objects.visible_to(make.ministry()).count() == 3
    assert not Warning.objects.visible_to(factories.actor("institution_lead")).exists()
    warning = Warning.objects.get(kind="icp_gone")
    assert domain.settle_warning(warning=warning, note="已核实", by=make.reviewer(), now=NOW).status == "closed"


@pytest.mark.django_db
def test_stopped_run_goes_on_where_it_stopped(monkeypatch):
    monkeypatch.setattr(monitors, "PAGE", 2)
    for _time in range(5):
        make.entry()
    first = monitors.run(key="stale", now=NOW, pages=1)
    assert (first.checked, first.finished_at) == (2, None)
    again = monitors.run(key="stale", now=NOW)
    assert (again.pk, again.checked, again.finished_at) == (first.pk, 5, NOW)


@pytest.mark.parametrize(
    ("text", "key"), [("4.10.2", (4, 10, 2)), ("v4.2.0", (4, 2)), ("4.2", (4, 2)), ("", ()), ("１.２", (1, 2))]
)
def test_versions_are_compared_as_numbers(text, key):
    assert monitors.version_key(text) == key
