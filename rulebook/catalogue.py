"""The catalogue of what a policy can set: key, type, bounds, default, article.

A policy's data holds only keys of this catalogue; what an authority leaves out is inherited from the
ministry. Bounds that the law sets are not the authority's to move.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

ADMISSION_CODES = ("preschool_training", "photo_search", "suspended_category")
ADS_RULES = ("national", "none")
BUFFER_ITEMS = ("icp", "mlps")
ITEM_KINDS = ("text", "long_text", "number", "date", "choice", "yes_no", "file")
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
PREFIX = re.compile(r"[0-9]{2}")

Problems = Iterator[str]


@dataclass(frozen=True)
class Setting:
    """One key of a policy. `check(value)` yields what is wrong with it, a sentence each."""

    key: str
    check: Callable[[Any], Problems]
    default: Any
    article: str = ""
    #: Rows of a list setting are merged by this field; "" where the child's value replaces the parent's.
    merge_by: str = ""
    legal: bool = False  # the law sets a bound
    dated: bool = False  # rows have effective_from and effective_to


class Invalid(ValueError):
    """The data are no policy. `problems` says what is wrong, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


# --- checks ------------------------------------------------------------------------------------------


def _yes_no(value: Any) -> Problems:
    if not isinstance(value, bool):
        yield "must be true or false"


def _integer(low: int, high: int) -> Callable[[Any], Problems]:
    def check(value: Any) -> Problems:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            yield f"must be exactly {low}" if low == high else f"must be a whole number from {low} to {high}"

    return check


def _choice(*options: str) -> Callable[[Any], Problems]:
    def check(value: Any) -> Problems:
        if value not in options:
            yield f"must be one of {', '.join(options)}"

    return check


def _matching(pattern: re.Pattern[str], what: str) -> Callable[[Any], Problems]:
    def check(value: Any) -> Problems:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            yield f"must be {what}"

    return check


def _text(value: Any) -> Problems:
    if not isinstance(value, str) or not value.strip():
        yield "must be a text"


def _any_text(value: Any) -> Problems:
    if not isinstance(value, str):
        yield "must be a text"


def _day(value: Any) -> Problems:
    if parse_day(value) is None:
        yield "must be a date like 2026-09-24"


def _mapping(value: Any) -> Problems:
    if not isinstance(value, Mapping):
        yield "must be an object"


def _limits(value: Any) -> Problems:
    if not isinstance(value, Mapping) or not all(
        isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in value.values()
    ):
        yield "must be an object of whole numbers above 0"


def _subset(*options: str) -> Callable[[Any], Problems]:
    def check(value: Any) -> Problems:
        if not isinstance(value, list) or not value or set(map(str, value)) - set(options):
            yield f"must be a list of some of {', '.join(options)}"

    return check


def _options(value: Any) -> Problems:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) and one for one in value):
        yield "must be a list of texts"


def parse_day(value: Any) -> date | None:
    """A date of a policy; None where the value is none."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Column:
    """One field of the rows of a list setting."""

    name: str
    check: Callable[[Any], Problems]
    required: bool = True


def _rows(identity: str, *columns: Column) -> Callable[[Any], Problems]:
    known = {column.name: column for column in columns}

    def check(value: Any) -> Problems:
        if not isinstance(value, list):
            yield "must be a list"
            return
        seen: set[Any] = set()
        for number, row in enumerate(value, start=1):
            if not isinstance(row, Mapping):
                yield f"row {number}: must be an object"
                continue
            name = row.get(identity)
            if not isinstance(name, str):
                yield f"row {number}: needs “{identity}”"
                continue
            if name in seen:
                yield f"row {number}: “{name}” stands twice"
            seen.add(name)
            yield from (f"row {number} ({name}): {problem}" for problem in _row(row, known))

    return check


def _row(row: Mapping[str, Any], known: Mapping[str, Column]) -> Problems:
    for name in row:
        if name not in known and name != "off":
            yield f"“{name}” is not known"
    if row.get("off") is True:  # switches off what the parent has; nothing else is needed
        return
    for column in known.values():
        if row.get(column.name) is None:
            if column.required:
                yield f"“{column.name}” is missing"
            continue
        for problem in column.check(row[column.name]):
            yield f"“{column.name}” {problem}"
    for low, high in (("effective_from", "effective_to"), ("from", "to"), ("to", "rectify_until")):
        first, last = parse_day(row.get(low)), parse_day(row.get(high))
        if first and last and last < first:
            yield f"“{high}” lies before “{low}”"


_LABELS = (Column("label_zh", _text), Column("label_en", _text))
_DATES = (Column("effective_from", _day, required=False), Column("effective_to", _day, required=False))
_ARTICLE = Column(
    "article", _matching(re.compile(r"[a-z]{2}-[a-z0-9-]{1,12}"), "the key of an article"), required=False
)
_NOTE = Column("note", _any_text, required=False)
_KEY = Column("key", _matching(KEY, "a key of lower-case letters, digits and _"))

SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Setting("number_prefix", _matching(PREFIX, "two digits"), "", "me-14"),
        Setting("second_level", _yes_no, False, "bj-3-4"),
        Setting("second_person", _yes_no, False),
        Setting("feedback_days", _integer(1, 10), 10, "me-13", legal=True),
        Setting("supplement_days", _integer(10, 10), 10, "me-13", legal=True),
        Setting("change_report_days", _integer(10, 10), 10, "me-15", legal=True),
        Setting("user_change_report_days", _integer(10, 10), 10, "me-20", legal=True),
        Setting("review_target_days", _integer(1, 60), 10),
        Setting("ministry_target_days", _integer(1, 60), 5),
        Setting("confirm_target_days", _integer(1, 60), 10),
        Setting("bar_months", _integer(6, 60), 6, "me-24", legal=True),
        Setting("rectification_days", _integer(1, 120), 15, "bj-5"),
        Setting("complaint_accept_days", _integer(1, 30), 5, "me-22"),
        Setting("complaint_reply_days", _integer(1, 120), 30, "op-15"),
        Setting("forwarding_days", _integer(1, 60), 10, "op-13"),
        Setting("referral_days", _integer(1, 120), 20, "op-14"),
        Setting("takedown_days", _integer(1, 60), 5, "op-7"),
        Setting("ads_rule", _choice(*ADS_RULES), "national", "op-5"),
        Setting("content_review_for_all", _yes_no, False, "op-5"),
        Setting("dual_review", _yes_no, True, "op-10"),
        Setting("waive_by_recommended_list", _yes_no, False, "op-10"),
        Setting("alternatives_needed", _integer(0, 10), 0, "op-10"),
        Setting("biometrics_argumentation", _yes_no, False, "op-6"),
        Setting("collection_consultation", _yes_no, False, "op-6"),
        Setting("self_use_gets_number", _yes_no, False, "me-21"),
        Setting("uses_limit_hard", _yes_no, False, "op-10"),
        Setting("information_months", _integer(1, 36), 12, "me-n2"),
        Setting("public_from", _day, "2020-02-01", "me-n5"),
        Setting("limits", _limits, {}),
        Setting(
            "admission_rules",
            _rows(
                "code",
                Column("code", _choice(*ADMISSION_CODES)),
                Column("effective_from", _day),
                Column("effective_to", _day, required=False),
                _ARTICLE,
                Column("message_zh", _text),
                Column("message_en", _text),
                Column("params", _mapping, required=False),
                _NOTE,
            ),
            [],
            merge_by="code",
            dated=True,
        ),
        Setting(
            "buffer_windows",
            _rows(
                "key",
                _KEY,
                Column("from", _day),
                Column("to", _day),
                Column("items", _subset(*BUFFER_ITEMS)),
                Column("rectify_until", _day, required=False),
                _ARTICLE,
                _NOTE,
            ),
            [],
            "me-n3",
            merge_by="key",
        ),
        Setting(
            "required_materials",
            _rows("key", _KEY, *_LABELS, _ARTICLE, Column("when", _text, required=False), *_DATES, _NOTE),
            [],
            merge_by="key",
            dated=True,
        ),
        Setting(
            "supplementary_items",
            _rows(
                "key",
                _KEY,
                *_LABELS,
                Column("kind", _choice(*ITEM_KINDS)),
                Column("required", _yes_no),
                Column("options", _options, required=False),
                _ARTICLE,
                *_DATES,
                _NOTE,
            ),
            [],
            "me-26",
            merge_by="key",
            dated=True,
        ),
        Setting(
            "use_items",
            _rows(
                "key",
                _KEY,
                *_LABELS,
                Column("kind", _choice(*ITEM_KINDS)),
                Column("required", _yes_no),
                Column("options", _options, required=False),
                _ARTICLE,
                *_DATES,
                _NOTE,
            ),
            [],
            "me-26",
            merge_by="key",
            dated=True,
        ),
        Setting(
            "checklist",
            _rows("key", _KEY, *_LABELS, _ARTICLE, *_DATES, _NOTE),
            [],
            merge_by="key",
            dated=True,
        ),
        Setting(
            "inspection_checklist",
            _rows("key", _KEY, *_LABELS, _ARTICLE, *_DATES, _NOTE),
            [],
            "op-18",
            merge_by="key",
            dated=True,
        ),
        Setting("notes", _any_text, ""),
    )
}


def problems(data: Any) -> list[str]:
    """Everything that is wrong with a policy's data; empty where it may be published."""
    if not isinstance(data, Mapping):
        return ["A policy must be an object of settings."]
    found = []
    for key, value in data.items():
        setting = SETTINGS.get(key)
        if setting is None:
            found.append(f"“{key}” is no setting of a policy.")
            continue
        found += [f"“{key}” {problem}." for problem in setting.check(value)]
    return found


def defaults() -> dict[str, Any]:
    """What holds where nobody has set anything."""
    return {key: setting.default for key, setting in SETTINGS.items()}


def merge(parent: Mapping[str, Any], child: Mapping[str, Any]) -> dict[str, Any]:
    """The child's settings over the parent's: rows with the same key are replaced, `off` takes them away."""
    merged = dict(parent)
    for key, value in child.items():
        setting = SETTINGS.get(key)
        if setting is None:  # a key of a later or earlier release: kept out, never trusted
            continue
        if setting.merge_by:
            rows = {row[setting.merge_by]: row for row in merged.get(key, [])}
            for row in value:
                if row.get("off") is True:
                    rows.pop(row[setting.merge_by], None)
                else:
                    rows[row[setting.merge_by]] = row
            merged[key] = list(rows.values())
        elif isinstance(setting.default, dict):
            merged[key] = {**merged.get(key, {}), **value}
        else:
            merged[key] = value
    return merged


def on_day(rows: list[Mapping[str, Any]], day: date) -> list[Mapping[str, Any]]:
    """The rows that are in effect on that day; a row without dates always is."""
    return [
        row
        for row in rows
        if (parse_day(row.get("effective_from")) or day) <= day <= (parse_day(row.get("effective_to")) or day)
    ]
