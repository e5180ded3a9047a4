"""A running stack for browser tests: gunicorn and a Celery worker as processes on the test run's database."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from celery import Celery

REPOSITORY = Path(__file__).resolve().parent.parent


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
        """Runs a management command with the stack's settings and clock, in this process; returns what it prints.

        A process of its own would take seconds for its start alone, and some commands less than one.
        """
        from django.core.management import call_command
        from django.test.utils import override_settings

        now, said = self.folder / "now", io.StringIO()
        with override_settings(
            PORTAL_MODE="embedded",
            PORTAL_DEMO_ACCOUNTS=True,
            PORTAL_FROZEN_NOW=now.read_text() if now.exists() else None,
            PORTAL_BASE_URL=self.url,
            MEDIA_ROOT=str(self.folder / "files"),
            EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend",
            EMAIL_FILE_PATH=str(self.mail),
        ):
            call_command(*arguments, stdout=said)
        return said.getvalue()

    def tell_worker(self, task: str) -> None:
        """Gives the stack's worker a task, as beat does."""
        app = Celery("beat", set_as_current=False)
        app.config_from_object("django.conf:settings", namespace="CELERY")
        app.conf.task_always_eager = False
        app.conf.broker_transport_options = {"global_keyprefix": f"{self.database}:"}
        with app.connection_for_write() as connection:
            app.send_task(task, connection=connection)

    @property
    def database(self) -> str:
        return self.environment["PORTAL_TEST_DATABASE"]

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
