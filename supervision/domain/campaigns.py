"""Category campaigns: one decision, many entries (notice of the Measures 3; Beijing notice 3(5)).

The entries are frozen as items when the campaign is decided. Items are done fifty in a transaction: claimed,
done through the registry's verb, marked. A worker that is killed loses the batch it was at, which stays pending.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Unit
from ledger.acts import (
    ActError,
    Actor,
    AlreadyMoved,
    Appended,
    Audience,
    Reason,
    Reasons,
    Refused,
    append,
    perform,
)
from notices.domain import Item, serve, serve_many
from notices.enums import Side
from registry import domain as registry
from registry.models import Entry
from supervision import rules
from supervision.domain.circulars import publish_circular, write_circular
from supervision.domain.common import needed, next_case_no
from supervision.domain.errors import Invalid
from supervision.enums import CampaignEffect, CampaignState, CircularAudience, CircularKind, ItemStatus
from supervision.models import Campaign, CampaignItem
from supervision.queries import FilterInvalid, campaign_entries, check_filter

log = logging.getLogger(__name__)

PAGE = 500
BATCH = 50  # entries in one transaction
MOST_ATTEMPTS = 3
EDITABLE = Campaign.texts

_worker: list[Any] = []


def worked_off_by(task: Any) -> None:
    """Names the task that carries campaigns out; the tasks of this room call it, since they import the verbs."""
    _worker[:] = [task]


def draft_campaign(
    *,
    title_zh: str,
    effect: str,
    filter: Mapping[str, Any],  # noqa: A002  the field's name
    reason: str,
    public_text: str,
    by: Actor,
    now: datetime,
    articles: Sequence[str] = (),
    title_en: str = "",
    text_en: str = "",
) -> Campaign:
    """Drafts a campaign: which entries (see ``supervision.queries.campaign_entries``), what befalls them, why.

    Effects: the draft, a ledger record for authorities. Raises ``Invalid``, ``Refused``.
    """
    values = _checked(
        {"title_zh": title_zh, "effect": effect, "filter": dict(filter), "reason": reason, "public_text": public_text}
    )
    reasons = rules.may_draft_campaign(by)
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        authority = Unit.objects.get(pk=by.unit_id)
        row = Campaign.objects.create(
            case_no=next_case_no("ZX", authority, now), authority=authority, articles=list(articles),
            title_en=title_en.strip(), text_en=text_en.strip(), drafted_by_id=by.person_id, drafted_at=now, **values,
        )  # fmt: skip
        append(
            verb="draft_campaign", subject=row, by=by, now=now, to_state=CampaignState.DRAFT, basis=list(articles),
            payload={"case_no": row.case_no, "effect": str(effect), "filter": dict(filter)},
            audience=Audience.AUTHORITY,
        )  # fmt: skip
    return row


def edit_campaign(
    *, campaign: Campaign, by: Actor, now: datetime, seen: str | None = None, **fields: Any
) -> Campaign:
    """Changes a draft; who changes it counts as the first person from now on.

    Effects: the fields of ``EDITABLE`` that are given, a ledger record. ``seen``: the draft's mark when it
    was opened. Raises ``Invalid``, ``Refused`` (also where somebody has changed the draft since).
    """
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise ValueError(sorted(unknown))
    values = _checked(fields)

    def rule(actor: Actor, row: Campaign) -> Reasons:
        reasons = rules.may_edit_campaign(actor, row)
        if row.state != CampaignState.DRAFT:
            reasons.append(Reason("decided", _("The campaign has been decided; it cannot be changed.")))
        return reasons or rules.unchanged(row, seen)

    def change(row: Campaign) -> None:
        for field, value in values.items():
            setattr(row, field, value)
        row.drafted_by_id, row.drafted_at = by.person_id, now

    changed = {"fields": sorted(fields)}
    return _act(campaign, "edit_campaign", by, now, rule, change=change, moves=False, payload=changed)


def decide_campaign(*, campaign: Campaign, by: Actor, now: datetime, seen_state: str | None = None) -> Campaign:
    """draft → running, by a second person: the entries that fit now are frozen, and work on them begins.

    Effects: an item for each entry, the public circular, a ledger record, the task on the queue ``bulk``.
    Raises ``Refused`` (not yours, not a lead, the same person, nothing fits), ``AlreadyMoved``.
    """

    def rule(actor: Actor, row: Campaign) -> Reasons:
        reasons = rules.may_decide_campaign(actor, row)
        if not reasons and not campaign_entries(row.filter, row.authority).exists():
            reasons.append(Reason("nothing_fits", _("No entry fits; there is nothing to decide.")))
        return reasons

    def change(row: Campaign) -> None:
        row.decided_by_id, row.decided_at = by.person_id, now
        row.total = _freeze(row)

    def effects(row: Campaign, record: Appended) -> None:
        circular = write_circular(
            kind=CircularKind.CAMPAIGN, audience=CircularAudience.PUBLIC, by=by, now=now, title_zh=row.title_zh,
            title_en=row.title_en, body_zh=row.public_text, body_en=row.text_en, articles=row.articles, campaign=row,
        )  # fmt: skip
        publish_circular(circular=circular, by=by, now=now, everybody=False)
        transaction.on_commit(lambda: _nudge(row.pk), robust=True)

    return _act(
        campaign, "decide", by, now, rule, change=change, effects=effects, seen_state=seen_state,
        audience=Audience.PUBLIC, payload=lambda row: {"case_no": row.case_no, "entries": row.total},
    )  # fmt: skip


def withdraw_campaign(*, campaign: Campaign, by: Actor, now: datetime, seen_state: str | None = None) -> Campaign:
    """draft → withdrawn."""
    return _act(campaign, "withdraw", by, now, rules.may_edit_campaign, seen_state=seen_state)


@dataclass
class Worked:
    """What one run did."""

    done: int = 0
    skipped: int = 0
    failed: int = 0
    finished: bool = False

    @property
    def handled(self) -> int:
        return self.done + self.skipped + self.failed


def run_campaign(*, campaign_id: int, now: datetime, limit: int | None = None) -> Worked:
    """Carries a decided campaign out, item by item; safe to stop, to run again, and to run twice at once.

    Effects of each item, in the transaction of its batch: the entry offline or revoked with the public text
    (and through the registry's hook the uses of it marked), a notice to the provider that says how to object,
    the item's status. An entry that is in that state already, or ended, is skipped; one whose act fails is tried again
    in later runs and given up after three. When nothing is pending: running → done, a notice to the
    authority. ``limit`` bounds the items of this run.
    """
    worked = Worked()
    campaign = Campaign.objects.select_related("authority").get(pk=campaign_id)
    if campaign.state != CampaignState.RUNNING:
        worked.finished = campaign.state == CampaignState.DONE
        return worked
    by = _decider(campaign)
    last = 0
    while limit is None or worked.handled < limit:
        size = PAGE if limit is None else min(PAGE, limit - worked.handled)
        page = list(
            CampaignItem.objects.filter(campaign=campaign, status=ItemStatus.PENDING, pk__gt=last)
            .order_by("pk")
            .values_list("pk", "entry_id")[:size]
        )
        if not page:
            break
        last = page[-1][0]
        for place in range(0, len(page), BATCH):
            _batch(campaign, dict(page[place : place + BATCH]), by, now, worked)
        count(campaign)
    count(campaign)
    if not CampaignItem.objects.filter(campaign=campaign, status=ItemStatus.PENDING).exists():
        worked.finished = _finish(campaign, now)
    return worked


def count(campaign: Campaign) -> None:
    """Brings the figures of a campaign to what its items say."""
    tally = dict(
        CampaignItem.objects.filter(campaign=campaign).values_list("status").annotate(Count("pk")).order_by()
    )
    Campaign.objects.filter(pk=campaign.pk).update(
        done=tally.get(ItemStatus.DONE, 0), skipped=tally.get(ItemStatus.SKIPPED, 0),
        failed=tally.get(ItemStatus.FAILED, 0),
    )  # fmt: skip


_CLAIM = """
    UPDATE supervision_campaignitem SET status = 'done', at = %s, attempts = attempts + 1
    WHERE id = ANY(%s) AND status = 'pending' RETURNING id
"""


def _batch(campaign: Campaign, items: dict[int, int], by: Actor, now: datetime, worked: Worked) -> None:
    """Some items in one transaction; where one of them is refused or fails, each of them in one of its own."""
    found = Entry.objects.select_related("unit").only("number", "app_name", "state", "unit__name").in_bulk(
        list(items.values())
    )
    try:
        with transaction.atomic():
            mine = [found[items[item]] for item in _claim(list(items), now)]
            _move(campaign, mine, by, now)
        worked.done += len(mine)
    except Exception as error:
        if not isinstance(error, ActError):
            log.exception("campaign %s: a batch failed, its entries are taken one by one", campaign.pk)
        for item, entry_id in items.items():
            _one(campaign, item, found[entry_id], by, now, worked)


def _claim(items: list[int], now: datetime) -> list[int]:
    """Marks the items as done, to be true with the commit; returns those that were pending, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [now, items])
        return sorted(row[0] for row in cursor.fetchall())


def _one(campaign: Campaign, item: int, entry: Entry, by: Actor, now: datetime, worked: Worked) -> None:
    """One item in one transaction."""
    try:
        with transaction.atomic():
            if not _claim([item], now):
                return
            try:
                _move(campaign, [entry], by, now)
                worked.done += 1
            except AlreadyMoved as moved:
                _skip(item, f"state: {moved.state}")
                worked.skipped += 1
            except ActError as error:
                _skip(item, str(error))
                worked.skipped += 1
    except Exception as error:
        log.exception("campaign %s: item %s failed", campaign.pk, item)
        rows = CampaignItem.objects.filter(pk=item, status=ItemStatus.PENDING)
        rows.update(attempts=F("attempts") + 1, note=f"{type(error).__name__}: {error}"[:300], at=now)
        if rows.filter(attempts__gte=MOST_ATTEMPTS).update(status=ItemStatus.FAILED):
            worked.failed += 1


def _move(campaign: Campaign, entries: list[Entry], by: Actor, now: datetime) -> None:
    """What befalls the entries, and the notices to their providers."""
    revokes = campaign.effect == CampaignEffect.REVOKE
    registry.move_many(
        verb="revoke" if revokes else "take_offline", entries=entries, reason=campaign.reason,
        public_text=campaign.public_text, text_en=campaign.text_en, by=by, now=now, basis=tuple(campaign.articles),
    )  # fmt: skip
    common = {
        "case_no": campaign.case_no,
        "authority": campaign.authority.name,
        "authority_en": campaign.authority.name_en,
        "reason": campaign.reason,
    }
    kind = "campaign_revoked" if revokes else "campaign_offline"
    serve_many(
        [
            Item(
                kind, entry.unit, entry, {**common, "number": entry.number, "app_name": entry.app_name},
                f"campaign:{campaign.pk}:{entry.pk}", Side.PROVIDER,
            )
            for entry in entries
        ],
        now=now,
    )  # fmt: skip


def _skip(item: int, note: str) -> None:
    CampaignItem.objects.filter(pk=item).update(status=ItemStatus.SKIPPED, note=note[:300])


def _finish(campaign: Campaign, now: datetime) -> bool:
    def change(row: Campaign) -> None:
        row.finished_at = now

    def effects(row: Campaign, record: Appended) -> None:
        serve(
            kind="campaign_done", to_unit=row.authority, subject=row, now=now, legal=False,
            params={
                "case_no": row.case_no, "title": row.title_zh, "title_en": row.title_en, "total": row.total,
                "done": row.done, "skipped": row.skipped, "failed": row.failed,
            },
            dedupe=f"campaign_done:{row.pk}",
        )  # fmt: skip

    with suppress(AlreadyMoved):  # another worker was first
        _act(
            campaign, "finish", Actor.system(), now, rules.only_the_clock, change=change, effects=effects,
            audience=Audience.PUBLIC,
            payload=lambda row: {"done": row.done, "skipped": row.skipped, "failed": row.failed},
        )  # fmt: skip
    return True


#: the inner statement is the ORM's own, its values are parameters
_FREEZE = """
    INSERT INTO supervision_campaignitem (campaign_id, entry_id, status, note, attempts)
    SELECT %s, entry.id, 'pending', '', 0 FROM ({entries}) AS entry (id) ON CONFLICT DO NOTHING
"""


def _freeze(campaign: Campaign) -> int:
    """Writes the items in one statement; returns how many."""
    rows = campaign_entries(campaign.filter, campaign.authority).order_by("pk").values_list("pk", flat=True)
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_FREEZE.replace("{entries}", sql), [campaign.pk, *params])
        return int(cursor.rowcount)


def _decider(campaign: Campaign) -> Actor:
    """Who decided acts on every entry; the ministry's people everywhere, a province's on its own."""
    ministry = campaign.authority.code == "moe"
    return Actor(
        person_id=campaign.decided_by_id, unit_id=campaign.authority_id,
        role=Role.MINISTRY_REVIEWER if ministry else Role.REVIEW_LEAD, unit_code=campaign.authority.code,
    )  # fmt: skip


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    clean, errors = dict(values), {}
    for field, longest in (("title_zh", 160), ("reason", 2000), ("public_text", 5000)):
        if field in clean:
            try:
                clean |= needed(clean, field, longest=longest)
            except Invalid as error:
                errors |= error.errors
    if "effect" in clean and clean["effect"] not in CampaignEffect.values:
        errors["effect"] = _("Choose what befalls the entries.")
    if "filter" in clean:
        try:
            check_filter(clean["filter"])
        except FilterInvalid as error:
            errors["filter"] = error.message
    if errors:
        raise Invalid(errors)
    return clean


def _nudge(campaign_id: int) -> None:
    """Asks a worker; where the broker is away, beat finds the campaign within a minute."""
    try:
        if _worker:
            _worker[0].apply_async(args=[campaign_id], retry=False)
    except Exception:
        log.exception("campaign %s: no worker could be asked", campaign_id)


def _act(
    campaign: Campaign, verb: str, by: Actor, now: datetime, rule: Any, *, change: Any = None, effects: Any = None,
    moves: bool = True, seen_state: str | None = None, audience: str = Audience.AUTHORITY, payload: Any = None,
) -> Campaign:  # fmt: skip
    return perform(
        verb=verb, subject=campaign, by=by, now=now, rule=rule, transition=verb if moves else None,
        basis=list(campaign.articles or []), change=change, effects=effects, seen_state=seen_state, audience=audience,
        related=("authority",), payload=payload,
    )  # fmt: skip
