"""Schools of a district of Beijing, a university, and what they use: filings in every state, one app used by many.

Told through the verbs like every other story. The schools, their people and their documents are made up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile

from accounts import domain as accounts
from accounts.enums import Role, UnitKind
from accounts.models import Person, Unit
from accounts.queries import ministry
from filing_portal.demo import files, people
from filing_portal.demo.acts import Story
from filing_portal.demo.world import World
from ledger.acts import Actor
from registry import domain as registry
from registry.models import Entry
from review.domain import unit_checks
from review.models import ExchangeRow
from rulebook.time import local_date
from users import domain as uses
from users.enums import UseState
from users.models import UserFiling, UseSweep

DISTRICT = "110108"
SCHOOL, UNIVERSITY = "海淀示例第一实验学校", "京华示例大学"
LEAD, SECOND, OFFICIAL, SCHOLAR = (
    "school@demo.test", "school2@demo.test", "district@demo.test", "university@demo.test",
)  # fmt: skip
COMMON, GONE, REVOKED = "榆荚阅读", "砚池国画", "竹简备课"
_PLACES = (
    "槐荫里", "杏坛路", "芦苇桥", "听泉路", "银杏园", "观湖里", "石榴胡同", "砚台街", "书香里", "雁栖桥",
    "柳浪路", "荷塘里", "松林路", "云杉里", "青砖巷", "望山路", "稻香里", "晨光路", "海棠园", "长桥",
)  # fmt: skip
_KINDS = (("小学", "11", ("primary",)), ("中学", "12", ("junior", "senior")))
COUNT = 40


def settle(world: World, persons: dict[str, Person]) -> None:
    """The district's people, the school of the accounts, the university, and the other schools."""
    system, then = Actor.system(), world.moment(-250, 10)
    district = Unit.objects.get(code=DISTRICT)
    world.units["district"] = district
    world.actors[OFFICIAL] = people.invited(persons[OFFICIAL], district, Role.REVIEW_LEAD, system, then)
    school = _unit(district, UnitKind.SCHOOL, SCHOOL, "2111990001", then)
    university = _unit(ministry(), UnitKind.UNIVERSITY, UNIVERSITY, "4111990001", then, "11")
    world.units["school"], world.units["university"] = school, university
    world.actors[LEAD] = people.invited(persons[LEAD], school, Role.INSTITUTION_LEAD, system, then)
    world.actors[SECOND] = people.invited(persons[SECOND], school, Role.INSTITUTION_STAFF, system, then)
    world.actors[SCHOLAR] = people.invited(persons[SCHOLAR], university, Role.INSTITUTION_LEAD, system, then)
    # Two people who stand for the staff of all other schools; they have no account to sign in with.
    staff = [
        Person.objects.create(
            email=f"staff{n}@schools.demo.test", name=f"示例校经办人{n}", password=make_password(None), is_active=False
        )
        for n in (1, 2)
    ]  # fmt: skip
    for place in range(COUNT - 1):
        kind, code, _stages = _KINDS[place % 2]
        name = f"海淀{_PLACES[place // 2]}示例{kind}"
        unit = _unit(district, UnitKind.SCHOOL, name, f"{code}1199{place + 100:04d}", then)
        world.units[f"school:{place}"] = unit
        for n, person in enumerate(staff):
            role = Role.INSTITUTION_STAFF if n else Role.INSTITUTION_LEAD
            world.actors[f"{'second' if n else 'lead'}:{unit.pk}"] = _actor(unit, person, role)


def _unit(parent: Unit, kind: str, name: str, code: str, now: datetime, province: str = "") -> Unit:
    return accounts.create_unit(
        parent=parent, kind=kind, name=name, school_code=code, province_code=province, by=Actor.system(), now=now
    )


def _actor(unit: Unit, person: Person, role: str) -> Actor:
    """As ``actor_for_membership`` gives it, without a membership of its own in forty schools."""
    return Actor(
        person_id=person.pk, unit_id=unit.pk, role=role, unit_name=unit.name, unit_path=unit.path,
        province_code=unit.province_code, unit_level=unit.level, unit_kind=unit.kind,
    )  # fmt: skip


def _lead(world: World, unit: Unit) -> Actor:
    known = {world.units["school"].pk: LEAD, world.units["university"].pk: SCHOLAR}
    return world.actors[known.get(unit.pk, f"lead:{unit.pk}")]


def _second(world: World, unit: Unit) -> Actor:
    return world.actors[SECOND if unit.pk == world.units["school"].pk else f"second:{unit.pk}"]


def _file(world: World, unit: Unit, name: str, title: str, now: datetime) -> Any:
    """A made-up document of the unit, stored once."""
    kept = world.use_files.get((unit.pk, name))
    if kept is None:
        content = files.pdf(title, [unit.name, "（示例文件）"], 1)
        kept = world.use_files[unit.pk, name] = uses.add_material(
            unit=unit, upload=ContentFile(content), name=name, content_type="application/pdf", pages=1,
            sha256=hashlib.sha256(content).hexdigest(), scan="not_scanned", by=_lead(world, unit), now=now,
        )  # fmt: skip
    return kept


def _value(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name, "sha256": row.sha256, "size": row.size, "type": row.content_type,
            "pages": row.pages}  # fmt: skip


def on_record(world: World, unit: Unit, position: int, *, system: bool, named: bool) -> Story:
    """The unit uploads its selection system, and names its department and who answers."""
    now = world.moment(position, 9, 5)
    yield now
    by = _lead(world, unit)
    if system:
        row = _file(world, unit, "选用制度.pdf", "教育移动应用选用管理制度", now)
        uses.upload_selection_system(
            unit=unit, title="教育移动应用选用管理制度", material=row, effective_on=world.days[position], by=by, now=now
        )
    if named:
        uses.name_responsible(
            unit=unit, department="信息中心", by=by, now=now,
            persons=[
                {"name": "示例负责人甲", "position": "副校长", "duty": "全面负责"},
                {"name": "示例负责人乙", "position": "信息中心主任", "duty": "选用与备案"},
            ],
        )  # fmt: skip


def answers(world: World, unit: Unit, filing: UserFiling, now: datetime, **more: Any) -> dict[str, Any]:
    """What a careful school types: a recommended app without charge."""
    day = local_date(now).isoformat()
    groups = (filing.data.get("use") or {}).get("user_groups") or ["students"]
    decision = _value(_file(world, unit, "校务会议纪要.pdf", "校务会议纪要", now))
    return {
        "source": "self_selected", "nature": "recommended", "start_on": day, "channels": ["android", "ios"],
        "users_count": 300 + unit.pk * 37 % 1500, "necessity": "现有平台没有这项功能，任课教师提出需求。",
        "criteria": ["lawful", "fit", "secure", "burden"], "procurement": "free",
        "alternatives": [{"name": "示例对比应用", "assessment": "收集的个人信息较多，未选。"}],
        "consultations": [
            {"group": group, "manner": "meeting" if group == "staff" else "survey", "held_on": day,
             "participants": "40", "outcome": "多数同意，建议控制使用时间。"}
            for group in dict.fromkeys([*groups, "staff", "parents"])
        ],
        "decision_on": day, "decision_body": "校务会议", "decision_file": decision,
        "fee": "none", "has_ads": False, "has_games": False, "collects_information": True,
        "personal_information": [
            {"item": "姓名、班级", "purpose": "登录和统计", "manner": "imported", "required": True}
        ],
        "guardian_consent": "家长签署知情同意书。", "biometrics": False, "large_scale": False,
        "department": "信息中心",
        "responsible": [{"name": "示例负责人乙", "position": "信息中心主任", "duty": "选用与备案"}],
        "signed_name": "示例校长", "signed_position": "校长",
        **{f"commit_{name}": True for name in ("no_fee", "no_ads", "voluntary", "no_credits", "exit", "true")},
        **more,
    }  # fmt: skip


def use(world: World, unit: Unit, name: str, position: int, *, until: str = UseState.CONFIRMED, **more: Any) -> Story:
    """A use from its selection on; ``until`` is the state in which the story ends."""
    now = world.moment(position, 9 + unit.pk % 7, unit.pk * 7 % 60)
    yield now
    by = _lead(world, unit)
    entry = Entry.objects.get(app_name=name)
    filing = uses.start_use(unit=unit, entry=entry, by=by, now=now)
    values = answers(world, unit, filing, now, **more)
    if until == UseState.DRAFT:
        values = {key: values[key] for key in ("source", "nature", "start_on", "channels")}
    uses.save_part(filing=filing, part="use", values=values, by=by, now=now)
    if until == UseState.DRAFT:
        return
    filing = uses.submit(filing=filing, by=by, now=now)
    if filing.state == UseState.UNIT_REVIEW and until != UseState.UNIT_REVIEW:
        now = world.moment(position + 1, 9 + unit.pk % 7, unit.pk * 11 % 60)
        yield now
        filing = uses.unit_approve(filing=filing, by=_second(world, unit), now=now, comment="同意。")
    if until in (UseState.UNIT_REVIEW, UseState.SUBMITTED) or filing.state != UseState.SUBMITTED:
        return
    now = world.moment(min(position + 4, 0), 9 + unit.pk % 7, unit.pk * 13 % 60)
    yield now
    decider = world.actors["ministry@demo.test" if unit == world.units["university"] else OFFICIAL]
    if until == UseState.RETURNED:
        uses.return_for_correction(
            filing=filing, by=decider, now=now, comment="请按意见补正后重新提交。",
            notes=[
                {"field_key": "use.necessity", "text": "请写明为什么现有平台不能满足要求。", "article": "op-10"},
                {"field_key": "use.guardian_consent", "text": "请说明未签署同意书的学生如何安排。", "article": "op-6"},
            ],
        )  # fmt: skip
        return
    uses.confirm(filing=filing, by=decider, now=now)
    if until == UseState.WITHDRAWN:
        now = world.moment(position + 30, 15, unit.pk % 60)
        yield now
        uses.withdraw(
            filing=filing, by=by, now=now, reason="使用率低，已由区级平台的同类功能替代。",
            notice_text="本校自下周起停用该应用，已有数据将由提供者删除。替代功能见区级平台。",
        )  # fmt: skip


def changed(world: World, unit: Unit, name: str, position: int) -> Story:
    """A confirmed use whose change is reported, later than ten working days after it."""
    yield from use(world, unit, name, position)
    now = world.moment(-3, 16, 10)
    yield now
    by, filing = _lead(world, unit), UserFiling.objects.get(unit=unit, app_name=name)
    uses.save_part(
        filing=filing, part="use", by=by, now=now,
        values={
            "changed_on": world.days[-18].isoformat(), "changed_parts": ["nature"], "users_count": 1260,
            "change_description": "由两个年级试用扩大到全校。",
        },
    )  # fmt: skip
    filing = uses.report_change(filing=filing, by=by, now=now)
    if filing.state == UseState.UNIT_REVIEW:
        now = world.moment(-2, 9, 30)
        yield now
        uses.unit_approve(filing=filing, by=_second(world, unit), now=now)


def reviewed_by_lead(world: World, name: str) -> Story:
    """Prepared by the second person of the school, so that the account in charge can review it."""
    now = world.moment(-1, 15, 40)
    yield now
    unit, by = world.units["school"], world.actors[SECOND]
    filing = uses.start_use(unit=unit, entry=Entry.objects.get(app_name=name), by=by, now=now)
    values = answers(world, unit, filing, now)
    uses.save_part(filing=filing, part="use", values=values, by=by, now=now)
    uses.submit(filing=filing, by=by, now=now)


def own_app(world: World) -> Story:
    """An app that the school developed for itself: begun, with the part on its use filled in."""
    now = world.moment(-4, 14, 0)
    yield now
    unit, by = world.units["school"], world.actors[LEAD]
    filing = uses.start_self_use(unit=unit, app_name="示例校园值周", by=by, now=now)
    values = {"source": "self_developed", "nature": "recommended", "functions": ["management"],
              "user_groups": ["staff"], "channels": ["mini_program"]}  # fmt: skip
    uses.save_part(filing=filing, part="use", values=values, by=by, now=now)


def revoked(world: World) -> Story:
    """An app that several schools use loses its filing."""
    now = world.moment(-6, 9, 30)
    yield now
    entry = Entry.objects.get(app_name=REVOKED)
    registry.revoke(entry=entry, reason="逾期未整改，撤销备案。", by=Actor.system(), now=now)


def marked(world: World) -> Story:
    """The worker of the sweeps, in the evening of each day: everybody who uses an app learns what befell it."""
    for position in range(-60, 1):
        now = world.moment(position, 17, 45)
        yield now
        for job in UseSweep.objects.filter(finished_at=None).order_by("pk"):
            uses.work_off(sweep=job, now=now)


def compared(world: World) -> Story:
    """The national base of schools is uploaded and asked: one school has another name there, one it does not know."""
    now = world.moment(-8, 8, 20)
    yield now
    units = [world.units["school"], world.units["university"], *(world.units[f"school:{n}"] for n in range(COUNT - 1))]
    names = {unit.school_code: unit.name for unit in units}
    names[world.units["school:4"].school_code] += "（东校区）"
    del names[world.units["school:9"].school_code]
    ExchangeRow.objects.bulk_create(
        [ExchangeRow(kind="school", key=key, data={"name": name}, uploaded_at=now) for key, name in names.items()]
    )
    unit_checks.note_units(now=now)
    unit_checks.ask_units(now=now)


def everything(world: World) -> list[Iterator[datetime]]:
    """All stories about uses."""
    school, university = world.units["school"], world.units["university"]
    others = [world.units[f"school:{place}"] for place in range(COUNT - 1)]
    told: list[Iterator[datetime]] = [marked(world), revoked(world), own_app(world), compared(world)]
    told += [on_record(world, school, -125, system=True, named=True)]
    told += [on_record(world, university, -120, system=True, named=True)]
    told += [
        on_record(world, unit, -124 + place % 20, system=place % 8 != 5, named=place % 11 != 7)
        for place, unit in enumerate(others)
    ]
    told += [
        use(world, school, COMMON, -96, nature="required"),
        use(world, school, "榆荚古诗", -80),
        use(world, school, GONE, -100),
        use(world, school, REVOKED, -60),
        use(world, school, "算筹备课", -55, until=UseState.WITHDRAWN),
        use(world, school, "日晷备课", -3, until=UseState.SUBMITTED),
        use(world, school, "浑仪备课", -6, until=UseState.RETURNED),
        use(world, school, "雁书体测", -1, until=UseState.UNIT_REVIEW),
        use(world, school, "木棉体测", -2, until=UseState.DRAFT),
        reviewed_by_lead(world, "活字体测"),
        use(world, university, "木棉课堂", -70),
        use(world, university, "汗青备课", -5, until=UseState.SUBMITTED),
    ]
    for place, unit in enumerate(others[:30]):
        late = place % 6 == 5
        told.append(
            changed(world, unit, COMMON, -94 + place) if late else use(
                world, unit, COMMON, -94 + place, nature="required" if place % 3 == 0 else "recommended"
            )
        )  # fmt: skip
    told += [use(world, unit, REVOKED, -62 + place) for place, unit in enumerate(others[2:7])]
    waiting = [-14, -11, -10, -8, -6, -5, -3, -2]
    told += [
        use(world, unit, "榆荚古诗", position, until=UseState.SUBMITTED)
        for unit, position in zip(others[12:20], waiting, strict=True)
    ]
    told += [use(world, unit, "算筹备课", -7, until=UseState.RETURNED) for unit in others[20:23]]
    told += [use(world, unit, "日晷体测", -2, until=UseState.UNIT_REVIEW) for unit in others[23:26]]
    told += [use(world, unit, "浑仪备课", -1, until=UseState.DRAFT) for unit in others[26:29]]
    told += [use(world, unit, "活字备课", -58, until=UseState.WITHDRAWN) for unit in others[29:31]]
    return told
