"""What comes back with a return: notes with the place to look at, fields found right, and when a field was changed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership
from providers.domain import save_part
from providers.models import Material
from review import domain
from tests import factories
from tests import factories_filings as make
from tests.review.test_api import authority, provider

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(freeze):
    freeze(make.NOW)
    make.calendar()


def given_back(filing, *right):
    """Returned with a note on the version of the app, and with other fields found right."""
    by = make.reviewer_of(filing)
    file = Material.objects.filter(uses__filing=filing).first()
    place = {"material": file.pk, "name": file.name, "page": 1}
    common = {"filing": filing, "by": by, "now": make.NOW, "version": 1}
    domain.give_verdict(field_key="app.version", ok=False, note="与截图不符", place=place, **common)
    for key in right:
        domain.give_verdict(field_key=key, ok=True, **common)
    return domain.return_for_correction(filing=make.fresh(filing), by=by, now=make.NOW)


def controls(filing, section):
    member = Membership.objects.get(unit=filing.unit, role=Role.PROVIDER_OWNER)
    page = factories.client_for(member).get(reverse("filing_section", args=[filing.pk, section]))
    assert page.status_code == 200
    return {one.item.key: one for one in page.context["controls"]}, page.content.decode()


def section_of(key):
    from providers import schema

    return next(part.key for part, item in schema.fields("initial") if item.key == key)


@pytest.mark.requirement("R83")
def test_fields_found_right_are_marked_until_they_change():
    filing = given_back(make.submitted(), "app.name", "app.purpose")
    section = section_of("app.name")
    shown, _text = controls(filing, section)
    assert shown["app.name"].verified
    assert not shown["app.version"].verified and shown["app.version"].note.note.text == "与截图不符"
    by = make.actor_in(filing.unit)
    save_part(filing=filing, part="app", values={"name": "另一个名称"}, by=by, now=make.NOW)
    shown, _text = controls(filing, section)
    assert not shown["app.name"].verified


def test_note_says_when_its_field_was_changed_and_where_to_look():
    filing = given_back(make.submitted())
    section = section_of("app.version")
    shown, text = controls(filing, section)
    note = shown["app.version"].note
    assert (note.fixed, note.changed_at) == (False, None)
    assert f'{reverse("material", args=[note.note.place["material"]])}#page=1' in text
    by = make.actor_in(filing.unit)
    kept = save_part(filing=filing, part="app", values={"version": shown["app.version"].value}, by=by, now=make.NOW)
    assert "app.version" not in (kept.feedback or {}).get("changed", {})  # the same again is no change
    save_part(filing=filing, part="app", values={"version": "9.9.9"}, by=by, now=make.NOW)
    shown, text = controls(filing, section)
    note = shown["app.version"].note
    assert (note.fixed, note.changed_at) == (True, make.NOW)


def test_parts_of_every_kind_remember_their_changes():
    filing = given_back(make.submitted())
    by = make.actor_in(filing.unit)
    for part, values in (("unit", {"landline": "010-00000000"}), ("system", {"hosting": "x"}), ("filing", {"x": "y"})):
        filing = save_part(filing=filing, part=part, values=values, by=by, now=make.NOW)
    assert set(make.fresh(filing).feedback["changed"]) == {"unit.landline", "system.hosting", "filing.x"}


def test_reviewer_names_the_place_on_the_page_and_by_token():
    filing = make.submitted()
    file = Material.objects.filter(uses__filing=filing).first()
    lead = factories.membership(role=Role.REVIEW_LEAD, unit=filing.authority)
    client = factories.client_for(lead)
    asked = client.get(reverse("case", args=[filing.pk]), {"tab": "content", "note": "app.version"})
    assert [paper.material.pk for paper in asked.context["places"]] == [file.pk]
    form = {"field_key": "app.version", "verdict": "note", "note": "不符", "seen_version": 1, "material": file.pk,
            "page": "77", "tab": "content"}  # fmt: skip
    assert client.post(reverse("case_verdict", args=[filing.pk]), form).status_code == 302
    kept = filing.verdicts.get()
    assert kept.place == {"material": file.pk, "name": file.name, "page": file.pages or 1}  # no page beyond its last
    assert file.name in client.get(reverse("case", args=[filing.pk]), {"tab": "content"}).content.decode()
    client.post(reverse("case_verdict", args=[filing.pk]), {**form, "material": file.pk + 1000})
    assert filing.verdicts.get().place is None

    body = {"field_key": "app.version", "ok": False, "note": "不符", "version": 1, "material": file.pk, "page": 1}
    assert authority().post("api_authority_verdicts", filing.pk, body=body).json()["place"]["material"] == file.pk
    domain.return_for_correction(filing=make.fresh(filing), by=make.reviewer_of(filing), now=make.NOW)
    assert provider(filing).get("api_provider_filing", filing.pk).json()["notes"][0]["place"]["page"] == 1
