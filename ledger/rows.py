"""Rows of acts, read under their lock and written with what changed, by statements made once.

The query builder takes longer to make such a statement than the database to answer it; here the text is
kept. Values go through the fields' own conversions, so a row is the same as one read by a query set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)
Statement = tuple[str, list[Any]]


@dataclass(frozen=True)
class _Part:
    """The columns of one table in the answer, and where its row hangs: ``owner`` is the index of a part."""

    model: type[models.Model]
    names: tuple[str, ...]
    start: int
    key: int
    convert: tuple[tuple[int, Callable[..., Any], Any], ...]
    owner: int = -1
    relation: str = ""
    column: str = ""


@cache
def _reading(model: type[models.Model], related: tuple[str, ...], rest: str) -> tuple[str, tuple[_Part, ...]]:
    """The statement that reads rows with relations (``"unit"``, ``"app__system"``); ``rest`` follows the tables."""
    quote = connection.ops.quote_name
    parts: list[_Part] = []
    columns: list[str] = []
    joins: list[str] = []
    index: dict[str, int] = {}

    def add(table: type[models.Model], owner: int = -1, relation: str = "") -> int:
        alias, fields = f"t{len(parts)}", table._meta.concrete_fields
        convert = tuple(
            (len(columns) + place, converter, field.cached_col)
            for place, field in enumerate(fields)
            for converter in field.get_db_converters(connection)  # type: ignore[attr-defined]
        )
        key = len(columns) + fields.index(table._meta.pk)  # type: ignore[arg-type]
        names = tuple(field.attname for field in fields)
        column = parts[owner].model._meta.get_field(relation).attname if relation else ""  # type: ignore[union-attr]
        parts.append(_Part(table, names, len(columns), key, convert, owner, relation, column))
        columns.extend(f"{alias}.{quote(field.column)}" for field in fields)
        return len(parts) - 1

    add(model)
    for path in related:
        owner = 0
        for depth, name in enumerate(path.split("__")):
            walked = "__".join(path.split("__")[: depth + 1])
            if walked not in index:
                field = parts[owner].model._meta.get_field(name)
                target = field.related_model
                place = add(target, owner, name)  # type: ignore[arg-type]
                joins.append(
                    f"LEFT JOIN {quote(target._meta.db_table)} t{place}"  # type: ignore[union-attr]
                    f" ON t{place}.{quote(target._meta.pk.column)} = t{owner}.{quote(field.column)}"  # type: ignore[union-attr,arg-type]
                )
                index[walked] = place
            owner = index[walked]
    # All names come from the models, all values are parameters.
    text = f"SELECT {', '.join(columns)} FROM {quote(model._meta.db_table)} t0 {' '.join(joins)} {rest}"  # noqa: S608
    return text, tuple(parts)


def read(
    model: type[Row],
    rest: str,
    values: Sequence[Any],
    related: Iterable[str] = (),
    first: Statement | None = None,
) -> list[Row]:
    """The rows that ``rest`` describes, a constant text of joins and conditions; the model's table is ``t0``.

    ``first`` is done before, in the same round trip: a lock to wait for, after which the rows are read anew.
    """
    text, parts = _reading(model, tuple(related), rest)
    if first is not None:
        text, values = f"{first[0]}; {text}", [*first[1], *values]
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        found = cursor.fetchall()
    return [_build(parts, list(row)) for row in found]


def locked(model: type[Row], keys: Iterable[int], related: Iterable[str] = ()) -> list[Row]:
    """The rows of these keys in the order of keys, each locked until the transaction ends; missing ones are left out.

    ``related`` names foreign keys to read with them (without a lock). One query; waits for who holds a row.

    The lock is the one of an update that leaves the key alone: of two acts on a row the second waits, but who only
    writes another row that names it does not wait to commit. So acts that touch rows in another order make no ring
    over rows that one of them only names. Keeping others from naming a row would protect nothing: foreign keys are
    looked at when a transaction commits, after what it decided. Who decides about the rows that name its own needs
    them to be written under that row's lock: alone, or shared (``accounts.domain.units.hold``).
    """
    key = f"t0.{connection.ops.quote_name(model._meta.pk.column)}"  # type: ignore[union-attr]
    return read(model, f"WHERE {key} = ANY(%s) ORDER BY {key} FOR NO KEY UPDATE OF t0", [list(keys)], related)


def _build(parts: Sequence[_Part], values: list[Any]) -> Any:
    made: list[models.Model | None] = []
    for part in parts:
        row = None
        if values[part.key] is not None:
            for place, converter, column in part.convert:
                values[place] = converter(values[place], column, connection)
            row = part.model.from_db(connection.alias, part.names, values[part.start : part.start + len(part.names)])
        made.append(row)
        owner = made[part.owner] if part.owner >= 0 else None
        if owner is not None and (row is not None or getattr(owner, part.column) is None):
            # A row that another act pointed elsewhere while this one waited comes without its relation, which was
            # joined before: it is then read when it is asked for.
            setattr(owner, part.relation, row)
    return made[0]


def snapshot(row: models.Model) -> dict[str, Any]:
    """The stored values as they are now, kept apart from what the act does to the row."""
    values = row.__dict__
    return {
        field.attname: deepcopy(value) if isinstance(value, dict | list) else value
        for field in row._meta.concrete_fields
        if field.attname in values
        for value in (values[field.attname],)
    }


def changed(row: models.Model, before: dict[str, Any]) -> list[Any]:
    """The fields whose value is another one than in the snapshot, with those that a save renews by itself."""
    values = row.__dict__
    missing = object()
    return [
        field
        for field in row._meta.concrete_fields
        if getattr(field, "auto_now", False)
        or values.get(field.attname, missing) != before.get(field.attname, missing)
    ]


def _set(row: models.Model, fields: Iterable[Any], *, add: bool) -> tuple[list[str], list[str], list[Any]] | None:
    """Columns, places and values as the ORM would store them; None where a value is one of its expressions."""
    quote = connection.ops.quote_name
    columns: list[str] = []
    places: list[str] = []
    values: list[Any] = []
    for field in fields:
        value = field.pre_save(row, add)
        if hasattr(value, "resolve_expression"):
            return None
        columns.append(quote(field.column))
        places.append(field.get_placeholder(value, None, connection) if hasattr(field, "get_placeholder") else "%s")
        values.append(field.get_db_prep_save(value, connection))
    return columns, places, values


def update(row: models.Model, fields: Sequence[Any]) -> Statement | None:
    """The statement that stores these fields of a locked row; None where a value is an expression of the ORM."""
    found = _set(row, fields, add=False)
    if found is None:
        return None
    columns, places, values = found
    quote, key = connection.ops.quote_name, row._meta.pk
    sets = ", ".join(f"{column} = {place}" for column, place in zip(columns, places, strict=True))
    text = f"UPDATE {quote(row._meta.db_table)} SET {sets} WHERE {quote(key.column)} = %s"  # type: ignore[union-attr]  # noqa: S608
    return text, [*values, row.pk]


def update_many(batch: Sequence[models.Model], fields: Sequence[Any]) -> Statement | None:
    """One statement that stores these fields of many locked rows of a model; None where a value is an expression."""
    quote, model = connection.ops.quote_name, type(batch[0])
    key = model._meta.pk
    lines: list[str] = []
    values: list[Any] = []
    for row in batch:
        found = _set(row, fields, add=False)
        if found is None:
            return None
        lines.append(f"(%s, {', '.join(found[1])})")
        values += [row.pk, *found[2]]
    sets = ", ".join(f"{quote(f.column)} = v.c{place}::{_plain_type(f)}" for place, f in enumerate(fields))
    names = ", ".join(["k", *(f"c{place}" for place in range(len(fields)))])
    text = (
        f"UPDATE {quote(model._meta.db_table)} t SET {sets}"  # type: ignore[union-attr]  # noqa: S608
        f" FROM (VALUES {', '.join(lines)}) v ({names}) WHERE t.{quote(key.column)} = v.k"  # type: ignore[union-attr]
    )
    return text, values


def _plain_type(field: Any) -> str:
    """The type of a column without its length: a cast to a length would cut, where storing refuses what is too long."""
    return re.sub(r"\([^)]*\)", "", field.db_type(connection))


def store(row: models.Model, *names: str) -> None:
    """Saves these fields of a row, and those that a save renews by itself."""
    wanted = [row._meta.get_field(name) for name in names]
    renewed = [field for field in row._meta.concrete_fields if getattr(field, "auto_now", False)]
    statement = update(row, list(dict.fromkeys([*wanted, *renewed])))
    if statement is None:
        row.save(update_fields=names)
        return
    with connection.cursor() as cursor:
        cursor.execute(*statement)


def insertion(row: models.Model) -> Statement:
    """The statement that adds a row whose key the database gives."""
    found = _set(row, (field for field in row._meta.concrete_fields if not field.primary_key), add=True)
    if found is None:
        msg = "a new row holds plain values"
        raise TypeError(msg)
    columns, places, values = found
    table = connection.ops.quote_name(row._meta.db_table)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(places)})", values  # noqa: S608


def insert(row: Row) -> Row:
    """Adds a row and gives it its key."""
    text, values = insertion(row)
    key = row._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(f"{text} RETURNING {connection.ops.quote_name(key.column)}", values)  # type: ignore[union-attr]
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias
    return row
