"""How far the provinces are with provider filings: open cases, periods kept, what came in and was closed.

Counting reads whole tables, so the figures of all provinces are made together and kept for a minute. A province
shows its own row only: what its reviewers see of filings is what was submitted to it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection

from accounts.enums import Province
from rulebook import calendar
from rulebook.arithmetic import add_months
from rulebook.time import local_date, start_of_day

KEPT = 60  # seconds
SOON = 3  # working days
MONTHS = 12
MINISTRY = "00"


@dataclass
class Row:
    """Figures of one authority. ``decided`` and ``on_time``: feedback given in the period."""

    code: str
    valid: int = 0
    revoked: int = 0
    submitted: int = 0
    returned: int = 0
    ministry: int = 0
    soon: int = 0
    overdue: int = 0
    decided: int = 0
    on_time: int = 0
    came: dict[str, int] = field(default_factory=dict)
    closed: dict[str, int] = field(default_factory=dict)

    @property
    def owed(self) -> int:
        """Feedback that fell due in the period: given, or overdue still."""
        return self.decided + self.overdue

    @property
    def rate(self) -> float | None:
        """Feedback in time, in per cent of what was owed; None where none was."""
        return 100 * self.on_time / self.owed if self.owed else None

    @property
    def name(self) -> str:
        return str(Province(self.code).label) if self.code in Province.values else self.code


@dataclass
class Standing:
    """The rows by province code (``00``: filed with the ministry itself), and when they were counted."""

    made_at: datetime
    rows: dict[str, Row]

    def total(self, name: str) -> int:
        """The sum of one figure over all rows."""
        return sum(getattr(row, name) for row in self.rows.values())

    def months(self, name: str, labels: list[str], codes: list[str] | None = None) -> list[int]:
        """``came`` or ``closed`` by month, of all rows or of some."""
        rows = [row for code, row in self.rows.items() if codes is None or code in codes]
        return [sum(getattr(row, name).get(label, 0) for row in rows) for label in labels]

    def whole(self) -> Row:
        """All rows together."""
        made = Row("")
        for row in self.rows.values():
            for name in (
                "valid",
                "revoked",
                "submitted",
                "returned",
                "ministry",
                "soon",
                "overdue",
                "decided",
                "on_time",
            ):
                setattr(made, name, getattr(made, name) + getattr(row, name))
        return made


@dataclass(frozen=True)
class Quarter:
    """A quarter of a year; ``text`` is its name in an address: 2026-4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        return cls(day.year, (day.month + 2) // 3)

    @property
    def start(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> date:
        """The first day after it."""
        return add_months(self.start, 3)

    @property
    def text(self) -> str:
        return f"{self.year}-{self.number}"

    @property
    def before(self) -> Quarter:
        return Quarter.of(self.start - timedelta(days=1))


def quarters(today: date, count: int = 5) -> list[Quarter]:
    """The present quarter and those before it."""
    found = [Quarter.of(today)]
    while len(found) < count:
        found.append(found[-1].before)
    return found


def quarter_of(text: str, today: date) -> Quarter:
    """The quarter that an address names; the present one where it names none that is offered."""
    return next((one for one in quarters(today) if one.text == text), Quarter.of(today))


def months(today: date) -> list[str]:
    """The last twelve months, the present one last, as YYYY-MM."""
    found, first = [], today.replace(day=1)
    for _number in range(MONTHS):
        found.append(first.strftime("%Y-%m"))
        first = (first - timedelta(days=1)).replace(day=1)
    return found[::-1]


def standing(quarter: Quarter, now: datetime) -> Standing:
    """The figures for a quarter; counted at most once a minute."""
    key = f"dashboards:providers:{quarter.text}"
    kept: dict[str, Any] | None = cache.get(key)
    if kept is None:
        made = count(quarter, now)
        cache.set(key, {"made_at": made.made_at, "rows": [asdict(row) for row in made.rows.values()]}, KEPT)
        return made
    return Standing(kept["made_at"], {row["code"]: Row(**row) for row in kept["rows"]})


def count(quarter: Quarter, now: datetime) -> Standing:
    """Counts now; five statements."""
    rows: dict[str, Row] = {code: Row(code) for code in [*Province.values, MINISTRY]}
    today = local_date(now)
    soon = calendar.add_working_days(today, SOON).date
    since = start_of_day(date.fromisoformat(f"{months(today)[0]}-01"))
    place = "CASE WHEN a.level = 'province' THEN a.province_code ELSE '00' END"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {place}, state, count(*), count(*) FILTER (WHERE due_at <= %s),"  # noqa: S608 - fixed text
            " count(*) FILTER (WHERE due_at > %s AND due_day <= %s)"
            " FROM providers_filing f JOIN accounts_unit a ON a.id = f.authority_id"
            " WHERE state IN ('submitted', 'returned', 'ministry_review') GROUP BY 1, 2",
            [now, now, soon],
        )
        for code, state, n, over, near in cursor:
            row = rows.setdefault(code, Row(code))
            setattr(row, {"ministry_review": "ministry"}.get(state, state), n)
            if state == "submitted":
                row.overdue, row.soon = over, near
        cursor.execute(
            "SELECT province_code, count(*) FILTER (WHERE state IN ('published', 'rectifying')),"
            " count(*) FILTER (WHERE state = 'revoked' AND status_since >= %s AND status_since < %s)"
            " FROM registry_entry GROUP BY 1",
            [start_of_day(quarter.start), start_of_day(quarter.end)],
        )
        for code, valid, revoked in cursor:
            row = rows.setdefault(code, Row(code))
            row.valid, row.revoked = valid, revoked
        cursor.execute(
            f"SELECT {place}, count(*), count(*) FILTER (WHERE d.on_time) FROM review_decision d"  # noqa: S608
            " JOIN providers_filing f ON f.id = d.filing_id AND f.authority_id = d.unit_id"
            " JOIN accounts_unit a ON a.id = f.authority_id"
            " WHERE d.decided_at >= %s AND d.decided_at < %s GROUP BY 1",
            [start_of_day(quarter.start), start_of_day(quarter.end)],
        )
        for code, decided, on_time in cursor:
            row = rows.setdefault(code, Row(code))
            row.decided, row.on_time = decided, on_time
        for name, column in (("came", "submitted_at"), ("closed", "closed_at")):
            cursor.execute(
                f"SELECT {place}, to_char({column} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'), count(*)"  # noqa: S608
                f" FROM providers_filing f JOIN accounts_unit a ON a.id = f.authority_id"
                f" WHERE {column} >= %s AND submitted_at IS NOT NULL GROUP BY 1, 2",
                [since],
            )
            by: dict[str, dict[str, int]] = defaultdict(dict)
            for code, month, n in cursor:
                by[code][month] = n
            for code, counts in by.items():
                setattr(rows.setdefault(code, Row(code)), name, counts)
    return Standing(now, rows)
