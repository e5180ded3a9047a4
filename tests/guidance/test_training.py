"""Trainings: who may do what in which state, seats, and who came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.enums import Role
from guidance import domain
from guidance.domain import reminding
from guidance.enums import AttendanceState, EventState
from guidance.models import Attendance, TrainingEvent
from ledger.acts import Actor, AlreadyMoved, Refused
from ledger.models import Record
from notices.models import Notice
from tests import factories
from tests import factories_guidance as make
from tests.factories import NOW
from tests.races import second_comer

pytestmark = pytest.mark.django_db

AFTER = NOW + timedelta(days=7, hours=4)


@pytest.mark.requirement("R170")
@pytest.mark.parametrize("role", list(Role))
def test_state_verb_role_matrix_of_events(role: Role) -> None:
    """The head of the host, the ministry and administrators; the host is Beijing's authority, as is the lead's."""
    by = factories.actor(role)
    verbs: dict[str, Callable[..., Any]] = {
        "change": lambda row: domain.save_event(event=row, title_en="Anew", by=by, now=NOW),
        "announce": lambda row: domain.announce_event(event=row, by=by, now=NOW),
        "cancel": lambda row: domain.cancel_event(event=row, reason="改期", by=by, now=NOW),
    }
    possible = {("draft", "change"), ("draft", "announce"), ("draft", "cancel"), ("open", "change"), ("open", "cancel")}
    wrong = []
    for state in EventState.values:
        for verb, act in verbs.items():
            row = make.event(announced=state != "draft")
            if state == "cancelled":
                row = domain.cancel_event(event=row, reason="改期", by=make.SYSTEM, now=NOW)
            before = TrainingEvent.objects.values().get(pk=row.pk), Record.objects.count()
            try:
                act(row)
                done = True
            except (Refused, AlreadyMoved):
                done = False
                assert (TrainingEvent.objects.values().get(pk=row.pk), Record.objects.count()) == before
            may = role in (Role.REVIEW_LEAD, Role.MINISTRY_REVIEWER, Role.SYSADMIN)
            if done != (may and (state, verb) in possible):
                wrong.append((state, verb, done))
    assert wrong == []


def test_another_authority_holds_nothing_here() -> None:
    stranger = factories.actor(Role.REVIEW_LEAD, factories.authority("44"))
    with pytest.raises(Refused):
        domain.cancel_event(event=make.event(), reason="x", by=stranger, now=NOW)
    draft = make.event(announced=False)
    assert draft not in TrainingEvent.objects.visible_to(stranger)
    assert draft in TrainingEvent.objects.visible_to(factories.actor(Role.REVIEWER))
    assert draft not in TrainingEvent.objects.visible_to(None)


@pytest.mark.requirement("R170")
def test_a_unit_registers_changes_leaves_comes_back_and_is_noted() -> None:
    event, owner = make.event(seats=10), factories.actor(Role.PROVIDER_OWNER)
    row = domain.register_unit(event=event, people=3, by=owner, now=NOW)
    again = domain.register_unit(event=event, people=10, by=owner, now=NOW)
    assert (again.pk, again.people) == (row.pk, 10), "one's own seats do not stand in one's way"
    other = factories.actor(Role.INSTITUTION_STAFF)
    with pytest.raises(domain.Invalid) as invalid:
        domain.register_unit(event=event, people=1, by=other, now=NOW)
    assert "people" in invalid.value.errors
    domain.leave_event(attendance=row, by=owner, now=NOW)
    theirs = domain.register_unit(event=event, people=4, by=other, now=NOW)
    back = domain.register_unit(event=event, people=6, by=owner, now=NOW)
    assert back.state == AttendanceState.REGISTERED
    lead = factories.actor(Role.REVIEW_LEAD)
    with pytest.raises(Refused) as refused:
        domain.note_attendance(attendance=theirs, came=4, by=lead, now=NOW)
    assert refused.value.reasons.codes == ["not_begun"]
    domain.note_attendance(attendance=theirs, came=0, by=lead, now=AFTER)
    noted = domain.note_attendance(attendance=theirs, came=3, by=lead, now=AFTER)
    assert (noted.state, noted.came) == (AttendanceState.ATTENDED, 3)
    assert Record.objects.filter(verb="note_attendance").count() == 2
    with pytest.raises(Refused), transaction.atomic():
        domain.note_attendance(attendance=theirs, came=3, by=other, now=AFTER)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE guidance_attendance SET state = 'absent'")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda event, by: (event, by, NOW + timedelta(days=6, hours=1)), "registration_over"),
        (lambda event, by: (make.event(announced=False), by, NOW), "not_open"),
        (lambda event, by: (make.event(audiences=["authority"]), by, NOW), "not_addressed"),
        (lambda event, by: (event, Actor(person_id=by.person_id, unit_id=None, role="sysadmin"), NOW), "no_unit"),
    ],
    ids=["late", "draft", "others", "no unit"],
)
def test_registration_is_refused_with_a_reason(change: Callable[..., Any], code: str) -> None:
    event, by, moment = change(make.event(), factories.actor(Role.PROVIDER_OWNER))
    with pytest.raises(Refused) as refused:
        domain.register_unit(event=event, people=1, by=by, now=moment)
    assert code in refused.value.reasons.codes
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("people", [0, -1, 51, 10**6])
def test_a_number_that_nobody_can_mean_is_said_to_be_none(people: int) -> None:
    with pytest.raises(domain.Invalid):
        domain.register_unit(event=make.event(), people=people, by=factories.actor(), now=NOW)


def test_times_follow_each_other() -> None:
    with pytest.raises(domain.Invalid) as invalid:
        make.event(ends_at=NOW, register_until=NOW)
    assert "ends_at" in invalid.value.errors
    with pytest.raises(domain.Invalid) as invalid:
        make.event(register_until=NOW + timedelta(days=30))
    assert "register_until" in invalid.value.errors
    row = make.event(seats=5)
    domain.register_unit(event=row, people=5, by=factories.actor(), now=NOW)
    with pytest.raises(Refused) as refused:
        domain.save_event(event=row, seats=4, by=make.SYSTEM, now=NOW)
    assert refused.value.reasons.codes == ["seats_taken"]


@pytest.mark.requirement("R170")
def test_registering_and_noting_on_the_pages(freeze) -> None:
    freeze(NOW)
    event = make.event(seats=4)
    page = reverse("help_event", args=[event.pk])
    client = factories.client_for(factories.membership(Role.PROVIDER_OWNER))
    too_many = client.post(reverse("help_register", args=[event.pk]), {"people": "5"})
    assert too_many.status_code == 422
    assert 'value="5"' in too_many.content.decode(), "what was typed stays"
    for bad in ("", "x", "-3", "9" * 40):
        assert client.post(reverse("help_register", args=[event.pk]), {"people": bad}).status_code == 422
    assert client.post(reverse("help_register", args=[event.pk]), {"people": "4"}).status_code == 302
    assert 'value="4"' in client.get(page).content.decode()
    row = Attendance.objects.get()
    freeze(AFTER)
    client = factories.client_for(factories.membership(Role.PROVIDER_OWNER))
    lead = factories.client_for(factories.membership(Role.REVIEW_LEAD, unit=factories.authority("11")))
    noting = reverse("help_attendance", args=[event.pk])
    for bad in ({}, {"attendance": "x", "came": "1"}, {"attendance": row.pk, "came": "-1"}, {"attendance": "9" * 60}):
        assert lead.post(noting, bad).status_code == 302
    assert lead.post(noting, {"attendance": row.pk + 1, "came": "1"}).status_code == 404
    lead.post(noting, {"attendance": row.pk, "came": "3"})
    table = lead.get(noting + "?format=csv")
    assert b",3," in b"".join(table.streaming_content) if table.streaming else b",3," in table.content
    assert client.get(noting).status_code == 403
    assert lead.get(noting).status_code == 200


def test_attendance_is_seen_by_the_unit_the_host_and_the_keepers() -> None:
    event, owner = make.event(), factories.actor(Role.PROVIDER_OWNER)
    row = domain.register_unit(event=event, people=1, by=owner, now=NOW)
    for role, unit, sees in (
        (Role.REVIEWER, factories.authority("11"), True), (Role.REVIEWER, factories.authority("44"), False),
        (Role.SYSADMIN, None, True), (Role.PARTNER, None, False), (Role.PROVIDER_OWNER, None, False),
    ):  # fmt: skip
        assert (row in Attendance.objects.visible_to(factories.actor(role, unit))) == sees, role
    assert row in Attendance.objects.visible_to(owner)
    assert row not in Attendance.objects.visible_to(None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("R170")
def test_two_runs_at_once_remind_a_unit_once() -> None:
    event = make.event(days=2)
    row = domain.register_unit(event=event, people=2, by=factories.actor(Role.PROVIDER_OWNER), now=NOW)
    the_day_before, told = NOW + timedelta(days=1), []

    def run() -> None:
        told.append(reminding.remind_registered(now=the_day_before))

    assert second_comer(run, run) is None
    assert told == [1, 0]
    assert Notice.objects.filter(kind="training_tomorrow", to_unit=row.unit).count() == 1
    assert Record.objects.filter(verb="remind_of_training", subject_id=row.pk).count() == 1
