"""Publishing an approved app, renewing its entry, and the marks on it (Measures, Articles 14, 15, 22)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from accounts.models import Unit
from ledger import rows
from ledger.acts import Actor, Audience, Refused, append, perform
from registry import answers, numbers, rules
from registry.enums import EventKind
from registry.models import Entry, EntryEvent
from registry.search import search_document, sort_key, tsvector

REQUIRED = ("app_name", "provider_name", "uscc", "province_code")
#: fields of the snapshot whose old and new value the public history shows
SHOWN_VALUES = ("app_name", "provider_name", "version")
#: which public field an open item of a buffer window is done by
SUPPLIED_BY = {"icp": "icp_number", "mlps": "mlps_level"}


#: ``callback(entry, changed public fields, now)``: rooms above add themselves when ready
_renewals: list[Callable[[Entry, Sequence[str], datetime], Any]] = []


def on_renewal(callback: Callable[[Entry, Sequence[str], datetime], Any]) -> None:
    """Calls ``callback(entry, fields, now)`` at the end of each renewal, in its transaction; it must not undo it."""
    if callback not in _renewals:
        _renewals.append(callback)


class SnapshotIncomplete(ValueError):
    """The public snapshot lacks something that an entry cannot be without. ``missing`` names it."""

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = list(missing)
        super().__init__("the public snapshot lacks " + ", ".join(missing))


def publish(
    *,
    snapshot: Mapping[str, Any],
    unit: Unit,
    authority: Unit,
    app_ref: int,
    prefix: str,
    by: Actor,
    now: datetime,
) -> Entry:
    """Issue a number and publish the app (Measures, Articles 14 and 22).

    Runs inside the approval's transaction; call it late in it, since the sequence of ``prefix`` stays
    locked until the end. Effects: takes the next number, writes the entry, its first public event and
    a ledger record. Raises ``Refused`` (also where the unit is barred: the unit's row is locked first, so
    that a listing and a number never pass each other), ``SnapshotIncomplete``, ``NoTransaction``.

    ``snapshot`` is what the public sees, JSON-able. Required: ``app_name``, ``provider_name``, ``uscc``,
    ``province_code`` (two digits). Read where given: ``stages``, ``user_groups``, ``functions`` (lists of
    the values in ``registry.enums``), ``is_discipline`` (bool), ``age_from``/``age_to`` (years), ``icon``
    (a letter), ``editions`` (list of ``{"kind", "id"}``) or ``package_ids`` (list). Shown on the entry
    page where given: ``purpose``, ``version``, ``subjects``, ``charges``, ``advertising``, ``time_limit``,
    ``content_control``, ``guardian_consent``, ``consult_phone``, ``complaint_url``, ``privacy_policy_url``,
    ``service_agreement_url``, ``icp_number``, ``miit_number``, ``mlps_level``, ``store_links`` (list of
    ``{"store", "url"}``), ``personal_information`` (list of ``{"item", "purpose", "manner",
    "required": bool}``). Anything else is kept and not shown. ``authority_name`` is set here.

    ``buffer`` (not kept in the snapshot): ``{"items": ["icp", "mlps"], "until": "2020-07-31"}`` where a
    buffer window let these come later; those that the snapshot lacks become the entry's open items.
    """
    reasons = rules.may_publish(by, authority.pk)
    if not reasons:
        reasons = rules.may_get_number(unit, now)
    if reasons:
        raise Refused(reasons)
    entry = Entry(
        prefix=prefix,
        app_ref=app_ref,
        unit=unit,
        authority=authority,
        published_at=now,
        updated_at=now,
        confirmed_at=now,
        status_since=now,
    )
    _take(entry, snapshot, authority_name=authority.name)
    number = numbers.issue(prefix=prefix)
    entry.serial, entry.number = number.serial, number.text
    refresh(entry)
    rows.insert(entry)
    event = EntryEvent(entry=entry, kind=EventKind.PUBLISHED, at=now, params={"number": entry.number})
    append(
        verb="publish",
        subject=entry,
        by=by,
        now=now,
        to_state=str(entry.state),
        basis=("me-14", "me-22"),
        payload={"number": entry.number, "app_ref": app_ref},
        audience=Audience.PUBLIC,
        also=[rows.insertion(event)],
    )
    return entry


def republish(
    *,
    entry: Entry,
    snapshot: Mapping[str, Any],
    by: Actor,
    now: datetime,
    basis: Sequence[str] = ("me-15",),
    text_zh: str = "",
    text_en: str = "",
    keep_mark: bool = False,
) -> Entry:
    """Renew a live entry after an approved change; the number is kept (Measures, Article 15).

    Effects: the new snapshot replaces the old one, the version goes up, the mark "change under review"
    goes off (``keep_mark``: another change still waits), the information counts as
    confirmed, a public event names what changed. Raises ``Refused``.
    """
    changed: dict[str, Any] = {}

    def change(row: Entry) -> None:
        changed.update(_changes(row.public, snapshot))
        _take(row, snapshot, authority_name=row.public.get("authority_name", ""))
        row.version += 1
        row.change_under_review = row.change_under_review and keep_mark
        row.updated_at = row.confirmed_at = now
        refresh(row)

    def effects(row: Entry, _record: object) -> None:
        add_event(row, EventKind.CHANGED, now, text_zh=text_zh, text_en=text_en, params=changed)
        for callback in _renewals:
            callback(row, changed["fields"], now)

    return perform(
        verb="republish",
        subject=entry,
        by=by,
        now=now,
        rule=rules.may_republish,
        basis=basis,
        payload=lambda row: {"version": row.version, "fields": changed.get("fields", [])},
        change=change,
        effects=effects,
        audience=Audience.PUBLIC,
    )


def mark_change_under_review(*, entry: Entry, on: bool, by: Actor, now: datetime) -> Entry:
    """Mark or unmark a live entry as having a change under review; its content stays (Measures, Article 15).

    Effects: the mark and the verification answer. Marking twice is no error. Raises ``Refused``.
    """

    def change(row: Entry) -> None:
        row.change_under_review = on
        row.updated_at = now
        renew_answer(row)

    return perform(
        verb="mark_change" if on else "unmark_change",
        subject=entry,
        by=by,
        now=now,
        rule=rules.may_mark_change,
        basis=("me-15",),
        change=change,
        audience=Audience.PUBLIC,
    )


def confirm(*, entry: Entry, by: Actor, now: datetime) -> Entry:
    """The provider confirms that the published information is still right (notice of the Measures, 2).

    Effects: the date of confirmation and a public event. Raises ``Refused``.
    """

    def change(row: Entry) -> None:
        row.confirmed_at = row.updated_at = now
        renew_answer(row)

    def effects(row: Entry, _record: object) -> None:
        add_event(row, EventKind.CONFIRMED, now)

    return perform(
        verb="confirm_information",
        subject=entry,
        by=by,
        now=now,
        rule=rules.may_confirm,
        basis=("me-15",),
        change=change,
        effects=effects,
        audience=Audience.PUBLIC,
    )


def _take(entry: Entry, snapshot: Mapping[str, Any], *, authority_name: str) -> None:
    """Fill the typed columns from the snapshot."""
    missing = [key for key in REQUIRED if not str(snapshot.get(key) or "").strip()]
    if missing:
        raise SnapshotIncomplete(missing)
    entry.public = {**{key: snapshot[key] for key in snapshot if key != "buffer"}, "authority_name": authority_name}
    _keep_open_items(entry, snapshot)
    entry.app_name = str(snapshot["app_name"]).strip()
    entry.provider_name = str(snapshot["provider_name"]).strip()
    entry.uscc = str(snapshot["uscc"]).strip().upper()
    entry.province_code = str(snapshot["province_code"])
    entry.stages = list(snapshot.get("stages") or [])
    entry.user_groups = list(snapshot.get("user_groups") or [])
    entry.functions = list(snapshot.get("functions") or [])
    entry.is_discipline = bool(snapshot.get("is_discipline"))
    entry.age_from, entry.age_to = snapshot.get("age_from"), snapshot.get("age_to")
    entry.icon = (str(snapshot.get("icon") or "").strip() or entry.app_name)[:1]
    packages = snapshot.get("package_ids")
    if packages is None:
        packages = [edition.get("id", "") for edition in snapshot.get("editions") or []]
    entry.package_ids = [package.strip() for package in dict.fromkeys(packages) if package.strip()]
    entry.sort_name = sort_key(entry.app_name)


def _keep_open_items(entry: Entry, snapshot: Mapping[str, Any]) -> None:
    """What a buffer window let come later and the snapshot still lacks (Measures, notice 3).

    An item is done when an approved filing brings it; the day is that of the window, and is never put off by
    a later one.
    """
    buffer = snapshot.get("buffer") or {}
    waived = set(entry.open_items or []) | set(buffer.get("items") or [])
    lacking = [item for item, key in SUPPLIED_BY.items() if item in waived and not snapshot.get(key)]
    days = [date.fromisoformat(buffer["until"])] if buffer.get("until") else []
    days += [entry.open_items_until] if entry.open_items_until else []
    if not lacking or not days:
        entry.open_items = entry.open_items_until = None
        return
    entry.open_items, entry.open_items_until = lacking, min(days)


def refresh(entry: Entry) -> None:
    """Renew what is derived from the published information: the search document and the verification answer."""
    tokens = search_document(
        app_name=entry.app_name,
        provider_name=entry.provider_name,
        number_digits=numbers.digits_of(entry.number),
        uscc=entry.uscc,
        package_ids=entry.package_ids,
    )
    entry.search = tsvector(tokens)
    renew_answer(entry)


def renew_answer(entry: Entry, *, state: str | None = None) -> None:
    """Renew the verification answer alone: where state, dates or marks move, nothing that is searched changes."""
    entry.verify_json = answers.verify_document(entry, state=state)


def add_event(
    entry: Entry,
    kind: EventKind,
    now: datetime,
    *,
    text_zh: str = "",
    text_en: str = "",
    params: Mapping[str, Any] | None = None,
) -> EntryEvent:
    return EntryEvent.objects.create(
        entry=entry, kind=kind, at=now, text_zh=text_zh, text_en=text_en, params=dict(params or {})
    )


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What differs: names of the fields, and old and new value of those fit for a line of history."""
    keys = [key for key in new if key not in ("authority_name", "buffer") and old.get(key) != new[key]]
    keys += [key for key in old if key not in new and key != "authority_name"]
    values = {key: [old.get(key), new.get(key)] for key in keys if key in SHOWN_VALUES}
    return {"fields": keys, "values": values}
