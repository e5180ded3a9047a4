"""The same file sent twice is kept once: on the page of a section, and where it arrives twice at one moment."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from providers import domain
from providers.models import Filing, Material
from providers.queries import working_copy
from tests import factories_filings as filings
from tests import factories_uses as uses
from tests.providers.test_wizard_sections import png, signed_in, url
from tests.review.test_races import together
from users import domain as use_verbs


def send(filing: Filing, sent: SimpleUploadedFile) -> dict[str, Any]:
    answer = signed_in(filing).post(
        url(filing, "licence", "filing_upload"), {"key": "unit.licence_scan", "file": sent}
    )
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()["file"]
    return told


@pytest.mark.django_db
def test_same_content_for_the_same_field_is_the_first_file_until_a_version_holds_it(freeze: Any) -> None:
    freeze(filings.NOW)
    filings.calendar()
    filings.policy()
    draft = filings.draft()
    first = send(draft, png(320))
    renamed = SimpleUploadedFile("other.png", png(320).read(), "image/png")
    assert send(draft, renamed) == first
    assert Material.objects.filter(sha256=first["sha256"]).count() == 1
    assert send(draft, png(330))["id"] != first["id"], "other content is another file"
    send(draft, png(320))
    domain.submit(filing=draft, by=filings.actor_in(draft.unit), now=filings.NOW)
    held = working_copy(filings.fresh(draft))["unit"]["licence_scan"]
    assert held["id"] == first["id"]
    row = domain.add_material(
        unit=draft.unit, upload=ContentFile(b"x"), name="third.png", content_type="image/png",
        sha256=first["sha256"], pages=None, scan="clean", by=filings.actor_in(draft.unit), now=filings.NOW,
        standing=first["id"],
    )  # fmt: skip
    assert row.pk != first["id"], "what a version holds keeps its name"


@pytest.mark.django_db(transaction=True)
def test_double_click_keeps_one_file() -> None:
    filings.calendar()
    filings.policy()
    draft = filings.draft()
    by = filings.actor_in(draft.unit)

    def once() -> Material:
        return domain.add_material(
            unit=draft.unit, upload=ContentFile(b"%PDF twice"), name="twice.pdf", content_type="application/pdf",
            sha256="ef" * 32, pages=1, scan="clean", by=by, now=filings.NOW,
        )  # fmt: skip

    results = together(once, once, once)
    assert {row.pk for row in results} == {Material.objects.get(sha256="ef" * 32).pk}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("room", ["providers", "users"])
def test_file_whose_row_is_never_committed_does_not_stay_on_the_disk(room: str) -> None:
    filings.calendar()
    filings.policy()
    if room == "providers":
        unit, keep = filings.draft().unit, domain.add_material
        by = filings.actor_in(unit)
    else:
        unit, keep = uses.school(), use_verbs.add_material
        by = uses.lead(unit)

    def stored() -> int:
        return sum(len(files) for _place, _folders, files in os.walk(settings.MEDIA_ROOT))

    def send(person: int | None) -> Any:
        return keep(
            unit=unit, upload=ContentFile(b"%PDF lost"), name="lost.pdf", content_type="application/pdf",
            sha256="cd" * 32, pages=1, scan="clean", by=replace(by, person_id=person), now=filings.NOW,
        )  # fmt: skip

    before = stored()
    with pytest.raises(IntegrityError):  # nobody has this id: the database says so when the act is committed
        send(987654321)
    assert stored() == before
    row = send(by.person_id)
    assert stored() == before + 1
    assert send(by.person_id) == row
    assert stored() == before + 1
