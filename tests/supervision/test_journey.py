"""From a parent's complaint to the bar that ends by its clock: every step with what the others then see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from ledger.acts import Refused
from ledger.domain.verify import verify
from notices.models import Notice
from providers import domain as providers
from registry.models import Entry
from rulebook import clocks
from supervision import domain
from supervision.models import RectificationOrder
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make
from tests import factories_uses as uses
from users.domain import work_off
from users.models import UseSweep

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R122", "R129", "R136", "R137", "R138", "R139", "R140")
def test_complaint_order_missed_listing_and_the_end_of_the_bar(freeze: Callable[..., Any], client: Client) -> None:
    cache.clear()
    make.seeded()
    uses.rules()
    filings.policy()
    factories.authority("moe")
    freeze(make.NOW)
    app = filings.app_of(filings.approved(now=make.NOW))
    entry = Entry.objects.get(pk=app.entry_id)
    school = uses.school()
    use = uses.confirmed(unit=school, entry=entry)
    owner = factories.client_for(filings_owner(entry))
    reviewer = make.reviewer()

    received = domain.receive(
        kind="complaint", category=make.category(), text="应用内有游戏广告", entry=entry, name="甄别名",
        phone="13912345678", now=make.NOW,
    )  # fmt: skip
    complaint = domain.accept(complaint=received.complaint, by=reviewer, now=make.NOW)
    complaint = domain.investigate(complaint=complaint, by=reviewer, now=make.NOW)
    row = domain.order(
        unit=entry.unit, entry=entry, findings=[{"text": "含游戏广告", "article": "bj-3"}], days=15,
        public_text="含商业广告，限期整改。", complaint=complaint, by=reviewer, now=make.NOW,
    )  # fmt: skip
    assert "限期整改" in client.get(reverse("entry", args=[entry.number]), follow=True).content.decode()
    assert row.due_at is not None

    clocks.sweep(now=row.due_at - timedelta(seconds=1))
    assert make.fresh(row).state == "issued"
    missed = freeze(row.due_at)
    clocks.sweep(now=missed)
    row = RectificationOrder.objects.get(pk=row.pk)
    assert row.state == "overdue", "the clock proposes; a person decides"
    assert not Entry.objects.filter(pk=entry.pk, state="revoked").exists()

    listing = domain.list_provider(
        order=row, reason="逾期未整改", public_text="逾期未整改，撤销备案。", by=make.lead(), now=missed
    )
    for sweep in UseSweep.objects.all():
        work_off(sweep=sweep, now=missed)
    cache.clear()
    assert "撤销" in client.get(reverse("entry", args=[entry.number]), follow=True).content.decode()
    answer = client.get(f"/api/v1/registry/verify/{entry.number}/").json()
    assert answer["status"] == "revoked"
    assert entry.provider_name in client.get(reverse("blacklist")).content.decode()
    assert uses.fresh(use).state == "suspended"
    assert Notice.objects.filter(to_unit=school, kind="use_suspended").exists()

    with pytest.raises(Refused) as refused:
        providers.start(unit=entry.unit, kind="initial", app_name="改名应用", by=make.provider(entry.unit), now=missed)
    assert "barred" in refused.value.reasons.codes
    home = owner.get(reverse("provider_home")).content.decode()
    assert listing.bar_last_day.isoformat() in home or str(listing.bar_last_day.year) in home
    assert "甄别名" not in home and "13912345678" not in home

    assert listing.bar_last_day == same_day_six_months_later(missed)
    clocks.sweep(now=listing.bar_ends_at - timedelta(seconds=1))
    assert make.fresh(listing).state == "active"
    ended = freeze(listing.bar_ends_at + timedelta(hours=9))
    clocks.sweep(now=ended)
    clocks.sweep(now=ended)
    assert make.fresh(listing).state == "cooled_off"
    again = providers.start(
        unit=entry.unit, kind="initial", app_name="改名应用", by=make.provider(entry.unit), now=ended
    )
    assert again.state == "draft"
    assert list(verify()) == []


def filings_owner(entry: Entry) -> Any:
    """A membership of the provider."""
    return factories.membership(role=Role.PROVIDER_OWNER, unit=entry.unit)


def same_day_six_months_later(moment: Any) -> date:
    """The corresponding day six calendar months after the day in Beijing, or the month's last."""
    from rulebook.arithmetic import add_months
    from rulebook.time import local_date

    return add_months(local_date(moment), 6)
