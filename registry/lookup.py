"""Verify one number, from the text to the bytes of the answer.

Shared by the API view and the express lane in front of Django, so that both answer alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.utils import InterfaceError, OperationalError

from registry import answers
from registry.numbers import NumberProblem, read

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


def verify(text: str) -> Answer:
    """The answer for what somebody gives as a number. One SQL read; the stored answer is sent as it is."""
    number = read(text)
    if isinstance(number, NumberProblem):
        return Answer(400, PROBLEM_JSON, answers.dumps(answers.problem_body(number)))
    body = _stored(number.text)
    if body is None:
        body = answers.unknown(number)
    return Answer(200, JSON, body, answers.etag(body))


def _stored(number: str) -> str | None:
    """The stored answer; a connection that died between two requests is opened anew once."""
    for last in (False, True):
        try:
            connection.ensure_connection()
            with connection.connection.cursor() as cursor:
                cursor.execute("SELECT verify_json FROM registry_entry WHERE number = %s", (number,))
                row = cursor.fetchone()
            return row[0] if row else None
        except Exception as error:  # the driver's own classes: this cursor is not wrapped by Django
            if last or connection.in_atomic_block or not _connection_lost(error):
                raise
            connection.close()
    raise AssertionError  # not reached


def _connection_lost(error: Exception) -> bool:
    database = connection.Database
    return isinstance(
        error, OperationalError | InterfaceError | database.OperationalError | database.InterfaceError
    )
