"""What has changed between two documents, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from providers.schema import catalogue
from providers.schema.display import display, row_text
from providers.schema.fields import Document, Field, is_empty, lookup

LONGEST_COMPARED = 400  # characters; beyond, the texts stand side by side without marks
_ROWS_COMPARED = 200


@dataclass(frozen=True)
class FieldDiff:
    """One field that differs. ``kind``: added, removed or changed.

    ``segments`` marks texts: ``(operation, text)`` with operation equal, delete or insert. ``rows`` marks
    tables: ``(operation, old line, new line)``. ``old`` and ``new`` are the raw values.
    """

    key: str
    label: Any
    old: Any
    new: Any
    kind: str
    segments: list[tuple[str, str]] = field(default_factory=list)
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    section_key: str = ""
    field_kind: str = "text"
    old_text: str = ""
    new_text: str = ""


def diff(doc_a: Document, doc_b: Document, kind: str = "change", policy: Any = None) -> list[FieldDiff]:
    """The differences from ``doc_a`` to ``doc_b``, in the order of the form.

    Fields that the catalogue no longer knows are compared by their bare key. Files are compared by name
    and hash.
    """
    found, seen = [], set()
    kinds = (kind,) if catalogue.form_of(kind) is not None else (kind, "resume", "cancel")
    for section, item in (pair for one in kinds for pair in catalogue.fields(one, policy)):
        if item.key in seen:
            continue
        seen.add(item.key)
        found += _field_diff(item, section.key, lookup(doc_a, item.key), lookup(doc_b, item.key))
    for key in sorted(_keys(doc_a) | _keys(doc_b)):
        if key not in seen:
            found += _field_diff(Field(key, key), "", lookup(doc_a, key), lookup(doc_b, key))
    return found


def _keys(doc: Document) -> set[str]:
    return {f"{part}.{name}" for part, values in doc.items() if isinstance(values, dict) for name in values}


def _same(kind: str, old: Any, new: Any) -> bool:
    if is_empty(old) and is_empty(new):
        return True
    if kind == "file" and isinstance(old, dict) and isinstance(new, dict):
        return old.get("sha256") == new.get("sha256") and old.get("name") == new.get("name")
    return bool(old == new) and type(old) is type(new)


def _field_diff(item: Field, section_key: str, old: Any, new: Any) -> Iterator[FieldDiff]:
    if _same(item.kind, old, new):
        return
    kind = "added" if is_empty(old) else "removed" if is_empty(new) else "changed"
    old_text, new_text = _text(item, old), _text(item, new)
    rows = list(_rows(item, old, new)) if item.kind == "table" else []
    marked = kind == "changed" and item.kind in ("text", "textarea", "date", "number")
    yield FieldDiff(
        item.key,
        item.label,
        old,
        new,
        kind,
        segments=segments(old_text, new_text) if marked else [],
        rows=rows,
        section_key=section_key,
        field_kind=item.kind,
        old_text=old_text,
        new_text=new_text,
    )


def _text(item: Field, value: Any) -> str:
    text = display(item, value)
    if item.kind == "file" and isinstance(value, dict):
        return f"{text} ({str(value.get('sha256') or '')[:12]})"
    return text


def segments(old: str, new: str) -> list[tuple[str, str]]:
    """Character-level differences of two short texts; nothing for long ones."""
    if max(len(old), len(new)) > LONGEST_COMPARED:
        return []
    found: list[tuple[str, str]] = []
    for operation, a0, a1, b0, b1 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            found.append(("equal", old[a0:a1]))
            continue
        if a1 > a0:
            found.append(("delete", old[a0:a1]))
        if b1 > b0:
            found.append(("insert", new[b0:b1]))
    return found


def _rows(item: Field, old: Any, new: Any) -> Iterator[tuple[str, str, str]]:
    before, after = _lines(item, old), _lines(item, new)
    for operation, a0, a1, b0, b1 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if operation == "equal":
            yield from (("equal", line, line) for line in before[a0:a1])
            continue
        left, right = before[a0:a1], after[b0:b1]
        for place in range(max(len(left), len(right))):
            a = left[place] if place < len(left) else ""
            b = right[place] if place < len(right) else ""
            yield ("change" if a and b else "delete" if a else "insert"), a, b


def _lines(item: Field, value: Any) -> list[str]:
    rows = value[:_ROWS_COMPARED] if isinstance(value, list) else []
    return [_line(item, row) for row in rows if isinstance(row, dict)]


def _line(item: Field, row: dict[str, Any]) -> str:
    """A row in words, with the hashes of its files: another file of the same name is a difference."""
    cells = [row.get(column.key) for column in item.columns if column.kind == "file"]
    hashes = [str(cell.get("sha256") or "")[:12] for cell in cells if isinstance(cell, dict)]
    return f"{row_text(item, row)} ({', '.join(hashes)})" if hashes else row_text(item, row)
