"""How many entries there are by status, stage, province, function and type.

Counting a million rows takes a second, so pages never count: they show a tally that is kept in the
cache for a minute and renewed by a task. If the task does not run, one visitor in five minutes waits.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import connection

from registry import opening
from registry.enums import VALID_STATES, EntryState
from rulebook.time import ZONE, local_date, start_of_day
from rulebook.time import now as present

logger = logging.getLogger(__name__)

KEY = "registry:tally"
FRESH, STALE, KEPT = 60, 300, 24 * 3600  # seconds
WAITS = 20  # tenths of a second to wait for somebody else's first count
MEMO = 5.0  # seconds in a worker's memory, so that a busy page does not ask the cache each time


@dataclass(slots=True)
class Tally:
    """Counts; ``made_at`` is a Unix time. Stages and functions count an entry once for each value."""

    made_at: float = 0.0
    total: int = 0
    valid: int = 0
    providers: int = 0
    this_month: int = 0
    by_state: dict[str, int] = field(default_factory=dict)
    by_province: dict[str, int] = field(default_factory=dict)
    by_stage: dict[str, int] = field(default_factory=dict)
    by_function: dict[str, int] = field(default_factory=dict)
    discipline: int = 0
    other_type: int = 0

    @property
    def rectifying(self) -> int:
        return self.by_state.get(EntryState.RECTIFYING, 0)

    @property
    def revoked(self) -> int:
        return self.by_state.get(EntryState.REVOKED, 0)

    @property
    def day(self) -> datetime:
        """When it was counted, in Beijing."""
        return datetime.fromtimestamp(self.made_at, tz=ZONE)


def count(*, now: datetime) -> Tally:
    """Count everything now. Two statements that read the whole table."""
    month = start_of_day(local_date(now).replace(day=1))
    tally = Tally(made_at=now.timestamp())
    hidden = list(opening.closed(now))  # what is not yet open to the public is not counted for it
    states: Counter[str] = Counter()
    provinces: Counter[str] = Counter()
    stages: Counter[str] = Counter()
    functions: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, province_code, is_discipline, stages, functions, count(*) "
            "FROM registry_entry WHERE prefix <> ALL(%s::varchar[]) GROUP BY 1, 2, 3, 4, 5",
            [hidden],
        )
        for state, province, discipline, in_stages, with_functions, number in cursor:
            tally.total += number
            states[state] += number
            provinces[province] += number
            if discipline:
                tally.discipline += number
            else:
                tally.other_type += number
            for stage in in_stages:
                stages[stage] += number
            for function in with_functions:
                functions[function] += number
        cursor.execute(
            "SELECT count(DISTINCT unit_id), count(*) FILTER (WHERE published_at >= %s) "
            "FROM registry_entry WHERE state IN ('published', 'rectifying') AND prefix <> ALL(%s::varchar[])",
            [month, hidden],
        )
        tally.providers, tally.this_month = cursor.fetchone()
    tally.by_state, tally.by_province = dict(states), dict(provinces)
    tally.by_stage, tally.by_function = dict(stages), dict(functions)
    tally.valid = sum(states[state] for state in VALID_STATES)
    return tally


def renew(*, now: datetime) -> Tally:
    """Count and keep."""
    tally = count(now=now)
    try:
        cache.set(KEY, asdict(tally), KEPT)
        cache.delete(f"{KEY}:renewing")
    except Exception as error:  # noqa: BLE001 - a cache that is down must not take the page with it
        logger.warning("the tally could not be kept: %s", error)
    _remember(tally)
    return tally


_memo: tuple[float, Tally] | None = None


def _remember(tally: Tally) -> Tally:
    global _memo  # noqa: PLW0603 - one value per worker process
    _memo = (time.monotonic(), tally)
    return tally


def forget() -> None:
    """Drop what this process remembers; the next page asks the cache."""
    global _memo  # noqa: PLW0603
    _memo = None


def current() -> Tally:
    """The tally for a page."""
    if _memo is not None and time.monotonic() - _memo[0] < MEMO:
        return _memo[1]
    try:
        for _attempt in range(WAITS):
            kept: dict[str, Any] | None = cache.get(KEY)
            age = time.time() - kept["made_at"] if kept else STALE + 1.0
            mine = age >= STALE and cache.add(f"{KEY}:renewing", 1, 60)
            if kept and not mine:
                return _remember(Tally(**kept))
            if mine:
                break
            time.sleep(
                0.1
            )  # the very first count is under way: all others wait a little, none counts as well
        else:
            return Tally(made_at=time.time())
    except Exception as error:  # noqa: BLE001 - see above
        logger.warning("the tally could not be read: %s", error)
        if _memo is not None:
            return _remember(_memo[1])
    return renew(now=present())
