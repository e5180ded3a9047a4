"""An empty database that is filled at once is the same as one that was migrated step by step."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

WHAT = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default, character_maximum_length"
    " FROM information_schema.columns WHERE table_schema = 'public'"
    # Django's own table of groups gets its key's type from the settings in the one way, from its app in the other.
    " AND NOT (table_name = 'auth_group_permissions' AND column_name = 'id')",
    "indexes": "SELECT tablename, regexp_replace(indexdef, '_[0-9a-f]{8}[a-z_]*', '', 'g') FROM pg_indexes"
    " WHERE schemaname = 'public'",
    "constraints": "SELECT conrelid::regclass::text, regexp_replace(pg_get_constraintdef(oid), '_[0-9a-f]{8}', '', 'g')"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "triggers": "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "migrations": "SELECT app, name FROM django_migrations",
    "permissions": "SELECT codename FROM auth_permission",
}


@pytest.fixture
def databases(django_db_blocker: object) -> Iterator[list[str]]:
    """An empty one, and one that was filled at once: a copy of what ``prepare_database`` made for all tests."""
    names = [f"test_portal_{os.getpid()}_{way}" for way in ("steps", "once")]
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'CREATE DATABASE "{names[0]}"')
        cursor.execute(f'CREATE DATABASE "{names[1]}" TEMPLATE "{connection.settings_dict["TEST"]["TEMPLATE"]}"')
        yield names
        for name in names:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.slow
@pytest.mark.django_db
def test_filled_at_once_equals_migrated(databases: list[str], repository: Path, tmp_path: Path) -> None:
    found = []
    for name, command, said in (
        (databases[0], "migrate", "Applying"), (databases[1], "prepare_database", "the database is up to date"),
    ):  # fmt: skip
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "filing_portal.settings.stack",
            "PORTAL_TEST_DATABASE": name,
            "PORTAL_STACK_FOLDER": str(tmp_path),
        }
        run = [sys.executable, str(repository / "manage.py"), command]
        done = subprocess.run(run, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert said in done.stdout
        found.append(_inside(name))
    steps, once = found
    for what in WHAT:
        assert once[what] == steps[what], what
    assert len(steps["triggers"]) > 20


def _inside(name: str) -> dict[str, list[tuple[object, ...]]]:
    settings = connection.settings_dict
    parameters = {**connection.get_connection_params(), "dbname": name}
    for key in ("cursor_factory", "context"):
        parameters.pop(key, None)
    assert settings["ENGINE"]
    opened = psycopg2.connect(**parameters)
    try:
        with opened.cursor() as cursor:
            found = {}
            for what, query in WHAT.items():
                cursor.execute(query)
                found[what] = sorted(cursor.fetchall(), key=repr)
        return found
    finally:
        opened.close()
