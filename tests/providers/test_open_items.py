"""Filings of a buffer window: admitted without ICP and MLPS, then followed until both are there."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership
from ledger.acts import Refused
from ledger.queries import timeline
from notices.models import Notice
from providers import domain, upkeep
from providers.domain import Incomplete
from providers.enums import FilingKind
from providers.models import BusinessSystem, Filing
from registry import domain as registry
from registry.models import Entry
from rulebook.time import ZONE
from tests import factories
from tests import factories_filings as filings

pytestmark = pytest.mark.django_db

NOW = filings.NOW  # 2026-09-24
LAST_OF_WINDOW, LAST_DAY = date(2026, 9, 30), date(2026, 10, 31)
ICP = ("icp_number", "icp_proof")
MLPS = ("mlps_level", "mlps_number", "mlps_certificate", "mlps_authority", "mlps_date")
WINDOW = {
    "key": "campaign_2026", "from": "2026-09-01", "to": "2026-09-30", "items": ["icp", "mlps"],
    "rectify_until": "2026-10-31",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _rules(freeze: Any) -> None:
    filings.calendar()
    filings.policy(buffer_windows=[WINDOW])
    freeze(NOW)


def at(day: date, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=ZONE)


def without(*keys: str, unit: Any = None) -> Filing:
    """A complete draft whose system lacks these."""
    filing = filings.draft(unit)
    system = BusinessSystem.objects.get(unit=filing.unit)
    system.data = {key: value for key, value in system.data.items() if key not in keys}
    system.save()
    return filing


def filed(*keys: str, now: datetime = NOW) -> Filing:
    from review import domain as review

    filing = without(*keys)
    filing = domain.submit(filing=filing, by=filings.actor_in(filing.unit), now=now)
    return review.approve(filing=filing, by=filings.reviewer_of(filing), now=now)


def entry_of(filing: Filing) -> Entry:
    return Entry.objects.select_related("unit", "authority").get(pk=Filing.objects.get(pk=filing.pk).entry_id)


def kinds(unit: Any) -> list[str]:
    rows = Notice.objects.filter(to_unit=unit, kind__startswith="open_items").order_by("pk")
    return list(rows.values_list("kind", flat=True))


@pytest.mark.requirement("R35", "R42")
def test_window_admits_without_both_and_not_a_second_after_it() -> None:
    filing = without(*ICP, *MLPS)
    by = filings.actor_in(filing.unit)
    for moment in (at(date(2026, 8, 31), 23, 59, 59), at(date(2026, 10, 1), 0, 0, 0)):
        with pytest.raises(Incomplete) as caught:
            domain.submit(filing=filing, by=by, now=moment)
        assert {"system.icp_number", "system.mlps_level"} <= {p.field_key for p in caught.value.problems}
    assert domain.submit(filing=filing, by=by, now=at(LAST_OF_WINDOW, 23, 59, 59)).state == "submitted"


@pytest.mark.requirement("R43")
def test_entry_of_the_window_carries_what_it_lacks_until_its_day() -> None:
    assert entry_of(filings.approved()).open_items is None
    entry = entry_of(filed(*MLPS))
    assert (entry.open_items, entry.open_items_until) == (["mlps"], LAST_DAY)
    assert entry_of(filed(*ICP, *MLPS)).open_items == ["icp", "mlps"]
    assert "buffer" not in entry.public


@pytest.mark.requirement("R43")
def test_open_item_ends_when_an_approved_change_brings_it() -> None:
    from review import domain as review

    first = filed(*ICP, *MLPS)
    entry = entry_of(first)
    change = filings.draft(first.unit, kind=FilingKind.CHANGE, of=filings.app_of(first))
    system = BusinessSystem.objects.get(unit=first.unit)
    file = filings.file_value(filings.material(first.unit))
    system.data = filings.system_data(file)
    system.save()
    now = at(date(2026, 10, 9))
    change = domain.submit(filing=change, by=filings.actor_in(first.unit), now=now)
    assert upkeep.supplied_by_open_change([entry]) == {entry.pk: change}
    assert upkeep.entries_with_open_items().get() == entry  # not before the authority has agreed
    review.approve(filing=change, by=filings.reviewer_of(change), now=now)
    assert not upkeep.entries_with_open_items().exists()
    entry = entry_of(first)
    assert (entry.open_items, entry.open_items_until) == (None, None)


def test_change_of_the_unit_leaves_the_open_items_and_an_end_takes_them_away() -> None:
    from review import domain as review

    first = filed(*MLPS)
    now = at(date(2026, 10, 9))
    change = filings.draft(first.unit, kind=FilingKind.UNIT_CHANGE, now=now)
    change = domain.submit(filing=change, by=filings.actor_in(first.unit), now=now)
    review.approve(filing=change, by=filings.reviewer_of(change), now=now)
    entry = entry_of(first)
    assert (entry.version, entry.open_items, entry.open_items_until) == (2, ["mlps"], LAST_DAY)
    registry.revoke(entry=entry, reason="逾期未完成等级保护备案", by=filings.reviewer_of(first), now=now)
    assert not upkeep.entries_with_open_items().exists()


@pytest.mark.requirement("R44")
def test_list_of_those_lacking_begins_the_day_after() -> None:
    entry = entry_of(filed(*ICP))
    filed(*MLPS)
    assert not upkeep.entries_with_open_items(due_before=LAST_DAY).exists()
    lacking = upkeep.entries_with_open_items(due_before=LAST_DAY + timedelta(days=1))
    assert lacking.count() == 2
    assert upkeep.entries_with_open_items(due_before=LAST_DAY + timedelta(days=1), key="icp").get() == entry


@pytest.mark.requirement("R43", "R44")
def test_provider_is_told_when_items_open_before_the_day_on_it_and_after() -> None:
    filing = filed(*MLPS)
    moments = [NOW, NOW, at(date(2026, 10, 1)), at(date(2026, 10, 28)), at(date(2026, 10, 30)), at(LAST_DAY)]
    for moment in moments:
        domain.remind_all(now=moment)
    before = kinds(filing.unit)
    assert set(before) == {"open_items"}
    assert len(before) == 5  # the second run of the first moment served nothing
    for _time in range(2):
        domain.remind_all(now=at(date(2026, 11, 3)))
    assert kinds(filing.unit)[len(before):] == ["open_items_over"]
    notice = Notice.objects.filter(kind="open_items_over").get()
    assert notice.legal
    assert notice.params["due_day"] == LAST_DAY.isoformat()


@pytest.mark.requirement("R16", "R44")
def test_authority_sees_its_own_lists_and_reminds(freeze: Any) -> None:
    ours, theirs = filed(*MLPS), filings.approved(factories.unit(province="44"))
    Entry.objects.filter(pk=entry_of(theirs).pk).update(open_items=["icp"], open_items_until=LAST_DAY)
    freeze(at(LAST_DAY + timedelta(days=1)))
    reviewer = factories.client_for(
        Membership.objects.filter(unit=ours.authority, role=Role.REVIEWER).first()
    )
    page = reviewer.get(reverse("oversight")).content.decode()
    assert ours.app_name in page
    assert theirs.app_name not in page
    for view in ("over", "open", "stale", "nonsense"):
        assert reviewer.get(reverse("oversight"), {"view": view, "after": "x.y"}).status_code == 200
    table = b"".join(reviewer.get(reverse("oversight"), {"view": "over", "as": "csv"}).streaming_content).decode()
    assert entry_of(ours).number in table
    chosen = [entry_of(ours).pk, entry_of(theirs).pk, "x", 2**70, "9" * 5000]
    for _time in range(2):
        assert reviewer.post(reverse("oversight_remind"), {"entry": chosen, "view": "over"}).status_code == 302
    assert kinds(ours.unit) == ["open_items_over"]  # one a day
    assert kinds(theirs.unit) == []
    assert [record.verb for record in timeline(entry_of(ours))].count("remind") == 2


def test_reminding_of_nothing_or_by_another_authority_is_refused() -> None:
    entry = entry_of(filings.approved())
    other = factories.actor(Role.REVIEWER, factories.authority("44"))
    with pytest.raises(Refused):
        domain.remind(entry=entry, by=other, now=NOW)
    with pytest.raises(Refused) as caught:
        domain.remind(entry=entry, by=filings.actor_in(entry.authority, Role.REVIEWER), now=NOW)
    assert caught.value.reasons.codes == ["nothing_owed"]


@pytest.mark.requirement("R43")
def test_provider_sees_what_it_owes_on_its_first_page() -> None:
    filing = filed(*MLPS)
    client = factories.client_for(Membership.objects.filter(unit=filing.unit, role=Role.PROVIDER_OWNER).first())
    page = client.get(reverse("provider_home")).content.decode()
    assert "kind=change" in page
    assert filing.app_name in page
