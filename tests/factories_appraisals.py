"""Appraisals for tests, in every state, led there through the verbs.

    scene()                      list, head of review, provider's entry, experts
    appraisal_in("noticed")      an appraisal in a state, with the scene it belongs to
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.enums import Role
from accounts.models import Membership
from ledger.acts import Actor
from registry.models import Entry
from review import domain
from review.models import Appraisal, Candidate, Expert
from rulebook import clocks
from tests import factories
from tests import factories_uses as uses
from tests.factories_filings import NOW
from users.models import RecommendedList

CRITERIA = [
    {"key": "c1", "label_zh": "内容质量", "label_en": "Content", "weight": 60},
    {"key": "c2", "label_zh": "数据安全", "label_en": "Data protection", "weight": 40},
]
CLOSED = NOW + timedelta(days=10)  # after the last day for nominations


@dataclass
class Scene:
    """Who takes part."""

    lead: Membership
    actor: Actor
    target: RecommendedList
    entries: list[Entry]
    experts: list[Membership] = field(default_factory=list)


def scene(code: str = "11", experts: int = 2, entries: int = 2) -> Scene:
    """A province's list, published apps and people with accounts."""
    uses.rules()
    lead = factories.membership(role=Role.REVIEW_LEAD, unit=factories.authority(code))
    actor = factories.actor_for_membership(lead)
    target = domain.create_list(
        authority=lead.unit, name="推荐名单", name_en="Recommended", by=actor, now=NOW
    )
    people = [factories.membership() for _ in range(experts)]
    return Scene(lead, actor, target, [uses.entry(province=code) for _ in range(entries)], people)


def terms(**changes: Any) -> dict[str, Any]:
    """Terms of a call."""
    return {
        "title": "第一轮评议", "title_en": "First round", "call": "请推荐。", "criteria": CRITERIA, "minimum": 60,
        "experts_needed": 2, "notice_days": 5, "nominations_until": (NOW + timedelta(days=7)).date(), **changes,
    }  # fmt: skip


def appraisal_in(state: str, where: Scene | None = None, points: tuple[int, ...] = (80, 50)) -> tuple[Scene, Appraisal]:
    """An appraisal in ``state``; candidate n gets ``points[n]`` from everybody on every criterion."""
    where = where or scene()
    row = domain.draft_appraisal(target=where.target, by=where.actor, now=NOW, **terms())
    experts = [
        domain.appoint_expert(appraisal=row, person=one.person, organisation="示例大学", by=where.actor, now=NOW)
        for one in where.experts
    ]
    if state == "draft":
        return where, row
    if state == "cancelled":
        return where, domain.cancel_appraisal(appraisal=row, reason="不再需要", by=where.actor, now=NOW)
    row = domain.call_for_nominations(appraisal=row, by=where.actor, now=NOW)
    for entry in where.entries:
        domain.nominate(appraisal=row, entry=entry, grounds="教师普遍使用", by=where.actor, now=NOW)
    if state == "called":
        return where, row
    for expert in experts:
        declare(expert)
    row = domain.open_scoring(appraisal=row, by=where.actor, now=CLOSED)
    if state == "scoring":
        return where, row
    for expert in experts:
        for candidate, value in zip(row.candidates.order_by("pk"), points, strict=False):
            give(expert, candidate, value)
    row = domain.give_notice(appraisal=row, by=where.actor, now=CLOSED)
    if state == "noticed":
        return where, row
    end = after_notice(row)
    clocks.sweep(now=end)
    return where, domain.conclude(appraisal=row, by=where.actor, now=end)


def after_notice(row: Appraisal) -> datetime:
    """A moment after the public notice."""
    return clocks.running(row)[0].due_at


def own(expert: Expert) -> Actor:
    """The expert as an actor."""
    return Actor(person_id=expert.person_id, unit_id=None, role="")


def declare(expert: Expert, *recused: Candidate) -> Expert:
    """Declares that there are no interests, or those in the named candidates."""
    return domain.declare_interests(
        expert=expert, interests="无", recused_from=recused, by=own(expert), now=NOW
    )


def give(expert: Expert, candidate: Candidate, value: int) -> None:
    """The same points on every criterion."""
    domain.give_scores(
        expert=expert, candidate=candidate, points={"c1": value, "c2": value}, comment="", by=own(expert), now=CLOSED
    )
