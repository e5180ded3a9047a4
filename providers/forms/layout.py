"""What the template needs of each field: ids, names, values, problems, notes, and when it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from providers import schema
from providers.schema import Column, Context, Field, Problem
from providers.schema.fields import Condition


@dataclass
class Cell:
    """One cell of a table row."""

    column: Column
    name: str
    id: str
    value: Any
    problem: Any = None

    @property
    def text(self) -> str:
        return "" if self.value is None else str(self.value)


@dataclass
class TableRow:
    """A row with its number for people (from 1) and its index in the names."""

    number: int
    index: str
    cells: list[Cell]


@dataclass
class Control:
    """One field on the page."""

    item: Field
    value: Any
    required: bool
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    note: Any = None
    shown_when: str = ""
    rows: list[TableRow] = field(default_factory=list)
    template: TableRow | None = None
    article: str = ""
    verified: bool = False  # found right by the authority, and as it was

    @property
    def id(self) -> str:
        """As the links of the error summary name it."""
        return "id_" + self.item.key.replace(".", "")

    @property
    def text(self) -> str:
        return "" if self.value is None else str(self.value)

    @property
    def words(self) -> str:
        return schema.display(self.item, self.value)

    @property
    def file(self) -> dict[str, Any] | None:
        return self.value if schema.is_file(self.value) else None

    @property
    def error(self) -> bool:
        return bool(self.problems)

    @property
    def earlier(self) -> str:
        """The value in the version that the note is about."""
        return schema.display(self.item, self.note.earlier) if self.note is not None else ""

    @property
    def described(self) -> str:
        """Ids for ``aria-describedby``."""
        ids = [f"{self.id}_hint"] if self.item.hint else []
        ids.append(f"{self.id}_error")
        if self.note is not None:
            ids.append(f"{self.id}_note")
        return " ".join(ids)

    @property
    def chosen(self) -> list[str]:
        return self.value if isinstance(self.value, list) else []


def controls(
    section: schema.Section,
    context: Context,
    *,
    problems: list[Problem],
    notes: dict[str, Any] | None = None,
    blank_rows: int = 1,
) -> list[Control]:
    """The fields of a section in order. A field whose condition lies on another page and fails is left out."""
    on_page = {item.key for item in section.fields}
    found = []
    for item in section.fields:
        shown, rule = rule_on_page(item.shown_when, context, on_page)
        if not shown:
            continue
        own = [problem for problem in problems if problem.field_key == item.key]
        control = Control(
            item,
            schema.lookup(context.doc, item.key),
            schema.is_required(item, context),
            [problem for problem in own if problem.is_error],
            [problem for problem in own if not problem.is_error],
            (notes or {}).get(item.key),
            rule,
            article=item.article,
        )
        if item.kind == "table":
            _add_rows(control, blank_rows)
        found.append(control)
    return found


def _add_rows(control: Control, blank_rows: int) -> None:
    values = (
        [row for row in control.value if isinstance(row, dict)] if isinstance(control.value, list) else []
    )
    wrong = {(p.row, p.column): p.message for p in control.problems if p.row is not None}
    total = min(len(values) + blank_rows, max(control.item.max_rows, len(values)))
    for number in range(1, total + 1):
        row = values[number - 1] if number <= len(values) else {}
        control.rows.append(_row(control, number, str(number - 1), row, wrong))
    control.template = _row(control, 0, "__row__", {}, {})


def _row(control: Control, number: int, index: str, row: dict[str, Any], wrong: dict[Any, Any]) -> TableRow:
    cells = [
        Cell(
            column,
            f"{control.item.key}-{index}-{column.key}",
            f"{control.id}-{index}-{column.key}",
            row.get(column.key),
            wrong.get((number, column.key)),
        )
        for column in control.item.columns
    ]
    return TableRow(number, index, cells)


def rule_on_page(condition: Condition | None, context: Context, on_page: set[str]) -> tuple[bool, str]:
    """Whether to lay the field out, and the rule by which the script shows and hides it.

    Rules are ``field=a|b&other=c``. What lies on other pages is decided here.
    """
    if not condition:
        return True, ""
    parts = list(condition["all"]) if "all" in condition else [condition]
    rules = []
    for part in parts:
        if "all" in part:
            shown, rule = rule_on_page(part, context, on_page)
            if not shown:
                return False, ""
            rules += [rule] if rule else []
        elif part.get("field") in on_page and (values := _values(part)):
            rules.append(f"{part['field']}={'|'.join(values)}")
        elif not schema.holds(part, context.doc):
            return False, ""
    return True, "&".join(rules)


def _values(part: Condition) -> list[str]:
    if "is" in part:
        value = part["is"]
        return [("yes" if value else "no") if isinstance(value, bool) else str(value)]
    return [str(value) for value in part.get("in") or part.get("has_any") or ()]
