"""The rulebook in the admin: read only, but for the two acts that go through their verbs."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ledger.models import Record
from rulebook import clocks
from rulebook.models import CalendarYear, Clock, PolicyVersion
from tests.rulebook.conftest import at, make_matter
from tests.rulebook.test_calendar import YEAR_2027

pytestmark = pytest.mark.django_db
IMPORT, PUBLISH = "admin:rulebook_calendaryear_import", "admin:rulebook_policyversion_publish"


def person(email: str, **flags):
    user = get_user_model()(email=email, name="Admin", is_staff=True, is_active=True, **flags)
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture
def office(client, published, policies, articles, freeze):
    """An administrator who is signed in, on 2026-11-20."""
    freeze(at("2026-11-20 10:00:00"))
    client.force_login(person("admin@example.test", is_superuser=True))
    return client


def upload(data) -> dict:
    return {"file": SimpleUploadedFile("2027.json", json.dumps(data).encode(), "application/json")}


def crossing() -> Clock:
    moment = at("2026-12-24 10:00:00")
    return clocks.start(
        kind="supplement", subject=make_matter(1), started_at=moment, days=10, now=at("2026-11-20 10:00:00")
    )


@pytest.mark.parametrize("name", ["calendaryear", "clock", "article", "policyversion"])
def test_lists_and_pages_open(office, name):
    crossing()
    page = office.get(reverse(f"admin:rulebook_{name}_changelist"))
    assert page.status_code == 200
    row = page.context["cl"].result_list[0]
    detail = reverse(f"admin:rulebook_{name}_change", args=[row.pk])
    assert office.get(detail).status_code == 200
    assert office.post(detail, {"status": "expired", "year": 1999}).status_code == 403
    assert office.post(reverse(f"admin:rulebook_{name}_delete", args=[row.pk])).status_code == 403
    assert office.get(reverse(f"admin:rulebook_{name}_add")).status_code == 403


def test_calendar_list_warns_when_the_calendar_runs_out(office, freeze):
    url = reverse("admin:rulebook_calendaryear_changelist")
    assert "2026-12-31" in office.get(url).content.decode()
    assert office.get(url).context["calendar_warning"].missing_year == 2027
    freeze(at("2026-03-01 10:00:00"))
    assert office.get(url).context["calendar_warning"] is None


def test_calendar_list_warns_when_there_is_no_calendar(client, db, freeze):
    freeze(at("2026-11-20 10:00:00"))
    client.force_login(person("admin@example.test", is_superuser=True))
    page = client.get(reverse("admin:rulebook_calendaryear_changelist"))
    assert page.context["calendar_warning"].until is None
    assert "2026" in page.content.decode()


@pytest.mark.requirement("R84")
def test_import_previews_then_imports_what_was_previewed(office):
    clock = crossing()
    page = office.post(reverse(IMPORT), upload(YEAR_2027))
    text = page.content.decode()
    assert (page.context["moving"], page.context["settled"]) == (1, 0)
    assert "2027-01-07" in text
    assert "2027-01-08" in text
    assert not CalendarYear.objects.filter(year=2027).exists()
    done = office.post(reverse(IMPORT), {"text": page.context["text"], "confirm": "1"})
    assert done.status_code == 302
    clock.refresh_from_db()
    assert clock.due_day.isoformat() == "2027-01-08"
    assert CalendarYear.objects.get(year=2027).imported_by_label == "Admin"
    assert Record.objects.filter(verb="calendar.import").count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"text": ""},
        {"text": "{"},
        {"text": json.dumps({"year": 2027, "days": []}), "confirm": "1"},
        {"file": SimpleUploadedFile("big.json", b" " * 200_001)},
        {"file": SimpleUploadedFile("odd.json", b"\xff\xfe\x00")},
    ],
)
def test_import_says_what_is_wrong_with_a_file(office, data):
    page = office.post(reverse(IMPORT), data)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert 'role="alert"' in page.content.decode()
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_import_by_staff_without_the_permission_is_refused_by_the_verb(client, published, freeze):
    freeze(at("2026-11-20 10:00:00"))
    user = person("staff@example.test")
    user.user_permissions.add(Permission.objects.get(codename="view_calendaryear"))
    client.force_login(user)
    page = client.post(reverse(IMPORT), {"text": json.dumps(YEAR_2027), "confirm": "1"})
    assert page.status_code == 302
    assert not CalendarYear.objects.filter(year=2027).exists()


@pytest.mark.parametrize("url", [IMPORT, PUBLISH])
def test_acts_are_closed_to_those_who_are_not_staff(client, db, url):
    assert client.get(reverse(url)).status_code == 302
    assert "login" in client.post(reverse(url)).url


def test_publish_a_policy_through_the_verb(office):
    empty = {"authority_code": "51", "effective_from": "2026-12-01", "settings": ""}
    assert office.post(reverse(PUBLISH), empty).status_code == 302
    assert PolicyVersion.objects.get(authority_code="51").data == {}
    form = {"authority_code": "43", "effective_from": "2026-12-01", "settings": '{"second_person": true}'}
    assert office.get(reverse(PUBLISH)).status_code == 200
    assert office.post(reverse(PUBLISH), form).status_code == 302
    assert PolicyVersion.objects.get(authority_code="43").data == {"second_person": True}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"settings": '{"colour": 1}'}, "settings"),
        ({"settings": "{"}, "settings"),
        ({"effective_from": "2026-01-01"}, "__all__"),
        ({"effective_to": "2026-11-30"}, "settings"),
        ({"authority_code": ""}, "authority_code"),
    ],
)
def test_publish_shows_what_the_verb_refuses(office, changes, field):
    form = {"authority_code": "43", "effective_from": "2026-12-01", "settings": "{}"} | changes
    page = office.post(reverse(PUBLISH), form)
    assert page.status_code == 200
    assert field in page.context["form"].errors
    assert not PolicyVersion.objects.filter(authority_code="43").exists()
