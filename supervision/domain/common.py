"""What several verbs of this room need: numbers of cases, the policy, checks of what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.enums import Province
from accounts.models import Unit
from ledger.acts import Reason
from rulebook import policies
from rulebook.policies import Policy
from rulebook.time import local_date
from supervision.domain.errors import Invalid
from supervision.models import CaseCounter

LONGEST_TEXT = 5000
MOST_DAYS = 250


def next_case_no(kind: str, authority: Unit, now: datetime) -> str:
    """Next number of a kind of case, as ``ZG-BJ-2026-0004``; the counter's row is locked until the commit.

    Kinds: TS complaint, ZF forwarding, ZG order, ZX campaign, CC plan, YS referral, XJ take-down, TB circular.
    """
    year = local_date(now).year
    CaseCounter.objects.get_or_create(kind=kind, authority_code=authority.code, year=year)
    counters = CaseCounter.objects.filter(kind=kind, authority_code=authority.code, year=year)
    counters.update(last=F("last") + 1)
    number = counters.values_list("last", flat=True).get()
    letters = {member.value: member.name for member in Province}.get(authority.code, authority.code.upper())
    return f"{kind}-{letters}-{year}-{number:04d}"


def policy_of(authority: Unit, now: datetime) -> Policy:
    """The policy of an authority on the day of ``now``."""
    return policies.in_force(authority.policy_codes, on=local_date(now))


def days_or_policy(days: int | None, authority: Unit, key: str, now: datetime, *, field: str = "days") -> int:
    """Working days as given, else as the policy says. Raises ``Invalid`` for a period that nobody can mean."""
    if days is None:
        return int(policy_of(authority, now).get(key))
    if not 1 <= days <= MOST_DAYS:
        raise Invalid({field: _("Give 1 to %(most)s working days.") % {"most": MOST_DAYS}})
    return days


def needed(values: Mapping[str, Any], *fields: str, longest: int = LONGEST_TEXT) -> dict[str, str]:
    """The named texts, stripped. Raises ``Invalid`` with every one that is empty or too long."""
    found: dict[str, str] = {}
    errors: dict[str, Any] = {}
    for field in fields:
        text = str(values.get(field) or "").replace("\x00", "").strip()
        if not text:
            errors[field] = _("Fill this in.")
        elif len(text) > longest:
            errors[field] = _("At most %(most)s characters.") % {"most": longest}
        found[field] = text
    if errors:
        raise Invalid(errors)
    return found


def reason_missing(text: str, message: Any = None) -> Iterable[Reason]:
    """The reason against a decision that gives none."""
    return [] if text.strip() else [Reason("reason_needed", message or _("State the reason."))]
