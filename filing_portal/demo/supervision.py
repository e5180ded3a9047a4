"""What supervision had to do: orders in every state, providers on the blacklist and off it again, samples, papers.

Told through the verbs like every other story; complaints stand in ``complaints``. Everything and everybody is made up.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from datetime import date, datetime, timedelta

from accounts import domain as accounts
from accounts.enums import UnitKind
from accounts.models import Person
from blacklist import domain as blacklist
from blacklist.models import Listing
from filing_portal.demo import entries, institutions, people
from filing_portal.demo.acts import Story
from filing_portal.demo.world import World
from ledger.acts import Actor
from registry.models import Entry
from review.domain.external import import_exchange
from supervision import domain, monitors, seeds
from supervision.models import (
    Broadcast,
    ComplaintCategory,
    ComplaintGuide,
    LetterTemplate,
    Partner,
    RectificationOrder,
)
from users import domain as uses

BJ, BJ2, LEAD = "reviewer.bj@demo.test", "reviewer2.bj@demo.test", "lead.bj@demo.test"
GD, MOE, PARTNER = "reviewer.gd@demo.test", "ministry@demo.test", "partner.bj@demo.test"
MARKET = "北京市示例市场监管部门"


def settle(world: World, persons: dict[str, Person]) -> None:
    """The texts of the public form, and a partner department of Beijing with its account."""
    seeds.fill(ComplaintCategory, ComplaintGuide, LetterTemplate)
    then = world.moment(-250, 11)
    unit = accounts.create_unit(
        parent=None, kind=UnitKind.PARTNER, name=MARKET, province_code="11", by=Actor.system(), now=then
    )
    Partner.objects.create(unit=unit, department="market", province_code="11")
    world.units["market"] = unit
    world.actors[PARTNER] = people.invited(persons[PARTNER], unit, "partner", Actor.system(), then)


def of(name: str) -> Entry:
    """The entry of an app, by its name."""
    return Entry.objects.select_related("unit", "authority").get(app_name=name)


def old_entry(chosen: entries.Ordinary) -> Entry:
    """An entry that was carried over and that nothing else befalls."""
    return Entry.objects.select_related("unit", "authority").get(
        app_name=chosen.app_name, provider_name=chosen.provider_name
    )


def order(
    world: World, entry: Entry, now: datetime, findings: Sequence[tuple[str, str]], public_text: str, days: int, by: str
) -> RectificationOrder:
    """An order against the provider of an entry."""
    return domain.order(
        unit=entry.unit, entry=entry, public_text=public_text, days=days, by=world.actors[by], now=now,
        findings=[{"text": text, "article": article} for text, article in findings],
    )  # fmt: skip


# --- orders --------------------------------------------------------------------------------------------


def running(world: World, name: str, position: int, days: int, by: str) -> Story:
    """An order whose period runs."""
    now = world.moment(position, 10, 20)
    yield now
    findings = [
        ("隐私政策没有逐项列明收集个人信息的目的。", "op-6"),
        ("注销账号后，历史学习记录仍可查到。", "op-6"),
    ]
    order(world, of(name), now, findings, "个人信息保护不符合要求，限期整改。", days, by)


def to_be_checked(world: World) -> Story:
    """The provider has handed in what it mended."""
    now = world.moment(-13, 9, 50)
    yield now
    findings = [("运动排行榜向其他班级公开学生姓名。", "op-6")]
    row = order(world, of("浑仪体测"), now, findings, "排行榜公开学生姓名，限期整改。", 15, BJ2)
    now = world.moment(-2, 16, 25)
    yield now
    domain.submit_evidence(
        order=row, text="自2.8.1版起排行榜只显示本班，姓名改为学号后两位；旧版本已强制升级。",
        by=world.provider(row.unit), now=now,
    )  # fmt: skip


def overdue(world: World) -> Story:
    """Nothing came within ten working days; the clock has closed the period."""
    now = world.moment(-20, 11, 5)
    yield now
    findings = [("应用首页和课件页含商业广告。", "bj-3"), ("广告落地页链接到网络游戏。", "bj-3")]
    order(world, of("辘轳备课"), now, findings, "含商业广告和游戏链接，限期整改。", 10, BJ)


def cleared(world: World) -> Story:
    """Mended once more after it was sent back, and cleared."""
    now = world.moment(-36, 10, 40)
    yield now
    findings = [("“关于”页面没有显示备案号。", "me-14")]
    row = order(world, of("榆荚古诗"), now, findings, "未在应用内显示备案号，限期整改。", 15, BJ)
    by = world.provider(row.unit)
    now = world.moment(-31, 15, 10)
    yield now
    row = domain.submit_evidence(order=row, text="已在设置页显示备案号。", by=by, now=now)
    now = world.moment(-29, 9, 30)
    yield now
    row = domain.send_back(
        order=row, reason="备案号在三级页面，不算显著位置，请移到“关于”页面。", by=world.actors[BJ], now=now
    )
    now = world.moment(-27, 11, 0)
    yield now
    row = domain.submit_evidence(order=row, text="备案号已移到“关于”页面首屏。", by=by, now=now)
    now = world.moment(-25, 14, 45)
    yield now
    domain.clear(order=row, reason="复查符合要求。", public_text="已完成整改。", by=world.actors[BJ], now=now)


# --- the blacklist -------------------------------------------------------------------------------------


def refused_and_listed(
    world: World, chosen: entries.Ordinary, position: int, by: str
) -> Generator[datetime, None, Listing]:
    """Ordered, refused, listed eight working days after the order."""
    now = world.moment(position, 10, 0)
    yield now
    entry = old_entry(chosen)
    findings = [("学校统一使用期间向学生收取会员费。", "op-11")]
    row = order(world, entry, now, findings, "统一使用期间违规收费，限期整改。", 15, by)
    now = world.moment(position + 4, 16, 0)
    yield now
    row = domain.refuse(order=row, reason="不同意停止收费。", by=world.provider(entry.unit), now=now)
    now = world.moment(position + 8, 10, 30)
    yield now
    lead = world.actors[LEAD if entry.province_code == "11" else MOE]
    reason = "统一使用期间向学生收费，经责令拒不整改。"
    listing = domain.list_provider(order=row, reason=reason, public_text=reason, by=lead, now=now)
    told(now)
    return listing


def told(now: datetime) -> None:
    """The worker spreads the circular to the whole education system."""
    for row in Broadcast.objects.filter(finished_at=None).order_by("pk"):
        domain.spread(broadcast_id=row.pk, now=now)


def listed_after_period(world: World, chosen: entries.Ordinary) -> Story:
    """The period passed without a word; the provider is barred, and objects."""
    now = world.moment(-44, 9, 45)
    yield now
    entry = old_entry(chosen)
    findings = [("以“题库更新”名义提供拍照搜题。", "bj-3-3"), ("备案信息中未填写该功能。", "me-15")]
    row = order(world, entry, now, findings, "违规提供拍照搜题功能，限期整改。", 10, BJ)
    now = world.moment(-24, 10, 15)
    yield now
    reason = "违规提供拍照搜题功能，逾期未整改。"
    listing = domain.list_provider(
        order=RectificationOrder.objects.get(pk=row.pk), reason=reason, public_text=reason,
        text_en="Photo search offered against the rules, and not mended in time.", by=world.actors[LEAD], now=now,
    )  # fmt: skip
    told(now)
    blacklist.add_line(
        kind="negative", authority=world.units["11"], subject="unit", title_zh=entry.unit.name, uscc=entry.unit.uscc,
        reason=reason, by=world.actors[LEAD], now=now,
    )  # fmt: skip
    domain.request_takedown(
        store="示例应用商店", text="该应用备案已撤销，请下架并停止更新。", entry=entry, listing=listing,
        duties=["filing", "identity", "audit", "removal"], by=world.actors[BJ], now=now + timedelta(hours=2),
    )  # fmt: skip
    now = world.moment(-19, 15, 0)
    yield now
    text = "相关功能系合作方插件，我单位已于到期次日移除，请予复核。"
    blacklist.object_to_listing(listing=listing, text=text, by=world.provider(entry.unit), now=now)


def listed_long_ago(world: World, chosen: entries.Ordinary) -> Story:
    """Listed more than six months ago: the clock has ended the bar."""
    yield from refused_and_listed(world, chosen, -172, BJ)


def listed_and_lifted(world: World, chosen: entries.Ordinary) -> Story:
    """An objection was right: the ministry has lifted the listing."""
    listing = yield from refused_and_listed(world, chosen, -70, BJ2)
    now = world.moment(-58, 9, 20)
    yield now
    text = "收费系另一家公司的同名应用，附应用商店开发者证明。"
    row = blacklist.object_to_listing(listing=listing, text=text, by=world.provider(listing.unit), now=now)
    now = world.moment(-52, 16, 40)
    yield now
    decision = "经复核，收费应用不属于该单位，解除列入。"
    blacklist.decide_objection(objection=row, grant=True, decision=decision, by=world.actors[MOE], now=now)


# --- inspection, campaigns -----------------------------------------------------------------------------


def inspected(world: World) -> Story:
    """A random sample of Beijing: in order, with findings, mended, and not looked at yet."""
    now, by = world.moment(-14, 9, 0), world.actors[BJ]
    yield now
    plan = domain.make_plan(
        title="秋季学期双随机检查", method="random", size=6, seed=f"{world.today.year}-06-18-25-31-33-02", by=by,
        now=now,
    )  # fmt: skip
    now = world.moment(-13, 10, 0)
    yield now
    plan = domain.draw(plan=plan, by=by, now=now)
    drawn = list(plan.inspections.select_related("entry").order_by("rank", "pk"))
    for row in drawn:
        domain.assign_inspection(inspection=row, person=Person.objects.get(pk=by.person_id), by=by, now=now)
    for place, row in enumerate(drawn[:3]):
        now = world.moment(-9 + place, 14, 30)
        yield now
        answers = [
            {"key": item["key"], "ok": not (place and number == 0), "article": item.get("article") or "",
             "text": "应用内展示的备案号少一位。" if place and number == 0 else ""}
            for number, item in enumerate(row.checklist)
        ]  # fmt: skip
        domain.record_findings(
            inspection=row, answers=answers, recheck_day=world.days[5] if place else None, by=by, now=now
        )
        drawn[place] = row
    now = world.moment(-3, 11, 10)
    yield now
    bad = drawn[1].checklist[0]
    answers = [{"key": bad["key"], "ok": True, "text": "", "article": bad.get("article") or ""}]
    domain.recheck(inspection=drawn[1], answers=answers, by=by, now=now)


def prepared(world: World) -> Story:
    """A category campaign that waits for the second person."""
    now = world.moment(-2, 17, 20)
    yield now
    text = "面向学龄前儿童的应用自即日起暂时下线，经核查符合要求后恢复。"
    domain.draft_campaign(
        title_zh="面向学龄前儿童应用专项核查", title_en="Apps for preschool children", effect="offline",
        filter={"stages": ["preschool"]}, reason="落实不得面向学龄前儿童开展线上培训的规定。", public_text=text,
        text_en="Apps for preschool children go offline for the time being; those in order resume.",
        articles=["bj-3"], by=world.actors[BJ], now=now,
    )  # fmt: skip


def watched(world: World) -> Story:
    """The table of the app stores came in: some versions there are newer than the filed ones."""
    now = world.moment(-3, 3, 0)
    yield now
    names = ("榆荚古诗", "雁书备课", "木棉课堂", "竹雀备课")
    rows = [
        {"key": package, "version": "9.1.0"}
        for entry in Entry.objects.filter(app_name__in=names).order_by("pk")
        for package in entry.package_ids[:1]
    ]
    import_exchange(kind="store_version", rows=rows, now=now)
    monitors.run(key="version", now=now)


# --- papers --------------------------------------------------------------------------------------------


def referred(world: World) -> Story:
    """Two cases at the market supervision: one answered, one open."""
    now, by = world.moment(-18, 10, 10), world.actors[BJ]
    yield now
    entry = of("辘轳备课")
    row = domain.refer(
        subject="charges", title="应用内广告涉嫌违法", entry=entry, by=by, now=now,
        text="检查发现该应用向未成年人投放商业广告，请依职权处理。",
    )  # fmt: skip
    now = world.moment(-8, 15, 35)
    yield now
    answer = "已立案调查，责令停止发布，处理结果另行函告。"
    domain.answer_referral(referral=row, answer=answer, by=world.actors[PARTNER], now=now)
    now = world.moment(-4, 9, 40)
    yield now
    domain.refer(
        subject="charges", title="统一使用的应用收取会员费", entry=of("雁书备课"), by=by, now=now,
        text="家长反映统一使用期间收费，请核查价格行为。",
    )  # fmt: skip


def papers(world: World) -> Story:
    """A circular to the education system, an invitation to an interview, editions of the lists, a report."""
    lead, ministry = world.actors[LEAD], world.actors[MOE]
    half = world.today.replace(month=1 if world.today.month < 7 else 7, day=1)
    first = next((place for place in range(-130, -16) if world.days[place] >= half), -16)
    now = world.moment(first, 10, 0)
    yield now
    domain.publish_list(kind="white", authority=world.units["11"], as_of=half, by=lead, now=now)
    domain.publish_list(kind="black", authority=world.units["11"], as_of=half, by=lead, now=now)
    now = world.moment(-15, 9, 10)
    yield now
    row = domain.write_circular(
        kind="circular", audience="public", by=lead, now=now, title_zh="关于近期教育移动应用问题的通报",
        title_en="Circular on recent findings in educational apps",
        body_zh="近期检查发现，部分应用含商业广告和游戏链接，部分应用未在显著位置显示备案号。请各单位对照检查，"
                "使用单位发现问题应立即停用并向主管部门报告。",
        body_en="Recent inspections found advertisements and links to games, and filing numbers that are not shown. "
                "Check your apps; institutions stop using what is not in order and report it.",
    )  # fmt: skip
    domain.publish_circular(circular=row, by=lead, now=now + timedelta(minutes=30))
    told(now + timedelta(minutes=31))
    unit = of("辘轳备课").unit
    now = world.moment(-7, 14, 0)
    yield now
    domain.write_circular(
        kind="interview", audience="units", units=[unit], by=lead, now=now, held_on=world.days[3],
        title_zh=f"关于约谈{unit.name}的通知", body_zh="因逾期未整改，请主要负责人到场，并准备书面说明。",
    )  # fmt: skip
    now = world.moment(-5, 16, 10)
    yield now
    last = world.days[-5].replace(day=1) - timedelta(days=1)
    report = domain.generate_report(first_day=date(last.year, 1, 1), last_day=last, by=ministry, now=now)
    text = "各地备案工作平稳推进，办理时限总体符合要求；个别应用因广告和收费问题被责令整改。"
    english = "Filing goes on steadily and within its periods; some apps were ordered to mend advertising and charges."
    report = domain.edit_report(
        report=report, body_zh=text, body_en=english, by=ministry, now=now + timedelta(minutes=20)
    )
    domain.publish_report(report=report, by=ministry, now=now + timedelta(minutes=40))


def drives(world: World) -> Story:
    """Campaigns of the district and of the province for the institutions below them."""
    now = world.moment(-30, 9, 0)
    yield now
    start, end = world.days[-30], world.days[20]
    for email, name, name_en, goal, target in (
        (institutions.OFFICIAL, "秋季学期使用备案", "Filings of use for the autumn term", "used", 90),
        (LEAD, "选用制度备案", "Selection systems on record", "system", 95),
    ):
        uses.set_up_campaign(
            name=name, name_en=name_en, starts_on=start, ends_on=end, goal=goal, target=target, unit_kinds=["school"],
            text="请在截止日期前办理。", by=world.actors[email], now=now,
        )  # fmt: skip


def everything(world: World, carried: int) -> list[Iterator[datetime]]:
    """All stories of supervision; ``carried`` entries were carried over."""
    beijing = entries.ordinary(carried, "11")
    long_ago, active, lifted = beijing[0], beijing[1], beijing[2]
    guangdong = entries.ordinary(carried, "44")[0]
    return [
        running(world, "雁书备课", -8, 15, BJ2), running(world, "木棉备课", -6, 10, GD), to_be_checked(world),
        overdue(world), cleared(world), listed_after_period(world, active), listed_long_ago(world, long_ago),
        listed_and_lifted(world, lifted), refused_and_listed(world, guangdong, -38, GD), inspected(world),
        prepared(world), watched(world), referred(world), papers(world), drives(world),
    ]  # fmt: skip
