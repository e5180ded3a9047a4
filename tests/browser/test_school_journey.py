"""A school: invited, selects an app, reviews it itself, is returned and confirmed; then the app loses its filing.

Against gunicorn and a real Celery worker; the stack's clock is moved on. Only the revocation, which is no act of the
school or its district, is made through its verb.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from accounts.domain import invite
from accounts.enums import Role
from accounts.models import Unit
from filing_portal.demo import files
from filing_portal.demo.accounts import PASSWORD
from ledger.acts import Actor
from notices.models import Notice
from registry import domain as registry
from tests import factories
from tests import factories_uses as uses
from tests.browser import steps
from users import domain, queries, schema
from users.models import UserFiling, UseSweep

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ZONE = ZoneInfo("Asia/Shanghai")
BEGUN = datetime(2026, 9, 24, 9, 0, tzinfo=ZONE)
REVIEWED = datetime(2026, 9, 24, 15, 0, tzinfo=ZONE)
RETURNED = datetime(2026, 9, 28, 10, 0, tzinfo=ZONE)
SUPPLEMENTED = datetime(2026, 9, 29, 9, 30, tzinfo=ZONE)
CONFIRMED = datetime(2026, 10, 9, 14, 0, tzinfo=ZONE)
REVOKED = datetime(2026, 11, 2, 10, 0, tzinfo=ZONE)
TEACHER, HEAD, DISTRICT = "teacher@example.test", "head@example.test", "district@example.test"
NAME = "榆荚晨读"
PATIENCE = 90_000  # milliseconds that a busy machine may take for a page
Axe = Callable[[Page], None]
expect.set_options(timeout=30_000)


@pytest.fixture
def school(running_stack: Any) -> Unit:
    running_stack.freeze(BEGUN)
    for command in ("seed_rulebook", "seed_units"):
        running_stack.manage(command)
    person = factories.person(DISTRICT, "海淀确认岗")
    factories.membership(role=Role.REVIEWER, unit=factories.authority("110108"), person=person)
    return uses.school(factories.authority("110108"), name="海淀示例晨光小学")


def press(page: Page, button: str) -> None:
    """Presses a button that leads to another page, and waits until that is there."""
    with page.expect_navigation():
        page.locator(button).first.click()


def open_account(page: Page, url: str, school: Unit, email: str, role: str, name: str, axe: Axe) -> None:
    """The invitation from above, its link, and the account that it opens."""
    _row, secret = invite(unit=school, email=email, role=role, by=Actor.system(), now=BEGUN, name=name)
    page.goto(f"{url}/account/invitation/{secret}/")
    axe(page)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_again").fill(PASSWORD)
    press(page, "main form button.btn-primary")
    expect(page).to_have_url(f"{url}/institution/")


def put_on_record(page: Page, url: str, paper: Path, axe: Axe) -> None:
    """Department, persons, selection system: what the first page asks for."""
    page.goto(f"{url}/institution/")
    expect(page.locator(".ui-todo li")).to_have_count(2)
    axe(page)
    page.goto(f"{url}/institution/unit/")
    page.locator("#id_department").fill("信息中心")
    page.locator("[name=person-0-name]").fill("示例负责人")
    page.locator("[name=person-0-position]").fill("副校长")
    press(page, "form[action$='/responsible/'] button.btn-primary")
    page.locator("#id_title").fill("教育移动应用选用制度")
    page.locator("#id_effective_on").fill("2026-09-01")
    page.locator("#id_file").set_input_files(str(paper))
    press(page, "form[action$='/system/'] button.btn-primary")
    expect(page.locator("#system").locator("xpath=ancestor::section")).to_contain_text("教育移动应用选用制度")
    axe(page)


def select(page: Page, url: str, number: str, axe: Axe) -> int:
    """From the search in the workspace to the draft."""
    page.goto(f"{url}/institution/select/?q={NAME}")
    axe(page)
    press(page, ".p-hit a.btn-primary")
    expect(page.locator(".p-cert__no")).to_have_text(number)
    axe(page)
    press(page, "main form button.btn-primary")
    axe(page)
    return int(page.url.rstrip("/").rsplit("/", 1)[-1])


def hand_in(page: Page, url: str, pk: int, axe: Axe) -> None:
    page.goto(f"{url}/institution/uses/{pk}/check/")
    axe(page)
    press(page, "form[action$='/submit/'] button.btn-primary")
    expect(page).to_have_url(f"{url}/institution/uses/{pk}/done/")
    axe(page)


def review(page: Page, url: str, pk: int, axe: Axe) -> None:
    """The second person finds it on the first page, looks, approves."""
    page.goto(f"{url}/institution/")
    press(page, f".ui-todo a[href$='/uses/{pk}/review/']")
    axe(page)
    press(page, "button[name=verdict][value=approve]")
    expect(page).to_have_url(f"{url}/institution/uses/{pk}/")
    axe(page)


@pytest.mark.requirement("R21", "R95", "R99", "R100", "R104", "R107", "R108", "R122", "R132")
def test_school_journey_from_invitation_to_withdrawal(
    running_stack: Any,
    school: Unit,
    new_page: Callable[..., Page],
    assert_accessible: Axe,
    tmp_path: Path,
) -> None:
    stack, axe, url = running_stack, assert_accessible, running_stack.url
    entry = uses.entry(NAME)
    paper = tmp_path / "材料.pdf"
    paper.write_bytes(files.pdf("示例材料", ["示例"], 1))

    def opened(email: str = "", **options: Any) -> Page:
        page = new_page(**options)
        page.set_default_timeout(PATIENCE)
        if email:
            steps.sign_in(page, url, email)
        return page

    # --- invited, signed in, selection system -------------------------------------------------------
    teacher, head = opened(), opened()
    open_account(teacher, url, school, TEACHER, Role.INSTITUTION_STAFF, "示例教师", axe)
    open_account(head, url, school, HEAD, Role.INSTITUTION_LEAD, "示例校长", axe)
    put_on_record(teacher, url, paper, axe)

    # --- the teacher selects a learning app and fills in the form -----------------------------------
    pk = select(teacher, url, entry.number, axe)
    filing = UserFiling.objects.get(pk=pk)
    policy = queries.policy_of(filing, BEGUN)
    document = {"use": uses.use_data(school, nature="required")}
    uploads = {"use.decision_file": paper}
    for section in schema.sections("use", policy):
        teacher.goto(f"{url}/institution/uses/{pk}/part/{section.key}/")
        steps.fill_section(teacher, section.key, document, uploads, policy, "use")
        axe(teacher)
        press(teacher, "button.btn-primary[form=section-form]")
    hand_in(teacher, url, pk, axe)
    assert uses.fresh(filing).state == "unit_review"

    # --- the school's own review by a second person -------------------------------------------------
    stack.freeze(REVIEWED)
    teacher, head = opened(TEACHER), opened(HEAD)
    teacher.goto(f"{url}/institution/")
    expect(teacher.locator(".ui-boxes")).to_be_visible()
    expect(teacher.locator(f".ui-todo a[href$='/uses/{pk}/review/']")).to_have_count(0)
    review(head, url, pk, axe)
    filing = uses.fresh(filing)
    assert (filing.state, filing.authority.code, filing.due_day.isoformat()) == ("submitted", "110108", "2026-10-15")

    # --- the district gives it back; the teacher corrects it ----------------------------------------
    stack.freeze(RETURNED)
    district = opened(DISTRICT)
    district.goto(f"{url}/review/uses/")
    expect(district.locator("main")).to_contain_text(NAME)
    axe(district)
    steps.write_note(district, url, pk, "use.necessity", "请写明涉及哪些年级。", "uses")
    steps.decide(district, url, pk, "return", "请补正。", axe, "uses")
    assert uses.fresh(filing).state == "returned"
    stack.freeze(SUPPLEMENTED)
    teacher = opened(TEACHER, width=390)
    teacher.goto(f"{url}/institution/uses/{pk}/")
    expect(teacher.locator("main")).to_contain_text("请补正。")
    axe(teacher)
    teacher.goto(f"{url}/institution/uses/{pk}/part/comparison/")
    expect(teacher.locator("[data-field='use.necessity'] .p-say")).to_contain_text("请写明涉及哪些年级。")
    axe(teacher)
    teacher.locator("[data-field='use.necessity'] textarea").fill("三至六年级晨读记录，现有平台没有这项功能。")
    press(teacher, "button.btn-primary[form=section-form]")
    hand_in(teacher, url, pk, axe)
    review(opened(HEAD), url, pk, axe)
    teacher.goto(f"{url}/institution/uses/{pk}/versions/")
    expect(teacher.locator(".p-diff ins")).to_contain_text("三至六年级")
    axe(teacher)

    # --- confirmed, and visible to the public -------------------------------------------------------
    stack.freeze(CONFIRMED)
    steps.decide(opened(DISTRICT), url, pk, "confirm", "", axe, "uses")
    assert uses.fresh(filing).confirmed_version == 2
    anybody = opened()
    anybody.goto(f"{url}/institutions/{school.pk}/")
    expect(anybody.locator("main")).to_contain_text(NAME)
    expect(anybody.locator("main")).not_to_contain_text("三至六年级")
    axe(anybody)
    anybody.goto(f"{url}/registry/{entry.number}/users/")
    expect(anybody.locator("main")).to_contain_text(school.name)
    axe(anybody)

    # --- the app loses its filing: everybody is told, the school ends the use ------------------------
    stack.freeze(REVOKED)
    registry.revoke(entry=entry, reason="逾期未整改，撤销备案。", by=uses.publisher(), now=REVOKED)
    for sweep in UseSweep.objects.filter(entry=entry, finished_at=None):
        domain.work_off(sweep=sweep, now=REVOKED)
    assert uses.fresh(filing).state == "suspended"
    assert Notice.objects.filter(to_unit=school, kind__in=["use_suspended", "use_withdrawal_proposed"]).exists()
    teacher = opened(TEACHER)
    teacher.goto(f"{url}/notices/")
    expect(teacher.locator("main")).to_contain_text(NAME)
    teacher.goto(f"{url}/institution/uses/{pk}/")
    expect(teacher.locator("#proposed")).to_be_visible()
    axe(teacher)
    teacher.goto(f"{url}/institution/uses/{pk}/withdraw/")
    teacher.locator("#id_reason").fill("应用备案已撤销。")
    press(teacher, "main form button.btn-primary")
    expect(teacher.locator(".p-field__err").first).to_be_visible()
    axe(teacher)
    teacher.locator("#id_notice_text").fill("本校自今日起停用该应用，晨读记录改用纸质手册。")
    press(teacher, "main form button.btn-primary")
    expect(teacher).to_have_url(f"{url}/institution/uses/{pk}/")
    axe(teacher)
    assert uses.fresh(filing).state == "withdrawn"
    teacher.goto(f"{url}/institution/select/{entry.number}/")
    expect(teacher.locator("#why")).to_be_visible()
    axe(teacher)
