"""The form in a real browser: autosave, conditional parts, rows, uploads, no violation for axe."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image

from accounts.enums import Role
from accounts.models import Membership
from providers.models import Filing
from providers.queries import working_copy
from tests import factories
from tests import factories_filings as filings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def open_section(new_page: Callable[..., Any], live_server: Any, freeze: Any) -> Callable[..., Any]:
    filings.calendar()
    filings.policy()
    freeze(filings.NOW)

    def open_(filing: Filing, key: str, width: int = 1280, page: Any = None) -> Any:
        if page is None:
            member = Membership.objects.filter(unit=filing.unit, role=Role.PROVIDER_OWNER).first()
            session = factories.client_for(member).cookies[settings.SESSION_COOKIE_NAME].value
            page = new_page(width=width)
            page.context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
            )
        page.goto(live_server.url + reverse("filing_section", args=[filing.pk, key]))
        return page

    return open_


def test_form_saves_itself_shows_parts_takes_rows_and_files(open_section: Callable[..., Any]) -> None:
    filing = filings.draft()
    page = open_section(filing, "mlps")
    number = page.locator('[name="system.mlps_number"]')
    number.fill("11010899021-2O301")
    page.locator('[name="system.mlps_authority"]').click()
    page.locator("[data-saved-line]").filter(has_text="10:00").wait_for()
    page.locator('[data-field="system.mlps_number"] .p-field__err').filter(has_text="14").wait_for()
    assert working_copy(filings.fresh(filing))["system"]["mlps_number"] == "11010899021-2O301"

    page.locator('[name="system.mlps_level"][value="1"]').check()
    number.wait_for(state="hidden")
    assert page.locator('[name="system.mlps_level_1_note"]').is_visible()
    page.locator('[name="system.mlps_level"][value="2"]').check()
    number.wait_for(state="visible")

    page = open_section(filing, "information", page=page)
    page.locator("[data-add-row]").click()
    page.locator('[name="app.personal_information-2-item"]').fill("朗读录音")
    page.locator('[name="app.personal_information-2-purpose"]').fill("朗读作业")
    page.locator("[data-remove-row]").first.click()
    page.wait_for_timeout(200)
    page.locator("button.btn-primary[form=section-form]").click()
    page.wait_for_load_state()
    rows = working_copy(filings.fresh(filing))["app"]["personal_information"]
    assert [row["item"] for row in rows] == ["朗读录音"]

    page = open_section(filing, "licence", page=page)
    stream = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(stream, "PNG")
    box = page.locator('[data-upload-field="unit.licence_scan"]')
    box.locator("input[type=file]").set_input_files(
        {"name": "执照.png", "mimeType": "image/png", "buffer": stream.getvalue()}
    )
    box.locator("a", has_text="执照.png").wait_for()
    assert working_copy(filings.fresh(filing))["unit"]["licence_scan"]["name"] == "执照.png"
    box.locator("input[type=file]").set_input_files(
        {"name": "x.png", "mimeType": "image/png", "buffer": b"<html>"}
    )
    box.locator(".p-upload__say.is-bad").wait_for()


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_have_no_violation_and_do_not_scroll_sideways(
    open_section: Callable[..., Any], assert_accessible: Callable[..., None], live_server: Any, width: int
) -> None:
    filing = filings.returned()
    page = None
    for key in ("licence", "mlps", "audience", "information", "training", "qualifications", "commitments"):
        page = open_section(filing, key, width=width, page=page)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), key
    assert page is not None
    for name in ("filing", "filing_check"):
        page.goto(live_server.url + reverse(name, args=[filing.pk]))
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
