# ruff: noqa: E501
"""Made-up entries in any number, written with COPY in the shape that the verbs write."""

from __future__ import annotations

import io
import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db import connection

from accounts.enums import Province
from registry.enums import Function, Stage
from registry.search import grams, pinyin_tokens, sort_key, tsvector

FIRST = "榆砚蕉驿萤榫芦槐菱汀桐溪岚松竹梅兰荷柳枫杉枣栗橘桂菊莲萍蒲苇稻穗麦禾耕牧渔樵琴棋书画笔墨纸印灯塔桥舟帆港湾岛屿峰岭谷泉潭湖海江河川洲渡"
SECOND = "荚池叶桥窗卯汀序园圃坊舍斋轩阁亭台楼院庭廊阶砌苔影光声色香味风云雨雪霜露霞虹晴岚暮晨夕曦星辰汉斗奎璧珠玉金石铜铁陶瓷漆木"
KINDS = [
    "阅读", "课堂", "书法", "家校", "作业", "实验", "错题本", "口语", "单词", "乐理", "美术", "体育", "劳动", "编程", "作文",
    "听力", "古诗", "科学", "地理志", "算术", "几何", "考勤", "校车", "食堂", "图书馆", "选课", "评教", "题库", "微课", "讲堂",
]  # fmt: skip
FIELDS = ["教育科技", "信息技术", "网络科技", "文化传媒", "数据服务", "云课教育科技", "智能科技", "软件技术"]
PLACES = {"11": "北京", "31": "上海", "44": "广州", "51": "成都", "33": "杭州", "42": "武汉", "32": "南京"}
#: two-character queries from rare to in nearly every entry
QUERIES = {"rare": "榆荚", "middle": "阅读", "common": "科技", "everywhere": "有限"}
START = datetime(2020, 1, 6, 1, tzinfo=UTC)


class _Stream(io.RawIOBase):
    """What a generator yields, as a file for COPY."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            chunk = list(itertools.islice(self._lines, 200))
            if not chunk:
                return 0
            self._rest = "".join(chunk).encode()
        part, self._rest = self._rest[: len(target)], self._rest[len(target) :]
        target[: len(part)] = part
        return len(part)


def _copy(table: str, columns: str, lines: Iterator[str]) -> None:
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(
            f"COPY {table} ({columns}) FROM STDIN", io.BufferedReader(_Stream(lines), 1 << 20)
        )


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", " ").replace("\n", " ")


def units(count: int) -> list[tuple[int, str, str]]:
    """Write one authority per province and ``count`` providers; (id, name, province) of the providers."""
    from accounts.models import Unit

    for code in Province.values:
        Unit.objects.get_or_create(
            code=code,
            defaults={
                "kind": "authority",
                "level": "province",
                "name": f"{code} 教育厅",
                "province_code": code,
            },
        )
    chance = random.Random(20260101)
    made = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM accounts_unit")
        first = cursor.fetchone()[0] + 1
    for index in range(count):
        province = chance.choice(Province.values)
        place = PLACES.get(province, "长安")
        name = f"{place}{chance.choice(FIRST)}{chance.choice(SECOND)}{chance.choice(FIELDS)}有限公司"
        made.append((first + index, name, province))
    lines = (
        f"{key}\tenterprise\tnone\t\t{name}\t\t91{province}{key:014d}\t\t{province}\t/{key}/\t\t[]\tt\t2020-01-01\n"
        for key, name, province in made
    )
    _copy(
        "accounts_unit",
        "id, kind, level, code, name, name_en, uscc, school_code, province_code, path, functional_department, "
        "responsible_persons, active, created_at",
        lines,
    )
    return made


def _entries(count: int, providers: list[tuple[int, str, str]], authorities: dict[str, int]) -> Iterator[str]:
    chance = random.Random(42)
    serials = dict.fromkeys(Province.values, 0)
    names: dict[str, tuple[str, str]] = {}
    firms: dict[int, str] = {}
    step = timedelta(days=2500) / count
    for index in range(1, count + 1):
        key, firm, province = providers[int(chance.random() ** 2 * len(providers))]
        name = chance.choice(FIRST) + chance.choice(SECOND) + chance.choice(KINDS)
        if name not in names:
            names[name] = (tsvector([*grams(name), *pinyin_tokens(name, tails=True)]), sort_key(name))
        if key not in firms:
            firms[key] = tsvector([*grams(firm), *pinyin_tokens(firm, tails=False)])
        serials[province] += 1
        digits = f"{province}{serials[province]:05d}"
        number, uscc, package = f"教APP备{digits}号", f"91{province}{key:014d}", f"cn.example.a{index}"
        vector = f"{names[name][0]} {firms[key]} '{digits}' '{uscc}' '{package}'"
        moment = START + step * index
        when = moment.isoformat()
        stages = chance.sample(Stage.values[1:], chance.randint(1, 3))
        function = chance.choice(Function.values)
        state = "revoked" if index % 97 == 0 else "offline" if index % 389 == 0 else "published"
        quoted = '","'.join(stages)
        public = (
            f'{{"app_name":"{name}","provider_name":"{firm}","uscc":"{uscc}","province_code":"{province}",'
            f'"stages":["{quoted}"],"functions":["{function}"],"age_from":8,"age_to":15,"purpose":"分级练习与记录",'
            f'"version":"4.2.0","editions":[{{"kind":"android","id":"{package}"}}],"consult_phone":"400-000-0126",'
            f'"authority_name":"{province} 教育厅","personal_information":[{{"item":"学校、年级、班级","purpose":'
            f'"推荐内容","manner":"学校导入","required":true}},{{"item":"监护人手机号","purpose":"取得同意","manner":'
            f'"监护人填写","required":true}}]}}'
        )
        answer = (
            f'{{"number":"{number}","filed":{str(state == "published").lower()},"status":"{state}",'
            f'"status_since":"{when[:10]}","status_text":"","change_under_review":false,"app_name":"{name}",'
            f'"provider":{{"name":"{firm}","uscc":"{uscc}"}},"authority":"{province} 教育厅","province_code":"{province}",'
            f'"type":"non_discipline","age_range":{{"from":8,"to":15}},"stages":["{quoted}"],'
            f'"user_groups":["students"],"package_ids":["{package}"],"published":"{when[:10]}","version":1,'
            f'"url":"/v/{digits}"}}'
        )
        reason = "逾期未整改" if state != "published" else ""
        yield (
            f"{index}\t{number}\t{province}\t{serials[province]}\t{state}\tf\t{index}\t{key}\t{authorities[province]}\t"
            f"{name}\t{names[name][1]}\t{firm}\t{uscc}\t{province}\t{{{','.join(stages)}}}\t{{students}}\t{{{function}}}\t"
            f"f\t8\t15\t{{{package}}}\t{name[0]}\t{_cell(public)}\t{_cell(answer)}\t1\t{when}\t{when}\t{when}\t{when}\t"
            f"{reason}\t{reason}\t{_cell(vector)}\n"
        )


COLUMNS = (
    "id, number, prefix, serial, state, change_under_review, app_ref, unit_id, authority_id, app_name, sort_name, "
    "provider_name, uscc, province_code, stages, user_groups, functions, is_discipline, age_from, age_to, package_ids, "
    "icon, public, verify_json, version, published_at, updated_at, confirmed_at, status_since, status_public_text, "
    "status_reason, search"
)


def fill(count: int) -> None:
    """Fill an empty, migrated database with ``count`` entries, each with its first public event."""
    from accounts.models import Unit

    providers = units(max(1000, min(60_000, count // 4)))
    authorities = dict(Unit.objects.filter(kind="authority").values_list("code", "id"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
            "WHERE i.indrelid = 'registry_entry'::regclass AND NOT i.indisunique"
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        _copy("registry_entry", COLUMNS, _entries(count, providers, authorities))
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute(
            "INSERT INTO registry_entryevent (entry_id, at, kind, text_zh, text_en, params) "
            "SELECT id, published_at, 'published', '', '', '{}' FROM registry_entry"
        )
        cursor.execute(
            "INSERT INTO registry_numbersequence (authority_code, prefix, last_serial) "
            "SELECT prefix, prefix, max(serial) FROM registry_entry GROUP BY prefix"
        )
        cursor.execute("SELECT setval(pg_get_serial_sequence('registry_entry', 'id'), %s)", [count])
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('accounts_unit', 'id'), max(id)) FROM accounts_unit"
        )
        cursor.execute("VACUUM ANALYZE registry_entry")
        cursor.execute("VACUUM ANALYZE registry_entryevent")
        cursor.execute("VACUUM ANALYZE accounts_unit")
