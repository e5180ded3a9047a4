"""The region's work: plans, tasks in every state, one of them overdue; figures kept for an assessment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO

from django.utils import translation

from accounts.sheets import read_rows
from filing_portal.demo import institutions
from filing_portal.demo.acts import Story
from filing_portal.demo.supervision import LEAD, MOE, PARTNER
from filing_portal.demo.world import World
from rulebook.time import local_date
from supervision import domain
from supervision.domain import institutions as institution_tables
from supervision.indicators import Period
from supervision.models import Milestone, WorkTask


def plan_of_the_year(world: World) -> Story:
    """Beijing's plan with its tasks: done, under way, overdue, open with the market supervision, dropped."""
    lead, district = world.actors[LEAD], world.actors[institutions.OFFICIAL]
    now = world.moment(-45, 9, 15)
    yield now
    plan = domain.make_work_plan(
        title="教育移动应用治理工作方案", aim="备案信息全面准确，使用单位应备尽备，问题应用及时处置。",
        way="省级统筹、区级落实、部门协同、学校自查。", safeguards="专人负责，按月调度，结果纳入考核。",
        first_day=world.days[-45], last_day=world.days[20], by=lead, now=now,
    )  # fmt: skip
    county, market, school = world.units["district"], world.units["market"], world.units["school"]

    def give(minutes: int, title: str, text: str, due: int, steps: tuple[tuple[str, int], ...] = (),
             **more: object) -> WorkTask:  # fmt: skip
        return domain.give_task(
            title=title, text=text, due_day=world.days[due], plan=plan, by=lead, now=now + timedelta(minutes=minutes),
            milestones=[{"title": name, "due_day": world.days[place]} for name, place in steps],
            **{"responsible": county, **more},  # type: ignore[arg-type]
        )  # fmt: skip

    check = give(10, "学校使用备案自查", "组织辖区学校核对在用应用是否备案、是否双审核。", -15,
                 (("部署", -38), ("汇总", -18)), sharing=[school])  # fmt: skip
    sample = give(20, "秋季双随机检查", "按抽样结果完成检查并上传结论。", 6, (("抽样", -14), ("现场检查", 3)),
                  responsible=world.units["11"])  # fmt: skip
    late = give(30, "校外线上培训应用排查", "与校外培训名单比对，形成问题清单。", -4, (("比对", -12), ("清单", -5)))
    give(40, "应用内收费联合检查", "对统一使用应用的收费情况开展联合检查。", 18, responsible=market, sharing=[county])
    dropped = give(50, "纸质台账报送", "每月报送纸质台账。", 19)

    now = world.moment(-40, 10, 30)
    yield now
    check = domain.start_task(task=check, by=district, now=now)
    late = domain.start_task(task=late, by=district, now=now + timedelta(minutes=5))
    reason = "改由系统台账汇总，不再报送纸质材料。"
    domain.drop_task(task=dropped, reason=reason, by=lead, now=now + timedelta(minutes=9))
    now = world.moment(-37, 15, 0)
    yield now
    _reach(check, "部署", now, district)
    domain.note_progress(task=check, text="已向全区学校印发自查清单。", by=district, now=now + timedelta(minutes=3))
    now = world.moment(-17, 16, 20)
    yield now
    _reach(check, "汇总", now, district)
    domain.finish_task(
        task=check, text="辖区学校全部完成自查，补备案12件。", by=district, now=now + timedelta(minutes=6)
    )
    now = world.moment(-14, 11, 40)
    yield now
    sample = domain.start_task(task=sample, by=lead, now=now)
    _reach(sample, "抽样", now + timedelta(minutes=2), lead)
    now = world.moment(-11, 10, 10)
    yield now
    _reach(late, "比对", now, district)
    domain.note_progress(task=late, text="已比对，3个应用许可信息不一致，正在核实。", by=district, now=now)
    now = world.moment(-3, 8, 5)
    yield now
    domain.tell_overdue(now=now)


def partner_notes(world: World) -> Story:
    """The market supervision says how far it is."""
    now = world.moment(-6, 14, 15)
    yield now
    row = WorkTask.objects.get(title="应用内收费联合检查")
    domain.note_progress(task=row, text="已抽取5个应用，下周现场检查。", by=world.actors[PARTNER], now=now)


def kept(world: World) -> Story:
    """The ministry and Beijing have kept the figures of the last month for their assessments."""
    now = world.moment(-5, 17, 0)
    yield now
    last = world.days[-5].replace(day=1) - timedelta(days=1)
    period = Period(date(last.year, last.month, 1), last)
    with translation.override("zh-hans"):
        for minutes, email, code, purpose in (
            (0, MOE, "moe", "全国教育移动应用治理工作考核"), (5, LEAD, "11", "各区年度督导评价"),
        ):  # fmt: skip
            domain.take_assessment(
                node=world.units[code], period=period, purpose=purpose, by=world.actors[email],
                now=now + timedelta(minutes=minutes),
            )  # fmt: skip


def licensed(world: World) -> Story:
    """Beijing has renewed its list of training institutions from a table; one row was wrong and left out."""
    now = world.moment(-20, 9, 40)
    yield now
    until = world.days[20].replace(month=6, day=30)
    lines = [
        "机构名称,办学许可证号,统一社会信用代码,有效期至,发证机关,公布日期,名单网址",
        f"示例线上培训中心,示例教民1110108700001号,,{until.replace(year=until.year + 1)},北京市示例区教委,,",
        f"示例未来书院,示例教民1110108700002号,,{until.replace(year=until.year - 1)},北京市示例区教委,,",
        "示例新知学堂,示例教民1110108700003号,,下一年,北京市示例区教委,,",
    ]
    rows = read_rows(BytesIO("\n".join(lines).encode()), institution_tables.COLUMNS, institution_tables.LIMITS)
    batch = institution_tables.prepare_institutions(rows=rows, name="名单.csv", by=world.actors[LEAD], now=now)
    institution_tables.take_institutions(batch=batch, by=world.actors[LEAD], now=now + timedelta(minutes=4))


def _reach(task: WorkTask, title: str, now: datetime, by: object) -> None:
    step = Milestone.objects.select_related("task").get(task=task, title=title)
    domain.reach_milestone(milestone=step, reached_on=local_date(now), by=by, now=now)  # type: ignore[arg-type]


def everything(world: World) -> list[Iterator[datetime]]:
    """The stories of the region's work, to be told in the order of time."""
    return [plan_of_the_year(world), partner_notes(world), kept(world), licensed(world)]
