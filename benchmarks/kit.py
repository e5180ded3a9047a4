"""What every suite of the benchmark uses: its options, a line of the table, shares of the ceiling, timing."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import load

#: the ceiling and what is measured take turns, so that a busy machine slows both alike
SLICES = 4
AS_FAST = 1.2
SHORTEST = 1.0  # seconds of a turn; with fewer, slow pages would be counted from a handful of answers


@dataclass(frozen=True)
class Options:
    """What the command line asked for. ``seconds``: length of one measurement; ``sizes``: numbers of entries."""

    quick: bool = False
    keep: bool = False
    seconds: float = 6.0
    sizes: tuple[int, ...] = (10_000, 100_000, 1_000_000)


@dataclass
class Row:
    """A line of the table: what was measured, the figure, the bound, and whether it is kept (None: no bound)."""

    what: str
    figure: str
    bound: str = ""
    kept: bool | None = None
    alone: float = 0.0  # milliseconds that one visitor alone waits, where that was measured


#: a heading with its lines
Part = tuple[str, list[Row]]


def share(
    ceiling_port: int, port: int, requests: Sequence[bytes], seconds: float, bound: float | None, what: str
) -> Row:
    """Requests per second as a share of the ceiling, in turns, with the time that one visitor alone waits."""
    load.run(port, requests, seconds=min(1.0, seconds / 4))
    part, ceiling = load.Result(), load.Result()
    turns = max(1, min(SLICES, int(seconds / SHORTEST)))
    for _ in range(turns):
        ceiling.add(load.run(ceiling_port, [load.get("/ok/")], seconds=seconds / turns))
        part.add(load.run(port, requests, seconds=seconds / turns))
    alone = load.run(port, requests, seconds=min(1.5, seconds / 4), connections=1)
    value = part.per_second / ceiling.per_second if ceiling.answers else 0.0
    trouble = [*ceiling.errors, *part.errors, *alone.errors]
    errors = f"; errors: {', '.join(trouble[:3])}" if trouble else ""
    rates = f"{rate(part.per_second)} of {rate(ceiling.per_second)}"
    figure = f"{percent(value)} ({rates}; one visitor alone waits {alone.median:.1f} ms{errors})"
    if bound is None:
        return Row(what, figure, "", None if not trouble else False, alone.median)
    return Row(what, figure, f"≥ {percent(bound)}", value >= bound and not trouble, alone.median)


def as_fast(first: Row, other: Row) -> Row:
    """``other`` held to ``first``: a late page is to come as fast as the first one."""
    factor = other.alone / first.alone if first.alone else 0.0
    other.figure += f"; {factor:.2f} × the first"
    other.bound, other.kept = f"≤ {AS_FAST:g} × the first", other.kept is None and factor <= AS_FAST
    return other


def percent(value: float) -> str:
    """A share in words: with a decimal below ten per cent, where it matters."""
    return f"{value:.1%}" if value < 0.0995 and round(value, 2) != round(value, 4) else f"{value:.0%}"


def rate(value: float) -> str:
    return f"{value:,.0f}/s" if value >= 100 else f"{value:.1f}/s"


def timed(act: Callable[[], Any], *, least: int = 20, seconds: float = 1.0) -> float:
    """Median time of ``act`` in milliseconds."""
    act()
    times: list[float] = []
    until = time.perf_counter() + seconds
    while len(times) < least or time.perf_counter() < until:
        begun = time.perf_counter()
        act()
        times.append((time.perf_counter() - begun) * 1000)
        if len(times) >= 2000:
            break
    return statistics.median(times)
