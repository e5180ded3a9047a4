"""The pages of units and of tables: what a lead sees and can do, with and without anything wrong."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.domain import work_off
from accounts.enums import Role
from accounts.models import ImportBatch, Invitation, Unit
from accounts.tasks import resume_imports
from tests import factories
from tests.accounts.tables import HEAD, csv_file, row
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(freeze):
    freeze(NOW)
    factories.authority("110108")
    return factories.membership(Role.REVIEW_LEAD, unit=factories.authority("11"))


@pytest.fixture
def client(lead):
    return factories.client_for(lead)


def upload(client, *rows, head=None):
    file = SimpleUploadedFile("学校.csv", csv_file(*rows, head=head).getvalue())
    return client.post(reverse("unit_import"), {"file": file})


def fields(**other):
    return {
        "name": "海淀示例小学", "kind": "school", "school_code": "2111000001", "uscc": "", "person": "某校长",
        "parent": factories.authority("110108").pk, "email": "head@school.example", **other,
    }  # fmt: skip


@pytest.mark.requirement("R10", "R21", "R15")
def test_unit_is_set_up_by_the_form_and_its_person_invited(client):
    answer = client.post(reverse("unit_new"), fields(), follow=True)
    assert "海淀示例小学" in answer.content.decode()
    assert Unit.objects.get(school_code="2111000001").parent.code == "110108"
    assert Invitation.objects.get().email == "head@school.example"


def test_form_says_what_is_wrong_beside_the_field_and_loses_nothing(client):
    answer = client.post(reverse("unit_new"), fields(school_code="2144000001", email="head"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"email"}
    assert "海淀示例小学" in page
    answer = client.post(reverse("unit_new"), fields(school_code="2144000001"))
    assert answer.context["form"].errors.keys() == {"school_code"}
    client.post(reverse("unit_new"), fields())
    answer = client.post(reverse("unit_new"), fields())
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"school_code"}
    assert Unit.objects.filter(kind="school").count() == 1


def test_superior_of_another_province_is_no_choice(client):
    answer = client.post(reverse("unit_new"), fields(parent=factories.authority("44").pk))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"parent"}


def test_table_goes_from_upload_over_preview_to_result(client, lead):
    answer = upload(client, row(1), row(2, email="=cmd|x"), row(3, school_code="2144000003"))
    batch = ImportBatch.objects.get()
    assert answer.url == reverse("unit_import_batch", args=[batch.pk])
    page = client.get(answer.url)
    assert [line["row"].number for line in page.context["rows"]] == [3, 4], "what is wrong is shown first"
    assert client.get(answer.url, {"show": "all", "after": "2"}).context["rows"][0]["row"].number == 3
    client.post(reverse("unit_import_start", args=[batch.pk]))
    progress = client.get(reverse("unit_import_progress", args=[batch.pk]))
    assert "hx-trigger" in progress.content.decode() or progress["HX-Refresh"] == "true"
    again = client.post(reverse("unit_import_start", args=[batch.pk]), follow=True)
    assert again.status_code == 200
    while work_off(batch_id=batch.pk, now=NOW):
        pass
    assert client.get(reverse("unit_import_progress", args=[batch.pk]))["HX-Refresh"] == "true"
    text = b"".join(client.get(reverse("unit_import_result", args=[batch.pk])).streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[0][3:] == HEAD
    assert len(lines) == 4
    wrong = client.get(reverse("unit_import_result", args=[batch.pk]), {"only": "problems"})
    assert len(b"".join(wrong.streaming_content).decode().splitlines()) == 3
    from notices.models import Notice

    told = Notice.objects.get(kind="units_imported")
    assert reverse("unit_import_batch", args=[batch.pk]) in client.get(
        reverse("notice", args=[told.pk])
    ).content.decode()
    # What is downloaded is read again as it is.
    answer = client.post(reverse("unit_import"), {"file": SimpleUploadedFile("again.csv", text.encode())})
    assert ImportBatch.objects.latest("pk").rows.filter(outcome="known").count() == 1


def test_result_holds_no_formula(client):
    upload(client, row(1, person="@SUM(A1)", name="+校名"), row(2, name="-校名"))
    batch = ImportBatch.objects.get()
    text = b"".join(client.get(reverse("unit_import_result", args=[batch.pk])).streaming_content).decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
    assert "'@SUM(A1)" in cells


def test_table_that_cannot_be_taken_is_refused_beside_the_field(client):
    answer = upload(client, ["甲"], head=["名字"])
    assert answer.status_code == 422
    assert "单位名称" in str(answer.context["form"].errors["file"])
    answer = client.post(reverse("unit_import"), {})
    assert answer.status_code == 422
    answer = client.post(reverse("unit_import"), {"file": SimpleUploadedFile("x.pdf", b"%PDF-1.7 x")})
    assert answer.status_code == 422
    assert not ImportBatch.objects.exists()


def test_preview_can_be_thrown_away(client):
    upload(client, row(1))
    batch = ImportBatch.objects.get()
    client.post(reverse("unit_import_discard", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.status, batch.rows.count()) == ("discarded", 0)
    assert client.get(reverse("unit_import")).context["earlier"].count() == 0
    client.post(reverse("unit_import_start", args=[batch.pk]))
    assert not Unit.objects.filter(kind="school").exists()


def test_template_can_be_filled_in_and_read(client):
    answer = client.get(reverse("unit_import_template"))
    book = load_workbook(io.BytesIO(answer.content))
    assert [cell.value for cell in book.worksheets[0][1]] == HEAD
    book.worksheets[0].append(row(1))
    out = io.BytesIO()
    book.save(out)
    client.post(reverse("unit_import"), {"file": SimpleUploadedFile("units.xlsx", out.getvalue())})
    assert ImportBatch.objects.get().rows.get().outcome == "create"


def test_imports_that_fell_silent_are_taken_up_by_beat(client, freeze):
    upload(client, row(1))
    batch = ImportBatch.objects.get()
    ImportBatch.objects.filter(pk=batch.pk).update(status="running", beat_at=NOW)
    assert resume_imports() == 0
    freeze(NOW + timedelta(minutes=5))
    assert resume_imports() == 1
    batch.refresh_from_db()
    assert batch.status == "finished"


def joined(number):
    unit = factories.unit(kind="school", parent=factories.authority("110108"), school_code=f"2111{number:06d}")
    factories.membership(Role.INSTITUTION_LEAD, unit=unit)


@pytest.mark.requirement("R16", "R15")
def test_list_shows_who_joined_who_is_invited_and_who_is_missing_at_constant_cost(client):
    joined(1)
    client.post(reverse("unit_new"), fields(school_code="2111000500"))
    factories.unit(kind="school", parent=factories.authority("110108"), name="未邀请小学")
    factories.unit(kind="school", parent=factories.authority("44"),
                   province="44", name="外省小学")  # fmt: skip
    costs = []
    for number in (2, 3, 4):
        with CaptureQueriesContext(connection) as caught:
            page = client.get(reverse("units"))
        costs.append(len([q for q in caught if "usersessions" not in q["sql"]]))
        for extra in range(20):
            joined(number * 100 + extra)
    assert costs[1] == costs[2] <= 15
    counts = {str(tab["label"]): tab["count"] for tab in page.context["tabs"]}
    assert sum(counts.values()) == 2 * list(counts.values())[0]
    looks = {line.unit.name: line.look for line in client.get(reverse("units"), {"tab": "missing"}).context["lines"]}
    assert looks == {"未邀请小学": "none"}
    page = client.get(reverse("units"), {"q": "外省小学"})
    assert page.context["lines"] == []
    newest = client.get(reverse("units"))
    assert len(newest.context["lines"]) == 50
    rest = client.get(reverse("units") + newest.context["next"])
    assert not {line.unit.pk for line in rest.context["lines"]} & {line.unit.pk for line in newest.context["lines"]}


def test_invitations_are_sent_again_and_withdrawn_by_the_dozen_each_by_itself(client):
    upload(client, row(1), row(2), row(3))
    batch = ImportBatch.objects.get()
    client.post(reverse("unit_import_start", args=[batch.pk]))
    while work_off(batch_id=batch.pk, now=NOW):
        pass
    first, second, third = Invitation.objects.order_by("pk")
    Invitation.objects.filter(pk=third.pk).update(withdrawn_at=NOW)
    strange = Invitation.objects.create(
        unit=factories.authority("44"), email="x@y.example", role=Role.REVIEWER, nonce="n", secret_digest="d",
        created_at=NOW, expires_at=NOW + timedelta(days=1),
    )  # fmt: skip
    answer = client.post(
        reverse("units_act"), {"action": "resend", "id": [first.pk, second.pk, third.pk, strange.pk, "x"]}
    )
    assert (answer.context["done"], answer.context["failed"]) == (2, 1)
    answer = client.post(reverse("units_act"), {"action": "resend", "id": [first.pk]})
    assert (answer.context["done"], answer.context["failed"]) == (0, 1), "a double click sends nothing twice"
    newest = Invitation.objects.order_by("-pk").first()
    answer = client.post(reverse("units_act"), {"action": "withdraw", "id": [newest.pk]})
    assert answer.context["done"] == 1
    newest.refresh_from_db()
    assert newest.withdrawn_at
    strange.refresh_from_db()
    assert strange.withdrawn_at is None
    assert client.post(reverse("units_act"), {"action": "nonsense", "id": [first.pk]}).status_code == 302


@pytest.mark.parametrize("path", ["?before=abc", "?before=99999999999999999999", "?q=%00", "?kind=x&tab=y"])
def test_junk_in_the_address_is_no_error(client, path):
    assert client.get(reverse("units") + path).status_code == 200


def test_other_authority_cannot_see_a_table(client):
    upload(client, row(1))
    batch = ImportBatch.objects.get()
    for unit in (factories.authority("110108"), factories.authority("44")):
        other = factories.client_for(factories.membership(Role.REVIEW_LEAD, unit=unit))
        for name in ("unit_import_batch", "unit_import_result", "unit_import_progress"):
            assert other.get(reverse(name, args=[batch.pk])).status_code == 404
        assert other.post(reverse("unit_import_start", args=[batch.pk])).status_code == 404
