"""What the stories share: the calendar around today, the units, the actors, the files."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import Unit
from filing_portal.demo import documents, files
from ledger.acts import Actor
from providers import domain as provider_verbs
from providers.models import Filing, ProviderProfile
from rulebook import calendar
from rulebook.time import at_hour, local_date

HORIZON = 420  # days before today in which stories happen


class Days:
    """Working days around today, by position: 0 is today, or the next working day where today is none."""

    def __init__(self, today: date) -> None:
        span = (today + timedelta(days=offset) for offset in range(-HORIZON, 60))
        self._days = [day for day in span if calendar.is_working(day)]
        self._zero = next(index for index, day in enumerate(self._days) if day >= today)

    def __getitem__(self, position: int) -> date:
        return self._days[self._zero + position]


@dataclass
class World:
    """The demonstration's own surroundings. ``now`` is the end of all stories."""

    now: datetime
    actors: dict[str, Actor] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    serials: Iterator[int] = field(default_factory=lambda: itertools.count(101))
    use_files: dict[tuple[int, str], Any] = field(default_factory=dict)
    _kept: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.days = Days(local_date(self.now))

    @property
    def today(self) -> date:
        return local_date(self.now)

    def moment(self, position: int, hour: int = 10, minute: int = 0) -> datetime:
        """An hour of a working day, counted from today; never later than now."""
        return min(at_hour(self.days[position], hour) + timedelta(minutes=minute), self.now)

    def provider(self, unit: Unit) -> Actor:
        """Somebody who acts for a company: its account, or nobody in particular."""
        known = self.actors.get(f"unit:{unit.pk}")
        if known is not None:
            return known
        return Actor(
            person_id=None, unit_id=unit.pk, role="provider_owner", unit_name=unit.name, unit_path=unit.path,
            province_code=unit.province_code, unit_level=unit.level, unit_kind=unit.kind,
        )  # fmt: skip

    def keep(self, unit: Unit, name: str, title: str, pages: int, now: datetime) -> dict[str, Any]:
        """Stores a made-up file for the unit, once, and returns what a form says of it."""
        key = (unit.pk, name)
        if key not in self._kept:
            if name.endswith(".pdf"):
                content = files.pdf(title, [unit.name, f"统一社会信用代码 {unit.uscc}", "（示例文件）"], pages)
                kind = "application/pdf"
            else:
                content, kind = files.png(f"{unit.name}/{name}"), "image/png"
            digest = hashlib.sha256(content).hexdigest()
            material = provider_verbs.add_material(
                unit=unit, upload=ContentFile(content), name=name, content_type=kind, sha256=digest,
                pages=pages if kind == "application/pdf" else None, scan="not_scanned", by=self.provider(unit), now=now,
            )  # fmt: skip
            self._kept[key] = {
                "id": material.pk, "name": name, "sha256": digest, "size": len(content), "type": kind,
            }  # fmt: skip
        return self._kept[key]

    def keep_all(self, unit: Unit, wanted: dict[str, tuple[str, str, int]], now: datetime) -> dict[str, Any]:
        """The files of one part of the form."""
        return {key: self.keep(unit, *described, now) for key, described in wanted.items()}

    def fill_in(self, filing: Filing, made: Any, *, now: datetime, **app_extra: Any) -> None:
        """Types the whole form of a first filing into the working copies."""
        unit, by = filing.unit, self.provider(filing.unit)
        serial, slug = next(self.serials), slug_of(filing.unit)
        parts: dict[str, dict[str, Any]] = {}
        # Read anew: the unit that all stories share remembers its profile as it was at first.
        profile = ProviderProfile.objects.filter(unit=unit).values_list("data", flat=True).first()
        if "legal_representative" not in (profile or {}):
            parts["unit"] = documents.unit_part(
                unit, self.keep_all(unit, documents.UNIT_FILES, now), serial=serial
            )
        if filing.app is not None and (filing.app.system is None or "domain" not in filing.app.system.data):
            parts["system"] = documents.system_part(
                unit, self.keep_all(unit, documents.SYSTEM_FILES, now),
                name=made.name, slug=slug, serial=serial, today=self.today,
            )  # fmt: skip
        parts["app"] = {
            **documents.app_part(made, province=unit.province_code, slug=slug, serial=serial), **app_extra,
        }  # fmt: skip
        parts["filing"] = documents.commitments()
        for part, values in parts.items():
            provider_verbs.save_part(filing=filing, part=part, values=values, by=by, now=now)


def slug_of(unit: Unit) -> str:
    """A host name's part for a unit."""
    return f"u{unit.pk}"
