"""Contacts and trainings of the help centre. Names, desks and numbers are made up; 5550 is nobody's exchange."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from accounts.models import Unit
from filing_portal.demo.acts import Story
from filing_portal.demo.institutions import LEAD, SCHOLAR
from filing_portal.demo.world import World
from guidance import domain
from guidance.models import HelpPage
from ledger.acts import Actor
from rulebook.time import at_hour

HOURS = ("工作日 9:00–12:00，13:30–17:30", "Working days 9:00–12:00 and 13:30–17:30")
#: authority, desk or person, in charge of, telephone, mailbox
CONTACTS: tuple[tuple[str, str, str, str, str, str, str], ...] = (
    ("moe", "备案管理咨询", "Filing desk", "政策咨询、省级教育行政部门备案",
     "Policy; filings of provincial authorities", "(010) 5550 0100", "filing@moe.example.test"),
    ("moe", "平台技术支持", "Technical help", "登录、上传、接口", "Sign-in, uploads, interfaces",
     "400 555 0110", "support@moe.example.test"),
    ("11", "示例老师甲", "Ms Example A", "提供者备案核验", "Verification of provider filings",
     "(010) 5550 0211", "filing@bj.example.test"),
    ("11", "示例老师乙", "Mr Example B", "使用者备案、双审核", "Filings of use, dual review",
     "(010) 5550 0212", ""),
    ("44", "示例老师丙", "Ms Example C", "提供者备案、使用者备案", "Filings of providers and of use",
     "(020) 5550 0344", "filing@gd.example.test"),
    ("51", "示例老师丁", "Mr Example D", "提供者备案、投诉", "Provider filings, complaints",
     "(028) 5550 0451", "filing@sc.example.test"),
)  # fmt: skip


def settle(world: World) -> None:
    """The page of contacts."""
    now = world.moment(-240, 9)
    for order, (code, zh, en, duty_zh, duty_en, phone, email) in enumerate(CONTACTS, 1):
        domain.save_contact(
            contact=None, authority=Unit.objects.get(code=code), name_zh=zh, name_en=en, duty_zh=duty_zh,
            duty_en=duty_en, phone=phone, email=email, hours_zh=HOURS[0], hours_en=HOURS[1], order=order * 10,
            by=Actor.system(), now=now,
        )  # fmt: skip


def _event(world: World, host: str, begins: int, drafted: int, **fields: Any) -> Any:
    """Drafted and announced by the host's head at a past moment; 9:00 to 12:00 of a day to come, or past."""
    now = world.moment(drafted, 10, 20)
    day = world.days[begins]
    material = HelpPage.objects.published().filter(slug="training-filing-staff").first()
    row = domain.save_event(
        event=None, host=Unit.objects.get(code=host), starts_at=at_hour(day, 9), ends_at=at_hour(day, 12),
        register_until=at_hour(world.days[begins - 2], 18), material=material, by=Actor.system(), now=now, **fields,
    )  # fmt: skip
    return domain.announce_event(event=row, by=Actor.system(), now=now)


def held(world: World) -> Story:
    """A training of the past: two institutions registered, one came."""
    yield world.moment(-40, 10, 20)
    row = _event(
        world, "11", -20, -40, audiences=["institution", "authority"], seats=60, title_zh="使用备案与双审核实务培训",
        title_en="Filing of use and dual review in practice", place_zh="线上直播", place_en="Online",
        body_zh="面向各区和学校的备案经办人：选用流程、双审核、常见退回原因。", body_en=(
            "For those who file in districts and schools: how to select, dual review, why filings come back."
        ),
    )  # fmt: skip
    now = world.moment(-35, 14, 5)
    yield now
    one = domain.register_unit(event=row, people=2, by=world.actors[LEAD], now=now)
    other = domain.register_unit(event=row, people=3, by=world.actors[SCHOLAR], now=now)
    now = world.moment(-20, 12, 30)
    yield now
    domain.note_attendance(attendance=one, came=2, by=Actor.system(), now=now)
    domain.note_attendance(attendance=other, came=0, by=Actor.system(), now=now)


def coming(world: World) -> Story:
    """Two trainings to come; the school has registered for one."""
    yield world.moment(-5, 10, 20)
    row = _event(
        world, "11", 8, -5, audiences=["institution", "authority"], seats=80, title_zh="新学期应用选用与备案培训",
        title_en="Selecting and filing apps for the new term", place_zh="示例市教育信息中心 301 室，同步线上直播",
        place_en="Example centre, room 301, and online", body_zh=(
            "## 内容\n\n- 查备案、听意见、集体决策\n- 使用备案填报演示\n- 答疑\n\n"
            "请每个单位至少一名经办人参加，带电脑。"
        ), body_en=(
            "## Content\n\n- Looking up, hearing people, deciding together\n- Filing of use, shown step by step\n"
            "- Questions\n\nAt least one person of each unit, with a computer."
        ),
    )  # fmt: skip
    _event(
        world, "moe", 15, -5, audiences=["provider"], seats=None, title_zh="提供者备案填报与补正",
        title_en="Provider filings: filling in and supplementing", place_zh="线上直播", place_en="Online",
        body_zh="面向提供者：材料准备、常见错误、补正期限。", body_en=(
            "For providers: documents, frequent mistakes, the period of the supplement."
        ),
    )  # fmt: skip
    now = world.moment(-2, 15, 10)
    yield now
    domain.register_unit(event=row, people=2, by=world.actors[LEAD], now=now)


def everything(world: World) -> list[Iterator[datetime]]:
    """The trainings, to be told in the order of time."""
    return [held(world), coming(world)]
