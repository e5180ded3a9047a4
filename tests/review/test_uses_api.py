"""The authority's interface to user filings: scoped, through the same verbs."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.enums import Role
from notices.models import Notice
from tests import factories
from tests import factories_uses as make
from tests.review.test_api import Caller, authority
from users import domain
from users.domain import upload_selection_system

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(freeze):
    freeze(make.NOW)
    make.rules()


@pytest.mark.requirement("R5", "R100")
def test_queue_is_scoped_and_a_use_goes_through_the_same_verbs():
    district = authority(code="110108")
    use = make.submitted(make.school(factories.authority("110108")))
    make.submitted(make.school(factories.authority("110101")))
    page = district.get("api_authority_uses").json()
    assert [row["id"] for row in page["results"]] == [use.pk]
    assert (page["counts"]["open"], page["next_after"]) == (1, "")
    detail = district.get("api_authority_use", use.pk).json()
    assert detail["document"]["use"]["necessity"]
    assert detail["blockers"] == []
    seen = {"seen_state": "submitted", "seen_version": use.version}
    assert district.post("api_authority_use_claim", use.pk).status_code == 200
    note = {"field_key": "use.necessity", "ok": False, "note": "请写明", "version": use.version}
    assert district.post("api_authority_use_verdicts", use.pk, body=note).status_code == 200
    assert district.post("api_authority_use_verdicts", use.pk, body={**note, "field_key": "x.y"}).status_code == 400
    assert len(district.get("api_authority_use_verdicts", use.pk).json()) == 1
    refused = district.post("api_authority_use_confirm", use.pk, body=seen)
    assert refused.status_code == 403
    assert refused.json()["reasons"][0]["code"] == "notes_left"
    assert district.post("api_authority_use_return", use.pk, body=seen).json()["state"] == "returned"
    assert district.post("api_authority_use_return", use.pk, body=seen).status_code == 409
    assert district.post("api_authority_use_remind", use.pk).status_code == 200
    assert district.post("api_authority_use_remind", use.pk).status_code == 403


def test_strangers_find_nothing_and_superiors_decide_nothing():
    use = make.submitted(make.school(factories.authority("110108")))
    seen = {"seen_state": "submitted", "seen_version": use.version}
    assert authority(code="44").get("api_authority_use", use.pk).status_code == 404
    above = authority(code="11")
    assert above.get("api_authority_use", use.pk).status_code == 200
    assert above.post("api_authority_use_confirm", use.pk, body=seen).status_code == 403
    school = Caller(factories.membership(role=Role.INSTITUTION_LEAD, unit=use.unit), "institution")
    assert school.get("api_authority_uses").status_code == 403
    assert make.fresh(use).state == "submitted"
    assert authority(code="110108").post("api_authority_use_confirm", use.pk, body=seen).json()["state"] == "confirmed"


@pytest.mark.requirement("R21", "R15")
def test_units_are_set_up_and_invited_by_token():
    lead = authority(code="11")
    body = {
        "superior": factories.authority("110108").pk, "kind": "school", "name": "接口示例小学",
        "school_code": "2111000001", "person": "某校长", "email": "head@school.example",
    }  # fmt: skip
    made = lead.post("api_authority_units", body=body)
    assert made.status_code == 201
    assert made.json()["status"] == "open"
    assert lead.post("api_authority_units", body=body).json()["reasons"][0]["code"] == "school_code_taken"
    outside = {**body, "superior": factories.authority("44").pk}
    assert lead.post("api_authority_units", body=outside).status_code == 400
    page = lead.get("api_authority_units").json()
    assert ([row["name"] for row in page["results"]], page["counts"]["open"]) == (["接口示例小学"], 1)
    again = lead.post("api_authority_invitation_resend", made.json()["invitation"])
    assert again.json()["invitation"] != made.json()["invitation"]
    assert lead.post("api_authority_invitation_withdraw", made.json()["invitation"]).status_code == 403
    gone = lead.post("api_authority_invitation_withdraw", again.json()["invitation"])
    assert gone.json()["status"] == "withdrawn"
    assert authority(code="44").post("api_authority_invitation_resend", again.json()["invitation"]).status_code == 404
    assert authority(code="11", role=Role.REVIEWER).get("api_authority_units").status_code == 403


def test_what_the_school_sent_back_within_itself_is_not_told_to_the_authority():
    use = make.unit_review(make.school(factories.authority("110108")))
    domain.unit_send_back(filing=use, by=make.second(use.unit), comment="校内意见", now=make.NOW)
    use = make.submitted(of=make.fresh(use))
    decisions = authority(code="110108").get("api_authority_use", use.pk).json()["decisions"]
    assert [row["verb"] for row in decisions] == ["unit_approve"]


def test_drafted_notes_are_not_read_by_the_authority_that_they_are_about():
    use = make.submitted(factories.authority("110108"))
    above, own = authority(code=use.authority.code), authority(code="110108")
    note = {"field_key": "use.necessity", "ok": False, "note": "草拟的意见", "version": use.version}
    assert above.post("api_authority_use_verdicts", use.pk, body=note).status_code == 200
    assert len(above.get("api_authority_use_verdicts", use.pk).json()) == 1
    assert own.get("api_authority_use_verdicts", use.pk).json() == []
    reader = factories.client_for(factories.membership(role=Role.REVIEWER, unit=use.unit))
    page = reader.get(reverse("use_case", args=[use.pk]), {"tab": "content"})
    assert page.status_code == 200 and "草拟的意见" not in page.content.decode()


@pytest.mark.requirement("R122", "R177")
def test_authority_advises_the_end_of_a_use_once_and_with_a_reason():
    district, unit = authority(code="110108"), make.school(factories.authority("110108"))
    use, waiting = make.confirmed(unit), make.submitted(unit)
    text = {"text": "使用率低，建议停用"}
    assert district.post("api_authority_use_advise", use.pk, body={"text": " "}).status_code == 400
    assert authority(code="11").post("api_authority_use_advise", use.pk, body=text).status_code == 403
    assert authority(code="44").post("api_authority_use_advise", use.pk, body=text).status_code == 404
    told = district.post("api_authority_use_advise", waiting.pk, body=text)
    assert told.json()["reasons"][0]["code"] == "not_in_use"
    answer = district.post("api_authority_use_advise", use.pk, body=text).json()
    assert (answer["state"], answer["withdrawal_cause"]) == ("confirmed", "authority")  # the unit decides
    again = district.post("api_authority_use_advise", use.pk, body=text)
    assert again.json()["reasons"][0]["code"] == "advised"
    notice = Notice.objects.get(kind="use_withdrawal_proposed")
    assert (notice.to_unit, notice.params["text"]) == (unit, text["text"])


@pytest.mark.requirement("R100")
def test_files_of_a_use_are_read_by_token_as_far_as_the_case_is_seen():
    district, unit = authority(code="110108"), make.school(factories.authority("110108"))
    use = make.submitted(unit)
    files = district.get("api_authority_use_files", use.pk).json()
    assert files and {"id", "name", "sha256", "size", "content_type"} == set(files[0])
    assert authority(code="44").get("api_authority_use_files", use.pk).status_code == 404
    own = make.material(unit, stored=True)  # in no version yet: the school's alone
    assert district.get("api_authority_use_file", own.pk).status_code == 404
    upload_selection_system(
        unit=unit, title="选用制度", material=own, effective_on=make.NOW.date(), by=make.lead(unit), now=make.NOW
    )
    answer = district.get("api_authority_use_file", own.pk)
    assert answer.status_code == 200 and b"".join(answer.streaming_content)
    assert authority(code="44").get("api_authority_use_file", own.pk).status_code == 404
