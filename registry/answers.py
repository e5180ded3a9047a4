"""The verification answer: one document for the API, the fast lane and the bulk call.

It is written with the entry, as text that only has to be sent, and carries what app stores check:
validity, age range and type (Opinions, 13).
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from registry.enums import VALID_STATES
from registry.models import Entry
from registry.numbers import Number, NumberProblem, digits_of
from rulebook.time import local_date

#: seconds that a cache may keep a verification answer
MAX_AGE = 60
CACHE_CONTROL = f"public, max-age={MAX_AGE}"
DISCIPLINE, OTHER_TYPE = "discipline_training", "non_discipline"
PROBLEM_PREFIX = "number-"


def dumps(document: Any) -> str:
    """Compact JSON in UTF-8."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def verify_document(entry: Entry, *, state: str | None = None) -> str:
    """The answer for ``entry`` as JSON text; ``state`` where it is about to change."""
    state = str(state or entry.state)
    return dumps(
        {
            "number": entry.number,
            "filed": state in VALID_STATES,
            "status": state,
            "status_since": local_date(entry.status_since).isoformat(),
            "status_text": entry.status_public_text,
            "change_under_review": entry.change_under_review,
            "app_name": entry.app_name,
            "provider": {"name": entry.provider_name, "uscc": entry.uscc},
            "authority": entry.public.get("authority_name", ""),
            "province_code": entry.province_code,
            "type": DISCIPLINE if entry.is_discipline else OTHER_TYPE,
            "age_range": age_range(entry.age_from, entry.age_to),
            "stages": list(entry.stages),
            "user_groups": list(entry.user_groups),
            "package_ids": list(entry.package_ids),
            "published": local_date(entry.published_at).isoformat(),
            "version": entry.version,
            "url": f"/v/{digits_of(entry.number)}",
        }
    )


def age_range(age_from: int | None, age_to: int | None) -> dict[str, int | None] | None:
    """``{"from": 8, "to": 15}`` in years, or None where the app states none."""
    if age_from is None and age_to is None:
        return None
    return {"from": age_from, "to": age_to}


def unknown(number: Number) -> str:
    """The answer for a well-formed number that was never issued."""
    return dumps({"number": number.text, "filed": False, "status": "unknown"})


def not_open(number: Number, day: date) -> str:
    """The answer while the numbers of that authority are not yet open to the public, issued or not."""
    return dumps({"number": number.text, "filed": None, "status": "not_open", "open_from": day.isoformat()})


def problem_body(problem: NumberProblem) -> dict[str, Any]:
    """RFC 9457 document for a text that cannot be read as a number."""
    body = {
        "type": f"{PROBLEM_PREFIX}{problem.code}",
        "title": "Not a filing number",
        "status": 400,
        "detail": problem.message,
    }
    if problem.hint:
        body["hint"] = problem.hint
    return body


def etag(text: str) -> str:
    """A strong entity tag of a body."""
    return f'"{hashlib.blake2s(text.encode(), digest_size=12).hexdigest()}"'


def not_modified(header: str, tag: str) -> bool:
    """Whether If-None-Match names ``tag``; weak comparison, as RFC 9110 asks."""
    if not header:
        return False
    return header.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in header.split(","))
