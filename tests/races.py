"""Two that act on the same thing at once: the second waits for the first, whose act is not yet committed.

    assert second_comer(first, second) is the error that the second met, or None
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import connection, transaction

from ledger.acts import ActError

_WAITING = """
    SELECT pg_stat_clear_snapshot(), (SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock')
"""


def second_comer(first: Callable[[], object], second: Callable[[], object]) -> ActError | None:
    """Does ``first``, lets ``second`` run into it, commits; needs a test whose transactions are real."""
    met: list[ActError] = []

    def run() -> None:
        try:
            second()
        except ActError as error:
            met.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        until_it_waits()
    thread.join(30)
    assert not thread.is_alive()
    return met[0] if met else None


def until_it_waits() -> None:
    """Until another session waits for a lock of this one."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(_WAITING)
            if cursor.fetchone()[1]:
                return
        time.sleep(0.02)
    raise AssertionError("the second did not meet the first")
