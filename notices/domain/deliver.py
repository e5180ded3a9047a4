"""Sending the waiting e-mails: nothing is lost, nothing is sent twice by two workers."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F

from notices.enums import DeliveryStatus
from notices.mail import compose
from notices.models import EmailDelivery

log = logging.getLogger(__name__)

BATCH = 20
LEASE = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=6)
MOST_TRIES = 20  # with the waits below, some three days
ERROR_LENGTH = 500


@dataclass
class Delivered:
    """What one run did."""

    sent: int = 0
    deferred: int = 0
    failed: int = 0


def deliver(*, now: datetime, limit: int = 1000) -> Delivered:
    """Sends up to ``limit`` e-mails that are due at ``now``.

    A worker takes a batch under ``FOR NO KEY UPDATE SKIP LOCKED`` and moves its next try ten minutes ahead
    before it sends, so that no other worker takes it too and no transaction stays open during SMTP.
    A worker killed between the server's acceptance and the mark "sent" leaves one e-mail that is sent
    again after the ten minutes: at most twice, since SMTP knows no transaction that spans both; the
    Message-ID is the same. A server that is down defers what waits, longer each time.
    """
    done = Delivered()
    while done.sent + done.deferred + done.failed < limit:
        batch = _claim(now, min(BATCH, limit - done.sent - done.deferred - done.failed))
        if not batch or not _send(batch, now, done):
            break
    return done


def _claim(now: datetime, size: int) -> list[EmailDelivery]:
    with transaction.atomic():
        ids = list(
            EmailDelivery.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(status=DeliveryStatus.PENDING, next_attempt_at__lte=now)
            .order_by("next_attempt_at", "pk")
            .values_list("pk", flat=True)[:size]
        )
        EmailDelivery.objects.filter(pk__in=ids).update(
            next_attempt_at=now + LEASE, attempts=F("attempts") + 1
        )
    return list(EmailDelivery.objects.filter(pk__in=ids).select_related("notice__to_unit").order_by("pk"))


def _send(batch: list[EmailDelivery], now: datetime, done: Delivered) -> bool:
    """Sends one claimed batch; False where the server is away and the rest was put back."""
    started = time.monotonic()
    connection = get_connection()
    try:
        connection.open()
    except Exception as error:  # noqa: BLE001  whatever ails the server, the e-mails wait
        _put_back(batch, now, error, done)
        return False
    try:
        for index, delivery in enumerate(batch):
            if time.monotonic() - started > LEASE.total_seconds() / 2:
                # So slow a server would outlive the lease: leave the rest to the next run.
                _put_back(batch[index:], now, None, done)
                return False
            try:
                message = compose(delivery)
                message.connection = connection
                message.send()
            except SMTPRecipientsRefused as error:
                _failed(delivery, now, error, done, final=_permanent(error))
            except (OSError, SMTPServerDisconnected) as error:
                _failed(delivery, now, error, done)
                _put_back(batch[index + 1 :], now, error, done, tried=False)
                return False
            except Exception as error:  # noqa: BLE001  one bad e-mail must not hold up the others
                _failed(delivery, now, error, done)
            else:
                EmailDelivery.objects.filter(pk=delivery.pk).update(
                    status=DeliveryStatus.SENT, sent_at=now, last_error=""
                )
                done.sent += 1
    finally:
        try:
            connection.close()
        except Exception:
            log.debug("closing the mail connection failed", exc_info=True)
    return True


def _permanent(error: SMTPRecipientsRefused) -> bool:
    """The server says that the address does not exist (5xx)."""
    return all(500 <= code < 600 for code, _message in error.recipients.values())


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many tries: 1, 2, 4, … minutes, at most six hours."""
    return min(timedelta(minutes=2 ** max(0, min(attempts, 16) - 1)), LONGEST_WAIT)


def _failed(
    delivery: EmailDelivery, now: datetime, error: Exception, done: Delivered, *, final: bool = False
) -> None:
    over = final or delivery.attempts >= MOST_TRIES
    EmailDelivery.objects.filter(pk=delivery.pk).update(
        status=DeliveryStatus.FAILED if over else DeliveryStatus.PENDING,
        next_attempt_at=now + wait_after(delivery.attempts),
        last_error=f"{type(error).__name__}: {error}"[:ERROR_LENGTH],
    )
    if over:
        done.failed += 1
        log.error("e-mail %s given up after %s tries: %s", delivery.pk, delivery.attempts, error)
    else:
        done.deferred += 1


def _put_back(
    batch: list[EmailDelivery], now: datetime, error: Exception | None, done: Delivered, *, tried: bool = True
) -> None:
    """Gives back what was claimed and not sent. Where the server could not be reached, waits grow as well."""
    if error is not None and tried:
        log.warning("the mail server cannot be reached: %s", error)
    for delivery in batch:
        # Not the e-mail's fault: its tries are not used up, yet the waits grow.
        EmailDelivery.objects.filter(pk=delivery.pk).update(
            attempts=min(delivery.attempts, MOST_TRIES - 2)
            if tried and error is not None
            else delivery.attempts - 1,
            next_attempt_at=now + (wait_after(delivery.attempts) if error is not None else timedelta()),
            last_error=f"{type(error).__name__}: {error}"[:ERROR_LENGTH] if error is not None else "",
        )
        done.deferred += 1


def send_again(*, delivery: EmailDelivery, now: datetime) -> None:
    """Puts an e-mail that was given up back in the queue, with all its tries."""
    EmailDelivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.FAILED).update(
        status=DeliveryStatus.PENDING, attempts=0, next_attempt_at=now
    )
