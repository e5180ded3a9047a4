"""Sets up the authorities that the portal starts with."""

from __future__ import annotations

from datetime import datetime

from accounts.data import units
from accounts.domain.units import create_unit
from accounts.enums import UnitKind
from accounts.models import Unit
from ledger.acts import Actor


def seed_units(*, by: Actor, now: datetime) -> int:
    """Creates the authorities that are missing, superiors first; returns how many.

    Units that exist are left alone, so that an administrator's corrections stay.
    """
    known = {unit.code: unit for unit in Unit.objects.authorities()}
    created = 0
    for code, above, level, name, english in units.ALL:
        if code in known:
            continue
        known[code] = create_unit(
            parent=known.get(above),
            kind=UnitKind.AUTHORITY,
            level=level,
            code=code,
            name=name,
            name_en=english,
            province_code="" if code == "moe" else (code if len(code) == 2 else code[:2]),
            by=by,
            now=now,
        )
        created += 1
    return created
