# ruff: noqa: E501
"""``python -m benchmarks``: measure the portal and write docs/benchmarks.md.

Needs the embedded services (they start by themselves). Everything is measured in one run on the same
machine, as a ratio to a Django view without middleware under the same server.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
TABLE = REPOSITORY / "docs" / "benchmarks.md"
SIZES = (10_000, 100_000, 1_000_000)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10,000 entries and short runs; writes no file")
    parser.add_argument("--sizes", help="numbers of entries, separated by commas")
    parser.add_argument("--seconds", type=float, help="length of each measurement")
    parser.add_argument("--keep", action="store_true", help="keep and reuse the databases of the benchmark")
    parser.add_argument("--write", action="store_true", help="write the table although parts are left out")
    parser.add_argument("--only", choices=["registry", "review"], help="one part alone")
    parser.add_argument("--fill", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def child(database: str, *command: str) -> None:
    """Run Python on a database of the benchmark."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "PORTAL_BENCH_DATABASE": database,
    }
    subprocess.run([sys.executable, *command], env=environment, cwd=REPOSITORY, check=True)


def prepare(size: int, *, keep: bool) -> str:
    """A migrated database with ``size`` entries."""
    from django.db import connection

    name = f"bench_{size}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone():
            if keep:
                return name
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    print(f"filling {name} …", flush=True)
    child(name, "manage.py", "migrate", "-v0")
    child(name, "-m", "benchmarks", "--fill", str(size))
    return name


def drop(name: str) -> None:
    from django.db import connection

    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def use(name: str) -> None:
    """Point this process's connection at a database of the benchmark."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name


def main() -> None:
    options = arguments()
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    os.environ.setdefault("PORTAL_BENCH_DATABASE", "bench")
    import django

    django.setup()
    if options.fill:
        from benchmarks.data import fill

        fill(options.fill)
        return
    from django.core.management import call_command

    from benchmarks import load, registry
    from benchmarks.server import serving

    seconds = options.seconds or (1.5 if options.quick else 6.0)
    sizes = [10_000] if options.quick else list(SIZES)
    if options.sizes:
        sizes = [int(size) for size in options.sizes.split(",")]
    parts: list[tuple[str, list[registry.Row]]] = []
    call_command("collectstatic", verbosity=0, interactive=False)

    if options.only != "review":
        times: dict[int, dict[str, float]] = {}
        for size in sizes:
            name = prepare(size, keep=options.keep)
            use(name)
            with (
                serving("benchmarks.ceiling", ready="/ok/") as ceiling,
                serving("benchmarks.settings", database=name, ready="/healthz") as server,
            ):
                load.run(ceiling.port, [load.get("/ok/")], seconds=1)
                rows, times[size] = registry.measure(server, size, ceiling.port, seconds)
                if size == sizes[-1]:
                    rows.append(registry.page_weight(server))
            parts.append((f"Registry with {size:,} entries", rows))
            show(*parts[-1])
            use("postgres")
            if not options.keep:
                drop(name)
        if len(sizes) > 1:
            low, high = times[min(sizes)], times[max(sizes)]
            rows = [
                registry.Row(
                    f"Search, {kind} pair, through the API",
                    f"{high[kind] / low[kind]:.2f} × ({low[kind]:.1f} ms → {high[kind]:.1f} ms)", "≤ 1.5 ×",
                    high[kind] / low[kind] <= 1.5,
                )
                for kind in low
            ]  # fmt: skip
            parts.append((f"Growth from {min(sizes):,} to {max(sizes):,} entries", rows))
            show(*parts[-1])
    try:
        from benchmarks import review  # type: ignore[attr-defined]  # queue, sweep, numbering
    except ImportError:
        review = None
    if review is not None and options.only != "registry":
        # review.run(quick=bool, seconds=float) -> list of (title, list of Row)
        for part in review.run(quick=options.quick, seconds=seconds):
            parts.append(part)
            show(*part)
    if options.write or not (options.quick or options.only or options.sizes):
        write(parts)


def show(title: str, rows: list) -> None:
    print(f"\n{title}")
    for row in rows:
        mark = {True: "kept", False: "NOT KEPT", None: ""}[row.kept]
        print(f"  {row.what}: {row.figure}  {row.bound}  {mark}", flush=True)


def write(parts: list) -> None:
    """The table for docs/benchmarks.md."""
    lines = [
        "# Measurements",
        "",
        "Written by `make bench`. Requests per second are shares of a ceiling: a Django view that returns",
        '`{"ok": true}` without middleware, under the same gunicorn (two workers of four threads), on the same',
        "machine, in the same run. The load generator, PostgreSQL and Valkey share the machine with the server.",
        "",
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}.",
    ]
    for title, rows in parts:
        lines += ["", f"## {title}", "", "| What | Figure | Bound | Kept |", "|---|---|---|---|"]
        for row in rows:
            kept = {True: "yes", False: "**no**", None: ""}[row.kept]
            lines.append(f"| {row.what} | {row.figure} | {row.bound} | {kept} |")
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"\nwritten: {TABLE.relative_to(REPOSITORY)}")


if __name__ == "__main__":
    main()
