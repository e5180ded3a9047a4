"""Test processes share one Valkey: emptying the cache of one leaves the others' sessions alone."""

from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.mark.django_db
def test_clear_takes_away_own_keys_alone() -> None:
    client = cache._cache.get_client(write=True)  # type: ignore[attr-defined]
    foreign = f"another-{cache.key_prefix}:1:session"
    client.set(foreign, 1, ex=60)
    cache.set("own", 1)
    cache.clear()
    assert cache.get("own") is None
    assert client.get(foreign) is not None
    client.delete(foreign)
