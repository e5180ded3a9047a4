"""What the public form starts with; everything here can be edited in the administration afterwards."""

# ruff: noqa: E501  a table: one category a row

from __future__ import annotations

from datetime import date
from typing import Any

#: key, kind, Chinese, English, hint in both, where to go instead in both, article
CATEGORIES: tuple[tuple[str, str, str, str, str, str, str, str, str], ...] = (
    ("not_filed_number", "complaint", "未在应用内显示备案号", "Filing number not shown in the app",
     "在应用的“关于”或“设置”中找不到备案号。", "The number cannot be found under “About” or “Settings”.", "", "", "me-14"),
    ("harmful_content", "complaint", "内容违法违规或不良", "Harmful or unlawful content",
     "请写明出现在何处，并附截图。", "Say where it appears, with a screenshot.", "", "", "op-5"),
    ("ads_games", "complaint", "含商业广告或游戏链接", "Advertisements or links to games",
     "", "", "", "", "bj-3"),
    ("personal_information", "complaint", "违规收集、使用个人信息", "Personal information collected or used unlawfully",
     "如强制授权、捆绑授权、收集无关信息。", "Such as forced or bundled authorisation, or unrelated items.", "", "", "op-6"),
    ("minors", "complaint", "未成年人保护不到位", "Minors are not protected",
     "如未征得监护人同意、未限制使用时长。", "Such as no guardian’s consent, no limit of usage time.", "", "", "op-5"),
    ("photo_search", "complaint", "提供“拍照搜题”等功能", "Photo search for answers", "", "", "", "", "bj-3-3"),
    ("preschool", "complaint", "面向学龄前儿童开展线上培训", "Online training of preschool children",
     "", "", "", "", "bj-3-5"),
    ("fees_in_school", "complaint", "学校统一使用的应用收费", "Fees for an app that a school requires",
     "学校统一使用的应用不得向学生、家长收费。", "Apps for unified use may not charge students or parents.", "", "", "op-11"),
    ("forced_use", "complaint", "强制使用，或与成绩、评优挂钩", "Forced use, or use tied to grades or awards",
     "", "", "", "", "op-11"),
    ("false_filing", "complaint", "备案信息与实际不符", "Filed information is not true", "", "", "", "", "me-15"),
    ("security", "complaint", "网络安全问题", "Network security", "", "", "", "", "op-7"),
    ("other_breach", "complaint", "其他违反备案管理规定的行为", "Another breach of the rules of filing",
     "", "", "", "", "me-22"),
    ("commercial", "complaint", "退费、合同等消费纠纷", "Refunds, contracts and other consumer disputes", "", "",
     "此类消费纠纷不在本平台受理范围。请先与运营者协商；协商不成的，可向市场监督管理部门投诉（全国12315平台）。",
     ("Consumer disputes are not dealt with here. Settle it with the operator first; else complain to the market "
     "supervision department (the national 12315 platform)."), "op-14"),
    ("off_campus", "complaint", "校外培训机构违规培训", "Unlawful training by an off-campus institution", "", "",
     "校外培训问题请向当地校外培训监管部门反映（“双减”举报渠道）。",
     "Report off-campus training to the local department in charge of it.", "op-17"),
    ("unfiled_app", "unfiled", "发现应备案而未备案的应用", "An app that should be filed and is not",
     "请写明应用名称，以及在何处见到或哪所学校在使用。", "Name the app, and where you saw it or which school uses it.",
     "", "", "bj-2-3"),
    ("unfiled_in_school", "unfiled", "学校使用未备案的应用", "A school uses an app that is not filed",
     "", "", "", "", "bj-2-3"),
    ("suggestion", "suggestion", "意见建议", "Suggestion", "", "", "", "", "op-15"),
)  # fmt: skip

GUIDE = {
    "effective_from": date(2019, 11, 11),
    "text_zh": (
        "一、受理范围：教育移动应用及其提供者、使用单位违反备案管理规定的行为，以及对备案管理的意见建议。\n"
        "二、请先通过应用内的投诉入口向运营者反映；运营者未处理或处理不当的，再向本平台投诉。\n"
        "三、请写明应用名称、发生了什么、何时发生，并附截图。可以不留姓名。\n"
        "四、不受理：退费、合同等消费纠纷；校外培训机构的违规培训；已经由法院、仲裁机构或其他部门受理的事项。\n"
        "五、您的姓名和联系方式只有承办人员可以查看，每次查看均留痕，不会提供给被投诉方。\n"
        "六、请保存提交后显示的查询码，凭查询码可以查看办理进展、回答询问。"
    ),
    "text_en": (
        "1. What is accepted: breaches of the rules of filing by educational apps, their providers and the units that "
        "use them; and suggestions.\n"
        "2. Complain to the operator first, through the entry inside the app; come here where it does not help.\n"
        "3. Give the app’s name, what happened and when, with screenshots. You need not give your name.\n"
        "4. Not accepted: refunds, contracts and other consumer disputes; unlawful training by off-campus "
        "institutions; matters that a court, an arbitration body or another department deals with already.\n"
        "5. Your name and how to reach you can be seen by those alone who handle the case; every look is recorded, and "
        "the other side never learns them.\n"
        "6. Keep the query code that you are shown: with it you can follow the case and answer questions."
    ),
}

#: key, kind, title and text in both languages, with places
TEMPLATES: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("interview", "interview", "关于约谈%(unit)s的通知", "Interview of %(unit)s",
     "%(unit)s：\n因%(reason)s，定于%(date)s对你单位进行约谈。请主要负责人到场，并准备书面说明。\n%(authority)s",
     ("%(unit)s:\nBecause of %(reason)s you are summoned to an interview on %(date)s. The person in charge attends and "
     "brings a written statement.\n%(authority)s")),
    ("circular", "circular", "关于%(subject)s的通报", "Circular on %(subject)s",
     "各有关单位：\n现将%(subject)s通报如下：\n%(text)s\n%(authority)s",
     "To all units concerned:\nOn %(subject)s:\n%(text)s\n%(authority)s"),
    ("warning", "warning", "关于%(subject)s的提醒函", "Letter of warning: %(subject)s",
     "%(unit)s：\n经监测发现%(subject)s。请于%(date)s前核实处理并反馈。\n%(authority)s",
     "%(unit)s:\nMonitoring found %(subject)s. Look into it and report by %(date)s.\n%(authority)s"),
)  # fmt: skip


def fill(category: Any, guide: Any, template: Any) -> None:
    """Writes what is missing, by key, and changes nothing that is there; takes the models of the moment."""
    for place, row in enumerate(CATEGORIES, 1):
        key, kind, zh, en, hint_zh, hint_en, elsewhere_zh, elsewhere_en, article = row
        category.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind, "label_zh": zh, "label_en": en, "hint_zh": hint_zh, "hint_en": hint_en,
                "elsewhere_zh": elsewhere_zh, "elsewhere_en": elsewhere_en, "article": article, "order": place * 10,
            },
        )  # fmt: skip
    if not guide.objects.exists():
        guide.objects.create(**GUIDE)
    for key, kind, title_zh, title_en, body_zh, body_en in TEMPLATES:
        template.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind, "title_zh": title_zh, "title_en": title_en, "body_zh": body_zh, "body_en": body_en,
            },
        )  # fmt: skip
