"""Circulars and letters, and spreading them over the education system (Measures Art. 23, 24)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.models import Unit
from blacklist.models import Listing
from ledger.acts import Actor, Appended, Audience, Reason, Reasons, Refused, append, perform
from notices.domain import Item, serve, serve_many, without_email
from supervision import rules
from supervision.domain.common import needed, next_case_no
from supervision.enums import CircularAudience, CircularKind, PaperState
from supervision.models import Broadcast, Campaign, Circular, CircularUnit, LetterTemplate

log = logging.getLogger(__name__)

SYSTEM_KINDS = (UnitKind.AUTHORITY, UnitKind.AFFILIATED, UnitKind.SCHOOL, UnitKind.UNIVERSITY)
EDITABLE = ("title_zh", "title_en", "body_zh", "body_en", "audience", "articles", "held_on", "minutes")
BATCH = 500

_worker: list[Any] = []


def spread_by(task: Any) -> None:
    """Names the task that spreads circulars; the tasks of this room call it, since they import the verbs."""
    _worker[:] = [task]


def _nudge(broadcast_id: int) -> None:
    """Asks a worker; where the broker is away, beat finds the circular within a minute."""
    try:
        if _worker:
            _worker[0].apply_async(args=[broadcast_id], retry=False)
    except Exception:
        log.exception("broadcast %s: no worker could be asked", broadcast_id)


class _Places(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"%({key})s"


def fill(template: LetterTemplate, values: Mapping[str, Any]) -> dict[str, str]:
    """The texts of a template with its places filled; a place without a value stays visible."""
    places = _Places(values)
    return {
        field: str(getattr(template, field)) % places for field in ("title_zh", "title_en", "body_zh", "body_en")
    }


def write_circular(
    *,
    kind: str,
    audience: str,
    by: Actor,
    now: datetime,
    title_zh: str = "",
    body_zh: str = "",
    title_en: str = "",
    body_en: str = "",
    articles: Sequence[str] = ("me-23",),
    units: Sequence[Unit] = (),
    template: LetterTemplate | None = None,
    values: Mapping[str, Any] | None = None,
    held_on: date | None = None,
    listing: Listing | None = None,
    campaign: Campaign | None = None,
) -> Circular:
    """Drafts a circular, a letter or an invitation to an interview (R164); a template fills what is not given.

    Effects: the draft with its addressees, a ledger record. Raises ``Invalid``, ``Refused``.
    """
    texts = {"title_zh": title_zh, "title_en": title_en, "body_zh": body_zh, "body_en": body_en}
    if template is not None:
        filled = fill(template, values or {})
        texts = {field: text or filled[field] for field, text in texts.items()}
    texts |= needed(texts, "title_zh", longest=200) | needed(texts, "body_zh", longest=20_000)
    if by.unit_id is None:
        raise Refused(Reasons.of(rules.NOT_YOURS))
    reasons = rules.works_for(by, by.unit_id)
    if audience == CircularAudience.UNITS and not units:
        reasons.append(Reason("nobody", _("Name the units that it is addressed to.")))
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        authority = Unit.objects.get(pk=by.unit_id)
        row = Circular.objects.create(
            case_no=next_case_no("TB", authority, now), kind=kind, audience=audience, authority=authority,
            listing=listing, campaign=campaign, articles=list(articles), held_on=held_on, written_by_id=by.person_id,
            written_at=now, **texts,
        )  # fmt: skip
        CircularUnit.objects.bulk_create([CircularUnit(circular=row, unit=unit) for unit in dict.fromkeys(units)])
        append(
            verb="write_circular", subject=row, by=by, now=now, to_state=PaperState.DRAFT, basis=list(articles),
            payload={"case_no": row.case_no, "kind": str(kind)}, audience=Audience.AUTHORITY,
        )  # fmt: skip
    return row


def edit_circular(
    *, circular: Circular, by: Actor, now: datetime, seen: str | None = None, **fields: Any
) -> Circular:
    """Changes a draft (fields of ``EDITABLE``).

    ``seen``: the draft's mark when it was opened. Raises ``Refused`` (also once it is published, or where somebody has
    changed the draft since), ``Invalid``.
    """
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise ValueError(sorted(unknown))
    for field in ("title_zh", "body_zh"):
        if field in fields:
            fields |= needed(fields, field, longest=200 if field == "title_zh" else 20_000)

    def rule(actor: Actor, row: Circular) -> Reasons:
        reasons = rules.works_for(actor, row.authority_id)
        if row.state != PaperState.DRAFT:
            reasons.append(Reason("published", _("It is published; write a new one.")))
        return reasons or rules.unchanged(row, seen)

    def change(row: Circular) -> None:
        for field, value in fields.items():
            setattr(row, field, value)

    return perform(
        verb="edit_circular", subject=circular, by=by, now=now, rule=rule, change=change,
        payload={"fields": sorted(fields)}, audience=Audience.AUTHORITY,
    )  # fmt: skip


def publish_circular(
    *,
    circular: Circular,
    by: Actor,
    now: datetime,
    entry_ids: Sequence[int] = (),
    everybody: bool | None = None,
    seen_state: str | None = None,
) -> Circular:
    """draft → published, for good: who may read it can read it at once.

    Effects: a public ledger record where it is for everybody, notices to the addressed units, and a
    ``Broadcast`` that a task works off in batches: units that use ``entry_ids`` and, where it is for the
    system (or ``everybody``), every authority and institution. Raises ``Refused``, ``AlreadyMoved``.
    """

    def change(row: Circular) -> None:
        row.published_at = now

    def effects(row: Circular, record: Appended) -> None:
        for addressee in row.addressees.select_related("unit"):
            serve(
                kind="circular", to_unit=addressee.unit, subject=row, params=params(row), now=now,
                dedupe=f"circular:{row.pk}:{addressee.unit_id}",
            )
        whole = row.audience == CircularAudience.SYSTEM if everybody is None else everybody
        if whole or entry_ids:
            spreading = Broadcast.objects.create(
                circular=row, entry_ids=list(entry_ids), everybody=whole, started_at=now
            )
            transaction.on_commit(lambda: _nudge(spreading.pk), robust=True)

    return perform(
        verb="publish_circular", subject=circular, by=by, now=now,
        rule=lambda actor, row: rules.leads(actor, row.authority_id), transition="publish", change=change,
        effects=effects, seen_state=seen_state, basis=["me-23"], related=("authority",),
        payload=lambda row: {"case_no": row.case_no},
        audience=Audience.PUBLIC if circular.audience == CircularAudience.PUBLIC else Audience.PARTIES,
    )  # fmt: skip


def record_interview(*, circular: Circular, held_on: date, minutes: str, by: Actor, now: datetime) -> Circular:
    """Records that an interview was held, and what was said (R164).

    Effects: the record, for the authority alone; a ledger record without the texts. What followed for persons
    stands apart: ``supervision.domain.record_outcome``.
    """
    said = needed({"minutes": minutes}, "minutes", longest=20_000)["minutes"]

    def rule(actor: Actor, row: Circular) -> Reasons:
        reasons = rules.works_for(actor, row.authority_id)
        if row.kind != CircularKind.INTERVIEW:
            reasons.append(Reason("no_interview", _("Only an interview has a record.")))
        return reasons

    def change(row: Circular) -> None:
        row.held_on, row.minutes = held_on, said

    return perform(
        verb="record_interview", subject=circular, by=by, now=now, rule=rule, change=change, basis=["me-23"],
        payload={"held_on": held_on.isoformat()}, audience=Audience.AUTHORITY,
    )  # fmt: skip


# --- spreading -----------------------------------------------------------------------------------------


def units_using(entry_ids: Sequence[int]) -> list[int]:
    """Units with a filing of use of one of these entries that has not ended."""
    from users.models import UserFiling

    rows = UserFiling.objects.live().filter(entry_id__in=entry_ids) if entry_ids else UserFiling.objects.none()
    return sorted(set(rows.values_list("unit_id", flat=True)))


def spread(*, broadcast_id: int, now: datetime, batches: int | None = None) -> bool:
    """Serves the next batches of a broadcast; True when it is finished. Safe to stop and to run again.

    First the units that use the apps, with e-mail, then everybody, into inboxes only. Each batch is a
    transaction of its own and moves the cursor.
    """
    done = 0
    while batches is None or done < batches:
        done += 1
        with transaction.atomic():
            row = (
                Broadcast.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
                .select_related("circular__authority")
                .filter(pk=broadcast_id, finished_at__isnull=True)
                .first()
            )
            if row is None:
                return Broadcast.objects.filter(pk=broadcast_id, finished_at__isnull=False).exists()
            if _spread_batch(row, now):
                row.finished_at = now
            row.save()
            if row.finished_at is not None:
                return True
    return False


def _spread_batch(row: Broadcast, now: datetime) -> bool:
    """One batch; True where nothing is left. ``cursor`` -1: the users of the apps have been told."""
    circular = row.circular
    if row.cursor == 0 and row.entry_ids:
        for unit in Unit.objects.filter(pk__in=units_using(row.entry_ids), active=True).order_by("pk"):
            serve(
                kind="circular_used_app", to_unit=unit, subject=circular, params=params(circular), now=now,
                dedupe=f"circular:{circular.pk}:{unit.pk}",
            )
            row.served += 1
        row.cursor = -1
        return not row.everybody
    if not row.everybody:
        return True
    after = max(row.cursor, 0)
    units = list(Unit.objects.filter(pk__gt=after, active=True, kind__in=SYSTEM_KINDS).order_by("pk")[:BATCH])
    said = params(circular)
    with without_email():
        row.served += serve_many(
            [Item("circular", unit, circular, said, f"circular:{circular.pk}:{unit.pk}") for unit in units], now=now
        )
    if units:
        row.cursor = units[-1].pk
    return len(units) < BATCH


def params(row: Circular) -> dict[str, Any]:
    """What a notice of a circular says."""
    return {
        "case_no": row.case_no,
        "title": row.title_zh,
        "title_en": row.title_en,
        "authority": row.authority.name,
        "authority_en": row.authority.name_en,
        "text": row.body_zh[:600],
        "text_en": row.body_en[:900],
    }
