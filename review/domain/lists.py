"""Recommended lists: editions that follow each other; entry and exit with reasons (Opinions, 9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from ledger.acts import Actor, Audience, Reason, Reasons, Refused, append
from registry.enums import EntryState
from registry.models import Entry
from review import appraisal_rules as rules
from rulebook.time import local_date
from users import domain as users
from users.models import ListEdition, ListItem, RecommendedList

BASIS = ("op-9",)
#: why an app leaves by itself; notes of editions are written in Chinese
_ENDED = {EntryState.REVOKED: "备案已撤销", EntryState.CANCELLED: "备案已注销"}
_NAME_TAKEN = Reason("name_taken", _("Your authority has a list of this name already."))


def create_list(*, authority: Unit, name: str, name_en: str = "", by: Actor, now: datetime) -> RecommendedList:
    """A list that the actor's authority keeps. Refused: not its head of review, no name, named already."""
    reasons = rules.may_keep_lists_of(by, authority)
    if not name.strip():
        reasons.append(Reason("no_name", _("Enter the name of the list.")))
    if RecommendedList.objects.filter(authority=authority, name=name.strip()).exists():
        reasons.append(_NAME_TAKEN)
    if reasons:
        raise Refused(reasons)
    try:
        with transaction.atomic():
            row = RecommendedList.objects.create(
                authority=authority, name=name.strip(), name_en=name_en.strip(), created_at=now
            )
            append(verb="create_list", subject=row, by=by, now=now, basis=BASIS, audience=Audience.PUBLIC)
    except IntegrityError as error:  # somebody else gave a list this name at the same moment
        raise Refused(Reasons.of(_NAME_TAKEN)) from error
    return row


def remove_from_list(
    *, target: RecommendedList, entry: Entry, reason: str, by: Actor, now: datetime, day: date | None = None
) -> ListEdition:
    """An app leaves the list, with the reason: a new edition without it, published and reported (Opinions, 9)."""
    reasons = rules.may_keep_list(by, target)
    if not reason.strip():
        reasons.append(Reason("no_reason", _("Say why the app leaves the list.")))
    with transaction.atomic():
        locked = RecommendedList.objects.select_for_update(no_key=True).get(pk=target.pk)
        current = latest_edition(locked)
        if current is None or not current.items.filter(entry=entry).exists():
            reasons.append(Reason("not_on_list", _("This app is not on the list.")))
        if reasons:
            raise Refused(reasons)
        return next_edition(
            locked, add=(), remove=(entry.pk,), note=f"{entry.app_name}（{entry.number}）：{reason.strip()}",
            day=day or local_date(now), by=by, now=now,
        )  # fmt: skip


def latest_edition(row: RecommendedList) -> ListEdition | None:
    """The newest published edition, whether it has taken effect or not."""
    return row.editions.filter(published_at__isnull=False).order_by("-number").first()


def next_edition(
    row: RecommendedList, *, add: Sequence[ListItem], remove: Sequence[int], note: str, day: date, by: Actor,
    now: datetime,
) -> ListEdition:
    """The edition after the newest: what stood there less ``remove`` and what is no longer in force, and ``add``.

    Editions of one list follow each other; the list's row is locked meanwhile. Its note also names each app that
    leaves since its filing has ended: nothing goes off a list without a reason (Opinions, 9).
    """
    RecommendedList.objects.select_for_update(no_key=True).get(pk=row.pk)
    before = latest_edition(row)
    fresh = {item.entry_id: item for item in add}
    kept = []
    if before is not None:
        kept = [
            item
            for item in before.items.select_related("entry").order_by("place", "pk")
            if item.entry_id not in remove
            and item.entry_id not in fresh
            and item.entry.state not in _ENDED
        ]
        left = [
            item.entry for item in before.items.select_related("entry").order_by("place", "pk")
            if item.entry_id not in remove and item.entry.state in _ENDED
        ]  # fmt: skip
        note = "\n".join([note, *(f"{one.app_name}（{one.number}）：{_ENDED[EntryState(one.state)]}" for one in left)])
    number = (row.editions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    edition = ListEdition.objects.create(list=row, number=number, effective_from=day, note=note, created_at=now)
    standing = [
        ListItem(edition=edition, entry_id=old.entry_id, entered_on=old.entered_on, reason=old.reason, score=old.score)
        for old in kept
    ]
    for item in fresh.values():
        item.edition, item.entered_on = edition, day
        standing.append(item)
    for place, item in enumerate(standing, start=1):
        item.place = place
    ListItem.objects.bulk_create(standing)
    return users.publish_edition(edition=edition, by=by, now=now)
