"""What the pages of a filing show: the task list with its notes, the parties in order, the answers in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from providers import schema
from providers.enums import EDITABLE_STATES, FilingKind, FilingState
from providers.models import Filing, FilingVersion
from providers.queries import files_in, version
from rulebook import calendar
from rulebook.time import local_date

Document = Mapping[str, Mapping[str, Any]]

#: state → (family, icon, word, quiet)
LOOKS: dict[str, tuple[str, str, str | Promise, bool]] = {
    "done": ("ok", "check", gettext_lazy("Complete"), True),
    "todo": ("new", "pencil", gettext_lazy("To be filled in"), False),
    "error": ("act", "alert", gettext_lazy("Needs correction"), False),
    "note": ("act", "return", gettext_lazy("Noted by the authority"), False),
    "fixed": ("ok", "tick", gettext_lazy("Changed, to be submitted"), False),
    "sent": ("ok", "check", gettext_lazy("Submitted"), True),
}


@dataclass
class Task:
    """One section of the form in the task list."""

    key: str
    title: Any
    state: str
    text: str = ""

    @property
    def family(self) -> str:
        return LOOKS[self.state][0]

    @property
    def icon(self) -> str:
        return LOOKS[self.state][1]

    @property
    def word(self) -> str:
        return str(LOOKS[self.state][2])

    @property
    def quiet(self) -> bool:
        return LOOKS[self.state][3]


@dataclass
class Group:
    """A part of the form: unit, system, app, materials, commitments."""

    number: str
    title: Any
    about: str
    tasks: list[Task] = field(default_factory=list)


@dataclass(frozen=True)
class NoteState:
    """A note of the newest return and what has become of the field: the earlier and the present value."""

    note: Any
    earlier: Any
    present: Any
    by: str = ""
    changed_at: datetime | None = None

    @property
    def fixed(self) -> bool:
        """Whether the field has changed since the note was written."""
        return bool(self.earlier != self.present)


def note_state(note: Any, old: Document, document: Document, by: str) -> NoteState:
    """A note with the value that it is about and the one that stands now; ``by`` names who wrote it."""
    return NoteState(note, schema.lookup(old, note.field_key), schema.lookup(document, note.field_key), by)


def in_order(filing: Filing, document: Document) -> set[str]:
    """Keys of the fields that the authority found right when it returned the filing, and that stand as they stood."""
    right = (filing.feedback or {}).get("in_order") or []
    if filing.state != FilingState.RETURNED or not right:
        return set()
    frozen = version(filing, filing.version)
    old = frozen.data if frozen is not None else {}
    return {key for key in right if schema.lookup(old, key) == schema.lookup(document, key)}


def notes(filing: Filing, document: Document) -> dict[str, NoteState]:
    """Notes of the newest return by field key; empty when the filing is not returned."""
    if filing.state != FilingState.RETURNED:
        return {}
    frozen = version(filing, filing.version)
    old = frozen.data if frozen is not None else {}
    changed = (filing.feedback or {}).get("changed") or {}
    return {
        note.field_key: replace(
            note_state(note, old, document, filing.authority.title), changed_at=_moment(changed.get(note.field_key))
        )
        for note in filing.return_notes.filter(version=filing.version).order_by("id")
    }


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def tasks(filing: Filing, document: Document, policy: Any, on: date) -> list[Group]:
    """The task list in groups, each section with its state and the notes on it."""
    return task_groups(
        schema.completeness(document, policy, filing.kind, on),
        titles=schema.GROUPS,
        about=lambda number: _about(number, document),
        noted=notes(filing, document),
        editable=filing.state in EDITABLE_STATES,
    )


def task_groups(
    states: Iterable[schema.SectionState],
    *,
    titles: Mapping[str, Any],
    about: Callable[[str], str],
    noted: Mapping[str, NoteState],
    editable: bool,
) -> list[Group]:
    """The sections of any form by their groups: how far each is, and what became of the notes on it."""
    groups: list[Group] = []
    for state in states:
        section = state.section
        if not groups or groups[-1].number != section.group_no:
            groups.append(Group(section.group_no, titles[section.group_no], about(section.group_no)))
        task = Task(section.key, section.title, state.status if editable else "sent")
        own = [noted[item.key] for item in section.fields if item.key in noted]
        if task.state == "error":
            task.text = str(state.errors[0].message)
        if editable and not section.mirror and own:
            _with_notes(task, own, section)
        groups[-1].tasks.append(task)
    return groups


def progress(groups: list[Group]) -> dict[str, Any]:
    """``{"tasks", "done", "total", "todo"}`` of a task list."""
    every = [task for group in groups for task in group.tasks]
    return {
        "tasks": groups,
        "done": sum(1 for task in every if task.state in ("done", "fixed")),
        "total": len(every),
        "todo": [task for task in every if task.state in ("todo", "error", "note")],
    }


def two_versions(rows: Sequence[Any], wanted: Mapping[str, str]) -> tuple[Any, Any]:
    """The versions that ``old`` and ``new`` name; the last two where they name none. ``rows`` by number, not empty."""
    numbers = {row.number: row for row in rows}

    def chosen(key: str, default: Any) -> Any:
        text = wanted.get(key, "")
        return numbers.get(int(text), default) if text.isdecimal() and len(text) < 6 else default

    return chosen("old", rows[max(len(rows) - 2, 0)]), chosen("new", rows[-1])


def _with_notes(task: Task, own: list[NoteState], section: schema.Section) -> None:
    labels = {item.key: str(item.label) for item in section.fields}
    waiting = [labels[state.note.field_key] for state in own if not state.fixed]
    if waiting:
        task.state = "note"
        task.text = _("; ").join(waiting)
    elif task.state != "done":
        return
    else:
        task.state = "fixed"
        task.text = ngettext("%(n)s note", "%(n)s notes", len(own)) % {"n": len(own)}


def _about(group_no: str, document: Document) -> str:
    """What stands beside the title of a group."""
    names = {"一": ("unit", "name"), "二": ("system", "name"), "三": ("app", "name")}
    if group_no not in names:
        return ""
    part, key = names[group_no]
    text = str(document[part].get(key) or "")
    release = str(document["app"].get("version") or "") if group_no == "三" else ""
    return f"{text} {release}".strip()


def decision_target(filing: Filing, policy: Any) -> date | None:
    """The day by which the authority means to decide what it holds: a service target of its policy.

    The law sets a period for feedback (Measures Art. 13) and none for approval; nothing follows when this day passes.
    """
    if filing.state != FilingState.SUBMITTED or filing.last_submitted_at is None:
        return None
    days = int(policy.get("review_target_days"))
    return calendar.add_working_days(local_date(filing.last_submitted_at), days).date


def baton(filing: Filing) -> list[dict[str, str]]:
    """The parties in order; the present one is "now"."""
    state = filing.state
    us, authority, ministry = _("Your unit"), filing.authority.title, _("Ministry of Education")
    sent = _day_text(_("submitted on %(day)s"), filing.last_submitted_at or filing.submitted_at)
    steps = [{"name": us, "text": sent or _("fills in and submits"), "state": "done" if filing.submitted_at else "now"}]
    if filing.returned_at is not None:
        returned = _day_text(_("returned on %(day)s"), filing.returned_at)
        steps.append({"name": authority, "text": returned, "state": "done"})
        due = _("corrects by %(day)s") % {"day": _day(filing.due_day)} if filing.due_day else _("corrects")
        steps.append({"name": us, "text": due, "state": "now" if state == FilingState.RETURNED else "done"})
    steps.append(
        {
            "name": authority,
            "text": _("feedback within 10 working days"),
            "state": {"submitted": "now", "draft": "next", "returned": "next"}.get(str(state), "done"),
        }
    )
    if filing.second_level:
        steps.append(
            {
                "name": ministry,
                "text": _("reviews"),
                "state": {"ministry_review": "now", "filed": "done"}.get(str(state), "next"),
            }
        )
    ends = {
        FilingState.DECLINED: _("Declined"),
        FilingState.LAPSED: _("Lapsed"),
        FilingState.WITHDRAWN: _("Withdrawn"),
    }
    if state in ends:
        over = [step for step in steps if step["state"] == "done"]
        return [*over, {"name": ends[FilingState(state)], "text": _day(filing.closed_at), "state": "done"}]
    result = {
        FilingKind.INITIAL: _("number and publication"),
        FilingKind.CANCEL: _("the number ends"),
        FilingKind.RESUME: _("selectable again"),
    }.get(FilingKind(filing.kind), _("the entry is renewed"))
    steps.append({"name": _("Publication"), "text": result, "state": "done" if state == FilingState.FILED else "next"})
    return steps


def _day(value: Any) -> str:
    if value is None:
        return ""
    day = local_date(value) if hasattr(value, "hour") else value
    return _("%(month)s/%(day)s") % {"month": day.month, "day": day.day}


def _day_text(template: str, value: Any) -> str:
    return template % {"day": _day(value)} if value is not None else ""


@dataclass
class Row:
    """One answer: a value, files, or a table."""

    key: str
    label: Any
    value: str = ""
    files: list[dict[str, Any]] = field(default_factory=list)
    table: dict[str, Any] | None = None
    note: str = ""


@dataclass
class Part:
    """The answers of one section."""

    key: str
    title: Any
    rows: list[Row]


def answers(filing: Filing, document: Document, policy: Any, on: date) -> list[Part]:
    """Every answer that is asked for, in words, in the order of the form."""
    return answers_of(schema.Context(document, policy, filing.kind, on))


def answers_of(context: schema.Context) -> list[Part]:
    """The same of any form; the context names its kind."""
    parts = []
    for section in schema.sections(context.kind, context.policy):
        if section.mirror:
            continue
        rows = [
            answer(item, schema.lookup(context.doc, item.key))
            for item in section.fields
            if schema.is_shown(item, context)
        ]
        if rows:
            parts.append(Part(section.key, section.title, rows))
    return parts


def answer(item: schema.Field, value: Any) -> Row:
    """One field and its value in words."""
    row = Row(item.key, item.label)
    if schema.is_empty(value):
        return row
    if item.kind == "file" and isinstance(value, dict):
        row.files = [value]
    elif item.kind == "table" and isinstance(value, list):
        heads = [str(column.label) for column in item.columns]
        lines = [
            list(zip(heads, [_cell(column, line) for column in item.columns], strict=True))
            for line in value
            if isinstance(line, dict)
        ]
        row.table = {"heads": heads, "lines": lines}
    else:
        row.value = schema.display(item, value)
    return row


def _cell(column: schema.Column, line: dict[str, Any]) -> str:
    return schema.display(column, line.get(column.key))


def files(frozen: FilingVersion) -> list[dict[str, Any]]:
    """The files of a version with the labels of their fields."""
    return labelled_files(frozen.data, schema.field)


def labelled_files(document: Document, find: Callable[[str], schema.Field | None]) -> list[dict[str, Any]]:
    """The files of a document; ``find`` gives the field of a key."""
    rows = []
    for key, file in files_in(document):
        item = find(key)
        rows.append({**file, "label": str(item.label) if item is not None else key})
    return rows
