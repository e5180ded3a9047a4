"""``make run``: what it checks, that it becomes ready, and that nothing is left when it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from filing_portal.embedded import run as portal
from filing_portal.embedded.supervisor import Supervisor

REPOSITORY = Path(__file__).resolve().parent.parent.parent


class Run:
    """A ``make run`` in a process of its own."""

    def __init__(self, data: Path, port: int) -> None:
        environment = {
            k: v for k, v in os.environ.items() if not k.startswith(("PORTAL", "DJANGO", "DATABASE"))
        }
        self.output = data.parent / f"run-{time.monotonic_ns()}.txt"
        self.port, self.data = port, data
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "filing_portal.embedded.run"],
                cwd=REPOSITORY,
                env={**environment, "PORTAL_DATA": str(data), "PORT": str(port)},
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def text(self) -> str:
        return self.output.read_text(errors="replace")

    def await_text(self, wanted: str, seconds: float = 300) -> None:
        until = time.monotonic() + seconds
        while wanted not in self.text():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < until, self.text()
            time.sleep(0.1)

    def last_line(self, seconds: float = 30) -> str:
        self.process.wait(seconds)
        return self.text().strip().splitlines()[-1]

    def children(self) -> dict[int, str]:
        """Everything that belongs to this run, the services too."""
        found = {}
        for process in psutil.process_iter():
            try:
                text = " ".join(process.cmdline())
                if str(self.data) in text or process.environ().get("PORTAL_DATA") == str(self.data):
                    found[process.pid] = text
            except psutil.Error:
                continue
        return found

    def first(self, part: str) -> int:
        if part == "valkey-server":  # it writes its own title over its command line
            return int((self.data / "valkey" / "valkey.pid").read_text())
        return min(pid for pid, text in self.children().items() if part in text)


@pytest.fixture(scope="module")
def data():
    with tempfile.TemporaryDirectory(prefix="portal-test-备案 ") as folder:
        yield Path(folder).resolve() / "data"


@pytest.fixture
def start(data):
    runs = []

    def make(port: int | None = None) -> Run:
        if port is None:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
        runs.append(Run(data, port))
        return runs[-1]

    yield make
    for run in runs:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()
        for pid in run.children():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


@pytest.mark.slow
def test_run_becomes_ready_and_leaves_nothing_when_stopped(start):
    run = start()
    run.await_text("ready after")
    with urllib.request.urlopen(f"http://127.0.0.1:{run.port}/healthz", timeout=5) as answer:
        assert answer.status == 200
    assert sum("gunicorn" in text for text in run.children().values()) == 3
    second = start(run.port + 1)
    assert "already runs" in second.last_line()

    run.process.send_signal(signal.SIGTERM)
    assert run.last_line() == f"portal | stopped; the data stay in {run.data}"
    assert run.process.returncode == 0
    assert run.children() == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("victim", "said"),
    [
        ("-m gunicorn", "The web process ended unexpectedly (killed by SIGKILL)."),
        ("worker -Q", "The worker process ended unexpectedly (killed by SIGKILL)."),
        ("bin/postgres -D", "The embedded PostgreSQL has ended unexpectedly"),
        ("valkey-server", "The embedded Valkey has ended unexpectedly"),
    ],
)
def test_run_stops_everything_with_a_sentence_when_a_part_is_killed(start, victim, said):
    run = start()
    run.await_text("ready after")
    os.kill(run.first(victim), signal.SIGKILL)
    last = run.last_line()
    assert said in last
    assert "Everything was stopped" in last
    assert run.process.returncode == 1
    assert run.children() == {}


@pytest.mark.slow
def test_run_after_a_killed_run_starts_again(start):
    run = start()
    run.await_text("ready after")
    run.process.kill()
    run.process.wait()
    again = start(run.port)
    again.await_text("ready after")
    again.process.send_signal(signal.SIGINT)
    assert "stopped; the data stay" in again.last_line()
    assert again.children() == {}


def test_port_in_use_is_said_before_anything_starts(start):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        run = start(port)
        assert run.last_line().startswith(f"portal | Port {port} is in use by another program.")
        assert run.process.returncode == 1
        assert "Traceback" not in run.text()


@pytest.mark.parametrize("text", ["http", "0", "70000", "-1"])
def test_port_that_is_none_is_refused(text):
    with pytest.raises(portal.CannotRun, match="is no port"):
        portal.port_of({"PORT": text})


def test_port_is_8000_when_none_is_named():
    assert portal.port_of({}) == 8000


def test_full_disk_is_refused_with_its_numbers(tmp_path):
    with pytest.raises(portal.CannotRun, match="is full: .* MB are free, 1000000000 MB are needed"):
        portal.check_disk(tmp_path, 10**15)
    portal.check_disk(tmp_path, 1)


def test_unforeseen_errors_end_in_a_sentence(settings, tmp_path):
    settings.PORTAL_DATA = tmp_path
    (tmp_path / "logs").mkdir()
    assert portal._explain(OSError(28, "No space left on device", "/x")).startswith("The disk is full (/x)")
    assert "may not be written by you" in portal._explain(PermissionError(13, "no", "/x"))
    try:
        raise ValueError("first line\nsecond")
    except ValueError as error:
        text = portal._explain(error)
    assert text == f"The portal could not start: ValueError: first line (details: {tmp_path}/logs/run.log)"
    assert "second" in (tmp_path / "logs" / "run.log").read_text()


def test_supervisor_ends_what_ignores_the_gentle_signal(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr("filing_portal.embedded.supervisor.GRACE_SECONDS", 0.3)
    supervisor = Supervisor(cwd=tmp_path, environment=os.environ)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    supervisor.start("deaf", [sys.executable, "-c", deaf])
    supervisor.start("ends", [sys.executable, "-c", "import time; time.sleep(0.5); raise SystemExit(3)"])
    assert supervisor.loop(lambda: None) == "The ends process ended unexpectedly (exit code 3)."
    supervisor.stop()
    assert supervisor.processes["deaf"].poll() == -signal.SIGKILL
    assert "  deaf | deaf" in capfd.readouterr().out


def test_supervisor_ends_when_the_watch_complains(tmp_path):
    supervisor = Supervisor(cwd=tmp_path, environment=os.environ)
    assert supervisor.loop(lambda: "enough", every=0.01) == "enough"
    supervisor.ask_to_stop()
    assert supervisor.loop(lambda: "not asked", every=0.01) is None
