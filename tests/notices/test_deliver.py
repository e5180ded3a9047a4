"""A mail server that is down loses nothing; two workers send nothing twice."""

from __future__ import annotations

import sys
import threading
import time
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from notices.domain import deliver, send_again, serve
from notices.domain.deliver import LEASE, LONGEST_WAIT, MOST_TRIES, wait_after
from notices.domain.serve import NUDGE_KEY
from notices.enums import DeliveryStatus
from notices.models import EmailDelivery
from notices.tasks import deliver_pending
from tests import factories
from tests.factories import NOW

SENT: list[str] = []


class Recording(BaseEmailBackend):
    """Takes its time, and remembers what was sent."""

    def send_messages(self, messages: Any) -> int:
        time.sleep(0.01)
        SENT.extend(str(message.extra_headers["Message-ID"]) for message in messages)
        return len(messages)


class Down(BaseEmailBackend):
    """No connection at all."""

    def open(self) -> bool:
        raise ConnectionRefusedError("nobody listens")


class Hangup(BaseEmailBackend):
    """Takes a connection and breaks it at the first letter."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionResetError("hung up")


class Refuses(BaseEmailBackend):
    code = 550

    def send_messages(self, messages: Any) -> int:
        raise SMTPRecipientsRefused({messages[0].to[0]: (self.code, b"no such user")})


class Grumbles(Refuses):
    code = 451


class Broken(BaseEmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise ValueError("header with newline")


class Killed(BaseEmailBackend):
    """The server takes the letter, then the worker dies."""

    def send_messages(self, messages: Any) -> int:
        SENT.extend(str(message.extra_headers["Message-ID"]) for message in messages)
        raise SystemExit


def use(settings: Any, backend: type) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}"
    sys.modules.setdefault(__name__, sys.modules.get(__name__) or ModuleType(__name__))
    setattr(sys.modules[__name__], backend.__name__, backend)


@pytest.fixture(autouse=True)
def _empty() -> None:
    SENT.clear()


def queue(count: int = 1) -> None:
    owner = factories.membership()
    for number in range(count):
        serve(kind="reminder", to_unit=owner.unit, subject=None, params={}, now=NOW, dedupe=f"{number}")


@pytest.mark.django_db
def test_server_down_defers_and_later_all_is_sent(settings) -> None:
    queue(3)
    normal = settings.EMAIL_BACKEND
    use(settings, Down)
    done = deliver(now=NOW)
    assert (done.sent, done.deferred) == (0, 3)
    waiting = list(EmailDelivery.objects.all())
    assert {row.status for row in waiting} == {DeliveryStatus.PENDING}
    assert {row.next_attempt_at for row in waiting} == {NOW + timedelta(minutes=1)}
    assert "nobody listens" in waiting[0].last_error
    assert deliver(now=NOW).deferred == 0, "not before the minute is over"
    assert deliver(now=NOW + timedelta(minutes=1)).deferred == 3
    assert EmailDelivery.objects.first().next_attempt_at == NOW + timedelta(minutes=3)
    settings.EMAIL_BACKEND = normal
    assert deliver(now=NOW + timedelta(minutes=3)).sent == 3
    assert len(mail.outbox) == 3
    assert deliver(now=NOW + timedelta(days=1)).sent == 0


@pytest.mark.django_db
def test_server_down_for_weeks_gives_nothing_up(settings) -> None:
    queue()
    use(settings, Down)
    at = NOW
    for _day in range(60):
        deliver(now=at)
        at += LONGEST_WAIT
    assert EmailDelivery.objects.get().status == DeliveryStatus.PENDING


@pytest.mark.django_db
def test_server_that_hangs_up_defers_the_rest(settings) -> None:
    queue(3)
    use(settings, Hangup)
    assert deliver(now=NOW).deferred == 3
    assert sorted(EmailDelivery.objects.values_list("attempts", flat=True)) == [0, 0, 1]


@pytest.mark.django_db
def test_address_that_does_not_exist_is_given_up_at_once(settings) -> None:
    queue()
    use(settings, Refuses)
    assert deliver(now=NOW).failed == 1
    row = EmailDelivery.objects.get()
    assert row.status == DeliveryStatus.FAILED
    send_again(delivery=row, now=NOW)
    use(settings, Recording)
    assert deliver(now=NOW).sent == 1


@pytest.mark.django_db
@pytest.mark.parametrize("backend", [Grumbles, Broken])
def test_letter_that_fails_again_and_again_is_given_up(settings, backend) -> None:
    queue()
    use(settings, backend)
    at = NOW
    for _number in range(MOST_TRIES - 1):
        assert deliver(now=at).deferred == 1
        at += LONGEST_WAIT
    assert deliver(now=at).failed == 1
    row = EmailDelivery.objects.get()
    assert (row.status, row.attempts) == (DeliveryStatus.FAILED, MOST_TRIES)


@pytest.mark.django_db
def test_killed_worker_sends_at_most_twice_with_the_same_id(settings) -> None:
    queue()
    use(settings, Killed)
    with pytest.raises(SystemExit):
        deliver(now=NOW)
    use(settings, Recording)
    assert deliver(now=NOW + LEASE - timedelta(seconds=1)).sent == 0
    assert deliver(now=NOW + LEASE).sent == 1
    assert len(SENT) == 2
    assert len(set(SENT)) == 1
    assert deliver(now=NOW + 2 * LEASE).sent == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_letter_once(settings) -> None:
    cache.set(NUDGE_KEY, 1, 60)  # the commits themselves send nothing
    queue(60)
    use(settings, Recording)
    barrier, sent = threading.Barrier(2), []

    def run() -> None:
        barrier.wait()
        try:
            sent.append(deliver(now=NOW).sent)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert len(SENT) == len(set(SENT)) == 60
    assert sum(sent) == 60
    assert all(sent), "both workers had something to do"


def test_waits_grow_to_six_hours() -> None:
    assert [wait_after(n) for n in (0, 1, 2, 3)] == [timedelta(minutes=m) for m in (1, 1, 2, 4)]
    assert wait_after(MOST_TRIES) == wait_after(500) == LONGEST_WAIT


@pytest.mark.django_db
def test_limit_and_slow_server(settings, monkeypatch) -> None:
    queue(30)
    use(settings, Recording)
    assert deliver(now=NOW, limit=25).sent == 25
    ticks = iter([0.0, 0.0, 400.0])
    clock = SimpleNamespace(monotonic=lambda: next(ticks))
    monkeypatch.setattr(sys.modules["notices.domain.deliver"], "time", clock)
    done = deliver(now=NOW)
    assert (done.sent, done.deferred) == (1, 4)


@pytest.mark.django_db
def test_task_says_what_it_did(settings, freeze) -> None:
    freeze(NOW)
    queue()
    assert deliver_pending() == "sent 1, deferred 0, failed 0"
