"""Platform operators share their third parties' filings: with provenance, apart from numbered entries."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.actors import actor_for_membership
from accounts.domain import issue_token
from accounts.enums import Role
from accounts.models import Membership
from ledger.acts import Actor, AlreadyMoved, Refused
from ledger.queries import timeline
from providers.domain import platforms
from providers.models import PlatformBatch, PlatformOperator, PlatformRecord
from tests import factories
from tests import factories_filings as filings

from .platform_rows import USCC, row, table, values

pytestmark = pytest.mark.django_db
NOW = filings.NOW


@pytest.fixture(autouse=True)
def _now(freeze: Any) -> None:
    freeze(NOW)


@pytest.fixture
def member() -> Membership:
    """The owner of a unit that runs a platform."""
    owner = factories.membership(Role.PROVIDER_OWNER)
    platforms.designate_operator(unit=owner.unit, platform="示例平台", by=filings.ministry_reviewer(), now=NOW)
    return owner


@pytest.fixture
def by(member: Membership) -> Actor:
    return actor_for_membership(member)


def taken(by: Actor, *rows: Any, now: Any = NOW) -> PlatformBatch:
    return platforms.take(batch=platforms.prepare(rows=rows, name="a.csv", by=by, now=now), by=by, now=now)


@pytest.mark.requirement("R28", "R29")
def test_ministry_names_operators_and_nobody_else_does(by: Actor) -> None:
    unit = factories.unit()
    for other in (by, factories.actor(Role.REVIEW_LEAD, factories.authority("11"))):
        with pytest.raises(Refused):
            platforms.designate_operator(unit=unit, platform="x", by=other, now=NOW)
    ministry = factories.client_for(factories.membership(Role.MINISTRY_REVIEWER))
    address = reverse("platform_operators")
    assert ministry.post(address, {"uscc": "nonsense", "platform": "x"}).status_code == 422
    assert ministry.post(address, {"uscc": unit.uscc, "platform": " "}).status_code == 422
    assert ministry.post(address, {"uscc": unit.uscc.lower(), "platform": "另一平台"}).status_code == 302
    row_ = PlatformOperator.objects.get(unit=unit)
    assert row_.active
    for _time in range(2):
        ministry.post(reverse("platform_operator_end", args=[row_.pk]))
    row_.refresh_from_db()
    assert not row_.active
    assert [record.verb for record in timeline(row_)] == ["designate_operator", "end_operator"]
    with pytest.raises(AlreadyMoved):
        platforms.end_operator(operator=row_, by=filings.ministry_reviewer(), now=NOW)


@pytest.mark.requirement("R29")
def test_batch_keeps_where_each_record_came_from(by: Actor) -> None:
    batch = taken(by, row(2), row(3, mini_program_id="wx0000other", kind="企业号", removed="是"))
    assert (batch.fresh, batch.changed, batch.same) == (2, 0, 0)
    record = PlatformRecord.objects.get(mini_program_id="wx0000other")
    assert (record.kind, record.removed, record.province_code) == ("enterprise_account", True, "44")
    assert (record.operator.unit_id, record.batch_id, record.row_number) == (by.unit_id, batch.pk, 3)
    assert record.original["kind"] == "企业号"
    assert timeline(record, audience="authority").get().payload["batch"] == batch.pk
    with transaction.atomic(), pytest.raises(DatabaseError):
        PlatformBatch.objects.filter(pk=batch.pk).update(rows=[])


@pytest.mark.requirement("R29")
def test_shared_again_changes_the_same_record(by: Actor) -> None:
    taken(by, row())
    later = NOW + timedelta(days=1)
    again = taken(by, row(), now=later)
    assert (again.fresh, again.changed, again.same) == (0, 0, 1)
    changed = taken(by, row(5, name="识字小程序（新）"), now=later)
    assert (changed.fresh, changed.changed) == (0, 1)
    record = PlatformRecord.objects.get()
    assert (record.name, record.version, record.first_at, record.updated_at) == ("识字小程序（新）", 2, NOW, later)
    history = list(timeline(record, audience="authority"))
    assert [one.verb for one in history] == ["share_record", "change_record"]
    assert history[1].payload["fields"] == ["name"]


def test_batch_is_taken_once_and_by_its_operator_alone(by: Actor) -> None:
    batch = platforms.prepare(rows=[row()], name="a.csv", by=by, now=NOW)
    stranger = factories.actor()
    with pytest.raises(Refused):
        platforms.take(batch=batch, by=stranger, now=NOW)
    first = platforms.take(batch=batch, by=by, now=NOW)
    second = platforms.take(batch=batch, by=by, now=NOW + timedelta(days=1))
    assert second.taken_at == first.taken_at == NOW
    assert PlatformRecord.objects.get().version == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"mini_program_id": "a b"}, "mini_program_id"),
        ({"provider_uscc": "91110108MA01TE5T3X"}, "provider_uscc"),
        ({"submitted_on": "1. September"}, "submitted_on"),
        ({"submitted_on": "2026-02-30"}, "submitted_on"),
        ({"submitted_on": "2026-09-25"}, "submitted_on"),
        ({"kind": "网页"}, "kind"),
        ({"removed": "也许"}, "removed"),
    ],
)
def test_wrong_rows_say_what_is_wrong_and_are_left_out(by: Actor, changed: dict[str, str], field: str) -> None:
    batch = platforms.prepare(rows=[row(2, **changed), row(3, mini_program_id="wx0000other")], name="", by=by, now=NOW)
    assert (batch.right, batch.wrong) == (1, 1)
    assert [error["field"] for error in batch.rows[0]["errors"]] == [field]
    platforms.take(batch=batch, by=by, now=NOW)
    assert PlatformRecord.objects.get().row_number == 3


def test_identifier_twice_in_a_table_and_tables_with_nothing_right(by: Actor) -> None:
    batch = platforms.prepare(rows=[row(2), row(3)], name="a.csv", by=by, now=NOW)
    assert (batch.right, batch.wrong) == (1, 1)
    with pytest.raises(Refused):
        taken(by, row(2, submitted_on=""))


@pytest.mark.requirement("R29")
def test_operator_uploads_looks_it_over_and_takes_it_in(member: Membership) -> None:
    client = factories.client_for(member)
    file = SimpleUploadedFile("表.csv", table(values(), values(mini_program_id="=cmd", provider_uscc="1")))
    answer = client.post(reverse("platform_home"), {"file": file})
    batch = PlatformBatch.objects.get()
    assert answer.headers["Location"] == reverse("platform_batch", args=[batch.pk])
    page = client.get(answer.headers["Location"]).content.decode()
    assert "识字小程序" in page
    assert not PlatformRecord.objects.exists()
    wrong = client.get(answer.headers["Location"], {"as": "csv"}).getvalue().decode()
    assert "18" in wrong
    assert ",=" not in wrong
    for _time in range(2):
        assert client.post(reverse("platform_batch_take", args=[batch.pk])).status_code == 302
    assert PlatformRecord.objects.count() == 1
    assert client.get(reverse("platform_home")).status_code == 200
    template = client.get(reverse("platform_template")).getvalue()
    refill = client.post(reverse("platform_home"), {"file": SimpleUploadedFile("t.csv", template)})
    assert refill.status_code == 302
    assert PlatformBatch.objects.latest("pk").wrong == 0


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"PK\x03\x04"])
def test_files_that_are_no_table_are_refused_on_the_page(member: Membership, content: bytes) -> None:
    client = factories.client_for(member)
    answer = client.post(reverse("platform_home"), {"file": SimpleUploadedFile("x.xlsx", content)})
    assert answer.status_code == 422
    assert client.post(reverse("platform_home")).status_code == 422
    assert not PlatformBatch.objects.exists()


def test_too_many_rows_leave_nothing_behind(member: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.sheets import Limits

    monkeypatch.setattr(platforms, "LIMITS", Limits(rows=2))
    file = SimpleUploadedFile("x.csv", table(*[values(mini_program_id=f"wx{n:06d}") for n in range(3)]))
    assert factories.client_for(member).post(reverse("platform_home"), {"file": file}).status_code == 422
    assert not PlatformBatch.objects.exists()


@pytest.mark.requirement("R29")
def test_interface_takes_the_right_ones_and_gives_the_wrong_ones_back(member: Membership, by: Actor) -> None:
    _token, secret = issue_token(membership=member, label="x", scope="provider", days=30, by=by, now=NOW)
    address, headers = reverse("api_provider_platform_records"), {"authorization": f"Bearer {secret}"}

    def post(body: Any) -> Any:
        return Client().post(address, json.dumps(body), content_type="application/json", headers=headers)

    answer = post({"records": [values(removed=False), values(mini_program_id="x"), {"name": 5}, "nonsense"]})
    body = answer.json()
    assert (answer.status_code, body["new"], {error["row"] for error in body["errors"]}) == (200, 1, {2, 3, 4})
    assert post({"records": [values()]}).json()["same"] == 1
    assert post({"records": [values(name="")]}).status_code == 422
    for wrong in ({}, [], {"records": []}, {"records": [values()] * 1001}, {"records": "x"}):
        assert post(wrong).status_code == 400
    assert [one["mini_program_id"] for one in Client().get(address, headers=headers).json()] == ["wx0000example"]
    other = factories.membership(Role.PROVIDER_OWNER)
    _other, secret = issue_token(
        membership=other, label="x", scope="provider", days=30, by=actor_for_membership(other), now=NOW
    )
    headers["authorization"] = f"Bearer {secret}"
    assert post({"records": [values()]}).status_code == 403


@pytest.mark.requirement("R28", "R29")
def test_public_look_up_is_kept_apart_from_numbered_entries(by: Actor) -> None:
    taken(by, row())
    for q in ("wx0000example", "识字", USCC):
        page = Client().get(reverse("record_lookup"), {"q": q}).content.decode()
        assert "示例平台" in page
        assert "2026-09-01" in page
        found = Client().get(reverse("api_platform_records"), {"q": q}).json()["results"]
        assert [one["mini_program_id"] for one in found] == ["wx0000example"]
        assert "number" not in found[0]
        assert "original" not in found[0]
    assert "识字小程序" not in Client().get("/", {"q": "识字"}).content.decode()
    for q in ("' OR 1=1", "\x00", "& | !", "未知"):
        assert Client().get(reverse("record_lookup"), {"q": q}).status_code == 200
    assert Client().get(reverse("api_platform_records")).status_code == 400


@pytest.mark.requirement("R93")
def test_look_up_opens_with_the_ministrys_first_public_day(by: Actor) -> None:
    from registry import opening

    taken(by, row())
    filings.policy(public_from="2026-10-01")
    opening.forget()
    assert "识字小程序" not in Client().get(reverse("record_lookup"), {"q": "识字"}).content.decode()
    answer = Client().get(reverse("api_platform_records"), {"q": "识字"}).json()
    assert answer == {"open_from": "2026-10-01", "results": []}


@pytest.mark.requirement("R29")
def test_ministry_sees_all_and_a_province_its_own(by: Actor) -> None:
    taken(by, row(2), row(3, mini_program_id="wx0000bj", name="北京的", provider_uscc=factories.uscc("91110108", 78)))
    address = reverse("platform_records")
    ministry = factories.client_for(factories.membership(Role.MINISTRY_REVIEWER))
    guangdong = factories.client_for(factories.membership(Role.REVIEWER, unit=factories.authority("44")))
    page = ministry.get(address).content.decode()
    assert "wx0000example" in page
    assert "wx0000bj" in page
    page = guangdong.get(address).content.decode()
    assert "wx0000example" in page
    assert "wx0000bj" not in page
    assert "wx0000example" not in ministry.get(address, {"q": "北京"}).content.decode()
    for client, count in ((ministry, 2), (guangdong, 1)):
        text = b"".join(client.get(address, {"as": "csv"}).streaming_content).decode()
        assert len(text.strip().splitlines()) == 1 + count
    assert ministry.get(address, {"after": "9" * 30}).status_code == 200
