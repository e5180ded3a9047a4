"""Serving the same notice on many units at once: inboxes only, one statement a batch."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from ledger.acts import subject_key


def serve_many(
    *, kind: str, unit_ids: Sequence[int], subject: models.Model, params: Mapping[str, Any], now: datetime, dedupe: str
) -> int:
    """Puts a notice into the inbox of each of these units, without e-mail; returns how many were new.

    The key of each is ``dedupe`` with the unit's key, so that a batch may be served again.
    """
    if not unit_ids:
        return 0
    subject_type, subject_id = subject_key(subject)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notices_notice (kind, to_unit_id, to_person_id, subject_type, subject_id, params, legal,"
            " dedupe, created_at, received_at)"
            " SELECT %s, unit_id, NULL, %s, %s, %s::jsonb, true, %s || ':' || unit_id, %s, %s"
            " FROM unnest(%s::bigint[]) AS unit_id ON CONFLICT (dedupe) DO NOTHING",
            [
                kind, subject_type, subject_id, json.dumps(dict(params), cls=DjangoJSONEncoder, ensure_ascii=False),
                dedupe, now, now, list(unit_ids),
            ],
        )  # fmt: skip
        return max(0, cursor.rowcount)
