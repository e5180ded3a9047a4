"""The registry's figures: verification, search, bulk verification, growth, page weight, memory."""

from __future__ import annotations

import json
import random
import re
import urllib.request
from collections.abc import Iterator, Sequence
from urllib.parse import quote, urljoin

from benchmarks import load
from benchmarks.databases import with_entries
from benchmarks.kit import Options, Part, Row, share, timed
from benchmarks.server import Server, serving

VERIFY, SEARCH_API, SEARCH_PAGE = "/api/v1/registry/verify/", "/api/v1/registry/entries/", "/"


def numbers(count: int, wanted: int) -> list[str]:
    """Issued numbers, drawn at random."""
    from registry.models import Entry

    chance = random.Random(7)
    keys = chance.sample(range(1, count + 1), min(wanted, count))
    return list(Entry.objects.filter(pk__in=keys).values_list("number", flat=True))


def queries() -> dict[str, str]:
    from benchmarks.data import QUERIES

    return QUERIES


def verify_requests(found: Sequence[str]) -> list[bytes]:
    return [load.get(f"{VERIFY}{quote(number)}/") for number in found]


def search_requests(path: str, texts: Sequence[str]) -> list[bytes]:
    return [load.get(f"{path}?q={quote(text)}", Accept_Language="zh-CN") for text in texts]


def search_sql(text: str) -> float:
    """The statement of a search's first page, without anything around it, in milliseconds.

    Few matches come with their count; matches above the cap are counted once in ten minutes, and then left out.
    """
    from django.db import connection

    from registry import queries as registry
    from registry import statements
    from registry.search import tsquery

    terms, size = tsquery(text), registry.PAGE_SIZE
    if registry.search(text).capped:
        sql, params, _ = statements.page_sql(terms, registry.Filters(), "newest", "", size)
    else:
        sql, params = statements.together_sql(terms, registry.Filters(), "newest", size)

    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            cursor.fetchall()

    return timed(act)


def bulk(server: Server, found: Sequence[str]) -> Row:
    """1,000 numbers in one call against the bare statement."""
    from django.db import connection

    asked = [found[index % len(found)] for index in range(1000)]
    request = load.post(VERIFY, json.dumps({"numbers": asked}).encode())

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT number, verify_json FROM registry_entry WHERE number = ANY(%s)", [asked])
            cursor.fetchall()

    sql = timed(bare)
    call = load.run(server.port, [request], seconds=3, connections=1)
    ratio = call.median / sql if sql else 0.0
    return Row(
        "Bulk verification of 1,000 numbers, time against the bare SQL",
        f"{ratio:.1f} × ({call.median:.1f} ms against {sql:.1f} ms)", "≤ 3 ×", ratio <= 3 and not call.errors,
    )  # fmt: skip


def page_weight(server: Server) -> Row:
    """Bytes of a first visit of the home page: the page itself and everything it names."""
    base = f"http://127.0.0.1:{server.port}/"

    def fetch(url: str) -> tuple[int, str, str]:
        request = urllib.request.Request(url, headers={"Accept-Encoding": "br, gzip"})
        with urllib.request.urlopen(request) as answer:
            body = answer.read()
            encoded = answer.headers.get("Content-Encoding", "")
            return (
                len(body),
                "" if encoded else body.decode("utf-8", "replace"),
                answer.headers.get("Cache-Control", ""),
            )

    total, html, _ = fetch(base)
    named = set(re.findall(r'(?:href|src)="([^"#]+\.(?:css|js|svg|png|woff2?)(?:\?[^"#]*)?)', html))
    foreign = [url for url in named if url.startswith(("http:", "https:", "//"))]
    for url in named - set(foreign):
        total += fetch(urljoin(base, url))[0]
    return Row(
        "First visit of the home page, all files as sent",
        f"{total / 1024:.0f} KB in {len(named) + 1} files{', some from elsewhere' if foreign else ''}",
        "≤ 250 KB", total <= 250 * 1024 and not foreign,
    )  # fmt: skip


def measure(server: Server, count: int, ceiling_port: int, seconds: float) -> tuple[list[Row], dict[str, float]]:
    """All figures at one size, and the search times (ms) that the growth is computed from."""
    found = numbers(count, 2000)
    texts = list(queries().values())
    rows = []
    warm = (
        search_requests(SEARCH_API, texts) + search_requests(SEARCH_PAGE, texts) + verify_requests(found[:50])
    )
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/") as first:  # the first page counts everything
        first.read()
    load.run(server.port, warm, seconds=2.5)
    pair = queries()["middle"]
    for asked, bound, what in (
        (verify_requests(found), 0.40, "Verifying one number through the API"),
        (search_requests(SEARCH_API, [pair]), 0.12, f"Search through the API, first page, “{pair}”"),
        (search_requests(SEARCH_PAGE, [pair]), 0.06, f"Search as a page, first page, “{pair}”"),
    ):
        rows.append(share(ceiling_port, server.port, asked, seconds, bound, what))
    times: dict[str, float] = {}
    for kind, text in queries().items():
        sql = search_sql(text)
        one = load.run(
            server.port, search_requests(SEARCH_API, [text]), seconds=max(1.0, seconds / 3), connections=1
        )
        times[kind] = one.median
        ratio = one.median / sql if sql else 0.0
        rows.append(
            Row(
                f"Search “{text}” ({kind} pair): server time against its SQL",
                f"{ratio:.1f} × ({one.median:.1f} ms against {sql:.1f} ms)", "≤ 4 ×", ratio <= 4,
            )
        )  # fmt: skip
    rows.append(bulk(server, found))
    rows.append(
        Row(
            "Memory of the larger web worker", f"{server.worker_megabytes():.0f} MB", "≤ 250 MB",
            server.worker_megabytes() <= 250,
        )
    )  # fmt: skip
    return rows, times


def run(options: Options) -> Iterator[Part]:
    """Every size by itself, then the growth from the smallest to the largest."""
    times: dict[int, dict[str, float]] = {}
    for size in options.sizes:
        with (
            with_entries(size, keep=options.keep) as name,
            serving("benchmarks.ceiling", ready="/ok/") as ceiling,
            serving("benchmarks.settings", database=name, ready="/healthz") as server,
        ):
            load.run(ceiling.port, [load.get("/ok/")], seconds=1)
            rows, times[size] = measure(server, size, ceiling.port, options.seconds)
            if size == options.sizes[-1]:
                rows.append(page_weight(server))
        yield f"Registry with {size:,} entries", rows
    if len(times) > 1:
        yield f"Growth from {min(times):,} to {max(times):,} entries", growth(times)


def growth(times: dict[int, dict[str, float]]) -> list[Row]:
    """How the time of a search changes with the number of entries."""
    low, high = times[min(times)], times[max(times)]
    rows = []
    for kind in low:
        steps = " → ".join(f"{times[size][kind]:.1f} ms" for size in sorted(times))
        factor = high[kind] / low[kind]
        rows.append(Row(f"Search, {kind} pair, through the API", f"{factor:.2f} × ({steps})", "≤ 1.5 ×", factor <= 1.5))
    return rows
