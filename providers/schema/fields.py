"""What the catalogue is made of: fields, columns, sections, and conditions that can travel as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import get_language

Document = Mapping[str, Mapping[str, Any]]
#: ``{"field": key, "is": v}`` (or ``in``, ``has_any``, ``at_least``); ``{"all": […]}``, ``{"any": […]}``,
#: ``{"not": …}``. JSON-able, so that the page can follow it too.
Condition = Mapping[str, Any]
Choice = tuple[str, Any]

PARTS = ("unit", "system", "app", "filing")


@dataclass(frozen=True)
class Context:
    """What a rule of the catalogue may look at."""

    doc: Document
    policy: Any
    kind: str
    on: date


Required = bool | Callable[[Context], bool]


class Bilingual:
    """A label of the rulebook, given in both languages, shown in the reader's."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en

    def __str__(self) -> str:
        chinese = (get_language() or "zh").startswith("zh")
        return (self.zh or self.en) if chinese else (self.en or self.zh)

    def __repr__(self) -> str:
        return f"Bilingual({self.zh!r}, {self.en!r})"


@dataclass(frozen=True)
class Column:
    """One field of the rows of a table. ``kind``: text, choice, bool, date, file."""

    key: str
    label: Any
    kind: str = "text"
    required: bool = False
    check: str = ""
    choices: Sequence[Choice] = ()
    max_length: int = 200
    required_when: Condition | None = None  # ``field`` names another column of the same row


@dataclass(frozen=True)
class Field:
    """One thing that is asked.

    ``key`` is dotted ("unit.uscc"); ``kind`` is one of text, textarea, choice, multi, bool, accept, date,
    number, table, file. ``bool`` must be answered yes or no; ``accept`` must be ticked. ``shown_when`` is
    a condition on other fields; a field that is not shown is neither asked nor validated.
    ``public_as`` names the field in the public snapshot; empty means that it is never public.
    ``material`` is the key by which a policy requires the file.
    """

    key: str
    label: Any
    kind: str = "text"
    hint: Any = ""
    required: Required = False
    shown_when: Condition | None = None
    check: str = ""
    choices: Sequence[Choice] = ()
    article: str = ""
    public_as: str = ""
    max_length: int = 200
    columns: Sequence[Column] = ()
    max_rows: int = 100
    low: int = 0
    high: int = 9_999_999
    material: str = ""
    group: str = ""  # files: "qualification" or "policy"
    readonly: bool = False
    code: bool = False  # shown in the type of codes
    autocomplete: str = ""

    @property
    def public(self) -> bool:
        return bool(self.public_as)

    @property
    def part(self) -> str:
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """The key inside its part."""
        return self.key.partition(".")[2]

    def is_required(self, context: Context) -> bool:
        return self.required(context) if callable(self.required) else self.required


@dataclass(frozen=True)
class Section:
    """One page of the form. ``mirror`` shows files that are at home in other sections."""

    key: str
    part: str
    group_no: str
    title: Any
    intro: Any = ""
    article: str = ""
    fields: Sequence[Field] = field(default_factory=tuple)
    mirror: bool = False

    def with_fields(self, fields: Sequence[Field]) -> Section:
        return replace(self, fields=tuple(fields))


def lookup(doc: Document, key: str) -> Any:
    """The value of a dotted key, or ``None``."""
    part, _dot, name = key.partition(".")
    values = doc.get(part)
    return values.get(name) if isinstance(values, Mapping) else None


def is_empty(value: Any) -> bool:
    """Nothing was said; ``False`` and ``0`` are answers."""
    return (
        value is None
        or value == ""
        or value == []
        or value == {}
        or (isinstance(value, str) and not value.strip())
    )


def holds(condition: Condition | None, doc: Document) -> bool:
    """Whether a condition holds; no condition always does."""
    return _holds(condition, lambda key: lookup(doc, key))


def row_holds(condition: Condition | None, row: Mapping[str, Any]) -> bool:
    """The same for a row of a table, whose columns the condition names."""
    return _holds(condition, row.get)


def _holds(condition: Condition | None, get: Callable[[str], Any]) -> bool:
    if not condition:
        return True
    if "all" in condition:
        return all(_holds(inner, get) for inner in condition["all"])
    if "any" in condition:
        return any(_holds(inner, get) for inner in condition["any"])
    if "not" in condition:
        return not _holds(condition["not"], get)
    value = get(condition["field"])
    if "is" in condition:
        return bool(value == condition["is"]) and type(value) is type(condition["is"])
    if "in" in condition:
        return isinstance(value, str) and value in condition["in"]
    if "has_any" in condition:
        return isinstance(value, list) and any(
            item in condition["has_any"] for item in value if isinstance(item, str)
        )
    if "at_least" in condition:
        return str(value or "").isdecimal() and int(str(value)) >= condition["at_least"]
    return not is_empty(value)


def fields_of_condition(condition: Condition | None) -> set[str]:
    """Every field that a condition looks at."""
    if not condition:
        return set()
    inner = [
        *condition.get("all", ()),
        *condition.get("any", ()),
        *([condition["not"]] if "not" in condition else []),
    ]
    found = {condition["field"]} if "field" in condition else set()
    return found.union(*(fields_of_condition(one) for one in inner))
