"""The legal zone, and the one place where the present moment is read.

Every period of the Measures runs in Beijing time whatever the province, so the
zone is a constant and no setting. Domain functions never call `now()`: they get
the moment from the view, task or command that calls them.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

ZONE = ZoneInfo("Asia/Shanghai")


class MomentInvalid(ValueError):
    """A text that was to be a moment is none, or has no time zone."""


def parse_moment(text: str) -> datetime:
    """An ISO 8601 moment with its offset, such as `2026-10-16T00:00:00+08:00`.

    A plain date means 00:00 of that day, a moment without an offset is Beijing time.
    Raises MomentInvalid.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise MomentInvalid(f"“{text}” is no moment; write it like 2026-10-16T00:00:00+08:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def now() -> datetime:
    """The present moment, aware. `settings.PORTAL_FROZEN_NOW` (text or datetime) replaces it in tests."""
    frozen = getattr(settings, "PORTAL_FROZEN_NOW", None)
    if frozen:
        return parse_moment(frozen) if isinstance(frozen, str) else frozen
    return timezone.now()


def local_date(moment: datetime) -> date:
    """The day in Beijing at an aware moment."""
    if moment.tzinfo is None:
        raise MomentInvalid("A moment without a time zone names no day")
    return moment.astimezone(ZONE).date()


def start_of_day(day: date) -> datetime:
    """00:00 in Beijing on that day, aware."""
    return datetime.combine(day, time.min, tzinfo=ZONE)


def end_of_day(day: date) -> datetime:
    """24:00 in Beijing on that day, which is 00:00 of the next: an exclusive end.

    The last day of the calendar (somebody may type it) ends with its last moment.
    """
    if day == date.max:
        return datetime.combine(day, time.max, tzinfo=ZONE)
    return start_of_day(day + timedelta(days=1))


def last_day_before(end: datetime) -> date:
    """The last day of a period with this exclusive end: the day before, where it ends at 24:00."""
    return local_date(end - timedelta(microseconds=1))


def at_hour(day: date, hour: int) -> datetime:
    """A full hour in Beijing on that day, aware."""
    return datetime.combine(day, time(hour), tzinfo=ZONE)
