"""Published entries: what the registry held before the portal opened, carried over by the system.

They have a unit, an app and a public snapshot, and no filing behind them: their ledger record and
their public event say that they were carried over. Numbers, search document and verification answer are
the real ones, from ``registry.domain.publish``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Unit
from accounts.queries import authority_for_province
from filing_portal.demo import documents, people
from filing_portal.demo.names import MadeUpCompany, companies
from filing_portal.demo.world import World, slug_of
from ledger.acts import Actor
from providers import schema
from providers.models import App
from registry import domain as registry
from registry.models import Entry
from rulebook.time import local_date

OLDEST = -240  # working days before today
REASONS = {
    "offline": "应用商店账号迁移，暂时下线。",
    "rectify": "隐私政策未逐项说明收集目的，限期整改。",
    "revoke": "逾期未整改，撤销备案。",
    "cancel": "应提供者申请注销，服务已停止。",
}


@dataclass(frozen=True)
class Ordinary:
    """An entry that was carried over: its app, its provider, when it was published (a position of working days)."""

    app_name: str
    provider_name: str
    position: int


def ordinary(count: int, province: str) -> list[Ordinary]:
    """One app for each company of a province, the oldest first, to which nothing happens by itself."""
    apps = [(one, index) for one in companies(count) for index in range(len(one.apps))]
    found: dict[str, Ordinary] = {}
    for place, (one, index) in enumerate(apps):
        if one.province == province and not _befalls(place):
            position = OLDEST + place * (-OLDEST - 12) // len(apps)
            found.setdefault(one.name, Ordinary(one.apps[index].name, one.name, position))
    return list(found.values())


def carried_over(world: World, count: int) -> list[Iterator[datetime]]:
    """A story for each of ``count`` entries, published over the past year; a few are no longer in force."""
    apps = [(one, index) for one in companies(count) for index in range(len(one.apps))]
    units: dict[str, Unit] = {}
    return [_one(world, units, place, len(apps), *app) for place, app in enumerate(apps)]


def _one(
    world: World, units: dict[str, Unit], place: int, total: int, company: MadeUpCompany, index: int
) -> Iterator[datetime]:
    position = OLDEST + place * (-OLDEST - 12) // total
    now = world.moment(position, 9 + place % 8, (place * 7) % 60)
    yield now
    if company.name not in units:
        units[company.name] = people.company(company, now)
    entry = _publish(units[company.name], company, index, now)
    yield from _fate(world, entry, place, position)


def _publish(unit: Unit, one: MadeUpCompany, index: int, now: datetime) -> Entry:
    made = one.apps[index]
    app = App.objects.create(unit=unit, name=made.name, data={"name": made.name})
    slug = slug_of(unit)
    document = {
        "unit": {"name": unit.name, "kind": unit.kind, "uscc": unit.uscc, "province": unit.province_code},
        "system": documents.system_part(
            unit, {}, name=made.name, slug=slug, serial=one.serial * 10 + index, today=local_date(now)
        ),
        "app": documents.app_part(made, province=one.province, slug=slug, serial=one.serial * 10 + index),
        "filing": {},
    }
    snapshot = {
        **schema.public_view(document),
        "package_ids": [document["app"]["android_package"], document["app"]["ios_bundle"]],
        "is_discipline": False,
    }
    entry = registry.publish(
        snapshot=snapshot, unit=unit, authority=authority_for_province(one.province), app_ref=app.pk,
        prefix=one.province, by=Actor.system(), now=now,
    )  # fmt: skip
    App.objects.filter(pk=app.pk).update(entry=entry)
    return entry


def _befalls(place: int) -> str:
    """What happens to the entry in this place, if anything."""
    rules = ((29, 3, "offline"), (31, 5, "rectify"), (37, 7, "revoke"), (41, 9, "cancel"))
    return next((what for every, rest, what in rules if place % every == rest), "")


def _fate(world: World, entry: Entry, place: int, position: int) -> Iterator[datetime]:
    """Some entries are taken offline, rectified, revoked, cancelled; most stay as they are."""
    system = Actor.system()
    later = world.moment(min(position + 8 + place % 30, -3), 16)
    recent = world.moment(-4, 11)
    what = _befalls(place)
    if what == "offline":
        yield later
        registry.take_offline(entry=entry, reason=REASONS["offline"], by=system, now=later)
    elif what == "rectify":
        yield recent
        registry.order_rectification(
            entry=entry, until=world.days[12], public_text=REASONS["rectify"], by=system, now=recent
        )
    elif what == "revoke":
        yield later
        registry.revoke(entry=entry, reason=REASONS["revoke"], by=system, now=later)
    elif what == "cancel":
        yield later
        registry.cancel(entry=entry, reason=REASONS["cancel"], by=system, now=later)
