"""Filled-in forms: what a careful company would type, part by part."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import Unit
from filing_portal.demo.names import PLACES, MadeUpApp

File = dict[str, Any]

#: material field → (name of the file, heading on its page, pages)
UNIT_FILES = {
    "licence_scan": ("营业执照.pdf", "营业执照（副本）", 1),
    "authorisation_letter": ("联系人授权书.pdf", "授权委托书", 1),
}
SYSTEM_FILES = {
    "icp_proof": ("ICP备案查询截图.png", "", 1),
    "mlps_certificate": ("等级保护备案证明.pdf", "信息系统安全等级保护备案证明", 2),
    "mlps_report": ("等级测评报告.pdf", "网络安全等级测评报告", 4),
    "complaint_entry": ("投诉入口截图.png", "", 1),
    "privacy_policy": ("隐私政策.pdf", "隐私政策", 3),
    "data_protection": ("个人信息保护制度.pdf", "个人信息保护制度", 2),
    "service_agreement": ("服务协议.pdf", "用户服务协议与平台公约", 2),
    "account_rules": ("账号管理措施.pdf", "账号管理措施", 1),
    "emergency_plan": ("应急处置措施.pdf", "应急处置预案", 1),
    "review_system": ("信息内容审核制度.pdf", "信息内容审核制度", 2),
}


def unit_part(unit: Unit, files: dict[str, File], *, serial: int) -> dict[str, Any]:
    """The unit's part; name, kind, code and province are there from its registration."""
    city = PLACES[unit.province_code][0]
    return {
        "legal_representative": "示例法定代表人",
        "registered_address": f"{city}市示例区样张路{10 + serial}号",
        "department": "合规与内容安全部",
        "responsible": [
            {"name": "示例负责人甲", "position": "总经理", "duty": "全面负责"},
            {"name": "示例负责人乙", "position": "内容总监", "duty": "内容审核"},
        ],
        "contact_name": "示例联系人",
        "contact_mobile": f"199{serial:08d}",
        "contact_email": f"contact{serial}@company.example.com",
        "has_branches": False,
        **files,
    }


def system_part(
    unit: Unit, files: dict[str, File], *, name: str, slug: str, serial: int, today: date
) -> dict[str, Any]:
    """The business system, at protection level 2 with a test report that is still valid."""
    city, letter, district = PLACES[unit.province_code]
    return {
        "name": f"{name}平台",
        "domain": f"{slug}.example.com",
        "hosting_place": f"{city}市，示例云数据中心",
        "has_developers": False,
        "icp_number": f"{letter}ICP备{20260000 + serial}号-1",
        "telecom_business": False,
        "mlps_level": "2",
        "mlps_number": f"{district}99{serial % 1000:03d}-20{serial % 1000:03d}",
        "mlps_authority": f"{city}市公安局网络安全保卫部门（示例）",
        "mlps_date": date(today.year - 1, 3, 12).isoformat(),
        "has_mlps_report": True,
        "mlps_report_until": date(today.year + 1, 3, 31).isoformat(),
        "security_officer": "示例安全负责人",
        "security_phone": f"199{serial + 500:08d}",
        "security_measures": "主机与应用防护、每日备份、每季度漏洞扫描，重大活动期间值守。",
        "has_certificates": False,
        "complaint_url": f"https://{slug}.example.com/help",
        "consult_phone": f"400-000-{serial % 10000:04d}",
        "complaint_days": 5,
        "service_agreement_url": f"https://{slug}.example.com/agreement",
        "privacy_policy_url": f"https://{slug}.example.com/privacy",
        **files,
    }


def app_part(made: MadeUpApp, *, province: str, slug: str, serial: int, version: str = "2.1.0") -> dict[str, Any]:
    """An app without advertisements, games or photo search."""
    theme = made.theme
    letter = PLACES[province][1]
    part: dict[str, Any] = {
        "name": made.name,
        "purpose": f"{made.name}：{theme.purpose}",
        "version": version,
        "android_package": f"cn.demo.{slug}.app{serial}",
        "ios_bundle": f"cn.demo.{slug}.ios{serial}",
        "miit_number": f"{letter}ICP备{20260000 + serial}号-{2 + serial % 7}A",
        "store_links": [{"store": "website", "url": f"https://{slug}.example.com/download"}],
        "stages": list(theme.stages),
        "user_groups": list(theme.groups),
        "functions": [str(theme.function)],
        "subjects": [theme.subject],
        "trains_in_subjects": False,
        "photo_search": False,
        "mainly_minors": theme.minors,
        "has_forum": False,
        "has_ads": False,
        "has_games": False,
        "charges": "free",
        "collects_information": True,
        "personal_information": [
            {"item": "手机号码", "purpose": "注册与登录", "manner": "entered", "required": True},
            {"item": "年级与班级", "purpose": "匹配学习内容", "manner": "entered", "required": False},
        ],
        "user_consent": "首次打开时逐项告知，用户勾选同意后方可注册；可随时撤回。",
        "real_name": "mobile",
        "hosts_institutions": False,
        "staff_content": 4,
        "staff_technical": 6,
        "staff_service": 3,
    }
    if province == "11":  # the supplementary item of the Beijing notice 3 (6)
        part["extra.staffing"] = "内容审核4人，技术与安全6人，客服3人，均为专职。"
    if "preschool" in theme.stages:
        part["preschool_training"] = False
    if "higher" in theme.stages:
        part["school_resources"] = False
    if theme.minors:
        ages = {"primary": (6, 12), "junior": (12, 15), "senior": (15, 18), "preschool": (3, 6)}
        spans = [ages[stage] for stage in theme.stages if stage in ages]
        part |= {
            "age_from": min(low for low, _high in spans),
            "age_to": max(high for _low, high in spans),
            "time_limit": "单次连续使用40分钟后提醒休息，22时至次日6时不可使用。",
            "content_control": "内容由专职编辑初审、学科教师复审，上线前抽检。",
            "guardian_consent": "14岁以下用户注册时向监护人手机发送确认码。",
        }
    return part


def commitments(name: str = "示例法定代表人") -> dict[str, Any]:
    """All commitments accepted and signed."""
    keys = ("commit_law", "commit_content", "commit_consent", "commit_data", "commit_true", "commit_display")
    return {**dict.fromkeys(keys, True), "signed_name": name, "signed_position": "总经理"}
