"""``python -m benchmarks``: measure the portal and write docs/benchmarks.md.

Needs the embedded services (they start by themselves). Everything is measured in one run on the same
machine, as a ratio to a Django view without middleware under the same server.

What is measured stands in suites: modules of this package with ``run(options) -> Iterator[Part]``, listed
in ``SUITES``. A further one is a module here and its name there.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
TABLE = REPOSITORY / "docs" / "benchmarks.md"
SIZES = (10_000, 100_000, 1_000_000)
#: modules of this package, in the order of the table
SUITES = ("registry", "casework", "review", "uses", "supervision")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10,000 entries and short runs; writes no file")
    parser.add_argument("--sizes", help="numbers of entries, separated by commas")
    parser.add_argument("--seconds", type=float, help="length of each measurement")
    parser.add_argument("--keep", action="store_true", help="keep and reuse the large databases of the benchmark")
    parser.add_argument("--write", action="store_true", help="write the table although parts are left out")
    parser.add_argument("--only", action="append", choices=SUITES, help="one suite alone; may be given again")
    parser.add_argument("--fill", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    os.environ.setdefault("PORTAL_BENCH_DATABASE", "postgres")
    import django

    django.setup()
    if asked.fill:
        from benchmarks.data import fill

        fill(asked.fill)
        return
    from django.core.management import call_command

    from benchmarks.kit import Options, Part

    sizes = (10_000,) if asked.quick else SIZES
    if asked.sizes:
        sizes = tuple(sorted(int(size) for size in asked.sizes.split(",")))
    options = Options(
        quick=asked.quick, keep=asked.keep, sizes=sizes, seconds=asked.seconds or (2.0 if asked.quick else 6.0)
    )
    call_command("collectstatic", verbosity=0, interactive=False)
    parts: list[Part] = []
    begun = time.perf_counter()
    for name in asked.only or SUITES:
        for part in importlib.import_module(f"benchmarks.{name}").run(options):
            parts.append(part)
            show(*part)
    bounds = [row.kept for _title, rows in parts for row in rows if row.kept is not None]
    minutes = (time.perf_counter() - begun) / 60
    print(f"\n{sum(bounds)} of {len(bounds)} bounds kept, in {minutes:.0f} minutes")
    if asked.write or not (asked.quick or asked.only or asked.sizes):
        write(parts, options)


def show(title: str, rows: list) -> None:
    print(f"\n{title}")
    for row in rows:
        mark = {True: "kept", False: "NOT KEPT", None: ""}[row.kept]
        print(f"  {row.what}: {row.figure}  {row.bound}  {mark}", flush=True)


def write(parts: list, options: object) -> None:
    """The table for docs/benchmarks.md."""
    seconds = getattr(options, "seconds", 0)
    machine = f"Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    machine += f", Python {platform.python_version()}"
    lines = [
        "# Measurements",
        "",
        "Written by `make bench`. Requests per second are shares of a ceiling: a Django view that returns",
        '`{"ok": true}` without middleware, under the same gunicorn (two workers of four threads), on the same',
        "machine, in the same run, in turns with what is measured. The load generator (eight connections),",
        "PostgreSQL and Valkey share the machine with the server.",
        "",
        f"{machine}; {seconds:g} s a measurement.",
    ]
    for title, rows in parts:
        lines += ["", f"## {title}", "", "| What | Figure | Bound | Kept |", "|---|---|---|---|"]
        for row in rows:
            kept = {True: "yes", False: "**no**", None: ""}[row.kept]
            lines.append(f"| {row.what} | {row.figure} | {row.bound} | {kept} |")
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"written: {TABLE.relative_to(REPOSITORY)}")


if __name__ == "__main__":
    main()
