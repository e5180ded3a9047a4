"""What the public had to say: complaints, reports and suggestions in every state. Nobody here exists."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from typing import Any

from filing_portal.demo.acts import Story
from filing_portal.demo.supervision import BJ, BJ2, GD, of
from filing_portal.demo.world import World
from rulebook.time import local_date
from supervision import domain
from supervision.models import Complaint, ComplaintCategory, RectificationOrder

Told = Generator[datetime, None, Complaint]


def received(
    world: World, position: int, minute: int, category: str, text: str, app: str = "", **more: Any
) -> Told:
    """Somebody writes in the evening; about a filed app where ``app`` names one."""
    now = world.moment(position, 19, minute)
    yield now
    row = ComplaintCategory.objects.get(key=category)
    about: dict[str, Any] = {"entry": of(app)} if app else {}
    return domain.receive(
        kind=row.kind, category=row, text=text, happened_on=local_date(now) - timedelta(days=1), now=now,
        **about, **more,
    ).complaint  # fmt: skip


def accepted(world: World, row: Complaint, position: int, by: str) -> Told:
    """Somebody of the authority accepts it."""
    now = world.moment(position, 9, 35)
    yield now
    return domain.accept(complaint=row, by=world.actors[by], now=now)


def waiting(world: World) -> Story:
    """Not looked at yet."""
    yield from received(
        world, -1, 5, "unfiled_app", "孩子班里在用，查不到备案号。", app_name="示例口袋题库", province="11",
        provider_name="不清楚", where_found="应用商店", name="示例家长甲", phone="13800000001",
    )  # fmt: skip


def waiting_too_long(world: World) -> Story:
    """Not looked at within the service target."""
    yield from received(
        world, -11, 20, "personal_information", "一打开就要求读取通讯录和位置，不同意不能用。", "辘轳备课",
        asked_operator=True,
    )  # fmt: skip


def forwarded(world: World) -> Story:
    """With the provider, which has one working day left."""
    row = yield from received(
        world, -6, 10, "minors", "孩子晚上十点以后还收到打卡提醒。", "榆荚阅读", name="示例家长乙",
        email="parent-b@example.test",
    )  # fmt: skip
    row = yield from accepted(world, row, -5, BJ)
    now = world.moment(-4, 10, 5)
    yield now
    text = "有用户反映应用在22时以后仍向学生推送打卡提醒。请说明情况和改正时间。"
    domain.forward_to_provider(complaint=row, text=text, days=5, by=world.actors[BJ], now=now)


def asked(world: World) -> Story:
    """The authority has asked the complainant something."""
    row = yield from received(world, -5, 40, "fees_in_school", "学校统一要求用，作业要开会员才能提交。", "算筹体测")
    row = yield from accepted(world, row, -4, BJ2)
    now = world.moment(-3, 15, 20)
    yield now
    text = "请问是哪所学校、哪个年级？收费页面的截图可以在回复时描述。"
    domain.ask_back(complaint=row, text=text, by=world.actors[BJ2], now=now)


def ordered(world: World) -> Story:
    """Investigated: it led to an order; a second complaint about the same was merged into it."""
    row = yield from received(
        world, -11, 30, "personal_information", "注销以后还能用原账号看到以前的成绩。", "雁书备课", name="示例家长丙",
        phone="13800000003",
    )  # fmt: skip
    row = yield from accepted(world, row, -10, BJ2)
    now = world.moment(-9, 11, 0)
    yield now
    row = domain.investigate(complaint=row, by=world.actors[BJ2], now=now)
    other = yield from received(world, -8, 15, "personal_information", "账号注销不掉，资料还在。", "雁书备课")
    now = world.moment(-7, 9, 15)
    yield now
    domain.merge(complaint=other, into=row, by=world.actors[BJ2], now=now)
    number = RectificationOrder.objects.get(entry=row.entry).case_no
    note = f"已下达限期整改通知（{number}），待整改后回复。"
    domain.add_note(complaint=row, text=note, by=world.actors[BJ2], now=now)


def answered(world: World) -> Story:
    """Forwarded, answered by the provider, closed with a reply that concerns many."""
    row = yield from received(world, -40, 25, "not_filed_number", "应用里找不到备案号，不知道是否正规。", "榆荚古诗")
    row = yield from accepted(world, row, -39, BJ)
    by = world.actors[BJ]
    now = world.moment(-38, 10, 0)
    yield now
    text = "请说明备案号在应用内的显示位置，并附截图说明。"
    sent = domain.forward_to_provider(complaint=row, text=text, days=5, by=by, now=now)
    now = world.moment(-37, 16, 45)
    yield now
    domain.provider_reply(
        forwarding=sent, text="备案号在设置—帮助—法律信息中，我们会调整。", by=world.provider(sent.unit), now=now
    )
    now = world.moment(-24, 11, 30)
    yield now
    reply = "经查属实。该应用已按要求整改，备案号显示在“关于”页面首屏。感谢监督。"
    row = domain.resolve(complaint=row, outcome="substantiated", reply=reply, by=by, now=now)
    public = "备案应用应在显著位置显示备案号。找不到时，可在本平台按名称查询；也可以向我们反映，我们会要求整改。"
    domain.publish_reply(
        complaint=row, title="在应用里找不到备案号怎么办", text=public, by=by, now=now + timedelta(hours=2)
    )


def elsewhere(world: World) -> Story:
    """Not a matter of filing: who deals with it is said."""
    row = yield from received(
        world, -16, 50, "other_breach", "退不了会员费，客服一直不回。", "雁书备课", asked_operator=True
    )
    now = world.moment(-14, 14, 0)
    yield now
    domain.do_not_accept(
        complaint=row, reason="属于退费纠纷，不在备案投诉受理范围。",
        elsewhere="请先与运营者协商；协商不成的，可通过全国12315平台向市场监督管理部门投诉。",
        by=world.actors[BJ2], now=now,
    )  # fmt: skip


def suggested(world: World) -> Story:
    """A suggestion that was taken up."""
    row = yield from received(
        world, -33, 0, "suggestion", "建议在查询结果里直接显示是否收费。", province="11", name="示例教师"
    )
    row = yield from accepted(world, row, -31, BJ)
    now = world.moment(-28, 10, 50)
    yield now
    reply = "感谢建议。详情页已列明收费情况，查询结果页将一并考虑。"
    domain.resolve(complaint=row, outcome="taken_up", reply=reply, by=world.actors[BJ], now=now)


def in_guangdong(world: World) -> Story:
    """One for the colleagues in Guangdong."""
    yield from received(world, -2, 35, "ads_games", "课间休息页面弹出游戏推荐。", "木棉备课")
    row = yield from received(world, -7, 45, "harmful_content", "评论区有人发不文明用语，无人处理。", "木棉课堂")
    yield from accepted(world, row, -6, GD)


def everything(world: World) -> list[Iterator[datetime]]:
    """All stories of the public's voice."""
    told = (
        waiting, waiting_too_long, forwarded, asked, ordered, answered, elsewhere, suggested, in_guangdong,
    )  # fmt: skip
    return [story(world) for story in told]
