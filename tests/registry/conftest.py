"""Entries to look at: made through the verbs, in every state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.enums import Level, Role, UnitKind
from accounts.models import Unit
from ledger.acts import Actor
from registry import domain
from registry.models import Entry
from rulebook.time import ZONE

NOW = datetime(2026, 3, 18, 9, 30, tzinfo=ZONE)
LATER = datetime(2026, 9, 2, 9, 30, tzinfo=ZONE)
UNTIL = date(2026, 10, 28)

SNAPSHOT: dict[str, Any] = {
    "app_name": "榆荚阅读",
    "provider_name": "北京榆荚星图教育科技有限公司",
    "uscc": "91110108MA01TE5T3U",
    "province_code": "11",
    "stages": ["primary", "junior"],
    "user_groups": ["students", "staff"],
    "functions": ["reading"],
    "is_discipline": False,
    "age_from": 8,
    "age_to": 15,
    "purpose": "分级阅读与读书记录",
    "version": "4.2.0",
    "editions": [
        {"kind": "android", "id": "cn.example.yujia"},
        {"kind": "ios", "id": "cn.example.yujia.ios"},
    ],
    "personal_information": [
        {"item": "朗读录音", "purpose": "朗读作业", "manner": "使用时授权", "required": False},
    ],
    "consult_phone": "400-000-0126",
}


@pytest.fixture
def authority(db: None) -> Unit:
    return Unit.objects.create(
        kind=UnitKind.AUTHORITY, level=Level.PROVINCE, code="x11", name="北京市教育委员会", province_code="11"
    )


@pytest.fixture
def provider(db: None) -> Unit:
    return Unit.objects.create(
        kind=UnitKind.ENTERPRISE,
        name="北京榆荚星图教育科技有限公司",
        uscc="91110108MA01TE5T3U",
        province_code="11",
    )


@pytest.fixture
def reviewer(authority: Unit) -> Actor:
    return Actor(person_id=1, unit_id=authority.pk, role=Role.REVIEWER, unit_name=authority.name)


@pytest.fixture
def owner(provider: Unit) -> Actor:
    return Actor(person_id=2, unit_id=provider.pk, role=Role.PROVIDER_OWNER, unit_name=provider.name)


@pytest.fixture
def make_entry(authority: Unit, provider: Unit, reviewer: Actor) -> Callable[..., Entry]:
    """Publishes an entry; ``state`` leads it there through the verbs; the rest replaces parts of the snapshot."""
    count = 0

    def make(
        *, state: str = "published", prefix: str = "11", now: datetime | None = None, **snapshot: Any
    ) -> Entry:
        nonlocal count
        count += 1
        moment = now or NOW + timedelta(minutes=count)
        with transaction.atomic():
            entry = domain.publish(
                snapshot={**SNAPSHOT, **snapshot}, unit=provider, authority=authority, app_ref=count,
                prefix=prefix, by=reviewer, now=moment,
            )  # fmt: skip
        by: dict[str, Any] = {"by": reviewer, "now": LATER}
        if state == "rectifying":
            return domain.order_rectification(
                entry=entry, until=UNTIL, public_text="隐私政策入口不显著", **by
            )
        if state == "offline":
            return domain.take_offline(entry=entry, reason="备案材料到期", **by)
        if state == "revoked":
            return domain.revoke(entry=entry, reason="逾期未整改", **by)
        if state == "cancelled":
            return domain.cancel(entry=entry, reason="应用停止服务", **by)
        return entry

    return make
