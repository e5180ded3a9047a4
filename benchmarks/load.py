# ruff: noqa: E501
"""A small load generator: keep-alive connections, one request after the other on each.

It runs on the same cores as the server and takes its share of them, for the ceiling as for everything
else; so the figures are to be read as ratios.
"""

from __future__ import annotations

import itertools
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Result:
    """What came back. Times in milliseconds."""

    seconds: float = 0.0
    answers: int = 0
    bytes: int = 0
    errors: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def add(self, other: Result) -> None:
        """Take the answers of a further turn in."""
        self.seconds += other.seconds
        self.answers += other.answers
        self.bytes += other.bytes
        self.errors += other.errors
        self.times += other.times

    def count(self, connection: _Connection, status: int, expect: int) -> None:
        """One answer: a good one, a wrong one, or a connection that was cut (status 0)."""
        if status == expect:
            self.answers += 1
            self.bytes += len(connection.buffer)
            self.times.append((time.perf_counter() - connection.started) * 1000)
        elif len(self.errors) < 5:
            self.errors.append(f"status {status}" if status else "connection closed without an answer")

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0

    @property
    def median(self) -> float:
        return self.percentile(0.5)


def get(path: str, **headers: str) -> bytes:
    """A GET request on a kept connection; ``path`` is already escaped."""
    extra = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{extra}\r\n".encode()


def post(path: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class _Connection:
    def __init__(self, port: int) -> None:
        self.port = port
        self.buffer = bytearray()
        self.started = 0.0
        self.need = -1
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> None:
        self.buffer.clear()
        self.need = -1
        self.started = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> tuple[int, bool] | None:
        """(status, must close) when the answer is whole. Raises ``ConnectionError`` when it was cut off."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("closed")
        self.buffer += data
        if self.need < 0:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return None
            self.head = bytes(self.buffer[:end]).lower()
            at = self.head.find(b"content-length:")
            self.chunked = b"transfer-encoding: chunked" in self.head
            length = int(self.head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            self.need = end + 4 + length
        if len(self.buffer) < self.need or (self.chunked and not self.buffer.endswith(b"0\r\n\r\n")):
            return None
        return int(self.head[9:12]), b"connection: close" in self.head


def run(
    port: int, requests: Sequence[bytes], *, seconds: float, connections: int = 8, expect: int = 200
) -> Result:
    """Send ``requests`` in turn for ``seconds`` on ``connections`` at once, and wait for what is under way.

    A request that has been sent is always counted: the time runs until the last answer. Otherwise slow
    pages would lose one answer per connection, and the server would work them off during the next turn.
    """
    result = Result()
    turn = itertools.cycle(requests)
    selector = selectors.DefaultSelector()
    begun = time.perf_counter()
    until = begun + seconds
    for _ in range(connections):
        connection = _Connection(port)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(next(turn))
    while selector.get_map():
        ready = selector.select(timeout=30)
        if not ready:
            result.errors.append("no answer within 30 seconds")
            break
        for key, _ in ready:
            connection = key.data
            try:
                done = connection.read()
            except ConnectionError:
                done = (0, True)
            if done is None:
                continue
            status, close = done
            result.count(connection, status, expect)
            ended = time.perf_counter() >= until
            if close or ended:
                selector.unregister(connection.socket)
                connection.socket.close()
            if ended:
                continue
            if close:
                connection.open()
                selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(next(turn))
    result.seconds = time.perf_counter() - begun
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    return result
