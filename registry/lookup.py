"""Verify one number, from the text to the bytes of the answer.

Shared by the API view and the express lane in front of Django, so that both answer alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection
from django.db.utils import InterfaceError, OperationalError

from registry import answers, opening
from registry.numbers import Number, NumberProblem, read

T = TypeVar("T")

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"
#: sent with every public answer: anybody's page may read it
OPEN_HEADERS = (
    ("Access-Control-Allow-Origin", "*"),
    ("X-Content-Type-Options", "nosniff"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, content type and body of a verification; ``tag`` is its ETag, empty for errors."""

    status: int
    content_type: str
    body: str
    tag: str = ""
    cache: str = answers.CACHE_CONTROL


def verify(text: str) -> Answer:
    """The answer for what somebody gives as a number. One SQL read; the stored answer is sent as it is."""
    number = read(text)
    if isinstance(number, NumberProblem):
        return Answer(400, PROBLEM_JSON, answers.dumps(answers.problem_body(number)))
    day = on_live_connection(lambda: opening.opens_on(number.prefix))
    if day is not None:
        body = answers.not_open(number, day)
        kept = min(answers.MAX_AGE, opening.seconds_until(day))
        return Answer(200, JSON, body, answers.etag(body), f"public, max-age={kept}")
    return _open(number)


def _open(number: Number) -> Answer:
    body = _stored(number.text)
    if body is None:
        body = answers.unknown(number)
    return Answer(200, JSON, body, answers.etag(body))


def absent(number: Number) -> str:
    """The answer for a number of which nothing is to be found: never issued, or not yet open to the public."""
    day = opening.opens_on(number.prefix)
    return answers.unknown(number) if day is None else answers.not_open(number, day)


def _stored(number: str) -> str | None:
    """The stored answer of an official number, read past Django's cursor for speed."""

    def act() -> str | None:
        connection.ensure_connection()
        with connection.connection.cursor() as cursor:
            cursor.execute("SELECT verify_json FROM registry_entry WHERE number = %s", (number,))
            row = cursor.fetchone()
        return row[0] if row else None

    return on_live_connection(act)


def on_live_connection(act: Callable[[], T]) -> T:
    """Run ``act``, once more on a new connection where the old one had died between two requests.

    The express lane does without the request signals by which Django looks after its connections.
    """
    try:
        return act()
    except Exception as error:  # the driver's own classes among them: not every cursor is wrapped by Django
        if connection.in_atomic_block or not _connection_lost(error):
            raise
        connection.close()
        return act()


def _connection_lost(error: Exception) -> bool:
    database: Any = getattr(connection, "Database")  # noqa: B009 (the wrapper of Django's stubs lacks it)
    return isinstance(
        error, OperationalError | InterfaceError | database.OperationalError | database.InterfaceError
    )
