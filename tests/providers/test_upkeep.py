"""Published information is confirmed every so many months, and a unit's comes before its next app."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership
from ledger.acts import Refused
from ledger.queries import timeline
from notices.models import Notice
from providers import domain, upkeep
from providers.enums import FilingKind, FilingState
from providers.models import ProviderProfile
from registry import freshness
from registry.models import Entry
from rulebook.time import ZONE
from tests import factories
from tests import factories_filings as filings

pytestmark = pytest.mark.django_db

NOW = filings.NOW  # 2026-09-24
LAST_DAY = date(2027, 9, 24)


@pytest.fixture(autouse=True)
def _rules(freeze: Any) -> None:
    filings.calendar()
    filings.policy()
    freeze(NOW)


def at(day: date, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=ZONE)


def client_of(filing: Any) -> Client:
    return factories.client_for(Membership.objects.filter(unit=filing.unit, role=Role.PROVIDER_OWNER).first())


def kinds_of(unit: Any) -> list[str]:
    wanted = ("information_confirmed", "information_due", "information_stale", "open_items", "open_items_over")
    return list(Notice.objects.filter(to_unit=unit, kind__in=wanted).order_by("pk").values_list("kind", flat=True))


def entry_of(filing: Any) -> Entry:
    return Entry.objects.select_related("authority", "unit").get(filings=filing)


@pytest.mark.requirement("R36")
def test_information_is_out_of_date_from_the_day_after_its_last_day() -> None:
    entry = entry_of(filings.approved())
    before = freshness.of_entry(entry, at(LAST_DAY, 23, 59, 59))
    after = freshness.of_entry(entry, at(LAST_DAY + timedelta(days=1), 0, 0, 0))
    assert before is not None
    assert after is not None
    assert (before.due_on, before.stale, before.soon) == (LAST_DAY, False, True)
    assert (after.stale, after.soon) == (True, False)
    assert not freshness.stale(Entry.objects.all(), at(LAST_DAY, 23, 59, 59)).exists()
    assert freshness.stale(Entry.objects.all(), at(LAST_DAY + timedelta(days=1), 0)).get() == entry


@pytest.mark.requirement("R36")
def test_each_authority_has_its_own_months() -> None:
    beijing, guangdong = entry_of(filings.approved()), entry_of(filings.approved(factories.unit(province="44")))
    filings.policy("44", information_months=6)
    now = at(date(2027, 3, 25))
    assert freshness.stale(Entry.objects.all(), now).get() == guangdong
    assert freshness.of_entry(guangdong, now).due_on == date(2027, 3, 24)  # type: ignore[union-attr]
    assert freshness.of_entry(beijing, now).due_on == LAST_DAY  # type: ignore[union-attr]


@pytest.mark.requirement("R36")
def test_provider_confirms_in_one_act_and_gets_a_receipt(freeze: Any) -> None:
    filing = filings.approved()
    filings.approved(filing.unit)
    later = at(LAST_DAY + timedelta(days=3))
    freeze(later)
    client, address = client_of(filing), reverse("provider_confirm")
    page = client.get(address).content.decode()
    assert "已过期" in page or "out of date" in page
    chosen = list(Entry.objects.values_list("pk", flat=True))
    answer = client.post(address, {"entry": chosen, "unit": "1"})
    assert answer.status_code == 302
    assert set(Entry.objects.values_list("confirmed_at", flat=True)) == {later}
    assert ProviderProfile.objects.get(unit=filing.unit).confirmed_at == later
    assert kinds_of(filing.unit) == ["information_confirmed"]
    assert "confirm_information" in [record.verb for record in timeline(entry_of(filing))]
    assert [record.verb for record in timeline(filing.unit)][-1] == "confirm_unit"


def test_confirmation_of_nothing_or_of_anothers_is_refused() -> None:
    filing, other = filings.approved(), filings.approved()
    by = filings.actor_in(filing.unit)
    with pytest.raises(Refused):
        domain.confirm_information(unit=filing.unit, entries=[], with_unit=False, by=by, now=NOW)
    with pytest.raises(Refused):
        domain.confirm_information(unit=other.unit, entries=[entry_of(other)], by=by, now=NOW)
    with pytest.raises(Refused):
        domain.confirm_information(unit=filing.unit, entries=[entry_of(other)], by=by, now=NOW)
    assert ProviderProfile.objects.get(unit=filing.unit).confirmed_at is None
    client = client_of(filing)
    assert client.post(reverse("provider_confirm"), {"entry": [entry_of(other).pk, "x"]}).status_code == 422


@pytest.mark.requirement("R36")
def test_providers_are_reminded_once_before_and_once_after(freeze: Any) -> None:
    filing = filings.approved()
    filings.approved(filing.unit)
    domain.remind_all(now=at(LAST_DAY - timedelta(days=31)))
    assert kinds_of(filing.unit) == []
    for _time in range(2):
        domain.remind_all(now=at(LAST_DAY - timedelta(days=30)))
    assert kinds_of(filing.unit) == ["information_due"]
    for _time in range(2):
        domain.remind_all(now=at(LAST_DAY + timedelta(days=20)))
    assert kinds_of(filing.unit) == ["information_due", "information_stale"]
    notice = Notice.objects.filter(to_unit=filing.unit, kind="information_stale").get()
    assert notice.params["count"] == 2
    assert notice.legal


@pytest.mark.requirement("R36")
def test_public_entry_is_marked_as_out_of_date(freeze: Any) -> None:
    entry = entry_of(filings.approved())
    address = reverse("entry", args=[entry.number[5:12]])
    mark = "p-st--late"
    assert mark not in Client().get(address).content.decode()
    freeze(at(LAST_DAY + timedelta(days=1)))
    assert mark in Client().get(address).content.decode()


@pytest.mark.requirement("R33")
def test_new_app_waits_for_a_confirmation_that_is_due(freeze: Any) -> None:
    first = filings.approved()
    later = at(LAST_DAY + timedelta(days=1))
    freeze(later)
    second = filings.draft(first.unit, now=later)
    page = client_of(first).get(reverse("filing", args=[second.pk])).content.decode()
    assert reverse("provider_confirm") in page
    by = filings.actor_in(first.unit)
    with pytest.raises(Refused) as caught:
        domain.submit(filing=second, by=by, now=later)
    assert caught.value.reasons.codes == ["unit_stale"]
    assert caught.value.reasons[0].url == reverse("provider_confirm")
    domain.confirm_information(unit=first.unit, entries=[], by=by, now=later)
    assert domain.submit(filing=second, by=by, now=later).state == FilingState.SUBMITTED


@pytest.mark.requirement("R33")
def test_new_app_waits_for_an_unreported_change_of_the_unit() -> None:
    first = filings.approved()
    by = filings.actor_in(first.unit)
    second = filings.draft(first.unit)
    domain.save_part(filing=second, part="unit", values={"contact_name": "新联系人"}, by=by, now=NOW)
    with pytest.raises(Refused) as caught:
        domain.submit(filing=second, by=by, now=NOW)
    assert caught.value.reasons.codes == ["unit_unreported"]
    with pytest.raises(Refused):  # what has changed cannot be confirmed as being the same
        domain.confirm_information(unit=first.unit, entries=[], by=by, now=NOW)
    change = filings.draft(first.unit, kind=FilingKind.UNIT_CHANGE)
    domain.submit(filing=change, by=by, now=NOW)
    assert domain.submit(filing=second, by=by, now=NOW).state == FilingState.SUBMITTED


def test_first_app_and_supplements_wait_for_nothing() -> None:
    filing = filings.returned()
    by = filings.actor_in(filing.unit)
    domain.save_part(filing=filing, part="unit", values={"contact_name": "新联系人"}, by=by, now=NOW)
    assert upkeep.blockers(filing, NOW) == []
    assert domain.submit(filing=filing, by=by, now=NOW).state == FilingState.SUBMITTED


def test_upkeep_of_a_provider_takes_the_same_queries_for_one_and_for_three(django_assert_max_num_queries: Any) -> None:
    filing = filings.approved()
    with django_assert_max_num_queries(10):
        assert len(upkeep.of_unit(filing.unit, NOW).rows) == 1
    for _more in range(2):
        filings.approved(filing.unit)
    with django_assert_max_num_queries(10):
        assert len(upkeep.of_unit(filing.unit, NOW).rows) == 3
