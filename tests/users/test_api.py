"""The institution's interface: the same verbs as the pages, scopes of tokens, problem details."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.actors import actor_for_membership
from accounts.domain import tokens
from accounts.enums import Role
from accounts.models import Membership, Unit
from registry import domain as registry
from tests import factories
from tests import factories_uses as uses
from users import domain
from users.models import UserFiling

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules(freeze: Any) -> None:
    uses.rules()
    freeze(uses.NOW)


class Caller:
    """Calls with a personal token of a member."""

    def __init__(self, unit: Unit, role: str = Role.INSTITUTION_LEAD, scope: str = "institution") -> None:
        member = Membership.objects.filter(unit=unit, role=role).first() or factories.membership(role, unit=unit)
        _token, secret = tokens.issue_token(
            membership=member, scope=scope, label="test", days=30, by=actor_for_membership(member), now=uses.NOW
        )
        self.head = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
        self.client = Client()

    def get(self, name: str, *args: Any, **query: Any) -> HttpResponse:
        return self.client.get(reverse(f"api_institution_{name}", args=args), query, **self.head)

    def send(self, method: str, name: str, *args: Any, body: Any = None, **head: Any) -> HttpResponse:
        return getattr(self.client, method)(
            reverse(f"api_institution_{name}", args=args), json.dumps(body or {}), content_type="application/json",
            **self.head, **head,
        )  # fmt: skip


@pytest.fixture
def school() -> Unit:
    return uses.school()


@pytest.mark.requirement("R99")
def test_a_program_files_a_use_from_selection_to_confirmation(school: Unit) -> None:
    call, entry = Caller(school), uses.entry()
    begun = call.send("post", "uses", body={"number": entry.number})
    assert begun.status_code == 201
    pk = begun.json()["id"]
    assert call.send("post", "uses", body={"number": entry.number}).json()["id"] == pk
    refused = call.send("post", "submit", pk)
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    assert "use.source" in {row["field"] for row in refused.json()["errors"]}
    stream = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(stream, "PNG")
    sent = call.client.post(
        reverse("api_institution_materials"),
        {"file": SimpleUploadedFile("纪要.png", stream.getvalue(), "image/png")}, **call.head,
    )  # fmt: skip
    assert sent.status_code == 201
    values = uses.use_data(school) | {"decision_file": {"id": sent.json()["id"], "sha256": "forged"}}
    saved = call.send("patch", "part", pk, "use", body={"values": values})
    assert saved.status_code == 200, saved.content
    assert saved.json()["document"]["use"]["decision_file"]["sha256"] == sent.json()["sha256"]
    assert call.get("problems", pk).json()["problems"] == [] or all(
        row["severity"] != "error" for row in call.get("problems", pk).json()["problems"]
    )
    done = call.send("post", "submit", pk, HTTP_IDEMPOTENCY_KEY="k1")
    assert done.json()["state"] == "unit_review"
    assert call.send("post", "submit", pk, HTTP_IDEMPOTENCY_KEY="k1").json()["version"] == 1
    other = call.send("post", "submit", pk, body={"seen_state": "unit_review"}, HTTP_IDEMPOTENCY_KEY="k1")
    assert (other.status_code, other.json()["type"]) == (422, "key-reused")
    own = call.send("post", "review", pk, body={"verdict": "approve"})
    assert own.status_code == 403
    assert "same_person" in {row["code"] for row in own.json()["reasons"]}
    second = Caller(school, Role.INSTITUTION_STAFF)
    assert second.send("post", "review", pk, body={"verdict": "approve", "seen_version": 1}).status_code == 200
    filing = UserFiling.objects.get(pk=pk)
    domain.confirm(filing=filing, by=uses.confirmer(filing), now=uses.NOW)
    receipt = call.get("receipt", pk).json()
    assert (receipt["case_no"], receipt["version"]) == (uses.fresh(filing).case_no, 1)
    assert call.get("versions", pk).json()[0]["digest"] == receipt["digest"]


@pytest.mark.requirement("R108")
def test_the_schools_review_sends_back_with_notes(school: Unit) -> None:
    filing = uses.unit_review(school)
    second = Caller(school, Role.INSTITUTION_STAFF)
    empty = second.send("post", "review", filing.pk, body={"verdict": "send_back"})
    assert empty.status_code == 403
    notes = [{"field_key": "use.necessity", "text": "写具体"}]
    answer = second.send("post", "review", filing.pk, body={"verdict": "send_back", "notes": notes})
    assert answer.json()["state"] == "draft"
    shown = Caller(school).get("use", filing.pk).json()
    assert [(note["field_key"], note["within_unit"]) for note in shown["notes"]] == [("use.necessity", True)]


def test_a_change_is_reported_and_a_use_is_ended(school: Unit) -> None:
    filing, call = uses.confirmed(school), Caller(school)
    too_early = call.send("post", "submit", filing.pk)
    assert too_early.status_code == 409
    change = {"changed_on": "2026-09-21", "changed_parts": ["nature"], "change_description": "扩大"}
    call.send("patch", "part", filing.pk, "use", body={"values": change})
    assert call.send("post", "change", filing.pk).json()["state"] == "unit_review"
    silent = call.send("post", "withdraw", filing.pk, body={"reason": "不再需要"})
    assert silent.status_code == 403
    assert {row["code"] for row in silent.json()["reasons"]} == {"nobody_told"}
    ended = call.send("post", "withdraw", filing.pk, body={"reason": "不再需要", "notice_text": "下月停用"})
    assert ended.json()["state"] == "withdrawn"


@pytest.mark.requirement("R96")
def test_selectable_says_why_an_app_cannot_be_selected(school: Unit) -> None:
    call, entry = Caller(school), uses.entry()
    assert call.get("selectable", entry.number).json()["reasons"] == []
    registry.take_offline(entry=entry, reason="下线", by=uses.publisher(), now=uses.NOW)
    assert [row["code"] for row in call.get("selectable", entry.number).json()["reasons"]] == ["entry_offline"]
    assert call.send("post", "uses", body={"number": entry.number}).status_code == 403
    assert call.get("selectable", "教APP备9999999号").status_code == 404


@pytest.mark.requirement("R95")
@pytest.mark.requirement("R24")
def test_unit_and_selection_system_are_kept(school: Unit) -> None:
    call = Caller(school)
    body = {"department": "信息中心", "persons": [{"name": "甲", "position": "主任"}]}
    assert call.send("put", "unit", body=body).json()["functional_department"] == "信息中心"
    assert call.send("put", "unit", body={"department": "x", "persons": []}).status_code == 403
    row = uses.material(school)
    made = call.send(
        "post", "systems", body={"title": "选用制度", "effective_on": "2026-09-01", "material": row.pk}
    )
    assert made.status_code == 201
    assert [one["number"] for one in call.get("systems").json()] == [1]
    assert call.get("unit").json()["selection_system"] == 1
    foreign = uses.material(uses.school())
    body = {"title": "x", "effective_on": "2026-09-01", "material": foreign.pk}
    assert call.send("post", "systems", body=body).status_code == 400


def test_scopes_units_and_bad_requests(school: Unit) -> None:
    filing = uses.draft(school)
    assert Client().get(reverse("api_institution_uses")).status_code == 401
    assert Caller(uses.school()).get("use", filing.pk).status_code == 404
    reader = Caller(school, scope="read")
    assert reader.get("use", filing.pk).status_code == 200
    assert reader.send("post", "submit", filing.pk).status_code == 403
    call = Caller(school)
    assert [row["id"] for row in call.get("uses", state="draft").json()["results"]] == [filing.pk]
    assert call.get("uses", state="nonsense").status_code == 400
    assert call.get("uses", after="x").status_code == 200
    assert call.send("post", "uses").status_code == 400
    assert call.send("patch", "part", filing.pk, "app", body={"values": {}}).status_code == 404
    assert call.send("patch", "part", filing.pk, "use", body={"values": {"nonsense": 1}}).status_code == 400
    assert call.send("patch", "part", filing.pk, "use", body={"values": {"decision_file": 7}}).status_code == 400
    assert call.get("schema", "use").json()["decision"]
    assert call.get("schema", "initial").status_code == 404


def test_an_own_app_begins_by_its_name(school: Unit) -> None:
    begun = Caller(school).send("post", "uses", body={"own_app_name": "校务示例"})
    assert begun.status_code == 201
    assert begun.json()["self_use"] is True
    assert set(begun.json()["document"]) == {"use", "unit", "system", "app"}


@pytest.mark.requirement("R110")
def test_register_and_own_files_are_read_by_token(school: Unit) -> None:
    use, ended = uses.confirmed(school), uses.withdrawn(school)
    uses.submitted(school)
    call, other = Caller(school), Caller(uses.school())
    lines = call.get("register").json()
    assert [(line["use"], line["app_name"]) for line in lines] == [
        (row.pk, row.app_name) for row in sorted((use, ended), key=lambda row: row.pk)
    ]
    assert lines[0]["said"]["nature"] and lines[0]["admitted_on"]
    assert [bool(line["ended_on"]) for line in lines] == [False, True]
    assert other.get("register").json() == []
    assert call.get("register", on="2001-01-01").json() == []
    assert call.get("register", on="soon").status_code == 400
    file = uses.material(school, stored=True)
    answer = call.get("material", file.pk)
    assert answer.status_code == 200 and b"".join(answer.streaming_content)
    assert other.get("material", file.pk).status_code == 404
