"""What a running clock says on a page: the pill, and the card with its small calendar.

Counting is the rulebook's; here are only the words, the family of colour and the cells.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from filing_portal.templatetags import dates
from rulebook.arithmetic import WorkingDays
from rulebook.display import SOON
from rulebook.enums import SERVICE_TARGETS
from rulebook.time import local_date

TITLES: dict[str, str | Promise] = {
    "feedback": gettext_lazy("Feedback due"),
    "supplement": gettext_lazy("Correction due"),
    "change_report": gettext_lazy("Change to be reported by"),
    "ministry_target": gettext_lazy("Service target"),
    "confirm_target": gettext_lazy("Service target of the confirmation"),
}
CONSEQUENCES: dict[str, str | Promise] = {
    "feedback": gettext_lazy(
        "If the authority does not answer in time, the superior authority is told. "
        "The filing is never approved by itself."
    ),
    "supplement": gettext_lazy("If nothing is submitted by then, the filing is deemed given up."),
    "change_report": gettext_lazy("A later report is still possible; it is marked as late."),
    "ministry_target": gettext_lazy("A promise of service, not a period of the law."),
    "confirm_target": gettext_lazy("A promise of service, not a period of the law."),
}
ARTICLES = {"feedback": "me-13", "supplement": "me-13", "change_report": "me-15"}


@dataclass(frozen=True, slots=True)
class Pill:
    """family: "" neutral, soon, today, late, off. text: short, with the number in bold. title: the date."""

    family: str
    icon: str
    text: SafeString
    title: str


def get(clock: Any, name: str, default: Any = None) -> Any:
    """An attribute of a clock, or an item where the page has only a dictionary."""
    if isinstance(clock, dict):
        return clock.get(name, default)
    return getattr(clock, name, default)


def working_days_left(clock: Any, now: dt.datetime, working: WorkingDays) -> int:
    """Working days to the last day: 0 on the day itself, negative once it is over."""
    known = get(clock, "left")
    return known if isinstance(known, int) else working.left(get(clock, "due_day"), local_date(now))


def _bold(words: str, count: int) -> SafeString:
    """The words with the number in bold in the place of {n}."""
    return format_html(words, n=format_html("<b>{}</b>", count))


def until(clock: Any) -> str:
    """The last day in words, for titles and for those who do not see the pill."""
    due = get(clock, "due_day")
    text = _("Due %(day)s (%(weekday)s), 24:00") % {
        "day": dates.day(due, "year"),
        "weekday": dates.weekday(due),
    }
    if get(clock, "provisional"):
        text += " " + _("(provisional: the working-day calendar of that year is not yet published)")
    return text


def pill(clock: Any, *, now: dt.datetime, working: WorkingDays, mine: bool = True) -> Pill | None:
    """The pill for a clock; None where nothing runs. mine=False: another party's period.

    clock: a rulebook clock, or a dictionary with its kind, status, due_day, provisional (and left, if known).
    """
    status = str(get(clock, "status", "running"))
    if get(clock, "due_day") is None or status == "stopped":
        return None
    title = until(clock)
    if status == "paused":
        return Pill("off", "pause", format_html("{}", _("Paused")), title)
    left = working_days_left(clock, now, working)
    if status == "expired":
        left = min(left, -1)
    target = get(clock, "service_target")
    if target is None:
        target = str(get(clock, "kind", "")) in SERVICE_TARGETS
    if target:
        if left < 0:
            text = _bold(ngettext("{n} day after the target", "{n} days after the target", -left), -left)
        elif left == 0:
            text = format_html("{}", _("Target: today"))
        else:
            text = _bold(ngettext("Target: {n} day", "Target: {n} days", left), left)
        return Pill("off", "clock", text, title)
    if not mine and left >= 0:
        return Pill(
            "off", "pause", _bold(ngettext("They have {n} day", "They have {n} days", left), left), title
        )
    if left < 0:
        return Pill(
            "late", "late", _bold(ngettext("{n} day overdue", "{n} days overdue", -left), -left), title
        )
    if left == 0:
        text, family, icon = format_html("<b>{}</b>", _("Due today")), "today", "alert"
    else:
        text = _bold(ngettext("{n} day left", "{n} days left", left), left)
        family, icon = ("soon" if left <= SOON else ""), "clock"
    if get(clock, "provisional"):
        text = format_html("{} {}", text, _("(provisional)"))
        family = family or "off"
    return Pill(family, icon, text, title)


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the small calendar."""

    label: str
    note: str
    css: str


@dataclass
class Card:
    """Everything that components/deadline.html shows."""

    title: str
    due_day: dt.date
    left_text: str
    family: str
    consequence: str
    article: str
    provisional: bool
    target: bool
    weeks: list[list[Square]] = field(default_factory=list)
    note: str = ""
    started: dt.date | None = None
    days: int | None = None
    weekdays: tuple[str, ...] = ()


def _square(cell: Any, first: bool) -> Square:
    label = f"{cell.date.month}/{cell.date.day}" if cell.date.day == 1 and not first else str(cell.date.day)
    if cell.day0:
        return Square(label, _("day 0"), "is-0")
    if cell.due:
        return Square(label, _("due"), "is-due")
    if cell.today:
        return Square(label, _("today"), "is-today")
    if not cell.inside:
        return Square(label, "", "")
    if cell.index is None:
        return Square(label, _("off"), "")
    css = "is-past" if cell.past else "is-w"
    note = _("work {n}") if cell.makeup else _("no. {n}")
    return Square(label, note.format(n=cell.index), css)


def _note(cells: list[Any]) -> str:
    chinese = dates._chinese()
    inside = [cell for cell in cells if cell.inside and not cell.day0]
    parts = [_("The day of receipt is not counted.")]
    names: list[str] = []
    for cell in inside:
        name = (cell.name_zh if chinese else cell.name_en) or ""
        if cell.holiday and name and name not in names:
            names.append(name)
    if names:
        parts.append(_("Not counted: %(names)s.") % {"names": ("、" if chinese else ", ").join(names)})
    makeups = [
        _("%(day)s (%(weekday)s)") % {"day": dates.day(c.date), "weekday": dates.weekday(c.date)}
        for c in inside
        if c.makeup
    ]
    if makeups:
        parts.append(
            _("Make-up working days, counted: %(days)s.")
            % {"days": ("、" if chinese else ", ").join(makeups)}
        )
    return ("" if chinese else " ").join(parts)


def card(
    clock: Any, *, now: dt.datetime, working: WorkingDays, with_calendar: bool = True, **words: str
) -> Card | None:
    """The deadline card. words: title, consequence, article replace those of the kind."""
    due = get(clock, "due_day")
    if due is None:
        return None
    kind = str(get(clock, "kind", ""))
    left = working_days_left(clock, now, working)
    target = kind in SERVICE_TARGETS
    if target:
        family = "calm"
    else:
        family = "late" if left < 0 else ("act" if left <= SOON else "calm")
    if left < 0:
        text = (
            ngettext("{n} working day after the target", "{n} working days after the target", -left)
            if target
            else ngettext("{n} working day overdue", "{n} working days overdue", -left)
        ).format(n=-left)
    elif left == 0:
        text = _("Today is the last day")
    else:
        text = ngettext("{n} working day left", "{n} working days left", left).format(n=left)
    result = Card(
        title=words.get("title") or str(TITLES.get(kind, _("Due"))),
        due_day=due,
        left_text=text,
        family=family,
        consequence=words.get("consequence") or str(CONSEQUENCES.get(kind, "")),
        article=words.get("article") or ARTICLES.get(kind, ""),
        provisional=bool(get(clock, "provisional")),
        target=target,
        started=get(clock, "day0"),
        days=get(clock, "days"),
        weekdays=tuple(w[-1] for w in dates._WEEK["zh"]) if dates._chinese() else dates._WEEK["en"],
    )
    day0 = get(clock, "day0")
    if with_calendar and day0 and get(clock, "days"):
        weeks = working.describe(day0, due, local_date(now))
        result.weeks = [
            [_square(cell, first=(w == 0 and i == 0)) for i, cell in enumerate(week)]
            for w, week in enumerate(weeks)
        ]
        result.note = _note([cell for week in weeks for cell in week])
    return result
