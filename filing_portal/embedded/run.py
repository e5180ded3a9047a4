"""``make run``: services, migrations, seeds, then web server, worker and beat, until Ctrl-C or SIGTERM.

Whatever goes wrong, the last word is a sentence that says what to do.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import sys
import time
import traceback
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil

from filing_portal.embedded.errors import ServiceError
from filing_portal.embedded.services import Services
from filing_portal.embedded.supervisor import Supervisor

REPOSITORY = Path(__file__).resolve().parent.parent.parent
ADDRESS = "127.0.0.1"
FREE_BYTES_TO_START = 300_000_000
FREE_BYTES_TO_GO_ON = 30_000_000
READY_SECONDS = 90
PORT_SECONDS = 10  # how long a port may stay taken after what held it was killed
#: Celery's warning about root is of no use here: the tasks are JSON, and the machine is the runner's own.
CHILDREN = {
    "PYTHONUNBUFFERED": "1",
    "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
}
SEEDS = ("seed_calendar", "seed_rulebook", "seed_units", "seed_help", "seed_demo")


class CannotRun(Exception):
    """The portal cannot start or go on. The message is for the person at the terminal."""


def say(text: str) -> None:
    sys.stdout.write(f"portal | {text}\n")
    sys.stdout.flush()


# --- before the start ------------------------------------------------------------------------------


def port_of(environment: dict[str, str]) -> int:
    """The port that PORT names, 8000 without it. Raises CannotRun."""
    text = environment.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotRun(f"PORT={text} is no port. Use a number from 1 to 65535, as in: make run PORT=8001")
    return int(text)


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except PermissionError:
            raise CannotRun(
                f"Port {port} may not be used by you. Choose another: make run PORT=8001"
            ) from None
        except OSError:
            raise CannotRun(
                f"Port {port} is in use by another program. Stop that one, or choose another: make run PORT={port + 1}"
            ) from None


def check_disk(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise CannotRun(
            f"The disk of {folder} is full: {free // 1_000_000} MB are free, {needed // 1_000_000} MB are needed. "
            "Make room, or set PORTAL_DATA to a folder on another disk."
        )


def lock_run(data: Path) -> int:
    """One ``make run`` per PORTAL_DATA. Returns the descriptor that holds the lock."""
    descriptor = os.open(data / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise CannotRun(
            f"The portal already runs on {data}. Stop it first, or set PORTAL_DATA and PORT for a second one."
        ) from None
    return descriptor


def end_leftovers(data: Path) -> bool:
    """Ends the processes of an earlier run that was itself killed and could not stop them; whether there were any."""
    try:
        known = json.loads((data / "run.json").read_text())
    except (OSError, ValueError):
        return False
    ended = False
    for pid, created in known:
        try:
            if abs(psutil.Process(pid).create_time() - created) < 1:
                os.killpg(pid, signal.SIGKILL)
                ended = True
        except (psutil.Error, ProcessLookupError, PermissionError):
            continue
    return ended


def await_port(port: int, seconds: float) -> None:
    """Waits for a port that processes just killed still hold."""
    until = time.monotonic() + seconds
    while True:
        try:
            check_port(port)
        except CannotRun:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def remember(data: Path, supervisor: Supervisor) -> None:
    known = [
        [process.pid, psutil.Process(process.pid).create_time()] for process in supervisor.processes.values()
    ]
    (data / "run.json").write_text(json.dumps(known))


# --- preparing -------------------------------------------------------------------------------------


def prepare() -> None:
    """Database, static files, translations and seeds. Everything here may be repeated."""
    from django.core.management import call_command, get_commands

    from filing_portal.messages import compile_catalogue

    compile_catalogue()
    say("bringing the database up to date")
    call_command("prepare_database", stdout=open(os.devnull, "w"))  # noqa: SIM115  closed with the process
    collect_static()
    for command in SEEDS:
        if command in get_commands():
            started = time.monotonic()
            call_command(command, stdout=open(os.devnull, "w"))  # noqa: SIM115  closed with the process
            say(f"{command} ({time.monotonic() - started:.1f} s)")


def collect_static() -> None:
    """Collects and compresses the static files when one of them has changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}:{status.st_size}:{status.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    say("collecting static files")
    call_command(
        "collectstatic",
        verbosity=0,
        interactive=False,
        clear=True,
        ignore_patterns=["rest_framework", "drf_spectacular"],  # their browsable pages are not offered
    )
    stamp.write_text(digest.hexdigest())


def commands(port: int) -> dict[str, list[str]]:
    """The processes by name."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "filing_portal", "--quiet"]
    return {
        "web": [
            *[python, "-m", "gunicorn", "filing_portal.wsgi", "--bind", f"{ADDRESS}:{port}"],
            *["--workers", "2", "--threads", "4", "--worker-class", "gthread", "--preload"],
            *["--log-level", "warning", "--graceful-timeout", "5", "--no-control-socket"],
        ],
        "worker": [
            *[
                *celery,
                "worker",
                "-Q",
                "deadlines,notices,bulk,default",
                "--pool",
                "threads",
                "--concurrency",
                "2",
            ],
            *["--loglevel", "warning", "--without-gossip", "--without-mingle", "--without-heartbeat"],
        ],
        "beat": [*celery, "beat", "--loglevel", "warning", "--pidfile="],
    }


# --- running ---------------------------------------------------------------------------------------


class Watch:
    """Says when the portal is ready, and complains when what it stands on goes away."""

    def __init__(self, *, port: int, data: Path, services: Services | None, started: float) -> None:
        self.address = f"http://localhost:{port}"
        self.data, self.services, self.started = data, services, started
        self.ready = False
        self._next_look = 0.0
        self._patience = time.monotonic() + READY_SECONDS

    def __call__(self) -> str | None:
        if not self.ready:
            self._look_for_health()
            if not self.ready and time.monotonic() > self._patience:
                return f"The portal did not become ready within {READY_SECONDS} seconds; see the lines above."
        if time.monotonic() < self._next_look:
            return None
        self._next_look = time.monotonic() + 1
        if self.services is not None:
            names = {"postgres": "PostgreSQL", "valkey": "Valkey"}
            for name, pid in self.services.running().items():
                if pid is None and name in self.services.wanted:
                    return (
                        f"The embedded {names[name]} has ended unexpectedly (log: {self.data}/logs/{name}.log). "
                        "Start again with: make run"
                    )
        try:
            check_disk(self.data, FREE_BYTES_TO_GO_ON)
        except CannotRun as reason:
            return str(reason)
        return None

    def _look_for_health(self) -> None:
        try:
            with urllib.request.urlopen(
                self.address.replace("localhost", ADDRESS) + "/healthz", timeout=2
            ) as answer:
                self.ready = answer.status == 200
        except (urllib.error.URLError, OSError):
            return
        if self.ready:
            self.announce()

    def announce(self) -> None:
        say(f"ready after {time.monotonic() - self.started:.1f} s: {self.address}")
        for line in demo_lines():
            say(line)
        say("Ctrl-C stops everything; the data stay.")


def demo_lines() -> list[str]:
    """The demonstration accounts, a line each."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.db import connection

    if not settings.PORTAL_DEMO_ACCOUNTS:
        return []
    people = get_user_model().objects.filter(is_demo=True).order_by("pk").values_list("email", "name")[:20]
    lines = [f"  {email}  {name}" for email, name in people]
    connection.close()
    return [f"demonstration accounts, password {DEMO_PASSWORD}:", *lines] if lines else []


DEMO_PASSWORD = "Portal-demo-2026"  # noqa: S105  public by design, in the embedded mode alone


def run(environment: dict[str, str]) -> None:
    """Everything from the checks to the end. Raises CannotRun with the reason it could not go on."""
    started = time.monotonic()
    port = port_of(environment)
    from django.conf import settings

    data: Path = settings.PORTAL_DATA
    lock = lock_run(data)
    await_port(port, PORT_SECONDS if end_leftovers(data) else 0)
    check_disk(data, FREE_BYTES_TO_START)
    import django

    django.setup()
    from filing_portal.embedded import services as embedded

    services = embedded.current() if embedded.wanted() else None
    supervisor = Supervisor(cwd=REPOSITORY, environment={**environment, **CHILDREN})
    try:
        if services is not None:
            say("starting " + " and ".join(sorted(services.wanted)))
            services.hold()
        prepare()
        from django.db import connections

        connections.close_all()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, supervisor.ask_to_stop)
        for name, command in commands(port).items():
            supervisor.start(name, command)
        remember(data, supervisor)
        complaint = supervisor.loop(Watch(port=port, data=data, services=services, started=started))
        if complaint is None:
            say("stopping")
    finally:
        supervisor.stop()
        if services is not None:
            services.release()
        os.close(lock)
    if complaint is not None:
        raise CannotRun(f"{complaint} Everything was stopped; the data stay in {data}.")
    say(f"stopped; the data stay in {data}")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filing_portal.settings.embedded")
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        if sys.argv[1:] == ["static"]:  # `make install` does the slow part beforehand
            import django

            django.setup()
            collect_static()
            return 0
        run(dict(os.environ))
    except KeyboardInterrupt:
        say("stopped before it was ready")
        return 130
    except (CannotRun, ServiceError) as reason:
        return _fail(str(reason))
    except Exception as error:  # noqa: BLE001  the last word must not be a traceback
        return _fail(_explain(error))
    return 0


def _interrupted(*_arguments: Any) -> None:
    raise KeyboardInterrupt


def _fail(text: str) -> int:
    sys.stdout.flush()
    sys.stderr.write(f"portal | {text}\n")
    sys.stderr.flush()
    return 1


def _explain(error: Exception) -> str:
    """A sentence for an error that nobody foresaw; the details go to a file."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full ({error.filename or 'while writing'}). Make room and start again."
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EROFS):
        return f"{error.filename} may not be written by you. Set PORTAL_DATA to a folder of yours."
    first = str(error).strip().split("\n", 1)[0]
    try:
        from django.conf import settings

        log: Path = settings.PORTAL_DATA / "logs" / "run.log"
        log.write_text(traceback.format_exc())
        return f"The portal could not start: {type(error).__name__}: {first} (details: {log})"
    except Exception:  # noqa: BLE001  not even the log can be written
        return f"The portal could not start: {type(error).__name__}: {first}"


if __name__ == "__main__":
    sys.exit(main())
