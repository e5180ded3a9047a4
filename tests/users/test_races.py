"""Two people at the same moment: one effect, and the other is told that somebody was first."""

from __future__ import annotations

import pytest

from accounts.domain import close_authority, reopen_authority
from accounts.enums import Role
from accounts.models import Unit
from ledger.acts import Actor, AlreadyMoved, Refused
from ledger.domain.verify import verify
from ledger.models import Record
from registry import domain as registry_verbs
from rulebook.models import Clock
from tests import factories
from tests import factories_uses as make
from tests.races import second_comer
from tests.review.test_races import one_of_two, together
from users import domain, tasks
from users.domain import moves
from users.enums import Cause
from users.models import UseDecision, UseReroute, UserFiling, UserFilingVersion, UseSweep

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("R100", "R108")]


def confirm(filing, by):
    return lambda: domain.confirm(filing=filing, by=by, now=make.NOW)


def give_back(filing, by):
    return lambda: domain.return_for_correction(filing=filing, by=by, now=make.NOW, comment="请补正")


def end_use(filing, by):
    return lambda: domain.withdraw(filing=filing, by=by, now=make.NOW, reason="停用", notice_text="停用通知")


def hold(filing):
    return lambda: domain.suspend(filing=filing, cause=Cause.OFFLINE, by=Actor.system(), now=make.NOW)


@pytest.fixture(autouse=True)
def _rules():
    make.rules()


@pytest.mark.parametrize("second", [confirm, give_back, None, "suspend"])
def test_confirmation_meets_another_act(second):
    filing = make.submitted()
    one, two = make.as_confirmer(filing.authority), make.as_confirmer(filing.authority, 2)
    unit_lead = make.lead(filing.unit)
    if second == "suspend":
        results = together(confirm(filing, one), hold(filing))
        row = make.fresh(filing)
        # whichever came first: the confirmation is done or refused, and the use ends up suspended
        assert row.state == "suspended"
        assert row.suspended_from == ("submitted" if isinstance(results[0], AlreadyMoved) else "confirmed")
        assert not isinstance(results[1], Exception), results
    else:
        other = second(filing, two) if second else end_use(filing, unit_lead)
        results = together(confirm(filing, one), other)
        if second is None and not any(isinstance(r, Exception) for r in results):
            assert make.fresh(filing).state == "withdrawn"  # confirmed, then ended
            assert make.fresh(filing).notice_text
        else:
            one_of_two(results)
            assert UseDecision.objects.filter(filing=filing).exclude(verb="unit_approve").count() <= 1
    assert not Clock.objects.running().filter(subject_id=filing.pk).exists()
    assert list(verify()) == []


def test_two_returns_one_effect():
    filing = make.submitted()
    one, two = make.as_confirmer(filing.authority), make.as_confirmer(filing.authority, 2)
    one_of_two(together(give_back(filing, one), give_back(filing, two)))
    assert UseDecision.objects.filter(filing=filing, verb="return_for_correction").count() == 1


def test_unit_approval_meets_withdrawal():
    filing = make.unit_review()
    by, unit_lead = make.second(filing.unit), make.lead(filing.unit)
    results = together(lambda: domain.unit_approve(filing=filing, by=by, now=make.NOW), end_use(filing, unit_lead))
    row = make.fresh(filing)
    assert row.state == "withdrawn"
    approved = not isinstance(results[0], Exception)
    assert approved or isinstance(results[0], AlreadyMoved), results
    assert UseDecision.objects.filter(filing=filing).count() == approved
    assert not Clock.objects.running().filter(subject_id=filing.pk).exists()


def test_unit_approval_meets_sending_back():
    filing = make.unit_review()
    by = make.second(filing.unit)
    one_of_two(
        together(
            lambda: domain.unit_approve(filing=filing, by=by, now=make.NOW),
            lambda: domain.unit_send_back(filing=filing, by=by, now=make.NOW, comment="请补充"),
        )
    )
    assert UseDecision.objects.filter(filing=filing).count() == 1


def test_double_click_submits_once():
    filing = make.draft()
    by = make.lead(filing.unit)
    same = lambda: domain.submit(filing=filing, by=by, now=make.NOW, submit_key="same")  # noqa: E731
    results = together(same, same)
    assert [type(result) for result in results] == [UserFiling, UserFiling], results
    assert UserFilingVersion.objects.count() == 1
    assert Record.objects.filter(verb="submit").count() == 1


def test_two_windows_submit_once():
    filing = make.draft()
    by = make.lead(filing.unit)
    one_of_two(
        together(
            lambda: domain.submit(filing=filing, by=by, now=make.NOW, submit_key="one"),
            lambda: domain.submit(filing=filing, by=by, now=make.NOW, submit_key="two"),
        )
    )
    assert UserFilingVersion.objects.count() == 1


def test_two_people_select_the_same_app_once():
    unit, entry = make.school(), make.entry()
    one, two = make.lead(unit), make.second(unit)
    results = together(
        lambda: domain.start_use(unit=unit, entry=entry, by=one, now=make.NOW),
        lambda: domain.start_use(unit=unit, entry=entry, by=two, now=make.NOW),
    )
    assert {result.pk for result in results} == {UserFiling.objects.get().pk}


@pytest.mark.requirement("R96", "R122")
def test_submission_meets_revocation():
    """Either the use was handed in and the job knows it, or the submission is refused; nothing slips through."""
    entry = make.entry()
    filing = make.draft(entry=entry)
    by, publisher = make.lead(filing.unit), make.publisher()
    results = together(
        lambda: domain.submit(filing=filing, by=by, now=make.NOW),
        lambda: registry_verbs.revoke(entry=entry, reason="违规", by=publisher, now=make.NOW),
    )
    assert not isinstance(results[1], Exception), results
    # A row that the submission held while the job ran is passed over; the job stays open, and beat takes it up.
    tasks.mark_uses()
    assert not UseSweep.objects.filter(finished_at=None).exists()
    row = make.fresh(filing)
    if isinstance(results[0], Refused):
        assert row.state == "draft" and row.withdrawal_cause == Cause.REVOKED
    else:
        assert row.state == "suspended" and row.suspended_from == "unit_review"


@pytest.mark.requirement("R96")
def test_selection_meets_revocation():
    entry, unit = make.entry(), make.school()
    by, publisher = make.lead(unit), make.publisher()
    results = together(
        lambda: domain.start_use(unit=unit, entry=entry, by=by, now=make.NOW),
        lambda: registry_verbs.revoke(entry=entry, reason="违规", by=publisher, now=make.NOW),
    )
    assert not isinstance(results[1], Exception), results
    started = not isinstance(results[0], Exception)
    assert started or isinstance(results[0], Refused), results
    assert UserFiling.objects.count() == UseSweep.objects.count() == started


def test_two_colleagues_at_once_do_not_pass_the_limit_of_the_policy():
    make.policy("11", limits={"uses_per_school": 1}, uses_limit_hard=True)
    unit = make.school()
    drafts = [make.draft(unit), make.draft(unit)]
    results = together(*(lambda row=row: domain.submit(filing=row, by=make.lead(unit), now=make.NOW) for row in drafts))
    refusals = [one for one in results if isinstance(one, Refused)]
    assert [one.reasons.codes for one in refusals] == [["too_many_uses"]]
    assert sorted(make.fresh(row).version for row in drafts) == [0, 1]


def test_authority_that_reopens_while_a_batch_of_its_job_is_worked_off_keeps_its_uses(monkeypatch):
    district = factories.authority("110108")
    uses = [make.submitted(make.school(district)) for _ in range(2)]
    by = factories.actor(Role.SYSADMIN, factories.authority("moe"))
    monkeypatch.setattr(moves, "_worker", [])
    with monkeypatch.context() as many:
        many.setattr(moves, "AT_ONCE", 0)
        close_authority(unit=district, by=by, now=make.NOW)
    job = UseReroute.objects.get()
    assert second_comer(
        lambda: reopen_authority(unit=Unit.objects.get(pk=district.pk), by=by, now=make.NOW),
        lambda: domain.work_off_reroute(job=job, now=make.NOW),
    ) is None
    assert [make.fresh(use).authority.code for use in uses] == ["110108"] * 2
