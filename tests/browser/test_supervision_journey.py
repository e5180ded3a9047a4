"""A parent complains from a phone; half a year later the provider may file again. Everybody at their own pages.

Against gunicorn and a real Celery worker; the stack's clock is moved on, and the worker sweeps when it is told to, as
beat tells it each minute.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.enums import Role
from accounts.models import Unit
from blacklist.models import Listing
from ledger.domain.verify import verify
from notices.models import Notice
from providers import domain as providers
from registry.models import Entry
from rulebook.time import ZONE
from supervision.models import Complaint, RectificationOrder
from tests import factories
from tests import factories_filings as filings
from tests import factories_supervision as make
from tests import factories_uses as uses
from tests.browser import steps
from users.models import UserFiling

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FILED = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
COMPLAINED = datetime(2026, 8, 3, 20, 15, tzinfo=ZONE)
ACCEPTED = datetime(2026, 8, 5, 9, 30, tzinfo=ZONE)
REPLIED = datetime(2026, 8, 6, 14, 0, tzinfo=ZONE)
ORDERED = datetime(2026, 8, 10, 10, 0, tzinfo=ZONE)  # a Monday; ten working days end on 24 August
MISSED = datetime(2026, 8, 25, 0, 0, tzinfo=ZONE)
LISTED = datetime(2026, 8, 31, 10, 0, tzinfo=ZONE)  # six months later there is no 31st
ENDED = datetime(2027, 3, 1, 0, 0, tzinfo=ZONE)
NAME, RENAMED, PROVIDER = "砚滴口算", "砚滴口算新版", "北京砚滴示例科技有限公司"
PARENT, PHONE = "甄别名", "13912345678"
OWNER, SECOND = "owner@example.test", "second@example.test"
REVIEWER, LEAD, TEACHER = "reviewer@example.test", "lead@example.test", "school@example.test"
PATIENCE = 90_000  # milliseconds that a busy machine may take for a page
Axe = Callable[[Page], None]


@dataclass
class Given:
    """What there was before: a filed app that a school uses, a finished draft of the same provider."""

    unit: Unit
    entry: Entry
    use: UserFiling
    draft: int


@pytest.fixture
def given(running_stack: Any) -> Given:
    running_stack.freeze(FILED)
    for command in ("seed_rulebook", "seed_units"):
        running_stack.manage(command)
    make.seeded()
    unit = factories.unit(name=PROVIDER)
    beijing, school = factories.authority("11"), uses.school(name="海淀示例砚湖小学")
    for email, role, place in (
        (OWNER, Role.PROVIDER_OWNER, unit), (REVIEWER, Role.REVIEWER, beijing), (LEAD, Role.REVIEW_LEAD, beijing),
        (TEACHER, Role.INSTITUTION_LEAD, school),
    ):  # fmt: skip
        factories.membership(role=role, unit=place, person=factories.person(email, email.split("@")[0]))
    factories.person(SECOND, "另一账号")
    entry = make.entry(unit, now=FILED, app_name=NAME)
    asked = [{**one, "held_on": "2026-05-20"} for one in uses.use_data(school)["consultations"]]
    use = uses.confirmed(
        unit=school, entry=entry, now=FILED, start_on="2026-06-01", decision_on="2026-05-25", consultations=asked
    )
    staffing = {"extra.staffing": "内容审核4人，技术与安全6人，客服3人，均为专职。"}  # Beijing asks for it
    draft = providers.save_part(
        filing=filings.draft(unit, now=FILED), part="app", values=staffing, by=make.provider(unit), now=FILED
    )
    return Given(unit, entry, use, draft.pk)


def press(page: Page, button: str) -> None:
    """Presses a button that leads to another page; says yes where the page asks again."""
    found = page.locator(button).first
    asks = found.get_attribute("data-confirm")
    with page.expect_navigation():
        found.click()
        if asks:
            page.locator("dialog#confirm button[value=yes]").click()


def tell_worker(stack: Any, task: str, done: Callable[[], bool]) -> None:
    """Gives the worker a task, as beat does, and waits until it shows."""
    stack.tell_worker(task)
    until = time.monotonic() + 60
    while not done():
        assert time.monotonic() < until, f"the worker has not done {task}"
        time.sleep(0.1)


def act(page: Page, name: str, **values: str) -> None:
    """Something that can be done with a case: opens its form, fills it in, sends it."""
    form = page.locator(f"form[action$='/act/{name}/']")
    if form.locator("xpath=parent::details").count():
        form.locator("xpath=parent::details/summary").click()
    for key, value in values.items():
        field = form.locator(f"[name={key}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    press(page, f"form[action$='/act/{name}/'] button.btn")


def complain(page: Page, stack: Any, given: Given, axe: Axe) -> str:
    """From the public page of the app to the query code; what is accepted is read first."""
    page.goto(f"{stack.url}/registry/{given.entry.number}/")
    axe(page)
    press(page, "#tell a.btn-primary")
    expect(page.locator("main")).to_contain_text(NAME)
    expect(page.locator("main")).to_contain_text("12315")
    axe(page)
    press(page, "main a[href*='kind=complaint']")
    axe(page)
    stack.freeze(COMPLAINED + timedelta(minutes=2))
    page.get_by_label("含商业广告或游戏链接").check()
    page.locator("[name=name]").fill(PARENT)
    page.locator("[name=phone]").fill(PHONE)
    page.locator("[name=text]").fill("做完口算题后弹出游戏广告，孩子误点。")
    page.locator("[name=answer]").fill("0")
    press(page, "main form button.btn-primary")
    expect(page.locator(".p-err li a")).to_have_count(1)
    axe(page)
    page.locator("[name=answer]").fill(sum_of(page))
    press(page, "main form button.btn-primary")
    axe(page)
    return page.locator("p.p-code").inner_text().strip()


def sum_of(page: Page) -> str:
    """The answer to “三加四等于几”."""
    asked = page.locator("label[for=id_answer]").inner_text()
    digits = [str("零一二三四五六七八九".index(one)) for one in re.findall(r"[一二三四五六七八九](?=加|等)", asked)]
    assert len(digits) == 2, asked
    return str(sum(map(int, digits)))


def follow(page: Page, url: str, code: str, axe: Axe, *says: str) -> None:
    """Looks at the case with the query code alone."""
    page.goto(f"{url}/complaints/follow/")
    page.locator("[name=code]").fill(code.lower())
    press(page, "main form button.btn-primary")
    for text in says:
        expect(page.locator("main")).to_contain_text(text)
    axe(page)


def told_why(page: Page, day: str) -> None:
    """The page says at its top that the unit may not file, why and until when."""
    note = page.locator(".p-note--law").first
    expect(note).to_contain_text(day)
    expect(note).to_contain_text("逾期未整改")


@pytest.mark.requirement("R122", "R129", "R136", "R137", "R138", "R139", "R140")
def test_supervision_journey_from_a_phone_to_the_end_of_the_bar(
    running_stack: Any, given: Given, new_page: Callable[..., Page], assert_accessible: Axe
) -> None:
    stack, axe, url, entry = running_stack, assert_accessible, running_stack.url, given.entry
    public = f"{url}/registry/{entry.number}/"

    def opened(email: str = "", **options: Any) -> Page:
        page = new_page(**options)
        page.set_default_timeout(PATIENCE)
        if email:
            steps.sign_in(page, url, email)
        return page

    # --- a parent, on a phone, without an account ----------------------------------------------------
    stack.freeze(COMPLAINED)
    parent = opened(width=390, height=844)
    code = complain(parent, stack, given, axe)
    press(parent, "aside form button.btn-primary")  # the case, at once
    expect(parent.locator("main")).to_contain_text(NAME)
    axe(parent)
    parent.goto(f"{url}/complaints/follow/")
    axe(parent)
    complaint = Complaint.objects.get()
    assert (complaint.entry_id, complaint.authority.code) == (entry.pk, "11")

    # --- Beijing accepts it and writes to the provider in its own words ------------------------------
    stack.freeze(ACCEPTED)
    reviewer = opened(REVIEWER)
    reviewer.goto(f"{url}/supervision/")
    axe(reviewer)
    press(reviewer, f"main a[href$='/complaints/{complaint.pk}/']")
    expect(reviewer.locator("main")).not_to_contain_text(PARENT)
    axe(reviewer)
    act(reviewer, "accept")
    act(reviewer, "forward", text="有用户反映应用内出现游戏广告，请说明情况。", days="5")
    axe(reviewer)
    follow(parent, url, code, lambda _page: None, "已受理")

    # --- the provider answers, and learns nothing of who complained ----------------------------------
    stack.freeze(REPLIED)
    owner = opened(OWNER)
    owner.goto(f"{url}/provider/")
    press(owner, "main a[href*='/supervision/complaints/']")
    assert not [one for one in (PARENT, PHONE, "误点") if one in owner.content()]
    axe(owner)
    owner.locator("[name=text]").fill("广告来自第三方组件，我们认为符合规定。")
    press(owner, "main form button.btn-primary")
    axe(owner)

    # --- it is ordered to rectify, and the public can read that --------------------------------------
    stack.freeze(ORDERED)
    reviewer = opened(REVIEWER)
    reviewer.goto(f"{url}/supervision/complaints/{complaint.pk}/")
    expect(reviewer.locator("main")).to_contain_text("第三方组件")
    act(reviewer, "investigate")
    press(reviewer, "main a[href*='/orders/new/']")
    axe(reviewer)
    reviewer.locator("[name=finding_1]").fill("应用内含有商业广告和游戏链接。")
    reviewer.locator("[name=article_1]").select_option("bj-3")
    reviewer.locator("[name=public_text]").fill("含商业广告，限期整改。")
    reviewer.locator("[name=days]").fill("10")
    press(reviewer, "main form button.btn-primary")
    axe(reviewer)
    order = RectificationOrder.objects.get()
    assert (order.complaint_id, order.due_day.isoformat(), order.due_at) == (complaint.pk, "2026-08-24", MISSED)
    parent.goto(public)
    expect(parent.locator(".p-cert")).to_contain_text("限期整改")
    axe(parent)
    owner = opened(OWNER)
    owner.goto(f"{url}/provider/")
    press(owner, f"main a[href$='/supervision/orders/{order.pk}/']")
    expect(owner.locator("main")).to_contain_text("8月24日")
    axe(owner)

    # --- nobody mends it: the clock says so, a second before it does not; a person decides ------------
    stack.freeze(MISSED - timedelta(seconds=1))
    stack.manage("sweep_clocks")
    assert make.fresh(order).state == "issued"
    stack.freeze(MISSED)
    tell_worker(stack, "rulebook.tasks.sweep_clocks", lambda: make.fresh(order).state == "overdue")
    assert make.fresh(entry).state == "rectifying"
    stack.freeze(LISTED)
    lead = opened(LEAD)
    lead.goto(f"{url}/supervision/orders/?tab=proposed")
    axe(lead)
    press(lead, f"main a[href$='/orders/{order.pk}/']")
    axe(lead)
    press(lead, f"main a[href$='/orders/{order.pk}/list/']")
    expect(lead.locator("main")).to_contain_text("2027-02-28")
    axe(lead)
    lead.locator("[name=reason]").fill("逾期未整改，列入黑名单。")
    lead.locator("[name=public_text]").fill("逾期未整改，撤销备案。")
    press(lead, "main form button.btn-primary")
    axe(lead)
    listing = Listing.objects.get()
    assert (listing.state, listing.bar_last_day.isoformat(), listing.bar_ends_at) == ("active", "2027-02-28", ENDED)
    assert [one["number"] for one in listing.affected] == [entry.number], "revoked in the same act"
    reply = "经查属实，该应用逾期未整改，已撤销备案并列入黑名单。"
    lead.goto(f"{url}/supervision/complaints/{complaint.pk}/")
    act(lead, "resolve", outcome="substantiated", reply=reply)
    axe(lead)
    follow(parent, url, code, axe, reply)

    # --- everybody sees it: the public, schools, machines ---------------------------------------------
    parent.goto(public)
    expect(parent.locator(".p-cert--void")).to_contain_text("撤销")
    axe(parent)
    parent.goto(f"{url}/lists/blacklist/")
    expect(parent.locator("main")).to_contain_text(PROVIDER)
    expect(parent.locator("main")).to_contain_text("2027-02-28")
    axe(parent)
    answer = parent.request.get(f"{url}/api/v1/registry/verify/{entry.number}/").json()
    assert answer["status"] == "revoked", answer
    listed = parent.request.get(f"{url}/api/v1/registry/blacklist/").json()["results"]
    assert [one["uscc"] for one in listed] == [given.unit.uscc], listed
    until = time.monotonic() + 60  # the worker goes through the schools, with nobody telling it to
    while uses.fresh(given.use).state != "suspended":
        assert time.monotonic() < until, "the worker has not marked the school's use"
        time.sleep(0.1)
    teacher = opened(TEACHER)
    teacher.goto(f"{url}/notices/")
    expect(teacher.locator("main")).to_contain_text(NAME)
    axe(teacher)
    teacher.goto(f"{url}/institution/uses/{given.use.pk}/")
    expect(teacher.locator("main")).to_contain_text("撤销")
    axe(teacher)
    assert Notice.objects.filter(to_unit=given.use.unit, kind="use_suspended").exists()

    # --- the provider tries to file: its first page says why and until when ---------------------------
    owner = opened(OWNER)
    barred_everywhere(owner, url, given, axe)
    press(owner, ".p-note--law a[href*='/listings/']")
    expect(owner.locator("main")).to_contain_text("2027年2月28日")
    expect(owner.locator("main")).not_to_contain_text(PARENT)
    axe(owner)
    second_account(opened(SECOND), owner, url, given, axe)

    # --- one second before the end it still stands; then it ends by its clock ------------------------
    stack.freeze(ENDED - timedelta(seconds=1))
    stack.manage("sweep_clocks")
    owner = opened(OWNER)
    owner.goto(f"{url}/provider/")
    told_why(owner, "2027年2月28日")
    stack.freeze(ENDED)
    tell_worker(stack, "rulebook.tasks.sweep_clocks", lambda: make.fresh(listing).state == "cooled_off")
    owner.goto(f"{url}/provider/")
    expect(owner.locator("main .p-note--law")).to_have_count(0)
    axe(owner)
    owner.goto(f"{url}/provider/start/")
    owner.locator("#id_name").fill(RENAMED)
    press(owner, "main form button.btn-primary")
    expect(owner).to_have_url(re.compile(r"/provider/filings/\d+/"))
    owner.goto(f"{url}/provider/filings/{given.draft}/check/")
    axe(owner)
    press(owner, "form[action$='/submit/'] button.btn-primary")
    expect(owner.locator(".p-cert__no")).to_contain_text("BJ-2027-")
    axe(owner)
    parent.goto(f"{url}/lists/blacklist/")
    expect(parent.locator("main")).not_to_contain_text("2027-02-28")
    parent.goto(public)
    expect(parent.locator(".p-cert--void")).to_contain_text("撤销")  # the number does not come back
    assert list(verify()) == []


def barred_everywhere(page: Page, url: str, given: Given, axe: Axe) -> None:
    """The first page, the page of a new filing and the finished draft: each says it, none lets it through."""
    page.goto(f"{url}/provider/filings/{given.draft}/")
    told_why(page, "2027年2月28日")
    axe(page)
    page.goto(f"{url}/provider/filings/{given.draft}/check/")
    told_why(page, "2027年2月28日")
    expect(page.locator("form[action$='/submit/']")).to_have_count(0)
    axe(page)
    page.goto(f"{url}/provider/start/")  # no name can be typed, neither the old one nor another
    told_why(page, "2027年2月28日")
    expect(page.locator("#id_name")).to_have_count(0)
    axe(page)
    page.goto(f"{url}/provider/")
    told_why(page, "2027年2月28日")
    axe(page)


def second_account(page: Page, owner: Page, url: str, given: Given, axe: Axe) -> None:
    """Another account cannot register the company under a new name; let in by its owner, it is barred as well."""
    page.goto(f"{url}/account/unit/new/")
    page.locator("[name=name]").fill("北京砚滴新名科技有限公司")
    steps.choose(page, "kind", "enterprise")
    page.locator("[name=uscc]").fill(given.unit.uscc)
    steps.choose(page, "province", "11")
    press(page, "main form button.btn-primary")
    expect(page.locator(".p-err")).to_contain_text("已")
    axe(page)
    page.goto(f"{url}/account/unit/join/")
    page.locator("[name=uscc]").fill(given.unit.uscc)
    press(page, "main form button.btn-primary")
    axe(page)
    owner.goto(f"{url}/account/members/")
    press(owner, "form:has(button[value=admit]) button, form[action*='admit'] button")
    page.goto(f"{url}/provider/")
    told_why(page, "2027年2月28日")
