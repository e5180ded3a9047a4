"""Whatever the order of complaints, orders, listings, lifts and sweeps: what must never be, never is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blacklist import domain as blacklist
from blacklist.models import Listing
from blacklist.queries import barred
from ledger.acts import ActError
from ledger.domain.verify import verify
from ledger.models import Record
from registry.models import Entry
from rulebook import clocks
from rulebook.models import Clock
from supervision import domain
from supervision.models import Complaint, RectificationOrder
from tests import factories
from tests import factories_supervision as make

SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


class World:
    """Two providers with two apps each, a head of review, and a clock that only goes forward."""

    def __init__(self) -> None:
        self.now: datetime = make.NOW
        self.units = [factories.unit(), factories.unit()]
        for unit in self.units:
            make.entry(unit)
            make.entry(unit)
        self.reviewer, self.lead, self.other = make.reviewer(), make.lead(), make.lead(another=True)

    def entry(self, place: int) -> Entry:
        return list(Entry.objects.order_by("pk"))[place % 4]

    def complain(self, place: int) -> None:
        row = make.received(self.entry(place), now=self.now).complaint
        domain.accept(complaint=row, by=self.reviewer, now=self.now)

    def order(self, place: int) -> None:
        of = self.entry(place)
        complaint = Complaint.objects.filter(entry=of).first()
        make.order(of, now=self.now, days=5 + place % 10, complaint=complaint)

    def _order(self, place: int) -> RectificationOrder:
        rows = list(RectificationOrder.objects.order_by("pk"))
        if not rows:
            raise _Nothing
        return rows[place % len(rows)]

    def evidence(self, place: int) -> None:
        row = self._order(place)
        domain.submit_evidence(order=row, text="已整改", by=make.provider(row.unit), now=self.now)

    def send_back(self, place: int) -> None:
        domain.send_back(order=self._order(place), reason="不足", by=self.reviewer, now=self.now)

    def clear(self, place: int) -> None:
        domain.clear(order=self._order(place), reason="已核实", by=self.reviewer, now=self.now)

    def refuse(self, place: int) -> None:
        row = self._order(place)
        domain.refuse(order=row, reason="拒绝", by=make.provider(row.unit), now=self.now)

    def list_provider(self, place: int) -> None:
        row = self._order(place)
        domain.list_provider(order=row, reason="逾期未整改", by=self.lead, now=self.now, bar_months=6 + place % 3)

    def _listing(self, place: int) -> Listing:
        rows = list(Listing.objects.order_by("pk"))
        if not rows:
            raise _Nothing
        return rows[place % len(rows)]

    def lift(self, place: int) -> None:
        blacklist.lift(listing=self._listing(place), reason="列入有误", by=self.lead, now=self.now)

    def object(self, place: int) -> None:
        row = self._listing(place)
        blacklist.object_to_listing(listing=row, text="不服", by=make.provider(row.unit), now=self.now)

    def decide(self, place: int) -> None:
        row = self._listing(place).objections.order_by("-pk").first()
        if row is None:
            raise _Nothing
        blacklist.decide_objection(objection=row, grant=bool(place % 2), decision="理由", by=self.other, now=self.now)

    def publish(self, place: int) -> None:
        """A filing that was submitted before gets its number now, or does not."""
        make.entry(self.units[place % 2], now=self.now)

    def sweep(self, place: int) -> None:
        self.now += timedelta(days=(1, 9, 40, 200)[place % 4], hours=place)
        clocks.sweep(now=self.now)
        if place % 3 == 0:
            clocks.sweep(now=self.now)


class _Nothing(Exception):
    """There is nothing that this step could be about."""


class _Undo(Exception):
    pass


STEPS = ["complain", "order", "order", "evidence", "send_back", "clear", "refuse", "list_provider", "list_provider",
         "lift", "object", "decide", "publish", "sweep", "sweep"]  # fmt: skip


def check(world: World) -> None:
    for listed in Listing.objects.filter(state="active"):
        assert Record.objects.filter(
            subject_type="blacklist.listing", subject_id=listed.pk, verb="list_provider"
        ).count() == 1, "an active bar has its record"
        assert Clock.objects.running().filter(subject_type="blacklist.listing", subject_id=listed.pk).count() == 1
        numbers = {one["entry"] for one in listed.affected}
        states = set(Entry.objects.filter(pk__in=numbers).values_list("state", flat=True))
        assert not states & {"published", "rectifying", "offline"}, "an affected app is not published"
    causes = list(Listing.objects.filter(state="active").exclude(cause_type="").values_list("cause_type", "cause_id"))
    assert len(causes) == len(set(causes)), "one active listing for a cause"
    for unit in world.units:
        active = Listing.objects.filter(unit=unit, state="active", bar_ends_at__gt=world.now)
        assert (barred(unit, world.now) is not None) == active.exists()
    for row in RectificationOrder.objects.all():
        running = Clock.objects.running().filter(subject_type="supervision.rectificationorder", subject_id=row.pk)
        assert running.count() == (1 if row.state == "issued" else 0), row.state
        assert (row.listing_id is not None) == (row.state == "listed")
    for of in Entry.objects.filter(state="rectifying"):
        order = RectificationOrder.objects.open().get(entry=of)
        assert of.rectify_until == order.due_day


@pytest.mark.django_db
@pytest.mark.requirement("R137", "R139", "R140")
@settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 11)), min_size=5, max_size=25))
def test_invariants_hold_after_any_sequence(steps):
    try:
        with transaction.atomic():
            world = World()
            for name, place in steps:
                act: Any = getattr(world, name)
                try:
                    with transaction.atomic():
                        act(place)
                except (ActError, _Nothing):
                    pass
                check(world)
            assert list(verify()) == []
            raise _Undo
    except _Undo:
        pass
