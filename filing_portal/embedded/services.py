"""The embedded PostgreSQL and Valkey: started on first use, stopped when their last user has gone.

Every process that uses them holds a shared lock on ``users.lock`` in PORTAL_DATA. Who leaves last,
which it learns by getting that lock for itself alone, stops them. The kernel drops the lock of a
process that is killed, so that no count goes wrong. Starting and stopping take turns by ``turn.lock``.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import functools
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2

from filing_portal.embedded import root
from filing_portal.embedded.errors import ServiceError
from filing_portal.embedded.layout import Layout
from filing_portal.embedded.programs import (
    first_error,
    is_alive,
    last_line,
    name_of,
    programs,
    tail,
    valkey_program,
)

START_SECONDS = 60
STOP_SECONDS = 30
LOG_BYTES = 10_000_000
DATABASE = "portal"
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

PG_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "192MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Services:
    """Both services of one PORTAL_DATA."""

    def __init__(self, layout: Layout, wanted: frozenset[str] = frozenset({"postgres", "valkey"})) -> None:
        self.layout = layout
        self.wanted = wanted
        self.programs = programs()
        self._user_lock: int | None = None
        self._owner = 0
        self._children: list[subprocess.Popen[bytes]] = []

    # --- holding ---------------------------------------------------------------------------

    def hold(self) -> None:
        """Starts what is not running and keeps it running while this process lives."""
        if self._user_lock is not None and self._owner == os.getpid():
            return
        if self._user_lock is not None:  # inherited over a fork: the parent's, not ours
            os.close(self._user_lock)
            self._user_lock = None
            self._children = []
        try:
            self.layout.make_folders()
            with self._turn():
                self._make_sockets()
                if "postgres" in self.wanted:
                    self._start_postgres()
                if "valkey" in self.wanted:
                    self._start_valkey()
                descriptor = self._open_lock("users.lock")
                fcntl.flock(descriptor, fcntl.LOCK_SH)
        except OSError as error:
            raise ServiceError(
                f"The embedded services cannot start: {error.strerror}: {error.filename}"
            ) from error
        self._user_lock, self._owner = descriptor, os.getpid()
        atexit.register(self.release)

    def release(self) -> None:
        """Lets go; the last one to do so stops the services."""
        if self._user_lock is None or self._owner != os.getpid():
            return
        atexit.unregister(self.release)
        with self._turn():
            os.close(self._user_lock)
            self._user_lock = None
            descriptor = self._open_lock("users.lock")
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                os.close(descriptor)
            self.stop()

    def running(self) -> dict[str, int | None]:
        """Process numbers of "postgres" and "valkey", None for what does not run."""
        self._reap()
        return {"postgres": self._postgres_pid(), "valkey": self._valkey_pid()}

    def stop(self) -> None:
        """Stops both, whoever uses them, and removes the sockets' folder."""
        self._reap()
        for pid, gentle in ((self._valkey_pid(), signal.SIGTERM), (self._postgres_pid(), signal.SIGINT)):
            if pid is not None:
                self._end(pid, gentle)
        if self.layout.sockets.parent != self.layout.data:
            shutil.rmtree(self.layout.sockets, ignore_errors=True)

    # --- locks and folders -------------------------------------------------------------------

    def _open_lock(self, name: str) -> int:
        return os.open(self.layout.data / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        descriptor = self._open_lock("turn.lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _make_sockets(self) -> None:
        """The sockets' folder, which must be ours: others may write to the temporary folder too."""
        folder = self.layout.sockets
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            raise ServiceError(
                f"{folder} belongs to somebody else. Remove it, or set PORTAL_DATA to a shorter path."
            )
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        self.layout.pg_sockets.mkdir(mode=0o700, exist_ok=True)

    def _log(self, name: str) -> Path:
        path = self.layout.logs / name
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".old.log"))
        return path

    # --- PostgreSQL ----------------------------------------------------------------------------

    def _postgres_pid(self) -> int | None:
        try:
            pid = int((self.layout.pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if is_alive(pid, "postgres") else None

    def _start_postgres(self) -> None:
        if self._postgres_pid() is None:
            as_user = self._server_user()
            log = self._log("postgres.log")
            if not (self.layout.pgdata / "PG_VERSION").exists():
                self._make_cluster(as_user)
            command = [str(self.programs / "postgres"), "-D", str(self.layout.pgdata)]
            command += ["-k", str(self.layout.pg_sockets)]
            for name, value in PG_OPTIONS.items():
                command += ["-c", f"{name}={value}"]
            self._spawn(command, log, **as_user)
        self._await_postgres()

    def _server_user(self) -> dict[str, Any]:
        """Popen's user arguments; as root also gives the data to PostgreSQL's own user."""
        self.layout.pgdata.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() != 0:
            return {}
        uid, gid = root.server_user()
        as_user: dict[str, Any] = {"user": uid, "group": gid, "extra_groups": []}
        for path in (self.layout.pgdata, self.layout.pg_sockets):
            if path.stat().st_uid != uid:
                os.chown(path, uid, gid)
            root.let_pass(path, uid)
        root.let_pass(self.programs, uid)
        try:
            self._ask_version(as_user)
        except (OSError, subprocess.SubprocessError):
            root.open_programs(self.programs.parent)
            try:
                self._ask_version(as_user)
            except (OSError, subprocess.SubprocessError) as error:
                raise ServiceError(
                    f"PostgreSQL's programs do not run as the user {root.USER}: {error}"
                ) from error
        return as_user

    def _ask_version(self, as_user: dict[str, Any]) -> None:
        subprocess.run(
            [str(self.programs / "postgres"), "--version"],
            check=True,
            capture_output=True,
            cwd="/",
            env=_ENVIRONMENT,
            **as_user,
        )

    def _make_cluster(self, as_user: dict[str, Any]) -> None:
        command = [str(self.programs / "initdb"), "-D", str(self.layout.pgdata), "-U", "postgres"]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        made = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd="/", env=_ENVIRONMENT, **as_user
        )
        if made.returncode:
            for path in self.layout.pgdata.iterdir():  # a half-made cluster must not be taken for a whole one
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            raise ServiceError(
                f"PostgreSQL could not make its data folder: {first_error(made.stderr or made.stdout)}"
            )

    def _await_postgres(self) -> None:
        """Waits until the server answers and the portal's database is there."""
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                connection = psycopg2.connect(
                    host=str(self.layout.pg_sockets), user="postgres", dbname="postgres"
                )
                break
            except psycopg2.OperationalError as error:
                self._reap()
                gone = self._postgres_pid() is None and not self._children_alive("postgres")
                if gone or time.monotonic() > until:
                    last = last_line(tail(self.layout.logs / "postgres.log")) or str(error)
                    raise ServiceError(
                        f"The embedded PostgreSQL does not start: {last} (log: {self.layout.logs / 'postgres.log'})"
                    ) from None
                time.sleep(0.05)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            connection.close()

    # --- Valkey --------------------------------------------------------------------------------

    def _valkey_pid(self) -> int | None:
        try:
            pid = int((self.layout.valkey / "valkey.pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if is_alive(pid, "valkey-server") else None

    def _start_valkey(self) -> None:
        log = self._log("valkey.log")
        if self._valkey_pid() is None:
            self.layout.valkey_socket.unlink(missing_ok=True)
            options = {
                "port": "0",
                "unixsocket": str(self.layout.valkey_socket),
                "unixsocketperm": "700",
                "dir": str(self.layout.valkey),
                "dbfilename": "dump.rdb",
                "appendonly": "yes",  # a task that was accepted is not lost with the server
                "appendfsync": "everysec",
                "save": "",
                "pidfile": str(self.layout.valkey / "valkey.pid"),
                "daemonize": "no",
                "databases": "16",
                "maxmemory": "128mb",
                "maxmemory-policy": "volatile-lru",  # cache entries carry a time to live, queues do not
            }
            command = [str(valkey_program())]
            for name, value in options.items():
                command += [f"--{name}", value]
            self._spawn(command, log)
        self._await_valkey(log)

    def _await_valkey(self, log: Path) -> None:
        import redis

        until = time.monotonic() + START_SECONDS
        client = redis.Redis(unix_socket_path=str(self.layout.valkey_socket), socket_timeout=5)
        try:
            while True:
                try:
                    if client.ping():
                        break
                except redis.RedisError as error:
                    self._reap()
                    gone = self._valkey_pid() is None and not self._children_alive("valkey-server")
                    if gone or time.monotonic() > until:
                        last = last_line(tail(log)) or str(error)
                        raise ServiceError(
                            f"The embedded Valkey does not start: {last} (log: {log})"
                        ) from None
                    time.sleep(0.05)
        finally:
            client.close()

    # --- processes -------------------------------------------------------------------------------

    def _spawn(self, command: list[str], log: Path, **as_user: Any) -> None:
        """Starts a server in a session of its own, so that Ctrl-C reaches us and not it."""
        with log.open("ab") as output:
            self._children.append(
                subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    cwd="/",
                    env=_ENVIRONMENT,
                    start_new_session=True,
                    **as_user,
                )
            )

    def _reap(self) -> None:
        for child in self._children:
            child.poll()

    def _children_alive(self, name: str) -> bool:
        return any(child.poll() is None for child in self._children if name_of(child) == name)

    def _end(self, pid: int, gentle: signal.Signals) -> None:
        """Ends a server and waits until it has gone; a server that does not hear is killed."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, gentle)
            until = time.monotonic() + STOP_SECONDS
            while is_alive(pid, None):
                self._reap()
                if time.monotonic() > until:
                    os.kill(pid, signal.SIGKILL)
                time.sleep(0.02)
        # A zombie of ours still counts as alive for PostgreSQL's lock file.
        self._reap()


def wanted() -> frozenset[str]:
    """Which of the services the settings use: DATABASE_URL and REDIS_URL take their place."""
    from django.conf import settings

    return frozenset(getattr(settings, "EMBEDDED_SERVICES", ()))


@functools.cache
def current() -> Services:
    """The services of the settings' PORTAL_DATA."""
    from django.conf import settings

    return Services(settings.EMBEDDED, wanted())


def hold() -> None:
    """Holds the services of the settings' PORTAL_DATA."""
    current().hold()
