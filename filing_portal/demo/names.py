"""Made-up companies and apps. No unit, app, number or person here exists."""

from __future__ import annotations

import random
from dataclasses import dataclass

from registry.enums import Function

#: province code → (city, letter of ICP numbers, district part of a credit code)
PLACES: dict[str, tuple[str, str, str]] = {
    "11": ("北京", "京", "110108"), "12": ("天津", "津", "120101"), "13": ("石家庄", "冀", "130102"),
    "14": ("太原", "晋", "140105"), "15": ("呼和浩特", "蒙", "150102"), "21": ("沈阳", "辽", "210102"),
    "22": ("长春", "吉", "220102"), "23": ("哈尔滨", "黑", "230102"), "31": ("上海", "沪", "310101"),
    "32": ("南京", "苏", "320102"), "33": ("杭州", "浙", "330102"), "34": ("合肥", "皖", "340102"),
    "35": ("福州", "闽", "350102"), "36": ("南昌", "赣", "360102"), "37": ("济南", "鲁", "370102"),
    "41": ("郑州", "豫", "410102"), "42": ("武汉", "鄂", "420102"), "43": ("长沙", "湘", "430102"),
    "44": ("广州", "粤", "440103"), "45": ("南宁", "桂", "450102"), "46": ("海口", "琼", "460105"),
    "50": ("重庆", "渝", "500103"), "51": ("成都", "蜀", "510104"), "52": ("贵阳", "黔", "520102"),
    "53": ("昆明", "滇", "530102"), "54": ("拉萨", "藏", "540102"), "61": ("西安", "陕", "610102"),
    "62": ("兰州", "陇", "620102"), "63": ("西宁", "青", "630102"), "64": ("银川", "宁", "640104"),
    "65": ("乌鲁木齐", "新", "650102"), "66": ("石河子", "新", "659001"),
}  # fmt: skip

WORDS = (
    "槐序", "桐阴", "荻花", "芸窗", "菘畦", "葭灰", "蒲编", "楮墨", "杼声", "檐雨", "漏刻", "璇玑", "青缃", "缥帙",
    "芸签", "铅椠", "素笺", "萤囊", "雪案", "苔痕", "竹坞", "梧影", "棠溪", "柘枝", "樗里", "枫渚", "榴火", "橘汀",
    "茭白", "菱角", "蘋洲", "荇带", "藕丝", "莼羹", "薜荔", "杜若", "蕙纕", "兰皋", "芷岸", "蓼汀", "鹭沙", "雁渚",
    "鸿泥", "鹤汀", "鸥盟", "燕泥", "鹿柴", "麋台", "獬豸", "麟趾", "鲤素", "鲈乡", "蟾窟", "蛩吟", "蝉翼", "蚕簇",
    "砧杵", "耒耜", "陶钧", "瓦当", "榫眼", "斗拱", "藻井", "雀替", "飞檐", "影壁", "月台", "云板", "石鼓", "玉磬",
    "编钟", "埙篪", "箜篌", "羯鼓", "胡笳", "洞箫", "焦尾", "绿绮", "弈秋", "投壶", "蹴鞠", "步打", "九章", "勾股",
    "测圆", "缀术", "圭表", "浑象", "步天", "岁差", "节气", "候风", "指南", "司辰",
)  # fmt: skip


@dataclass(frozen=True)
class Theme:
    """What an app with this ending is: its function, stages, users, whether it is mainly for minors."""

    ending: str
    function: str
    stages: tuple[str, ...]
    groups: tuple[str, ...]
    minors: bool
    subject: str
    purpose: str


THEMES = (
    Theme("阅读", Function.READING, ("primary", "junior"), ("students",), True, "chinese",
          "分级阅读与整本书阅读，教师可布置书目并查看进度。"),
    Theme("书法", Function.ARTS, ("primary", "junior", "senior"), ("students", "staff"), True, "arts",
          "临摹、点评与作品展示，配合学校书法课使用。"),
    Theme("口算", Function.HOMEWORK, ("primary",), ("students",), True, "mathematics",
          "按教材单元出题的口算练习，教师布置，学生完成。"),
    Theme("听写", Function.LANGUAGE, ("primary", "junior"), ("students",), True, "chinese",
          "生字词听写与订正，支持教师批量布置。"),
    Theme("错题本", Function.HOMEWORK, ("junior", "senior"), ("students",), True, "mathematics",
          "学生整理自己的错题，按知识点归类复习。"),
    Theme("家校", Function.HOME_SCHOOL, ("preschool", "primary"), ("parents", "staff"), False, "no_subject",
          "学校通知、请假与家校沟通。"),
    Theme("实验室", Function.EXPERIMENT, ("junior", "senior"), ("students", "staff"), True, "physics",
          "物理与化学的虚拟实验，课堂演示和课后复习。"),
    Theme("课表", Function.MANAGEMENT, ("higher",), ("students", "staff"), False, "no_subject",
          "课程表、教室与调课通知。"),
    Theme("劳动实践", Function.PRACTICE, ("primary", "junior"), ("students", "staff"), True, "practice",
          "劳动任务清单、过程记录与评价。"),
    Theme("实训", Function.TRAINING, ("vocational",), ("students", "staff"), False, "other_subject",
          "中职专业课实训指导与考核记录。"),
    Theme("备课", Function.RESOURCES, ("primary", "junior", "senior"), ("staff",), False, "no_subject",
          "教师备课资源与集体备课。"),
    Theme("体测", Function.SPORTS, ("primary", "junior", "senior"), ("students", "staff"), True, "sports_health",
          "体质健康测试记录与运动建议。"),
    Theme("校园通", Function.CAMPUS, ("higher",), ("students", "staff"), False, "no_subject",
          "校园卡、报修、图书馆座位等校园服务。"),
    Theme("慕课", Function.COURSES, ("higher", "continuing"), ("students",), False, "other_subject",
          "大学与继续教育课程的在线学习。"),
    Theme("招考", Function.EXAMS, ("senior", "higher"), ("students", "parents"), False, "no_subject",
          "招生考试政策与报名日程查询。"),
)  # fmt: skip

_COMPANY_ENDINGS = (
    "教育科技有限公司", "信息技术有限公司",
    "文化传播有限公司", "智学网络科技有限公司", "数据服务有限公司",
)


@dataclass(frozen=True)
class MadeUpApp:
    """Name and theme of an app."""

    name: str
    theme: Theme


@dataclass(frozen=True)
class MadeUpCompany:
    """A company of a province with its apps."""

    name: str
    province: str
    serial: int
    apps: tuple[MadeUpApp, ...]


def theme(ending: str) -> Theme:
    """The theme of an ending; the first where none fits."""
    return next((row for row in THEMES if row.ending == ending), THEMES[0])


def companies(count_of_apps: int, seed: int = 20191111) -> list[MadeUpCompany]:
    """Companies of all provinces that together own ``count_of_apps`` apps; the same every time."""
    chance = random.Random(seed)
    provinces = [*PLACES, "11", "11", "44", "44", "51", "31", "32", "33", "42", "37"]
    words = list(WORDS)
    chance.shuffle(words)
    made: list[MadeUpCompany] = []
    used: set[str] = set()
    left, serial = count_of_apps, 0
    while left > 0:
        province = provinces[serial % len(provinces)]
        word = words[serial % len(words)]
        again = serial // len(words)
        apps: list[MadeUpApp] = []
        for kind in chance.sample(THEMES, k=min(left, chance.choice((2, 3, 3, 4)))):
            name = word + kind.ending + ("" if not again else "二三四五"[min(again, 4) - 1] + "版")
            if name not in used:
                used.add(name)
                apps.append(MadeUpApp(name, kind))
        ending = _COMPANY_ENDINGS[serial % len(_COMPANY_ENDINGS)]
        suffix = "" if not again else "第" + "二三四五"[min(again, 4) - 1]
        made.append(MadeUpCompany(f"{PLACES[province][0]}{word}{suffix}{ending}", province, serial, tuple(apps)))
        left -= len(apps)
        serial += 1
    return made
