"""Everything that is wrong with a document, field by field; and how far each section has come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from providers.checks import CHECKS, CheckFailed, parse_date, parse_whole_number
from providers.checks.text import fill
from providers.schema import catalogue
from providers.schema.crosschecks import cross_checks
from providers.schema.fields import Column, Context, Document, Field, Section, is_empty, lookup, row_holds
from providers.schema.problems import ERROR, WARNING, Problem


def validate(doc: Document, policy: Any, kind: str, on: date) -> list[Problem]:
    """All problems of the document on that day, in the order of the form. Errors bar submission, warnings do not."""
    context = Context(doc, policy, kind, on)
    found: list[Problem] = []
    for section, item in catalogue.fields(kind, policy):
        found += validate_field(item, context, section.key)
    known = {item.key: section.key for section, item in catalogue.fields(kind, policy)}
    failed = {problem.field_key for problem in found if problem.is_error}
    found += [
        problem.at(known[problem.field_key])
        for problem in cross_checks(context)
        if problem.field_key in known and problem.field_key not in failed
    ]
    order = {key: place for place, key in enumerate(known)}
    return sorted(found, key=lambda problem: order[problem.field_key])


def validate_field(item: Field, context: Context, section_key: str = "") -> list[Problem]:
    """The problems of one field by itself."""
    if not catalogue.is_shown(item, context):
        return []
    value = lookup(context.doc, item.key)
    if is_empty(value) or (item.kind == "accept" and value is not True):
        if not catalogue.is_required(item, context):
            return []
        return [Problem(item.key, section_key, _missing(item), code="required", article=item.article)]
    return [
        Problem(
            item.key, section_key, message, code=code, article=item.article, row=row, column=column,
            severity=WARNING if item.readonly and code in _FOR_THE_REVIEWER else ERROR,
        )
        for code, message, row, column in _value_problems(item, value)
    ]  # fmt: skip


#: A few older credit codes fail their own check. Who registered with such a code cannot mend it on the form: the
#: automatic check fails, and a reviewer compares it with the certificate and sets the check aside with a reason.
_FOR_THE_REVIEWER = frozenset({"check_character", "organisation_check"})


def _missing(item: Field) -> Any:
    messages = {
        "choice": _("Choose one for “%(label)s”."),
        "multi": _("Choose at least one for “%(label)s”."),
        "bool": _("Answer yes or no: “%(label)s”"),
        "accept": _("Accept: “%(label)s”"),
        "file": _("Upload “%(label)s”."),
        "table": _("Add at least one row to “%(label)s”."),
    }
    return fill(messages.get(item.kind, _("Fill in “%(label)s”.")), label=item.label)


Found = Iterator[tuple[str, Any, "int | None", str]]


def _value_problems(item: Field, value: Any) -> Found:
    if item.kind == "table":
        yield from _table_problems(item, value)
        return
    problem = single_problem(item, value)
    if problem is not None:
        yield problem[0], problem[1], None, ""


def single_problem(item: Field | Column, value: Any) -> tuple[str, Any] | None:
    """What is wrong with a value that is there, as ``(code, message)``."""
    try:
        _check_single(item, value)
    except CheckFailed as failure:
        return failure.code, failure.message
    return None


def _check_single(item: Field | Column, value: Any) -> None:
    kind = item.kind
    if kind == "bool":
        if not isinstance(value, bool):
            raise CheckFailed("bool", _("The answer is yes or no."))
    elif kind == "choice":
        if not isinstance(value, str) or value not in dict(item.choices):
            raise CheckFailed("choice", _("Choose one of the given answers."))
    elif kind == "multi":
        if not isinstance(value, list) or any(
            not isinstance(v, str) or v not in dict(item.choices) for v in value
        ):
            raise CheckFailed("choice", _("Choose from the given answers."))
    elif kind == "number":
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise CheckFailed("number", _("This must be a whole number."))
        parse_whole_number(value, getattr(item, "low", 0), getattr(item, "high", 9_999_999))
    elif kind == "date":
        parse_date(value if isinstance(value, str) else "")
    elif kind == "file":
        if not is_file(value):
            raise CheckFailed("file", _("This is no uploaded file."))
    elif kind != "accept":
        _check_text(item, value)


def _check_text(item: Field | Column, value: Any) -> None:
    if not isinstance(value, str):
        raise CheckFailed("text", _("This must be a text."))
    if len(value) > item.max_length:
        raise CheckFailed(
            "too_long",
            fill(
                _("At most %(most)s characters; this has %(length)s."),
                most=item.max_length,
                length=len(value),
            ),
        )
    if any(ord(char) < 32 and char not in "\r\n\t" for char in value):
        raise CheckFailed("control", _("The text holds characters that cannot be shown."))
    if item.check:
        CHECKS[item.check](value)


def is_file(value: Any) -> bool:
    """Whether the value names an uploaded file."""
    if not isinstance(value, dict) or not isinstance(value.get("sha256"), str):
        return False
    return isinstance(value.get("id"), int) and not isinstance(value["id"], bool) and value["id"] > 0


def _table_problems(item: Field, value: Any) -> Found:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        yield "table", _("This must be a list of rows."), None, ""
        return
    if len(value) > item.max_rows:
        yield "too_many", fill(_("At most %(most)s rows."), most=item.max_rows), None, ""
        return
    for number, row in enumerate(value, start=1):
        for column in item.columns:
            cell = row.get(column.key)
            if is_empty(cell):
                needed = column.required or (
                    column.required_when is not None and row_holds(column.required_when, row)
                )
                if needed:
                    message = fill(_("Row %(row)s: fill in “%(label)s”."), row=number, label=column.label)
                    yield "required", message, number, column.key
                continue
            problem = single_problem(column, cell)
            if problem is not None:
                message = fill(
                    _("Row %(row)s, %(label)s: %(problem)s"),
                    row=number,
                    label=column.label,
                    problem=problem[1],
                )
                yield problem[0], message, number, column.key


def normalise(item: Field | Column, value: Any) -> Any:
    """The value as it is kept: checked values in their one form; what fails is kept as typed."""
    if isinstance(value, str):
        value = value.strip()
    if is_empty(value):
        return value
    if item.kind == "table" and isinstance(item, Field) and isinstance(value, list):
        by_key = {column.key: column for column in item.columns}
        return [
            {key: normalise(by_key[key], cell) for key, cell in row.items() if key in by_key}
            for row in value
            if isinstance(row, dict)
        ]
    try:
        if item.kind == "number" and isinstance(value, str):
            return parse_whole_number(value, 0, 10**11)
        if item.kind == "date" and isinstance(value, str):
            return parse_date(value)
        if item.kind == "text" and item.check and isinstance(value, str):
            return CHECKS[item.check](value)
    except CheckFailed:
        return value
    return value


@dataclass(frozen=True)
class SectionState:
    """How far a section has come: ``status`` is done, todo or error."""

    section: Section
    status: str
    problems: list[Problem]
    asked: int
    filled: int

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.is_error]


def completeness(doc: Document, policy: Any, kind: str, on: date) -> list[SectionState]:
    """The state of every section, in the order of the task list."""
    context = Context(doc, policy, kind, on)
    problems: dict[str, list[Problem]] = {}
    for problem in validate(doc, policy, kind, on):
        problems.setdefault(problem.field_key, []).append(problem)
    states = []
    for section in catalogue.sections(kind, policy):
        shown = [item for item in section.fields if catalogue.is_shown(item, context)]
        own = [problem for item in shown for problem in problems.get(item.key, [])]
        filled = sum(not is_empty(lookup(doc, item.key)) for item in shown)
        errors = [problem for problem in own if problem.is_error]
        wrong = any(problem.code != "required" for problem in errors)
        status = "error" if wrong else "todo" if errors else "done"
        states.append(SectionState(section, status, own, len(shown), filled))
    return states
