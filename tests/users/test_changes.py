"""A confirmed use changes: the report, its ten working days, and what the public sees meanwhile."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ledger.acts import AlreadyMoved, Refused
from notices.models import Notice
from registry import domain as registry_verbs
from rulebook.time import ZONE
from tests import factories_uses as make
from users import domain, queries, schema
from users.models import UserFiling, UserFilingVersion

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules():
    make.rules()


def prepare(filing: UserFiling, changed_on: str, now: datetime = make.NOW, **use) -> UserFiling:
    values = make.use_data(filing.unit, change=True) | {"changed_on": changed_on} | use
    return domain.save_part(filing=filing, part="use", values=values, by=make.lead(filing.unit), now=now)


@pytest.mark.requirement("R101")
@pytest.mark.parametrize(
    ("changed_on", "reported", "late"),
    [
        # the ten working days of the law's own calendar: rest days off, make-up Saturdays on
        ("2026-09-24", "2026-10-15", False),
        ("2026-09-24", "2026-10-16", True),
        ("2026-09-30", "2026-10-20", False),
        ("2026-09-30", "2026-10-21", True),
        ("2026-04-30", "2026-05-18", False),
        ("2026-04-30", "2026-05-19", True),
        ("2026-09-24", "2026-09-24", False),
    ],
)
def test_change_is_due_within_ten_working_days_of_its_date(changed_on, reported, late):
    day = date.fromisoformat(reported)
    now = datetime(day.year, day.month, day.day, 23, 30, tzinfo=ZONE)
    early = datetime(2026, 3, 2, 10, 0, tzinfo=ZONE)
    past = {"consultations": [{"group": "staff", "manner": "meeting", "held_on": "2026-02-27", "participants": "9",
                               "outcome": "同意"}], "decision_on": "2026-02-27"}  # fmt: skip
    filing = make.confirmed(make.university(), now=early, **past)
    prepare(filing, changed_on, now, **past)
    done = domain.report_change(filing=filing, by=make.lead(filing.unit), now=now)
    assert (done.late, done.changed_on) == (late, date.fromisoformat(changed_on))
    assert done.state == "submitted"  # a late report is taken


@pytest.mark.requirement("R101")
def test_confirmed_version_stays_public_until_the_change_is_confirmed():
    filing = make.confirmed()
    assert filing.public["nature"] == "recommended"
    prepare(filing, "2026-09-21", nature="required", users_count=1200)
    assert make.fresh(filing).public["nature"] == "recommended"
    filing = domain.report_change(filing=filing, by=make.lead(filing.unit), now=make.NOW)
    assert (filing.state, filing.version, filing.confirmed_version) == ("unit_review", 2, 1)
    filing = domain.unit_approve(filing=filing, by=make.second(filing.unit), now=make.NOW)
    assert Notice.objects.filter(kind="use_change_reported", to_unit=filing.authority).count() == 1
    assert UserFiling.objects.public().get(pk=filing.pk).public["nature"] == "recommended"
    assert [d.key for d in schema.diff(queries.confirmed_document(filing), queries.version(filing).data, "use_change")][
        :2
    ] == ["use.changed_on", "use.changed_parts"]
    filing = domain.confirm(filing=filing, by=make.confirmer(filing), now=make.NOW)
    assert (filing.confirmed_version, filing.public["nature"], filing.public["decision_on"]) == (
        2, "required", "2026-09-15",
    )  # fmt: skip


@pytest.mark.requirement("R101")
def test_change_asks_its_date_and_what_changed():
    filing = make.confirmed()
    with pytest.raises(domain.Incomplete) as caught:
        domain.report_change(filing=filing, by=make.lead(filing.unit), now=make.NOW)
    assert {p.field_key for p in caught.value.problems} == {
        "use.changed_on", "use.changed_parts", "use.change_description",
    }  # fmt: skip
    prepare(filing, "2026-10-30")
    with pytest.raises(domain.Incomplete) as caught:
        domain.report_change(filing=filing, by=make.lead(filing.unit), now=make.NOW)
    assert [(p.field_key, p.code) for p in caught.value.problems] == [("use.changed_on", "future")]


def test_returned_change_is_submitted_again_and_keeps_its_confirmation():
    filing = prepare(make.confirmed(), "2026-09-21")
    by = make.lead(filing.unit)
    filing = domain.report_change(filing=filing, by=by, now=make.NOW)
    filing = domain.unit_send_back(filing=filing, by=make.second(filing.unit), now=make.NOW, comment="再核对")
    assert (filing.state, filing.confirmed_version) == ("draft", 1)
    assert UserFiling.objects.in_use().filter(pk=filing.pk).exists()
    filing = make.submitted(of=filing)
    filing = domain.return_for_correction(filing=filing, by=make.confirmer(filing), now=make.NOW, comment="请补正")
    filing = make.submitted(of=filing)
    filing = domain.confirm(filing=filing, by=make.confirmer(filing), now=make.NOW)
    assert (filing.version, filing.confirmed_version) == (4, 4)
    assert filing.changed_on == date(2026, 9, 21)


def test_sent_back_change_is_suspended_with_its_app():
    """What was confirmed once is in use, wherever its change stands."""
    filing = prepare(make.confirmed(), "2026-09-21")
    filing = domain.report_change(filing=filing, by=make.lead(filing.unit), now=make.NOW)
    filing = domain.unit_send_back(filing=filing, by=make.second(filing.unit), now=make.NOW, comment="再核对")
    by = make.publisher()
    registry_verbs.take_offline(entry=filing.entry, reason="整改", by=by, now=make.NOW)
    from users.tasks import mark_uses

    mark_uses()
    assert (make.fresh(filing).state, make.fresh(filing).suspended_from) == ("suspended", "draft")
    registry_verbs.resume(entry=filing.entry, by=by, now=make.NOW)
    mark_uses()
    assert make.fresh(filing).state == "draft"


def test_submit_and_report_change_do_not_stand_for_each_other():
    filing = prepare(make.confirmed(), "2026-09-21")
    by = make.lead(filing.unit)
    with pytest.raises(AlreadyMoved):
        domain.submit(filing=filing, by=by, now=make.NOW)
    with pytest.raises(AlreadyMoved):
        domain.report_change(filing=make.draft(filing.unit), by=by, now=make.NOW)


@pytest.mark.requirement("R96")
def test_change_of_an_app_that_is_offline_waits():
    filing = prepare(make.confirmed(), "2026-09-21")
    registry_verbs.take_offline(entry=filing.entry, reason="整改", by=make.publisher(), now=make.NOW)
    with pytest.raises(Refused) as caught:
        domain.report_change(filing=filing, by=make.lead(filing.unit), now=make.NOW)
    assert caught.value.reasons.codes == ["entry_offline"]


def test_policy_of_the_day_of_handing_in_judges_the_round():
    """A stricter rule of tomorrow does not change the ground under what was handed in today."""
    filing = make.returned(make.university())
    make.policy("moe", since=date(2026, 9, 25), alternatives_needed=3)
    later = datetime(2026, 9, 28, 10, 0, tzinfo=ZONE)
    assert make.submitted(of=filing, now=later).state == "submitted"
    fresh = make.draft(make.university())
    with pytest.raises(domain.Incomplete):
        domain.submit(filing=fresh, by=make.lead(fresh.unit), now=later)
    assert UserFilingVersion.objects.filter(filing=filing).count() == 2


@pytest.mark.parametrize("day", ["9999-12-31", "2026-09-25", "2026-02-30"])
def test_date_of_a_change_that_cannot_be_is_a_problem_beside_its_field(day):
    filing = make.confirmed(make.university())
    prepare(filing, day)
    with pytest.raises(domain.Incomplete) as caught:
        domain.report_change(filing=filing, by=make.lead(filing.unit), now=make.NOW)
    assert "use.changed_on" in {problem.field_key for problem in caught.value.problems}
