"""The recommended list of Beijing: an appraisal from its call to the list, an exit, and a call that is open now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from accounts.models import Person, Unit
from filing_portal.demo.acts import Story
from filing_portal.demo.institutions import COMMON, LEAD, REVOKED
from filing_portal.demo.world import World
from ledger.acts import Actor
from registry.models import Entry
from review import domain
from review.models import Expert
from users.models import RecommendedList

HEAD = "lead.bj@demo.test"
OTHER = "榆荚古诗"
#: points of every expert on both criteria
POINTS = {COMMON: (92, 88), REVOKED: (81, 77), OTHER: (55, 62)}
CALL, CALL_EN = "请各单位推荐已备案、师生反映良好的应用。", "Nominate filed apps that staff and students speak well of."
CRITERIA = [
    {"key": "c1", "label_zh": "内容与教学适用性", "label_en": "Content and fitness for teaching", "weight": 60},
    {"key": "c2", "label_zh": "数据安全与个人信息保护", "label_en": "Security and personal information", "weight": 40},
]


def _experts() -> list[Person]:
    """Three people who judge; they have no account to sign in with."""
    return [
        Person.objects.create(
            email=f"expert{n}@demo.test", name=f"示例评议专家{n}", password=make_password(None), is_active=False
        )
        for n in (1, 2, 3)
    ]  # fmt: skip


def _said(expert: Expert) -> Actor:
    return Actor(person_id=expert.person_id, unit_id=None, role="")


def from_call_to_list(world: World) -> Story:
    """Two of three apps come onto the list; one of them later loses its filing and leaves it."""
    now = world.moment(-58, 10)
    yield now
    by, authority = world.actors[HEAD], Unit.objects.get(code="11")
    target = domain.create_list(
        authority=authority, name="北京市教育移动应用推荐名单（示例）", name_en="Recommended apps of Beijing (example)",
        by=by, now=now,
    )  # fmt: skip
    row = domain.draft_appraisal(
        target=target, by=by, now=now, title="春季评议", title_en="Spring appraisal", criteria=CRITERIA, minimum=70,
        call=CALL, call_en=CALL_EN,
        partners="市网信部门（示例）", experts_needed=3, notice_days=5, nominations_until=world.days[-52],
    )  # fmt: skip
    experts = [
        domain.appoint_expert(appraisal=row, person=person, organisation="示例大学", by=by, now=now)
        for person in _experts()
    ]
    row = domain.call_for_nominations(appraisal=row, by=by, now=now)
    now = world.moment(-56, 11)
    yield now
    for name, who in ((COMMON, world.actors[LEAD]), (REVOKED, by), (OTHER, by)):
        domain.nominate(
            appraisal=row, entry=Entry.objects.get(app_name=name), grounds="教师使用反映良好。", by=who, now=now
        )
    for expert in experts:
        domain.declare_interests(expert=expert, interests="无", recused_from=(), by=_said(expert), now=now)
    now = world.moment(-50, 9, 40)
    yield now
    row = domain.open_scoring(appraisal=row, by=by, now=now)
    for expert in experts:
        for candidate in row.candidates.select_related("entry").order_by("pk"):
            points = dict(zip(("c1", "c2"), POINTS[candidate.entry.app_name], strict=True))
            domain.give_scores(
                expert=expert, candidate=candidate, points=points, comment="", by=_said(expert), now=now
            )
    now = world.moment(-46, 9, 20)
    yield now
    row = domain.give_notice(appraisal=row, by=by, now=now)
    now = world.moment(-44, 15, 5)
    yield now
    objection = domain.object_to_result(
        appraisal=row, candidate=row.candidates.get(entry__app_name=OTHER), name="示例家长", contact="示例联系方式",
        text="该应用内容质量较好，希望复核。", now=now,
    )  # fmt: skip
    now = world.moment(-42, 10, 15)
    yield now
    domain.decide_result_objection(
        objection=objection, upheld=False, decision="经复核，评分记录无误，未达到推荐分数。", by=by, now=now
    )
    now = world.moment(-40, 9, 10)
    yield now
    domain.conclude(appraisal=row, by=by, now=now)
    now = world.moment(-5, 10, 30)
    yield now
    domain.remove_from_list(
        target=target, entry=Entry.objects.get(app_name=REVOKED), reason="备案已撤销，退出推荐名单。", by=by, now=now
    )


def open_call(world: World) -> Story:
    """The next call, open for nominations."""
    now = world.moment(-4, 9, 50)
    yield now
    by, target = world.actors[HEAD], RecommendedList.objects.get()
    row = domain.draft_appraisal(
        target=target, by=by, now=now, title="秋季评议", title_en="Autumn appraisal", criteria=CRITERIA, minimum=70,
        call=CALL, call_en=CALL_EN,
        experts_needed=3, notice_days=5, nominations_until=world.today + timedelta(days=20),
    )  # fmt: skip
    domain.call_for_nominations(appraisal=row, by=by, now=now)


def everything(world: World) -> list[Iterator[datetime]]:
    """All stories about recommended lists."""
    return [from_call_to_list(world), open_call(world)]
