"""An authority is closed: its open uses go to the next one above, with their clocks."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from accounts.domain import close_authority, move_unit, reopen_authority
from accounts.enums import Role
from accounts.models import Membership, Unit
from ledger.acts import Actor, AlreadyMoved, Refused
from ledger.queries import timeline
from notices.models import Notice
from review.domain import claim, worker_of
from review.models import UseAssignment
from rulebook.models import Clock
from tests import factories
from tests import factories_uses as make
from users.domain import moves, submit, suspend, work_off_reroute
from users.models import UseReroute, UserFiling
from users.tasks import bulk_reroute

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules():
    make.rules()


@pytest.fixture
def district() -> Unit:
    return factories.authority("110108")


def admin():
    return factories.actor(Role.SYSADMIN, factories.authority("moe"))


@pytest.mark.requirement("R5", "R100")
def test_open_uses_of_a_closed_authority_go_to_the_one_above_with_their_clocks(district):
    use, done = make.submitted(make.school(district)), make.confirmed(make.school(district))
    ended, elsewhere = make.withdrawn(make.school(district)), make.submitted(make.school(factories.authority("110101")))
    due = make.fresh(use).due_at
    claim(filing=make.fresh(use), by=make.as_confirmer(district), now=make.NOW)
    close_authority(unit=district, by=admin(), now=make.NOW)

    row = make.fresh(use)
    assert (row.authority.code, row.state, row.due_at) == ("11", "submitted", due)
    clock = Clock.objects.about(row).running().get()
    assert (clock.authority_code, clock.due_at) == ("11", due)
    assert make.fresh(done).authority.code == "11"
    assert make.fresh(ended).authority == district  # what is over stays as it was
    assert make.fresh(elsewhere).authority.code == "110101"
    assert not UseAssignment.objects.exists()  # nobody of the closed authority works there
    assert timeline(row).filter(verb="reroute").count() == 1
    told = Notice.objects.filter(kind="use_rerouted", subject_id=row.pk)
    assert {notice.to_unit.code or notice.to_unit.kind for notice in told} == {"11", "school"}
    assert UserFiling.objects.visible_to(make.as_confirmer(row.authority)).filter(pk=row.pk).exists()


def test_who_also_reviews_for_the_authority_above_keeps_the_case(district):
    use = make.submitted(make.school(district))
    here = make.as_confirmer(district)
    person = Membership.objects.get(person_id=here.person_id, unit=district).person
    factories.membership(role=Role.REVIEWER, unit=factories.authority("11"), person=person)
    claim(filing=make.fresh(use), by=here, now=make.NOW)
    close_authority(unit=district, by=admin(), now=make.NOW)
    above = make.as_confirmer(factories.authority("11"))
    assert worker_of(make.fresh(use), above).person_id == person.pk


def test_reopened_authority_has_its_uses_back(district):
    use = make.submitted(make.school(district))
    close_authority(unit=district, by=admin(), now=make.NOW)
    claim(filing=make.fresh(use), by=make.as_confirmer(factories.authority("11")), now=make.NOW)
    reopen_authority(unit=Unit.objects.get(pk=district.pk), by=admin(), now=make.NOW)
    row = make.fresh(use)
    assert row.authority == district
    assert not UseAssignment.objects.exists()


def test_only_authorities_below_the_province_are_closed_and_once(district):
    by = admin()
    for code in ("moe", "11"):
        with pytest.raises(Refused) as refused:
            close_authority(unit=factories.authority(code), by=by, now=make.NOW)
        assert refused.value.reasons.codes == ["not_to_be_closed"]
    with pytest.raises(Refused) as refused:
        close_authority(unit=make.school(district), by=by, now=make.NOW)
    assert refused.value.reasons.codes == ["not_to_be_closed"]
    with pytest.raises(Refused):
        close_authority(unit=district, by=make.as_confirmer(district), now=make.NOW)
    with pytest.raises(Refused) as refused:
        reopen_authority(unit=district, by=by, now=make.NOW)
    assert refused.value.reasons.codes == ["as_it_is"]
    close_authority(unit=district, by=by, now=make.NOW)
    with pytest.raises(Refused) as refused:
        close_authority(unit=district, by=by, now=make.NOW)
    assert refused.value.reasons.codes == ["as_it_is"]


def test_administration_closes_through_the_verb(district, client, freeze):
    freeze(make.NOW)
    use = make.submitted(make.school(district))
    lead = factories.membership(role=Role.SYSADMIN)
    from django.urls import reverse

    from accounts.models import Person

    Person.objects.filter(pk=lead.person_id).update(is_staff=True, is_superuser=True)
    page = factories.client_for(Membership.objects.get(pk=lead.pk))
    form = {
        "name": district.name, "name_en": district.name_en, "school_code": "", "province_code": district.province_code,
        "parent": district.parent_id, "head_office": "", "functional_department": "", "responsible_persons": "[]",
    }  # fmt: skip
    answer = page.post(reverse("admin:accounts_unit_change", args=[district.pk]), form)
    assert answer.status_code == 302, answer.context["errors"]
    assert not Unit.objects.get(pk=district.pk).active
    assert make.fresh(use).authority.code == "11"
    assert timeline(district, audience="authority").filter(verb="close_authority").exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_handed_in_while_the_authority_is_closed_does_not_stay_with_it(district):
    filing = make.draft(make.school(district))
    by, answers = make.lead(filing.unit), []

    def hand_in():
        try:
            answers.append(submit(filing=filing, by=by, now=make.NOW, submit_key="once"))
        except AlreadyMoved as moved:
            answers.append(moved)
        finally:
            connection.close()

    thread = threading.Thread(target=hand_in)
    with transaction.atomic():
        UserFiling.objects.select_for_update().get(pk=filing.pk)
        thread.start()
        for _ in range(200):  # until it waits for the row
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
                if cursor.fetchone()[0]:
                    break
            time.sleep(0.02)
        close_authority(unit=district, by=admin(), now=make.NOW)
    thread.join(20)
    assert isinstance(answers[0], AlreadyMoved)
    assert make.fresh(filing).authority.code == "11"
    done = submit(filing=make.fresh(filing), by=by, now=make.NOW, submit_key="again")
    assert (done.state, done.authority.code) == ("unit_review", "11")


# --- many, by a job -----------------------------------------------------------------------------------


@pytest.fixture
def by_job(monkeypatch):
    """So few count as many, and no worker listens: the test works the job off itself."""
    monkeypatch.setattr(moves, "AT_ONCE", 1)
    monkeypatch.setattr(moves, "BATCH", 2)
    monkeypatch.setattr(moves, "_worker", [])


def authorities(uses) -> list[str]:
    return [make.fresh(use).authority.code for use in uses]


def rerouted(use) -> int:
    return timeline(make.fresh(use)).filter(verb="reroute").count()


@pytest.mark.requirement("R5", "R100")
def test_many_uses_follow_by_a_job_that_is_resumed_and_does_nothing_twice(district, by_job):
    suspended = make.submitted(make.school(district))  # its clock is paused, and goes along all the same
    suspend(filing=suspended, cause="offline", by=Actor.system(), now=make.NOW)
    uses = [make.submitted(make.school(district)) for _ in range(4)] + [suspended]
    ended = make.withdrawn(make.school(district))
    close_authority(unit=district, by=admin(), now=make.NOW)
    job = UseReroute.objects.get()
    assert (job.total, job.held, authorities(uses)) == (5, True, ["110108"] * 5)  # the page does not wait for them

    assert work_off_reroute(job=job, now=make.NOW, limit=2) == (2, True)  # here the worker ends
    assert authorities(uses).count("11") == 2
    assert bulk_reroute() == "rerouted 3"
    assert bulk_reroute() == "rerouted 0"
    assert authorities(uses) == ["11"] * 5
    assert [rerouted(use) for use in uses] == [1] * 5
    assert make.fresh(ended).authority == district
    job = UseReroute.objects.get()
    assert (job.done, job.failed, job.finished_at is not None) == (5, 0, True)
    codes = Clock.objects.filter(subject_id__in=[use.pk for use in uses], subject_type="users.userfiling")
    assert set(codes.values_list("status", "authority_code")) == {("running", "11"), ("paused", "11")}
    told = Notice.objects.filter(kind="use_rerouted")
    assert sorted(told.values_list("to_unit_id", flat=True)) == sorted(use.unit_id for use in uses)
    summary = Notice.objects.get(kind="uses_rerouted")  # one notice, not one for each of thousands
    assert (summary.to_unit.code, summary.params["count"], summary.side) == ("11", 5, "authority")


def test_one_filing_that_fails_holds_no_other_up_and_is_tried_again(district, by_job, monkeypatch):
    uses = [make.submitted(make.school(district)) for _ in range(3)]
    close_authority(unit=district, by=admin(), now=make.NOW)
    broken = uses[1].pk

    def stumble(filing, _left, _now):
        if filing.pk == broken:
            raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(moves, "_followers", [*moves._followers, stumble])
        bulk_reroute()
    assert authorities(uses) == ["11", "110108", "11"]
    job = UseReroute.objects.get()
    assert (job.attempts, job.finished_at, job.last_error) == (1, None, "OSError: the disk is full")
    bulk_reroute()
    assert authorities(uses) == ["11", "11", "11"]
    assert [rerouted(use) for use in uses] == [1, 1, 1]
    assert UseReroute.objects.get().finished_at is not None


def test_one_job_that_fails_holds_no_other_up(district, by_job):
    elsewhere = factories.authority("110101")
    broken = UseReroute.objects.create(unit=elsewhere, held=True, moved_at=make.NOW, received={"nobody": 1})
    uses = [make.submitted(make.school(district)) for _ in range(2)]
    close_authority(unit=district, by=admin(), now=make.NOW)
    assert bulk_reroute() == "rerouted 2"
    assert authorities(uses) == ["11", "11"]
    assert list(UseReroute.objects.filter(finished_at=None)) == [broken]


def test_authority_that_reopens_before_the_job_is_done_has_all_its_uses(district, by_job):
    uses = [make.submitted(make.school(district)) for _ in range(4)]
    close_authority(unit=district, by=admin(), now=make.NOW)
    work_off_reroute(job=UseReroute.objects.get(), now=make.NOW, limit=2)
    reopen_authority(unit=Unit.objects.get(pk=district.pk), by=admin(), now=make.NOW)
    later, earlier = UseReroute.objects.order_by("-pk")
    work_off_reroute(job=later, now=make.NOW)
    work_off_reroute(job=earlier, now=make.NOW)
    assert authorities(uses) == ["110108"] * 4
    assert sorted(rerouted(use) for use in uses) == [0, 0, 2, 2]
    assert not UseReroute.objects.filter(finished_at=None).exists()


def test_what_a_moved_unit_uses_is_confirmed_by_the_authority_above_it_now():
    district, elsewhere = factories.authority("440106"), factories.authority("440300")
    school = make.school(district)
    own, learned = make.submitted(district), make.submitted(school)
    assert [make.fresh(use).authority.code for use in (own, learned)] == ["440100", "440106"]
    move_unit(unit=district, parent=elsewhere, by=admin(), now=make.NOW)
    assert [make.fresh(use).authority.code for use in (own, learned)] == ["440300", "440106"]
    move_unit(unit=school, parent=elsewhere, by=admin(), now=make.NOW)
    assert [make.fresh(use).authority.code for use in (own, learned)] == ["440300", "440300"]


def test_job_waits_for_the_beat_where_no_worker_can_be_asked(
    district, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    class Gone:
        def apply_async(self, **said):
            raise ConnectionError("the broker is away")

    monkeypatch.setattr(moves, "AT_ONCE", 0)
    monkeypatch.setattr(moves, "_worker", [Gone()])
    use = make.submitted(make.school(district))
    with django_capture_on_commit_callbacks(execute=True):
        close_authority(unit=district, by=admin(), now=make.NOW)
    assert "could not queue rerouting" in caplog.text
    (job,) = moves.open_reroutes()
    assert make.fresh(use).authority == district, "it waits"
    assert work_off_reroute(job=job, now=make.NOW) == (1, False)
    assert make.fresh(use).authority.code == "11"
    assert work_off_reroute(job=job, now=make.NOW) == (0, False), "what is done is not done again"
    # Of a batch read before one of them was put right by another, the others are moved all the same.
    stale = [make.fresh(use), make.submitted(make.school(factories.authority("110101")))]
    assert moves._moved(stale, job, make.NOW) == []
    assert UseReroute.objects.get(pk=job.pk).failed == 0
