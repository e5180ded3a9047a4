"""Dates, whole numbers, and ages."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext_lazy as _

from providers.checks.errors import CheckFailed
from providers.checks.text import digits_only, fill, tidy

DATE_EXAMPLE = "2026-09-24"
MAX_AGE = 99
_DATE = re.compile(r"^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?$")


def parse_date(text: object) -> str:
    """A day as ``2026-09-24``; 2026/9/24 and 2026年9月24日 are read too."""
    match = _DATE.match(tidy(text))
    if match is None:
        raise CheckFailed("date", fill(_("This is no date. Example: %(example)s"), example=DATE_EXAMPLE))
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        raise CheckFailed("no_such_day", _("There is no such day in the calendar.")) from None


def parse_whole_number(text: object, low: int = 0, high: int = 9_999_999) -> int:
    """A whole number between two bounds."""
    typed = tidy(text).replace(",", "")
    digits_only(typed or "-", len(typed) or 1, str(max(low, 1)))
    value = int(typed) if len(typed) <= 12 else high + 1
    if not low <= value <= high:
        raise CheckFailed(
            "range", fill(_("The number must lie between %(low)s and %(high)s."), low=low, high=high)
        )
    return value


def parse_age(text: object) -> int:
    """Years of age, 0 to 99."""
    return parse_whole_number(re.sub(r"[岁周]+$", "", tidy(text)), 0, MAX_AGE)


def parse_age_range(first: object, last: object) -> tuple[int, int]:
    """From and to, in years."""
    low, high = parse_age(first), parse_age(last)
    if low > high:
        raise CheckFailed(
            "age_order",
            fill(_("The lower age (%(low)s) is above the upper one (%(high)s)."), low=low, high=high),
        )
    return low, high
