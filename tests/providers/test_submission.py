"""Handing in by the law: who may file, what stops a filing, what is frozen, what counts as late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from blacklist.models import Listing
from ledger.acts import AlreadyMoved, Refused
from providers import domain as verbs
from providers.domain.errors import Incomplete, NotEditable
from providers.enums import FilingKind, FilingState
from providers.models import Filing, FilingVersion
from rulebook import clocks
from tests import factories
from tests import factories_filings as filings

pytestmark = pytest.mark.django_db
NOW = filings.NOW


@pytest.fixture(autouse=True)
def _rules(freeze: Any) -> None:
    filings.calendar()
    filings.policy()
    freeze(NOW)


@pytest.mark.requirement("R37", "R82")
def test_submission_freezes_a_version_gives_a_case_number_and_starts_the_feedback_clock() -> None:
    filing = filings.submitted()
    version = filing.versions.get()
    assert version.data["unit"]["uscc"] == filing.unit.uscc
    assert len(version.digest) == 64
    assert version.signed_name == "测试签署人"
    assert filing.case_no.startswith("BJ-2026-")
    clock = clocks.running(filing, "feedback")
    assert clock is not None
    assert (clock.days, clock.due_at, clock.due_day) == (10, filing.due_at, filing.due_day)


@pytest.mark.requirement("R37")
def test_version_is_never_changed() -> None:
    filing = filings.submitted()
    for tamper in (
        lambda: FilingVersion.objects.filter(filing=filing).update(data={}),
        lambda: FilingVersion.objects.filter(filing=filing).delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            tamper()


def test_editing_what_the_authority_holds_is_refused() -> None:
    filing = filings.submitted()
    with pytest.raises(NotEditable):
        verbs.save_part(
            filing=filing, part="app", values={"name": "x"}, by=filings.actor_in(filing.unit), now=NOW
        )


def test_part_that_does_not_exist_is_an_error_of_the_caller() -> None:
    filing = filings.draft()
    with pytest.raises(ValueError, match="unknown part"):
        verbs.save_part(filing=filing, part="x", values={}, by=filings.actor_in(filing.unit), now=NOW)


def test_credit_code_cannot_be_changed_in_a_filing() -> None:
    filing = filings.draft()
    verbs.save_part(
        filing=filing,
        part="unit",
        values={"uscc": factories.uscc()},
        by=filings.actor_in(filing.unit),
        now=NOW,
    )
    assert filing.unit.profile.data["uscc"] == filing.unit.uscc


def test_case_numbers_of_an_authority_follow_each_other() -> None:
    first, second = filings.submitted(), filings.submitted()
    assert int(second.case_no[-6:]) == int(first.case_no[-6:]) + 1


@pytest.mark.requirement("R30")
def test_same_app_of_the_same_unit_is_refused_anywhere() -> None:
    first = filings.approved()
    twin = filings.draft(
        filings.app(first.unit, first.app_name).unit, of=filings.app(first.unit, first.app_name)
    )
    with pytest.raises(Refused) as refusal:
        verbs.submit(filing=twin, by=filings.actor_in(first.unit), now=NOW)
    assert "duplicate" in refusal.value.reasons.codes


@pytest.mark.requirement("R30")
def test_package_that_another_number_holds_is_refused() -> None:
    first = filings.approved()
    package = filings.app_of(first).entry.package_ids[0]
    twin = filings.draft(of=filings.app(factories.unit(), android_package=package))
    with pytest.raises(Refused) as refusal:
        verbs.submit(filing=twin, by=filings.actor_in(twin.unit), now=NOW)
    assert "duplicate" in refusal.value.reasons.codes


@pytest.mark.requirement("R31")
def test_branch_is_told_that_its_head_office_files() -> None:
    head, branch = factories.unit(), factories.unit()
    branch.head_office = head
    branch.save()
    with pytest.raises(Refused) as refusal:
        verbs.start(unit=branch, kind="initial", app_name="应用", by=filings.actor_in(branch), now=NOW)
    assert "branch" in refusal.value.reasons.codes


def bar(filing: Filing, until: Any) -> Listing:
    return Listing.objects.create(
        unit=filing.unit, uscc=filing.unit.uscc, authority=filing.authority, reason="未按期整改",
        listed_at=NOW - timedelta(days=1), bar_ends_at=until,
    )  # fmt: skip


@pytest.mark.requirement("R140")
def test_barred_unit_is_refused_until_the_bar_ends() -> None:
    filing = filings.draft()
    until = NOW + timedelta(days=30)
    bar(filing, until)
    by = filings.actor_in(filing.unit)
    with pytest.raises(Refused) as refusal:
        verbs.submit(filing=filing, by=by, now=until - timedelta(seconds=1))
    assert "barred" in refusal.value.reasons.codes
    assert verbs.submit(filing=filing, by=by, now=until).state == FilingState.SUBMITTED


@pytest.mark.requirement("R77")
def test_photo_search_stops_the_filing_where_the_policy_says_so() -> None:
    rule = {
        "code": "photo_search", "effective_from": "2019-01-01", "effective_to": None, "article": "bj-3-3",
        "message_zh": "不得提供拍照搜题", "message_en": "No photo search", "params": {},
    }  # fmt: skip
    filings.policy(admission_rules=[rule])
    filing = filings.draft(of=filings.app(photo_search=True))
    with pytest.raises(Refused) as refusal:
        verbs.submit(filing=filing, by=filings.actor_in(filing.unit), now=NOW)
    assert "photo_search" in refusal.value.reasons.codes


@pytest.mark.requirement("R75")
def test_company_that_trains_in_subjects_is_refused() -> None:
    filing = filings.draft(
        of=filings.app(trains_in_subjects=True, subjects=["mathematics"], stages=["primary"])
    )
    with pytest.raises(Refused) as refusal:
        verbs.submit(filing=filing, by=filings.actor_in(filing.unit), now=NOW)
    assert "not_non_profit" in refusal.value.reasons.codes


@pytest.mark.requirement("R91")
@pytest.mark.parametrize(
    ("changed_on", "late"), [("2026-09-10", True), ("2026-09-11", False), ("2026-09-24", False)]
)
def test_change_reported_after_ten_working_days_is_marked_late(changed_on: str, late: bool) -> None:
    """NOW is Thursday 24 September 2026; 20 September is a working Sunday before the autumn holiday."""
    first = filings.approved(now=NOW - timedelta(days=60))
    change = filings.draft(
        first.unit, kind=FilingKind.CHANGE, of=filings.app_of(first), changed_on=changed_on
    )
    change = verbs.submit(filing=change, by=filings.actor_in(first.unit), now=NOW)
    assert change.late is late


@pytest.mark.requirement("R91")
def test_entry_under_change_stays_as_it_was_and_is_marked() -> None:
    first = filings.approved()
    app = filings.app_of(first)
    change = filings.draft(first.unit, kind=FilingKind.CHANGE, of=app)
    verbs.save_part(
        filing=change, part="app", values={"version": "9.9.9"}, by=filings.actor_in(first.unit), now=NOW
    )
    verbs.submit(filing=change, by=filings.actor_in(first.unit), now=NOW)
    entry = filings.app_of(first).entry
    assert entry.change_under_review
    assert entry.public["version"] != "9.9.9"
    verbs.withdraw(filing=filings.fresh(change), by=filings.actor_in(first.unit), now=NOW)
    assert not filings.app_of(first).entry.change_under_review


@pytest.mark.requirement("R91", "R88")
def test_approved_change_keeps_the_number() -> None:
    first = filings.approved()
    number = filings.app_of(first).entry.number
    change = filings.draft(first.unit, kind=FilingKind.CHANGE, of=filings.app_of(first))
    verbs.save_part(
        filing=change, part="app", values={"version": "9.9.9"}, by=filings.actor_in(first.unit), now=NOW
    )
    verbs.submit(filing=change, by=filings.actor_in(first.unit), now=NOW)
    from review import domain as review_verbs

    review_verbs.approve(filing=filings.fresh(change), by=filings.reviewer_of(change), now=NOW)
    entry = filings.app_of(first).entry
    assert (entry.number, entry.public["version"], entry.change_under_review) == (number, "9.9.9", False)


def test_cancelled_number_is_never_given_again() -> None:
    first = filings.approved()
    number = filings.app_of(first).entry.number
    filings.approved(first.unit, kind=FilingKind.CANCEL, of=filings.app_of(first))
    assert filings.app_of(first).entry.state == "cancelled"
    again = filings.approved(first.unit, of=filings.app_of(first))
    assert again.entry is not None
    assert again.entry.number != number


def test_change_of_the_unit_renews_every_entry_under_its_number() -> None:
    company = factories.unit()
    rows = [filings.approved(company), filings.approved(company)]
    numbers = {filings.app_of(row).entry.number for row in rows}
    change = filings.draft(company, kind=FilingKind.UNIT_CHANGE)
    owner = filings.actor_in(company)
    verbs.save_part(
        filing=change, part="unit", values={"name": "北京新名教育科技有限公司"}, by=owner, now=NOW
    )
    verbs.submit(filing=change, by=owner, now=NOW)
    from review import domain as review_verbs

    review_verbs.approve(filing=filings.fresh(change), by=filings.reviewer_of(change), now=NOW)
    entries = [filings.app_of(row).entry for row in rows]
    assert {entry.number for entry in entries} == numbers
    assert {entry.provider_name for entry in entries} == {"北京新名教育科技有限公司"}
    company.refresh_from_db()
    assert company.name == "北京新名教育科技有限公司"


@pytest.mark.requirement("R84", "R85")
def test_supplement_after_the_last_day_is_refused_even_before_the_sweep() -> None:
    filing = filings.returned()
    by = filings.actor_in(filing.unit)
    assert filing.due_at is not None
    with pytest.raises(Refused) as refusal:
        verbs.submit(filing=filing, by=by, now=filing.due_at)
    assert refusal.value.reasons.codes == ["too_late"]
    again = verbs.submit(filing=filing, by=by, now=filing.due_at - timedelta(seconds=1))
    assert again.state == FilingState.SUBMITTED


@pytest.mark.requirement("R85")
def test_lapse_before_the_end_or_by_a_person_is_refused() -> None:
    filing = filings.returned()
    assert filing.due_at is not None
    with pytest.raises(Refused) as early:
        verbs.lapse(filing=filing, now=filing.due_at - timedelta(seconds=1))
    assert "not_due" in early.value.reasons.codes
    with pytest.raises(Refused) as refusal:
        verbs.lapse(filing=filing, now=filing.due_at, by=filings.actor_in(filing.unit))
    assert "only_the_clock" in refusal.value.reasons.codes
    assert verbs.lapse(filing=filing, now=filing.due_at).state == FilingState.LAPSED


def test_incomplete_form_lists_every_problem() -> None:
    filing = filings.draft()
    by = filings.actor_in(filing.unit)
    verbs.save_part(filing=filing, part="app", values={"purpose": "", "version": "?"}, by=by, now=NOW)
    with pytest.raises(Incomplete) as refusal:
        verbs.submit(filing=filing, by=by, now=NOW)
    assert {problem.field_key for problem in refusal.value.problems} >= {"app.purpose", "app.version"}


def test_old_key_after_a_return_is_no_second_submission() -> None:
    filing = filings.draft()
    by = filings.actor_in(filing.unit)
    verbs.submit(filing=filing, by=by, now=NOW, submit_key="k1")
    from review import domain as review_verbs

    review_verbs.return_for_correction(
        filing=filings.fresh(filing), by=filings.reviewer_of(filing), now=NOW, comment="改"
    )
    with pytest.raises(AlreadyMoved):
        verbs.submit(filing=filing, by=by, now=NOW, submit_key="k1")
    row = filings.fresh(filing)
    assert (row.state, row.version) == (FilingState.RETURNED, 1)


def test_key_of_another_unit_gives_nothing_away() -> None:
    filing = filings.draft()
    verbs.submit(filing=filing, by=filings.actor_in(filing.unit), now=NOW, submit_key="k1")
    stranger = filings.actor_in(factories.unit())
    with pytest.raises(Refused):
        verbs.submit(filing=filing, by=stranger, now=NOW, submit_key="k1")


def test_file_of_another_unit_is_not_shown_to_the_authority() -> None:
    from providers.models import MaterialUse

    foreign = filings.material(factories.unit())
    filing = filings.draft()
    by = filings.actor_in(filing.unit)
    verbs.save_part(
        filing=filing, part="unit", values={"licence_scan": filings.file_value(foreign)}, by=by, now=NOW
    )
    try:
        verbs.submit(filing=filing, by=by, now=NOW)
    except (Refused, AlreadyMoved):
        return
    assert not MaterialUse.objects.filter(material=foreign).exists()


def test_entry_bears_the_registered_name_and_province_whatever_the_form_says() -> None:
    filing = filings.draft()
    owner = filings.actor_in(filing.unit)
    verbs.save_part(filing=filing, part="unit", values={"name": "另一家公司", "province": "44"}, by=owner, now=NOW)
    sent = verbs.submit(filing=filing, by=owner, now=NOW)
    frozen = sent.versions.get().data["unit"]
    assert (frozen["name"], frozen["province"]) == (filing.unit.name, filing.unit.province_code)


@pytest.mark.requirement("R30")
def test_change_cannot_take_over_a_package_of_another_number() -> None:
    other, first = filings.approved(), filings.approved()
    package = filings.app_of(other).entry.package_ids[0]
    change = filings.draft(first.unit, kind=FilingKind.CHANGE, of=filings.app_of(first))
    owner = filings.actor_in(first.unit)
    verbs.save_part(filing=change, part="app", values={"android_package": package}, by=owner, now=NOW)
    with pytest.raises(Refused) as refusal:
        verbs.submit(filing=change, by=owner, now=NOW)
    assert "duplicate" in refusal.value.reasons.codes


def test_older_change_does_not_bring_the_old_name_of_the_unit_back() -> None:
    from review import domain as review_verbs

    first = filings.approved()
    owner, reviewer = filings.actor_in(first.unit), filings.reviewer_of(first)
    change = filings.draft(first.unit, kind=FilingKind.CHANGE, of=filings.app_of(first))
    verbs.submit(filing=change, by=owner, now=NOW)
    renewal = filings.draft(first.unit, kind=FilingKind.UNIT_CHANGE)
    verbs.save_part(filing=renewal, part="unit", values={"name": "北京新名教育科技有限公司"}, by=owner, now=NOW)
    verbs.submit(filing=renewal, by=owner, now=NOW)
    review_verbs.approve(filing=filings.fresh(renewal), by=reviewer, now=NOW + timedelta(hours=1))
    assert filings.app_of(first).entry.change_under_review
    review_verbs.approve(filing=filings.fresh(change), by=reviewer, now=NOW + timedelta(hours=2))
    assert filings.app_of(first).entry.provider_name == "北京新名教育科技有限公司"


def test_who_agreed_for_the_province_does_not_decide_for_the_ministry() -> None:
    from accounts.enums import Role
    from ledger.acts import Actor
    from review import domain as review_verbs

    filing = filings.in_state(FilingState.MINISTRY_REVIEW)
    decided = filing.decisions.get()
    unit = factories.authority("moe")
    twice = Actor(
        person_id=decided.person_id, unit_id=unit.pk, role=Role.MINISTRY_REVIEWER, unit_code="moe", unit_path=unit.path
    )
    with pytest.raises(Refused) as refusal:
        review_verbs.approve(filing=filing, by=twice, now=NOW)
    assert "same_person_twice" in refusal.value.reasons.codes


@pytest.mark.requirement("R140")
def test_barred_unit_reads_why_and_until_when_before_it_hands_in(freeze: Any) -> None:
    filing = filings.draft()
    freeze(NOW)
    client = factories.client_for(filing.unit.memberships.get(role="provider_owner"))
    addresses = [reverse("filing", args=[filing.pk]), reverse("filing_check", args=[filing.pk])]
    submit = reverse("filing_submit", args=[filing.pk])
    assert submit in client.get(addresses[1]).content.decode()
    bar(filing, NOW + timedelta(days=30))
    for address in addresses:
        page = client.get(address).content.decode()
        assert "未按期整改" in page
        assert "2026" in page
        assert reverse("article", args=["me-24"]) in page
    assert submit not in page, "what would be refused is not offered"
    assert filings.fresh(filing).state == FilingState.DRAFT
