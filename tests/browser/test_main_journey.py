"""The main job: filed with mistakes, returned, supplemented, approved twice, published, found, verified.

Against gunicorn and a real Celery worker; the stack's clock is moved from working day to working day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from accounts.queries import authority_for_province, ministry
from filing_portal.demo import documents
from filing_portal.demo.names import MadeUpApp, theme
from providers import schema
from providers.models import Filing
from registry.models import Entry
from rulebook import policies
from rulebook.time import local_date
from tests import factories
from tests.browser import steps

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BEIJING = ZoneInfo("Asia/Shanghai")
#: The ten working days that begin on 24 September 2026 span the National Day holiday and a make-up Saturday.
SUBMITTED = datetime(2026, 9, 24, 10, 30, tzinfo=BEIJING)
NINTH_DAY = datetime(2026, 10, 14, 16, 5, tzinfo=BEIJING)
SUPPLEMENTED = datetime(2026, 10, 19, 11, 0, tzinfo=BEIJING)
APPROVED = datetime(2026, 10, 22, 9, 40, tzinfo=BEIJING)
PUBLISHED = datetime(2026, 10, 26, 15, 0, tzinfo=BEIJING)
NAME = "榆荚阅读"
PATIENCE = 60_000  # milliseconds that a busy machine may take for a page
WRONG_MLPS, RIGHT_MLPS = "11010899021-2O301", "11010899021-20301"


@pytest.fixture
def people(running_stack: Any) -> dict[str, Any]:
    """The rulebook, the authorities, a newly registered person, reviewers of Beijing and of the ministry."""
    running_stack.freeze(SUBMITTED)
    for command in ("seed_rulebook", "seed_units"):
        running_stack.manage(command)
    company = factories.person("company@example.test", "示例经办人")
    for email, role, unit in (
        ("reviewer@example.test", "reviewer", authority_for_province("11")),
        ("ministry@example.test", "ministry_reviewer", ministry()),
    ):
        factories.membership(role=role, unit=unit, person=factories.person(email, email.split("@")[0]))
    return {"company": company}


def answers() -> dict[str, dict[str, Any]]:
    """What the company types, with one mistake: a letter O in the certificate's number."""
    made = MadeUpApp(NAME, theme("阅读"))

    class Registered:
        province_code, name = "11", "北京榆荚星图教育科技有限公司"

    unit: Any = Registered()
    return {
        "unit": documents.unit_part(unit, {}, serial=301),
        "system": {
            **documents.system_part(unit, {}, name=NAME, slug="yujia", serial=301, today=SUBMITTED.date()),
            "mlps_number": WRONG_MLPS,
        },
        "app": documents.app_part(made, province="11", slug="yujia", serial=301),
        "filing": documents.commitments(),
    }


@pytest.mark.requirement("R6", "R8", "R20", "R37", "R80", "R82", "R83", "R84", "R88", "R89")
def test_main_journey_from_first_mistake_to_verified_number(
    running_stack: Any,
    people: dict[str, Any],
    new_page: Callable[..., Page],
    assert_accessible: Callable[..., None],
    tmp_path: Path,
) -> None:
    stack, axe = running_stack, assert_accessible

    def opened(**options: Any) -> Page:
        page = new_page(**options)
        page.set_default_timeout(PATIENCE)
        return page

    policy = policies.in_force(["moe", "11"], on=local_date(SUBMITTED))
    uploads, document = steps.papers(tmp_path / "papers"), answers()

    # --- the company registers its unit and files, with mistakes -----------------------------------
    page = opened()
    page.goto(stack.url + "/accounts/login/")
    axe(page)
    steps.sign_in(page, stack.url, "company@example.test")
    register_unit(page, stack.url, axe)
    filing = begin(page, stack.url, axe)
    fill_in_with_mistakes(page, stack.url, filing, document, uploads, policy, axe)
    correct_by_links(page, stack.url, filing, document, uploads, policy, axe)
    case_no = submit(page, stack.url, filing, axe)
    row = Filing.objects.get(pk=filing)
    assert row.state == "submitted"
    assert row.case_no == case_no
    assert row.due_day.isoformat() == "2026-10-15"  # not 8 October, as Monday to Friday would say

    # --- Beijing returns it on the ninth working day, with notes on single fields -------------------
    stack.freeze(NINTH_DAY)
    reviewer = opened()
    steps.sign_in(reviewer, stack.url, "reviewer@example.test")
    review_and_return(reviewer, stack.url, filing, case_no, axe)
    row = Filing.objects.get(pk=filing)
    assert row.state == "returned"
    assert row.due_day.isoformat() == "2026-10-28"
    assert row.return_notes.count() == 2
    assert row.decisions.get().on_time

    # --- the company sees the notes beside the fields, supplements, hands in again ------------------
    stack.freeze(SUPPLEMENTED)
    page = opened()
    steps.sign_in(page, stack.url, "company@example.test")
    supplement(page, stack.url, filing, axe)
    row = Filing.objects.get(pk=filing)
    assert (row.state, row.version) == ("submitted", 2)

    # --- approved by Beijing, then by the ministry --------------------------------------------------
    stack.freeze(APPROVED)
    reviewer = opened()
    steps.sign_in(reviewer, stack.url, "reviewer@example.test")
    approve(reviewer, stack.url, filing, axe)
    row = Filing.objects.get(pk=filing)
    assert row.state == "ministry_review"
    assert not Entry.objects.exists()
    stack.freeze(PUBLISHED)
    officer = opened()
    steps.sign_in(officer, stack.url, "ministry@example.test")
    approve(officer, stack.url, filing, axe)
    row = Filing.objects.get(pk=filing)
    assert row.state == "filed"
    number = row.entry.number
    assert re.fullmatch(r"教APP备11\d{5}号", number)

    # --- the public finds it by two characters and verifies it by its QR address --------------------
    find_and_verify(opened(), stack.url, number, axe)
    find_and_verify(opened(width=390), stack.url, number, axe)
    stack.manage("verify_ledger")
    letters = list(stack.mail.iterdir())
    assert letters, "the worker has sent the e-mails of the notices"


def register_unit(page: Page, url: str, axe: Callable[..., None]) -> None:
    """A new company registers its unit; the page says with which authority it will file."""
    page.goto(url + "/account/unit/new/")
    axe(page)
    page.locator("[name=name]").fill("北京榆荚星图教育科技有限公司")
    steps.choose(page, "kind", "enterprise")
    page.locator("[name=uscc]").fill("91110108MA01TE5T3U")
    steps.choose(page, "province", "11")
    expect(page.locator("#competence")).to_contain_text("北京市教育委员会")
    page.locator("main form button.btn-primary").first.click()
    page.wait_for_url(lambda address: "/unit/new/" not in address)
    axe(page)


def begin(page: Page, url: str, axe: Callable[..., None]) -> int:
    """Begins the filing; returns its key."""
    page.goto(url + "/provider/")
    axe(page)
    page.goto(url + "/provider/start/")
    axe(page)
    page.locator("#id_name").fill(NAME)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/provider/filings/\d+/"))
    axe(page)
    return int(re.search(r"/filings/(\d+)/", page.url)[1])


def fill_in_with_mistakes(
    page: Page, url: str, filing: int, document: dict, uploads: dict[str, Path], policy: Any, axe: Callable[..., None]
) -> None:
    """Every page of the form; the certificate's number is wrong, the contact's mobile is left out."""
    without_mobile = {**document, "unit": {k: v for k, v in document["unit"].items() if k != "contact_mobile"}}
    for section in schema.sections("initial", policy):
        if section.mirror:
            continue
        page.goto(f"{url}/provider/filings/{filing}/part/{section.key}/")
        steps.fill_section(page, section.key, without_mobile, uploads, policy)
        steps.save(page)
        if section.key == "mlps":
            problem = page.locator('[data-field="system.mlps_number"] [data-problem]')
            expect(problem).to_contain_text("O")
            axe(page)
            page.goto(f"{url}/provider/filings/{filing}/part/mlps/")
        else:
            axe(page)


def correct_by_links(
    page: Page, url: str, filing: int, document: dict, uploads: dict[str, Path], policy: Any, axe: Callable[..., None]
) -> None:
    """“Check your answers” lists both mistakes with links; each link leads to its field."""
    check = f"{url}/provider/filings/{filing}/check/"
    page.goto(check)
    axe(page)
    errors = page.locator(".p-err li a")
    expect(errors).to_have_count(2)
    assert not page.locator("form[action$='/submit/']").count(), "no submission while something is wrong"
    corrections = {
        "system.mlps_number": RIGHT_MLPS, "unit.contact_mobile": document["unit"]["contact_mobile"],
    }  # fmt: skip
    for key, value in corrections.items():
        page.goto(check)
        page.locator(f'.p-err a[href$="#id_{key.replace(".", "")}"]').click()
        field = page.locator(f"#id_{key.replace('.', '')}")
        expect(field).to_be_visible()
        axe(page)
        field.fill(value)
        steps.save(page)


def submit(page: Page, url: str, filing: int, axe: Callable[..., None]) -> str:
    """Hands it in; the confirmation says the case number, and until when the authority must answer."""
    page.goto(f"{url}/provider/filings/{filing}/check/")
    expect(page.locator(".p-err")).to_have_count(0)
    axe(page)
    page.locator("form[action$='/submit/'] button.btn-primary").click()
    page.wait_for_url("**/done/")
    axe(page)
    expect(page.locator("main")).to_contain_text("10月15日")
    case_no = page.locator(".p-cert__no").inner_text().strip()
    assert re.fullmatch(r"BJ-2026-\d{6}", case_no)
    page.goto(f"{url}/provider/filings/{filing}/receipt/")
    axe(page)
    return case_no


def review_and_return(page: Page, url: str, filing: int, case_no: str, axe: Callable[..., None]) -> None:
    """Finds the case in the queue, writes two notes, returns it."""
    page.goto(f"{url}/review/queue/")
    axe(page)
    expect(page.locator("main")).to_contain_text(case_no)
    for key, note in (
        ("app.purpose", "请写明阅读书目由谁选定、多久更新一次。"),
        ("app.time_limit", "请说明寒暑假期间的使用时长限制。"),
    ):
        steps.write_note(page, url, filing, key, note)
        axe(page)
    steps.decide(page, url, filing, "return", "请按2条意见补正后重新提交。", axe)


def supplement(page: Page, url: str, filing: int, axe: Callable[..., None]) -> None:
    """Reads the notice, sees each note beside its field, answers both, hands in again."""
    page.goto(f"{url}/notices/")
    axe(page)
    page.goto(f"{url}/provider/filings/{filing}/")
    expect(page.locator("main")).to_contain_text("10月28日")
    axe(page)
    for section, key, note, value in (
        ("basics", "app.purpose", "请写明阅读书目", "分级阅读；书目由学科编辑与一线教师共同选定，每学期更新一次。"),
        ("content", "app.time_limit", "请说明寒暑假", "单次40分钟提醒休息，每日累计不超过60分钟，寒暑假期间相同。"),
    ):
        page.goto(f"{url}/provider/filings/{filing}/part/{section}/")
        box = page.locator(f'[data-field="{key}"]')
        expect(box.locator("[role=note]")).to_contain_text(note)
        described = box.locator("textarea").get_attribute("aria-describedby") or ""
        assert f"id_{key.replace('.', '')}_note" in described.split()
        axe(page)
        box.locator("textarea").fill(value)
        steps.save(page)
    page.goto(f"{url}/provider/filings/{filing}/check/")
    axe(page)
    page.locator("form[action$='/submit/'] button.btn-primary").click()
    page.wait_for_url("**/done/")
    axe(page)


def approve(page: Page, url: str, filing: int, axe: Callable[..., None]) -> None:
    """Looks at the case, answers the checklist, approves."""
    page.goto(f"{url}/review/cases/{filing}/")
    axe(page)
    steps.answer_checklist(page)
    steps.decide(page, url, filing, "approve", "", axe)


def find_and_verify(page: Page, url: str, number: str, axe: Callable[..., None]) -> None:
    """Two characters find the entry; its QR address says that it is filed."""
    page.goto(url + "/")
    axe(page)
    page.locator("main input[type=search], main input[name=q]").first.fill("榆荚")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text(NAME)
    expect(page.locator("main")).to_contain_text(number)
    axe(page)
    page.locator("main a[href*='/registry/']").filter(has_text=NAME).first.click()
    page.wait_for_url("**/registry/**")
    expect(page.locator("main")).to_contain_text(number)
    axe(page)
    page.goto(f"{url}/v/{number}")
    expect(page.locator("main")).to_contain_text("已备案")
    expect(page.locator("main")).to_contain_text(NAME)
    axe(page)
