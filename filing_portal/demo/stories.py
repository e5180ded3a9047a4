"""What happened to the demonstration's filings: one in every state, with running clocks.

A story is a generator that yields the moment of its next act; the acts of all stories happen in the
order of time, so that case numbers, numbers and the ledger follow each other as in life. Positions are
working days from today: ``-10`` is the day whose ten working days end today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from accounts.models import Person, Unit
from filing_portal.demo import acts, documents
from filing_portal.demo.acts import Story
from filing_portal.demo.names import MadeUpApp, theme
from filing_portal.demo.world import World
from providers import domain as provider_verbs
from providers.models import App
from registry import domain as registry
from review import domain as review_verbs
from rulebook import clocks
from rulebook.time import start_of_day

BJ, BJ2, LEAD = "reviewer.bj@demo.test", "reviewer2.bj@demo.test", "lead.bj@demo.test"
MORE = 24  # apps filed in good order beside those that have a story of their own
NUMBERED = 8 + MORE  # apps that the stories bring to a number
GD, SC, MOE = "reviewer.gd@demo.test", "reviewer.sc@demo.test", "ministry@demo.test"


def app(name: str, ending: str = "阅读") -> MadeUpApp:
    """An app whose theme follows from ``ending``."""
    return MadeUpApp(name, theme(ending))


def sweeps(world: World) -> Story:
    """Celery's sweep, once after each midnight: lapses and escalations happen on their day."""
    for position in range(-130, 1):
        now = min(start_of_day(world.days[position]) + timedelta(seconds=30), world.now)
        yield now
        clocks.sweep(now=now)


def published(world: World, unit: Unit, made: MadeUpApp, position: int) -> Story:
    """An app that is filed, and nothing else."""
    yield from acts.filed(world, unit, made, position)


# --- the account provider@demo.test ---------------------------------------------------------------------


def change_returned(world: World) -> Story:
    """Filed long ago; a change came back with notes on fields. One is answered, one is mistyped (a letter O)."""
    unit = world.units["yujia"]
    found = yield from acts.filed(world, unit, app("榆荚阅读"), -150)
    now = world.moment(-16, 16, 35)
    yield now
    contacts = {"item": "通讯录", "purpose": "邀请同学", "manner": "automatic", "required": False}
    filing = acts.amended(
        world, found, "change", now,
        app_values={
            "version": "4.3.0", "charges": "partly", "charges_description": "部分精读课每册18元，其余免费。",
            "personal_information": [*found.data["personal_information"], contacts],
        },
        changed_on=world.days[-20].isoformat(), changed_parts=["app", "system", "information"],
        change_description="升级至4.3.0，新增邀请同学功能，重新办理了等级保护备案证明。", **documents.commitments(),
    )  # fmt: skip
    by = world.provider(unit)
    provider_verbs.save_part(
        filing=filing, part="system", values={"mlps_number": "11010899021-20801"}, by=by, now=now
    )
    filing = acts.submitted(world, filing, now)
    now = world.moment(-7, 10, 2)
    yield now
    filing = acts.taken(world, filing, BJ, now - timedelta(hours=1))
    until = world.days[8].isoformat()
    filing = acts.returned(
        world, filing, BJ, now,
        {
            "system.mlps_number": (
                "编号与证明扫描件不一致：扫描件末段为 20301，填写的是 20801。请对照扫描件改正。", "me-9"
            ),
            "system.mlps_report_until": (f"报告有效期请按新报告填写（不早于 {until}）。", "op-4"),
            "app.personal_information": (
                "“通讯录”的收集目的过于笼统，且邀请同学无须读取整个通讯录。请说明或删除。", "op-6"
            ),
        },
        "请按3条意见补正后重新提交。",
        right=("system.mlps_level", "system.mlps_certificate", "system.mlps_authority", "system.mlps_date"),
        see={"system.mlps_number": "system.mlps_certificate"},
    )  # fmt: skip
    now = world.moment(-1, 14, 31)
    yield now
    provider_verbs.save_part(
        filing=filing, part="system", by=by, now=now,
        values={"mlps_number": "11010899021-2O301", "mlps_report_until": f"{world.today.year + 2}-03-31"},
    )  # fmt: skip


def under_review(world: World) -> Story:
    """A first filing that a reviewer works on; four working days are left."""
    now = world.moment(-6, 11, 10)
    yield now
    filing = acts.submitted(world, acts.drafted(world, world.units["yujia"], app("榆荚绘本"), now), now)
    now = world.moment(-5, 9, 15)
    yield now
    acts.taken(world, filing, BJ, now)


def draft_begun(world: World) -> Story:
    """A draft that stops in the middle."""
    unit, now = world.units["yujia"], world.moment(-2, 17, 5)
    yield now
    by = world.provider(unit)
    filing = provider_verbs.start(unit=unit, kind="initial", by=by, now=now, app_name="榆荚听写")
    provider_verbs.save_part(
        filing=filing, part="app", by=by, now=now,
        values={"purpose": "生字词听写与订正，支持教师批量布置。", "version": "0.9.1", "stages": ["primary"]},
    )  # fmt: skip


def lapsed(world: World) -> Story:
    """Returned and never answered: the clock closed it."""
    now = world.moment(-70, 10, 30)
    yield now
    filing = acts.submitted(world, acts.drafted(world, world.units["yujia"], app("榆荚成语"), now), now)
    now = world.moment(-64, 15, 0)
    yield now
    note = {"app.time_limit": ("请说明寒暑假期间的使用时长限制。", "op-5")}
    acts.returned(world, filing, BJ2, now, note, "请补充。")


def withdrawn(world: World) -> Story:
    """Taken back by the company two days after it was submitted."""
    now = world.moment(-33, 9, 50)
    yield now
    filing = acts.submitted(world, acts.drafted(world, world.units["yujia"], app("榆荚识字"), now), now)
    now = world.moment(-31, 10, 0)
    yield now
    provider_verbs.withdraw(filing=filing, by=world.provider(filing.unit), now=now)


# --- the account provider2@demo.test --------------------------------------------------------------------


def late_change(world: World) -> Story:
    """A change that was reported after more than ten working days: accepted, and marked as late."""
    found = yield from acts.filed(world, world.units["yanchi"], app("砚池书法", "书法"), -120)
    now = world.moment(-2, 16, 48)
    yield now
    filing = acts.amended(
        world, found, "change", now, app_values={"version": "5.0.1", "has_forum": True, "age_to": 18},
        changed_on=world.days[-18].isoformat(), changed_parts=["app", "function"],
        change_description="升级至5.0.1，新增作品评论，登录用户可见。", **documents.commitments(),
    )  # fmt: skip
    filing = acts.submitted(world, filing, now)
    now = world.moment(-1, 9, 12)
    yield now
    review_verbs.assign(filing=filing, person=_person(BJ), by=world.actors[LEAD], now=now)


def resume_asked(world: World) -> Story:
    """Taken offline by the authority; the company asks to resume."""
    found = yield from acts.filed(world, world.units["yanchi"], app("砚池国画", "书法"), -115)
    now = world.moment(-40, 10, 0)
    yield now
    entry = App.objects.select_related("entry").get(pk=found.pk).entry
    registry.take_offline(entry=entry, reason="作品展示区出现不当内容，暂时下线。", by=world.actors[LEAD], now=now)
    now = world.moment(-3, 13, 30)
    yield now
    evidence = world.keep(found.unit, "整改说明.pdf", "整改情况说明", 2, now)
    filing = acts.amended(
        world, found, "resume", now, resume_evidence=evidence,
        resume_reason="已清理不当内容，增设人工复审，并公布投诉电话。", **documents.commitments(),
    )  # fmt: skip
    acts.submitted(world, filing, now)


def cancel_asked(world: World) -> Story:
    """The company closes an app down."""
    found = yield from acts.filed(world, world.units["yanchi"], app("砚池篆刻", "书法"), -110)
    now = world.moment(-4, 11, 25)
    yield now
    filing = acts.amended(
        world, found, "cancel", now, cancel_kind="ended", cancel_reason="服务已停止，用户已迁移至砚池书法。",
        cancel_on=world.days[10].isoformat(), cancel_users_told=True, signed_name="示例法定代表人",
        signed_position="总经理",
    )  # fmt: skip
    acts.submitted(world, filing, now)


def cancelled(world: World) -> Story:
    """An app that was cancelled in good order."""
    found = yield from acts.filed(world, world.units["yanchi"], app("砚池拓印", "书法"), -105)
    now = world.moment(-60, 11, 0)
    yield now
    filing = acts.amended(
        world, found, "cancel", now, cancel_kind="merged", cancel_reason="并入砚池书法。",
        cancel_on=world.days[-50].isoformat(), cancel_users_told=True, signed_name="示例法定代表人",
        signed_position="总经理",
    )  # fmt: skip
    filing = acts.submitted(world, filing, now)
    now = world.moment(-55, 10, 0)
    yield now
    filing = acts.approved(world, filing, BJ2, now)
    now = world.moment(-52, 10, 0)
    yield now
    acts.approved(world, filing, MOE, now)


def unit_changed(world: World) -> Story:
    """The company has moved: one filing for all its entries."""
    unit, now = world.units["yanchi"], world.moment(-1, 15, 20)
    yield now
    by = world.provider(unit)
    filing = provider_verbs.start(unit=unit, kind="unit_change", by=by, now=now)
    provider_verbs.save_part(
        filing=filing, part="unit", by=by, now=now, values={"registered_address": "北京市示例区新址路88号"}
    )
    acts.submitted(
        world, filing, now, changed_on=world.days[-5].isoformat(), changed_parts=["unit"],
        change_description="公司迁址。", **documents.commitments(),
    )  # fmt: skip


# --- the rest of the queues -----------------------------------------------------------------------------


def waiting(world: World, unit: str, made: MadeUpApp, position: int, reviewer: str = "") -> Story:
    """A first filing with the authority since ``position``; ten working days later it must be answered."""
    now = world.moment(position, 10, 45)
    yield now
    filing = acts.submitted(world, acts.drafted(world, world.units[unit], made, now), now)
    if reviewer:
        now = world.moment(min(position + 1, -1), 9, 5)
        yield now
        acts.taken(world, filing, reviewer, now)


def third_version(world: World) -> Story:
    """Twice returned, twice supplemented."""
    now = world.moment(-32, 10, 0)
    yield now
    filing = acts.submitted(world, acts.drafted(world, world.units["rigui"], app("日晷课表", "课表"), now), now)
    by = world.provider(filing.unit)
    for back, again, key, note in (
        (-25, -20, "app.user_consent", "请写明用户如何撤回同意。"),
        (-14, -8, "system.privacy_policy", "隐私政策未列出学号的用途，请更新文件。"),
    ):
        now = world.moment(back, 15, 10)
        yield now
        filing = acts.returned(world, filing, BJ, now, {key: (note, "op-6")}, "")
        now = world.moment(again, 10, 20)
        yield now
        part, name = key.split(".")
        value = (
            world.keep(filing.unit, "隐私政策（修订）.pdf", "隐私政策", 3, now)
            if part == "system"
            else "首次打开时逐项告知并勾选同意；在“我的—隐私”中可随时撤回同意并注销账号。"
        )
        provider_verbs.save_part(filing=filing, part=part, values={name: value}, by=by, now=now)
        filing = acts.submitted(world, filing, now)


def returned_fresh(world: World, unit: str, made: MadeUpApp, position: int, reviewer: str) -> Story:
    """Returned; the provider has time."""
    now = world.moment(position - 6, 9, 45)
    yield now
    filing = acts.submitted(world, acts.drafted(world, world.units[unit], made, now), now)
    now = world.moment(position, 16, 0)
    yield now
    filing = acts.taken(world, filing, reviewer, now - timedelta(hours=2))
    key = "app.content_control" if made.theme.minors else "app.purpose"
    note = {key: ("请写明内容由谁审核、多久复核一次。", "op-5")}
    acts.returned(world, filing, reviewer, now, note, "")


def at_ministry(world: World, unit: str, made: MadeUpApp, position: int) -> Story:
    """Agreed by Beijing; the ministry has it."""
    now = world.moment(position - 7, 9, 30)
    yield now
    filing = acts.submitted(world, acts.drafted(world, world.units[unit], made, now), now)
    now = world.moment(position, 14, 0)
    yield now
    acts.approved(world, acts.taken(world, filing, BJ, now - timedelta(hours=3)), BJ, now, "材料齐全，同意。")


def declined(world: World) -> Story:
    """A general tool, not built for education: out of scope."""
    now = world.moment(-26, 10, 15)
    yield now
    filing = acts.submitted(world, acts.drafted(world, world.units["sinan"], app("司南地图", "校园通"), now), now)
    now = world.moment(-21, 11, 40)
    yield now
    review_verbs.decline(
        filing=filing, by=world.actors[BJ2], now=now, article="me-2",
        comment="该应用为通用地图工具，并非以教职工、学生、家长为主要用户，不属于教育移动应用。",
    )  # fmt: skip


def rectifying(world: World) -> Story:
    """Filed in Sichuan, then ordered to rectify."""
    found = yield from acts.filed(world, world.units["jiaoye"], app("蕉叶课堂", "错题本"), -90)
    now = world.moment(-8, 10, 0)
    yield now
    entry = App.objects.select_related("entry").get(pk=found.pk).entry
    registry.order_rectification(
        entry=entry, until=world.days[7], public_text="推送内容与教育无关，限期整改。", by=world.actors[SC], now=now
    )


def discipline(world: World) -> Story:
    """Discipline training by a non-profit organisation with a licence, at the ministry since two days."""
    unit = world.units["suishi"]
    now = world.moment(-9, 9, 20)
    yield now
    licence = world.keep(unit, "线上学科培训办学许可证.pdf", "民办学校办学许可证（线上学科类）", 1, now)
    extra = {
        "trains_in_subjects": True, "stages": ["junior"], "age_from": 12, "age_to": 15, "charges": "charged",
        "charges_description": "执行政府指导价，按课时收费，每课时20元。", "training_licence": licence,
        "training_licence_number": "教民示例111010800001号", "training_licence_until": f"{world.today.year + 2}-08-31",
        "service_parties": [{"name": unit.name, "uscc": unit.uscc, "reviewed": True}],
        "trainers": [{"name": "示例教师甲", "kind": "teacher", "certificate": "20201100011000001"}],
    }  # fmt: skip
    filing = acts.submitted(world, acts.drafted(world, unit, app("燧石数学课", "错题本"), now, **extra), now)
    now = world.moment(-2, 10, 0)
    yield now
    acts.approved(world, acts.taken(world, filing, BJ2, now - timedelta(hours=1)), BJ2, now)


def draft_gd(world: World) -> Story:
    """A draft of the company in Guangdong, filled in and not submitted."""
    now = world.moment(-1, 18, 0)
    yield now
    acts.drafted(world, world.units["mumian"], app("木棉实验室", "实验室"), now)


def _person(email: str) -> Person:
    return Person.objects.get(email=email)


def everything(world: World) -> list[Iterator]:
    """All stories about filings."""
    units = world.units
    plain: list[Callable[[World], Story]] = [
        sweeps, change_returned, under_review, draft_begun, lapsed, withdrawn, late_change, resume_asked,
        cancel_asked, cancelled, unit_changed, third_version, declined, rectifying, discipline, draft_gd,
    ]  # fmt: skip
    stories: list[Iterator] = [story(world) for story in plain]
    stories += [
        waiting(world, "zhujian", app("竹简古文"), -12, BJ),  # overdue since two working days
        waiting(world, "suanchou", app("算筹口算", "口算"), -10, BJ2),  # due today, or on the next working day
        waiting(world, "yanshu", app("雁书家校", "家校"), -9, BJ),
        waiting(world, "hunyi", app("浑仪天文", "实验室"), -7, BJ2),
        waiting(world, "huozi", app("活字作文"), -1),
        waiting(world, "lulu", app("辘轳词汇", "听写"), -1),
        waiting(world, "mumian", app("木棉家校", "家校"), -7, GD),
        waiting(world, "lizhi", app("荔枝湾体测", "体测"), -3),
        waiting(world, "jiaoye", app("蕉叶家校", "家校"), -5, SC),
        waiting(world, "zhuque", app("竹雀选课", "课表"), -2),
        returned_fresh(world, "lulu", app("辘轳单词", "听写"), -4, BJ2),
        returned_fresh(world, "lizhi", app("荔枝湾阅读"), -8, GD),
        at_ministry(world, "hanqing", app("汗青史料", "备课"), -3),
        published(world, units["yujia"], app("榆荚古诗"), -140),
        published(world, units["mumian"], app("木棉课堂", "慕课"), -100),
    ]
    others = [
        "zhujian", "suanchou", "rigui", "hanqing", "huozi", "hunyi", "yanshu", "jiaoye", "zhuque", "lizhi", "mumian",
        "lulu",
    ]  # fmt: skip
    endings = ["备课", "体测", "劳动实践"]
    for place in range(MORE):
        key = others[place % len(others)]
        ending = endings[place // len(others)]
        stories.append(published(world, units[key], app(f"{units[key].name[2:4]}{ending}", ending), -95 + 3 * place))
    return stories
