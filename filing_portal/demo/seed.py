"""Seeds the demonstration: all stories, in the order of time, in one transaction."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import F

from accounts.models import Person
from filing_portal.demo import (
    appraisals,
    complaints,
    entries,
    guidance,
    institutions,
    people,
    stories,
    supervision,
    works,
)
from filing_portal.demo.accounts import MARKER
from filing_portal.demo.world import World
from notices.domain.serve import without_email
from notices.models import Notice
from providers.models import Filing
from registry.models import Entry

ENTRIES = 300


class NotHere(ImproperlyConfigured):
    """Demonstration data belong into the embedded mode alone."""


@dataclass(frozen=True)
class Seeded:
    """What was made; ``fresh`` is False where it was there already."""

    fresh: bool
    filings: int
    entries: int


def seed(*, now: datetime, say: Callable[[str], object] = str) -> Seeded:
    """Makes the demonstration data once; a second call finds them and changes nothing.

    The same on every machine, in relation to ``now``: moments are working days before it, so that the
    clocks run. No e-mail is sent. Raises :class:`NotHere` outside the embedded mode.
    """
    if not getattr(settings, "PORTAL_DEMO_ACCOUNTS", False) or getattr(settings, "PORTAL_MODE", "") == "production":
        raise NotHere("Demonstration data exist in the embedded mode only (PORTAL_DEMO_ACCOUNTS is off).")
    if Person.objects.filter(email=MARKER, is_demo=True).exists():
        return _found(fresh=False)
    say("preparing demo data …")
    with transaction.atomic(), without_email():
        world = World(now=now)
        persons = people.make_people()
        people.settle(world, persons)
        institutions.settle(world, persons)
        supervision.settle(world, persons)
        guidance.settle(world)
        told = stories.everything(world) + institutions.everything(world)
        carried = ENTRIES - stories.NUMBERED
        told += entries.carried_over(world, carried)
        told += supervision.everything(world, carried) + complaints.everything(world)
        told += guidance.everything(world) + works.everything(world)
        told += appraisals.everything(world)
        tell(told)
        read_old_notices(world)
    return _found(fresh=True)


def read_old_notices(world: World) -> None:
    """Inboxes hold some unread notices, not those of a whole year: the older ones were read within two hours."""
    old = Notice.objects.filter(received_at__lt=world.moment(-9, 12), first_read_at=None)
    old.update(first_read_at=F("received_at") + timedelta(hours=2))


def tell(told: list[Iterator[datetime]]) -> None:
    """Runs the stories in the order of their moments; equal moments in the order of the stories."""
    waiting: list[tuple[datetime, int, Iterator[datetime]]] = []
    for place, story in enumerate(told):
        first = next(story, None)
        if first is not None:
            waiting.append((first, place, story))
    heapq.heapify(waiting)
    while waiting:
        _moment, place, story = heapq.heappop(waiting)
        following = next(story, None)
        if following is not None:
            heapq.heappush(waiting, (following, place, story))


def _found(*, fresh: bool) -> Seeded:
    return Seeded(fresh, Filing.objects.count(), Entry.objects.count())
