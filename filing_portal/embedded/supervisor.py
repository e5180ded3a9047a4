"""Runs some processes together: all are stopped when one ends, when asked to, or when a watch complains."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

GRACE_SECONDS = 10


class Supervisor:
    """A few processes in sessions of their own, their output on ours with the name before each line."""

    def __init__(self, *, cwd: Path, environment: Mapping[str, str]) -> None:
        self.cwd = cwd
        self.environment = dict(environment)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._asked = threading.Event()
        self._print = threading.Lock()
        self._readers: list[threading.Thread] = []

    def start(self, name: str, command: Sequence[str]) -> None:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.cwd,
            env=self.environment,
            start_new_session=True,
        )
        self.processes[name] = process
        reader = threading.Thread(target=self._read, args=(name, process), daemon=True)
        reader.start()
        self._readers.append(reader)

    def ask_to_stop(self, *_signal: object) -> None:
        """Signal handler: the loop ends. Asked a second time, nothing is waited for."""
        if self._asked.is_set():
            self._kill()
        self._asked.set()

    def loop(self, watch: Callable[[], str | None], *, every: float = 0.25) -> str | None:
        """Waits for the end. Returns why it came, or None when it was asked for.

        ``watch`` is called again and again; a text that it returns ends everything.
        """
        while not self._asked.wait(every):
            for name, process in self.processes.items():
                if process.poll() is not None:
                    return f"The {name} process ended unexpectedly ({_how(process.returncode)})."
            complaint = watch()
            if complaint:
                return complaint
        return None

    def stop(self) -> None:
        """Ends every process with all that it started, and waits until they have gone."""
        self._signal(signal.SIGTERM)
        until = time.monotonic() + GRACE_SECONDS
        while any(_group_lives(process) for process in self.processes.values()):
            if time.monotonic() > until:
                self._kill()
            time.sleep(0.05)
        for reader in self._readers:
            reader.join(1)

    def _kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, number)

    def _read(self, name: str, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            with self._print, contextlib.suppress(BrokenPipeError, ValueError):
                sys.stdout.write(f"{name:>6} | {line.decode(errors='replace').rstrip()}\n")
                sys.stdout.flush()


def _group_lives(process: subprocess.Popen[bytes]) -> bool:
    """Whether anything of the process's group is left. The leader is reaped on the way."""
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
