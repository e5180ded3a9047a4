"""The web server as ``make run`` starts it, for measuring."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running gunicorn."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port = process, port

    def worker_megabytes(self) -> float:
        """The largest worker's resident memory in MB; shared pages counted in full. 0 where /proc is missing."""
        try:
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            sizes = []
            for child in children:
                for line in Path(f"/proc/{child}/status").read_text().splitlines():
                    if line.startswith("VmRSS:"):
                        sizes.append(int(line.split()[1]) / 1024)
        except OSError:
            return 0.0
        return max(sizes, default=0.0)


@contextmanager
def serving(settings: str, *, database: str = "", ready: str) -> Iterator[Server]:
    """Gunicorn with two workers of four threads, like the embedded portal's."""
    port = free_port()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings, "PORTAL_BENCH_DATABASE": database}
    command = [
        *[sys.executable, "-m", "gunicorn", "benchmarks.wsgi", "--bind", f"127.0.0.1:{port}"],
        *["--workers", "2", "--threads", "4", "--worker-class", "gthread", "--preload"],
        *["--log-level", "warning", "--graceful-timeout", "5", "--no-control-socket"],
    ]
    process = subprocess.Popen(command, env=environment, cwd=REPOSITORY)
    try:
        _await(process, f"http://127.0.0.1:{port}{ready}")
        yield Server(process, port)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
        if process.poll() is not None:
            break
    raise SystemExit(f"the server under measurement does not answer at {url}")
