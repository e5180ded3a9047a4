"""The authorities that the portal starts with: key, superior's key, level, name, English name.

Keys are GB/T 2260 codes; ``moe`` is the ministry, ``66`` XPCC, which has no code there, and Beijing's
two confirming bodies that are no districts have keys of their own (Beijing notice, sec. 3).
"""

from __future__ import annotations

from accounts.enums import Level

Row = tuple[str, str, str, str, str]

MINISTRY: Row = ("moe", "", Level.MINISTRY, "教育部", "Ministry of Education")

_COMMISSION = [
    ("11", "北京市", "Beijing"),
    ("12", "天津市", "Tianjin"),
    ("31", "上海市", "Shanghai"),
    ("50", "重庆市", "Chongqing"),
]
_DEPARTMENT = [
    ("13", "河北省", "Hebei"),
    ("14", "山西省", "Shanxi"),
    ("15", "内蒙古自治区", "Inner Mongolia"),
    ("21", "辽宁省", "Liaoning"),
    ("22", "吉林省", "Jilin"),
    ("23", "黑龙江省", "Heilongjiang"),
    ("32", "江苏省", "Jiangsu"),
    ("33", "浙江省", "Zhejiang"),
    ("34", "安徽省", "Anhui"),
    ("35", "福建省", "Fujian"),
    ("36", "江西省", "Jiangxi"),
    ("37", "山东省", "Shandong"),
    ("41", "河南省", "Henan"),
    ("42", "湖北省", "Hubei"),
    ("43", "湖南省", "Hunan"),
    ("44", "广东省", "Guangdong"),
    ("45", "广西壮族自治区", "Guangxi"),
    ("46", "海南省", "Hainan"),
    ("51", "四川省", "Sichuan"),
    ("52", "贵州省", "Guizhou"),
    ("53", "云南省", "Yunnan"),
    ("54", "西藏自治区", "Tibet"),
    ("61", "陕西省", "Shaanxi"),
    ("62", "甘肃省", "Gansu"),
    ("63", "青海省", "Qinghai"),
    ("64", "宁夏回族自治区", "Ningxia"),
    ("65", "新疆维吾尔自治区", "Xinjiang"),
]

PROVINCES: list[Row] = sorted(
    [
        *((code, "moe", Level.PROVINCE, f"{name}教育委员会", f"{english} Municipal Education Commission")
          for code, name, english in _COMMISSION),
        *((code, "moe", Level.PROVINCE, f"{name}教育厅", f"Department of Education of {english}")
          for code, name, english in _DEPARTMENT),
        ("66", "moe", Level.PROVINCE, "新疆生产建设兵团教育局",
         "Education Bureau of the Xinjiang Production and Construction Corps"),
    ]
)  # fmt: skip

_BEIJING = [
    ("110101", "东城区", "Dongcheng"),
    ("110102", "西城区", "Xicheng"),
    ("110105", "朝阳区", "Chaoyang"),
    ("110106", "丰台区", "Fengtai"),
    ("110107", "石景山区", "Shijingshan"),
    ("110108", "海淀区", "Haidian"),
    ("110109", "门头沟区", "Mentougou"),
    ("110111", "房山区", "Fangshan"),
    ("110112", "通州区", "Tongzhou"),
    ("110113", "顺义区", "Shunyi"),
    ("110114", "昌平区", "Changping"),
    ("110115", "大兴区", "Daxing"),
    ("110116", "怀柔区", "Huairou"),
    ("110117", "平谷区", "Pinggu"),
    ("110118", "密云区", "Miyun"),
    ("110119", "延庆区", "Yanqing"),
]
_CITIES = [
    ("440100", "44", "广州市", "Guangzhou"),
    ("440300", "44", "深圳市", "Shenzhen"),
    ("440400", "44", "珠海市", "Zhuhai"),
    ("510100", "51", "成都市", "Chengdu"),
    ("510700", "51", "绵阳市", "Mianyang"),
]
_DISTRICTS = [
    ("440104", "440100", "广州市越秀区", "Yuexiu, Guangzhou"),
    ("440105", "440100", "广州市海珠区", "Haizhu, Guangzhou"),
    ("440106", "440100", "广州市天河区", "Tianhe, Guangzhou"),
    ("440304", "440300", "深圳市福田区", "Futian, Shenzhen"),
    ("440305", "440300", "深圳市南山区", "Nanshan, Shenzhen"),
    ("510104", "510100", "成都市锦江区", "Jinjiang, Chengdu"),
    ("510105", "510100", "成都市青羊区", "Qingyang, Chengdu"),
    ("510107", "510100", "成都市武侯区", "Wuhou, Chengdu"),
]

BELOW: list[Row] = [
    *((code, "11", Level.DISTRICT, f"北京市{name}教育委员会", f"Education Commission of {english}, Beijing")
      for code, name, english in _BEIJING),
    ("11-yanshan", "11", Level.DISTRICT, "北京市燕山教育委员会", "Education Commission of Yanshan, Beijing"),
    ("11-etown", "11", Level.DISTRICT, "北京经济技术开发区社会事业局",
     "Social Affairs Bureau of the Beijing Economic-Technological Development Area"),
    *((code, above, Level.CITY, f"{name}教育局", f"Education Bureau of {english}")
      for code, above, name, english in _CITIES),
    *((code, above, Level.DISTRICT, f"{name}教育局", f"Education Bureau of {english}")
      for code, above, name, english in _DISTRICTS),
]  # fmt: skip

ALL: list[Row] = [MINISTRY, *PROVINCES, *BELOW]
