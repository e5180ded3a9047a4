"""School codes and teacher certificates."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.enums import Province
from providers.checks.errors import CheckFailed
from providers.checks.text import digits_only, fill, tidy

SCHOOL_EXAMPLE = "2111000123"
TEACHER_EXAMPLE = "20211101230001234"
_PROVINCES = frozenset(Province.values) | {"71", "81", "82"}


def parse_school_code(text: object) -> str:
    """10 digits: two of the kind, two of the province, six of the serial."""
    code = digits_only(tidy(text, upper=True), 10, SCHOOL_EXAMPLE)
    _check_province(code[2:4], "3–4", SCHOOL_EXAMPLE)
    return code


def parse_teacher_certificate(text: object) -> str:
    """17 digits: year, province, issuing body, kind, sex (varies by year: 0 to 2), serial."""
    code = digits_only(tidy(text, upper=True), 17, TEACHER_EXAMPLE)
    if not "1993" <= code[:4] <= "2099":
        raise CheckFailed(
            "year",
            fill(
                _("The first four digits are the year of issue, not %(year)s. Example: %(example)s"),
                year=code[:4],
                example=TEACHER_EXAMPLE,
            ),
            position=1,
        )
    _check_province(code[4:6], "5–6", TEACHER_EXAMPLE)
    if code[10] not in "012":
        raise CheckFailed(
            "sex_digit",
            fill(
                _("Digit 11 is “%(digit)s”; it can only be 0, 1 or 2. Example: %(example)s"),
                digit=code[10],
                example=TEACHER_EXAMPLE,
            ),
            position=11,
        )
    return code


def _check_province(digits: str, places: str, example: str) -> None:
    if digits not in _PROVINCES:
        raise CheckFailed(
            "province",
            fill(
                _("Digits %(places)s are the province, and “%(digits)s” is none. Example: %(example)s"),
                places=places,
                digits=digits,
                example=example,
            ),
            position=int(places[0]),
        )
