"""Interfaces of authorities and providers: the same verbs, scopes of tokens, problem details."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain import tokens
from accounts.enums import Role
from accounts.models import Membership
from providers.models import Filing, FilingVersion
from review import domain as verbs
from review.models import Verdict
from tests import factories
from tests import factories_filings as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(freeze):
    freeze(make.NOW)
    make.calendar()


class Caller:
    """Calls with a personal token."""

    def __init__(self, member: Membership, scope: str) -> None:
        from accounts.actors import actor_for_membership

        _token, secret = tokens.issue_token(
            membership=member, scope=scope, label="test", days=30, by=actor_for_membership(member), now=make.NOW
        )
        self.head = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
        self.client = Client()

    def get(self, name, *args, **query):
        return self.client.get(reverse(name, args=args), query, **self.head)

    def send(self, method, name, *args, body=None, **head):
        return getattr(self.client, method)(
            reverse(name, args=args), json.dumps(body or {}), content_type="application/json", **self.head, **head
        )

    def post(self, name, *args, body=None, **head):
        return self.send("post", name, *args, body=body, **head)


def authority(scope="authority", code="11", role=Role.REVIEW_LEAD) -> Caller:
    return Caller(factories.membership(role=role, unit=factories.authority(code)), scope)


def provider(filing, scope="provider") -> Caller:
    return Caller(Membership.objects.filter(unit=filing.unit, role=Role.PROVIDER_OWNER).first(), scope)


def test_queue_and_case_are_scoped():
    filing = make.submitted()
    foreign = make.submitted(factories.unit(province="44"))
    caller = authority()
    body = caller.get("api_authority_queue").json()
    assert [row["id"] for row in body["results"]] == [filing.pk]
    assert body["counts"]["open"] == 1
    case = caller.get("api_authority_case", filing.pk).json()
    assert case["document"]["app"]["name"] == filing.app_name
    assert caller.get("api_authority_case", foreign.pk).status_code == 404
    assert Client().get(reverse("api_authority_queue")).status_code in (401, 403)


@pytest.mark.parametrize("verb", ["return", "approve", "decline"])
def test_authority_decides_and_the_second_is_told(verb):
    filing = make.submitted()
    caller = authority()
    body = {"comment": "请补正", "seen_state": "submitted", "seen_version": 1, "article": "me-2"}
    done = caller.post(f"api_authority_{verb}", filing.pk, body=body)
    assert done.status_code == 200, done.content
    assert done.json()["state"] == {"return": "returned", "approve": "filed", "decline": "declined"}[verb]
    again = caller.post(f"api_authority_{verb}", filing.pk, body=body)
    assert again.status_code == 409
    assert again["Content-Type"] == "application/problem+json"
    assert again.json()["type"] == "already-moved"


def test_read_token_and_provider_token_decide_nothing():
    filing = make.submitted()
    body = {"seen_state": "submitted", "seen_version": 1}
    reader = authority("read")
    assert reader.get("api_authority_case", filing.pk).status_code == 200
    assert reader.post("api_authority_approve", filing.pk, body=body).status_code == 403
    assert provider(filing).get("api_authority_case", filing.pk).status_code == 403
    assert make.fresh(filing).state == "submitted"


def test_blockers_come_as_reasons():
    filing = make.submitted()
    caller = authority()
    against = {"field_key": "app.version", "ok": False, "note": "不符", "version": 1}
    given = caller.post("api_authority_verdicts", filing.pk, body=against)
    assert given.status_code == 200
    assert Verdict.objects.get().note == "不符"
    refused = caller.post("api_authority_approve", filing.pk, body={"seen_state": "submitted", "seen_version": 1})
    assert refused.status_code == 403
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["open_notes"]
    bad = caller.post("api_authority_verdicts", filing.pk, body={"field_key": "app.version", "ok": False})
    assert bad.status_code == 400


@pytest.mark.parametrize("name", ["versions", "diff", "verdicts", "checks", "materials"])
def test_parts_of_a_case_are_read(name):
    filing = make.submitted()
    assert authority().get(f"api_authority_{name}", filing.pk).status_code == 200
    assert authority(code="44").get(f"api_authority_{name}", filing.pk).status_code == 404


def test_material_is_streamed_to_its_authority_alone():
    unit = factories.unit()
    row = make.material(unit, stored=True)
    make.submitted(unit)
    assert authority().get("api_authority_material", row.pk).status_code == 200
    assert authority(code="44").get("api_authority_material", row.pk).status_code == 404


def test_claim_and_assign():
    filing = make.submitted()
    caller = authority()
    mate = factories.membership(role=Role.REVIEWER, unit=factories.authority("11"))
    assert caller.post("api_authority_claim", filing.pk).status_code == 200
    assert caller.post("api_authority_assign", filing.pk, body={"person": mate.person_id}).status_code == 200
    assert filing.assignments.get().person_id == mate.person_id
    assert caller.post("api_authority_assign", filing.pk, body={"person": 999999}).status_code == 400


# --- provider -----------------------------------------------------------------------------------------


@pytest.mark.requirement("R6", "R37")
def test_provider_files_by_token_from_start_to_receipt():
    app = make.app()
    caller = Caller(factories.membership(unit=app.unit), "provider")
    started = caller.post("api_provider_filings", body={"kind": "initial", "app": app.pk})
    assert started.status_code == 201, started.content
    pk = started.json()["id"]
    incomplete = caller.post("api_provider_submit", pk)
    assert incomplete.status_code == 422
    assert {error["field"] for error in incomplete.json()["errors"]} >= {"filing.signed_name"}
    saved = caller.send("patch", "api_provider_part", pk, "filing", body={"values": make.filing_data()})
    assert saved.status_code == 200, saved.content
    assert caller.get("api_provider_problems", pk).json() == {"problems": []}
    first = caller.post("api_provider_submit", pk, HTTP_IDEMPOTENCY_KEY="k1")
    again = caller.post("api_provider_submit", pk, HTTP_IDEMPOTENCY_KEY="k1")
    assert (first.status_code, again.status_code) == (200, 200)
    assert FilingVersion.objects.count() == 1
    other = caller.post("api_provider_submit", pk, body={"seen_state": "submitted"}, HTTP_IDEMPOTENCY_KEY="k1")
    assert (other.status_code, other.json()["type"]) == (422, "key-reused")
    assert caller.post("api_provider_submit", pk, HTTP_IDEMPOTENCY_KEY="k2").status_code == 409
    receipt = caller.get("api_provider_receipt", pk).json()
    assert receipt["digest"] == FilingVersion.objects.get().digest
    assert len(receipt["ledger_hash"]) == 64
    assert caller.post("api_provider_withdraw", pk).json()["state"] == "withdrawn"


def test_late_retry_of_a_submission_that_came_back_is_no_supplement():
    filing = make.draft()
    caller = provider(filing)
    assert caller.post("api_provider_submit", filing.pk, HTTP_IDEMPOTENCY_KEY="k1").status_code == 200
    verbs.return_for_correction(
        filing=make.fresh(filing), by=make.reviewer_of(filing), now=make.NOW, comment="改"
    )
    late = caller.post("api_provider_submit", filing.pk, HTTP_IDEMPOTENCY_KEY="k1")
    assert (late.status_code, late.json()["type"], late.json()["state"]) == (409, "already-moved", "returned")
    assert FilingVersion.objects.count() == 1


def test_provider_sees_its_own_alone_and_notes_after_the_return():
    filing, other = make.submitted(), make.submitted()
    caller = provider(filing)
    assert [row["id"] for row in caller.get("api_provider_filings").json()["results"]] == [filing.pk]
    assert caller.get("api_provider_filing", other.pk).status_code == 404
    assert provider(filing, "read").post("api_provider_withdraw", filing.pk).status_code == 403
    assert caller.get("api_provider_filing", filing.pk).json()["notes"] == []
    assert "verdicts" not in caller.get("api_provider_filing", filing.pk).json()


def test_unknown_and_fixed_fields_are_refused():
    filing = make.draft()
    caller = provider(filing)
    for values in ({"nothing": 1}, {"uscc": "x"}):
        refused = caller.send("patch", "api_provider_part", filing.pk, "unit", body={"values": values})
        assert refused.status_code == 400
    assert caller.send("patch", "api_provider_part", filing.pk, "nothing", body={"values": {}}).status_code == 404


def test_upload_is_inspected():
    from django.core.files.uploadedfile import SimpleUploadedFile

    filing = make.draft()
    caller = provider(filing)
    bad = SimpleUploadedFile("x.pdf", b"<html><script>1</script></html>", content_type="application/pdf")
    refused = caller.client.post(reverse("api_provider_materials"), {"file": bad}, **caller.head)
    assert refused.status_code == 400
    assert caller.get("api_provider_schema", "initial").status_code == 200
    assert Filing.objects.count() == 1


def test_file_of_another_unit_cannot_be_named():
    filing = make.draft()
    foreign, own = make.material(factories.unit()), make.material(filing.unit)
    caller = provider(filing)
    body = {"values": {"licence_scan": {"id": foreign.pk, "name": "x.pdf", "sha256": "0", "size": 1}}}
    assert caller.send("patch", "api_provider_part", filing.pk, "unit", body=body).status_code == 400
    body = {"values": {"licence_scan": {"id": own.pk, "name": "forged.pdf"}}}
    saved = caller.send("patch", "api_provider_part", filing.pk, "unit", body=body)
    assert saved.json()["document"]["unit"]["licence_scan"]["name"] == own.name
    broken = {"values": {"version": "\x00"}}
    assert caller.send("patch", "api_provider_part", filing.pk, "app", body=broken).status_code == 400
