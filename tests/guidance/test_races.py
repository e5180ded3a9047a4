"""Two at once: the last seat is given once, and two publications give two numbers."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from accounts.enums import Role
from guidance import domain
from guidance.domain.training import taken
from guidance.models import Attendance, PageVersion
from ledger.acts import ActError
from tests import factories
from tests import factories_guidance as make
from tests.factories import NOW

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def together(*acts: Callable[[], object]) -> list[str]:
    """Does the acts in threads that start together; the names of the refusals."""
    refused: list[str] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait(10)
            act()
        except ActError as error:
            refused.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return refused


def test_the_last_seats_are_given_once() -> None:
    event = make.event(seats=3)
    units = [factories.actor(Role.PROVIDER_OWNER) for _number in range(4)]
    refused = together(
        *(lambda by=by: domain.register_unit(event=event, people=2, by=by, now=NOW) for by in units)
    )
    assert refused == ["Invalid"] * 3
    assert taken(event) == 2


def test_one_unit_that_registers_twice_at_once_is_registered_once() -> None:
    event, by = make.event(), factories.actor(Role.PROVIDER_OWNER)
    together(*(lambda: domain.register_unit(event=event, people=2, by=by, now=NOW) for _number in range(3)))
    assert Attendance.objects.get().people == 2


def test_two_publications_at_once_make_one_version() -> None:
    page = make.draft()
    refused = together(*(lambda: domain.publish_page(page=page, by=make.SYSTEM, now=NOW) for _number in range(3)))
    assert refused == ["Refused"] * 2
    assert PageVersion.objects.get().number == 1
