"""Cases about off-campus training go to the body that governs it, with the licence (Opinions 17)."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.enums import Role
from notices.models import Notice
from supervision import domain
from supervision.domain import Invalid
from supervision.models import Partner, Referral, TrainingInstitution
from tests import factories
from tests import factories_supervision as make

pytestmark = pytest.mark.django_db
NOW = make.NOW


def listed(**more: object) -> TrainingInstitution:
    values: dict[str, object] = {
        "province_code": "11", "name": "示例线上培训中心", "licence_number": "教民1110108700001号",
        "licence_until": date(2027, 6, 30), "licensed_by": "示例区教委", "source": "https://list.example.test/",
        "listed_on": date(2026, 8, 1), **more,
    }  # fmt: skip
    return TrainingInstitution.objects.create(**values)


def hand_over(**more: object) -> Referral:
    values: dict[str, object] = {"subject": "training", "title": "超纲培训", "text": "请依职责处理", **more}
    return domain.refer(by=make.reviewer(), now=NOW, **values)  # type: ignore[arg-type]


@pytest.mark.requirement("R178")
def test_case_goes_to_the_governing_body_with_the_filed_licence_and_its_line_of_the_list() -> None:
    body = factories.membership(role=Role.PARTNER).unit
    Partner.objects.create(unit=body, department="off_campus", province_code="11")
    line = listed()
    entry = make.entry(app={"training_licence_number": line.licence_number})
    row = hand_over(entry=entry)
    assert (row.department, row.partner_id, row.institution_id) == ("off_campus", body.pk, line.pk)
    assert row.licence_number == line.licence_number
    part = row.case_file["licence"]
    assert (part["institution"], part["listed"], part["valid"]) == ("示例线上培训中心", True, True)
    assert part["source"] == "https://list.example.test/"
    assert Notice.objects.filter(to_unit=body, kind="referral_sent").exists()
    assert Referral.objects.visible_to(make.people(body, Role.PARTNER)).get() == row


@pytest.mark.requirement("R178")
def test_licence_is_typed_found_by_credit_code_or_unknown() -> None:
    typed = hand_over(entry=make.entry(app={"training_licence_number": "旧号"}), licence_number=" 新号 ")
    assert typed.licence_number == "新号" and typed.case_file["licence"] == {"number": "新号", "listed": False}
    entry = make.entry()
    over = listed(licence_number="教民1110108700002号", uscc=entry.uscc, licence_until=date(2026, 8, 30))
    found = hand_over(complaint=make.complaint(entry, state="accepted"))
    assert found.institution_id == over.pk and found.case_file["licence"]["valid"] is False
    assert hand_over().case_file["licence"] == {"number": "", "listed": False}
    listed(province_code="44", licence_number="粤号")
    assert hand_over(licence_number="粤号").institution is None  # another province's list
    with pytest.raises(Invalid) as invalid:
        hand_over(subject="crime", licence_number="新号")
    assert list(invalid.value.errors) == ["licence_number"]
