"""What befalls an entry: rectification, offline, resume, cancellation, revocation.

Each verb states publicly what holds and why. Consequences elsewhere (bars, notices, proposals to
withdraw an app from use) belong to the rooms above, which call these verbs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ledger.acts import Actor, Audience, Reason, Reasons, Refused, perform, perform_many
from registry import rules
from registry.domain.publication import add_event, renew_answer
from registry.enums import EntryState, EventKind
from registry.models import Entry, EntryEvent

#: said of every entry that is offline: what it means, and what it does not mean
OFFLINE_ZH = "该应用暂时下线：在本平台不可选用，不代表已从应用商店下架。"
OFFLINE_EN = (
    "Temporarily offline: it cannot be selected here; this does not mean that app stores have removed it."
)

#: ``callback(entry, verb, by, now)``: rooms above add themselves when ready
Listener = Callable[[Entry, str, Actor, datetime], Any]
_listeners: list[Listener] = []


Concerned = Callable[[Sequence[int]], Collection[int]]
_concerned: dict[Listener, Concerned] = {}


def on_move(callback: Listener, *, concerned: Concerned | None = None) -> Listener:
    """Calls ``callback(entry, verb, by, now)`` at the end of each act on an entry's state, in its transaction.

    ``verb`` is the name of the function here (``revoke``, ``take_offline`` …). A callback must not undo the
    act: it writes down what is to be done and lets a task do it. ``concerned(entry ids)`` says which of many
    entries it has anything to do with, so that a campaign asks once for all of a batch.
    """
    if callback not in _listeners:
        _listeners.append(callback)
    if concerned is not None:
        _concerned[callback] = concerned
    return callback


def order_rectification(
    *,
    entry: Entry,
    until: date,
    public_text: str,
    by: Actor,
    now: datetime,
    basis: Sequence[str] = ("me-24",),
    text_en: str = "",
    seen_state: str | None = None,
) -> Entry:
    """published → rectifying: still listed and valid, marked with its last day (Beijing notice, 5).

    Effects: the mark, ``rectify_until``, a public event. Raises ``Refused``, ``AlreadyMoved``.
    """

    def change(row: Entry) -> None:
        row.rectify_until = until

    return _move(
        entry, "order_rectification", EntryState.RECTIFYING, EventKind.RECTIFICATION, by, now,
        basis=basis, public_text=public_text, text_en=text_en, change=change, seen_state=seen_state,
        params={"until": until.isoformat()},
    )  # fmt: skip


def move_rectification(
    *, entry: Entry, until: date, by: Actor, now: datetime, basis: Sequence[str] = ("bj-5",)
) -> Entry:
    """Sets another last day on an entry under rectification; nothing where it is not, or has that day.

    Effects: ``rectify_until``, the verification answer, a public event. Raises ``Refused``.
    """
    with transaction.atomic():
        current = Entry.objects.select_for_update(no_key=True).get(pk=entry.pk)
        if current.state != EntryState.RECTIFYING or current.rectify_until == until:
            return current

        def change(row: Entry) -> None:
            row.rectify_until = until
            row.updated_at = now
            renew_answer(row)

        def effects(row: Entry, _record: object) -> None:
            add_event(
                row, EventKind.RECTIFICATION, now, text_zh=row.status_public_text, params={"until": until.isoformat()}
            )

        return perform(
            verb="move_rectification", subject=current, by=by, now=now, rule=rules.may_administer, basis=basis,
            payload={"until": until.isoformat()}, change=change, effects=effects, audience=Audience.PUBLIC,
        )  # fmt: skip


def clear_rectification(
    *, entry: Entry, by: Actor, now: datetime, public_text: str = "", text_en: str = "",
    basis: Sequence[str] = ("bj-5",), seen_state: str | None = None,
) -> Entry:  # fmt: skip
    """rectifying → published: the shortcomings are mended.

    Effects: the mark goes, a public event. Raises ``Refused``, ``AlreadyMoved``.
    """

    def change(row: Entry) -> None:
        row.rectify_until = None

    return _move(
        entry, "clear_rectification", EntryState.PUBLISHED, EventKind.CLEARED, by, now,
        basis=basis, event_text=public_text, text_en=text_en, change=change, seen_state=seen_state,
    )  # fmt: skip


def take_offline(
    *, entry: Entry, reason: str, by: Actor, now: datetime, public_text: str = "", text_en: str = "",
    basis: Sequence[str] = (), seen_state: str | None = None,
) -> Entry:  # fmt: skip
    """published or rectifying → offline: not selectable here, which does not mean removed from app stores.

    An order to rectify goes on; when the entry is resumed before it ends, supervision marks it again.
    Effects: the public text (a standard one where none is given), the reason, a public event.
    Raises ``Refused`` (also without a reason), ``AlreadyMoved``.
    """
    _reason_needed(reason)

    def change(row: Entry) -> None:
        row.rectify_until = None

    return _move(
        entry, "take_offline", EntryState.OFFLINE, EventKind.OFFLINE, by, now, basis=basis, change=change,
        public_text=public_text.strip() or OFFLINE_ZH, text_en=text_en or OFFLINE_EN, reason=reason,
        seen_state=seen_state,
    )  # fmt: skip


def resume(
    *, entry: Entry, by: Actor, now: datetime, public_text: str = "", text_en: str = "",
    basis: Sequence[str] = ("me-15",), seen_state: str | None = None,
) -> Entry:  # fmt: skip
    """offline → published, after an approved filing to resume; the number is kept.

    Effects: the public text goes, a public event. Raises ``Refused``, ``AlreadyMoved``.
    """
    return _move(
        entry, "resume", EntryState.PUBLISHED, EventKind.RESUMED, by, now, basis=basis,
        event_text=public_text, text_en=text_en, seen_state=seen_state,
    )  # fmt: skip


def cancel(
    *, entry: Entry, reason: str, by: Actor, now: datetime, public_text: str = "", text_en: str = "",
    basis: Sequence[str] = ("me-15",), seen_state: str | None = None,
) -> Entry:  # fmt: skip
    """published or offline → cancelled, at the provider's own request; the number is never used again.

    Not possible while rectification is ordered. Effects: end of validity, a public event.
    Raises ``Refused`` (also without a reason), ``AlreadyMoved``.
    """
    _reason_needed(reason)
    return _move(
        entry, "cancel", EntryState.CANCELLED, EventKind.CANCELLED, by, now, basis=basis,
        public_text=public_text, text_en=text_en, reason=reason, seen_state=seen_state,
    )  # fmt: skip


def revoke(
    *, entry: Entry, reason: str, by: Actor, now: datetime, public_text: str = "", text_en: str = "",
    basis: Sequence[str] = ("me-24",), seen_state: str | None = None,
) -> Entry:  # fmt: skip
    """published, rectifying or offline → revoked: the number is invalid from now on (Measures, Article 24).

    Effects: end of validity, the public mark with its reason, a public event. The bar of the unit and
    the notices are the caller's. Raises ``Refused`` (also without a reason), ``AlreadyMoved``.
    """
    _reason_needed(reason)

    def change(row: Entry) -> None:
        row.rectify_until = None

    return _move(
        entry, "revoke", EntryState.REVOKED, EventKind.REVOKED, by, now, basis=basis, change=change,
        public_text=public_text.strip() or reason.strip(), text_en=text_en, reason=reason, seen_state=seen_state,
    )  # fmt: skip


def move_many(
    *,
    verb: str,
    entries: Sequence[Entry],
    reason: str,
    by: Actor,
    now: datetime,
    public_text: str = "",
    text_en: str = "",
    basis: Sequence[str] = (),
) -> list[Entry]:
    """:func:`revoke` or :func:`take_offline` for many entries in one transaction: all of them, or none.

    ``verb`` is the name of the function. Each entry is asked, moved and recorded in its own chain, with its
    public event; only the statements are fewer. What one is refused raises for all: take them one by one then.
    """
    _reason_needed(reason)
    target, kind = _MANY[verb]
    texts = {"public_text": public_text.strip() or reason.strip(), "text_en": text_en}
    if target == EntryState.OFFLINE:
        texts = {"public_text": public_text.strip() or OFFLINE_ZH, "text_en": text_en or OFFLINE_EN}

    def change(row: Entry) -> None:
        row.rectify_until = None
        _set(row, target, texts["public_text"], reason, now)

    def effects(rows: list[Entry]) -> None:
        EntryEvent.objects.bulk_create(
            [
                EntryEvent(entry=row, kind=kind, at=now, text_zh=reason.strip(), text_en=texts["text_en"])
                for row in rows
            ]
        )
        for callback in _listeners:
            asked = _concerned.get(callback)
            ids = asked([row.pk for row in rows]) if asked is not None else {row.pk for row in rows}
            for row in rows:
                if row.pk in ids:
                    callback(row, verb, by, now)

    return perform_many(
        verb=verb, subjects=entries, by=by, now=now, rule=rules.may_administer, transition=verb, basis=basis,
        payload=lambda row: {"number": row.number}, change=change, effects=effects, audience=Audience.PUBLIC,
    )  # fmt: skip


_MANY = {
    "revoke": (EntryState.REVOKED, EventKind.REVOKED),
    "take_offline": (EntryState.OFFLINE, EventKind.OFFLINE),
}


def _set(row: Entry, target: EntryState, public_text: str, reason: str, now: datetime) -> None:
    """What every move sets."""
    row.status_public_text = public_text.strip()
    row.status_reason = reason.strip()
    row.status_since = row.updated_at = now
    if target in (EntryState.REVOKED, EntryState.CANCELLED):
        row.change_under_review = False
        row.open_items = row.open_items_until = None
    renew_answer(row, state=target)


def _reason_needed(reason: str) -> None:
    if not reason.strip():
        raise Refused(Reasons.of(Reason("reason_needed", _("State the reason; it is published."))))


def _move(
    entry: Entry,
    verb: str,
    target: EntryState,
    kind: EventKind,
    by: Actor,
    now: datetime,
    *,
    basis: Sequence[str],
    public_text: str = "",
    event_text: str = "",
    text_en: str = "",
    reason: str = "",
    params: dict[str, Any] | None = None,
    change: Callable[[Entry], None] | None = None,
    seen_state: str | None = None,
) -> Entry:
    """The common part: ``public_text`` stays on the entry while the state holds, ``event_text`` does not."""

    def set_fields(row: Entry) -> None:
        if change is not None:
            change(row)
        _set(row, target, public_text, reason, now)

    def effects(row: Entry, _record: object) -> None:
        text = event_text.strip() or reason.strip() or public_text.strip()
        add_event(row, kind, now, text_zh=text, text_en=text_en, params=params)
        for callback in _listeners:
            callback(row, verb, by, now)

    return perform(
        verb=verb,
        subject=entry,
        by=by,
        now=now,
        rule=rules.may_administer,
        transition=verb,
        basis=basis,
        payload={"number": entry.number},
        change=set_fields,
        effects=effects,
        seen_state=seen_state,
        audience=Audience.PUBLIC,
    )
