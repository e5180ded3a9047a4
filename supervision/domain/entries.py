"""Decisions on one entry: offline, resumed, revoked; the provider is told, and how to object (Measures Art. 15, 24).

The registry moves the entry, and through its hooks the uses of it, the lists and the interface follow at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from ledger.acts import Actor
from notices.domain import serve
from notices.enums import Side
from registry import domain as registry
from registry.models import Entry


def take_entry_offline(
    *, entry: Entry, reason: str, by: Actor, now: datetime, public_text: str = "", text_en: str = "",
    seen_state: str | None = None,
) -> Entry:  # fmt: skip
    """published or rectifying → offline, with the reason; without a public text a standard one.

    Effects: those of ``registry.domain.take_offline``, a notice to the provider. Raises ``Refused``, ``AlreadyMoved``.
    """
    return _move(
        registry.take_offline, "entry_offline", entry, by, now, reason=reason, public_text=public_text,
        text_en=text_en, seen_state=seen_state,
    )  # fmt: skip


def resume_entry(
    *, entry: Entry, by: Actor, now: datetime, public_text: str = "", text_en: str = "", seen_state: str | None = None
) -> Entry:
    """offline → published, where the authority itself ends what it decided.

    Effects: those of ``registry.domain.resume``, a notice to the provider. Raises ``Refused``, ``AlreadyMoved``.
    """
    return _move(
        registry.resume, "entry_resumed", entry, by, now, public_text=public_text, text_en=text_en,
        seen_state=seen_state,
    )  # fmt: skip


def revoke_entry(
    *, entry: Entry, reason: str, by: Actor, now: datetime, public_text: str = "", text_en: str = "",
    seen_state: str | None = None,
) -> Entry:  # fmt: skip
    """published, rectifying or offline → revoked, for good; no bar follows, see ``list_provider``.

    Effects: those of ``registry.domain.revoke``, a notice to the provider. Raises ``Refused``, ``AlreadyMoved``.
    """
    return _move(
        registry.revoke, "entry_revoked", entry, by, now, reason=reason, public_text=public_text, text_en=text_en,
        seen_state=seen_state,
    )  # fmt: skip


def _move(verb: Callable[..., Entry], kind: str, entry: Entry, by: Actor, now: datetime, **said: Any) -> Entry:
    with transaction.atomic():
        row = verb(entry=entry, by=by, now=now, **said)
        authority = entry.authority
        serve(
            kind=kind, to_unit=entry.unit, subject=row, now=now, side=Side.PROVIDER,
            params={
                "number": row.number, "app_name": row.app_name, "authority": authority.name,
                "authority_en": authority.name_en, "reason": str(said.get("reason") or ""),
            },
            dedupe=f"{kind}:{row.pk}:{row.status_since.isoformat()}",
        )  # fmt: skip
    return row
