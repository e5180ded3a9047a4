"""User filings for tests: published entries, schools, uses in every state, led there through the verbs.

    rules(**policy)                          the calendar and a ministry's policy
    entry(), school(), university()          a published app, a school under Haidian, a university under the ministry
    lead(unit), second(unit), confirmer(use) actors
    draft(unit=…, entry=…)                   a complete draft; confirmed(…), returned(…), …
    use_in_state("suspended", unit=…)        any state
"""

from __future__ import annotations

import hashlib
import itertools
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile

from accounts.enums import Level, Role, UnitKind
from accounts.models import Unit
from ledger.acts import Actor
from registry import domain as registry_verbs
from registry.models import Entry
from tests import factories
from tests.factories_filings import NOW, actor_in, app_data, calendar, policy, system_data, unit_data
from users import domain
from users.enums import Cause, UseState
from users.models import UseMaterial, UserFiling

__all__ = [
    "ALL_STATES", "NOW", "actor_in", "as_confirmer", "calendar", "confirmed", "confirmer", "draft", "entry",
    "file_value", "fresh", "lead", "material", "policy", "publisher", "returned", "rules", "school", "second",
    "self_use", "submitted", "suspended", "university", "unit_review", "use_data", "use_in_state", "withdrawn",
]  # fmt: skip

ALL_STATES = [str(state) for state in UseState]
_numbers = itertools.count(1)


def rules(code: str = "moe", **data: Any) -> None:
    """The published calendar, and a policy of an authority where settings are given."""
    calendar()
    if data:
        policy(code, **data)


def fresh(filing: UserFiling) -> UserFiling:
    """The row as it is now."""
    return UserFiling.objects.select_related("unit", "authority", "entry").get(pk=filing.pk)


def publisher(code: str = "11") -> Actor:
    """The reviewer who publishes and revokes entries."""
    return actor_in(factories.authority(code), Role.REVIEWER)


def entry(name: str = "", province: str = "11", **snapshot: Any) -> Entry:
    """A published app; a learning app for pupils unless the snapshot says otherwise."""
    from django.db import transaction

    number = next(_numbers)
    provider = factories.unit(province=province)
    values = {
        "app_name": name or f"阅读示例{number}", "provider_name": provider.name, "uscc": provider.uscc,
        "province_code": province, "stages": ["primary", "junior"], "user_groups": ["students"],
        "functions": ["reading"], "editions": [{"kind": "android", "id": f"com.example.use{number}"}], **snapshot,
    }  # fmt: skip
    with transaction.atomic():
        return registry_verbs.publish(
            snapshot=values, unit=provider, authority=factories.authority(province), app_ref=900_000 + number,
            prefix=province, by=publisher(province), now=NOW,
        )  # fmt: skip


def school(parent: Unit | None = None, **extra: Any) -> Unit:
    """A school, under the district of Haidian unless told otherwise."""
    parent = parent or factories.authority("110108")
    return factories.unit(kind=UnitKind.SCHOOL, province=parent.province_code, parent=parent, level=Level.NONE, **extra)


def university(parent: Unit | None = None) -> Unit:
    """A university directly under the ministry."""
    return factories.unit(kind=UnitKind.UNIVERSITY, parent=parent or factories.authority("moe"))


def lead(unit: Unit) -> Actor:
    """Who is in charge of the unit's uses: the ministry's and other authorities' lead for their own."""
    if unit.kind == UnitKind.AUTHORITY:
        return actor_in(unit, Role.MINISTRY_REVIEWER if unit.code == "moe" else Role.REVIEW_LEAD)
    return actor_in(unit, Role.INSTITUTION_LEAD)


def second(unit: Unit) -> Actor:
    """A second person of the unit."""
    return actor_in(unit, Role.INSTITUTION_STAFF)


def as_confirmer(authority: Unit, number: int = 1) -> Actor:
    """Somebody of an authority who may confirm; a second one with ``number=2``."""
    if authority.code == "moe":
        return factories.actor(Role.MINISTRY_REVIEWER, authority) if number > 1 else actor_in(
            authority, Role.MINISTRY_REVIEWER
        )  # fmt: skip
    return actor_in(authority, Role.REVIEWER if number == 1 else Role.REVIEW_LEAD)


def confirmer(filing: UserFiling) -> Actor:
    """Who may confirm this filing."""
    return as_confirmer(filing.authority, 2 if filing.authority_id == filing.unit_id else 1)


def material(unit: Unit, name: str = "", *, stored: bool = False) -> UseMaterial:
    """A file of the unit."""
    number = next(_numbers)
    content = f"%PDF-1.4 use {number}\n%%EOF".encode()
    row = UseMaterial(
        unit=unit, name=name or f"决策材料{number}.pdf", content_type="application/pdf", size=len(content), pages=1,
        sha256=hashlib.sha256(content).hexdigest(), scan="clean", uploaded_at=NOW,
    )  # fmt: skip
    if stored:
        row.file.save(f"{row.sha256[:32]}", ContentFile(content), save=False)
    else:
        row.file.name = f"uses/none/{row.sha256[:32]}"
    row.save()
    return row


def file_value(row: UseMaterial) -> dict[str, Any]:
    """How a document names a file."""
    return {
        "id": row.pk, "name": row.name, "size": row.size, "pages": row.pages, "sha256": row.sha256,
        "content_type": row.content_type,
    }  # fmt: skip


def use_data(unit: Unit, file: dict[str, Any] | None = None, *, change: bool = False, **more: Any) -> dict[str, Any]:
    """The "use" part of the form, complete: a recommended reading app of a school, without charge."""
    data: dict[str, Any] = {
        "source": "self_selected",
        "nature": "recommended",
        "start_on": "2026-10-12",
        "channels": ["android"],
        "functions": ["reading"],
        "user_groups": ["students"],
        "stages": ["primary"],
        "users_count": 800,
        "necessity": "支持课外阅读记录",
        "criteria": ["lawful", "fit", "secure", "burden"],
        "consultations": [
            {"group": "staff", "manner": "meeting", "held_on": "2026-09-10", "participants": "32", "outcome": "同意"},
            {"group": "parents", "manner": "committee", "held_on": "2026-09-11", "participants": "12",
             "outcome": "同意"},
            {"group": "students", "manner": "survey", "held_on": "2026-09-11", "participants": "60", "outcome": "同意"},
        ],
        "decision_on": "2026-09-15",
        "decision_body": "校务会议",
        "fee": "none",
        "has_ads": False,
        "has_games": False,
        "collects_information": True,
        "personal_information": [{"item": "学号", "purpose": "登录", "manner": "imported", "required": True}],
        "guardian_consent": "家长签字",
        "biometrics": False,
        "large_scale": False,
        "department": "信息中心",
        "responsible": [{"name": "测试负责人", "position": "主任", "duty": "选用"}],
        **{f"commit_{name}": True for name in ("no_fee", "no_ads", "voluntary", "no_credits", "exit", "true")},
        "signed_name": "测试校长",
        "signed_position": "校长",
    }  # fmt: skip
    if file is not None:
        data["decision_file"] = file
    if change:
        data |= {"changed_on": "2026-09-21", "changed_parts": ["nature"], "change_description": "扩大到全校"}
    return {**data, **more}


def draft(
    unit: Unit | None = None, *, entry: Entry | None = None, now: datetime = NOW, by: Actor | None = None, **use: Any
) -> UserFiling:
    """A complete draft of the use of an entry."""
    unit = unit or school()
    by = by or lead(unit)
    filing = domain.start_use(unit=unit, entry=entry or _entry(), by=by, now=now)
    values = use_data(unit, file_value(material(unit)), **use)
    return domain.save_part(filing=filing, part="use", values=values, by=by, now=now)


_entry = entry


def self_use(unit: Unit | None = None, *, name: str = "", now: datetime = NOW, **use: Any) -> UserFiling:
    """A complete draft of an own app of the unit."""
    unit = unit or school()
    by, number = lead(unit), next(_numbers)
    filing = domain.start_self_use(unit=unit, app_name=name or f"校务示例{number}", by=by, now=now)
    file = file_value(material(unit))
    parts = {
        "use": use_data(unit, file, source="self_developed", functions=["management"], user_groups=["staff"]) | use,
        "unit": unit_data(unit, file) | {"kind": unit.kind},
        "system": system_data(file),
        "app": app_data(filing.app_name, number) | {"functions": ["management"], "user_groups": ["staff"]},
    }  # fmt: skip
    for part, values in parts.items():
        filing = domain.save_part(filing=filing, part=part, values=values, by=by, now=now)
    return filing


def unit_review(unit: Unit | None = None, *, now: datetime = NOW, **more: Any) -> UserFiling:
    """Handed in to the school's own review (a learning app of a school)."""
    filing = draft(unit, now=now, **more)
    return domain.submit(filing=filing, by=lead(filing.unit), now=now)


def submitted(
    unit: Unit | None = None, *, now: datetime = NOW, of: UserFiling | None = None, **more: Any
) -> UserFiling:
    """With the confirming authority, through the school's review where it is due."""
    filing = of or draft(unit, now=now, **more)
    filing = domain.submit(filing=filing, by=lead(filing.unit), now=now)
    if filing.state == UseState.UNIT_REVIEW:
        filing = domain.unit_approve(filing=filing, by=second(filing.unit), now=now)
    return filing


def returned(unit: Unit | None = None, *, now: datetime = NOW, **more: Any) -> UserFiling:
    """Given back with a note."""
    filing = submitted(unit, now=now, **more)
    return domain.return_for_correction(
        filing=filing, by=confirmer(filing), now=now, comment="请补正",
        notes=[{"field_key": "use.necessity", "text": "请写明必要性"}],
    )  # fmt: skip


def confirmed(unit: Unit | None = None, *, now: datetime = NOW, **more: Any) -> UserFiling:
    """Confirmed by the competent authority."""
    filing = submitted(unit, now=now, **more)
    if filing.state == UseState.CONFIRMED:
        return filing
    return domain.confirm(filing=filing, by=confirmer(filing), now=now)


def suspended(unit: Unit | None = None, *, now: datetime = NOW, cause: str = Cause.OFFLINE, **more: Any) -> UserFiling:
    """Confirmed, then suspended by the portal (the entry itself is left alone)."""
    filing = confirmed(unit, now=now, **more)
    return domain.suspend(filing=filing, cause=cause, text="暂时下线", by=Actor.system(), now=now)


def withdrawn(unit: Unit | None = None, *, now: datetime = NOW, **more: Any) -> UserFiling:
    """Confirmed, then ended by the unit."""
    filing = confirmed(unit, now=now, **more)
    return domain.withdraw(
        filing=filing, by=lead(filing.unit), now=now, reason="不再需要", notice_text="本校自下月起停用该应用。"
    )


def use_in_state(state: str, unit: Unit | None = None, *, now: datetime = NOW, **more: Any) -> UserFiling:
    """A use in ``state``."""
    makers = {
        UseState.DRAFT: draft, UseState.UNIT_REVIEW: unit_review, UseState.SUBMITTED: submitted,
        UseState.RETURNED: returned, UseState.CONFIRMED: confirmed, UseState.SUSPENDED: suspended,
        UseState.WITHDRAWN: withdrawn,
    }  # fmt: skip
    return makers[UseState(state)](unit, now=now, **more)
