"""The province's list of training institutions comes from a table: looked over, right rows taken in, once."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.enums import Role
from accounts.sheets import read_rows
from ledger.acts import Actor, Refused
from ledger.models import Record
from supervision.domain import institutions
from supervision.models import InstitutionBatch, TrainingInstitution
from tests import factories
from tests import factories_supervision as make
from tests.review.test_races import together
from tests.supervision.test_training import hand_over, listed

NOW = make.NOW
HEAD = "机构名称,办学许可证号,统一社会信用代码,有效期至,发证机关,公布日期,名单网址"


def table(*lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("名单.csv", "\n".join([HEAD, *lines]).encode())


def client_of(code: str = "11") -> Any:
    return factories.client_for(factories.membership(unit=factories.authority(code), role=Role.REVIEWER))


def sent(client: Any, *lines: str) -> InstitutionBatch:
    answer = client.post(reverse("sv_institutions"), {"file": table(*lines)})
    assert answer.status_code == 302, answer.content.decode()[-1000:]
    return InstitutionBatch.objects.latest("pk")


@pytest.mark.django_db
@pytest.mark.requirement("R178")
def test_right_rows_are_taken_in_once_and_wrong_ones_come_back_as_a_safe_table(freeze: Any) -> None:
    freeze(NOW)
    client = client_of()
    same = listed(licence_number="教民1号", name="不变中心", source="", licensed_by="区教委")
    listed(licence_number="教民2号", name="旧名")
    listed(province_code="44", licence_number="教民3号", name="他省同号")
    row = sent(
        client, f"不变中心,教民1号,,{same.licence_until},区教委,2026-08-01,", "新名,教民2号,,2027/1/31,,,",
        "新中心,教民3号,,,,,https://list.example.test/", "=cmd|' /C calc'!A0,教民4号,,不是日期,,,",
        "又一个,教民3号,,,,,", "无证号,,,,,,", "坏网址,教民5号,123,,,,javascript:alert(1)",
    )  # fmt: skip
    assert (row.right, row.wrong) == (3, 4)
    page = reverse("sv_institution_batch", args=[row.pk])
    shown = client.get(page).content.decode()
    assert "新中心" in shown and "javascript:alert(1)" not in shown.split("<main")[1].split("href")[0]
    wrong = client.get(page, {"as": "csv"}).getvalue().decode()
    assert "=cmd" not in wrong, "a formula is neither taken in nor given back"
    assert len(wrong.strip().splitlines()) == 5
    assert TrainingInstitution.objects.count() == 3, "nothing is taken in by looking"
    take = reverse("sv_institution_take", args=[row.pk])
    assert client.post(take).status_code == 302
    assert client.post(take).status_code == 302
    row = make.fresh(row)
    assert (row.fresh, row.changed, row.same) == (1, 1, 1)
    lines = {one.licence_number: one for one in TrainingInstitution.objects.filter(province_code="11")}
    assert (lines["教民2号"].name, lines["教民2号"].licence_until) == ("新名", date(2027, 1, 31))
    assert TrainingInstitution.objects.get(province_code="44").name == "他省同号"
    assert Record.objects.filter(verb="take_institutions").count() == 1
    case = hand_over(licence_number="教民3号")
    assert case.institution == lines["教民3号"]
    assert "新中心" in client.get(reverse("sv_institutions"), {"q": "教民3号"}).content.decode()


@pytest.mark.django_db
def test_a_district_reads_the_list_and_renews_nothing(freeze: Any) -> None:
    freeze(NOW)
    line = listed()
    district = client_of("110108")
    shown = district.get(reverse("sv_institutions")).content.decode()
    assert line.name in shown and "id_file" not in shown
    assert district.post(reverse("sv_institutions"), {"file": table("甲,乙,,,,,")}).status_code == 403
    row = sent(client_of(), "甲,乙,,,,,")
    assert client_of("44").get(reverse("sv_institution_batch", args=[row.pk])).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"\x00\x01", "名称\n甲".encode(), (HEAD + "\n").encode()])
def test_file_that_is_no_such_table_is_refused_with_a_reason(content: bytes, freeze: Any) -> None:
    freeze(NOW)
    file = SimpleUploadedFile("x.csv", content)
    answer = client_of().post(reverse("sv_institutions"), {"file": file})
    row = InstitutionBatch.objects.first()
    assert answer.status_code == 422 or (row is not None and row.right == 0)


@pytest.mark.django_db(transaction=True)
def test_two_tables_with_the_same_licence_at_once_make_one_line() -> None:
    by = make.reviewer()

    def batch(name: str) -> InstitutionBatch:
        file = BytesIO(f"{HEAD}\n{name},教民9号,,,,,".encode())
        return institutions.prepare_institutions(
            rows=read_rows(file, institutions.COLUMNS, institutions.LIMITS), name="x.csv", by=by, now=NOW
        )

    rows = [batch("甲"), batch("乙")]
    results = together(*(lambda row=row: institutions.take_institutions(batch=row, by=by, now=NOW) for row in rows))
    assert sorted((row.fresh, row.changed) for row in results) == [(0, 1), (1, 0)]
    assert TrainingInstitution.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.requirement("R178")
def test_a_column_that_the_table_lacks_and_an_empty_day_of_listing_change_nothing(freeze: Any) -> None:
    freeze(NOW)
    client = client_of()
    line = listed(licence_number="教民1号", name="旧名", licensed_by="区教委", source="https://list.example.test/")
    for head, row in (("机构名称,办学许可证号", "新名,教民1号"), ("机构名称,办学许可证号,公布日期", "新名,教民1号,")):
        file = SimpleUploadedFile("名单.csv", f"{head}\n{row}".encode())
        assert client.post(reverse("sv_institutions"), {"file": file}).status_code == 302
        client.post(reverse("sv_institution_take", args=[InstitutionBatch.objects.latest("pk").pk]))
    now = make.fresh(line)
    assert now.name == "新名"
    for field in ("uscc", "licence_until", "licensed_by", "source", "listed_on"):
        assert getattr(now, field) == getattr(line, field), field
    assert list(InstitutionBatch.objects.order_by("pk").values_list("changed", "same")) == [(1, 0), (0, 1)]


def prepared(*lines: str, by: Actor | None = None) -> InstitutionBatch:
    rows = read_rows(BytesIO("\n".join([HEAD, *lines]).encode()), institutions.COLUMNS, institutions.LIMITS)
    return institutions.prepare_institutions(rows=rows, name="x.csv", by=by or make.reviewer(), now=NOW)


@pytest.mark.django_db
@pytest.mark.requirement("R178")
def test_list_is_kept_by_its_province_and_nothing_comes_of_a_table_without_a_right_row() -> None:
    district = factories.actor(Role.REVIEWER, factories.authority("110108"))
    with pytest.raises(Refused) as refused:
        prepared("甲,乙,,,,,", by=district)
    assert refused.value.reasons.codes == ["not_a_province"]
    assert not InstitutionBatch.objects.exists()
    right, wrong = prepared("甲,乙,,,,,"), prepared("丙,丁,,2026-13-45,,,")
    for by in (district, make.reviewer("44")):
        with pytest.raises(Refused):
            institutions.take_institutions(batch=right, by=by, now=NOW)
    with pytest.raises(Refused) as refused:
        institutions.take_institutions(batch=wrong, by=make.reviewer(), now=NOW)
    assert refused.value.reasons.codes == ["nothing_right"]
    assert not TrainingInstitution.objects.exists()
    assert not Record.objects.filter(verb="take_institutions").exists()


@pytest.mark.django_db
@pytest.mark.requirement("R178")
def test_each_field_of_a_row_says_once_what_is_wrong_with_it() -> None:
    batch = prepared(
        "甲,1号,,2026-02-30,,,", f"乙,2号,,,,{NOW.year + 1}-01-01,", f"丙,3号,,,,,{'x' * 301}",
        f"丁,4号,{'9' * 31},,,,",
    )  # fmt: skip
    assert [[one["field"] for one in row["errors"]] for row in batch.rows] == [
        ["licence_until"], ["listed_on"], ["source"], ["uscc"],
    ]  # fmt: skip
    assert (batch.right, batch.wrong) == (0, 4)
