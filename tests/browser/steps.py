"""What people do in the browser: sign in, fill in a page of the form, decide a case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from filing_portal.demo import documents, files
from filing_portal.demo.accounts import PASSWORD
from providers import schema


def sign_in(page: Page, url: str, email: str) -> None:
    """Signs in by the form and waits until one is in."""
    page.goto(f"{url}/accounts/login/")
    page.locator("#id_login").fill(email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button.btn-primary").first.click()
    page.wait_for_url(lambda address: "/accounts/login/" not in address)


def choose(page: Page, name: str, value: str) -> None:
    """One of several, whether the page offers a list or radio buttons."""
    found = page.locator(f"main form [name={name}]")
    if found.first.evaluate("one => one.tagName") == "SELECT":
        found.first.select_option(value)
    else:
        page.locator(f"main form [name={name}][value='{value}']").check()


def papers(folder: Path) -> dict[str, Path]:
    """Files to upload, by the field's key: real PDFs and PNGs."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for part, wanted in (("unit", documents.UNIT_FILES), ("system", documents.SYSTEM_FILES)):
        for name, (file_name, title, pages) in wanted.items():
            path = folder / file_name
            path.write_bytes(
                files.pdf(title, ["示例文件"], pages) if file_name.endswith(".pdf") else files.png(file_name)
            )
            found[f"{part}.{name}"] = path
    return found


def fill_section(
    page: Page,
    section: str,
    document: dict[str, dict[str, Any]],
    uploads: dict[str, Path],
    policy: Any,
    kind: str = "initial",
) -> None:
    """Types what ``document`` says into the page that is open; conditional parts appear as one goes."""
    found = schema.section(section, kind, policy)
    assert found is not None
    for item in found.fields:
        part, _dot, name = item.key.partition(".")
        box = page.locator(f'[data-field="{item.key}"]')
        if item.kind == "file":
            if item.key in uploads and box.is_visible():
                upload(page, item.key, uploads[item.key])
            continue
        value = document[part].get(name)
        if value is None or item.readonly or not box.is_visible():
            continue
        fill_field(page, item, value)


def fill_field(page: Page, item: Any, value: Any) -> None:
    """One field, by its kind."""
    box = page.locator(f'[data-field="{item.key}"]')
    if item.kind == "bool":
        box.locator(f'input[value="{"yes" if value else "no"}"]').check()
    elif item.kind == "accept":
        box.locator("input[type=checkbox]").set_checked(bool(value))
    elif item.kind == "multi":
        for one in box.locator("input[type=checkbox]").all():
            one.set_checked(one.get_attribute("value") in value)
    elif item.kind == "choice":
        if box.locator("select").count():
            box.locator("select").select_option(str(value))
        else:
            box.locator(f'input[value="{value}"]').check()
    elif item.kind == "table":
        fill_rows(page, item, value)
    else:
        box.locator("input.form-control, textarea").first.fill(str(value))


def fill_rows(page: Page, item: Any, rows: list[dict[str, Any]]) -> None:
    """Rows of a table; adds those that are missing."""
    box = page.locator(f'[data-field="{item.key}"]')
    body = box.locator("tbody tr")
    while body.count() < len(rows):
        before = body.count()
        box.locator("[data-add-row]").click()
        expect(body).to_have_count(before + 1)
    for place, row in enumerate(rows):
        for column in item.columns:
            if column.key not in row:
                continue
            cell = body.nth(place).locator(f'[name$="-{column.key}"]')
            if column.kind == "choice":
                cell.select_option(str(row[column.key]))
            elif column.kind == "bool":
                cell.select_option("yes" if row[column.key] else "no")
            else:
                cell.fill(str(row[column.key]))


def upload(page: Page, key: str, path: Path) -> None:
    """Uploads a file into a field and waits for the line that shows it."""
    box = page.locator(f'[data-field="{key}"]')
    box.locator("input[type=file]").set_input_files(str(path))
    expect(box.locator("[data-file-now] a")).to_contain_text(path.name)


def save(page: Page) -> None:
    """Saves the page of the form and goes on."""
    page.locator("button.btn-primary[form=section-form]").click()
    page.wait_for_load_state()


def write_note(page: Page, url: str, filing: int, key: str, note: str, desk: str = "cases") -> None:
    """Writes a note on one field of a case; it stays a draft until the filing is returned. ``desk``: cases, uses."""
    anchor = "f-" + key.replace(".", "-")
    page.goto(f"{url}/review/{desk}/{filing}/" + ("?tab=content" if desk == "uses" else ""))
    page.locator(f"#note-{anchor}").click()
    area = page.locator(f"#n-{anchor}")
    area.fill(note)
    area.locator("xpath=ancestor::form").locator("button.btn-primary").click()
    expect(page.locator(f"#{anchor} .p-say")).to_contain_text(note)


def answer_checklist(page: Page) -> None:
    """Answers every open item of the policy's checklist with yes, and saves."""
    box = page.locator("#checklist")
    for one in box.locator("input[value=yes]").all():
        one.check()
    box.locator("form button").first.click()
    page.wait_for_load_state()


def decide(
    page: Page, url: str, filing: int, decision: str, comment: str, axe: Callable[..., None], desk: str = "cases"
) -> None:
    """Chooses a decision, reads the notice that will be served, and sends it."""
    page.goto(f"{url}/review/{desk}/{filing}/")
    form = page.locator("form[action$='/decide/']")
    form.locator(f"input[name=decision][value={decision}]").check()
    form.locator("[name=comment]").fill(comment)
    form.locator("button.btn-primary").click()
    confirm = page.locator("form:has(input[name=confirmed])")
    expect(confirm).to_be_visible()
    axe(page)
    confirm.locator("button.btn-primary").click()
    page.wait_for_url(f"**/review/{desk}/{filing}/")
    axe(page)
