"""What the tests of the rulebook share."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection, models
from django.utils import translation

from ledger.acts import Actor
from rulebook import clocks
from rulebook.arithmetic import WorkingDays
from rulebook.domain.seeds import packaged_days, seed_articles, seed_calendar, seed_policies
from rulebook.models import CalendarYear
from rulebook.time import ZONE


def at(text: str) -> datetime:
    """A moment in Beijing, from text such as 2026-10-15 23:59:59."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture(autouse=True)
def _english():
    """Messages are asserted in the language of the source."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def packaged() -> WorkingDays:
    """The packaged calendar without a database."""
    days = packaged_days()
    return WorkingDays(days, frozenset(day.year for day in days), 1)


@pytest.fixture
def published(db) -> None:
    """The calendar of 2004–2026 in the database."""
    seed_calendar(now=at("2026-01-01 00:00:00"))


@pytest.fixture
def articles(db) -> None:
    seed_articles()


@pytest.fixture
def policies(db) -> None:
    seed_policies(now=at("2026-01-01 00:00:00"))


@pytest.fixture
def kinds():
    """Registrations of a test end with it."""
    with clocks.handlers_kept():
        yield clocks


@pytest.fixture
def matter(db) -> models.Model:
    """Something that a clock can be about: any row with a key will do."""
    return make_matter(1)


def make_matter(number: int) -> models.Model:
    return CalendarYear.objects.get_or_create(
        year=1900 + number, defaults={"imported_at": at("2026-01-01 00:00:00")}
    )[0]


def keeper() -> Actor:
    return Actor(person_id=1, unit_id=1, role="sysadmin", person_name="Keeper")


@pytest.fixture
def queries():
    """How many queries a block costs."""
    from django.test.utils import CaptureQueriesContext

    return lambda: CaptureQueriesContext(connection)


def nothing(clock, now=None) -> None:
    """The verb of a kind whose effects do not matter to the test."""
