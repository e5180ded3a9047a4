"""What all tests share: the database, the clock, the closed network, the browser, the running stack."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
BEIJING = ZoneInfo("Asia/Shanghai")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


# --- collection ------------------------------------------------------------------------------


def chromium() -> str | None:
    """The browser's path: the variable CHROMIUM, or what the system has."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    return str(mac) if mac.exists() else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that use the browser carry its marker, and are skipped where there is none."""
    skipped = 0
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
            if chromium() is None:
                if os.environ.get("PORTAL_REQUIRE_BROWSER"):
                    continue  # the fixture fails
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))
                skipped += 1
    config.stash[_SKIPPED] = skipped


_SKIPPED = pytest.StashKey[int]()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    count = config.stash.get(_SKIPPED, 0)
    if count:
        terminalreporter.section("BROWSER TESTS DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.write_line(
            f"{count} browser tests were skipped: no Chromium was found. Install it, or name it in CHROMIUM."
        )


def pytest_configure(config: pytest.Config) -> None:
    """Pages are tested in Chinese, which Django reads from the compiled catalogue."""
    from filing_portal.messages import compile_catalogue

    compile_catalogue()


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
def django_db_modify_db_settings(django_db_blocker: Any) -> None:
    """Drops the databases of test runs that were killed."""
    from django.db import connection

    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_portal\\_%'")
        for (name,) in cursor.fetchall():
            found = re.fullmatch(r"test_portal_(\d+)", name)
            if found and not _process_exists(int(found[1])):
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(autouse=True, scope="session")
def _ledger_may_be_emptied_between_tests() -> Iterator[None]:
    """The ledger refuses TRUNCATE unless told otherwise, which is done between transactional tests only."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    execute = DatabaseOperations.execute_sql_flush

    def flush(self: Any, sql_list: list[str]) -> None:
        allow, refuse = "SET portal.allow_truncate = 'on'", "SET portal.allow_truncate = 'off'"
        execute(self, [allow, *sql_list, refuse] if sql_list else [])

    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
    yield
    DatabaseOperations.execute_sql_flush = execute  # type: ignore[method-assign]


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

        pattern = cache.make_key("*")
        client = cache._cache.get_client(write=True)  # type: ignore[attr-defined]
        keys = list(client.scan_iter(pattern, count=1000))
        if keys:
            client.delete(*keys)


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


# --- browser -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium under Playwright, one for the whole run."""
    path = chromium()
    if path is None:
        pytest.fail("no Chromium was found, and PORTAL_REQUIRE_BROWSER is set")
    # Playwright's loop runs in this thread, while Django's calls beside it are ordinary ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """``new_page(width=1280, language="zh-CN")`` opens a page in a browser session of its own.

    At the end of the test no page may have had a script error or broken the content policy.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def heard(message: Any) -> None:
        if "Content Security Policy" in message.text or "Refused to" in message.text:
            complaints.append(message.text)

    def make(*, width: int = 1280, height: int = 900, language: str = "zh-CN", **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, locale=language, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", heard)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """A page 1280 pixels wide, in Chinese."""
    return new_page()


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[..., None]:
    """``assert_accessible(page)``: axe finds nothing against WCAG 2.2 AA, and nothing runs out of the page's width."""
    import axe_core_python

    script = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")

    def check(page: Any, *, leave_out: list[str] | None = None) -> None:
        page.evaluate(script)
        options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
        context = {"exclude": [[selector] for selector in leave_out or []]}
        found = page.evaluate(
            f"axe.run({json.dumps(context)}, {json.dumps(options)})"
            if leave_out
            else f"axe.run({json.dumps(options)})"
        )
        lines = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
            + "\n    ".join(
                node["html"][:200] + "  " + " ".join(map(str, node["target"]))
                for node in violation["nodes"][:5]
            )
            for violation in found["violations"]
        ]
        assert not lines, f"{page.url}\n" + "\n".join(lines)
        wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide[0] <= wide[1] + 1, f"{page.url} is {wide[0]} px wide in a window of {wide[1]}"

    return check


# --- a running stack ---------------------------------------------------------------------------


@dataclass
class RunningStack:
    """Gunicorn and a Celery worker as processes of their own on the test run's database."""

    url: str
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def mail(self) -> Path:
        """The folder into which the stack writes its e-mails."""
        return self.folder / "mail"

    def freeze(self, moment: datetime) -> datetime:
        """All the stack's processes take this for the present moment."""
        assert moment.tzinfo is not None
        temporary = self.folder / "now.new"
        temporary.write_text(moment.isoformat())
        temporary.replace(self.folder / "now")
        return moment

    def thaw(self) -> None:
        (self.folder / "now").unlink(missing_ok=True)

    def manage(self, *arguments: str) -> str:
        """Runs a management command on the stack's database and clock; returns what it prints."""
        done = subprocess.run(
            [sys.executable, str(REPOSITORY / "manage.py"), *arguments],
            env=self.environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    environment: dict[str, str] = field(default_factory=dict)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def _stack(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    from django.conf import settings
    from django.db import connection

    folder = tmp_path_factory.mktemp("stack")
    (folder / "mail").mkdir()
    port = free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "filing_portal.settings.stack",
        "PORTAL_TEST_DATABASE": connection.settings_dict["NAME"] or settings.TEST_DATABASE,
        "PORTAL_STACK_FOLDER": str(folder),
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
    }
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    stack = RunningStack(f"http://127.0.0.1:{port}", folder, environment=environment)
    commands = [
        ["-m", "gunicorn", "filing_portal.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4",
         "--worker-class", "gthread", "--log-level", "warning"],
        ["-m", "celery", "-A", "filing_portal", "worker", "-Q", "deadlines,notices,bulk,default", "--pool", "threads",
         "--concurrency", "2", "--loglevel", "warning", "--without-gossip", "--without-mingle"],
    ]  # fmt: skip
    logs = []
    for number, command in enumerate(commands):
        log = (folder / f"process-{number}.log").open("wb")
        logs.append(log)
        stack.processes.append(
            subprocess.Popen(
                [sys.executable, *command], env=environment, cwd=REPOSITORY, stdout=log, stderr=log
            )
        )
    try:
        _await_health(stack)
        yield stack
    finally:
        for process in stack.processes:
            process.send_signal(signal.SIGTERM)
        for process in stack.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for log in logs:
            log.close()


def _await_health(stack: RunningStack) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(stack.url + "/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        if any(process.poll() is not None for process in stack.processes) or time.monotonic() > until:
            said = "".join(
                path.read_text(errors="replace")[-2000:] for path in stack.folder.glob("process-*.log")
            )
            pytest.fail(f"the stack does not come up:\n{said}")
        time.sleep(0.1)


@pytest.fixture
def running_stack(_stack: RunningStack, transactional_db: None) -> Iterator[RunningStack]:
    """The stack on an empty, migrated database; its clock is the real one unless the test freezes it."""
    for letter in _stack.mail.iterdir():
        letter.unlink()
    yield _stack
    _stack.thaw()
