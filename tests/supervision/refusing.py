"""What a verb of supervision says against an act that changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ledger.acts import Actor, Refused
from supervision.domain import (
    Invalid,
)
from tests import factories_supervision as make
from tests.trace import trace

NOW = make.NOW
DAY = NOW.date()
NOBODY = Actor(person_id=None, unit_id=None, role="")


def refused(act: Callable[[], Any]) -> list[str]:
    """The reasons of a refusal that changed nothing."""
    before = trace()
    with pytest.raises(Refused) as caught:
        act()
    assert trace() == before
    return caught.value.reasons.codes


def wrong(act: Callable[[], Any]) -> list[str]:
    """The fields beside which an error stands; nothing was changed."""
    before = trace()
    with pytest.raises(Invalid) as caught:
        act()
    assert trace() == before
    return sorted(caught.value.errors)
