"""Provider filings for tests: complete documents, apps, filings in every state, led there through the verbs.

    rules()                         the calendar, and policies without a second level or a checklist
    draft(unit)                     a complete draft of a new app
    submitted(unit), returned(unit), …
    in_state("lapsed", unit=unit)   any state
"""

from __future__ import annotations

import hashlib
import io
import itertools
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection

from accounts.actors import actor_for_membership
from accounts.enums import Role
from accounts.models import Membership, Unit
from ledger.acts import Actor
from providers import domain as provider_verbs
from providers.enums import FilingKind, FilingState
from providers.models import App, BusinessSystem, Filing, Material, ProviderProfile
from review import domain as review_verbs
from rulebook.domain.seeds import seed_calendar
from rulebook.models import CalendarDay, CalendarState, CalendarYear, PolicyVersion
from rulebook.time import ZONE
from tests import factories

NOW = datetime(2026, 9, 24, 10, 0, tzinfo=ZONE)  # a Thursday; ten working days end on 2026-10-15
_numbers = itertools.count(1)

ALL_STATES = [str(state) for state in FilingState]


#: the calendar's tables, as PostgreSQL copies them, once they have been seeded in this process
_calendar_rows: dict[str, str] = {}


def calendar() -> None:
    """The published calendar 2004–2026: seeded by the portal's own verb once, copied for every test after that."""
    tables = [model._meta.db_table for model in (CalendarState, CalendarYear, CalendarDay)]
    begun = CalendarState.objects.exists()
    with connection.cursor() as cursor:
        if not begun and _calendar_rows:
            for table in tables:
                cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(_calendar_rows[table]))
            return
        seed_calendar(now=datetime(2026, 1, 1, tzinfo=ZONE))
        for table in () if begun else tables:
            rows = io.StringIO()
            cursor.copy_expert(f"COPY {table} TO STDOUT", rows)
            _calendar_rows[table] = rows.getvalue()


def policy(code: str = "moe", *, since: date = date(2019, 11, 11), **data: Any) -> PolicyVersion:
    """A policy of an authority from ``since`` on; without settings it says nothing beyond the defaults."""
    last = PolicyVersion.objects.filter(authority_code=code).order_by("-version").first()
    return PolicyVersion.objects.create(
        authority_code=code,
        version=last.version + 1 if last else 1,
        effective_from=since,
        data=data,
        created_at=datetime(2019, 11, 11, tzinfo=ZONE),
    )


def fresh(filing: Filing) -> Filing:
    """The row as it is now (``refresh_from_db`` may not set a protected state)."""
    return Filing.objects.get(pk=filing.pk)


def app_of(filing: Filing) -> App:
    """The filing's app as it is now, with its entry."""
    return App.objects.select_related("entry", "unit").get(pk=filing.app_id)


def actor_in(unit: Unit, role: str = Role.PROVIDER_OWNER) -> Actor:
    """The actor of the unit's first membership in this role; made where there is none."""
    found = Membership.objects.filter(unit=unit, role=role).select_related("unit", "person").first()
    return actor_for_membership(found or factories.membership(role=role, unit=unit))


def reviewer_of(filing: Filing) -> Actor:
    """A reviewer of the authority that the filing goes to."""
    ministry = filing.authority.code == "moe"
    return actor_in(filing.authority, Role.MINISTRY_REVIEWER if ministry else Role.REVIEWER)


def ministry_reviewer() -> Actor:
    return actor_in(factories.authority("moe"), Role.MINISTRY_REVIEWER)


def material(unit: Unit, name: str = "", *, stored: bool = False, content_type: str = "application/pdf") -> Material:
    """A file of the unit; with ``stored`` its content lies in the storage too."""
    number = next(_numbers)
    content = f"%PDF-1.4 test {number}\n%%EOF".encode()
    row = Material(
        unit=unit,
        name=name or f"材料{number}.pdf",
        content_type=content_type,
        size=len(content),
        pages=1,
        sha256=hashlib.sha256(content).hexdigest(),
        scan="clean",
        uploaded_at=NOW,
    )
    if stored:
        row.file.save(f"{row.sha256[:32]}", ContentFile(content), save=False)
    else:
        row.file.name = f"materials/none/{row.sha256[:32]}"
    row.save()
    return row


def file_value(row: Material) -> dict[str, Any]:
    """How a document names a file."""
    return {
        "id": row.pk, "name": row.name, "size": row.size, "pages": row.pages, "sha256": row.sha256,
        "content_type": row.content_type,
    }  # fmt: skip


def unit_data(unit: Unit, file: dict[str, Any]) -> dict[str, Any]:
    """The unit's part of the form, complete."""
    return {
        "name": unit.name,
        "kind": unit.kind,
        "uscc": unit.uscc or factories.uscc(),
        "licence_scan": file,
        "legal_representative": "测试代表",
        "province": unit.province_code or "11",
        "registered_address": "示例路1号",
        "department": "产品部",
        "responsible": [{"name": "测试负责人", "position": "主任", "duty": "内容"}],
        "contact_name": "测试联系人",
        "contact_mobile": "13800000000",
        "contact_email": "contact@example.test",
        "authorisation_letter": file,
        "has_branches": False,
    }


def system_data(file: dict[str, Any]) -> dict[str, Any]:
    """The business system's part, complete."""
    return {
        "name": "示例平台",
        "domain": "app.example.com",
        "hosting_place": "北京 示例机房",
        "has_developers": False,
        "icp_number": "京ICP备14035507号-1",
        "icp_proof": file,
        "telecom_business": False,
        "mlps_level": "2",
        "mlps_number": "11010899001-00001",
        "mlps_certificate": file,
        "mlps_authority": "示例公安分局",
        "mlps_date": "2025-03-01",
        "has_mlps_report": True,
        "mlps_report": file,
        "mlps_report_until": "2027-12-31",
        "security_officer": "测试安全员",
        "security_phone": "13800000001",
        "security_measures": "防火墙、入侵检测、备份",
        "has_certificates": False,
        "complaint_url": "https://app.example.com/help",
        "complaint_entry": file,
        "consult_phone": "4000000126",
        "complaint_days": 3,
        "service_agreement_url": "https://app.example.com/agreement",
        "privacy_policy_url": "https://app.example.com/privacy",
        "privacy_policy": file,
        "data_protection": file,
        "service_agreement": file,
        "account_rules": file,
        "emergency_plan": file,
        "review_system": file,
    }


def app_data(name: str, number: int) -> dict[str, Any]:
    """The app's part, complete: a reading app for pupils, no training, no forum."""
    return {
        "name": name,
        "purpose": "分级阅读与读书记录",
        "version": "1.0.0",
        "android_package": f"com.example.app{number}",
        "stages": ["primary", "junior"],
        "user_groups": ["students"],
        "functions": ["reading"],
        "subjects": ["chinese"],
        "trains_in_subjects": False,
        "photo_search": False,
        "mainly_minors": True,
        "age_from": 6,
        "age_to": 15,
        "time_limit": "每日40分钟后提醒并锁定",
        "content_control": "人工审核全部内容",
        "has_forum": False,
        "has_ads": False,
        "has_games": False,
        "charges": "free",
        "collects_information": True,
        "personal_information": [
            {"item": "手机号", "purpose": "登录", "manner": "entered", "required": True},
        ],
        "guardian_consent": "监护人手机验证",
        "user_consent": "首次启动弹窗",
        "real_name": "mobile",
        "hosts_institutions": False,
        "staff_content": 2,
        "staff_technical": 2,
        "staff_service": 2,
    }


def filing_data(kind: str = FilingKind.INITIAL) -> dict[str, Any]:
    """What belongs to the filing alone."""
    signature = {"signed_name": "测试签署人", "signed_position": "总经理"}
    if kind == FilingKind.CANCEL:
        return {
            **signature, "cancel_kind": "ended", "cancel_reason": "应用停止服务", "cancel_on": "2026-12-31",
            "cancel_users_told": True,
        }  # fmt: skip
    accepted = ("law", "content", "consent", "data", "true", "display")
    data: dict[str, Any] = {**{f"commit_{name}": True for name in accepted}, **signature}
    if kind in (FilingKind.CHANGE, FilingKind.UNIT_CHANGE):
        data |= {"changed_on": "2026-09-21", "changed_parts": ["app"], "change_description": "版本更新"}
    return data


def app(unit: Unit | None = None, name: str = "", **data: Any) -> App:
    """An app with its system and the unit's profile, all complete."""
    unit = unit or factories.unit()
    number = next(_numbers)
    name = name or f"测试应用{number}"
    file = file_value(unit.materials.first() or material(unit))
    if not ProviderProfile.objects.filter(unit=unit).exists():
        ProviderProfile.objects.create(unit=unit, data=unit_data(unit, file))
    system = BusinessSystem.objects.filter(unit=unit).first() or BusinessSystem.objects.create(
        unit=unit, name="示例平台", data=system_data(file)
    )
    return App.objects.create(unit=unit, system=system, name=name, data={**app_data(name, number), **data})


def draft(
    unit: Unit | None = None, *, kind: str = FilingKind.INITIAL, of: App | None = None, now: datetime = NOW, **data: Any
) -> Filing:
    """A complete draft; ``of`` is the app that it is about."""
    of = of or (None if kind == FilingKind.UNIT_CHANGE else app(unit))
    unit = unit or of.unit  # type: ignore[union-attr]
    filing = provider_verbs.start(unit=unit, kind=kind, app=of, by=actor_in(unit), now=now)
    return provider_verbs.save_part(
        filing=filing, part="filing", values={**filing_data(kind), **data}, by=actor_in(unit), now=now
    )


def submitted(unit: Unit | None = None, *, now: datetime = NOW, **more: Any) -> Filing:
    """Handed in."""
    filing = draft(unit, now=now, **more)
    return provider_verbs.submit(filing=filing, by=actor_in(filing.unit), now=now)


def returned(unit: Unit | None = None, *, now: datetime = NOW, **more: Any) -> Filing:
    """Given back with a comment on the same day."""
    filing = submitted(unit, now=now, **more)
    return review_verbs.return_for_correction(filing=filing, by=reviewer_of(filing), now=now, comment="请补正")


def approved(unit: Unit | None = None, *, now: datetime = NOW, **more: Any) -> Filing:
    """Filed, through both levels where the policy asks for it."""
    filing = submitted(unit, now=now, **more)
    filing = review_verbs.approve(filing=filing, by=reviewer_of(filing), now=now)
    if filing.state == FilingState.MINISTRY_REVIEW:
        filing = review_verbs.approve(filing=filing, by=ministry_reviewer(), now=now)
    return filing


def in_state(state: str, unit: Unit | None = None, *, now: datetime = NOW, **more: Any) -> Filing:
    """A filing in ``state``; for ``ministry_review`` its second level is switched on first."""
    if state == FilingState.DRAFT:
        return draft(unit, now=now, **more)
    if state == FilingState.SUBMITTED:
        return submitted(unit, now=now, **more)
    if state == FilingState.RETURNED:
        return returned(unit, now=now, **more)
    if state == FilingState.FILED:
        return approved(unit, now=now, **more)
    if state == FilingState.LAPSED:
        filing = returned(unit, now=now, **more)
        return provider_verbs.lapse(filing=filing, now=now + timedelta(days=60))
    filing = submitted(unit, now=now, **more)
    if state == FilingState.MINISTRY_REVIEW:
        if not filing.second_level:
            Filing.objects.filter(pk=filing.pk).update(second_level=True)
            filing = fresh(filing)
        return review_verbs.approve(filing=filing, by=reviewer_of(filing), now=now)
    if state == FilingState.DECLINED:
        return review_verbs.decline(
            filing=filing, by=reviewer_of(filing), now=now, comment="不属于备案范围", article="me-2"
        )
    return provider_verbs.withdraw(filing=filing, by=actor_in(filing.unit), now=now)
