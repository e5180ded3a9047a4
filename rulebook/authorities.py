"""Short names of the authorities whose policies the rulebook keeps, by their code (GB/T 2260, two digits)."""

from __future__ import annotations

from django.utils.translation import get_language

MINISTRY = "moe"

NAMES: dict[str, tuple[str, str]] = {
    MINISTRY: ("教育部", "Ministry"),
    "11": ("北京", "Beijing"),
    "12": ("天津", "Tianjin"),
    "13": ("河北", "Hebei"),
    "14": ("山西", "Shanxi"),
    "15": ("内蒙古", "Inner Mongolia"),
    "21": ("辽宁", "Liaoning"),
    "22": ("吉林", "Jilin"),
    "23": ("黑龙江", "Heilongjiang"),
    "31": ("上海", "Shanghai"),
    "32": ("江苏", "Jiangsu"),
    "33": ("浙江", "Zhejiang"),
    "34": ("安徽", "Anhui"),
    "35": ("福建", "Fujian"),
    "36": ("江西", "Jiangxi"),
    "37": ("山东", "Shandong"),
    "41": ("河南", "Henan"),
    "42": ("湖北", "Hubei"),
    "43": ("湖南", "Hunan"),
    "44": ("广东", "Guangdong"),
    "45": ("广西", "Guangxi"),
    "46": ("海南", "Hainan"),
    "50": ("重庆", "Chongqing"),
    "51": ("四川", "Sichuan"),
    "52": ("贵州", "Guizhou"),
    "53": ("云南", "Yunnan"),
    "54": ("西藏", "Tibet"),
    "61": ("陕西", "Shaanxi"),
    "62": ("甘肃", "Gansu"),
    "63": ("青海", "Qinghai"),
    "64": ("宁夏", "Ningxia"),
    "65": ("新疆", "Xinjiang"),
    "66": ("新疆生产建设兵团", "XPCC"),
    "440400": ("珠海", "Zhuhai"),
}


def is_chinese(language: str | None = None) -> bool:
    """Whether that language, else the reader's, is Chinese: the portal's first language."""
    return (language or get_language() or "zh-hans").startswith("zh")


def short_name(code: str, language: str | None = None) -> str:
    """教育部, 北京 … or Ministry, Beijing …; a code that has no name here stands for itself."""
    zh, en = NAMES.get(code, (code, code))
    return zh if is_chinese(language) else en
