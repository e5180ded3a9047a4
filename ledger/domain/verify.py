"""Finds what was edited, deleted, inserted or reordered behind the ledger's back, and names it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.domain.checkpoints import digest_of, public_key_hex, signed_text, signing_key
from ledger.models import Chain, Checkpoint, Record


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: what happened, and to which record or checkpoint."""

    what: str
    where: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.where}" + (f" ({self.detail})" if self.detail else "")


def verify() -> Iterator[Finding]:
    """Reads the whole ledger once, in bounded memory. No finding means that it is whole."""
    chains = {(chain.subject_type, chain.subject_id): (chain.length, chain.head) for chain in Chain.objects.all()}
    records = Record.objects.order_by("subject_type", "subject_id", "seq", "id").iterator(chunk_size=5000)
    for key, rows in groupby(records, key=lambda record: (record.subject_type, record.subject_id)):
        yield from _verify_chain(key, list(rows), chains.pop(key, None))
    for (subject_type, subject_id), (length, _head) in chains.items():
        if length:
            yield Finding("deleted", f"{subject_type} {subject_id} #1–#{length}", "the whole chain is gone")
    yield from _verify_checkpoints()


def _verify_chain(
    key: tuple[str, int], rows: list[Record], head: tuple[int, str] | None
) -> Iterator[Finding]:
    name = f"{key[0]} {key[1]}"
    previous = ""
    expected_seq = 1
    last_at: datetime | None = None
    for record in rows:
        where = f"{name} #{record.seq} (record {record.id}, {record.verb})"
        if record.seq > expected_seq:
            missing = f"#{expected_seq}" if record.seq == expected_seq + 1 else f"#{expected_seq}–#{record.seq - 1}"
            yield Finding("deleted", f"{name} {missing}")
            previous = record.previous
        elif record.seq < expected_seq:
            yield Finding("inserted", where, "a second record with this number")
            continue
        expected_seq = record.seq + 1
        computed = _hash(record)
        if computed != record.hash or _columns_differ(record):
            swapped = any(
                other.id != record.id and _hash_as(other, record) == record.hash for other in rows
            )
            yield Finding("reordered" if swapped else "edited", where)
        elif record.previous != previous:
            yield Finding("inserted or reordered", where, "it does not follow the record before it")
        if last_at is not None and record.id < rows[0].id:
            yield Finding("reordered", where)
        last_at = record.at
        previous = record.hash
    if head is None:
        yield Finding("inserted", name, "records without a head of their chain")
    else:
        length, head_hash = head
        if length >= expected_seq:
            yield Finding("deleted", f"{name} #{expected_seq}–#{length}", "the end of the chain is gone")
        elif length < expected_seq - 1:
            yield Finding("inserted", f"{name} #{length + 1}–#{expected_seq - 1}", "after the end of the chain")
        elif head_hash != previous:
            yield Finding("edited", name, "the head of the chain does not fit")


def _hash(record: Record) -> str:
    return _hash_as(record, record)


def _hash_as(content: Record, place: Record) -> str:
    """Hash that the body of ``content`` would have at the place of ``place``."""
    text = f"{place.previous}|{place.subject_type}|{place.subject_id}|{place.seq}|{content.body}"
    return hashlib.sha256(text.encode()).hexdigest()


def _columns_differ(record: Record) -> bool:
    """Whether the readable columns say something else than the hashed body."""
    body = json.loads(record.body)
    actor = body["actor"]
    return (
        record.verb != body["verb"]
        or record.from_state != body["from"]
        or record.to_state != body["to"]
        or record.at != datetime.fromisoformat(body["at"])
        or record.actor_kind != actor["kind"]
        or record.actor_id != actor["id"]
        or record.actor_role != actor["role"]
        or record.actor_unit_id != actor["unit"]
        or record.basis != body["basis"]
        or record.payload != body["payload"]
        or record.audience != body["audience"]
    )


def _verify_checkpoints() -> Iterator[Finding]:
    previous, after = "", 0
    own_key = public_key_hex(signing_key())
    for point in Checkpoint.objects.order_by("id"):
        where = f"checkpoint {point.id} (records {after + 1}–{point.last_record_id})"
        text = signed_text(
            last_record_id=point.last_record_id,
            records=point.records,
            digest=point.digest,
            previous=point.previous_digest,
        )
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(point.public_key)).verify(
                bytes.fromhex(point.signature), text
            )
        except (InvalidSignature, ValueError):
            yield Finding("bad signature", where)
        if point.public_key != own_key:
            yield Finding("foreign key", where, "signed by another key than the configured one")
        digest, count = digest_of(previous, after, point.last_record_id)
        if point.previous_digest != previous:
            yield Finding("reordered", where, "it does not follow the checkpoint before it")
        elif digest != point.digest:
            detail = f"{count} records, {point.records} were signed"
            yield Finding("changed since the checkpoint", where, detail)
        previous, after = point.digest, point.last_record_id
