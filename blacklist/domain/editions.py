"""Dated editions of the lists: frozen files whose digest stands in the ledger (Beijing notice 5)."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files import File
from django.db import transaction

from accounts.models import Unit
from blacklist import rules
from blacklist.models import ListEdition
from ledger.acts import Actor, Audience, Refused, append, subject_key
from ledger.models import Record

_CHUNK = 256 * 1024


@dataclass(frozen=True)
class Verified:
    """Whether an edition's file is the one that was published. ``digest`` is that of the file now."""

    ok: bool
    digest: str
    record: Record | None


def publish_edition(
    *, kind: str, authority: Unit | None, as_of: date, lines: Iterable[Mapping[str, Any]], by: Actor, now: datetime
) -> ListEdition:
    """Freezes a list as it is into a file of JSON lines, and records its digest.

    The same list, authority and day again gives the first edition and does nothing. ``lines`` are read
    once, one after the other. Effects: the file, the row, a public ledger record. Raises ``Refused``.
    """
    reasons = rules.may_publish_edition(by, authority.pk if authority else None)
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        _lock(kind, authority, as_of)
        found = ListEdition.objects.filter(kind=kind, authority=authority, as_of=as_of).first()
        if found is not None:
            return found
        with tempfile.TemporaryFile() as content:
            rows, digest = _write(content, lines)
            edition = ListEdition(
                kind=kind, authority=authority, as_of=as_of, rows=rows, digest=digest, published_at=now
            )
            content.seek(0)
            edition.file.save(f"{kind}-{authority.code if authority else 'all'}-{as_of}-{digest[:12]}.jsonl",
                              File(content), save=False)  # fmt: skip
        try:
            edition.save(force_insert=True)
            append(
                verb="publish_edition", subject=edition, by=by, now=now, basis=["bj-5"],
                payload={
                    "list": str(kind), "authority": authority.code if authority else "", "as_of": as_of.isoformat(),
                    "rows": rows, "sha256": digest,
                },
                audience=Audience.PUBLIC,
            )  # fmt: skip
        except Exception:
            edition.file.delete(save=False)
            raise
    return edition


def verify_edition(edition: ListEdition) -> Verified:
    """Compares the file with what the ledger recorded at its publication."""
    sha = hashlib.sha256()
    try:
        with edition.file.open("rb") as content:
            while chunk := content.read(_CHUNK):
                sha.update(chunk)
    except OSError:
        sha = hashlib.sha256(b"missing")
    subject_type, subject_id = subject_key(edition)
    record = Record.objects.filter(
        subject_type=subject_type, subject_id=subject_id, verb="publish_edition"
    ).first()
    digest = sha.hexdigest()
    recorded = record.payload.get("sha256") if record else None
    return Verified(digest == recorded == edition.digest, digest, record)


def _write(content: Any, lines: Iterable[Mapping[str, Any]]) -> tuple[int, str]:
    """Writes the lines; returns how many, and the SHA-256 of what was written."""
    sha, rows = hashlib.sha256(), 0
    for line in lines:
        text = json.dumps(dict(line), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
        data = text.encode()
        sha.update(data)
        content.write(data)
        rows += 1
    return rows, sha.hexdigest()


def _lock(kind: str, authority: Unit | None, as_of: date) -> None:
    """One publication of the same edition at a time, until the end of the transaction."""
    from django.db import connection

    key = int.from_bytes(hashlib.sha256(f"{kind}:{authority.pk if authority else 0}:{as_of}".encode()).digest()[:7])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
