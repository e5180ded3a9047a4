"""Rare turns of service: letters twice and without e-mail, a server that does not hang up, a nudge too many."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend

from ledger.acts import Actor, Refused
from notices.domain import choose_email, deliver, serve, without_email
from notices.domain.letters import Letter, send_letters
from notices.domain.serve import NUDGE_KEY, _Nudged, nudge
from notices.enums import DeliveryStatus
from notices.models import EmailDelivery, Notice, Preference
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def letters(*keys: str) -> list[Letter]:
    unit = factories.unit()
    return [Letter("invitation", unit, unit, {}, key, f"{key}@school.example") for key in keys]


def test_letters_are_served_once() -> None:
    first = letters("a", "b")
    assert [send_letters(first, now=NOW), send_letters(first, now=NOW), send_letters([], now=NOW)] == [2, 0, 0]
    assert send_letters(letters("b", "c"), now=NOW) == 1
    assert sorted(EmailDelivery.objects.values_list("address", flat=True)) == [
        "a@school.example", "b@school.example", "c@school.example",
    ]  # fmt: skip


def test_letters_without_email_lie_in_the_inbox_alone() -> None:
    with without_email():
        assert send_letters(letters("a"), now=NOW) == 1
    assert Notice.objects.get().dedupe == "a"
    assert not EmailDelivery.objects.exists()


def test_nobody_chooses_no_email() -> None:
    with pytest.raises(Refused) as refused:
        choose_email(by=Actor(person_id=None, unit_id=None, role=""), kind="reminder", email=False)
    assert refused.value.reasons.codes == ["nobody"]
    assert not Preference.objects.exists()


class Clinging(EmailBackend):
    """Takes every letter, and breaks when it is told to hang up."""

    def close(self) -> None:
        raise ConnectionResetError("gone already")


def test_server_that_breaks_at_the_end_has_what_it_took(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Clinging"
    serve(kind="reminder", to_unit=factories.membership().unit, subject=None, params={}, now=NOW, dedupe="1")
    assert deliver(now=NOW).sent == 1
    assert EmailDelivery.objects.get().status == DeliveryStatus.SENT


def test_nudge_is_not_given_twice_by_one_process(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = False
    cache.delete(NUDGE_KEY)
    monkeypatch.setattr(_Nudged, "until", time.monotonic() + 60)
    nudge()
    assert cache.get(NUDGE_KEY) is None  # nothing was asked of the broker
