"""Supervision for tests: complaints, orders and listings in every state, led there through the verbs.

    entry()                       a published app of a new provider, filed in Beijing
    complaint(entry=…)            received; ``in_state`` leads it on
    order(entry=…)                issued; ``order_in("overdue")`` and others
    listing()                     a provider blacklisted after a missed order
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.actors import actor_for_membership
from accounts.enums import Role
from accounts.models import Membership, Unit
from blacklist.models import Listing
from ledger.acts import Actor
from providers.models import App
from registry import domain as registry
from registry.models import Entry
from rulebook.time import ZONE
from supervision import domain, seeds
from supervision.domain.rectification import run_out
from supervision.enums import OrderState
from supervision.models import (
    Complaint,
    ComplaintCategory,
    ComplaintGuide,
    Forwarding,
    LetterTemplate,
    RectificationOrder,
)
from tests import factories

NOW = datetime(2026, 8, 31, 10, 0, tzinfo=ZONE)  # a Monday; six months later is 28 February 2027
_numbers = itertools.count(1)


def seeded() -> None:
    """The categories and texts that the portal starts with."""
    seeds.fill(ComplaintCategory, ComplaintGuide, LetterTemplate)


def people(unit: Unit, role: str, *, another: bool = False) -> Actor:
    """The first actor of the unit in this role, made where there is none; ``another``: a new one."""
    rows = Membership.objects.filter(unit=unit, role=role).select_related("unit", "person")
    found = None if another else rows.first()
    return actor_for_membership(found or factories.membership(role=role, unit=unit))


def reviewer(province: str = "11") -> Actor:
    return people(factories.authority(province), Role.REVIEWER)


def lead(province: str = "11", *, another: bool = False) -> Actor:
    return people(factories.authority(province), Role.REVIEW_LEAD, another=another)


def ministry(*, another: bool = False) -> Actor:
    return people(factories.authority("moe"), Role.MINISTRY_REVIEWER, another=another)


def provider(unit: Unit) -> Actor:
    return people(unit, Role.PROVIDER_OWNER)


def entry(unit: Unit | None = None, *, province: str = "11", now: datetime = NOW, app: dict[str, Any] | None = None,
          **snapshot: Any) -> Entry:  # fmt: skip
    """A published entry with its app; ``app`` is the working copy, the rest replaces parts of the snapshot."""
    unit = unit or factories.unit(province=province)
    number = next(_numbers)
    name = f"监管应用{number}"
    row = App.objects.create(unit=unit, name=name, data=app or {})
    values = {
        "app_name": name, "provider_name": unit.name, "uscc": unit.uscc or factories.uscc(), "province_code": province,
        "stages": ["primary"], "user_groups": ["students"], "functions": ["reading"], "version": "1.0",
        "icp_number": f"京ICP备{14000000 + number}号", "mlps_level": "2", "package_ids": [f"cn.example.s{number}"],
        **snapshot,
    }  # fmt: skip
    with transaction.atomic():
        found = registry.publish(
            snapshot=values, unit=unit, authority=factories.authority(province), app_ref=row.pk, prefix=province,
            by=Actor.system(), now=now,
        )  # fmt: skip
    App.objects.filter(pk=row.pk).update(entry=found)
    return found


def fresh(row: Any) -> Any:
    """The row as it is now."""
    return type(row).objects.get(pk=row.pk)


def category(key: str = "ads_games") -> ComplaintCategory:
    found = ComplaintCategory.objects.filter(key=key).first()
    if found is None:
        seeded()
        found = ComplaintCategory.objects.get(key=key)
    return found


def received(of: Entry | None = None, *, now: datetime = NOW, **more: Any) -> domain.Received:
    """A complaint with a name and a telephone, and its query code."""
    of = of or entry()
    values: dict[str, Any] = {
        "kind": "complaint", "category": category(), "text": "应用内出现游戏广告，孩子误点。", "entry": of,
        "name": "甄别名", "phone": "13912345678", "email": "parent-zhen@example.test",
    }  # fmt: skip
    return domain.receive(**{**values, **more}, now=now)


def complaint(of: Entry | None = None, *, state: str = "received", now: datetime = NOW, **more: Any) -> Complaint:
    """A complaint in any state."""
    row = received(of, now=now, **more).complaint
    by = people(row.authority, Role.MINISTRY_REVIEWER if row.authority.code == "moe" else Role.REVIEWER)
    if state == "not_accepted":
        return domain.do_not_accept(complaint=row, reason="不属于受理范围", elsewhere="请向12315反映", by=by, now=now)
    if state == "received":
        return row
    row = domain.accept(complaint=row, by=by, now=now)
    if state in ("investigating", "resolved"):
        row = domain.investigate(complaint=row, by=by, now=now)
    if state == "resolved":
        row = domain.resolve(complaint=row, outcome="substantiated", reply="已责令整改。", by=by, now=now)
    return row


def order(of: Entry | None = None, *, now: datetime = NOW, days: int | None = 15, **more: Any) -> RectificationOrder:
    """An order against the provider of an entry, issued by its province."""
    of = of or entry(now=now)
    values: dict[str, Any] = {
        "unit": of.unit, "entry": of, "findings": [{"text": "含游戏广告", "article": "bj-3"}],
        "public_text": "含商业广告，限期整改。", "days": days, "by": people(of.authority, Role.REVIEWER),
    }  # fmt: skip
    return domain.order(**{**values, **more}, now=now)


def order_in(state: str, of: Entry | None = None, *, now: datetime = NOW) -> RectificationOrder:
    """An order in any state."""
    row = order(of, now=now)
    by, them = people(row.authority, Role.REVIEWER), provider(row.unit)
    if state == OrderState.ISSUED:
        return row
    if state == OrderState.OVERDUE:
        return overdue(row)
    if state == OrderState.REFUSED:
        return domain.refuse(order=row, reason="拒绝整改", by=them, now=now)
    if state == OrderState.LISTED:
        domain.list_provider(order=overdue(row), reason="逾期未整改", by=lead_of(row), now=later(row))
        return fresh(row)
    row = domain.submit_evidence(order=row, text="已删除广告", by=them, now=now)
    return row if state == OrderState.EVIDENCE_SUBMITTED else domain.clear(order=row, by=by, now=now)


def lead_of(row: RectificationOrder) -> Actor:
    return people(row.authority, Role.REVIEW_LEAD)


def later(row: RectificationOrder) -> datetime:
    """An hour after the end of the order's period."""
    if row.due_at is None:
        raise ValueError(row.pk)
    return row.due_at + timedelta(hours=1)


def overdue(row: RectificationOrder) -> RectificationOrder:
    """The order after its clock."""
    return run_out(order=row, now=later(row))


def listing(of: Entry | None = None, *, now: datetime = NOW, by: Actor | None = None, **more: Any) -> Listing:
    """A listing that begins exactly at ``now``: the order behind it was refused."""
    row = order_in(OrderState.REFUSED, of, now=now)
    return domain.list_provider(order=row, reason="拒不整改", by=by or lead_of(row), now=now, **more)


def order_of(unit: Unit) -> RectificationOrder:
    """An order against an app of this unit."""
    return order(entry(unit))


def forwarding_of(unit: Unit, *, text: str = "请说明应用内广告的情况。") -> Forwarding:
    """What an authority wrote to this unit about a complaint."""
    row = complaint(entry(unit), state="accepted")
    return domain.forward_to_provider(complaint=row, text=text, by=people(row.authority, Role.REVIEWER), now=NOW)


def listing_of(unit: Unit) -> Listing:
    """This unit on the blacklist."""
    return listing(entry(unit))
