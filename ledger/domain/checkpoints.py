"""Signed checkpoints: what tied all chains together at a moment cannot be rewritten later."""

from __future__ import annotations

import hashlib
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import connection, transaction

from ledger.models import Checkpoint, Record


def signing_key() -> Ed25519PrivateKey:
    """The key from ``settings.LEDGER_SIGNING_KEY`` (32 bytes as 64 hex digits)."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.LEDGER_SIGNING_KEY))


def public_key_hex(key: Ed25519PrivateKey) -> str:
    """The public half as 64 hex digits."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def digest_of(previous: str, after_id: int, up_to_id: int) -> tuple[str, int]:
    """Digest over the hashes of records ``after_id < id <= up_to_id`` in order of id, and their count."""
    running = hashlib.sha256(previous.encode())
    count = 0
    rows = Record.objects.filter(id__gt=after_id, id__lte=up_to_id).order_by("id").values_list("id", "hash")
    for record_id, record_hash in rows.iterator(chunk_size=5000):
        running.update(f"|{record_id}:{record_hash}".encode())
        count += 1
    return running.hexdigest(), count


def signed_text(*, last_record_id: int, records: int, digest: str, previous: str) -> bytes:
    """What is signed."""
    return f"{last_record_id}|{records}|{digest}|{previous}".encode()


def checkpoint(*, now: datetime) -> Checkpoint | None:
    """Ties every record since the last checkpoint into a signed digest.

    Waits for acts under way and holds new ones for the moment of reading the last id, so that no
    record with a smaller id can appear behind it. Returns ``None`` when there is nothing new.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE ledger_checkpoint IN EXCLUSIVE MODE")
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            cursor.execute("LOCK TABLE ledger_record IN SHARE MODE")
        last = Checkpoint.objects.order_by("-id").first()
        after = last.last_record_id if last else 0
        newest = Record.objects.order_by("-id").values_list("id", flat=True).first()
        if newest is None or newest <= after:
            return None
        previous = last.digest if last else ""
        digest, count = digest_of(previous, after, newest)
        key = signing_key()
        text = signed_text(last_record_id=newest, records=count, digest=digest, previous=previous)
        return Checkpoint.objects.create(
            at=now,
            last_record_id=newest,
            records=count,
            digest=digest,
            previous_digest=previous,
            public_key=public_key_hex(key),
            signature=key.sign(text).hex(),
        )
