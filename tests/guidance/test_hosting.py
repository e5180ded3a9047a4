"""What an authority holds on one page, and the reminder of the day before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from guidance import domain, tasks
from guidance.models import TrainingEvent
from ledger.models import Record
from notices.models import Notice
from tests import factories
from tests import factories_guidance as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def client_of(code: str, role: Role = Role.REVIEWER) -> Any:
    return factories.client_for(factories.membership(unit=factories.authority(code), role=role))


@pytest.mark.requirement("R170")
def test_host_sees_its_own_trainings_with_who_registered_and_who_came(freeze: Any) -> None:
    event = make.event(title_zh="=甲培训", title_en="=First")
    make.event(announced=False, title_zh="草稿培训", title_en="A draft")
    make.event(factories.authority("44"), title_zh="他省培训", title_en="Elsewhere")
    school = factories.actor(Role.INSTITUTION_STAFF)
    other = factories.actor(Role.PROVIDER_OWNER)
    came = domain.register_unit(event=event, people=3, by=school, now=NOW)
    domain.register_unit(event=event, people=2, by=other, now=NOW)
    domain.note_attendance(attendance=came, came=1, by=make.SYSTEM, now=event.starts_at + timedelta(hours=1))
    freeze(event.ends_at + timedelta(hours=1))
    page = client_of("11").get(reverse("help_hosted")).content.decode()
    assert "甲培训" in page and "草稿培训" in page and "他省培训" not in page
    assert reverse("help_attendance", args=[event.pk]) not in page, "the list is the head's"
    lead = client_of("11", Role.REVIEW_LEAD)
    assert reverse("help_attendance", args=[event.pk]) in lead.get(reverse("help_hosted")).content.decode()
    table = lead.get(reverse("help_hosted"), {"format": "csv"}).getvalue().decode()
    line = next(one for one in table.splitlines() if "甲培训" in one)
    assert line.startswith(("'=", "\"'=")), "no spreadsheet takes it for a formula"
    assert line.endswith(",2,5,1")


def test_page_costs_the_same_however_many_there_are(freeze: Any) -> None:
    freeze(NOW)
    client = client_of("11", Role.REVIEW_LEAD)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("help_hosted")).status_code == 200
        return len(found)

    make.event()
    cost()  # the first visit of a session costs more
    first = cost()
    for _number in range(5):
        make.event()
    assert cost() == first <= 15


@pytest.mark.requirement("R170")
def test_registered_units_are_reminded_once_the_day_before_and_anew_when_it_moves(freeze: Any) -> None:
    event = make.event()
    school, gone = factories.actor(Role.INSTITUTION_STAFF), factories.actor(Role.PROVIDER_OWNER)
    domain.register_unit(event=event, people=3, by=school, now=NOW)
    domain.leave_event(attendance=domain.register_unit(event=event, people=1, by=gone, now=NOW), by=gone, now=NOW)
    assert domain.remind_registered(now=event.starts_at - timedelta(days=2)) == 0, "too early"
    freeze(event.starts_at - timedelta(hours=20))
    assert tasks.remind_of_trainings() == 1
    assert tasks.remind_of_trainings() == 0
    told = Notice.objects.filter(kind="training_tomorrow")
    assert told.get().to_unit_id == school.unit_id
    assert (told.get().params["people"], told.get().subject_id) == (3, event.pk)
    later = event.starts_at + timedelta(days=3)
    row = TrainingEvent.objects.get(pk=event.pk)
    domain.save_event(
        event=row, starts_at=later, ends_at=later + timedelta(hours=2), by=make.SYSTEM, now=NOW + timedelta(days=6)
    )
    assert domain.remind_registered(now=event.starts_at) == 0
    assert domain.remind_registered(now=later - timedelta(hours=3)) == 1
    assert domain.remind_registered(now=later + timedelta(minutes=1)) == 0
    assert told.count() == Record.objects.filter(verb="remind_of_training").count() == 2


def test_a_cancelled_training_reminds_nobody() -> None:
    event = make.event()
    domain.register_unit(event=event, people=1, by=factories.actor(Role.INSTITUTION_STAFF), now=NOW)
    domain.cancel_event(event=event, reason="改期", by=make.SYSTEM, now=NOW)
    assert domain.remind_registered(now=event.starts_at - timedelta(hours=5)) == 0
