"""The demonstration data: complete, the same every time, and never in production."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Membership, Person, Unit
from blacklist.models import ListEdition, Listing, ListingObjection
from filing_portal.demo.accounts import ACCOUNTS, PASSWORD
from filing_portal.demo.seed import seed
from ledger.domain.verify import verify
from ledger.models import Record
from notices.models import EmailDelivery, Notice
from providers.enums import FilingKind, FilingState
from providers.models import Filing
from registry.models import Entry
from review.models import Appraisal, UnitCheck
from rulebook.models import Clock
from supervision.domain import verify_assessment
from supervision.models import (
    Assessment,
    Broadcast,
    Campaign,
    Circular,
    Complaint,
    Forwarding,
    Inspection,
    InstitutionBatch,
    ProgressReport,
    RectificationOrder,
    Referral,
    Takedown,
    TrainingInstitution,
    Warning,  # noqa: A004
    WorkPlan,
    WorkTask,
)
from supervision.queries import campaign_entries
from users.enums import UseState
from users.models import FilingCampaign, SelectionSystem, UserFiling
from users.models import ListEdition as UseListEdition

NOON = "2026-10-12T12:00:00+08:00"  # a Monday after the National Day holiday


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """Seeds once for the module, in a transaction that is rolled back at its end."""
    from django.db import transaction

    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            old = django_settings.PORTAL_DEMO_ACCOUNTS
            django_settings.PORTAL_DEMO_ACCOUNTS = True
            django_settings.PORTAL_FROZEN_NOW = "2025-01-01T00:00:00+08:00"  # the authorities were there before
            call_command("seed_rulebook", verbosity=0)
            call_command("seed_units", verbosity=0)
            now = datetime.fromisoformat(NOON)
            yield now, seed(now=now)
        finally:
            django_settings.PORTAL_DEMO_ACCOUNTS = old
            django_settings.PORTAL_FROZEN_NOW = None
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


pytestmark = pytest.mark.django_db


def test_seed_makes_300_entries_and_a_filing_in_every_state(seeded) -> None:
    _now, done = seeded
    assert done.fresh
    assert Entry.objects.count() == 300
    states = Counter(Filing.objects.values_list("state", flat=True))
    assert set(states) == set(FilingState.values)
    assert set(Filing.objects.values_list("kind", flat=True)) == set(FilingKind.values)
    assert set(Entry.objects.values_list("state", flat=True)) == {
        "published", "rectifying", "offline", "revoked", "cancelled",
    }  # fmt: skip
    assert Filing.objects.filter(state="filed").count() >= 30


def test_entries_stand_in_every_province(seeded) -> None:
    assert Entry.objects.values("province_code").distinct().count() >= 31


def test_accounts_are_verified_and_have_their_roles(seeded) -> None:
    from allauth.account.models import EmailAddress

    for row in ACCOUNTS:
        person = Person.objects.get(email=row.email)
        assert person.is_demo
        assert EmailAddress.objects.get(user=person).verified
    assert Person.objects.get(email="provider@demo.test").check_password(PASSWORD)
    assert Membership.objects.get(person__email="reviewer.bj@demo.test").unit.code == "11"
    assert Membership.objects.get(person__email="ministry@demo.test").unit.code == "moe"
    assert not Membership.objects.filter(person__email="newcomer@demo.test").exists()
    assert Person.objects.get(email="admin@demo.test").is_superuser


def test_clocks_run_relative_to_today(seeded) -> None:
    now, _done = seeded
    today = now.date()
    overdue = Filing.objects.get(app_name="竹简古文")
    assert overdue.overdue_since is not None
    assert overdue.due_day < today
    assert Notice.objects.filter(kind="feedback_escalated", to_unit__code="moe").exists()
    assert Filing.objects.get(app_name="算筹口算").due_day == today
    returned = Filing.objects.get(app_name="榆荚阅读", kind="change")
    assert returned.state == "returned"
    assert returned.return_notes.filter(field_key="system.mlps_number").exists()
    assert "O" in returned.app.system.data["mlps_number"]
    late = Filing.objects.get(app_name="砚池书法", kind="change")
    assert late.late
    assert late.entry.change_under_review
    assert Filing.objects.get(app_name="榆荚成语").state == "lapsed"
    for filing in Filing.objects.filter(state__in=["submitted", "returned", "ministry_review"]):
        clock = Clock.objects.running().get(subject_type="providers.filing", subject_id=filing.pk)
        assert (clock.due_day, clock.due_at) == (filing.due_day, filing.due_at), filing


def test_ledger_is_whole_and_in_the_order_of_time(seeded) -> None:
    now, _done = seeded
    records = list(Record.objects.order_by("id").values_list("at", flat=True))
    assert max(records) <= now
    for filing in Filing.objects.all()[:10]:
        moments = list(
            Record.objects.filter(subject_type="providers.filing", subject_id=filing.pk)
            .order_by("seq")
            .values_list("at", flat=True)
        )
        assert moments == sorted(moments)
    assert [str(finding) for finding in verify()] == []


def test_numbers_follow_the_order_of_approval(seeded) -> None:
    for prefix in ("11", "44", "51"):
        entries = Entry.objects.filter(prefix=prefix).order_by("serial")
        moments = [entry.published_at for entry in entries]
        assert moments == sorted(moments)
        assert [entry.serial for entry in entries] == list(range(1, len(moments) + 1))


def test_inboxes_hold_a_few_unread_notices(seeded) -> None:
    now, _done = seeded
    unread = Notice.objects.unread()
    assert unread.exists()
    assert min(unread.values_list("received_at", flat=True)) > now - timedelta(days=30)


def test_no_email_is_sent(seeded) -> None:
    assert not EmailDelivery.objects.exists()


def test_seeding_again_changes_nothing(seeded) -> None:
    now, _done = seeded
    before = (Filing.objects.count(), Entry.objects.count(), Record.objects.count(), Person.objects.count())
    again = seed(now=now)
    assert not again.fresh
    assert (
        Filing.objects.count(),
        Entry.objects.count(),
        Record.objects.count(),
        Person.objects.count(),
    ) == before


def test_seed_is_refused_outside_the_embedded_mode(settings) -> None:
    settings.PORTAL_DEMO_ACCOUNTS = False
    with pytest.raises(CommandError, match="embedded"):
        call_command("seed_demo", verbosity=0)
    assert not Person.objects.filter(is_demo=True).exists() or Filing.objects.exists()


def test_schools_use_apps_in_every_state_and_one_app_is_used_by_many(seeded) -> None:
    now, _done = seeded
    assert Unit.objects.filter(kind="school", parent__code="110108").count() == 40
    assert set(UserFiling.objects.values_list("state", flat=True)) == set(UseState.values)
    assert UserFiling.objects.in_use().filter(app_name="榆荚阅读").count() >= 24
    own = UserFiling.objects.filter(unit__name="海淀示例第一实验学校")
    assert set(own.values_list("state", flat=True)) == set(UseState.values)
    waiting = UserFiling.objects.filter(state="submitted", authority__code="110108")
    assert {use.due_day < now.date() for use in waiting} == {True, False}
    for use in waiting:
        clock = Clock.objects.running().get(subject_type="users.userfiling", subject_id=use.pk)
        assert clock.due_day == use.due_day
    assert UserFiling.objects.get(unit__name="海淀示例第一实验学校", app_name="竹简备课").withdrawal_cause == "revoked"
    assert 30 <= SelectionSystem.objects.values("unit").distinct().count() < 40


@pytest.mark.requirement("R120")
def test_schools_are_compared_with_a_national_base(seeded) -> None:
    said = Counter(UnitCheck.objects.filter(status="answered").values_list("agrees", flat=True))
    assert (said[True], said[False], said[None]) == (39, 1, 1)


@pytest.mark.requirement("R125", "R127")
def test_a_list_is_recommended_and_the_next_call_is_open(seeded) -> None:
    assert Counter(Appraisal.objects.values_list("state", flat=True)) == {"concluded": 1, "called": 1}
    first, second = UseListEdition.objects.published().order_by("number")
    assert (first.items.count(), second.items.count()) == (2, 1) and "退出" in second.note
    assert set(UserFiling.objects.values_list("authority_review_waived_by", flat=True)) == {None}


def test_uses_of_a_university_go_to_the_ministry(seeded) -> None:
    of_university = UserFiling.objects.filter(unit__kind="university")
    assert {use.authority.code for use in of_university} == {"moe"}


def test_supervision_has_something_in_every_state(seeded) -> None:
    """Complaints, orders, the blacklist, a sample, papers; each where its clocks have brought it by today."""
    now, _done = seeded
    states = {
        model: set(model.objects.values_list("state", flat=True))
        for model in (Complaint, Forwarding, RectificationOrder, Listing, ListingObjection, Inspection)
    }
    assert states[Complaint] == {"received", "accepted", "investigating", "resolved", "not_accepted"}
    assert states[Forwarding] == {"sent", "replied"}
    assert states[RectificationOrder] == {"issued", "evidence_submitted", "overdue", "cleared", "listed"}
    assert states[Listing] == {"active", "cooled_off", "lifted"}
    assert states[ListingObjection] == {"filed", "granted"}
    assert states[Inspection] == {"planned", "in_order", "findings", "rechecked"}
    for listing in Listing.objects.all():
        assert (listing.state == "active") == Listing.objects.barring(uscc=listing.uscc, at=now).exists()
        assert Entry.objects.filter(number__in=listing.numbers, state="revoked").count() == len(listing.numbers)
    assert Complaint.objects.filter(overdue_since__isnull=False, state="received").exists()
    assert set(Referral.objects.values_list("state", "partner__name")) == {
        ("answered", "北京市示例市场监管部门"), ("sent", "北京市示例市场监管部门"),
    }  # fmt: skip
    campaign = Campaign.objects.get()
    assert campaign.state == "draft"
    assert campaign_entries(campaign.filter, campaign.authority).count() > 0
    assert Warning.objects.filter(status="open", kind="version_newer").count() == 4
    assert set(ListEdition.objects.values_list("kind", flat=True)) == {"white", "black"}
    assert Circular.objects.filter(kind="circular", state="published").exists()
    assert ProgressReport.objects.filter(state="published").exists()
    assert not Broadcast.objects.filter(finished_at=None).exists()
    assert set(FilingCampaign.objects.values_list("authority__code", flat=True)) == {"11", "110108"}


def test_work_of_the_region_is_shown_with_its_tasks_and_kept_figures(seeded) -> None:
    tasks = {row.title: row for row in WorkTask.objects.select_related("plan")}
    assert {row.state for row in tasks.values()} == {"open", "in_progress", "done", "dropped"}
    assert {row.plan.title for row in tasks.values()} == {WorkPlan.objects.get().title}
    late = tasks["校外线上培训应用排查"]
    assert late.overdue_told == late.due_day
    assert Notice.objects.filter(kind="task_overdue", subject_id=late.pk).count() == 2
    assert {row.node.code for row in Assessment.objects.select_related("node")} == {"moe", "11"}
    assert all(verify_assessment(row).ok for row in Assessment.objects.all())
    assert TrainingInstitution.objects.filter(province_code="11").count() == 2
    assert InstitutionBatch.objects.get().wrong == 1
    assert Takedown.objects.get().duties
