"""Members, invitations and tables of units by token: the pages' verbs, and never more than the person may."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from rest_framework.throttling import ScopedRateThrottle

from accounts.actors import actor_for_membership
from accounts.domain import invite, issue_token, work_off
from accounts.enums import Role
from accounts.models import ApiToken, ImportBatch, Invitation, Membership, Unit
from ledger.models import Record
from tests import factories
from tests.accounts.tables import csv_file, row
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(freeze: Any) -> None:
    freeze(NOW)
    factories.authority("110108")


class Caller:
    """Calls with a personal token of a member."""

    def __init__(self, member: Membership, scope: str) -> None:
        by = actor_for_membership(member)
        _token, secret = issue_token(membership=member, scope=scope, label="test", days=30, by=by, now=NOW)
        self.member, self.scope = member, scope
        self.head = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
        self.client = Client()

    def get(self, name: str, *args: Any, **query: Any) -> HttpResponse:
        return self.client.get(reverse(f"api_{name}", args=args), query, **self.head)

    def post(self, to: str, /, *args: Any, key: str = "", **body: Any) -> HttpResponse:
        more = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        return self.client.post(
            reverse(f"api_{to}", args=args), json.dumps(body), content_type="application/json", **self.head, **more
        )

    def upload(self, *rows: Any, key: str = "", content: bytes | None = None) -> HttpResponse:
        file = SimpleUploadedFile("学校.csv", csv_file(*rows).getvalue() if content is None else content)
        more = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        return self.client.post(reverse("api_authority_unit_imports"), {"file": file}, **self.head, **more)


def lead_of(code: str = "11", scope: str = "authority") -> Caller:
    return Caller(factories.membership(Role.REVIEW_LEAD, unit=factories.authority(code)), scope)


def school_lead(school: Unit | None = None, scope: str = "institution") -> Caller:
    school = school or factories.unit(kind="school", parent=factories.authority("110108"), province="11")
    return Caller(factories.membership(Role.INSTITUTION_LEAD, unit=school), scope)


def codes(answer: HttpResponse) -> list[str]:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return [reason["code"] for reason in answer.json()["reasons"]]


def reused(answer: HttpResponse) -> bool:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return (answer.status_code, answer.json()["type"]) == (422, "key-reused")


# --- members --------------------------------------------------------------------------------------------


@pytest.mark.requirement("R15")
def test_lead_of_a_school_lists_changes_and_ends_its_members():
    call = school_lead()
    colleague = factories.membership(Role.INSTITUTION_STAFF, unit=call.member.unit)
    shown = call.get("institution_members")
    assert [one["id"] for one in shown.json()["results"]] == [colleague.pk, call.member.pk]
    assert shown["Cache-Control"] == "private, no-store"
    done = call.post("institution_member_role", colleague.pk, role="institution_lead")
    assert (done.status_code, done.json()["role"]) == (200, "institution_lead")
    assert call.post("institution_member_end", colleague.pk).json()["status"] == "ended"
    assert call.post("institution_member_end", colleague.pk).status_code == 404
    records = Record.objects.filter(verb__in=["change_role", "end_membership"])
    assert {record.actor_kind for record in records} == {"token"}


@pytest.mark.requirement("R15")
def test_owner_of_a_provider_lets_in_and_refuses_who_asked():
    owner = factories.membership(Role.PROVIDER_OWNER)
    call = Caller(owner, "provider")
    first, second = (factories.membership(Role.PROVIDER_STAFF, unit=owner.unit, status="requested") for _ in range(2))
    waiting = call.get("provider_members", status="requested").json()["results"]
    assert {one["id"] for one in waiting} == {first.pk, second.pk}
    assert call.post("provider_member_admit", first.pk).json()["status"] == "active"
    assert call.post("provider_member_refuse", second.pk).json()["status"] == "ended"
    assert codes(call.post("provider_member_admit", first.pk)) == ["not_waiting"]
    assert "last_owner" in codes(call.post("provider_member_end", owner.pk))
    assert "last_owner" in codes(call.post("provider_member_role", owner.pk, role="provider_staff"))
    staff = Caller(Membership.objects.get(pk=first.pk), "provider")
    assert codes(staff.post("provider_member_end", owner.pk))[0] == "not_in_charge"
    assert codes(staff.post("provider_member_role", first.pk, role="provider_owner")) == ["not_in_charge"]


def test_other_units_and_other_provinces_are_not_found():
    call, foreign = lead_of("11"), factories.membership(Role.REVIEWER, unit=factories.authority("44"))
    school = factories.unit(kind="school", parent=factories.authority("110108"), province="11")
    inside = factories.membership(Role.INSTITUTION_STAFF, unit=school)
    assert call.get("authority_members", unit=school.pk).json()["results"][0]["id"] == inside.pk
    assert call.get("authority_members", unit=foreign.unit_id).status_code == 404
    for act in ("admit", "refuse", "end"):
        assert call.post(f"authority_member_{act}", foreign.pk).status_code == 404
    assert call.post("authority_member_role", foreign.pk, role="reviewer").status_code == 404
    neighbour = school_lead()
    assert neighbour.post("institution_member_end", inside.pk).status_code == 404
    assert neighbour.get("institution_members", unit=school.pk).status_code == 404
    assert Membership.objects.active().filter(pk__in=[foreign.pk, inside.pk]).count() == 2


def test_token_of_one_unit_does_nothing_in_another_of_the_same_person():
    call = school_lead()
    elsewhere = factories.membership(Role.INSTITUTION_STAFF, person=call.member.person, unit=school_lead().member.unit)
    assert call.post("institution_member_end", elsewhere.pk).status_code == 404
    assert Membership.objects.active().filter(pk=elsewhere.pk).exists()


def test_token_touches_the_roles_of_its_scope_alone():
    """Who leads a school may make owners of its own apps on the page; the token for its use filings may not."""
    call = school_lead()
    unit = call.member.unit
    colleague = factories.membership(Role.INSTITUTION_STAFF, unit=unit)
    owner = factories.membership(Role.PROVIDER_OWNER, unit=unit)
    factories.membership(Role.PROVIDER_OWNER, unit=unit)
    assert codes(call.post("institution_member_role", colleague.pk, role="provider_owner")) == ["beyond_token"]
    assert codes(call.post("institution_member_role", owner.pk, role="institution_lead")) == ["beyond_token"]
    assert codes(call.post("institution_member_end", owner.pk)) == ["beyond_token"]
    wanted = {"email": "a@example.test", "name": "某人"}
    assert codes(call.post("institution_invitations", role="provider_owner", **wanted)) == ["beyond_token"]
    for role in ("reviewer", "review_lead", "sysadmin", "partner"):
        refused = codes(call.post("institution_invitations", role=role, **wanted))
        assert {"role_does_not_fit", "beyond_token"} <= set(refused), role
    assert not Invitation.objects.exists()


def test_nobody_rises_by_token():
    """Administrators are made by no token; nobody changes his own role in an authority."""
    ministry = Caller(factories.membership(Role.MINISTRY_REVIEWER), "authority")
    wanted = {"email": "a@example.test", "name": "某人", "role": "sysadmin"}
    assert {"only_administrators", "beyond_token"} <= set(codes(ministry.post("authority_invitations", **wanted)))
    colleague = factories.membership(Role.MINISTRY_REVIEWER, unit=ministry.member.unit)
    refused = codes(ministry.post("authority_member_role", colleague.pk, role="sysadmin"))
    assert "only_administrators" in refused
    lead = lead_of()
    assert "own_role" in codes(lead.post("authority_member_role", lead.member.pk, role="reviewer"))
    reviewer = Caller(factories.membership(Role.REVIEWER, unit=lead.member.unit), "authority")
    assert reviewer.get("authority_members").status_code == 200
    assert "not_in_charge" in codes(reviewer.post("authority_member_role", lead.member.pk, role="reviewer"))
    assert "not_in_charge" in codes(reviewer.post("authority_member_end", lead.member.pk))
    assert reviewer.post("authority_invitations", **{**wanted, "role": "reviewer"}).status_code == 403
    assert reviewer.get("authority_invitations").status_code == 403


def test_scope_decides_who_comes_in():
    lead, school = lead_of(), school_lead()
    reading = lead_of(scope="read")
    assert reading.get("authority_members").status_code == 200
    body = {"email": "a@example.test", "name": "某人", "role": "reviewer"}
    assert reading.post("authority_invitations", **body).status_code == 403
    assert reading.post("authority_member_end", lead.member.pk).status_code == 403
    assert reading.upload(row(1)).status_code == 403
    assert school.get("authority_members").status_code == 403
    assert school.post("authority_invitations", **body).status_code == 403
    assert lead.get("institution_members").status_code == 403
    assert lead.get("provider_members").status_code == 403
    assert Client().get(reverse("api_authority_members")).status_code == 401
    assert not Invitation.objects.exists()


def test_second_factor_is_asked_of_the_token_as_of_the_person(settings: Any):
    call = lead_of()
    settings.PORTAL_MFA_REQUIRED = True
    body = {"email": "a@example.test", "name": "某人", "role": "reviewer"}
    assert call.post("authority_invitations", **body).status_code == 401
    assert school_lead().get("institution_members").status_code == 200


def test_token_dies_with_the_membership_and_with_the_scope_of_the_role():
    call = school_lead()
    other = Caller(factories.membership(Role.INSTITUTION_STAFF, unit=call.member.unit), "institution")
    call.post("institution_member_end", other.member.pk)
    assert other.get("institution_members").status_code == 401
    assert ApiToken.objects.get(membership=other.member).revoked_at is not None


# --- invitations ----------------------------------------------------------------------------------------


def test_long_keys_that_begin_alike_are_two_and_an_address_too_long_is_named():
    call, body = lead_of(), {"name": "某人", "role": "reviewer"}
    for end in "ab":
        done = call.post("authority_invitations", key="x" * 64 + end, email=f"{end}@example.test", **body)
        assert done.status_code == 201
    far = call.post("authority_invitations", email="x" * 300 + "@example.test", **body)
    assert far.json()["errors"][0]["pointer"] == "/email"


@pytest.mark.requirement("R15", "R21")
def test_invitation_is_sent_once_for_a_key_and_shows_no_secret(mailoutbox: Any):
    call = lead_of()
    district = factories.authority("110108")
    body = {"unit": district.pk, "email": "New@Example.test", "name": "某人", "role": "reviewer"}
    first = call.post("authority_invitations", key="k1", **body)
    again = call.post("authority_invitations", key="k1", **body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    made = Invitation.objects.get()
    assert (made.email, made.role, made.unit_id, made.invited_by_id) == (
        "new@example.test", "reviewer", district.pk, call.member.person_id
    )  # fmt: skip
    for text in (made.nonce, made.secret_digest):
        assert text not in first.content.decode()
    assert Record.objects.filter(verb="invite").count() == 1
    for changed in ({"email": "else@example.test"}, {"name": "别人"}):
        assert reused(call.post("authority_invitations", key="k1", **{**body, **changed}))
    second = lead_of()
    assert second.post("authority_invitations", key="k1", **body).status_code == 201, "keys are one's own"
    listed = call.get("authority_invitations", unit=district.pk).json()["results"]
    assert [one["status"] for one in listed] == ["open", "open"]


def test_invitations_are_withdrawn_and_sent_again_by_who_may_send_them():
    call = lead_of()
    body = {"email": "a@example.test", "name": "某人", "role": "reviewer"}
    pk = call.post("authority_invitations", **body).json()["id"]
    foreign = lead_of("44")
    for act in ("withdraw", "resend"):
        assert foreign.post(f"authority_invitations_{act}", pk).status_code == 404
    renewed = call.post("authority_invitations_resend", pk).json()
    assert (renewed["status"], renewed["id"] != pk) == ("open", True)
    assert call.post("authority_invitations_withdraw", renewed["id"]).json()["status"] == "withdrawn"
    assert codes(call.post("authority_invitations_withdraw", pk)) == ["not_open"]
    assert codes(call.post("authority_invitations_resend", pk)) == ["not_open"]
    assert call.get("authority_invitations", before=renewed["id"]).json()["results"][0]["id"] == pk


def test_invitation_beyond_ones_place_is_refused():
    call, body = lead_of("11"), {"email": "a@example.test", "name": "某人", "role": "reviewer"}
    assert call.post("authority_invitations", unit=factories.authority("44").pk, **body).status_code == 404
    assert call.post("authority_invitations", unit=factories.authority("moe").pk, **body).status_code == 404
    school = school_lead()
    assert school.post(
        "institution_invitations", unit=factories.authority("110108").pk, **{**body, "role": "institution_staff"}
    ).status_code == 404
    staff = Caller(factories.membership(Role.INSTITUTION_STAFF, unit=school.member.unit), "institution")
    assert staff.post("institution_invitations", **{**body, "role": "institution_staff"}).status_code == 403
    assert not Invitation.objects.exists()
    own = school.post("institution_invitations", **{**body, "role": "institution_staff"})
    assert (own.status_code, own.json()["unit"]) == (201, school.member.unit_id)
    assert staff.post("institution_invitations_withdraw", own.json()["id"]).status_code == 403


def test_invitations_have_a_narrower_limit_than_reading(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(ScopedRateThrottle.THROTTLE_RATES, "invite", "2/min")
    call, body = lead_of(), {"email": "a@example.test", "name": "某人", "role": "reviewer"}
    answers = [call.post("authority_invitations", **body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert int(answers[2]["Retry-After"]) > 0
    assert call.get("authority_invitations").status_code == 200
    assert Invitation.objects.count() == 2


def test_who_answers_for_an_authoritys_own_uses_sees_no_invitations_below():
    lead, district = lead_of(), factories.authority("110108")
    body = {"unit": district.pk, "email": "a@example.test", "name": "某人", "role": "reviewer"}
    below = lead.post("authority_invitations", **body).json()["id"]
    call = school_lead(lead.member.unit)  # in charge of what the authority itself uses
    own = call.post("institution_invitations", email="b@example.test", name="某人", role="institution_staff")
    assert own.status_code == 201
    assert [one["id"] for one in call.get("institution_invitations").json()["results"]] == [own.json()["id"]]
    assert call.post("institution_invitations_withdraw", below).status_code == 404
    assert call.post("institution_invitations", **{**body, "role": "institution_staff"}).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {}, {"email": "nobody", "name": "x", "role": "reviewer"}, {"email": "a@example.test", "role": "reviewer"},
        {"email": "a@example.test", "name": "x", "role": "king"},
        {"email": "a@example.test", "name": "x\x00", "role": "reviewer"},
        {"email": "a@example.test", "name": "x" * 81, "role": "reviewer"},
        {"email": "a@example.test", "name": "x", "role": "reviewer", "unit": "eleven"},
        {"email": ["a@example.test"], "name": {}, "role": 7},
    ],
)  # fmt: skip
def test_malformed_invitation_names_the_field(body: dict[str, Any]):
    answer = lead_of().post("authority_invitations", **body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["errors"]
    assert not Invitation.objects.exists()


def test_malformed_addresses_and_bodies_are_told_so():
    call = lead_of()
    for query in ({"before": "x"}, {"unit": "-1"}, {"status": "ended"}, {"before": "9" * 30}):
        assert call.get("authority_members", **query).status_code == 400, query
    assert call.get("authority_members", unit="9" * 18).status_code == 404
    raw = call.client.post(
        reverse("api_authority_invitations"), "[1,", content_type="application/json", **call.head
    )
    assert raw.status_code == 400
    assert call.post("authority_member_role", call.member.pk, role="").status_code == 400


def test_lists_cost_the_same_however_many_they_are(django_assert_max_num_queries: Any):
    call = school_lead()
    for _number in range(12):
        factories.membership(Role.INSTITUTION_STAFF, unit=call.member.unit)
        by = actor_for_membership(call.member)
        invite(unit=call.member.unit, email="a@example.test", role=Role.INSTITUTION_STAFF, by=by, now=NOW)
    for name in ("institution_members", "institution_invitations"):
        with django_assert_max_num_queries(7):
            assert len(call.get(name).json()["results"]) >= 12


# --- tables of units ------------------------------------------------------------------------------------


@pytest.mark.requirement("R10", "R21")
def test_table_goes_from_upload_over_preview_and_start_to_result():
    call = lead_of()
    answer = call.upload(row(1), row(2, email="=cmd|x"), row(3, school_code="2144000003"), key="t1")
    assert answer.status_code == 201, answer.content
    pk = answer.json()["id"]
    assert (answer.json()["status"], answer.json()["numbers"]["faulty"]) == ("preview", 2)
    again = call.upload(row(1), row(2, email="=cmd|x"), row(3, school_code="2144000003"), key="t1")
    assert (again.json()["id"], ImportBatch.objects.count()) == (pk, 1)
    assert reused(call.upload(row(9), key="t1"))
    wrong = call.get("authority_unit_import_rows", pk, outcome="faulty").json()["results"]
    assert [(one["number"], one["problems"][0]["key"]) for one in wrong] == [(3, "email"), (4, "school_code")]
    assert not Unit.objects.filter(school_code="2111000001").exists(), "a preview sets nothing up"

    started = call.post("authority_unit_import_start", pk)
    assert started.status_code == 202
    assert call.post("authority_unit_import_start", pk).status_code == 409
    while work_off(batch_id=pk, now=NOW + timedelta(minutes=1)):
        pass
    done = call.get("authority_unit_import", pk).json()
    assert (done["status"], done["worked"], done["work"], done["numbers"]["done"]) == ("finished", 1, 1, 1)
    unit = Unit.objects.get(school_code="2111000001")
    rows = call.get("authority_unit_import_rows", pk).json()
    assert (rows["results"][0]["unit"], rows["next_after"]) == (unit.pk, None)
    assert call.get("authority_unit_import_rows", pk, after=2).json()["results"][0]["number"] == 3
    assert call.get("authority_unit_imports").json()["results"][0]["id"] == pk
    result = call.get("authority_unit_import_result", pk, only="problems")
    assert result.headers["Content-Type"].startswith("text/csv")
    lines = list(csv.reader(io.StringIO(b"".join(result.streaming_content).decode("utf-8-sig"))))
    assert [line[0] for line in lines[1:]] == ["3", "4"] and len(lines[0]) == len(lines[1]) == 10
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line), "no formula leaves"
    whole = b"".join(call.get("authority_unit_import_result", pk).streaming_content).decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(whole)))) == 4
    assert call.get("authority_unit_import_result", pk, only="none").status_code == 400


def test_table_is_its_authoritys_own_and_only_a_lead_brings_one():
    call = lead_of()
    pk = call.upload(row(1)).json()["id"]
    foreign, district = lead_of("44"), lead_of("110108")
    for other in (foreign, district):
        assert other.get("authority_unit_import", pk).status_code == 404
        assert other.get("authority_unit_import_rows", pk).status_code == 404
        assert other.post("authority_unit_import_start", pk).status_code == 404
        assert other.post("authority_unit_import_discard", pk).status_code == 404
    reviewer = Caller(factories.membership(Role.REVIEWER, unit=call.member.unit), "authority")
    for answer in (
        reviewer.get("authority_unit_imports"), reviewer.get("authority_unit_import", pk), reviewer.upload(row(2)),
        reviewer.post("authority_unit_import_start", pk),
    ):  # fmt: skip
        assert answer.status_code == 403
    assert school_lead().upload(row(2)).status_code == 403
    assert call.post("authority_unit_import_discard", pk).json()["status"] == "discarded"
    assert call.post("authority_unit_import_start", pk).status_code == 409
    assert not Unit.objects.filter(school_code="2111000001").exists()


def test_file_that_is_no_table_is_told_so():
    call = lead_of()
    for content in (b"", b"\x00\x01\x02", "这不是表格".encode(), b"PK\x03\x04broken"):
        answer = call.upload(content=content)
        assert answer.status_code == 400, content
        assert answer.json()["errors"][0]["pointer"].startswith("/file")
    assert call.client.post(reverse("api_authority_unit_imports"), {}, **call.head).status_code == 400
    assert call.post("authority_unit_imports", file="x").status_code == 415
    assert call.post("authority_unit_import_start", call.upload(row(1, email="x")).json()["id"]).status_code == 403
    assert call.get("authority_unit_import_rows", ImportBatch.objects.get().pk, outcome="x").status_code == 400
    assert ImportBatch.objects.count() == 1


def test_tokens_issued_by_the_command_are_bound_alike(capsys: Any):
    """``issue_token`` makes no token that may more than the role of its membership."""
    member = factories.membership(Role.INSTITUTION_STAFF)
    call_command("issue_token", member.person.email, scope="institution")
    secret = capsys.readouterr().out.split()[-1]
    body = json.dumps({"email": "a@example.test", "name": "x", "role": "institution_lead"})
    answer = Client().post(
        reverse("api_institution_invitations"), body, content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {secret}",
    )  # fmt: skip
    assert answer.status_code == 403
