"""Asking a virus scanner, where there is one."""

from __future__ import annotations

import os
import socket
import struct
from dataclasses import dataclass
from typing import IO, Protocol
from urllib.parse import urlsplit

from django.conf import settings

CLEAN, INFECTED, NOT_SCANNED, UNAVAILABLE = "clean", "infected", "not_scanned", "unavailable"
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096


@dataclass(frozen=True)
class ScanResult:
    """``status``: clean, infected, not_scanned (no scanner set up), unavailable (it did not answer)."""

    status: str
    signature: str = ""

    @property
    def may_keep(self) -> bool:
        """A scanner that is set up must have answered: closed by default."""
        return self.status in (CLEAN, NOT_SCANNED)


class Scanner(Protocol):
    """What a scanner must do."""

    def scan(self, fileobj: IO[bytes]) -> ScanResult:
        """Reads from the start; never raises."""


class NullScanner:
    """Stands where no scanner is set up, and says so."""

    def scan(self, fileobj: IO[bytes]) -> ScanResult:
        return ScanResult(NOT_SCANNED)


class ClamdScanner:
    """ClamAV's daemon by its INSTREAM command. ``address``: ``tcp://host:3310`` or ``unix:///run/clamd.sock``."""

    def __init__(self, address: str, timeout: float = 20.0) -> None:
        self.address, self.timeout = address, timeout

    def scan(self, fileobj: IO[bytes]) -> ScanResult:
        fileobj.seek(0)
        try:
            with self._connect() as connection:
                connection.sendall(b"zINSTREAM\0")
                while chunk := fileobj.read(_CHUNK):
                    connection.sendall(struct.pack(">I", len(chunk)) + chunk)
                connection.sendall(struct.pack(">I", 0))
                answer = self._answer(connection)
        except OSError:
            return ScanResult(UNAVAILABLE)
        finally:
            fileobj.seek(0)
        return _read_answer(answer)

    def _connect(self) -> socket.socket:
        address = f"unix://{self.address}" if self.address.startswith("/") else self.address
        parts = urlsplit(address if "://" in address else f"tcp://{address}")
        if parts.scheme == "unix":
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(self.timeout)
            try:
                connection.connect(parts.path)
            except OSError:
                connection.close()
                raise
            return connection
        return socket.create_connection(
            (parts.hostname or "localhost", parts.port or 3310), timeout=self.timeout
        )

    def _answer(self, connection: socket.socket) -> bytes:
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
            part = connection.recv(1024)
            if not part:
                break
            answer += part
        return answer


def _read_answer(answer: bytes) -> ScanResult:
    text = answer.strip(b"\0\r\n ").decode("utf-8", "replace")
    if text.endswith("FOUND"):
        return ScanResult(INFECTED, text.removeprefix("stream:").removesuffix("FOUND").strip()[:120])
    if text.endswith("OK"):
        return ScanResult(CLEAN)
    return ScanResult(UNAVAILABLE)


def scanner() -> Scanner:
    """The scanner that is set up (``PORTAL_CLAMAV`` or ``CLAMAV_ADDRESS``), or the one that says "not scanned"."""
    address = (os.environ.get("CLAMAV_ADDRESS") or getattr(settings, "PORTAL_CLAMAV", "") or "").strip()
    return ClamdScanner(address) if address else NullScanner()
