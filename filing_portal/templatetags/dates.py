"""Dates as people read them: Chinese and English, always in the legal zone (Asia/Shanghai).

``day``      10月12日 / 12 Oct            (with the year where it is not this year's: ``day:"year"``)
``daytime``  10月12日 14:31 / 12 Oct, 14:31
``isoday``   2026-10-12
``weekday``  周四 / Thu
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import get_language, pgettext

register = template.Library()
ZONE = ZoneInfo("Asia/Shanghai")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEK = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}

Day = dt.date | dt.datetime | None


def local(value: Day) -> dt.date | dt.datetime | None:
    """A moment moved to the legal zone; a plain date as it is."""
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(ZONE)
    return value


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


@register.filter
def day(value: Day, form: str = "") -> str:
    """Month and day; ``form="year"`` puts the year before it."""
    moment = local(value)
    if not moment:
        return ""
    if _chinese():
        text = f"{moment.month}月{moment.day}日"
        return f"{moment.year}年{text}" if form == "year" else text
    text = f"{moment.day} {_MONTHS[moment.month - 1]}"
    return f"{text} {moment.year}" if form == "year" else text


@register.filter
def daytime(value: Day, form: str = "") -> str:
    """Month, day, hour and minute; ``form="year"`` puts the year before it."""
    moment = local(value)
    if not moment:
        return ""
    if not isinstance(moment, dt.datetime):
        return day(moment, form)
    between = " " if _chinese() else ", "
    return f"{day(moment, form)}{between}{moment:%H:%M}"


@register.filter
def clocktime(value: Day) -> str:
    """Hour and minute of a moment."""
    moment = local(value)
    return f"{moment:%H:%M}" if isinstance(moment, dt.datetime) else ""


@register.filter
def isoday(value: Day) -> str:
    """The date as 2026-10-12, for tables and codes."""
    moment = local(value)
    return f"{moment:%Y-%m-%d}" if moment else ""


@register.filter
def isotime(value: Day) -> str:
    """For the ``datetime`` attribute of ``<time>``."""
    moment = local(value)
    if not moment:
        return ""
    return moment.isoformat(timespec="minutes") if isinstance(moment, dt.datetime) else moment.isoformat()


@register.filter
def weekday(value: Day) -> str:
    """周四 or Thu."""
    moment = local(value)
    if not moment:
        return ""
    return _WEEK["zh" if _chinese() else "en"][moment.weekday()]


@register.simple_tag
def period(start: Day, end: Day) -> str:
    """Two days with the words between them."""
    return pgettext("period of days", "%(start)s to %(end)s") % {"start": day(start), "end": day(end)}
