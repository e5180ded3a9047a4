"""Kept connections: a living one is believed without a statement, a dead one is found before it is used."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept() -> Any:
    """A connection beside the tests' own, open and at rest."""
    beside = connection.copy()
    beside.ensure_connection()
    yield beside
    beside.close()


def _number(kept: Any) -> int:
    return int(kept.connection.info.backend_pid)


def _statements_of(kept: Any) -> Any:
    """When the server last heard of this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT query_start FROM pg_stat_activity WHERE pid = %s", [_number(kept)])
        return cursor.fetchone()[0]


def test_living_connection_is_believed_without_a_statement(kept: Any) -> None:
    with kept.cursor() as cursor:
        cursor.execute("SELECT 1")
    before = _statements_of(kept)
    assert kept.is_usable()
    assert _statements_of(kept) == before


def test_connection_that_the_server_ended_is_found(kept: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [_number(kept)])
    assert not kept.is_usable()


def test_connection_that_was_closed_here_is_found(kept: Any) -> None:
    kept.connection.close()
    assert not kept.is_usable()


def test_connection_with_something_to_say_is_asked_by_a_statement(kept: Any) -> None:
    """A notification is waiting: nothing is wrong, and the connection is kept."""
    with kept.cursor() as cursor:
        cursor.execute("LISTEN something")
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY something")
    assert kept.is_usable()


def test_next_request_gets_a_new_connection_after_the_server_ended_the_old(kept: Any) -> None:
    kept.settings_dict = {**kept.settings_dict, "CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 600}
    kept.health_check_enabled = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [_number(kept)])
    kept.health_check_done = False
    with kept.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
