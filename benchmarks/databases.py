"""Databases of the benchmark's own beside the portal's: made, filled, kept for the next run or dropped."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

REPOSITORY = Path(__file__).resolve().parent.parent


def child(database: str, *command: str) -> None:
    """Run Python on a database of the benchmark."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "PORTAL_BENCH_DATABASE": database,
    }
    subprocess.run([sys.executable, *command], env=environment, cwd=REPOSITORY, check=True)


def use(name: str) -> None:
    """Point this process's connection at a database of the benchmark."""
    connection.close()
    connection.settings_dict["NAME"] = name


def create(name: str) -> None:
    """An empty, migrated database; one of the same name is dropped before."""
    drop(name)
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"CREATE DATABASE {name}")
    child(name, "manage.py", "prepare_database")


def drop(name: str) -> None:
    connection.close()
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _kept(name: str) -> bool:
    """Whether a whole database of an earlier run with this schema is there: one that was filled to the end."""
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        )
        row = cursor.fetchone()
    return bool(row) and row[0] == _schema()


def _schema() -> str:
    """A mark of the schema: the newest migration of every room."""
    from django.db.migrations.loader import MigrationLoader

    leaves = MigrationLoader(None).graph.leaf_nodes()
    return "bench " + " ".join(f"{room}.{name[:4]}" for room, name in sorted(leaves))


def _mark(name: str) -> None:
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"COMMENT ON DATABASE {name} IS %s", [_schema()])


@contextmanager
def with_entries(size: int, *, keep: bool) -> Iterator[str]:
    """A database with ``size`` published entries; this process uses it meanwhile."""
    name = f"bench_{size}"
    if not (keep and _kept(name)):
        print(f"filling {name} …", flush=True)
        create(name)
        child(name, "-m", "benchmarks", "--fill", str(size))
        _mark(name)
    try:
        use(name)
        yield name
    finally:
        use("postgres")
        if not keep:
            drop(name)


@contextmanager
def fresh(name: str) -> Iterator[str]:
    """A migrated database without any row of the portal's, used by this process and dropped afterwards."""
    create(name)
    try:
        use(name)
        yield name
    finally:
        use("postgres")
        drop(name)
