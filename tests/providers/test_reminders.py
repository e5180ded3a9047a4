"""Reminders of the clocks of a filing: who gets them, each once, however late or often they are sent."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.queries import superior
from notices.domain import send_reminders
from notices.links import subject_url
from notices.models import Notice
from providers.clocks import holder
from rulebook import clocks
from tests import factories
from tests import factories_filings as filings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules(freeze: Any) -> None:
    filings.calendar()
    filings.policy()
    freeze(filings.NOW)


def reminded(unit: Any) -> int:
    return Notice.objects.filter(to_unit=unit, kind__contains="reminder").count()


@pytest.mark.requirement("R84")
def test_provider_is_reminded_of_its_supplement_each_moment_once() -> None:
    filing = filings.returned()
    assert filing.due_at is not None
    send_reminders(now=filings.NOW)
    assert reminded(filing.unit) == 0
    moments = [m.at for m in clocks.reminder_moments(clocks.running(filing, "supplement")) if m.at < filing.due_at]
    assert len(moments) == 3  # three working days before, one before, and the last day
    for count, moment in enumerate(moments, start=1):
        for _twice in range(2):
            send_reminders(now=moment)
        assert reminded(filing.unit) == count


@pytest.mark.requirement("R83")
def test_authority_holds_the_feedback_and_its_superior_stands_above() -> None:
    filing = filings.submitted()
    clock = clocks.running(filing, "feedback")
    found = holder(clock)
    assert found is not None
    assert (found.unit, found.superior) == (filing.authority, superior(filing.authority))


def test_notice_leads_each_reader_to_his_own_page_and_strangers_nowhere() -> None:
    filing = filings.submitted()
    notice = Notice.objects.filter(subject_id=filing.pk, subject_type="providers.filing").first()
    assert notice is not None
    assert subject_url(notice, filings.actor_in(filing.unit)) == f"/provider/filings/{filing.pk}/"
    assert subject_url(notice, filings.reviewer_of(filing)) == f"/review/cases/{filing.pk}/"
    assert subject_url(notice, filings.actor_in(factories.unit())) == ""
    assert subject_url(notice, None) == ""
