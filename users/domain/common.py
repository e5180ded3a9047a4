"""What the verbs share: the entry held under a lock, case numbers, what notices say."""

from __future__ import annotations

from typing import Any

from django.db import connection

from accounts.models import Unit
from notices.enums import Side
from registry.models import Entry
from users.models import UserFiling


def held_entry(pk: int | None) -> Entry | None:
    """The entry as it is now, held until the end of the transaction: nobody revokes it meanwhile, and many
    units may hold it at the same time."""
    if pk is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM registry_entry WHERE id = %s FOR SHARE", [pk])
    return Entry.objects.get(pk=pk)


def next_number(authority_code: str, year: int) -> int:
    """The next number of a counter; its row is locked until the act commits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO users_usecounter AS c (authority_code, year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (authority_code, year) DO UPDATE SET last = c.last + 1 RETURNING last",
            [authority_code, year],
        )
        return int(cursor.fetchone()[0])


def notice_params(row: UserFiling) -> dict[str, Any]:
    """What every notice about a use says."""
    return {
        "case_no": row.case_no,
        "app_name": row.app_name,
        "provider_name": row.unit.name,
        "unit": row.unit.name,
        "unit_en": row.unit.name_en,
        "authority": row.authority.name,
        "authority_en": row.authority.name_en,
        "number": row.number,
        "due_day": row.due_day.isoformat() if row.due_day else "",
        "version": row.version,
    }


def both(row: UserFiling) -> list[tuple[Unit, Side]]:
    """The confirming authority and the unit, each on its side; for the ministry's own uses the same unit twice."""
    return [(row.authority, Side.AUTHORITY), (row.unit, Side.INSTITUTION)]


def clean_notes(notes: Any) -> list[dict[str, str]]:
    """Notes as they are kept: those that say something, with the field they are about."""
    found = []
    for note in notes or ():
        text = str(note.get("text") or "").strip()
        if text:
            found.append(
                {
                    "field_key": str(note.get("field_key") or "")[:80],
                    "text": text,
                    "article": str(note.get("article") or "")[:20],
                }
            )
    return found
