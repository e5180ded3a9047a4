"""What an approval does in the public registry: publish, renew, resume, cancel."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from ledger import rows
from ledger.acts import Actor, Reason, Reasons, Refused, append
from providers import schema
from providers.domain.submission import latest_document
from providers.enums import FilingKind, FilingState
from providers.models import App, Filing, FilingVersion
from providers.queries import buffer_of, package_ids, policy_day
from registry import domain as registry
from registry.models import Entry
from rulebook import policies


def carry_out(row: Filing, document: dict[str, Any], by: Actor, now: datetime) -> Entry | None:
    """Carries the newest version's ``document`` out in the public registry and returns its entry."""
    if row.kind == FilingKind.UNIT_CHANGE:
        _renew_unit(row, document, by, now)
        return None
    if row.app_id is None:
        msg = "a filing of this kind has an app"
        raise ValueError(msg)
    snapshot = _snapshot({**document, "unit": _newest_unit(row, document)}, row)
    (app,) = rows.locked(App, [row.app_id])
    if row.kind == FilingKind.INITIAL:
        app.entry = registry.publish(
            snapshot=snapshot, unit=row.unit, authority=row.authority, app_ref=app.pk,
            prefix=_number_prefix(row, now), by=by, now=now,
        )
        rows.store(app, "entry")
        return app.entry
    entry = app.entry
    if entry is None:
        raise Refused(Reasons([Reason("no_entry", _("The app has no entry."))]))
    if row.kind == FilingKind.CHANGE:
        return registry.republish(entry=entry, snapshot=snapshot, by=by, now=now, basis=["me-15"])
    if row.kind == FilingKind.RESUME:
        registry.resume(entry=entry, by=by, now=now)
        return registry.republish(entry=entry, snapshot=snapshot, by=by, now=now, basis=["me-15"])
    reason = str(document["filing"].get("cancel_reason") or "") or "应提供者申请注销"
    return registry.cancel(entry=entry, reason=reason, by=by, now=now)


def _newest_unit(row: Filing, document: dict[str, Any]) -> dict[str, Any]:
    """The unit's part, from a change of the unit that was approved after this version was submitted."""
    later = rows.read(
        FilingVersion,
        "JOIN providers_filing f ON f.id = t0.filing_id WHERE f.unit_id = %s AND f.kind = %s AND f.state = %s"
        " AND f.closed_at >= %s ORDER BY f.closed_at DESC, t0.number DESC LIMIT 1",
        [row.unit_id, FilingKind.UNIT_CHANGE, FilingState.FILED, row.last_submitted_at],
    )
    return later[0].data["unit"] if later else document["unit"]


def _number_prefix(row: Filing, now: datetime) -> str:
    """The authority's own prefix, or its province code; the ministry's prefix is not inherited by provinces."""
    own = policies.in_force([row.authority.code], on=policy_day(row, now))
    return own.get("number_prefix") or row.authority.province_code or "00"


def _snapshot(document: dict[str, Any], row: Filing) -> dict[str, Any]:
    """What the registry publishes of a document: public fields, and what is searched."""
    view = schema.public_view(document)
    complete = all(view.get(key) for key in registry.SUPPLIED_BY.values())
    return {
        **view,
        "buffer": None if complete else buffer_of(row),
        "package_ids": package_ids(document["app"]),
        "is_discipline": row.is_discipline,
    }


def _renew_unit(row: Filing, document: dict[str, Any], by: Actor, now: datetime) -> None:
    """Renews the unit's part of every entry of the provider, and its name, as a change of the unit asks."""
    name = str(document["unit"].get("name") or "").strip()
    if name and name != row.unit.name:
        append(
            verb="rename", subject=row.unit, by=by, now=now, basis=["me-15"],
            payload={"from": row.unit.name, "to": name},
        )
        Unit.objects.filter(pk=row.unit_id).update(name=name[:120])
    for app in App.objects.filter(unit_id=row.unit_id).exclude(entry=None).select_related("entry").order_by("pk"):
        entry = app.entry
        if entry is None or entry.state not in ("published", "rectifying", "offline"):
            continue
        last = (
            Filing.objects.filter(app=app, state=FilingState.FILED).order_by("-closed_at", "-pk").first()
        )
        if last is None:
            continue
        merged = {**latest_document(last), "unit": document["unit"]}
        registry.republish(
            entry=entry,
            snapshot={**_snapshot(merged, row), "is_discipline": entry.is_discipline},
            by=by,
            now=now,
            basis=["me-15"],
            keep_mark=True,
        )
