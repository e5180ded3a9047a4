"""What the verbs refuse, and what stands after somebody else came first: cases that no journey meets."""

from __future__ import annotations

import os
import threading
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import DataError, IntegrityError, connection, transaction

from accounts.enums import Role, UnitKind
from ledger.acts import Actor, AlreadyMoved, Refused
from registry import domain as registry
from registry.models import Entry
from tests import factories
from tests import factories_uses as make
from users import domain
from users.domain import effects, sweeps
from users.domain.errors import NotEditable
from users.enums import CampaignGoal, Cause
from users.models import UseMaterial, UserFiling, UseSweep

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules():
    make.rules()


def codes(verb, **more) -> list[str]:
    with pytest.raises(Refused) as caught:
        verb(now=make.NOW, **more)
    return caught.value.reasons.codes


def test_campaign_needs_dates_a_name_and_a_target_and_is_its_authoritys_own():
    lead = factories.actor(Role.REVIEW_LEAD, factories.authority("11"))
    terms = {"name": "集中备案", "starts_on": date(2026, 9, 1), "ends_on": date(2026, 10, 1),
             "goal": CampaignGoal.FILED, "target": 90}  # fmt: skip
    wrong = {"name": " ", "ends_on": date(2026, 8, 1), "target": 101}
    assert codes(domain.set_up_campaign, by=lead, **terms | wrong) == ["dates", "no_name", "target"]
    assert codes(domain.set_up_campaign, by=lead, **terms | {"target": 0, "goal": CampaignGoal.APPS}) == ["target"]
    made = domain.set_up_campaign(by=lead, now=make.NOW, **terms)
    other = factories.actor(Role.REVIEW_LEAD, factories.authority("44"))
    assert codes(domain.set_up_campaign, by=other, campaign=made, **terms) == ["not_your_campaign"]
    stale = type(made).objects.get(pk=made.pk)
    domain.close_campaign(campaign=made, by=lead, now=make.NOW)
    # the page was read before a colleague closed it
    assert codes(domain.set_up_campaign, by=lead, campaign=stale, **terms) == ["closed"]
    school = make.school()
    assert codes(domain.remind, by=make.lead(school), units=[school], matter="missing") == ["not_an_authority"]
    assert codes(domain.remind, by=lead, units=[school], matter="something") == ["unknown_matter"]


def test_reminding_nobody_leaves_no_record():
    lead = factories.actor(Role.REVIEW_LEAD, factories.authority("110108"))
    elsewhere = make.school(factories.authority("110101"))
    done = domain.remind(units=[elsewhere], matter="missing", by=lead, now=make.NOW)
    assert (done.now, done.before, done.refused) == (0, 0, 1)


def test_own_app_is_begun_by_its_unit_with_a_name():
    school, company = make.school(), factories.unit(kind=UnitKind.ENTERPRISE)
    by = make.lead(school)
    assert codes(domain.start_self_use, unit=school, app_name=" ", by=by) == ["no_app"]
    assert codes(domain.start_self_use, unit=make.school(), app_name="甲", by=by) == ["not_your_unit"]
    assert codes(domain.start_self_use, unit=company, app_name="甲", by=make.lead(company)) == ["not_an_institution"]
    draft = make.draft(school)
    with pytest.raises(ValueError, match="unknown part"):
        domain.save_part(filing=draft, part="app", values={}, by=by, now=make.NOW)


class ArrivesTwice(ContentFile):
    """An upload whose twin is stored while it is read: a double click on a slow line."""

    def __init__(self, unit) -> None:
        super().__init__(b"content", name="x.pdf")
        self.unit = unit

    def chunks(self, chunk_size=None):
        if not UseMaterial.objects.filter(unit=self.unit).exists():
            domain.add_material(upload=ContentFile(b"content", name="x.pdf"), **_file(self.unit))
        return super().chunks(chunk_size)


def _file(unit):
    return {"unit": unit, "name": "x.pdf", "content_type": "application/pdf", "sha256": "a" * 64, "pages": 1,
            "scan": "clean", "by": make.lead(unit), "now": make.NOW}  # fmt: skip


def test_the_same_file_twice_at_once_is_kept_once():
    school = make.school()
    row = domain.add_material(upload=ArrivesTwice(school), **_file(school))
    assert UseMaterial.objects.get() == row


def test_file_whose_row_cannot_be_written_does_not_stay(settings):
    school, upload = make.school(), ContentFile(b"content", name="x.pdf")
    upload.size = 2**40  # more than the column holds
    with pytest.raises(DataError), transaction.atomic():
        domain.add_material(upload=upload, **(_file(school) | {"sha256": "b" * 64}))
    assert not [name for _place, _dirs, names in os.walk(settings.MEDIA_ROOT) for name in names if "b" * 32 in name]


def test_same_key_in_foreign_hands_submits_nothing():
    filing = make.draft()
    by = make.lead(filing.unit)
    domain.submit(filing=filing, by=by, now=make.NOW, submit_key="k")
    stranger = make.lead(make.school())
    assert codes(domain.submit, filing=make.fresh(filing), by=stranger, submit_key="k") == ["not_your_unit"]


def test_too_many_persons_are_not_kept():
    school = make.school()
    persons = [{"name": f"某{n}", "position": "主任"} for n in range(21)]
    said = {"unit": school, "department": "信息中心", "persons": persons, "by": make.lead(school)}
    assert codes(domain.name_responsible, **said) == ["too_many"]


def test_only_what_can_end_or_go_on_does():
    gone = make.suspended(cause=Cause.REVOKED)
    assert codes(domain.resume, filing=gone, by=Actor.system()) == ["entry_ended"]
    waiting = make.submitted()
    by = make.confirmer(waiting)
    common = {"filing": waiting, "by": by, "cause": Cause.AUTHORITY}
    assert codes(domain.propose_withdrawal, text=" ", **common) == ["not_in_use", "no_reason"]
    assert codes(domain.propose_withdrawal, filing=waiting, by=Actor.system(), cause=Cause.REVOKED) == ["not_told"]
    act = effects.checking(fields=["charges"], now=make.NOW)
    with pytest.raises(Refused) as refused:
        act.do(make.draft(), by=Actor.system(), now=make.NOW)
    assert refused.value.reasons.codes == ["not_in_use"]


def test_suspended_before_its_target_began_goes_on_without_one():
    """Where the clock is gone, a resumed filing stands again without a day."""
    from rulebook.models import Clock

    waiting = make.submitted()
    held = domain.suspend(filing=waiting, cause=Cause.OFFLINE, by=Actor.system(), now=make.NOW)
    Clock.objects.about(held).delete()
    row = domain.resume(filing=held, by=Actor.system(), now=make.NOW)
    assert (row.state, row.due_day) == ("submitted", None)


def test_advice_to_end_a_use_is_over_once_its_change_is_confirmed():
    use = make.confirmed()
    advice = {"cause": Cause.AUTHORITY, "text": "已有统一应用"}
    domain.propose_withdrawal(filing=use, by=make.confirmer(use), now=make.NOW, **advice)
    row = make.fresh(use)
    by = make.lead(row.unit)
    data = {**row.data["use"], "changed_on": "2026-09-24", "changed_parts": ["fee"], "change_description": "说明"}
    domain.save_part(filing=row, part="use", values=data, by=by, now=make.NOW)
    row = domain.report_change(filing=make.fresh(use), by=by, now=make.NOW)
    if row.state == "unit_review":
        row = domain.unit_approve(filing=row, by=make.second(row.unit), now=make.NOW)
    row = domain.confirm(filing=row, by=make.confirmer(row), now=make.NOW)
    assert (row.withdrawal_proposed_at, row.withdrawal_cause) == (None, "")


# --- jobs over many uses -------------------------------------------------------------------------------


def test_acts_that_change_nothing_for_users_leave_no_job():
    use = make.confirmed()
    entry = Entry.objects.get(pk=use.entry_id)
    registry.order_rectification(
        entry=entry, until=date(2026, 10, 20), public_text="限期整改", by=make.publisher(), now=make.NOW
    )
    assert not UseSweep.objects.exists()
    assert domain.entries_in_use([entry.pk, make.entry().pk]) == {entry.pk}


def test_job_goes_on_where_its_bound_cut_it_off():
    entry = make.entry()
    for _ in range(3):
        make.confirmed(entry=entry)
    registry.revoke(
        entry=Entry.objects.get(pk=entry.pk), reason="逾期", public_text="撤销", by=make.publisher(), now=make.NOW
    )
    job = UseSweep.objects.get()
    sweeps.BATCH, kept = 1, sweeps.BATCH
    try:
        first = domain.work_off(sweep=job, now=make.NOW, limit=1)
    finally:
        sweeps.BATCH = kept
    assert (first.done, first.finished) == (1, False)
    assert domain.work_off(sweep=job, now=make.NOW).finished
    assert domain.work_off(sweep=job, now=make.NOW).finished  # once more does nothing
    assert UserFiling.objects.filter(state="suspended").count() == 3


def test_resumption_passes_over_what_another_cause_holds():
    other = make.suspended(cause=Cause.REVOKED)
    job = UseSweep.objects.create(entry_id=other.entry_id, move="resume", total=1, moved_at=make.NOW)
    assert domain.work_off(sweep=job, now=make.NOW).finished
    assert make.fresh(other).state == "suspended"


def test_broker_that_is_away_loses_no_job(django_capture_on_commit_callbacks):
    class Away:
        def apply_async(self, **more):
            raise ConnectionError("no broker")

    kept = list(sweeps._worker)
    sweeps.worked_off_by(Away())
    try:
        use = make.confirmed()
        with django_capture_on_commit_callbacks(execute=True):
            registry.revoke(
                entry=Entry.objects.get(pk=use.entry_id), reason="逾期", public_text="撤销", by=make.publisher(),
                now=make.NOW,
            )  # fmt: skip
    finally:
        sweeps._worker[:] = kept
    assert [job.total for job in domain.open_sweeps()] == [1]


def test_job_in_which_everything_fails_counts_its_attempts():
    use = make.confirmed()
    registry.revoke(
        entry=Entry.objects.get(pk=use.entry_id), reason="逾期", public_text="撤销", by=make.publisher(), now=make.NOW
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused here'; END $$;"
            "CREATE TRIGGER refuse_all BEFORE UPDATE ON users_userfiling FOR EACH ROW EXECUTE FUNCTION refuse_all()"
        )
    job = UseSweep.objects.get()
    for attempt in (1, 2):
        assert not domain.work_off(sweep=job, now=make.NOW + timedelta(minutes=attempt)).finished
        assert UseSweep.objects.get().attempts == attempt


# --- two at the same moment ----------------------------------------------------------------------------


def meanwhile(before_commit, then):
    """Runs ``then`` while another connection has done ``before_commit`` and has not committed yet."""
    done, go = threading.Event(), threading.Event()

    def other() -> None:
        try:
            with transaction.atomic():
                before_commit()
                done.set()
                go.wait(10)
        finally:
            done.set()
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    done.wait(10)
    timer = threading.Timer(0.7, go.set)  # ``then`` waits for the lock by now
    timer.start()
    try:
        return then()
    finally:
        go.set()
        thread.join(10)


@pytest.mark.django_db(transaction=True)
def test_name_of_an_own_app_that_another_takes_at_this_moment():
    university = make.university()
    filing = make.submitted(of=make.self_use(university, name="甲应用"))
    filing = domain.confirm(filing=filing, by=make.confirmer(filing), now=make.NOW)
    by = make.lead(university)
    domain.save_part(filing=filing, part="app", values={"name": "乙应用"}, by=by, now=make.NOW)
    changed = {"changed_on": "2026-09-24", "changed_parts": ["app"], "change_description": "更名"}
    domain.save_part(
        filing=filing, part="use", values={**make.fresh(filing).data["use"], **changed}, by=by, now=make.NOW
    )

    def twin() -> None:
        UserFiling.objects.create(
            unit=university, self_use=True, app_name="乙应用", authority=filing.authority, created_at=make.NOW
        )

    def report() -> list[str]:
        return codes(domain.report_change, filing=make.fresh(filing), by=by)

    assert meanwhile(twin, report) == ["app_twice"]
    assert make.fresh(filing).state == "confirmed"


@pytest.mark.django_db(transaction=True)
def test_name_of_an_own_app_that_another_takes_while_the_school_agrees():
    school = make.school(factories.authority("110108"))
    learning = {"functions": ["reading"], "stages": ["primary"], "user_groups": ["students"]}
    filing = make.submitted(of=make.self_use(school, name="甲应用", **learning))
    if filing.state == "unit_review":
        filing = domain.unit_approve(filing=filing, by=make.second(school), now=make.NOW)
    filing = domain.confirm(filing=filing, by=make.confirmer(filing), now=make.NOW)
    by, second = make.lead(school), make.second(school)
    domain.save_part(filing=filing, part="app", values={"name": "乙应用"}, by=by, now=make.NOW)
    changed = {"changed_on": "2026-09-24", "changed_parts": ["app"], "change_description": "更名"}
    domain.save_part(
        filing=filing, part="use", values={**make.fresh(filing).data["use"], **changed}, by=by, now=make.NOW
    )
    filing = domain.report_change(filing=make.fresh(filing), by=by, now=make.NOW)

    def twin() -> None:
        UserFiling.objects.create(
            unit=school, self_use=True, app_name="乙应用", authority=filing.authority, created_at=make.NOW
        )

    assert meanwhile(twin, lambda: codes(domain.unit_approve, filing=filing, by=second)) == ["app_twice"]
    assert make.fresh(filing).state == "unit_review"


@pytest.mark.django_db(transaction=True)
def test_answers_typed_in_another_window_at_this_moment_are_handed_in_by_nobody():
    """They change whether the school reviews first: whoever hands in looks again."""
    for_all = make.entry(stages=["primary", "higher"])
    filing = make.draft(make.school(factories.authority("110108")), entry=for_all)
    by = make.lead(filing.unit)

    def type_in() -> None:
        other = {"functions": ["management"], "user_groups": ["staff"], "stages": ["higher"]}
        domain.save_part(filing=filing, part="use", values=other, by=by, now=make.NOW)

    def hand_in() -> None:
        with pytest.raises(AlreadyMoved):
            domain.submit(filing=make.fresh(filing), by=by, now=make.NOW)

    meanwhile(type_in, hand_in)
    assert make.fresh(filing).state == "draft"


# --- faults of the database ------------------------------------------------------------------------------


def test_fault_of_the_database_is_not_taken_for_a_name_or_a_file_that_is_there_already():
    school = make.school()
    filing, own = make.draft(school), make.self_use(school, name="甲应用")
    waiting = make.unit_review(school)
    by, second = make.lead(school), make.second(school)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE 'some other fault' USING ERRCODE = 'integrity_constraint_violation'; END $$;"
            "CREATE TRIGGER fault BEFORE UPDATE ON users_userfiling FOR EACH ROW EXECUTE FUNCTION fault();"
            "CREATE TRIGGER fault BEFORE INSERT ON users_usematerial FOR EACH ROW EXECUTE FUNCTION fault()"
        )
    with pytest.raises(IntegrityError, match="some other fault"), transaction.atomic():
        domain.submit(filing=filing, by=by, now=make.NOW)
    with pytest.raises(IntegrityError, match="some other fault"), transaction.atomic():
        domain.unit_approve(filing=waiting, by=second, now=make.NOW)
    with pytest.raises(IntegrityError, match="some other fault"), transaction.atomic():
        domain.save_part(filing=own, part="app", values={"name": "乙应用"}, by=by, now=make.NOW)
    with pytest.raises(IntegrityError, match="some other fault"), transaction.atomic():
        domain.add_material(upload=ContentFile(b"content", name="y.pdf"), **_file(school))


def test_name_of_an_own_app_that_was_taken_before_the_school_agreed():
    school = make.school(factories.authority("110108"))
    learning = {"functions": ["reading"], "stages": ["primary"], "user_groups": ["students"]}
    filing = make.submitted(of=make.self_use(school, name="甲应用", **learning))
    if filing.state == "unit_review":
        filing = domain.unit_approve(filing=filing, by=make.second(school), now=make.NOW)
    filing = domain.confirm(filing=filing, by=make.confirmer(filing), now=make.NOW)
    by = make.lead(school)
    domain.save_part(filing=filing, part="app", values={"name": "乙应用"}, by=by, now=make.NOW)
    changed = {"changed_on": "2026-09-24", "changed_parts": ["app"], "change_description": "更名"}
    domain.save_part(
        filing=filing, part="use", values={**make.fresh(filing).data["use"], **changed}, by=by, now=make.NOW
    )
    filing = domain.report_change(filing=make.fresh(filing), by=by, now=make.NOW)
    assert filing.state == "unit_review"
    assert make.fresh(filing).app_name == "甲应用"  # the authority reads the confirmed name meanwhile
    make.self_use(school, name="乙应用")
    assert codes(domain.unit_approve, filing=make.fresh(filing), by=make.second(school)) == ["app_twice"]


def test_units_are_reminded_of_a_campaign_once_a_day():
    lead = factories.actor(Role.REVIEW_LEAD, factories.authority("110108"))
    terms = {"name": "集中备案", "starts_on": date(2026, 9, 1), "ends_on": date(2026, 10, 1),
             "goal": CampaignGoal.FILED, "target": 90}  # fmt: skip
    made = domain.set_up_campaign(by=lead, now=make.NOW, **terms)
    school = make.school(factories.authority("110108"))
    asked = {"units": [school], "matter": "campaign", "campaign": made, "by": lead, "now": make.NOW}
    assert (domain.remind(**asked).now, domain.remind(**asked).before) == (1, 1)


def test_who_follows_a_filing_to_another_authority_follows_it_once():
    from users.domain import moves

    before = list(moves._followers)
    domain.on_reroute(before[0])
    assert moves._followers == before


def test_use_of_another_unit_is_neither_typed_in_nor_handed_in():
    filing, stranger = make.draft(), make.lead(make.school())
    with pytest.raises(NotEditable) as caught:
        domain.save_part(filing=filing, part="use", values={"nature": "x"}, by=stranger, now=make.NOW)
    assert caught.value.reasons.codes == ["not_your_unit"]
    assert make.fresh(filing).data == filing.data
    handed_in = make.submitted()
    assert codes(domain.submit, filing=handed_in, by=stranger) == ["not_your_unit"]
    with pytest.raises(AlreadyMoved):
        domain.submit(filing=handed_in, by=make.lead(handed_in.unit), now=make.NOW)


def test_the_portal_leaves_what_needs_nothing_done():
    from users.domain import moves

    draft, portal = make.draft(), Actor.system()
    assert codes(domain.suspend, filing=draft, by=portal, cause=Cause.OFFLINE) == ["draft"]
    assert codes(effects.clear_proposal, filing=draft, by=portal) == ["nothing_proposed"]
    assert codes(moves.reroute, filing=make.submitted(), by=portal) == ["same_authority"]
    assert make.fresh(draft).state == "draft"
