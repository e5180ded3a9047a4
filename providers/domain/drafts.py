"""Verbs on what is not yet submitted: begin a filing, save a part of the form, keep a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.queries import filing_authority
from ledger.acts import Actor, Reason, Reasons, Refused, append
from providers import rules
from providers.domain.errors import FileRefused, NotEditable
from providers.enums import FilingKind, FilingState
from providers.models import App, BusinessSystem, Filing, Material, ProviderProfile
from providers.queries import open_filing, published_document
from rulebook import policies
from rulebook.time import local_date

FILINGS_OF_FILES = 20  # a unit may keep this many times the files that the policy allows one filing
PARTS = ("unit", "system", "app", "filing")


def start(
    *,
    unit: Unit,
    kind: str,
    by: Actor,
    now: datetime,
    app: App | None = None,
    app_name: str = "",
    system: BusinessSystem | None = None,
) -> Filing:
    """Begins a filing and returns its draft; for an app with an open filing, returns that one.

    For a new app (``app=None``, kind ``initial``) the app is created under ``app_name``. A change starts
    from what is published. Effects: ledger record. Measures Arts. 10–12, 15. Raises ``Refused``.
    """
    with transaction.atomic():
        Unit.objects.select_for_update(no_key=True).only("pk").get(pk=unit.pk)
        if kind == FilingKind.INITIAL and app is None:
            app = _new_app(unit, app_name.strip(), system, by)
        reasons = rules.may_start(by, unit, kind, app, now)
        if reasons:
            raise Refused(reasons)
        existing = open_filing(app) if app is not None else _open_unit_change(unit)
        if existing is not None:
            return existing
        reasons = _over_the_limit(unit, app, now)
        if reasons:
            raise Refused(reasons)
        ProviderProfile.objects.get_or_create(unit=unit, defaults={"data": _seed_profile(unit)})
        filing = Filing(
            kind=kind,
            unit=unit,
            app=app,
            authority=filing_authority(unit),
            entry=app.entry if app is not None else None,
            app_name=app.name if app is not None else "",
            provider_name=unit.name,
            created_by_id=by.person_id,
        )
        filing.save()
        append(verb="start", subject=filing, by=by, now=now, to_state=filing.state, payload={"kind": kind})
        if app is not None and kind == FilingKind.CHANGE:
            published = published_document(filing)
            if published is not None and not app.data:
                app.data = dict(published["app"])
                app.save(update_fields=["data", "updated_at"])
    return filing


def _over_the_limit(unit: Unit, app: App | None, now: datetime) -> Reasons:
    """What the authority's policy lets one unit have at a time; a new app has been counted already."""
    limits = policies.in_force(filing_authority(unit).policy_codes, on=local_date(now)).get("limits") or {}
    reasons, most = Reasons(), limits.get("drafts_per_unit")
    if most is not None and unit.filings.filter(state=FilingState.DRAFT).count() >= int(most):
        said = _("Your unit has %(count)s drafts, as many as its authority allows. Submit or withdraw some first.")
        reasons.append(Reason("too_many_drafts", said % {"count": most}))
    most = limits.get("apps_per_unit")
    if most is not None and app is not None and app.entry_id is None and unit.apps.count() > int(most):
        said = _("Your unit has %(count)s apps, as many as its authority allows.")
        reasons.append(Reason("too_many_apps", said % {"count": most}))
    return reasons


def _new_app(unit: Unit, name: str, system: BusinessSystem | None, by: Actor) -> App:
    reasons = rules.is_of_provider(by, unit.pk)
    if system is not None and system.unit_id != unit.pk:
        reasons.append(rules.NOT_YOURS)
    if reasons:
        raise Refused(reasons)
    same = App.objects.filter(unit=unit, name=name, entry=None).first()
    if same is not None:
        return same
    if system is None:
        system = unit.systems.order_by("id").first()
    return App.objects.create(unit=unit, name=name, system=system, data={"name": name})


def _open_unit_change(unit: Unit) -> Filing | None:
    return unit.filings.filter(kind=FilingKind.UNIT_CHANGE).open().first()  # type: ignore[attr-defined]


def _seed_profile(unit: Unit) -> dict[str, Any]:
    return {"name": unit.name, "uscc": unit.uscc, "province": unit.province_code, "kind": unit.kind}


def add_system(*, unit: Unit, name: str, by: Actor, now: datetime) -> BusinessSystem:
    """Adds a business system of the unit. Effects: ledger record."""
    reasons = rules.is_of_provider(by, unit.pk)
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        system = BusinessSystem.objects.create(unit=unit, name=name, data={"name": name})
        append(verb="add_system", subject=system, by=by, now=now)
    return system


def save_part(
    *,
    filing: Filing,
    part: str,
    values: dict[str, Any],
    by: Actor,
    now: datetime,
) -> Filing:
    """Saves fields of one part of the form into the working copy; other fields keep their values.

    ``values`` maps field names without the part ("uscc", not "unit.uscc"). Nothing is validated here
    beyond who and when: a draft may be wrong. No ledger record: typing is not an act.
    Raises ``NotEditable`` or ``Refused``.
    """
    if part not in PARTS:
        msg = f"unknown part {part!r}"
        raise ValueError(msg)
    with transaction.atomic():
        row = Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing.pk)
        reasons = rules.may_edit(by, row)
        if reasons:
            raise NotEditable(reasons)
        before: dict[str, Any] = {}
        if part == "filing":
            before, row.data = row.data, {**row.data, **values}
            row.save(update_fields=["data"])
        elif part == "unit":
            profile, _created = ProviderProfile.objects.select_for_update(no_key=True).get_or_create(
                unit_id=row.unit_id, defaults={"data": _seed_profile(row.unit)}
            )
            own = {"uscc": row.unit.uscc} if row.unit.uscc else {}
            before = profile.data
            profile.data = {**profile.data, **values, **own}
            profile.save(update_fields=["data", "updated_at"])
        elif row.app_id is not None:
            before = _save_app_part(row, part, values, by, now)
        if row.state == FilingState.RETURNED:
            _note_changed(row, [f"{part}.{name}" for name, value in values.items() if before.get(name) != value], now)
    return row


def _note_changed(row: Filing, keys: list[str], now: datetime) -> None:
    """When fields of a returned filing were changed last, to stand beside the notes on them."""
    if keys:
        kept = row.feedback or {}
        row.feedback = {**kept, "changed": {**kept.get("changed", {}), **dict.fromkeys(keys, now.isoformat())}}
        row.save(update_fields=["feedback"])


def _save_app_part(
    row: Filing, part: str, values: dict[str, Any], by: Actor, now: datetime
) -> dict[str, Any]:
    """Saves it, and returns what stood there before."""
    app = App.objects.select_for_update(no_key=True).get(pk=row.app_id)
    if part == "app":
        before: dict[str, Any] = app.data
        app.data = {**before, **values}
        app.name = str(app.data.get("name") or app.name)[:120]
        app.save(update_fields=["data", "name", "updated_at"])
        if row.app_name != app.name:
            row.app_name = app.name
            row.save(update_fields=["app_name"])
        return before
    if app.system_id is None:
        app.system = add_system(unit=row.unit, name=str(values.get("name") or app.name)[:120], by=by, now=now)
        app.save(update_fields=["system", "updated_at"])
    system = BusinessSystem.objects.select_for_update(no_key=True).get(pk=app.system_id)
    before = system.data
    system.data = {**before, **values}
    system.name = str(system.data.get("name") or system.name)[:120]
    system.save(update_fields=["data", "name", "updated_at"])
    return before


def add_material(
    *, unit: Unit, upload: File[bytes], name: str, content_type: str, sha256: str, pages: int | None, scan: str,
    by: Actor, now: datetime, standing: int | None = None,
) -> Material:  # fmt: skip
    """Keeps an inspected file of the unit. The caller has passed it through ``providers.materials``.

    The same content under the same name is stored once, also where it arrives twice at the same moment.
    ``standing`` is the id of the file in the field that it is for: the same content is that file, whatever its name
    is now, unless a submitted version holds it already. Effects: none beyond the row. Raises ``FileRefused`` where
    the unit keeps too many files.
    """
    reasons = rules.is_of_provider(by, unit.pk)
    if reasons:
        raise Refused(reasons)
    name = name[:160]
    own = Material.objects.filter(unit=unit, sha256=sha256)

    def there() -> Material | None:
        return own.filter(name=name).order_by("pk").first() or own.filter(pk=standing, uses=None).first()

    same = there()
    if same is not None:
        return same
    limits = policies.in_force(filing_authority(unit).policy_codes, on=local_date(now)).get("limits") or {}
    material = Material(
        unit=unit, name=name, content_type=content_type, size=upload.size or 0, pages=pages,
        sha256=sha256, scan=scan, uploaded_by_id=by.person_id, uploaded_at=now,
    )  # fmt: skip
    # The file first, then the lock: nobody waits for the disk. Whatever fails after it, the commit too, takes it away.
    material.file.save(f"{sha256[:32]}", upload, save=False)
    try:
        with transaction.atomic():
            Unit.objects.select_for_update(no_key=True).only("pk").get(pk=unit.pk)
            same = there()
            if same is None:
                if unit.materials.count() >= int(limits.get("materials_per_filing", 100)) * FILINGS_OF_FILES:
                    raise FileRefused(_("Your unit has uploaded too many files."))
                material.save()
    except BaseException:
        material.file.delete(save=False)
        raise
    if same is not None:
        material.file.delete(save=False)
        return same
    return material
