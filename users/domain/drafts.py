"""Verbs on what is not yet handed in: select an app, begin an own one, save a part of the form, keep a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.domain.units import hold
from accounts.models import Unit
from ledger.acts import Actor, Reason, Reasons, Refused, append
from registry.enums import Edition
from registry.models import Entry
from users import queries, rules, schema
from users.domain.common import held_entry
from users.domain.errors import APP_TWICE, FileRefused, NotEditable
from users.models import UseMaterial, UserFiling

PARTS = schema.PARTS
FILINGS_OF_FILES = 20  # a unit may keep this many times the files that the policy allows one filing


def start_use(*, unit: Unit, entry: Entry, by: Actor, now: datetime) -> UserFiling:
    """Selects an app of the registry for the unit and returns the draft; where the unit has an open or confirmed
    use of it already, that one.

    Only an app whose provider filing is in force can be selected (Measures Art. 8, 18); the reasons say why not:
    offline, revoked, cancelled, provider barred. The draft starts from what the entry and the unit say.
    Effects: the row, a ledger record. Raises ``Refused``.
    """
    with transaction.atomic():
        reasons = rules.is_of_unit(by, unit.pk)
        if reasons:
            raise Refused(reasons)
        unit, authority = _held(unit)
        existing = queries.live_use(unit, entry)
        if existing is not None:
            return existing
        held = held_entry(entry.pk)
        reasons = Reasons.of(rules.unit_may_use(unit), rules.entry_selectable(held, now))
        if reasons or held is None:
            raise Refused(reasons)
        use = _of_unit(unit) | _of_entry(held)
        return _begin(
            UserFiling(
                unit=unit, entry=held, app_name=held.app_name, provider_name=held.provider_name, number=held.number,
                stages=list(held.stages), functions=list(held.functions), data={"use": use},
            ),
            authority, by, now,
        )  # fmt: skip


def start_self_use(*, unit: Unit, app_name: str, by: Actor, now: datetime) -> UserFiling:
    """Begins the filing of an app that the unit developed for itself alone (自研自用) and returns the draft.

    It goes to the superior by affiliation, not to the province of registration, and never becomes a public
    entry (Measures Art. 21). One live filing per unit and name. Effects: the row, a ledger record.
    """
    with transaction.atomic():
        reasons = rules.is_of_unit(by, unit.pk)
        name = app_name.strip()[:120]
        if not name:
            reasons.append(Reason("no_app", _("Name the app.")))
        if reasons:
            raise Refused(reasons)
        unit, authority = _held(unit)
        existing = UserFiling.objects.live().filter(unit=unit, self_use=True, app_name=name).first()
        if existing is not None:
            return existing
        reasons = rules.unit_may_use(unit)
        if reasons:
            raise Refused(reasons)
        data = {"use": {**_of_unit(unit), "source": "self_developed"}, "app": {"name": name}, "system": {}, "unit": {}}
        return _begin(
            UserFiling(unit=unit, self_use=True, app_name=name, provider_name=unit.name, data=data),
            authority, by, now,
        )  # fmt: skip


def _held(unit: Unit) -> tuple[Unit, Unit]:
    """The unit under its lock, and its authority, which is not closed meanwhile; from above to below, as units move."""
    while True:
        authority = queries.confirming_authority(unit)
        hold(authority.pk)
        unit = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        if queries.confirming_authority(unit).pk == authority.pk:
            return unit, authority


def _begin(filing: UserFiling, authority: Unit, by: Actor, now: datetime) -> UserFiling:
    filing.authority = authority
    filing.created_by_id = by.person_id
    filing.created_at = now
    filing.save(force_insert=True)
    append(
        verb="start_use", subject=filing, by=by, now=now, to_state=str(filing.state),
        basis=["me-21"] if filing.self_use else ["me-18"],
        payload={"entry": filing.entry_id, "number": filing.number},
    )  # fmt: skip
    return filing


def _of_unit(unit: Unit) -> dict[str, Any]:
    """What the unit has said of itself: the department in charge and who answers (Opinions, item 8)."""
    known = ("name", "position", "duty", "phone")
    people = [
        {key: str(row[key]) for key in known if row.get(key)}
        for row in unit.responsible_persons or []
        if isinstance(row, dict)
    ]
    found: dict[str, Any] = {"department": unit.functional_department, "responsible": people}
    return {key: value for key, value in found.items() if value}


def _of_entry(entry: Entry) -> dict[str, Any]:
    """What the entry says of the app, to start from."""
    editions = entry.public.get("editions") if isinstance(entry.public, dict) else None
    kinds = [row.get("kind") for row in editions if isinstance(row, dict)] if isinstance(editions, list) else []
    found: dict[str, Any] = {
        "functions": list(entry.functions),
        "user_groups": list(entry.user_groups),
        "stages": list(entry.stages),
        "channels": [kind for kind in dict.fromkeys(kinds) if kind in Edition.values],
    }
    return {key: value for key, value in found.items() if value}


def save_part(
    *, filing: UserFiling, part: str, values: dict[str, Any], by: Actor, now: datetime
) -> UserFiling:
    """Saves fields of one part of the form into the working copy; other fields keep their values.

    ``values`` maps field names without the part ("nature", not "use.nature"). Nothing is validated here beyond
    who and when. A confirmed use takes the values for the report of a change; what was confirmed stays.
    No ledger record: typing is not an act. Raises ``NotEditable``.
    """
    if part not in schema.parts_of(schema.form_kind(filing)):
        msg = f"unknown part {part!r}"
        raise ValueError(msg)
    with transaction.atomic():
        row = UserFiling.objects.select_for_update(of=("self",), no_key=True).get(pk=filing.pk)
        reasons = rules.may_edit(by, row)
        if reasons:
            raise NotEditable(reasons)
        row.data = {**row.data, part: {**(row.data.get(part) or {}), **values}}
        changed = ["data"]
        name = str(row.data.get("app", {}).get("name") or "").strip()[:120] if row.self_use and part == "app" else ""
        if name and name != row.app_name and row.version == 0:
            row.app_name = name
            changed.append("app_name")
        try:
            with transaction.atomic():
                row.save(update_fields=changed)
        except IntegrityError as error:
            if "self_use_once" not in str(error):
                raise
            raise Refused(Reasons([APP_TWICE])) from error
    return row


def add_material(
    *, unit: Unit, upload: File[bytes], name: str, content_type: str, sha256: str, pages: int | None, scan: str,
    by: Actor, now: datetime,
) -> UseMaterial:  # fmt: skip
    """Keeps an inspected file of the unit. The caller has passed it through ``providers.materials``.

    The same content under the same name is stored once. Effects: none beyond the row. Raises ``Refused``, or
    ``FileRefused`` where the unit keeps too many files.
    """
    reasons = rules.is_of_unit(by, unit.pk)
    if reasons:
        raise Refused(reasons)
    same = UseMaterial.objects.filter(unit=unit, sha256=sha256, name=name[:160]).first()
    if same is not None:
        return same
    limits = queries.policy_of_unit(unit, now).get("limits") or {}
    if unit.use_materials.count() >= int(limits.get("materials_per_filing", 100)) * FILINGS_OF_FILES:
        raise FileRefused(_("Your unit has uploaded too many files."))
    material = UseMaterial(
        unit=unit, name=name[:160], content_type=content_type, size=upload.size or 0, pages=pages, sha256=sha256,
        scan=scan, uploaded_by_id=by.person_id, uploaded_at=now,
    )  # fmt: skip
    material.file.save(f"{sha256[:32]}", upload, save=False)
    try:
        with transaction.atomic():
            material.save()
    except BaseException as error:  # whatever it is, no file stays without its row
        material.file.delete(save=False)
        if not isinstance(error, IntegrityError):
            raise
        twin = UseMaterial.objects.filter(unit=unit, sha256=sha256, name=name[:160]).first()
        if twin is None:
            raise
        return twin
    return material
