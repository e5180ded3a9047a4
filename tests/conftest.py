"""What all tests share: the database, the clock, the closed network; the browser and the stack as plugins."""

from __future__ import annotations

import hashlib
import importlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import django
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
BEIJING = ZoneInfo("Asia/Shanghai")
TEMPLATE_LOCK = 0x66700007
KEPT_TEMPLATES = 3  # one goes back and forth between states of the migrations

#: The files that take longest, longest first: begun last, one of them would run on alone. Figures: `--durations=0`.
HEAVY = [
    "accounts/test_endpoint_matrix.py",
    "browser/test_pages_axe.py",
    "browser/test_main_journey.py",
    "filing_portal/test_run.py",
    "supervision/test_privacy.py",
    "browser/test_school_journey.py",
    "providers/test_wizard_sections.py",
    "accounts/test_imports.py",
    "browser/test_supervision_journey.py",
    "filing_portal/test_demo.py",
    "review/test_review_browser.py",
    "filing_portal/test_fresh.py",
    "users/test_matrix.py",
    "filing_portal/test_embedded.py",
    "providers/test_wizard_browser.py",
    "users/test_properties.py",
    "accounts/test_pages_browser.py",
    "review/test_uses_browser.py",
    "users/test_sequences.py",
    "review/test_matrix.py",
    "users/test_dashboards.py",
    "guidance/test_browser.py",
    "review/test_case.py",
    "users/test_dashboards_browser.py",
]

pytest_plugins = ["tests.browser_fixtures", "tests.stack_fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """Pages are tested in Chinese, which Django reads from the compiled catalogue."""
    from filing_portal.messages import compile_catalogue

    compile_catalogue()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Everything is imported where coverage looks: what is first met by a test without it would count as never run."""
    for path in sorted(REPOSITORY.glob("*/**/*.py")):
        name = path.relative_to(REPOSITORY).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        room, *rest = name.split(".")
        if (REPOSITORY / room / "apps.py").exists() and not {"settings", "__main__", "migrations", "wsgi"} & set(rest):
            importlib.import_module(name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need a database carry the mark ``database``; the others are the quick ones of ``make check``.

    The heavy files come first, the rest keeps its order. Those marked ``breadth`` go without coverage, which
    doubles their time: they run lines that other tests have run, in many combinations.
    """
    place = {str(REPOSITORY / "tests" / name): number for number, name in enumerate(HEAVY)}
    items.sort(key=lambda item: place.get(str(item.path), len(place)))
    for item in items:
        if item.get_closest_marker("breadth"):
            item.add_marker("no_cover")
        names = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or names & {"db", "transactional_db", "django_db_setup"}:
            item.add_marker(pytest.mark.database)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of the project."""
    return REPOSITORY


# --- network ---------------------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Nothing but this machine may be reached."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]
            if host not in ("localhost", "::1") and not str(host).startswith("127."):
                raise RuntimeError(f"Tests reach this machine alone, not {host}")
        return connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


# --- database and clock ------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Drops the databases of test runs that were killed; the new one is a copy of a migrated template."""
    from django.conf import settings
    from django.db import connection

    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_portal\\_%'")
        for (name,) in cursor.fetchall():
            found = re.fullmatch(r"test_portal_(\d+)", name)
            if found and not _process_exists(int(found[1])):
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        template = _migrated_template(cursor, tmp_path_factory)
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = template
    connection.settings_dict["TEST"]["TEMPLATE"] = template


def _migrated_template(cursor: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with all migrations applied, made once for every state of the migrations.

    Test processes that start together wait for the first of them to make it.
    """
    digest = hashlib.sha256(django.__version__.encode())
    parts = ("*/migrations/*.py", "*/models.py", "*/models/*.py", "filing_portal/fresh.py")
    for path in sorted(path for part in parts for path in REPOSITORY.glob(part)):
        digest.update(path.name.encode() + path.read_bytes())
    name = f"template_portal_{digest.hexdigest()[:12]}"
    cursor.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
    try:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'template\\_portal\\_%'")
        present = {row[0] for row in cursor.fetchall()}
        if name not in present:
            for old in sorted(present) if len(present) > KEPT_TEMPLATES else ():
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
            building = f"{name}_building"
            cursor.execute(f'DROP DATABASE IF EXISTS "{building}"')
            cursor.execute(f'CREATE DATABASE "{building}"')
            folder = tmp_path_factory.mktemp("template")
            environment = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "filing_portal.settings.stack",
                "PORTAL_TEST_DATABASE": building,
                "PORTAL_STACK_FOLDER": str(folder),
            }
            command = [sys.executable, str(REPOSITORY / "manage.py"), "prepare_database"]
            done = subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            cursor.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
    finally:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [TEMPLATE_LOCK])
    return name


#: filled by Django after a migration, and the same for every test
STANDING = {"django_content_type", "auth_permission", "django_site"}


@pytest.fixture(autouse=True, scope="session")
def _emptied_quickly_between_tests() -> Iterator[None]:
    """Transactional tests leave rows in some tables: these are emptied, instead of all tables being cut anew.

    Cutting more than a hundred tables takes seconds. The ledger refuses to be emptied; replica mode lets the rows
    go without asking triggers and foreign keys, between such tests only.
    """
    from django.db import connections
    from django.db.backends.postgresql.operations import DatabaseOperations

    sql_flush = DatabaseOperations.sql_flush

    def flush(self: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
        quote = self.quote_name
        wanted = [table for table in tables if table not in STANDING]
        with connections[self.connection.alias].cursor() as cursor:
            asked = " UNION ALL ".join(
                f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})" for table in wanted
            )
            cursor.execute(asked)
            filled = [row[0] for row in cursor.fetchall()]
            if filled:
                deletes = "; ".join(f"DELETE FROM {quote(table)}" for table in filled)
                cursor.execute(
                    f"SET session_replication_role = replica; {deletes}; SET session_replication_role = DEFAULT"
                )
        return []  # nothing is left to do, and nothing to be filled again

    DatabaseOperations.sql_flush = flush  # type: ignore[method-assign,assignment]
    yield
    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]


def _process_exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@pytest.fixture(autouse=True)
def _clean_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """Throttles and cached answers of one test do not reach the next."""
    yield
    if {"db", "transactional_db", "client", "live_server"} & set(
        request.fixturenames
    ) or request.node.get_closest_marker("django_db"):
        from django.core.cache import cache

        cache.clear()


@pytest.fixture(autouse=True)
def _files_of_the_test(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Uploads of a test go to a folder of the test run, made when something is stored."""
    settings.MEDIA_ROOT = str(tmp_path_factory.getbasetemp() / "files")


@pytest.fixture
def beijing() -> Callable[..., datetime]:
    """``beijing(2026, 9, 24, 10, 30)``: an aware moment in the legal zone."""

    def moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
        return datetime(year, month, day, hour, minute, second, tzinfo=BEIJING)

    return moment


@pytest.fixture(autouse=True)
def _policies_forgotten() -> None:
    """The registry keeps what the policies say for some seconds; another test's are gone from the database."""
    from registry import opening

    opening.forget()


@pytest.fixture
def freeze(settings: Any) -> Callable[[datetime], datetime]:
    """``freeze(moment)``: rulebook.time.now() says this moment until the test ends."""

    def at(moment: datetime) -> datetime:
        assert moment.tzinfo is not None, "a moment without a zone is no moment"
        settings.PORTAL_FROZEN_NOW = moment
        return moment

    return at


@pytest.fixture
def now(freeze: Callable[[datetime], datetime], beijing: Callable[..., datetime]) -> datetime:
    """A working morning, Tuesday 2026-03-10 at 10:00 in Beijing, frozen for the test."""
    return freeze(beijing(2026, 3, 10, 10))
