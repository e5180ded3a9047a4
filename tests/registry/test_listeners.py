"""Rooms above hear of an entry once, however often they registered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from registry.domain import publication, status


@pytest.fixture
def _kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Registrations of a test end with it."""
    monkeypatch.setattr(publication, "_renewals", list(publication._renewals))
    monkeypatch.setattr(status, "_listeners", list(status._listeners))
    monkeypatch.setattr(status, "_concerned", dict(status._concerned))
    yield


def test_listener_that_registers_twice_hears_once(_kept: None) -> None:
    def hear(*_said: Any) -> None: ...

    def concerned(keys: Any) -> Any:
        return keys

    for _time in range(2):
        publication.on_renewal(hear)
        status.on_move(hear)
    assert publication._renewals.count(hear) == status._listeners.count(hear) == 1
    assert hear not in status._concerned
    status.on_move(hear, concerned=concerned)  # said later: it counts, and the listener still hears once
    assert status._listeners.count(hear) == 1
    assert status._concerned[hear] is concerned
