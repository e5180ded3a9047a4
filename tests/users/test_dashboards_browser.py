"""The authorities' pages in a browser: accessible in both languages, wide and narrow."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import settings

from accounts.actors import actor_for_membership
from accounts.enums import Role
from registry.numbers import digits_of
from tests import factories, factories_uses
from tests.factories import NOW
from users import domain

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_overview_lists_sheet_campaign_and_public_pages_are_accessible(
    live_server: Any, new_page: Any, assert_accessible: Any, freeze: Any
) -> None:
    freeze(NOW)
    factories_uses.rules()
    district = factories.authority("110108")
    school, app = factories_uses.school(district, name="榆荚小学"), factories_uses.entry("榆荚阅读")
    factories_uses.use_in_state("confirmed", unit=school, entry=app)
    lead = factories.membership(role=Role.REVIEW_LEAD, unit=factories.authority("11"))
    ministry = factories.membership(role=Role.MINISTRY_REVIEWER)
    row = domain.set_up_campaign(
        name="集中备案", starts_on=date(2026, 9, 1), ends_on=date(2026, 10, 30), goal="filed", target=100,
        by=actor_for_membership(lead), now=NOW,
    )  # fmt: skip
    for member, width, language, addresses in (
        (ministry, 1280, "zh-CN", ["/overview/"]),
        (lead, 390, "en-US", ["/overview/", "/overview/lists/no_system/", f"/overview/campaigns/{row.pk}/"]),
        (lead, 1280, "zh-CN",
         [f"/overview/units/{school.pk}/sheet/", "/overview/campaigns/", "/overview/campaigns/new/"]),
        (None, 390, "zh-CN", [f"/institutions/{school.pk}/", "/institutions/?q=榆荚",
                                f"/registry/{digits_of(app.number)}/users/"]),
    ):  # fmt: skip
        page = new_page(width=width, language=language)
        if member is not None:
            key = factories.client_for(member).cookies[settings.SESSION_COOKIE_NAME].value
            page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
        for address in addresses:
            response = page.goto(live_server.url + address)
            assert response.status == 200, address
            for summary in page.locator("details.p-figure__t > summary").all()[:2]:
                summary.click()
            assert_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
