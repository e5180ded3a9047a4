"""What the policies say of public entries: from which day they are open to query, and how long they stay fresh.

``public_from`` (Measures, notice 5): until 00:00 in Beijing of that day an authority's entries are for nobody to
see but their parties: not in search, pages, lists, feeds or interfaces. Everything public asks here, by the prefix
of the number, so the answer says nothing about whether a number was issued.

The present moment is read here, not handed in: the question is asked by every public read, also in front of
Django. What was read is kept in the process for some seconds, and forgotten when a policy is published in it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from registry.numbers import MINISTRY_PREFIX, PREFIXES
from rulebook import policies
from rulebook.authorities import NAMES
from rulebook.catalogue import parse_day
from rulebook.time import local_date, start_of_day
from rulebook.time import now as present

KEPT = 5.0  # seconds
#: the setting that says how many months published information is good for
MONTHS = "information_months"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the policies in force on a day say, by prefix and by the key of the authority."""

    on: date
    opens: Mapping[str, date]  # by prefix
    later: Mapping[str, date]  # of these those that are not yet open on that day
    months: Mapping[str, int]  # by the key of the authority, "moe" for all that are not named


_kept: tuple[float, Kept] | None = None


def forget(*_arguments: object) -> None:
    """Drop what this process remembers; the next read asks the rulebook."""
    global _kept  # noqa: PLW0603 - one value per worker process
    _kept = None


def read(on: date) -> Kept:
    """What the policies in force on that day say; one query."""
    said = policies.by_authority(on, "public_from", "number_prefix", MONTHS)
    opens, prefixes = said["public_from"], said["number_prefix"]
    found = {prefix: parse_day(opens["moe"]) or date.min for prefix in PREFIXES}
    for code in NAMES:
        if code != "moe" and len(code) != 2:
            continue  # a city's policy: its province numbers the apps
        # The ministry's prefix is its own; a province without one of its own has its code.
        prefix = prefixes.get(code) or (MINISTRY_PREFIX if code == "moe" else code)
        found[prefix] = parse_day(opens.get(code, opens["moe"])) or date.min
    return Kept(on, found, {prefix: day for prefix, day in found.items() if day > on}, said[MONTHS])


def current(now: datetime | None = None) -> Kept:
    """The same for the present day, at most some seconds old."""
    global _kept  # noqa: PLW0603
    today = local_date(now or present())
    if _kept is None or _kept[1].on != today or time.monotonic() - _kept[0] > KEPT:
        _kept = (time.monotonic(), read(today))
    return _kept[1]


def closed(now: datetime | None = None) -> Mapping[str, date]:
    """Prefixes that are not yet open to the public, with the day on which they open; mostly none."""
    return current(now).later


def opens_on(prefix: str) -> date | None:
    """The day on which the numbers with this prefix open to the public; None where they are open."""
    return closed().get(prefix)


def seconds_until(day: date) -> int:
    """Whole seconds until that day begins in Beijing, at least 0: how long "not yet open" may be kept."""
    return max(0, int((start_of_day(day) - present()).total_seconds()))
