"""The help centre in a browser: accessible in both languages and on a phone, a training registered for by keyboard."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.enums import Role
from guidance import domain
from guidance.models import Attendance
from rulebook.domain.seeds import seed_articles
from rulebook.time import now
from tests import factories
from tests import factories_guidance as make

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 390), ("en", 1280)])
def test_help_is_accessible(live_server, new_page, assert_accessible, language, width, freeze) -> None:
    freeze(make.NOW)
    seed_articles()
    call_command("seed_help", verbosity=0)
    event = make.event(seats=5)
    domain.save_contact(
        contact=None, authority=factories.authority("11"), name_zh="备案咨询岗", name_en="Filing desk",
        phone="(010) 5550 0111", by=make.SYSTEM, now=now(),
    )  # fmt: skip
    page = new_page(width=width, language=language)
    addresses = [
        "/help/", "/help/working-days/", "/help/filing/", "/help/?q=补正", "/help/?q=qqqq", "/help/contacts/",
        "/help/training/", reverse("help_event", args=[event.pk]),
    ]  # fmt: skip
    for address in addresses:
        page.goto(live_server.url + address)
        assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, address


def test_a_unit_registers_with_the_keyboard(live_server, new_page, assert_accessible, freeze) -> None:
    freeze(make.NOW)
    event = make.event(seats=5)
    page = new_page(width=390, language="en")
    cookie = factories.client_for(factories.membership(Role.PROVIDER_OWNER)).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(live_server.url + reverse("help_event", args=[event.pk]))
    page.locator("#id_people").fill("3")
    page.keyboard.press("Enter")
    page.get_by_role("status").first.wait_for()
    assert_accessible(page)
    assert Attendance.objects.get(event=event).people == 3
